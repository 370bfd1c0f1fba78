"""Somebody says which case a contact or a message belongs to: the case that it had is remembered, to go back to.

Nothing is moved but which case it names: what the earlier case learned of it, and how it stands, stays.
"""

from dataclasses import dataclass
from typing import Any

from chalicelib.errors import Conflict
from chalicelib.models import store
from chalicelib.models.changes import Change, commit, put_to_case
from chalicelib.models.items import Contact, Event
from chalicelib.models.requests.cases import PutToCase
from chalicelib.rules.access import Caller
from chalicelib.rules.case_finding import Told
from chalicelib.services.cases import cases, casework, finding
from chalicelib.services.contacts import ending
from chalicelib.services.customers import records
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.identity import ledger
from chalicelib.services.settle import settled

MOST_EARLIER = 10
"""Cases of one thing that are remembered to go back to."""


@dataclass(slots=True)
class _Target:
    """The case that it is to have, and what that changes."""

    case_id: str | None
    made: list[Change]


@settled
def put_contact(deps: Deps, caller: Caller, contact_id: str, request: PutToCase) -> Contact:
    """Says which case a contact belongs to. Two reads, with a case one more, one to show it, and a transaction."""
    contact = store.get_contact(contact_id)
    record = _record_of(contact)
    if _is_so(contact, request):
        return records.told_as(contact, record.customer_id)
    target = _target(deps, caller, record, request, finding.told_on(contact, contact.ended_at or deps.now()))
    contact.earlier_cases = _remembered(contact)
    contact.case_id, contact.case_found = target.case_id, finding.note(finding.CORRECTED)
    return _write_contact(deps, caller, contact, record, target.made, request.reason)


@settled
def take_contact_back(deps: Deps, caller: Caller, contact_id: str) -> Contact:
    """The case that a contact had before somebody said another. Raises `Conflict` where nobody did."""
    contact = store.get_contact(contact_id)
    record = _record_of(contact)
    _go_back(contact)
    return _write_contact(deps, caller, contact, record, [], None)


@settled
def put_message(deps: Deps, caller: Caller, interaction_id: str, request: PutToCase) -> Event:
    """Says which case a message belongs to. Two reads, with a case one more, and one transaction."""
    event = store.get_event(interaction_id)
    record, before = _record_of(event), event.case_id
    if _is_so(event, request):
        return records.told_as(event, record.customer_id)
    target = _target(deps, caller, record, request, finding.told_by(event))
    event.earlier_cases = _remembered(event)
    event.case_id, event.case_found = target.case_id, finding.note(finding.CORRECTED)
    note = _note(deps, caller, record, request.reason, contact_id=event.contact_id)
    commit([*put_to_case(event, before), *target.made, note])
    return records.told_as(event, record.customer_id)


@settled
def take_message_back(deps: Deps, caller: Caller, interaction_id: str) -> Event:
    """The case that a message had before somebody said another. Raises `Conflict` where nobody did."""
    event = store.get_event(interaction_id)
    record, before = _record_of(event), event.case_id
    _go_back(event)
    note = _note(deps, caller, record, None, contact_id=event.contact_id)
    commit([*put_to_case(event, before), note])
    return records.told_as(event, record.customer_id)


def _record_of(item: Contact | Event) -> Record:
    if item.customer_id is None:
        raise Conflict("what has no customer yet has no case")
    return records.read_head(item.customer_id)


def _is_so(item: Contact | Event, request: PutToCase) -> bool:
    """Whether it was said before, and its answer was lost."""
    if not item.case_found or item.case_found["by"] != finding.CORRECTED.by:
        return False
    if request.new_subject and item.case_id:
        return bool(store.get_case(item.case_id).subject == request.new_subject)
    return bool(request.case_id == item.case_id and not request.new_subject)


def _target(deps: Deps, caller: Caller, record: Record, request: PutToCase, told: Told) -> _Target:
    if request.new_subject:
        case = finding.new_case(deps, record.home.customer_id, request.new_subject, told.at)
        case.opened_by, case.last_channel, case.last_event_at = caller.named, told.channel, told.at
        casework.learn(case, told)
        work = finding.opened(record.home, case)
        return _Target(case.case_id, work.whole())
    if request.case_id is None:
        return _Target(None, [])
    case = cases.get_case_of(record, request.case_id)
    before = casework.as_read(case)
    casework.note_event(case, told.channel, told.at)
    casework.learn(case, told)
    return _Target(case.case_id, casework.written(deps, record, case, before).made)


def _remembered(item: Contact | Event) -> list[dict[str, Any]]:
    earlier = {"case_id": item.case_id, "case_found": item.case_found}
    return [*item.earlier_cases, earlier][-MOST_EARLIER:]


def _go_back(item: Contact | Event) -> None:
    if not item.earlier_cases:
        raise Conflict("nobody said which case this belongs to, or it was taken back")
    *item.earlier_cases, last = item.earlier_cases
    item.case_id, item.case_found = last["case_id"], last["case_found"]


def _write_contact(  # noqa: PLR0917 - one step of the above
    deps: Deps, caller: Caller, contact: Contact, record: Record, made: list[Change], reason: str | None
) -> Contact:
    note = _note(deps, caller, record, reason, contact_id=contact.contact_id)
    commit([*ending.show_again(contact, contact.started_at), *made, note])
    return records.told_as(contact, record.customer_id)


def _note(deps: Deps, caller: Caller, record: Record, reason: str | None, **about: Any) -> Change:
    return ledger.note(deps, record.home.customer_id, "case_corrected", by=caller, reason=reason, **about)
