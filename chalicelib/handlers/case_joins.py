"""Cases are joined, split and linked over HTTP, and each of it is undone."""

from chalice.app import Blueprint

from chalicelib.errors import Conflict
from chalicelib.models.items import Case
from chalicelib.models.requests.cases import JoinCases, LinkCases, SplitCase
from chalicelib.models.views.cases import WholeCase
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.cases import case_joins
from chalicelib.services.contacts import answers

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/cases/{case_id}/join",
    "cases:write",
    body=JoinCases,
    answers={200: WholeCase},
    problems=(Conflict,),
)
def join_cases(call: Call, case_id: str) -> Answer:
    """Say that another case turned out to be this one: nothing moves, and what comes in goes to this one."""
    return _whole(call, case_joins.join(call.deps, call.caller, case_id, call.body))


@endpoint(
    blueprint,
    "DELETE",
    "/cases/{case_id}/join",
    "cases:write",
    answers={200: WholeCase},
    problems=(Conflict,),
)
def undo_join(call: Call, case_id: str) -> Answer:
    """The case of the path, which was joined into another, stands by itself again, as it did."""
    return _whole(call, case_joins.undo_join(call.deps, call.caller, case_id))


@endpoint(blueprint, "POST", "/cases/{case_id}/split", "cases:write", body=SplitCase, answers={201: WholeCase})
def split_case(call: Call, case_id: str) -> Answer:
    """Put some of what is in a case to a new one."""
    new = case_joins.split(call.deps, call.caller, case_id, call.body)
    return _whole(call, new, 201, {"Location": f"/v1/cases/{new.case_id}"})


@endpoint(
    blueprint,
    "DELETE",
    "/cases/{case_id}/split",
    "cases:write",
    answers={200: WholeCase},
    problems=(Conflict,),
)
def undo_split(call: Call, case_id: str) -> Answer:
    """What the case of the path took goes back, and it is joined into what it was split off: that is answered."""
    return _whole(call, case_joins.undo_split(call.deps, call.caller, case_id))


@endpoint(
    blueprint,
    "POST",
    "/cases/{case_id}/links",
    "cases:write",
    body=LinkCases,
    answers={200: WholeCase},
    problems=(Conflict,),
)
def link_cases(call: Call, case_id: str) -> Answer:
    """Say what a case is to another; that one keeps the opposite."""
    return _whole(call, case_joins.link(call.deps, call.caller, case_id, call.body))


@endpoint(
    blueprint,
    "DELETE",
    "/cases/{case_id}/links/{other_id}",
    "cases:write",
    answers={200: WholeCase},
)
def unlink_cases(call: Call, case_id: str, other_id: str) -> Answer:
    """Say that a case is nothing to another any more."""
    return _whole(call, case_joins.unlink(call.deps, call.caller, case_id, other_id))


def _whole(call: Call, case: Case, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    view = answers.whole_case(call.caller, case)
    return Answer.of_version(view, view.version, status, headers)
