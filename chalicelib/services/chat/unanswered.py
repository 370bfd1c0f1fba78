"""A chat that nobody answered is not over: a team goes on by e-mail, where an address is known."""

from chalicelib.models import chats
from chalicelib.models.chats import Room
from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.models.requests.kinds import Channel
from chalicelib.rules.access import Caller, Role
from chalicelib.services.contacts import capture
from chalicelib.services.customers import records
from chalicelib.services.deps import Deps

SYSTEM = Caller(Role.ADMIN, "throughline")
BY_EMAIL = "Nobody answered this chat. It goes on by e-mail: the address is on the record."
BY_CODE = "Nobody answered this chat, and no address is known: it goes on where the customer comes back."


def leave_to_team(deps: Deps, contact_id: str) -> None:
    """Puts onto the timeline that something was written and nobody answered; once, and nothing otherwise."""
    room = chats.get_room(contact_id)
    if not room.chat.messages or room.chat.answered:
        return
    by_email = _has_address(room)
    request = CaptureInteraction(
        channel=Channel.CHAT,
        contact_id=contact_id,
        occurred_at=room.contact.ended_at,
        source="throughline",
        source_event_id=f"{contact_id}:unanswered",
        kind="follow_up",
        body=BY_EMAIL if by_email else BY_CODE,
        attributes={"goes_on_by": "email" if by_email else "code"},
    )
    capture.capture(deps, SYSTEM, request, room.contact.correlation_id)


def _has_address(room: Room) -> bool:
    contact = room.contact
    if "email" in contact.facts:
        return True
    if not contact.customer_id:
        return False
    head = records.read_head(contact.customer_id).whole
    return "email" in head.facts.entries or any(one["type"] == "email" for one in head.profile.identifiers)
