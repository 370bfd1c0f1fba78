"""Relations between customers over HTTP."""

from chalice.app import Blueprint

from chalicelib.errors import Conflict
from chalicelib.models import keys
from chalicelib.models.items import Profile
from chalicelib.models.requests.customers import RelateCustomers, WhichRelation
from chalicelib.models.views.customers import RelationList, RelationView
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.contacts import answers
from chalicelib.services.customers import customers
from chalicelib.services.identity import relations

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/customers/{customer_id}/relations",
    "relations:write",
    body=RelateCustomers,
    answers={201: RelationView, 200: RelationView},
    problems=(Conflict,),
)
def relate_customers(call: Call, customer_id: str) -> Answer:
    """Say what this customer is to another, on both records; 200 where it was there, just so or otherwise."""
    entry, made = relations.relate(call.deps, call.caller, customer_id, call.body)
    view = RelationView.model_validate(entry)
    return Answer(view, 201 if made else 200, {"Location": f"/v1/customers/{customer_id}/relations"})


@endpoint(
    blueprint,
    "GET",
    "/customers/{customer_id}/relations",
    "relations:read",
    answers={200: RelationList},
)
def list_relations(call: Call, customer_id: str) -> Answer:
    """Who the customer has to do with, and what may be told to whom."""
    return _relations(call, customers.get_customer(customer_id).profile)


@endpoint(
    blueprint,
    "DELETE",
    "/customers/{customer_id}/relations/{other_id}",
    "relations:write",
    query=WhichRelation,
    answers={200: RelationList},
)
def end_relation(call: Call, customer_id: str, other_id: str) -> Answer:
    """End what this customer is to another, on both records: all of it, or the relation that is named."""
    head = relations.end(call.deps, call.caller, customer_id, other_id, call.query)
    return _relations(call, head.profile)


def _relations(call: Call, profile: Profile) -> Answer:
    items = answers.relations(profile, keys.instant(call.deps.now()))
    return Answer(RelationList(items=items))
