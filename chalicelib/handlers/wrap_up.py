"""After a contact, over HTTP: what is to be done, and how it was."""

from chalice.app import Blueprint

from chalicelib.errors import Conflict
from chalicelib.models.requests.wrap_up import FollowUpsOf, GiveFeedback
from chalicelib.models.views.contacts import ContactView
from chalicelib.models.views.wrap_up import FollowUpList, FollowUpView
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.paging import to_cursor
from chalicelib.services.wrap_up import feedback, following_up

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "GET",
    "/customers/{customer_id}/follow-ups",
    "follow_ups:read",
    answers={200: FollowUpList},
)
def list_follow_ups_of_customer(_call: Call, customer_id: str) -> Answer:
    """What is still to be done for a customer, first due first."""
    items = [FollowUpView.from_item(one) for one in following_up.list_for_customer(customer_id)]
    return Answer(FollowUpList(items=items))


@endpoint(blueprint, "GET", "/follow-ups", "follow_ups:read", query=FollowUpsOf, answers={200: FollowUpList})
def list_follow_ups(call: Call) -> Answer:
    """What a team or an agent has to do by now, or until then, first due first."""
    page = following_up.list_for_assignee(call.deps, call.query)
    items = [FollowUpView.from_item(one) for one in page.items]
    return Answer(FollowUpList(items=items, next=to_cursor(page.next_sort_key)))


@endpoint(blueprint, "POST", "/follow-ups/{follow_up_id}/done", "follow_ups:do", answers={200: FollowUpView})
def finish_follow_up(call: Call, follow_up_id: str) -> Answer:
    """Note that a follow-up is done; again, it changes nothing."""
    return Answer(FollowUpView.from_item(following_up.finish(call.deps, call.caller, follow_up_id)))


@endpoint(
    blueprint,
    "POST",
    "/contacts/{contact_id}/feedback",
    "feedback:give",
    body=GiveFeedback,
    answers={201: ContactView, 200: ContactView},
    problems=(Conflict,),
)
def give_feedback(call: Call, contact_id: str) -> Answer:
    """Keep what the customer says of a contact; the same again changes nothing."""
    contact, kept = feedback.give_feedback(call.deps, call.caller, contact_id, call.body, call.correlation_id)
    location = {"Location": f"/v1/contacts/{contact_id}/screen-pop"}
    return Answer(ContactView.from_item(contact), 201 if kept else 200, location)
