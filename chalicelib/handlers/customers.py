"""Customers over HTTP."""

from chalice.app import Blueprint

from chalicelib.errors import Conflict, Forbidden
from chalicelib.models import keys
from chalicelib.models.requests.customers import ChangeCustomer, FindCustomers, NewCustomer
from chalicelib.models.requests.identifiers import IdentifierBound, IdentifierGiven, WhichIdentifier
from chalicelib.models.requests.interactions import TimelinePage
from chalicelib.models.store import CustomerHead
from chalicelib.models.views.customers import CustomerList, CustomerView, IdentifierList
from chalicelib.models.views.facts import FactsView
from chalicelib.models.views.interactions import TimelineList
from chalicelib.rules.access import Scope
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.contacts import answers
from chalicelib.services.customers import customers, timeline
from chalicelib.services.paging import to_cursor

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/customers",
    "customers:write",
    body=NewCustomer,
    once=True,
    answers={201: CustomerView, 200: CustomerView},
    problems=(Conflict,),
)
def create_customer(call: Call) -> Answer:
    """Make a customer; the same again under one Idempotency-Key gives the first."""
    head, made = customers.create_customer(call.deps, call.caller, call.body, call.idempotency_key)
    return _customer(call, head, 201 if made else 200, {"Location": f"/v1/customers/{head.customer_id}"})


@endpoint(
    blueprint,
    "GET",
    "/customers",
    "customers:read",
    query=FindCustomers,
    answers={200: CustomerList},
)
def find_customers(call: Call) -> Answer:
    """The customers who are known by an identifier."""
    if call.caller.scope("customers:read") is Scope.OWN:
        raise Forbidden("this caller reads its own customer, by id")
    found = customers.find_customers(call.deps, call.query)
    now = keys.instant(call.deps.now())
    return Answer({"items": [answers.customer(call.caller, *one, now) for one in found], "next": None})


@endpoint(blueprint, "GET", "/customers/{customer_id}", "customers:read", answers={200: CustomerView})
def get_customer(call: Call, customer_id: str) -> Answer:
    """One customer, as far as the role may see it."""
    return _customer(call, customers.read_customer(call.caller, customer_id))


@endpoint(
    blueprint,
    "PATCH",
    "/customers/{customer_id}",
    "customers:write",
    body=ChangeCustomer,
    on_version=True,
    answers={200: CustomerView},
)
def change_customer(call: Call, customer_id: str) -> Answer:
    """Change what is given, on the version named in If-Match (RFC 9110, 13.1.1)."""
    return _customer(call, customers.change_customer(call.deps, customer_id, call.body, call.version))


@endpoint(
    blueprint,
    "GET",
    "/customers/{customer_id}/timeline",
    "timeline:read",
    query=TimelinePage,
    answers={200: TimelineList},
)
def list_timeline(call: Call, customer_id: str) -> Answer:
    """What happened, newest first."""
    page = timeline.list_timeline(customer_id, call.query)
    items = [answers.timeline_entry(call.caller, entry) for entry in page.items]
    return Answer(TimelineList(items=items, next=to_cursor(page.next_sort_key)))


@endpoint(blueprint, "GET", "/customers/{customer_id}/facts", "facts:read", answers={200: FactsView})
def get_facts(call: Call, customer_id: str) -> Answer:
    """What is known, with the values before."""
    known = customers.get_customer(customer_id).facts
    views = answers.facts(known.entries, keys.instant(call.deps.now()))
    return Answer(FactsView(facts=views))


@endpoint(
    blueprint,
    "GET",
    "/customers/{customer_id}/identifiers",
    "identifiers:read",
    answers={200: IdentifierList},
)
def list_identifiers(call: Call, customer_id: str) -> Answer:
    """What the customer is known by, as it came and in its one form; how, and when it was used."""
    return Answer(IdentifierList(items=customers.list_identifiers(customer_id)))


@endpoint(
    blueprint,
    "POST",
    "/customers/{customer_id}/identifiers",
    "identifiers:write",
    body=IdentifierBound,
    answers={201: CustomerView, 200: CustomerView},
    problems=(Conflict,),
)
def add_identifier(call: Call, customer_id: str) -> Answer:
    """Make the customer known by one more identifier; 200 where it was already."""
    head, added = customers.add_identifier(call.deps, call.caller, customer_id, call.body)
    return _customer(call, head, 201 if added else 200, {"Location": f"/v1/customers/{customer_id}/identifiers"})


@endpoint(
    blueprint,
    "DELETE",
    "/customers/{customer_id}/identifiers",
    "identifiers:write",
    query=WhichIdentifier,
    answers={200: CustomerView},
)
def remove_identifier(call: Call, customer_id: str) -> Answer:
    """Take an identifier from the customer."""
    given = IdentifierGiven(type=call.query.type, value=call.query.value, scope=call.query.scope)
    return _customer(call, customers.remove_identifier(call.deps, call.caller, customer_id, given))


def _customer(call: Call, head: CustomerHead, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    view = answers.customer(call.caller, head.profile, head.facts, keys.instant(call.deps.now()))
    return Answer.of_version(view, head.profile.version, status, headers)
