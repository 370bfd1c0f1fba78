"""What comes of work on a case: how it stands, when it is due, where it is shown, what it is about.

Whoever works on a case writes its changes in one transaction with what was done; where `step` is not
nothing, with the profile of whose case it is (`profile_of`): one open case more or less.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change
from chalicelib.models.items import Case, CaseFields, CaseSummary
from chalicelib.models.store import CustomerHead
from chalicelib.rules.case_finding import Told
from chalicelib.rules.case_states import (
    Due,
    Happening,
    PendingOn,
    State,
    Status,
    due_times,
    pause_between,
    step,
)
from chalicelib.rules.topic import remember
from chalicelib.services.cases import case_history
from chalicelib.services.cases.case_history import Named
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps

SHOWN = 5
"""Open cases in the head of a customer's collection; "and n more" are in the list."""
MOST_LOOKED_AT = 100
"""Of the list, when a place in the head is free and the next open case is to be shown."""
MOST_REFERENCES = 20


@dataclass(slots=True)
class Work:
    """What is to be written, how many open cases more there are then, and with whom."""

    home: CustomerHead
    made: list[Change] = field(default_factory=list)
    step: int = 0
    resolved_at: datetime | None = None

    @property
    def moves_profile(self) -> bool:
        return bool(self.step or self.resolved_at)

    def change_profile(self, *, live_contacts: int = 0, dropped: bool = False) -> Change:
        """The profile of whose case it is, with one open case more or less, on the version that was read."""
        profile = self.home.profile
        if self.resolved_at:
            profile.case_resolved_at = max(self.resolved_at, profile.case_resolved_at or self.resolved_at)
        return changes.change_profile(
            profile, live_contacts=live_contacts, open_cases=self.step, content=True, dropped=dropped
        )

    def whole(self) -> list[Change]:
        """All that is to be written, where nothing else changes on the profile."""
        return [*self.made, *([self.change_profile()] if self.moves_profile else [])]


def state_of(case: CaseFields) -> State:
    """How a case stands."""
    on = PendingOn(case.pending_on) if case.pending_on else None
    return State(Status(case.status), case.status_at or case.opened_at, on)


def is_open(case: CaseFields) -> bool:
    return bool(case.status != Status.RESOLVED)


def dues(case: Case) -> Iterator[Due]:
    """What is owed of a case, the nearest first."""
    paused = timedelta(seconds=int(case.paused))
    began_at = case.began_at or case.opened_at
    return due_times(began_at, case.priority, paused, state_of(case), case.first_answered_at)


def set_due(case: Case) -> None:
    """Notes what is due next, and when to warn; what was late is so no longer where that has moved."""
    owed = list(dues(case))
    due_at = owed[0].at if owed else None
    if due_at != case.due_at:
        case.due_at, case.late = due_at, None
    warned = [due.what for due in owed].index(case.late) + 1 if case.late else 0
    case.watch_at = min((due.warn_at for due in owed[warned:]), default=None)


def next_warning(case: Case) -> str | None:
    """What is to be warned of at `watch_at`."""
    return next((due.what for due in dues(case) if due.warn_at == case.watch_at), None)


def move(deps: Deps, case: Case, happening: Happening, at: datetime, pending_on: PendingOn | None = None) -> bool:
    """Lets something happen to a case at a moment: whether it stands otherwise then."""
    before = state_of(case)
    after = step(before, happening, at, pending_on)
    if after == before:
        return False
    case.status, case.status_at, case.pending_on = after.status, after.since, after.pending_on
    case.edition = int(case.edition) + 1
    case.paused = int(case.paused) + int(pause_between(before, after).total_seconds())
    if before.status is Status.RESOLVED:
        case.reopened, case.closed_at = int(case.reopened) + 1, None
    if after.status is Status.RESOLVED:
        case.closed_at = max(deps.now(), case.updated_at)
    return True


def resolve(deps: Deps, case: Case) -> bool:
    """Somebody says now that it is resolved: whether that is news."""
    return move(deps, case, Happening.RESOLVES, max(deps.now(), state_of(case).since))


def note_event(case: Case, channel: str, at: datetime, contact_id: str | None = None) -> None:
    """Notes when and where it was last worked on: what is told late is no news.

    What is not of the contact that opened it makes it a case of more than that.
    """
    if case.only_contact != contact_id:
        case.only_contact = None
    if case.last_event_at is None or at >= case.last_event_at:
        case.last_channel, case.last_event_at = channel, at


def note_answer(case: Case, at: datetime) -> None:
    """Notes when the customer was first answered."""
    case.first_answered_at = min(at, case.first_answered_at or at)


def learn(case: CaseFields, told: Told) -> None:
    """What was told says what the case is about, where that was not known."""
    case.references = list(dict.fromkeys([*case.references, *sorted(told.references)]))[-MOST_REFERENCES:]
    case.gist = remember(case.gist, told.words)
    case.reason = case.reason or (", ".join(sorted(told.reasons))[:256] or None)
    case.product = case.product or told.product


def written(deps: Deps, record: Record, case: Case, before: Case, *, by: Named | None = None, **why: Any) -> Work:
    """The changes that write a case as it is now, its history, and where it is shown, or another in its place.

    `before` is the case as it was read; `by` and `why` are for its history.
    """
    home, stood = record.at(case.customer_id).home, state_of(before)
    case.updated_at = max(deps.now(), case.updated_at)
    set_due(case)
    work = Work(home, step=is_open(case) - is_open(before))
    if not is_open(case) and state_of(case) != stood:
        work.resolved_at = case.status_at
    work.made = [
        changes.replace(case),
        changes.file_case(case),
        *_where_shown(home, case, work.step),
        *case_history.noted(deps, before, case, by=by, **why),
    ]
    return work


def as_read(case: Case) -> Case:
    """A copy of a case as it was read, to tell afterwards what has changed of it."""
    return Case(**case.attribute_values)


def _where_shown(home: CustomerHead, case: Case, step_: int) -> list[Change]:
    if not is_open(case):
        return no_more_shown(home, case)
    if step_ > 0:
        return shown_first(home, case)
    shown = any(one.case_id == case.case_id for one in home.cases)
    return [changes.show_case(case)] if shown else []


def no_more_shown(home: CustomerHead, case: Case) -> list[Change]:
    """Hides a case, and shows the next in its place, if it was shown."""
    shown = any(one.case_id == case.case_id for one in home.cases)
    return [changes.hide_case(case), *(_promoted(home) if shown else [])]


def shown_first(home: CustomerHead, case: Case) -> list[Change]:
    """Shows a case that came to be open, and hides the oldest where there are too many."""
    others = sorted((one for one in home.cases if one.case_id != case.case_id), key=lambda one: str(one.SK))
    over = others[: max(len(others) - SHOWN + 1, 0)]
    return [changes.show_case(case), *(changes.hide_case(old) for old in over)]


def _promoted(home: CustomerHead) -> list[Change]:
    """Gives the place of a closed case to the newest open one that is not shown."""
    if home.profile.open_cases <= SHOWN:
        return []
    shown = {case.case_id for case in home.cases}
    waiting = (case for case in list_all(home.customer_id) if is_open(case) and case.case_id not in shown)
    return [changes.show_case(case) for case in waiting][:1]


def list_all(customer_id: str) -> list[CaseSummary]:
    """The newest cases of one collection, open and resolved: one query."""
    return store.list_band(keys.customer(customer_id), keys.ALL_CASES, limit=MOST_LOOKED_AT).items
