"""Feedback: the customer is asked how it was, once, where they like to be asked, and what they say is kept."""

from typing import Any

from chalicelib.errors import Conflict
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Contact, Event
from chalicelib.models.requests.wrap_up import SCALES, GiveFeedback
from chalicelib.rules.access import Caller
from chalicelib.rules.reaching import FEEDBACK, channel_for
from chalicelib.services.contacts import contacts
from chalicelib.services.customers import records
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled

PREFERRED = "preferred_channel"
"""The attribute of a customer that names the channel on which they like to be written to."""


def ask(deps: Deps, contact: Contact, record: Record | None, correlation_id: str) -> list[Change]:
    """The changes that put the question on the timeline, to be sent; the caller writes the contact.

    Nothing where the customer may not or cannot be asked. It is asked once, as a contact is wrapped up once.
    """
    profile = record.whole.profile if record else None
    if profile is None:
        return []
    preferred = profile.attributes.get(PREFERRED)
    found = channel_for(FEEDBACK, preferred, contact.channel, profile.identifiers, profile.consent)
    if found is None:
        return []
    channel, to = found
    contact.feedback_due = {
        "channel": channel,
        "to": {name: to[name] for name in ("type", "value", "scope")},
        "asked_at": keys.instant(deps.now()),
    }
    event = _event(deps, contact, "feedback_request", correlation_id, channel=channel, direction="outbound")
    event.recipient = contact.feedback_due["to"]
    return changes.record(event)


@settled
def give_feedback(
    deps: Deps, caller: Caller, contact_id: str, request: GiveFeedback, correlation_id: str
) -> tuple[Contact, bool]:
    """Keeps what the customer says of a contact, with how its case stands then: (contact, kept).

    One read, one more where it has a case, and one transaction. Raises `Conflict` where something else was said.
    """
    contact = contacts.get_own_contact(caller, contact_id, "feedback:give")
    given = request.model_dump()
    if contact.feedback:
        if any(contact.feedback[name] != given[name] for name in given):
            raise Conflict("feedback was given on this contact before")
        return _told(contact), False
    case = store.find_case(contact.case_id) if contact.case_id else None
    outcome = (
        {"case_id": case.case_id, "case_status": case.status} if case else {"case_id": None, "case_status": None}
    )
    contact.feedback = {**given, **outcome, "given_at": keys.instant(deps.now())}
    event = _event(deps, contact, "feedback", correlation_id)
    event.subject, event.body = f"{request.score} of {SCALES[request.scale][1]} ({request.scale})", request.words
    event.captured_by = caller.named
    commit([changes.replace(contact), *changes.record(event)])
    return _told(contact), True


def _told(contact: Contact) -> Contact:
    if contact.customer_id is None:
        return contact
    return records.told_as(contact, records.read_members(contact.customer_id)[0])


def _event(deps: Deps, contact: Contact, kind: str, correlation_id: str, **other: Any) -> Event:
    """An entry of the contact's, once for each kind."""
    interaction_id = keys.derived_id(kind, contact.contact_id)
    content = {
        "channel": contact.channel,
        "direction": "inbound",
        "event_kind": kind,
        "occurred_at": deps.now(),
        "source": "throughline",
        "source_event_id": f"{contact.contact_id}:{kind}",
        "contact_id": contact.contact_id,
        "case_id": contact.case_id,
        "received_at": deps.now(),
        "customer_id": contact.customer_id,
        "match": contact.match,
        "assurance": contact.assurance,
        "captured_by": {"role": "system", "subject": "throughline"},
        "correlation_id": correlation_id,
    }
    return Event(PK=keys.event(interaction_id), SK=keys.EVENT, interaction_id=interaction_id, **content | other)
