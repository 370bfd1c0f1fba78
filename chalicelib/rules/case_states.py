"""How a case goes on: a table of what may follow what, which late and repeated events cannot turn back.

Moments are those of the clock of whoever told, so what happened before the case came to be as it is
changes nothing, whenever it is heard of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

REOPENED_WITHIN = timedelta(days=14)
"""After a case was resolved: who writes about it later begins another."""
PRIORITIES = ("low", "normal", "high", "urgent")


class Status(StrEnum):
    OPEN = "open"
    PENDING = "pending"
    RESOLVED = "resolved"


class PendingOn(StrEnum):
    CUSTOMER = "customer"
    US = "us"
    THIRD_PARTY = "third_party"


class Happening(StrEnum):
    """What happens to a case."""

    WRITES = "writes"
    """The customer does, or rings."""
    WAITS = "waits"
    GOES_ON = "goes_on"
    RESOLVES = "resolves"
    REOPENS = "reopens"


NEXT: dict[tuple[Status, Happening], Status] = {
    (Status.OPEN, Happening.WAITS): Status.PENDING,
    (Status.OPEN, Happening.RESOLVES): Status.RESOLVED,
    (Status.PENDING, Happening.WRITES): Status.OPEN,
    (Status.PENDING, Happening.WAITS): Status.PENDING,
    (Status.PENDING, Happening.GOES_ON): Status.OPEN,
    (Status.PENDING, Happening.RESOLVES): Status.RESOLVED,
    (Status.RESOLVED, Happening.WRITES): Status.OPEN,
    (Status.RESOLVED, Happening.REOPENS): Status.OPEN,
}
"""What is not here changes nothing."""


@dataclass(frozen=True, slots=True)
class State:
    """How a case stands, and since which moment; `pending_on` is whom it waits for while it is pending."""

    status: Status
    since: datetime
    pending_on: PendingOn | None = None


def step(state: State, happening: Happening, at: datetime, pending_on: PendingOn | None = None) -> State:
    """The state after something happened at a moment; the same where it is no news or may not follow.

    A customer who writes ends the wait for the customer, not for a third party; what was resolved is open
    again if that was `REOPENED_WITHIN` ago at most.
    """
    after = NEXT.get((state.status, happening))
    if after is None or at < state.since:
        return state
    if happening is Happening.WRITES and not _is_moved_by_writing(state, at):
        return state
    if after is Status.PENDING and pending_on is state.pending_on:
        return state
    return State(after, at, pending_on if after is Status.PENDING else None)


def _is_moved_by_writing(state: State, at: datetime) -> bool:
    if state.status is Status.PENDING:
        return state.pending_on is PendingOn.CUSTOMER and at > state.since
    return state.since < at <= state.since + REOPENED_WITHIN


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TARGETS: dict[str, tuple[timedelta, timedelta]] = {
    "urgent": (HOUR, 8 * HOUR),
    "high": (4 * HOUR, DAY),
    "normal": (8 * HOUR, 3 * DAY),
    "low": (DAY, 7 * DAY),
}
"""By priority: within which time a case is to be answered first, and resolved."""
WARNED_BEFORE = 0.2
"""The part of the time that is left when somebody is to be warned."""


@dataclass(frozen=True, slots=True)
class Due:
    """By when something is owed, and when to warn that it will be late."""

    what: str
    at: datetime
    warn_at: datetime


def due_times(
    opened_at: datetime, priority: str, paused: timedelta, state: State, first_answered_at: datetime | None
) -> Iterator[Due]:
    """What is still owed of a case, the nearest first; the time that it waited for the customer does not count.

    While it waits nothing is owed, nor when it is resolved.
    """
    if state.status is Status.RESOLVED or is_paused(state):
        return
    first, resolution = TARGETS[priority]
    if first_answered_at is None:
        yield _due("first_answer", opened_at, first, paused)
    yield _due("resolution", opened_at, resolution, paused)


def _due(what: str, opened_at: datetime, within: timedelta, paused: timedelta) -> Due:
    at = opened_at + within + paused
    return Due(what, at, at - within * WARNED_BEFORE)


def is_paused(state: State) -> bool:
    """Whether time does not count, as the case waits for the customer."""
    return state.status is Status.PENDING and state.pending_on is PendingOn.CUSTOMER


def pause_between(before: State, after: State) -> timedelta:
    """How long the case waited for the customer, where that is over now."""
    return after.since - before.since if is_paused(before) and not is_paused(after) else timedelta()
