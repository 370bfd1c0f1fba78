"""Interactions over HTTP: taken in once, read whole."""

from chalice.app import Blueprint

from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.models.views.interactions import AttachmentLink, Captured, InteractionView
from chalicelib.observability import count
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.contacts import capture
from chalicelib.services.continuation import coded_messages
from chalicelib.services.inbound import attachments

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/interactions",
    "interactions:capture",
    body=CaptureInteraction,
    answers={201: Captured, 200: Captured},
)
def capture_interaction(call: Call) -> Answer:
    """Take in what happened; the same source and event id again gives the same ids.

    A message that is a continuation code, or has our link in it, begins a contact that carries on.
    """
    message = coded_messages.carried_on(call.deps, call.caller, call.body, call.correlation_id)
    event, created = capture.capture(call.deps, call.caller, message, call.correlation_id)
    count("Captures" if created else "Duplicates")
    view = Captured.from_item(event)
    return Answer(view, 201 if created else 200, {"Location": f"/v1/interactions/{view.interaction_id}"})


@endpoint(blueprint, "GET", "/interactions/{interaction_id}", "interactions:read", answers={200: InteractionView})
def get_interaction(call: Call, interaction_id: str) -> Answer:
    """One interaction, whole."""
    return Answer(InteractionView.from_item(capture.get_interaction(interaction_id)))


@endpoint(
    blueprint,
    "GET",
    "/interactions/{interaction_id}/attachments/{attachment_id}",
    "attachments:read",
    answers={200: AttachmentLink},
)
def get_attachment(call: Call, interaction_id: str, attachment_id: str) -> Answer:
    """A link to what was sent with a message, as it was sent: it opens for a minute, for whoever has it."""
    event = capture.get_interaction(interaction_id)
    found = attachments.link_to(call.deps, event, attachment_id)
    whose = {"interaction_id": event.interaction_id, "customer_id": event.customer_id}
    view = AttachmentLink(**found.attachment, **whose, link=found.url, expires_at=found.expires_at)
    return Answer(view)
