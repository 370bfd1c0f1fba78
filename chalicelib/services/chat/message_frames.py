"""A message as it goes over the socket: to whoever is connected, and to whoever catches up."""

from typing import Any

from chalicelib.models.items import Contact, Event
from chalicelib.models.keys import instant
from chalicelib.models.requests.kinds import Direction
from chalicelib.services.chat.connections import AGENT, CUSTOMER


def message_frame(contact: Contact, event: Event) -> dict[str, Any]:
    """It tells an agent by the name that they go by in this chat, and never by who they are to us."""
    frame = {
        "type": "message",
        "contact_id": event.contact_id,
        "message_id": event.interaction_id,
        "cursor": int(event.place),
        "at": instant(event.occurred_at),
        "from": _sender(contact, event),
        "client_id": event.source_event_id.rpartition(":")[2],
    }
    if not event.attachments:
        return frame | {"text": event.body}
    return frame | {"attachment": _as_uploaded(event.attachments[0])}


def _as_uploaded(attached: dict[str, Any]) -> dict[str, Any]:
    """By the id under which it was uploaded in its chat; as part of the interaction it has another."""
    uploaded_as = attached["key"].rpartition("/")[2]
    return {"attachment_id": uploaded_as, **{name: attached[name] for name in ("name", "type", "size")}}


def _sender(contact: Contact, event: Event) -> dict[str, str]:
    if event.direction == Direction.INBOUND:
        return {"side": CUSTOMER}
    return sender(AGENT, contact, event.captured_by["subject"])


def sender(side: str, contact: Contact, subject: str) -> dict[str, str]:
    name = next((one["name"] for one in contact.agents if one["subject"] == subject), None)
    return {"side": side, "name": name} if side == AGENT and name else {"side": side}
