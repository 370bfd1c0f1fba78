"""What came by the API is kept as well, off the table's stream: who waits for an answer does not wait for S3."""

import json

from chalicelib.models import store
from chalicelib.models.archive import key_for
from chalicelib.models.inbound import JSON, Archived
from chalicelib.models.items import Event
from chalicelib.services.deps import Deps

CHANNEL = "api"
ROUTE = "/v1/interactions"


def key_of(event: Event) -> str:
    """Under which it will be kept: known before it is, so that nothing has to be written to the event later."""
    return key_for(CHANNEL, event.received_at, event.interaction_id)


def keep(deps: Deps, interaction_id: str) -> bool:
    """Keeps the request that the event was made from, once: whether it is one that came by the API.

    It is read anew, so that what was erased meanwhile is not kept. One read and one request to S3.
    Raises `Unavailable`.
    """
    event = store.find_event(interaction_id)
    if event is None or event.archive_key != key_of(event):
        return False
    body = json.dumps(_request(event), ensure_ascii=False).encode()
    archived = Archived(CHANNEL, "POST", ROUTE, JSON, body, event.received_at, event.captured_by)
    deps.archive.put_once(event.archive_key, archived)
    return True


def _request(event: Event) -> dict[str, object]:
    """The request as it was made, but for what is masked; what it did not say is left out."""
    said = {
        **(event.named or {}),
        "channel": event.channel,
        "direction": event.direction,
        "from": event.sender,
        "to": event.recipient,
        "occurred_at": event.occurred_at.isoformat(),
        "source": event.source,
        "source_event_id": event.source_event_id,
        "kind": event.event_kind,
        "subject": event.subject,
        "body": event.body,
        "attributes": event.attributes,
        "in_reply_to": event.in_reply_to,
    }
    return {name: value for name, value in said.items() if value is not None}
