"""A contact is over: it goes onto the timeline, off the live ones, and may close its case."""

from chalicelib.errors import Conflict
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Contact, Event
from chalicelib.models.requests import EndContact
from chalicelib.services import cases, records
from chalicelib.services.deps import Deps
from chalicelib.services.records import Record
from chalicelib.services.settle import settled


@settled
def end_contact(deps: Deps, contact_id: str, request: EndContact, correlation_id: str) -> Contact:
    """Ends a contact, puts it on the timeline and, if it resolved a case, closes that.

    Ending it again changes nothing. Two reads (three with a case) and one transaction.
    """
    contact = store.get_contact(contact_id)
    record = records.read_head(contact.customer_id) if contact.customer_id else None
    if contact.status == "ended":
        return _told(contact, record)
    contact.status, contact.ended_at = "ended", max(deps.now(), contact.started_at)
    contact.disposition, contact.summary, contact.resolved = (
        request.disposition,
        request.summary,
        request.resolved,
    )
    contact.case_id = request.case_id or contact.case_id
    made: list[Change] = [changes.replace(contact), *changes.record(_ending(deps, contact, correlation_id))]
    if record:
        made += _leave_head(deps, contact, record)
    elif contact.case_id:
        raise Conflict("a contact without a customer has no case")
    commit(made)
    return _told(contact, record)


def _told(contact: Contact, record: Record | None) -> Contact:
    return records.told_as(contact, record.customer_id) if record else contact


def _leave_head(deps: Deps, contact: Contact, record: Record) -> list[Change]:
    """Files the contact under past ones, and writes what it did to its case."""
    home = record.home
    case = cases.get_case_of(record, contact.case_id) if contact.case_id else None
    closes = bool(case and contact.resolved and case.status != cases.RESOLVED)
    with_case = record.at(case.customer_id if case else None).home
    counted = [changes.change_profile(home.profile, live_contacts=-1)]
    if closes and with_case is home:
        counted = [changes.change_profile(home.profile, live_contacts=-1, open_cases=-1, content=True)]
    elif closes:
        counted.append(changes.change_profile(with_case.profile, open_cases=-1, content=True))
    return [
        changes.hide_live(contact, home.customer_id),
        changes.file_past(contact, home.customer_id),
        *counted,
        *(cases.worked_on(deps, record, case, contact.channel, contact.started_at, closes=closes) if case else []),
    ]


def _ending(deps: Deps, contact: Contact, correlation_id: str) -> Event:
    """What the timeline tells of a contact once it is over."""
    interaction_id = keys.derived_id("contact-ended", contact.contact_id)
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
        subject=contact.disposition,
        body=contact.summary,
        attributes={"ended_at": keys.instant(contact.ended_at)},
        contact_id=contact.contact_id,
        case_id=contact.case_id,
        received_at=deps.now(),
        customer_id=contact.customer_id,
        match=contact.match,
        assurance=contact.assurance,
        captured_by={"role": "system", "subject": "throughline"},
        correlation_id=correlation_id,
    )
