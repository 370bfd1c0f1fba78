"""A contact is over: it goes onto the timeline, off the live ones, and may close its case."""

from datetime import datetime

from chalicelib.errors import Conflict
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Contact, ContactSummary, Event
from chalicelib.models.requests.wrap_up import EndContact
from chalicelib.rules.progress import UNANSWERED
from chalicelib.services.cases import contact_cases, finding
from chalicelib.services.cases.casework import Work
from chalicelib.services.contacts import ringing_back
from chalicelib.services.customers import records
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled
from chalicelib.services.wrap_up import feedback, following_up

SCHEDULE = "schedule"
"""Ended a contact whose end nobody told: whoever tells it later is believed."""
SUMMARY = "summary"
"""The attribute in which a provider hands a summary over."""
NO_CASE = "a contact without a customer has no case"


@settled
def end_contact(deps: Deps, contact_id: str, request: EndContact, correlation_id: str) -> Contact:
    """Ends a contact, puts it on the timeline and, if it resolved a case, closes that.

    Ending it again changes nothing, but that what its provider or the schedule ended may still be wrapped
    up, once.
    Two reads (three with a case, one more to wrap up) and one transaction.
    """
    contact = store.get_contact(contact_id)
    record = records.read_head(contact.customer_id) if contact.customer_id else None
    over = contact.status == "ended"
    if over and not _may_be_wrapped_up(contact):
        return _told(contact, record)
    contact.disposition, contact.summary, contact.resolved = (
        request.disposition,
        request.summary or handed_over(contact),
        request.resolved,
    )
    if request.case_id:
        contact.case_id, contact.case_found = request.case_id, finding.note(contact_cases.NAMED)
    contact.participants = [one.model_dump(mode="json") for one in request.participants] or contact.participants
    at = min(request.ended_at or deps.now(), deps.now())
    if contact.ended_by:
        contact.ended_at, contact.ended_by = max(at, contact.started_at), None
    made = _wrap_up(deps, contact, record) if over else close(deps, contact, record, at, correlation_id)
    made += following_up.agree(deps, contact, record, request.follow_ups)
    made += feedback.ask(deps, contact, record, correlation_id) if request.ask_feedback else []
    commit(made)
    return _told(contact, record)


def _may_be_wrapped_up(contact: Contact) -> bool:
    """An agent has the last word on a contact that its provider told, or we took, to be over before."""
    summary = contact.summary if contact.summary != handed_over(contact) else None
    said = (contact.disposition, summary, contact.resolved, contact.follow_ups, contact.feedback_due)
    return bool(contact.phase or contact.ended_by) and all(one in (None, []) for one in said)


def handed_over(contact: Contact) -> str | None:
    """The summary that its provider made of a contact: it stands until an agent writes one."""
    summary: str | None = contact.attributes.get(SUMMARY)
    return summary


def _wrap_up(deps: Deps, contact: Contact, record: Record | None) -> list[Change]:
    if record is None and contact.case_id:
        raise Conflict(NO_CASE)
    worked_on = _worked_on(deps, contact, record) if record else []  # finds its case first
    return [*worked_on, *show_again(contact, contact.started_at)]


def _told(contact: Contact, record: Record | None) -> Contact:
    return records.told_as(contact, record.customer_id) if record else contact


def close(
    deps: Deps,
    contact: Contact,
    record: Record | None,
    at: datetime,
    correlation_id: str,
    *,
    started_at: datetime | None = None,
) -> list[Change]:
    """The changes that end a contact which is live, and maybe began earlier than was known.

    One read where it worked on a case.
    """
    before = _where(contact)
    contact.started_at = started_at or contact.started_at
    contact.status, contact.ended_at = "ended", max(at, contact.started_at)
    if contact.case_id and record is None:
        raise Conflict(NO_CASE)
    left = _leave_head(deps, before, contact, record) if record else []
    return [changes.replace(contact), *changes.record(_ending(deps, contact, correlation_id)), *left]


def show_again(contact: Contact, started_at: datetime) -> list[Change]:
    """The changes that show a contact as it is now, and as begun then, wherever it is shown. One read."""
    before = _where(contact)
    contact.started_at = started_at
    made: list[Change] = [changes.replace(contact)]
    if contact.status == "ended":
        made += _tell_again(contact)
    if contact.customer_id is None:
        return made
    if contact.status == "live" and _is_shown(contact):
        taken_down, shown = changes.hide_live(before, contact.customer_id), changes.show_live(contact)
    else:
        taken_down = changes.unfile_past(before, contact.customer_id)
        shown = changes.file_past(contact, contact.customer_id)
    return [*made, shown] if before.started_at == started_at else [*made, taken_down, shown]


