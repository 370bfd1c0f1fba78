"""What is said on a contact is heard with what was said before: a number that was asked for needs no name."""

from chalicelib.models import changes
from chalicelib.models.changes import Change
from chalicelib.models.items import Contact, Event
from chalicelib.models.requests import Direction
from chalicelib.rules.masking import UNHEARD, mask


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


def hear_on(contact: Contact, event: Event) -> Change:
    """The same on a contact, which must still belong to whom it did: remembers what may be expected next."""
    asked = sorted(hear(event, contact))
    unchanged = asked == sorted(contact.asked_for if contact.asked_for is not None else {UNHEARD})
    return changes.require_same_owner(contact) if unchanged else changes.note_asked(contact, asked)
