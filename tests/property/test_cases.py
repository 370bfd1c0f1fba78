"""Two agents and a customer on one case: no change is lost, and who came too late is told who changed what."""

import os
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from chalicelib.errors import Conflict
from chalicelib.models import store
from chalicelib.models.requests.base import PageOf
from chalicelib.models.requests.cases import ChangeCase, OpenCase
from chalicelib.models.requests.customers import NewCustomer
from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.rules.access import Caller, Role
from chalicelib.services.cases import case_changes, case_history, cases
from chalicelib.services.contacts import capture
from chalicelib.services.customers import customers
from chalicelib.services.deps import Deps
from tests.conftest import Clock
from tests.fast_moto import create_table
from tests.settings import SETTINGS

THOROUGH = bool(os.environ.get("THOROUGH"))
BOUNDED = settings(
    max_examples=100 if THOROUGH else 5,
    stateful_step_count=30 if THOROUGH else 12,
    derandomize=not THOROUGH,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
AGENTS = {name: Caller(Role.AGENT, name) for name in ("ada", "bob")}
IVR = Caller(Role.IVR, "ivr-1")
CHANGES: list[dict[str, Any]] = [
    {"owner": "ada"},
    {"owner": None},
    {"team": "billing"},
    {"priority": "urgent"},
    {"status": "resolved"},
    {"status": "open"},
    {"status": "pending", "pending_on": "customer"},
    {"status": "pending", "pending_on": "us"},
]


class OneCase(RuleBasedStateMachine):
    """Each agent changes what it last read; the model is the case as all accepted changes leave it."""

    def __init__(self) -> None:
        super().__init__()
        create_table()
        self.clock = Clock()
        self.deps = Deps(SETTINGS, now=self.clock)
        head, _ = customers.create_customer(self.deps, IVR, NewCustomer(name="Ada"))
        case, _ = cases.open_case(self.deps, AGENTS["ada"], head.customer_id, OpenCase(subject="Broken lamp"))
        self.customer_id, self.case_id = head.customer_id, case.case_id
        self.read = dict.fromkeys(AGENTS, 1)
        self.model: dict[str, Any] = {name: getattr(case, name) for name in ("owner", "team", "priority")}
        self.accepted = 0
        self.messages = 0

    @rule(agent=st.sampled_from(sorted(AGENTS)))
    def reads(self, agent: str) -> None:
        self.read[agent] = int(cases.get_case(self.case_id).edition)

    @rule(agent=st.sampled_from(sorted(AGENTS)), change=st.sampled_from(CHANGES))
    def changes(self, agent: str, change: dict[str, Any]) -> None:
        self.clock.at += timedelta(minutes=1)
        before = store.get_case(self.case_id)
        stale = self.read[agent] != before.edition
        given = ChangeCase.model_validate(change)
        case = None
        try:
            case = case_changes.change_case(self.deps, AGENTS[agent], self.case_id, given, self.read[agent])
        except Conflict as refused:
            told = str(refused)
        if case is None:
            assert ("changed" in told) if stale else (before.status, change["status"]) == ("resolved", "pending")
            return
        changed = case.edition != before.edition
        assert not (stale and changed)
        self.accepted += changed
        self.read[agent] = int(case.edition) if not stale else self.read[agent]
        self.model |= {name: value for name, value in change.items() if name in self.model}
        assert {name: getattr(case, name) for name in change} == change

    @rule()
    def customer_writes(self) -> None:
        """Moves no version but where the case comes to stand otherwise."""
        self.clock.at += timedelta(minutes=1)
        before = store.get_case(self.case_id)
        self.messages += 1
        request = CaptureInteraction.model_validate(
            {
                "channel": "sms",
                "customer_id": self.customer_id,
                "case_id": self.case_id,
                "occurred_at": self.clock.at,
                "source": "test",
                "source_event_id": str(self.messages),
                "kind": "message",
            }
        )
        capture.capture(self.deps, IVR, request, "correlation")
        after = store.get_case(self.case_id)
        opened = before.status == "resolved" or before.pending_on == "customer"
        assert (after.edition - before.edition, after.status) == ((1, "open") if opened else (0, before.status))
        self.accepted += opened

    @invariant()
    def nothing_is_lost(self) -> None:
        case, head = store.get_case(self.case_id), store.get_head(self.customer_id)
        assert {name: getattr(case, name) for name in self.model} == self.model
        assert (case.edition, len(case_history.list_changes(self.case_id, PageOf(limit=100)).items)) == (
            self.accepted + 1,
            self.accepted,
        )
        is_open = case.status != "resolved"
        assert (head.profile.open_cases, len(head.cases)) == (is_open, is_open)
        assert (case.closed_at is None, case.due_at is None) == (
            is_open,
            not is_open or case.pending_on == "customer",
        )


def test_two_agents_on_one_case(deps: Deps) -> None:
    assert deps
    run_state_machine_as_test(OneCase, settings=BOUNDED)
