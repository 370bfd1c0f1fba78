"""What hangs on a contact follows it to the customer that it turned out to be.

Attaching a contact is one transaction; a long chat has more messages than a transaction may have
items, so they are carried over afterwards, off the table's stream. Carrying one over is itself one
transaction, and is done once however often it is tried.
"""

from collections.abc import Iterator

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import commit
from chalicelib.models.items import Contact, Interaction
from chalicelib.services.settle import settled

PAGE = 100


@settled
def follow_contact(contact_id: str, left_customer_id: str | None) -> int:
    """Carries the interactions of a contact from where it was to where it is now; returns how many.

    `left_customer_id` is the customer that it was with, None where it had none. A contact that has no
    customer any more is a home itself. Where the contact moves on meanwhile it begins again: what is
    left behind goes to where the contact is by then.
    """
    contact = store.find_contact(contact_id)
    if contact is None or contact.customer_id == left_customer_id:
        return 0
    home = keys.customer(left_customer_id) if left_customer_id else contact.PK
    moved = 0
    for entry in entries_of(home, contact):
        moved += _carry_over(entry, contact)
    return moved


def entries_of(home: str, contact: Contact) -> Iterator[Interaction]:
    """The contact's entries on a timeline, page by page, to its end: a message may be older than its contact."""
    after: str | None = None
    while True:
        page = store.list_band(
            home, keys.TIMELINE, limit=PAGE, after=after, only=store.of_contact(contact.contact_id)
        )
        yield from page.items
        after = page.next_sort_key
        if after is None:
            return


def _carry_over(entry: Interaction, contact: Contact) -> int:
    """Moves one entry to the contact's customer: 1, or 0 where that has been done."""
    event = store.find_event(entry.interaction_id)
    if event is None or event.customer_id == contact.customer_id:
        return 0
    if event.customer_id and event.case_id:  # a case of whom the contact was taken for: it has none here
        event.left_cases = {**event.left_cases, event.customer_id: event.case_id}
    event.customer_id, event.case_id = contact.customer_id, event.left_cases.get(contact.customer_id or "")
    commit(
        [
            changes.remove(entry),
            changes.put(changes.timeline_entry(event)),
            changes.reassign(event, contact.customer_id),
            changes.require_same_owner(contact),
        ]
    )
    return 1
