"""What is said in a chat: taken in once, in its place, and pushed to whoever is there.

The push follows the write at once, for a reader waits for it. That it was done is noted; the table's stream
does it where it was not, and leaves word for agents who were away (`services.pushes`).
"""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.errors import Conflict, NotFound
from chalicelib.models import chats, keys
from chalicelib.models.chats import Room
from chalicelib.models.frames import OnContact, Read, Send
from chalicelib.models.items import ChatMessage, Event
from chalicelib.models.requests.interactions import Attached, CaptureInteraction
from chalicelib.models.requests.kinds import Channel, Direction
from chalicelib.services.chat import fan_out, uploads
from chalicelib.services.chat.chat import PROVIDER, Here, get_room, require_own, require_talking
from chalicelib.services.chat.connections import CUSTOMER
from chalicelib.services.chat.message_frames import message_frame, sender
from chalicelib.services.contacts import capture
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled

Frame = dict[str, Any]


def send(deps: Deps, here: Here, request: Send) -> Frame:
    """Takes a message in, or finds what its first sending made, and pushes it.

    1 transaction, then a push to each listener and 1 write. Where this process does not know the room 1 query
    before, and where somebody else wrote since it did 1 transaction and 1 get that come to nothing as well.
    Sent again: 1 query, 1 transaction, 1 get for what was made and 1 for whether it was pushed. An attachment is
    1 request to S3 more.
    """
    attached = [uploads.attached(deps, request.contact_id, request.attachment)] if request.attachment else []
    room, event, created = _take_in(deps, here, request, attached)
    message = _found(event) if not created else chats.message_of(event)
    if message and not message.pushed:
        push(deps, room, event, message, but=here.connection.connection_id)
    return {
        "type": "ack",
        "contact_id": request.contact_id,
        "message_id": event.interaction_id,
        "cursor": int(event.place),
        "at": keys.instant(event.occurred_at),
    }


@settled
def _take_in(deps: Deps, here: Here, request: Send, attached: list[Attached]) -> tuple[Room, Event, bool]:
    remembered = _find_remembered(deps, here, request.contact_id)
    room = remembered or _get_room(here, request.contact_id)
    said = _as_interaction(here, request, _moment(deps, room))
    event, created = capture.take_in(deps, here.caller, said, here.correlation_id, room=room, attached=attached)
    if created:
        deps.rooms.keep(room)
    elif remembered:  # no transaction held on it
        room = _get_room(here, request.contact_id)
    return room, event, created


def _find_remembered(deps: Deps, here: Here, contact_id: str) -> Room | None:
    """The room as this process left it, if by that the caller may talk there: nobody is turned away by it."""
    room = deps.rooms.take(keys.contact(contact_id))
    if room is None:
        return None
    try:
        require_own(here, room)
        require_talking(here, room)
    except (NotFound, Conflict):
        return None
    return room


def _get_room(here: Here, contact_id: str) -> Room:
    room = get_room(here, contact_id)
    require_talking(here, room)
    return room


def _moment(deps: Deps, room: Room) -> datetime:
    """Now, and after the message before: clocks differ, and the timeline goes by them."""
    before = room.chat.last_at
    return max(deps.now(), before + timedelta(microseconds=1)) if before else deps.now()


def _as_interaction(here: Here, request: Send, at: datetime) -> CaptureInteraction:
    who = keys.derived_id("sender", here.side, here.caller.subject)
    return CaptureInteraction(
        channel=Channel.CHAT,
        direction=Direction.INBOUND if here.side == CUSTOMER else Direction.OUTBOUND,
        contact_id=request.contact_id,
        occurred_at=at,
        source=PROVIDER,
        source_event_id=f"{request.contact_id}:{who}:{request.id}",
        kind="message",
        body=request.text,
    )


def _found(event: Event) -> ChatMessage | None:
    return chats.find_message(event.contact_id, int(event.place))


def push(deps: Deps, room: Room, event: Event, message: ChatMessage, *, but: str | None = None) -> None:
    """Pushes a message to all who listen but its sender, and notes it; where it is unsure the stream does it."""
    reached = fan_out.push(deps, room.listeners, message_frame(room.contact, event), but=but)
    if reached.unsure:
        return
    present = reached.subjects | {event.captured_by["subject"]}
    missed_by = [one["subject"] for one in room.contact.agents if one["subject"] not in present]
    chats.note_pushed(message, missed_by)


def typing(deps: Deps, here: Here, request: OnContact) -> None:
    """Says to the others that somebody writes: 1 query, and nothing is kept."""
    room = get_room(here, request.contact_id)
    require_talking(here, room)
    who = sender(here.side, room.contact, here.caller.subject)
    frame = {"type": "typing", "contact_id": request.contact_id, "from": who}
    fan_out.push(deps, room.listeners, frame, but=here.connection.connection_id)


@settled
def read(deps: Deps, here: Here, request: Read) -> Frame:
    """Notes how far this side has read, and tells: 1 query and 1 write, where it had not read as far."""
    room = get_room(here, request.contact_id)
    chat, up_to = room.chat, min(request.up_to, int(room.chat.messages))
    if up_to > chats.read_by(chat, here.side):
        chats.note_read(chat, here.side, up_to)
        frame = {"type": "read", "contact_id": request.contact_id, "side": here.side, "up_to": up_to}
        fan_out.push(deps, room.listeners, frame, but=here.connection.connection_id)
    return {"type": "ok"}
