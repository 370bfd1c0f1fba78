"""What hangs on a contact follows it to the customer that it turned out to be.

Attaching a contact is one transaction; a long chat has more messages than a transaction may have
items, so they are carried over afterwards, off the table's stream. Carrying one over is itself one
transaction, and is done once however often it is tried.
"""

from collections.abc import Iterator

from chalicelib.errors import WriteConflict
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import commit
from chalicelib.models.items import Contact, Interaction
from chalicelib.services.settle import settled

PAGE = 100


def follow_contact(contact_id: str, left_customer_id: str | None) -> int:
    """Carries the interactions of a contact from where it was to where it is now; returns how many.

    `left_customer_id` is the customer that it was with, None where it had none.
    """
    contact = store.find_contact(contact_id)
    if contact is None or not contact.customer_id or contact.customer_id == left_customer_id:
        return 0
    home = keys.customer(left_customer_id) if left_customer_id else contact.PK
    moved = 0
    for entry in _entries(home, contact):
        moved += carry_over(entry.interaction_id, entry, contact)
    return moved


def _entries(home: str, contact: Contact) -> Iterator[Interaction]:
    """The contact's entries on a timeline, page by page; none is older than the contact."""
    first = keys.TIMELINE + ("" if home == contact.PK else keys.instant(contact.started_at))
    after: str | None = None
    while True:
        page = store.list_band(
            home,
            first,
            keys.TIMELINE + keys.AFTER_ALL,
            limit=PAGE,
            after=after,
            only=store.of_contact(contact.contact_id),
        )
        yield from page.items
        after = page.next_sort_key
        if after is None:
            return


@settled
def carry_over(interaction_id: str, entry: Interaction, contact: Contact) -> int:
    """Moves one entry to the contact's customer: 1, or 0 where that has been done."""
    event = store.find_event(interaction_id)
    if event is None or event.customer_id == contact.customer_id:
        return 0
    event.customer_id = contact.customer_id
    try:
        commit(
            [
                changes.remove(entry),
                changes.put(changes.timeline_entry(event)),
                changes.reassign(event, contact.customer_id),
                changes.require_same_owner(contact),
            ]
        )
    except WriteConflict:
        return _settled_meanwhile(contact)
    return 1


def _settled_meanwhile(contact: Contact) -> int:
    """Where the contact moved on while it was followed, its next move carries everything; else try again."""
    now = store.get_contact(contact.contact_id)
    if now.customer_id != contact.customer_id:
        return 0
    raise WriteConflict("carry_over")
