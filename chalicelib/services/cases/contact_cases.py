"""The case of a contact: found by what was keyed in or said, worked on or opened when the contact is over.

What is told after that counts as if it had been told before: `catch_up`.
"""

from chalicelib.errors import BadInput
from chalicelib.models.items import Case, Contact
from chalicelib.models.requests.kinds import Direction
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
BY_SOMEBODY = frozenset({"named", "corrected"})
OPEN = frozenset({"none", "asked"})
"""How a case is not found: what is told later may still tell."""
SAID = frozenset({"fact", "reason"})
"""How a case is found by what was said while a contact goes on."""
ENOUGH_WORDS = 3
"""That say something, from which on it is known what a contact is about."""


def note_found(deps: Deps, contact: Contact, record: Record | None) -> None:
    """Notes the case that what was said until now names among those that are shown: no request.

    None is opened while the contact goes on: whose it is may yet turn out otherwise. Of one that is over this
    is done off the stream (`catch_up`).
    """
    if contact.case_id or record is None or contact.status == "ended":
        return
    shown = [finding.known(case) for head in record.heads for case in head.cases]
    found = find_case(finding.told_on(contact, deps.now()), shown)
    if found.by in SAID:
        contact.case_id, contact.case_found = found.case_id, finding.note(found)


def work_on(deps: Deps, contact: Contact, record: Record, *, late: bool = False) -> Work | None:
    """What a contact that is over did to its case: the one that it names, that is found, or that it opens.

    `late`: how it went was said before now. One read where there is one, and one more where it is not among those
    that are shown.
    """
    told = finding.told_on(contact, contact.ended_at)
    case = _noted(contact, record)
    if case is None:
        found = finding.find(record, told)
        opens = found.by in {"opened", "none"} and _has_a_matter(contact, told)
        found = OPENED if opens else found
        if found.by == "opened" and not opens:
            return None
        contact.case_id, contact.case_found = found.case_id, finding.note(found)
        if opens:
            return _open(deps, contact, record, told, late=late)
        if found.case_id is None:
            return None
        case = cases.get_case_of(record, found.case_id)
    if not _is_decided(contact):
        contact.case_found = finding.note(CARRIED)
    contact.case_id = case.case_id
    return _worked_on(deps, contact, record, case, told, late=late)


def catch_up(deps: Deps, contact: Contact, record: Record) -> Work | None:
    """The same for one that was over before it was told whose it is, or what was said on it; done again, nothing.

    Where its case was found before, that learns what is new.
    """
    if not _is_decided(contact):
        return work_on(deps, contact, record, late=True)
    case = _noted(contact, record)
    if case is None:
        return None
    before = casework.as_read(case)
    told = finding.told_on(contact, contact.ended_at)
    casework.learn(case, told)
    if contact.case_found["by"] == OPENED.by:
        _name_anew(case, _subjects(contact, told))
    _answered(contact, case)
    if _said_of(case) == _said_of(before):
        return None
    return casework.written(deps, record, case, before, contact_id=contact.contact_id)


def _said_of(case: Case) -> dict[str, object]:
    return {name: value for name, value in case.attribute_values.items() if value is not None}


def _name_anew(case: Case, subjects: list[str | None]) -> None:
    """The subject that it would have had, unless somebody wrote another."""
    if case.subject in {finding.subject_of(one) for one in [*subjects, None]}:
        case.subject = finding.subject_of(*subjects)


def _is_decided(contact: Contact) -> bool:
    """Whether its case was found, and it has been worked on."""
    return bool(contact.case_id and contact.case_found and contact.case_found["by"] not in OPEN)


def _noted(contact: Contact, record: Record) -> Case | None:
    """The case that it has, if that is its customer's: a merge that was undone may have made it another's.

    Raises `BadInput` where whoever took the contact named another's.
    """
    if contact.case_id is None:
        return None
    try:
        return cases.get_case_of(record, contact.case_id)
    except BadInput:
        if contact.case_found == finding.note(NAMED):
            raise
        contact.case_id = contact.case_found = None
        return None


def _has_a_matter(contact: Contact, told: Told) -> bool:
    """Whether a contact opens a case: it is known what it is about, or it ended without what it was for.

    Not where nothing was said: nobody could work on a case of nothing, and nothing could be found to be of it.
    """
    known = told.reasons or told.references or told.product or len(told.words) >= ENOUGH_WORDS
    says_something = bool(contact.disposition) or not told.says_nothing
    return bool(known) or (contact.resolved is False and says_something)


def _open(deps: Deps, contact: Contact, record: Record, told: Told, *, late: bool) -> Work:
    subject = finding.subject_of(*_subjects(contact, told))
    case = finding.begin_by_rule(deps, record, told, subject, speak_at=finding.SPOKEN_AT)
    contact.case_id, case.only_contact = case.case_id, contact.contact_id
    _went(deps, contact, case, late=late)
    return finding.opened(record.home, case)


def _subjects(contact: Contact, told: Told) -> list[str | None]:
    """What may be the subject of a case that a contact opens, the first that there is."""
    return [", ".join(sorted(told.reasons)), contact.summary, told.product, contact.disposition]


def _worked_on(deps: Deps, contact: Contact, record: Record, case: Case, told: Told, *, late: bool) -> Work:
    before = casework.as_read(case)
    if contact.direction == Direction.INBOUND:
        casework.move(deps, case, Happening.WRITES, contact.started_at)
    casework.note_event(case, contact.channel, contact.started_at, contact.contact_id)
    casework.learn(case, told)
    _went(deps, contact, case, late=late)
    return casework.written(deps, record, case, before, contact_id=contact.contact_id)


def _went(deps: Deps, contact: Contact, case: Case, *, late: bool) -> None:
    """How the contact left its case. What was said of it before the case went on does not close it now."""
    _answered(contact, case)
    if contact.resolved and not late:
        casework.resolve(deps, case)
    elif contact.resolved and case.last_event_at <= contact.ended_at:
        casework.move(deps, case, Happening.RESOLVES, contact.ended_at)


def _answered(contact: Contact, case: Case) -> None:
    """A contact that took no time only holds what somebody wrote, and nobody spoke on it."""
    is_held = contact.channel in finding.WRITTEN_CHANNELS and contact.ended_at == contact.started_at
    if contact.phase not in UNANSWERED and not contact.ended_by and not is_held:
        casework.note_answer(case, contact.ended_at)
