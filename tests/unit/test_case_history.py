"""What was changed of a case: which fields, from what to what, by whom, when and why."""

from typing import Any

import pytest

from chalicelib.errors import BadInput, NotFound
from chalicelib.models import keys
from chalicelib.models.changes import Change, add, commit
from chalicelib.models.items import Case
from chalicelib.models.requests.base import PageOf
from chalicelib.services.cases import case_history, casework, finding
from chalicelib.services.deps import Deps
from chalicelib.services.paging import to_cursor
from tests.conftest import Clock, Spy
from tests.settings import NOW

AMARA = {"role": "agent", "subject": "amara"}
SYSTEM = {"role": "system", "subject": "throughline"}


@pytest.fixture
def case(deps: Deps) -> Case:
    """A case that is stored, and that nobody changed yet."""
    made = finding.new_case(deps, "A", "A sofa", NOW)
    commit([add(made)])
    return made


def changed(
    deps: Deps, case: Case, *, by: Any = None, why: dict[str, Any] | None = None, **to: Any
) -> list[Change]:
    before = casework.as_read(case)
    for name, value in to.items():
        setattr(case, name, value)
    return case_history.noted(deps, before, case, by=by, **(why or {}))


def listed(case: Case, **page: Any) -> list[Any]:
    return case_history.list_changes(case.case_id, PageOf(**page)).items


def test_what_changed_is_told_with_what_it_was_and_why(deps: Deps, case: Case, clock: Clock) -> None:
    # When an agent changes two fields of a case
    clock.forward(minutes=1)
    case.edition = 7
    why = {"reason": "Meant the bill", "other_case_id": "B"}
    commit(changed(deps, case, by=AMARA, why=why, team="billing", subject="A bill", product=None))
    # Then those are told, and no other
    (told,) = listed(case)
    assert told.changed == {
        "team": {"before": None, "after": "billing"},
        "subject": {"before": "A sofa", "after": "A bill"},
    }
    assert (told.case_id, told.edition, told.changed_at) == (case.case_id, 7, clock())
    assert (told.changed_by, told.reason, told.other_case_id) == (AMARA, "Meant the bill", "B")
    assert told.change_id in told.SK


def test_what_nobody_did_the_system_did_and_what_is_no_news_is_not_told(deps: Deps, case: Case) -> None:
    assert changed(deps, case) == []
    # when it was last written about is told by its timeline
    assert changed(deps, case, last_event_at=NOW, last_channel="sms", paused=60) == []
    commit(changed(deps, case, late="resolution"))
    assert listed(case)[0].changed_by == SYSTEM


def test_what_is_told_of_a_new_case_was_nothing_before(deps: Deps, case: Case) -> None:
    said = case_history.said(deps, case, {"split_off": "B"}, by=AMARA, reason="two things")
    commit([said, case_history.said(deps, case, {"split_off": "C"})])
    told = {one.changed["split_off"]["after"]: one for one in listed(case)}
    assert told["B"].changed == {"split_off": {"before": None, "after": "B"}}
    assert (told["B"].changed_by, told["B"].reason) == (AMARA, "two things")
    assert told["C"].changed_by == SYSTEM


def test_a_moment_is_told_as_json_has_it() -> None:
    assert case_history.plain(NOW) == "2026-11-22T09:00:00.000000Z"
    assert [case_history.plain(one) for one in (None, 1, "late", ["x"])] == [None, 1, "late", ["x"]]


def test_the_newest_are_told_first_page_by_page(deps: Deps, case: Case, clock: Clock, spy: Spy) -> None:
    for team in ("a", "b", "c"):
        clock.forward(minutes=1)
        commit(changed(deps, case, by=AMARA, team=team))
    spy.reset()
    first = case_history.list_changes(case.case_id, PageOf(limit=2))
    assert spy.operations == ["GetItem", "Query"]
    assert [one.changed["team"]["after"] for one in first.items] == ["c", "b"]
    (last,) = listed(case, limit=2, cursor=to_cursor(first.next_sort_key))
    assert last.changed["team"]["after"] == "a"
    with pytest.raises(BadInput, match="is not a cursor of this list"):
        listed(case, cursor=to_cursor(keys.TIMELINE + "x"))
    # and the last of them in words
    assert case_history.tell_last(case.case_id) == ": agent amara changed team at 2026-11-22T09:03:00.000000Z"
    commit(changed(deps, case, by=AMARA, team="d", priority="high"))
    clock.forward(minutes=1)
    commit(changed(deps, case, team="e", priority="low"))
    told = ": system throughline changed priority, team at 2026-11-22T09:04:00.000000Z"
    assert case_history.tell_last(case.case_id) == told


def test_of_a_case_that_nobody_changed_nothing_is_told_and_of_none_even_that_is_refused(case: Case) -> None:
    assert (listed(case), case_history.tell_last(case.case_id)) == ([], "")
    with pytest.raises(NotFound):
        case_history.list_changes("01ARZ3NDEKTSV4RRFFQ69G5FAV", PageOf())
