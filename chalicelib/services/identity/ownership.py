"""Where a contact came from changes hands, because somebody said whose the contact is; and changes back."""

from dataclasses import dataclass, field
from typing import Any

from chalicelib.models import changes, store
from chalicelib.models.changes import Change
from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import Contact, IdentifierOwner, Profile
from chalicelib.models.store import CustomerHead, Owners
from chalicelib.rules.matching import Evidence, Owner
from chalicelib.services.customers import records
from chalicelib.services.deps import Deps
from chalicelib.services.identity import binding
from chalicelib.services.identity.identify import Checked


@dataclass(slots=True)
class Ownership:
    """What must be written; what the identifier is evidence of from then on; and what takes it back.

    The profiles of both customers are changed, and written by the caller.
    """

    made: list[Change] = field(default_factory=list)
    evidence: Evidence | None = None
    undo: dict[str, Any] | None = None


def move(
    deps: Deps, end: Checked, source: CustomerHead | None, target: CustomerHead | None, contact: Contact
) -> Ownership:
    """Takes the identifier from whom the contact is not with, and gives it to whom it is, if it is free then.

    Who has as many as there may be is not given one more. What was verified to be somebody's stays theirs, and
    only counts as used by a stranger.
    """
    taken = _taken_from(end, source)
    left = [owner for owner in end.owners.known if not (taken and owner.customer_id == taken["customer_id"])]
    given = target.customer_id if target and not left and binding.has_room(target.profile) else None
    made = _rejected(end, source) if source else []
    identifier = end.claim.identifier
    if source and taken:
        _unlist(source.profile, identifier)
    if target and given:
        _list(target.profile, identifier, deps, contact)
        made += [changes.remove(one) for one in end.owners.candidates if one.customer_id == given]
    made += _changed(deps, end.owners, taken["customer_id"] if taken else None, given)
    counted = not (taken or given) and bool(left) and not _is_among(left, target)
    made += [changes.count_stranger(end.owners)] if counted else []
    owners = [Owner(owner.customer_id, owner.verified) for owner in left]
    owners += [Owner(given, verified=False)] if given else []
    undo = {"identifier": _kept(identifier), "taken": taken, "given": given, "counted": counted}
    return Ownership(made, Evidence(identifier.type, tuple(owners)), undo)


def reject(end: Checked, customer_id: str) -> Ownership:
    """Proposes somebody who was only proposed no more. Who is known by it may be the next who uses it."""
    if customer_id not in end.evidence.candidates:
        return Ownership()
    nothing = {"taken": None, "given": None, "counted": False}
    undo = {"identifier": _kept(end.claim.identifier), **nothing, "rejected": customer_id}
    return Ownership(_remember_rejected(end, customer_id), None, undo)


def give_back(
    deps: Deps, undo: dict[str, Any], source: CustomerHead | None, target: CustomerHead | None
) -> list[Change]:
    """Gives an identifier back to whom it was taken from, where it still is with whom it was given to."""
    identifier = Identifier(**undo["identifier"])
    owners = store.find_owners(identifier)
    given = undo["given"] if source and binding.owns(source.profile, identifier) else None
    taken = undo["taken"] if target and not binding.owns(target.profile, identifier) else None
    if source and given:
        _unlist(source.profile, identifier)
    if target and taken:
        target.profile.identifiers = [*target.profile.identifiers, taken["listed"]]
    made = _no_longer_rejected(owners, undo.get("rejected", target and target.customer_id))
    if undo["counted"]:
        made.append(changes.count_stranger(owners, -1))
    return [*made, *_changed(deps, owners, given, taken["customer_id"] if taken else None)]


def _taken_from(end: Checked, source: CustomerHead | None) -> dict[str, Any] | None:
    """What the customer loses: who owns the identifier, and was never shown to."""
    owner = source and binding.owner_among(end, source.customer_id)
    listed = source and binding.listed(source.profile, end.claim.identifier)
    if not source or not owner or owner.verified or not listed:
        return None
    return {"customer_id": source.customer_id, "listed": listed}


def _is_among(owners: list[IdentifierOwner], target: CustomerHead | None) -> bool:
    """Whether the customer has it, on any of their records."""
    return target is not None and any(owner.customer_id in records.members(target.profile) for owner in owners)


def _changed(deps: Deps, owners: Owners, taken: str | None, given: str | None) -> list[Change]:
    """The one change of the identifier's owners: from hand to hand, away, or to somebody."""
    taker = changes.new_owner(owners.identifier, given, deps.now(), verified=False) if given else None
    if taken and taker:
        return changes.hand_over(owners, taken, taker)
    if taker:
        return changes.claim(owners, taker)
    return changes.disclaim(owners, taken) if taken else []


def _rejected(end: Checked, source: CustomerHead) -> list[Change]:
    """It is remembered that it is not this customer's, unless it was shown to be."""
    owner = binding.owner_among(end, source.customer_id)
    return [] if owner and owner.verified else _remember_rejected(end, source.customer_id)


def _remember_rejected(end: Checked, customer_id: str) -> list[Change]:
    known = next((one for one in end.owners.candidates if one.customer_id == customer_id), None)
    candidate = known or changes.new_candidate(end.claim.identifier, customer_id)
    candidate.rejected = True
    return [changes.replace(candidate)]


def _no_longer_rejected(owners: Owners, customer_id: str | None) -> list[Change]:
    """It was not somebody else's after all: what was met beside it is a candidate again."""
    known = next((one for one in owners.candidates if one.customer_id == customer_id and one.rejected), None)
    if known is None:
        return []
    known.rejected = False
    return [changes.replace(known) if known.contact_ids else changes.remove(known)]


def _kept(identifier: Identifier) -> dict[str, Any]:
    return binding.named(identifier) | {"received": identifier.received}


def _unlist(profile: Profile, identifier: Identifier) -> None:
    profile.identifiers = [one for one in profile.identifiers if binding.key_of(one) != identifier.key]


def _list(profile: Profile, identifier: Identifier, deps: Deps, contact: Contact) -> None:
    entry = binding.on_profile(
        identifier, deps.now(), verified=False, how="attributed", contact_id=contact.contact_id
    )
    profile.identifiers = [*profile.identifiers, entry]
