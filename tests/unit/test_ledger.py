"""The ledger: what was decided about a customer, by whom and why."""

from chalicelib.models.changes import commit
from chalicelib.models.requests.customers import LedgerPage
from chalicelib.rules.access import Caller, Role
from chalicelib.services.deps import Deps
from chalicelib.services.identity import ledger
from chalicelib.services.paging import to_cursor
from tests.conftest import Clock
from tests.settings import NOW
from tests.unit.test_records import a_profile

AGENT = Caller(Role.AGENT, "agent-1")


def decided(customer_id: str, *, limit: int = 25, after: str | None = None) -> tuple[list[str], str | None]:
    page = ledger.list_decisions(customer_id, LedgerPage(limit=limit, cursor=to_cursor(after)))
    return [str(one.decided) for one in page.items], page.next_sort_key


def test_a_decision_says_what_when_by_whom_and_why(deps: Deps) -> None:
    a_profile("A", []).save()
    commit([ledger.note(deps, "A", "merged", by=AGENT, reason="the same", merge_id="M", other_customer_id="B")])
    (one,) = ledger.list_decisions("A", LedgerPage()).items
    assert (one.decided, one.decided_at, one.reason) == ("merged", NOW, "the same")
    assert one.decided_by == {"role": "agent", "subject": "agent-1"}
    assert (one.merge_id, one.other_customer_id) == ("M", "B")
    assert one.SK.endswith(one.decision_id)
    # what a rule decided was decided by nobody's wish
    commit([ledger.note(deps, "A", "candidate_noted")])
    (rule,) = [one for one in ledger.list_decisions("A", LedgerPage()).items if one.decided == "candidate_noted"]
    assert rule.decided_by == {"role": "system", "subject": "throughline"}
    assert rule.decision_id != one.decision_id


def test_the_newest_comes_first_and_pages_lead_on(deps: Deps, clock: Clock) -> None:
    a_profile("A", []).save()
    for what in ("merged", "unmerged", "contact_attributed"):
        commit([ledger.note(deps, "A", what)])
        clock.forward(minutes=1)
    first, after = decided("A", limit=2)
    assert (first, after is not None) == (["contact_attributed", "unmerged"], True)
    assert decided("A", limit=2, after=after) == (["merged"], None)
