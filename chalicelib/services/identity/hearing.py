"""What is said on a contact is heard with what was said before: a number that was asked for needs no name."""

from chalicelib.models import changes
from chalicelib.models.changes import Change
from chalicelib.models.items import Contact, Event
from chalicelib.models.requests.kinds import Direction
from chalicelib.rules.masking import UNHEARD, mask
from chalicelib.rules.topic import references_of, remember, words_of

MOST_REFERENCES = 20
"""Numbers of orders and the like that are remembered of a contact."""


def hear(event: Event, contact: Contact | None = None) -> frozenset[str]:
    """Takes card and social security numbers out of what was said, and gives what may be expected next."""
    asked = frozenset({UNHEARD} if contact is None or contact.asked_for is None else contact.asked_for)
    if event.direction == Direction.OUTBOUND:
        asked -= {UNHEARD}
    for name in ("subject", "body"):
        if said := getattr(event, name):
            heard = mask(said, asked)
            asked = heard.asked
            setattr(event, name, heard.text)
    return asked


def hear_on(contact: Contact, event: Event, *, as_read: bool = False) -> Change:
    """The same on a contact, which must still belong to whom it did: remembers what may be expected next.

    It remembers what the contact is about as well: the words, and what looks like the number of an order.
    `as_read`: nothing of the contact may have changed since it was read.
    """
    before = (
        sorted(contact.asked_for if contact.asked_for is not None else {UNHEARD}),
        contact.gist,
        contact.references,
    )
    asked = sorted(hear(event, contact))
    gist = remember(contact.gist, words_of(event.subject, event.body))
    found = references_of(event.subject, event.body)
    references = list(dict.fromkeys([*contact.references, *found]))[:MOST_REFERENCES]
    if (asked, gist, references) == before:
        return changes.require_as_read(contact) if as_read else changes.require_same_owner(contact)
    contact.asked_for, contact.gist, contact.references = asked, gist, references
    return changes.note_heard(contact, as_read=as_read)
