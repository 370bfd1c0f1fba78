"""Merges over HTTP, and the ledger that explains what was decided."""

from http import HTTPStatus

from chalice.app import Blueprint

from chalicelib.errors import Conflict
from chalicelib.models.requests.customers import LedgerPage, MergeCustomers
from chalicelib.models.views.ledger import DecisionList, DecisionView, MergeView
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.identity import ledger, merges
from chalicelib.services.paging import to_cursor

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/customers/{customer_id}/merges",
    "customers:merge",
    body=MergeCustomers,
    answers={201: MergeView, 200: MergeView},
    problems=(Conflict,),
)
def merge_customers(call: Call, customer_id: str) -> Answer:
    """Merge another record into this customer's; 200 for a dry run, and where they are merged already."""
    merge, made = merges.merge(call.deps, call.caller, customer_id, call.body)
    view = MergeView.from_item(merge)
    if not made and call.body.dry_run:
        view.merge_id = None
    status = HTTPStatus.CREATED if made else HTTPStatus.OK
    location = f"/v1/merges/{view.merge_id}" if view.merge_id else f"/v1/customers/{customer_id}"
    return Answer(view, status, {"Location": location})


@endpoint(blueprint, "GET", "/merges/{merge_id}", "customers:merge", answers={200: MergeView})
def get_merge(_call: Call, merge_id: str) -> Answer:
    """A merge, in force or undone."""
    return Answer(MergeView.from_item(merges.get_merge(merge_id)))


@endpoint(blueprint, "DELETE", "/merges/{merge_id}", "customers:merge", answers={200: MergeView})
def undo_merge(call: Call, merge_id: str) -> Answer:
    """Undo a merge: both records are as they were, with what came in for each meanwhile."""
    return Answer(MergeView.from_item(merges.undo(call.deps, call.caller, merge_id)))


@endpoint(
    blueprint,
    "GET",
    "/customers/{customer_id}/decisions",
    "decisions:read",
    query=LedgerPage,
    answers={200: DecisionList},
)
def list_decisions(call: Call, customer_id: str) -> Answer:
    """The ledger: what was decided about whose identifiers, contacts and records, by whom and why."""
    page = ledger.list_decisions(customer_id, call.query)
    items = [DecisionView.from_item(entry) for entry in page.items]
    return Answer(DecisionList(items=items, next=to_cursor(page.next_sort_key)))
