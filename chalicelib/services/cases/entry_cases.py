"""What was said on a contact is of the contact's case, also where the contact got its case afterwards.

A long chat has more messages than a transaction may have items, so it is done off the table's stream, some in one
transaction; once, however often it is tried.
"""

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import commit
from chalicelib.models.items import Contact, Event, Interaction
from chalicelib.rules.case_finding import Finding
from chalicelib.services.cases import finding
from chalicelib.services.cases.message_cases import OF_CONTACT
from chalicelib.services.contacts.follow import entries_between
from chalicelib.services.settle import settled

FOUND = finding.note(Finding(None, "sign", OF_CONTACT))
AT_ONCE = 40
"""Entries in one transaction: two changes each, and DynamoDB takes a hundred."""
AROUND = timedelta(days=7)
"""How far from its contact what is said on it may lie, by the clocks of whoever tells. Each contact that ends
looks for it, and the longer a customer has been one is not to make that cost more."""


@settled
def put_entries(contact_id: str, left_case_id: str | None) -> int:
    """Puts what hangs on a contact to the contact's case; returns how many entries that were.

    What has another case for a reason of its own, or was put to one by hand, keeps it; `left_case_id` is the one
    that the contact had before. A read and a query for each hundred entries around the contact; where there is
    something to do, a read for each that is not of the case yet, and a transaction for forty.
    """
    contact = store.find_contact(contact_id)
    if contact is None or contact.customer_id is None or contact.case_id == left_case_id:
        return 0
    left = [
        one.interaction_id for one in _entries(contact) if one.case_id in {None, left_case_id} - {contact.case_id}
    ]
    moved = 0
    for begin in range(0, len(left), AT_ONCE):
        found = map(store.find_event, left[begin : begin + AT_ONCE])
        events = [event for event in found if event and _goes_with_it(event, left_case_id)]
        made = [change for event in events for change in _put(event, contact.case_id)]
        if made:
            commit([*made, changes.require_same_case(contact)])
        moved += len(events)
    return moved


def _entries(contact: Contact) -> Iterator[Interaction]:
    first = keys.TIMELINE + keys.instant(contact.started_at - AROUND)
    last = keys.TIMELINE + keys.instant(contact.ended_at + AROUND) if contact.ended_at else keys.TIMELINE
    return entries_between(keys.customer(contact.customer_id), contact, first, last + keys.AFTER_ALL)


def _goes_with_it(event: Event, left_case_id: str | None) -> bool:
    """Whether its case is its contact's: it has none, or that one for no other reason.

    What we noted ourselves on a contact, as that it was handed on, has its case without one.
    """
    if event.case_id is None:
        return not event.case_found or event.case_found["by"] != finding.CORRECTED.by
    return bool(event.case_id == left_case_id and event.case_found in (None, FOUND))


def _put(event: Event, case_id: str | None) -> list[changes.Change]:
    before = event.case_id
    event.case_id, event.case_found = case_id, FOUND if case_id else None
    return changes.put_to_case(event, before)
