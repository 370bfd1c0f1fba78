"""Which case a contact or a message belongs to: what is known is read, the rules decide, the case is written.

The open cases that a customer's head shows are read anyway. The list is read, one query more, only where
none of these is meant, or only by its words, and there may be another: some are not shown, or one was resolved
lately.
"""

from datetime import datetime
from typing import Any, cast

from chalicelib.models import changes, keys
from chalicelib.models.items import Case, CaseFields, Contact, Event
from chalicelib.models.requests.kinds import Direction
from chalicelib.models.store import CustomerHead
from chalicelib.rules import survivorship
from chalicelib.rules.case_finding import Finding, KnownCase, Told, find_case, number_of, reasons_in
from chalicelib.rules.case_states import REOPENED_WITHIN, Status
from chalicelib.rules.topic import as_reference, is_question, references_of, words_of
from chalicelib.services.cases import casework
from chalicelib.services.cases.casework import Work
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.identity import ledger

WRITTEN_CHANNELS = frozenset({"email", "sms", "whatsapp", "messenger", "instagram", "telegram", "line", "x"})
"""On which people write and wait for an answer: what they ask there opens a case."""
MESSAGE = "message"
"""The kind of what a person wrote; auto-replies, bounces, lists, campaigns and steps of a journey are others."""
CORRECTED = Finding(None, "corrected", "somebody said so")
CERTAIN = frozenset({"fact", "reason"})
"""How a case is found that no other would be found before."""
SUBJECT_LENGTH = 120
NO_SUBJECT = "No subject"
SPOKEN_AT, WRITTEN_AT = 1, 2
"""The assurance from which a flow may speak a subject that a rule made of what was said, or written."""


def find(record: Record, told: Told) -> Finding:
    """The case that it belongs to, or that there is none, or between which somebody must tell."""
    shown = [known(case) for head in record.heads for case in head.cases]
    found = find_case(told, shown)
    behind = [head for head in record.heads if _has_others(head, told.at)]
    if not behind or found.by == "none" or (found.case_id and found.by in CERTAIN):
        return found
    listed = {case.case_id: known(case) for head in behind for case in casework.list_all(head.customer_id)}
    return find_case(told, [*{**{case.case_id: case for case in shown}, **listed}.values()])


def _has_others(head: CustomerHead, at: datetime) -> bool:
    """Whether there are cases that may be meant and are not shown in the head."""
    resolved_at = head.profile.case_resolved_at
    lately = resolved_at is not None and at <= resolved_at + REOPENED_WITHIN
    return lately or int(head.profile.open_cases) > len(head.cases)


def known(case: CaseFields) -> KnownCase:
    """A case as the rules see it."""
    state = casework.state_of(case)
    return KnownCase(
        case.case_id,
        state.status,
        state.since,
        case.last_event_at or case.opened_at,
        case.last_channel,
        reasons_in(case.reason),
        case.product,
        frozenset(case.references),
        frozenset(case.gist.split() or (words_of(case.subject) if case.subject != NO_SUBJECT else ())),
    )


def told_by(event: Event) -> Told:
    """What a message tells. Two mails are not about the same because they have the same subject."""
    text = written_in(event)
    words = words_of(text) if event.channel == "email" else words_of(event.subject, text)
    return Told(
        event.occurred_at,
        event.channel,
        is_message=True,
        is_question=is_question(text) or is_question(event.subject),
        references=frozenset(references_of(event.subject, text)),
        words=tuple(words or words_of(event.subject)),
    )


def written_in(event: Event) -> str | None:
    """What its writer says in a message. A mail that comes by the API may quote another, which others wrote."""
    if event.channel != "email" or not event.body:
        return cast("str | None", event.body)
    from chalicelib.mail.reply import reply_of  # what reads mails is large, and few ask for it here

    return reply_of(event.body)


def told_on(contact: Contact, at: datetime) -> Told:
    """What was told on a contact and counts at a moment: what was keyed in or noted, and what was said.

    A reason is words as well: whoever asked before in words alone is found by them. `at` is now or, of a contact
    that is over, its end: what counted then counts, however much later it is asked.
    """
    counted = survivorship.current(contact.facts, keys.instant(at))
    said = {name: entry["value"] for name, entry in counted.items()}
    order, number = said.get("order_number"), said.get("case_number")
    spoken = words_of(said.get("free_text"), contact.summary)
    return Told(
        contact.started_at,
        contact.channel,
        case_numbers=frozenset({number.replace("-", "")} if number else ()),
        references=frozenset([*contact.references, *([as_reference(order)] if order else [])]),
        reasons=reasons_in(said.get("reason")),
        product=said.get("product"),
        words=tuple(dict.fromkeys([*words_of(said.get("reason")), *contact.gist.split(), *spoken])),
    )


def asks(event: Event) -> bool:
    """Whether a message may open a case by itself, or open one again: a person asks something in writing."""
    return event.direction == Direction.INBOUND and event.event_kind == MESSAGE


def note(finding: Finding) -> dict[str, Any]:
    """How a case was found, as it is written on what it was found for."""
    return {"by": finding.by, "reason": finding.reason, "may_be": list(finding.may_be)}


def begin_by_rule(deps: Deps, record: Record, told: Told, subject: str, *, speak_at: int) -> Case:
    """A case that nobody opened: what was told is about something that no case is about."""
    case = new_case(deps, record.home.customer_id, subject, told.at)
    case.speak_at, case.last_channel, case.last_event_at = speak_at, told.channel, told.at
    case.opened_by = ledger.SYSTEM
    casework.learn(case, told)
    return case


def new_case(deps: Deps, customer_id: str, subject: str, at: datetime) -> Case:
    """A case as it begins, open since a moment."""
    case_id = deps.new_id()
    return Case(
        PK=keys.case(case_id),
        SK=keys.CASE,
        case_id=case_id,
        number=number_of(case_id),
        customer_id=customer_id,
        subject=subject,
        status=Status.OPEN,
        status_at=at,
        began_at=at,
        opened_at=deps.now(),
        updated_at=deps.now(),
    )


def opened(home: CustomerHead, case: Case) -> Work:
    """The changes that add a case as it is: its customer has one open case more, if it is not resolved already."""
    casework.set_due(case)
    made = [changes.add(case), changes.file_case(case)]
    if not casework.is_open(case):
        return Work(home, made, resolved_at=case.status_at)
    return Work(home, [*made, *casework.shown_first(home, case)], step=1)


def subject_of(*texts: str | None) -> str:
    """A subject from the first of these that says anything: one line, cut where it is long."""
    lines = (" ".join(text.split()) for text in texts if text)
    line = next((line for line in lines if line), NO_SUBJECT)
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1] + "…"
