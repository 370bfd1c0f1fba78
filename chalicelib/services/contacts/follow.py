"""What hangs on a contact follows it to the customer that it turned out to be.

Attaching a contact is one transaction; a long chat has more messages than a transaction may have
items, so they are carried over afterwards, off the table's stream. Carrying one over is itself one
transaction, and is done once however often it is tried.
"""

from collections.abc import Iterator

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Contact, Event, Interaction
from chalicelib.services.cases import message_cases
from chalicelib.services.contacts import capture, ending
from chalicelib.services.customers import records
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled

PAGE = 100
CASE = ("case_id", "case_found", "earlier_cases")
"""What an event says of its case."""


@settled
def follow_contact(deps: Deps, contact_id: str, left_customer_id: str | None) -> int:
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
        moved += _carry_over(deps, entry, contact)
    return moved


def entries_of(home: str, contact: Contact) -> Iterator[Interaction]:
    """The contact's entries on a timeline, page by page, to its end: a message may be older than its contact."""
    return entries_between(home, contact, keys.TIMELINE, None)


def entries_between(home: str, contact: Contact, first: str, last: str | None) -> Iterator[Interaction]:
    """The contact's entries whose keys lie between these, page by page."""
    after: str | None = None
    while True:
        page = store.list_band(
            home, first, last, limit=PAGE, after=after, only=store.of_contact(contact.contact_id)
        )
        yield from page.items
        after = page.next_sort_key
        if after is None:
            return


def _carry_over(deps: Deps, entry: Interaction, contact: Contact) -> int:
    """Moves one entry to the contact's customer: 1, or 0 where that has been done."""
    event = store.find_event(entry.interaction_id)
    if event is None or event.customer_id == contact.customer_id:
        return 0
    _change_customer(event, contact.customer_id)
    held = _put_to_case(deps, contact, event) if _is_only_for(contact, event) else []
    commit(
        [
            changes.remove(entry),
            changes.put(changes.timeline_entry(event)),
            changes.reassign(event, contact.customer_id),
            *(held or [changes.require_same_owner(contact)]),
        ]
    )
    return 1


def _change_customer(event: Event, customer_id: str | None) -> None:
    """A case of whom the contact was taken for stays with them; it is the event's again where that comes back."""
    if event.customer_id:
        left = {name: getattr(event, name) for name in CASE}
        event.left_cases = {**event.left_cases, event.customer_id: left}
        event.case_id, event.case_found, event.earlier_cases = None, None, []
    event.customer_id = customer_id
    for name, value in event.left_cases.get(customer_id or "", {}).items():
        setattr(event, name, value)


def _is_only_for(contact: Contact, event: Event) -> bool:
    """Whether it is a message by itself: nobody could be named, and the contact is only there to hold it."""
    return bool(contact.contact_id == capture.home_id(event.interaction_id))


def _put_to_case(deps: Deps, contact: Contact, event: Event) -> list[Change]:
    """The case that the message would have had if it had been known whose it is, and the contact the same."""
    if contact.customer_id is None:
        return []
    work = message_cases.catch_up(deps, event, records.read_head(contact.customer_id))
    if event.case_found:
        contact.case_id, contact.case_found = event.case_id, event.case_found
    return [*(work.whole() if work else []), *ending.show_again(contact, contact.started_at)]
