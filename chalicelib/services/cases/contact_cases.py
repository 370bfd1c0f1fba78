"""The case of a contact: found by what was keyed in or said, worked on or opened when the contact is over."""

from chalicelib.models.items import Case, Contact
from chalicelib.models.requests import Direction
from chalicelib.rules.case_finding import Finding, Told, find_case
from chalicelib.rules.case_states import Happening
from chalicelib.rules.progress import UNANSWERED
from chalicelib.services.cases import cases, casework, finding
from chalicelib.services.cases.casework import Work
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps

NAMED = Finding(None, "named", "it was named by whoever took the contact")
CARRIED = Finding(None, "sign", "it goes on from a contact that is about this case")
OPENED = Finding(None, "opened", "it was about something else than the cases there are")
SAID = frozenset({"fact", "reason"})
"""How a case is found by what was said while a contact goes on."""
ENOUGH_WORDS = 3
"""That say something, from which on it is known what a contact is about."""


def note_found(deps: Deps, contact: Contact, record: Record | None) -> None:
    """Notes the case that what was said until now names among those that are shown: no request.

    None is opened while the contact goes on: whose it is may yet turn out otherwise.
    """
    if contact.case_id or record is None:
        return
    shown = [finding.known(case) for head in record.heads for case in head.cases]
    found = find_case(finding.told_on(deps, contact), shown)
    if found.by in SAID:
        contact.case_id, contact.case_found = found.case_id, finding.note(found)


def work_on(deps: Deps, contact: Contact, record: Record) -> Work | None:
    """What a contact that is over did to its case: the one that it names, that is found, or that it opens.

    One read where there is one, and one more where it is not among those that are shown.
    """
    told = finding.told_on(deps, contact)
    if contact.case_id is None:
        found = finding.find(record, told)
        opens = found.by in {"opened", "none"} and _has_a_matter(contact, told)
        found = OPENED if opens else found
        if found.by == "opened" and not opens:
            return None
        contact.case_id, contact.case_found = found.case_id, finding.note(found)
        if opens:
            return _open(deps, contact, record, told)
    if contact.case_id is None:
        return None
    contact.case_found = contact.case_found or finding.note(CARRIED)
    case = cases.get_case_of(record, contact.case_id)
    contact.case_id = case.case_id
    return _worked_on(deps, contact, record, case, told)


def _has_a_matter(contact: Contact, told: Told) -> bool:
    """Whether a contact opens a case: it is known what it is about, or it ended without what it was for.

    Not where nothing was said: nobody could work on a case of nothing, and nothing could be found to be of it.
    """
    known = told.reasons or told.references or told.product or len(told.words) >= ENOUGH_WORDS
    says_something = bool(contact.disposition) or not told.says_nothing
    return bool(known) or (contact.resolved is False and says_something)


def _open(deps: Deps, contact: Contact, record: Record, told: Told) -> Work:
    subject = finding.subject_of(
        ", ".join(sorted(told.reasons)), contact.summary, told.product, contact.disposition
    )
    case, work = finding.open_by_rule(deps, record, told, subject, speak_at=finding.SPOKEN_AT)
    contact.case_id = case.case_id
    _went(deps, contact, case)
    return work


def _worked_on(deps: Deps, contact: Contact, record: Record, case: Case, told: Told) -> Work:
    before = casework.as_read(case)
    if contact.direction == Direction.INBOUND:
        casework.move(deps, case, Happening.WRITES, contact.started_at)
    casework.note_event(case, contact.channel, contact.started_at)
    casework.learn(case, told)
    _went(deps, contact, case)
    return casework.written(deps, record, case, before, contact_id=contact.contact_id)


def _went(deps: Deps, contact: Contact, case: Case) -> None:
    """How the contact left its case."""
    if contact.phase not in UNANSWERED and not contact.ended_by:
        casework.note_answer(case, contact.ended_at)
    if contact.resolved:
        casework.resolve(deps, case)