def _where(contact: Contact) -> ContactSummary:
    """What says where a contact is shown; it stays as it is when the contact moves."""
    return ContactSummary(contact_id=contact.contact_id, started_at=contact.started_at)


def _is_shown(contact: Contact) -> bool:
    head = store.get_head(contact.customer_id)
    return any(shown.contact_id == contact.contact_id for shown in head.contacts)


def _tell_again(contact: Contact) -> list[Change]:
    """What the timeline tells of a contact that is over, as it is now."""
    event = store.find_event(_ending_id(contact))
    if event is None:
        return []
    before = changes.timeline_entry(event)
    event.occurred_at, event.attributes = contact.started_at, _moments(contact)
    event.subject, event.body, event.case_id = _how(contact), contact.summary, contact.case_id
    after = changes.timeline_entry(event)
    moved = [changes.remove(before)] if before.SK != after.SK else []
    return [changes.rewrite(event), changes.put(after), *moved]


def _ending_id(contact: Contact) -> str:
    return keys.derived_id("contact-ended", contact.contact_id)


def _how(contact: Contact) -> str | None:
    """In a word, how it ended: what an agent said or, where nobody answered, that."""
    return contact.disposition or (contact.phase if contact.phase in UNANSWERED else None)


def _moments(contact: Contact) -> dict[str, str]:
    by = {"ended_by": contact.ended_by} if contact.ended_by else {}
    return {"ended_at": keys.instant(contact.ended_at)} | by | _who_was_there(contact)


def _who_was_there(contact: Contact) -> dict[str, str]:
    """Of a session that several joined: how long it took, who they were and where."""
    if not contact.link and not contact.participants:
        return {}
    names = ", ".join(one["name"] for one in contact.participants)
    told = {"duration_seconds": str(contact.duration_seconds), "participants": names, "link": contact.link or ""}
    return {name: text for name, text in told.items() if text}


def _leave_head(deps: Deps, before: ContactSummary, contact: Contact, record: Record) -> list[Change]:
    """Writes what the contact did to its case, and files it under past ones."""
    home = record.home
    return [
        *_worked_on(deps, contact, record, live_contacts=-1),
        changes.hide_live(before, home.customer_id),
        *([changes.unfile_past(before, home.customer_id)] if before.started_at != contact.started_at else []),
        changes.file_past(contact, home.customer_id),
        *ringing_back.tell_who_rang_back(deps, contact, record),
    ]


def _worked_on(deps: Deps, contact: Contact, record: Record, *, live_contacts: int = 0) -> list[Change]:
    """What the contact did to its case, and to the counts on the profiles."""
    work = contact_cases.work_on(deps, contact, record)
    return counted(deps, contact, record, work, live_contacts=live_contacts)


def counted(
    deps: Deps, contact: Contact, record: Record, work: Work | None, *, live_contacts: int = 0
) -> list[Change]:
    """What was done to a case, with what that and a call that dropped change of the profiles."""
    home = record.home
    dropped = ringing_back.note_end(deps, contact, home)
    if work and work.moves_profile and work.home is home:
        return [*work.made, work.change_profile(live_contacts=live_contacts, dropped=dropped)]
    moved = bool(live_contacts or dropped)
    counted = [changes.change_profile(home.profile, live_contacts=live_contacts, dropped=dropped)] if moved else []
    return [*counted, *(work.whole() if work else [])]


def _ending(deps: Deps, contact: Contact, correlation_id: str) -> Event:
    """What the timeline tells of a contact once it is over."""
    interaction_id = _ending_id(contact)
    return Event(
        PK=keys.event(interaction_id),
        SK=keys.EVENT,
        interaction_id=interaction_id,
        channel=contact.channel,
        direction=contact.direction,
        event_kind="contact",
        occurred_at=contact.started_at,
        source="throughline",
        source_event_id=f"{contact.contact_id}:ended",
        subject=_how(contact),
        body=contact.summary,
        attributes=_moments(contact),
        contact_id=contact.contact_id,
        case_id=contact.case_id,
        received_at=deps.now(),
        customer_id=contact.customer_id,
        match=contact.match,
        assurance=contact.assurance,
        captured_by={"role": "system", "subject": "throughline"},
        archive_key=contact.archive_key,
        correlation_id=correlation_id,
    )
