"""Cases over HTTP."""

from chalice.app import Blueprint

from chalicelib.models.requests import OpenCase, PageOf
from chalicelib.models.views import CaseList, CaseView, WholeCase
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services import answers, cases
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
    location = {"Location": f"/v1/cases/{case.case_id}"}
    return Answer(WholeCase.from_item(case), 201 if opened else 200, location)


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


@endpoint(blueprint, "GET", "/cases/{case_id}", "cases:read", answers={200: WholeCase})
def get_case(call: Call, case_id: str) -> Answer:
    """One case, whole."""
    return Answer(answers.whole_case(call.caller, cases.get_case(case_id)))
