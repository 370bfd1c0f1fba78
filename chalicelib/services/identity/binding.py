"""Whose an identifier is: the changes that give it to a customer or take it away."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.errors import Conflict
from chalicelib.models import changes
from chalicelib.models.changes import Change
from chalicelib.models.identifiers import EXCLUSIVE, Identifier
from chalicelib.models.items import IdentifierOwner, Profile
from chalicelib.rules.matching import Owner
from chalicelib.services.customers.records import Record
from chalicelib.services.identity.identify import Checked

MOST_IDENTIFIERS = 40
"""Of one customer: they are all in the profile, which every screen pop reads."""


def bind(
    profile: Profile, checked: Iterable[Checked], at: datetime, *, how: str, contact_id: str | None = None
) -> list[Change]:
    """Gives identifiers to a customer and lists them on the profile, which the caller writes.

    `how` says how it is known, and `contact_id` on which contact: see `IdentifierView`.
    Raises `Conflict` where the business gave an identifier to somebody else, or there are too many.
    """
    made: list[Change] = []
    for item in checked:
        made.extend(_bind_one(profile, item, at, how, contact_id))
    if len(profile.identifiers) > MOST_IDENTIFIERS:
        raise Conflict(f"a customer has at most {MOST_IDENTIFIERS} identifiers")
    return made


def _bind_one(profile: Profile, item: Checked, at: datetime, how: str, contact_id: str | None) -> list[Change]:
    identifier, verified = item.claim.identifier, item.claim.verified
    known = listed(profile, identifier)
    if known is None:
        if identifier.type in EXCLUSIVE and item.owners.owners:
            raise Conflict(f"this {identifier.type} identifier belongs to another customer")
        entry = on_profile(identifier, at, verified=verified, how=how, contact_id=contact_id)
        profile.identifiers = [*profile.identifiers, entry]
        owner = changes.new_owner(identifier, profile.customer_id, at, verified=verified)
        return changes.claim(item.owners, owner)
    if verified and not known["verified"]:
        now_verified = {**known, "verified": True, "verified_at": at.isoformat(), "verified_how": how}
        profile.identifiers = [now_verified if one is known else one for one in profile.identifiers]
        return [changes.verify_owner(identifier, profile.customer_id)]
    return []


def unbind(profile: Profile, item: Checked) -> list[Change]:
    """Takes an identifier from a customer and off the profile, which the caller writes."""
    identifier = item.claim.identifier
    profile.identifiers = [one for one in profile.identifiers if key_of(one) != identifier.key]
    return changes.disclaim(item.owners, profile.customer_id)


def hand_over(
    giver: Profile | None, taker: Profile, item: Checked, at: datetime, contact_id: str, *, how: str = "confirmed"
) -> list[Change]:
    """Gives an identifier to a customer, from another or from nobody; the caller writes both profiles."""
    if giver is None or not owns(giver, item.claim.identifier):
        return bind(taker, [item], at, how=how, contact_id=contact_id)
    identifier, verified = item.claim.identifier, item.claim.verified
    giver.identifiers = [one for one in giver.identifiers if key_of(one) != identifier.key]
    entry = on_profile(identifier, at, verified=verified, how=how, contact_id=contact_id)
    taker.identifiers = [*taker.identifiers, entry]
    owner = changes.new_owner(identifier, taker.customer_id, at, verified=verified)
    return changes.hand_over(item.owners, giver.customer_id, owner)


def has_room(profile: Profile) -> bool:
    """Whether the record may list one more: a customer whose may not is only met beside what they come from."""
    return len(profile.identifiers) < MOST_IDENTIFIERS


def as_owner(customer_id: str) -> Owner:
    return Owner(customer_id, verified=False)


def named(identifier: Identifier) -> dict[str, str]:
    """An identifier as the ledger names it."""
    return {"type": identifier.type, "scope": identifier.scope, "value": identifier.value}


def owns(profile: Profile, identifier: Identifier) -> bool:
    return listed(profile, identifier) is not None


def whose(record: Record, identifier: Identifier) -> str | None:
    """Which of a person's records has the identifier, if one has."""
    return next(
        (head.customer_id for head in (record.home, *record.others) if owns(head.profile, identifier)), None
    )


def owner_among(item: Checked, customer_id: str) -> IdentifierOwner | None:
    """The customer's own item among the owners that were read."""
    return next((owner for owner in item.owners.known if owner.customer_id == customer_id), None)


def listed(profile: Profile, identifier: Identifier) -> dict[str, object] | None:
    """The identifier as it is listed on the profile, if it is."""
    return next((one for one in profile.identifiers if key_of(one) == identifier.key), None)


def as_identifier(entry: dict[str, Any]) -> Identifier:
    """The identifier that is listed on a profile."""
    return Identifier(entry["type"], entry["scope"], entry["value"], entry["received"])


def key_of(entry: dict[str, object]) -> tuple[object, object, object]:
    """The key of an identifier that is listed on a profile."""
    return (entry["type"], entry["scope"], entry["value"])


def on_profile(
    identifier: Identifier, at: datetime, *, verified: bool, how: str, contact_id: str | None
) -> dict[str, object]:
    """The identifier as it is to be listed on a profile."""
    return {
        "type": identifier.type,
        "scope": identifier.scope,
        "value": identifier.value,
        "received": identifier.received,
        "verified": verified,
        "since": at.isoformat(),
        "how": how,
        "contact_id": contact_id,
        "verified_at": at.isoformat() if verified else None,
        "verified_how": how if verified else None,
    }
