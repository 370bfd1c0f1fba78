"""The case of what somebody wrote: the one that a sign names, that is found, or that it opens."""

from dataclasses import dataclass

from chalicelib.models import store
from chalicelib.models.items import Case, Event
from chalicelib.models.requests.kinds import Direction
from chalicelib.rules.case_finding import By, Finding, Told
from chalicelib.rules.case_states import Happening
from chalicelib.services.cases import cases, casework, finding
from chalicelib.services.cases.casework import Work
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps

OF_CONTACT = "its contact is about this case"
"""Why what was said on a contact is of a case, and goes where the contact goes."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A case that is named, and by what."""

    by: By
    reason: str
    case: Case


def work_on(deps: Deps, event: Event, record: Record | None, sign: Sign | None) -> Work | None:
    """Puts an event to its case, and gives what that changes.

    A reply by somebody else joins the case, but the case does not become its writer's. Without a sign only what
    a person asks in writing looks for one: one read where it is found, one more where it may be one not shown.
    """
    if sign:
        event.case_id, event.case_found = sign.case.case_id, finding.note(Finding(None, sign.by, sign.reason))
        if record is None or sign.case.customer_id not in record.member_ids:
            return None
        return _worked_on(deps, record, sign.case, event, finding.told_by(event))
    if record is None or event.contact_id or not _looks_for_one(event):
        return None
    return _found(deps, event, record)


def catch_up(deps: Deps, event: Event, record: Record) -> Work | None:
    """The same for a message by itself of which it was told later whose it is. A read where it has a case."""
    if event.case_id is None:
        return _found(deps, event, record) if _looks_for_one(event) else None
    case = cases.follow(store.get_case(event.case_id), record)
    if case.customer_id not in record.member_ids:
        return None
    return _worked_on(deps, record, case, event, finding.told_by(event))


def _found(deps: Deps, event: Event, record: Record) -> Work | None:
    told = finding.told_by(event)
    found = finding.find(record, told)
    event.case_id, event.case_found = found.case_id, finding.note(found)
    if found.case_id:
        case = cases.get_case_of(record, found.case_id)
        event.case_id = case.case_id
        return _worked_on(deps, record, case, event, told)
    return _opened(deps, event, record, told) if found.by == "opened" else None


def _looks_for_one(event: Event) -> bool:
    return event.channel in finding.WRITTEN_CHANNELS and finding.asks(event)


def _opened(deps: Deps, event: Event, record: Record, told: Told) -> Work:
    subject = finding.subject_of(event.subject, finding.written_in(event))
    case = finding.begin_by_rule(deps, record, told, subject, speak_at=finding.WRITTEN_AT)
    event.case_id = case.case_id
    return finding.opened(record.home, case)


def _worked_on(deps: Deps, record: Record, case: Case, event: Event, told: Told) -> Work:
    before = casework.as_read(case)
    if finding.asks(event):
        casework.move(deps, case, Happening.WRITES, event.occurred_at)
        casework.learn(case, told)
    elif event.direction == Direction.OUTBOUND and event.event_kind == finding.MESSAGE:
        casework.note_answer(case, event.occurred_at)
    casework.note_event(case, event.channel, event.occurred_at, event.contact_id)
    return casework.written(deps, record, case, before, interaction_id=event.interaction_id)
