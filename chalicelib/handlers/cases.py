"""Cases over HTTP."""

from chalice.app import Blueprint

from chalicelib.errors import Conflict
from chalicelib.models.items import Case
from chalicelib.models.requests.base import PageOf
from chalicelib.models.requests.cases import ChangeCase, OpenCase, QueuePage
from chalicelib.models.views.cases import CaseChangeView, CaseHistory, CaseList, CaseView, WholeCase
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.cases import case_changes, case_history, case_queue, cases
from chalicelib.services.contacts import answers
from chalicelib.services.paging import to_cursor

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/customers/{customer_id}/cases",
    "cases:open",
    body=OpenCase,
    once=True,
    answers={201: WholeCase, 200: WholeCase},
)
def open_case(call: Call, customer_id: str) -> Answer:
    """Open a case; the same again under one Idempotency-Key gives the first."""
    case, opened = cases.open_case(call.deps, call.caller, customer_id, call.body, call.idempotency_key)
    return _whole(call, case, 201 if opened else 200, {"Location": f"/v1/cases/{case.case_id}"})


@endpoint(
    blueprint,
    "GET",
    "/customers/{customer_id}/cases",
    "cases:read",
    query=PageOf,
    answers={200: CaseList},
)
def list_cases(call: Call, customer_id: str) -> Answer:
    """All cases of a customer, open and closed, newest first."""
    page = cases.list_cases(customer_id, call.query)
    items = [CaseView.from_item(case) for case in page.items]
    return Answer(CaseList(items=items, next=to_cursor(page.next_sort_key)))


@endpoint(blueprint, "GET", "/cases", "cases:queue", query=QueuePage, answers={200: CaseList})
def list_queue(call: Call) -> Answer:
    """The open, or the pending, cases of a team, what is due first."""
    page = case_queue.list_queue(call.query)
    items = [CaseView.from_item(case) for case in page.items]
    return Answer(CaseList(items=items, next=to_cursor(page.next_sort_key)))


@endpoint(blueprint, "GET", "/cases/{case_id}", "cases:read", answers={200: WholeCase})
def get_case(call: Call, case_id: str) -> Answer:
    """One case, whole."""
    return _whole(call, cases.get_case(case_id))


@endpoint(
    blueprint,
    "PATCH",
    "/cases/{case_id}",
    "cases:write",
    body=ChangeCase,
    on_version=True,
    answers={200: WholeCase},
    problems=(Conflict,),
)
def change_case(call: Call, case_id: str) -> Answer:
    """Change what is given, on the version named in If-Match; a 412 tells who changed what meanwhile."""
    return _whole(call, case_changes.change_case(call.deps, call.caller, case_id, call.body, call.version))


@endpoint(blueprint, "GET", "/cases/{case_id}/history", "cases:history", query=PageOf, answers={200: CaseHistory})
def list_history(call: Call, case_id: str) -> Answer:
    """Who changed what, when and why, newest first."""
    page = case_history.list_changes(case_id, call.query)
    items = [CaseChangeView.from_item(change) for change in page.items]
    return Answer(CaseHistory(items=items, next=to_cursor(page.next_sort_key)))


def _whole(call: Call, case: Case, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    view = answers.whole_case(call.caller, case)
    return Answer.of_version(view, view.version, status, headers)
