"""A provider reports how far a message of ours got."""

from chalicelib.models import changes, store
from chalicelib.models.changes import commit
from chalicelib.models.items import Event
from chalicelib.models.requests.interactions import CaptureInteraction, ReportDelivery
from chalicelib.models.requests.kinds import Direction
from chalicelib.rules.access import Caller
from chalicelib.rules.progress import further
from chalicelib.services.contacts import capture
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled


@settled
def report_delivery(
    deps: Deps, caller: Caller, request: ReportDelivery, correlation_id: str, *, archive_key: str
) -> Event:
    """Notes it on the message, and gives that: one read and, where it is news, one transaction.

    A message that somebody else sent for us is met by its first report: it is taken in without its text.
    """
    event = store.find_event(capture.interaction_id_for(caller, request.source, request.source_event_id))
    if event is None:
        message = _message(request)
        event, _ = capture.capture(deps, caller, message, correlation_id, archive_key=archive_key)
    delivery = further(event.attributes.get("delivery"), request.delivery)
    if delivery != event.attributes.get("delivery"):
        commit(changes.note_delivery(event, delivery))
    return event


def _message(request: ReportDelivery) -> CaptureInteraction:
    return CaptureInteraction.model_construct(
        channel=request.channel,
        direction=Direction.OUTBOUND,
        sender=request.sender,
        recipient=request.recipient,
        occurred_at=request.at,
        source=request.source,
        source_event_id=request.source_event_id,
        kind="message",
        attributes=request.attributes | {"delivery": request.delivery},
    )
