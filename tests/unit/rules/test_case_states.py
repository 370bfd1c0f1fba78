"""How a case goes on: the table, what late and repeated events do to it, and when it is due."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.case_states import (
    NEXT,
    REOPENED_WITHIN,
    TARGETS,
    Happening,
    PendingOn,
    State,
    Status,
    due_times,
    pause_between,
    step,
)

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPEN, RESOLVED = State(Status.OPEN, AT), State(Status.RESOLVED, AT)
WAITING = State(Status.PENDING, AT, PendingOn.CUSTOMER)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("happening", Happening)
def test_the_table(status: Status, happening: Happening) -> None:
    on = PendingOn.CUSTOMER if status is Status.PENDING else None
    after = step(
        State(status, AT, on), happening, AT + HOUR, PendingOn.US if happening is Happening.WAITS else None
    )
    assert after.status is NEXT.get((status, happening), status)


def test_what_happened_before_changes_nothing() -> None:
    for happening in Happening:
        for state in (OPEN, RESOLVED, WAITING):
            assert step(state, happening, AT - HOUR, PendingOn.US) == state


def test_what_was_written_at_the_moment_of_the_resolution_does_not_open_it() -> None:
    assert step(RESOLVED, Happening.WRITES, AT) == RESOLVED
    assert step(RESOLVED, Happening.REOPENS, AT).status is Status.OPEN


def test_who_writes_long_after_the_resolution_opens_nothing() -> None:
    assert step(RESOLVED, Happening.WRITES, AT + REOPENED_WITHIN).status is Status.OPEN
    assert step(RESOLVED, Happening.WRITES, AT + REOPENED_WITHIN + HOUR) == RESOLVED


def test_a_customer_who_writes_ends_the_wait_for_the_customer_only() -> None:
    assert step(WAITING, Happening.WRITES, AT + HOUR) == State(Status.OPEN, AT + HOUR)
    assert step(WAITING, Happening.WRITES, AT) == WAITING
    supplier = State(Status.PENDING, AT, PendingOn.THIRD_PARTY)
    assert step(supplier, Happening.WRITES, AT + HOUR) == supplier
    assert step(supplier, Happening.WAITS, AT + HOUR, PendingOn.THIRD_PARTY) == supplier
    assert step(supplier, Happening.WAITS, AT + HOUR, PendingOn.CUSTOMER).pending_on is PendingOn.CUSTOMER


happened = st.tuples(
    st.sampled_from(Happening), st.integers(0, 9).map(lambda hours: AT + hours * HOUR), st.sampled_from(PendingOn)
)


@given(happened=st.lists(happened))
def test_nothing_turns_back(happened: list[tuple[Happening, datetime, PendingOn]]) -> None:
    state = OPEN
    for happening, at, on in happened:
        after = step(state, happening, at, on)
        assert after.since >= state.since
        # the same again, told late, changes nothing
        assert at >= state.since or after == state
        assert (after.pending_on is not None) == (after.status is Status.PENDING)
        state = after


def test_due_times_by_priority_and_without_the_time_that_it_waited() -> None:
    first, resolution = due_times(AT, "urgent", HOUR, OPEN, None)
    assert (first.what, first.at) == ("first_answer", AT + HOUR + TARGETS["urgent"][0])
    assert (resolution.what, resolution.at) == ("resolution", AT + HOUR + TARGETS["urgent"][1])
    assert first.at - first.warn_at == TARGETS["urgent"][0] * 0.2
    assert [due.what for due in due_times(AT, "low", HOUR, OPEN, AT)] == ["resolution"]
    assert not [*due_times(AT, "low", HOUR, WAITING, None), *due_times(AT, "low", HOUR, RESOLVED, None)]


def test_the_time_that_it_waited_for_the_customer() -> None:
    assert pause_between(WAITING, State(Status.OPEN, AT + HOUR)) == HOUR
    assert pause_between(WAITING, State(Status.PENDING, AT + HOUR, PendingOn.US)) == HOUR
    later = AT + HOUR
    assert pause_between(OPEN, State(Status.RESOLVED, later)) == timedelta()
    assert pause_between(OPEN, State(Status.PENDING, later, PendingOn.CUSTOMER)) == timedelta()
    assert pause_between(WAITING, State(Status.PENDING, later, PendingOn.CUSTOMER)) == timedelta()
