"""Which case a contact or a message belongs to, said by somebody who knows, and taken back."""

from chalice.app import Blueprint

from chalicelib.errors import Conflict
from chalicelib.models.requests.cases import PutToCase
from chalicelib.models.views.contacts import ContactView
from chalicelib.models.views.interactions import InteractionView
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.cases import case_corrections as corrections

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/contacts/{contact_id}/case",
    "cases:write",
    body=PutToCase,
    answers={200: ContactView},
    problems=(Conflict,),
)
def put_contact_to_case(call: Call, contact_id: str) -> Answer:
    """Say which case a contact belongs to: one there is, a new one, or none."""
    contact = corrections.put_contact(call.deps, call.caller, contact_id, call.body)
    return Answer(ContactView.from_item(contact))


@endpoint(
    blueprint,
    "DELETE",
    "/contacts/{contact_id}/case",
    "cases:write",
    answers={200: ContactView},
    problems=(Conflict,),
)
def take_contact_back(call: Call, contact_id: str) -> Answer:
    """Take the latest that was said of a contact's case back."""
    return Answer(ContactView.from_item(corrections.take_contact_back(call.deps, call.caller, contact_id)))


@endpoint(
    blueprint,
    "POST",
    "/interactions/{interaction_id}/case",
    "cases:write",
    body=PutToCase,
    answers={200: InteractionView},
    problems=(Conflict,),
)
def put_message_to_case(call: Call, interaction_id: str) -> Answer:
    """Say which case a message belongs to: one there is, a new one, or none."""
    event = corrections.put_message(call.deps, call.caller, interaction_id, call.body)
    return Answer(InteractionView.from_item(event))


@endpoint(
    blueprint,
    "DELETE",
    "/interactions/{interaction_id}/case",
    "cases:write",
    answers={200: InteractionView},
    problems=(Conflict,),
)
def take_message_back(call: Call, interaction_id: str) -> Answer:
    """Take the latest that was said of a message's case back."""
    return Answer(InteractionView.from_item(corrections.take_message_back(call.deps, call.caller, interaction_id)))
