"""What a contact has from the one that it carries on, as far as that still counts.

It does not once somebody has said that the contact is not with the customer of that one.
"""

from collections.abc import Iterable
from typing import Any

from chalicelib.models import keys
from chalicelib.models.items import Contact, Interaction
from chalicelib.models.store import CustomerHead
from chalicelib.rules.survivorship import Entries

MOST_STEPS = 5
FIELDS = (
    "interaction_id",
    "channel",
    "direction",
    "event_kind",
    "source",
    "subject",
    "body",
    "attributes",
    "journey",
)
"""Of a step of a journey; it keeps no link to the other customer's contacts and cases."""


def holds(contact: Contact | None) -> bool:
    """Whether the contact carries on another, and nobody said that it is not with the same person."""
    return bool(contact and contact.continues and contact.continues["customer_id"] not in contact.rejected)


def facts(contact: Contact | None) -> Entries:
    """What was said on the contact that is carried on."""
    return dict(contact.carried) if contact and holds(contact) else {}


def suggested(contact: Contact | None, head: CustomerHead | None) -> dict[str, Any] | None:
    """Who it may be instead, because it carries on a contact of theirs."""
    one: dict[str, Any] | None = contact.continues["suggests"] if contact and holds(contact) else None
    members = head.profile.merges if head else []
    merged = {edge[end] for edge in members for end in ("kept", "joined")}
    known = one and one["customer_id"] in {*merged, head.customer_id if head else None}
    return None if known else one


def kept_journey(steps: Iterable[Interaction]) -> list[dict[str, Any]]:
    """The steps as they are kept on a contact."""
    newest = sorted({step.interaction_id: step for step in steps}.values(), key=lambda step: step.occurred_at)
    return [
        {name: getattr(step, name) for name in FIELDS} | {"occurred_at": keys.instant(step.occurred_at)}
        for step in newest[: -MOST_STEPS - 1 : -1]
    ]


def journey(contact: Contact | None) -> list[Interaction]:
    """What was tried on the way to the contact that is carried on, newest first."""
    kept = contact.carried_journey if contact and holds(contact) else []
    return [Interaction(**step | {"occurred_at": keys.moment(step["occurred_at"])}) for step in kept]
