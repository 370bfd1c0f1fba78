"""Where a contact came from, beside whom it turned out to be with: a candidate until it is confirmed.

A phone may be borrowed, so who is known by what they said does not own the number that they called
from. The number is noted as a candidate; a second contact on which the same customer is met beside it
confirms it, so does an identity check that succeeds, and the first number of a customer of whom none is
known is taken at once. What somebody else owns stays theirs.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from chalicelib.models import changes, store
from chalicelib.models.changes import Change
from chalicelib.models.identifiers import EXCLUSIVE
from chalicelib.models.items import Contact, IdentifierCandidate, IdentifierOwner
from chalicelib.models.store import CustomerHead
from chalicelib.rules.matching import NO_IDENTIFIER, Evidence, Owner
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.identity import binding, identify, ledger
from chalicelib.services.identity.identify import Checked, Claim, check, from_stored

MOST_SIGHTINGS = 10
"""Contacts that are remembered of a candidate."""


@dataclass(slots=True)
class Sighting:
    """What must be written, and the evidence that the contact's own end is from then on.

    Where content of the profiles changed, the caller writes it.
    """

    made: list[Change] = field(default_factory=list)
    evidence: Evidence | None = None


def own_end(deps: Deps, contact: Contact) -> Checked | None:
    """The customer's end of a contact and who is known by it, read anew: one query; None where it is none."""
    identifier = identify.own_end(deps, contact)
    return check(deps, [Claim(identifier)])[0] if identifier and identifier.type not in EXCLUSIVE else None


def beside(
    deps: Deps, contact: Contact, end: Checked, left: CustomerHead | None, record: Record, *, recognised: bool
) -> Sighting:
    """What is made of where a contact came from, once it is with a customer who does not own it.

    `left` is whom the contact was thought to be with: a record that was made for it and holds nothing
    else gives the identifier up. `recognised`: the customer is known by several things that were said, or a
    trusted caller vouches for one; an account number alone, which anybody may type, never confirms anything
    and takes nothing away.
    """
    if any(binding.owner_among(end, member) for member in record.member_ids):
        return Sighting()
    known = _candidate(end, record)
    husk = left if left and is_husk(left, contact, known.contact_ids if known else ()) else None
    others = [owner for owner in end.owners.known if not (husk and owner.customer_id == husk.customer_id)]
    if known and known.rejected:
        return Sighting(_given_up(end, husk))
    if others or not recognised:
        return Sighting([*_counted(end, others if recognised else []), *_noted(deps, contact, end, known, record)])
    if binding.has_room(record.home.profile) and (_takes(record, end) or _confirms(known, contact)):
        return _taken(deps, contact, end, husk, record)
    noted = [*_given_up(end, husk), *_noted(deps, contact, end, known, record)]
    return Sighting(noted, Evidence(end.claim.identifier.type, (), candidates=(record.home.customer_id,)))


def confirm(deps: Deps, contact: Contact, record: Record) -> Sighting:
    """What an identity check on a contact confirms: that where it came from, a candidate until now, is theirs.

    One query, and none where it is known to be theirs; a read more where a record has it that may have been
    made for the contact. What somebody else owns, or was said not to be this customer's, stays as it is.
    Writes the profiles.
    """
    kept = [item for item in from_stored(contact.evidence) if not item.typed and item.type not in NO_IDENTIFIER]
    if any(owner.customer_id in record.member_ids for item in kept for owner in item.owners):
        return Sighting()
    end, profile = own_end(deps, contact), record.home.profile
    known = _candidate(end, record) if end else None
    if end is None or known is None or known.rejected or not binding.has_room(profile):
        return Sighting()
    husk = _only_husk(end, contact)
    if end.owners.known and husk is None:
        return Sighting()
    profiles = [profile, husk.profile] if husk else [profile]
    shown = replace(end, claim=replace(end.claim, verified=True))
    made = binding.hand_over(
        husk.profile if husk else None, profile, shown, deps.now(), contact.contact_id, how="checked"
    )
    note = _note(deps, profile.customer_id, "identifier_confirmed", end, contact)
    written = [changes.change_profile(one, content=True) for one in profiles]
    owner = Evidence(end.claim.identifier.type, (Owner(profile.customer_id, verified=True),))
    return Sighting([*made, note, changes.remove(known), *written], owner)


def _only_husk(end: Checked, contact: Contact) -> CustomerHead | None:
    """The record that owns where the contact came from, if it was made for the contact and holds nothing else."""
    owners = end.owners.owners
    head = store.get_head(owners[0].customer_id) if len(owners) == 1 and not owners[0].verified else None
    return head if head and is_husk(head, contact) else None


def _counted(end: Checked, others: list[IdentifierOwner]) -> list[Change]:
    return [changes.count_stranger(end.owners)] if others else []


def is_husk(head: CustomerHead, contact: Contact, others: Collection[str] = ()) -> bool:
    """Whether this record was made for the contact, when nobody knew who it was, and holds nothing else.

    `others` are contacts that turned out to be with whom this one is: it may have been made for one of them.
    """
    legs = [one for one in (contact.contact_id, contact.previous_contact_id) if one]
    profile, theirs = head.profile, {*legs, *others}
    opened = int(profile.open_cases) - sum(case.opened_by == ledger.SYSTEM for case in head.cases)
    said = [entry for kept in head.facts.entries.values() for entry in kept]
    return (
        profile.met_on in theirs
        and not (profile.name or profile.merges or opened)
        and len(profile.identifiers) == 1
        and profile.live_contacts <= 1
        and all(entry["contact_id"] in theirs for entry in said)
    )


def _candidate(end: Checked, record: Record) -> IdentifierCandidate | None:
    return next((one for one in end.owners.candidates if one.customer_id in record.member_ids), None)


def _takes(record: Record, end: Checked) -> bool:
    """Whether nothing of this kind is known of the customer yet."""
    return all(one["type"] != end.claim.identifier.type for one in record.whole.profile.identifiers)


def _confirms(known: IdentifierCandidate | None, contact: Contact) -> bool:
    return bool(known and [one for one in known.contact_ids if one != contact.contact_id])


def _given_up(end: Checked, husk: CustomerHead | None) -> list[Change]:
    return binding.unbind(husk.profile, end) if husk and binding.owns(husk.profile, end.claim.identifier) else []


def _taken(deps: Deps, contact: Contact, end: Checked, husk: CustomerHead | None, record: Record) -> Sighting:
    """The identifier becomes the customer's, who is called by it from now on."""
    home = record.home
    made = binding.hand_over(husk.profile if husk else None, home.profile, end, deps.now(), contact.contact_id)
    note = _note(deps, home.customer_id, "identifier_confirmed", end, contact)
    known = _candidate(end, record)
    forgotten = [changes.remove(known)] if known else []
    owner = Evidence(end.claim.identifier.type, (binding.as_owner(home.customer_id),))
    return Sighting([*made, note, *forgotten], owner)


def _noted(
    deps: Deps, contact: Contact, end: Checked, known: IdentifierCandidate | None, record: Record
) -> list[Change]:
    """The customer was met beside it: one contact more, each counted once."""
    candidate = known or changes.new_candidate(end.claim.identifier, record.home.customer_id)
    if contact.contact_id in candidate.contact_ids:
        return []
    candidate.contact_ids = [*candidate.contact_ids, contact.contact_id][-MOST_SIGHTINGS:]
    return [changes.replace(candidate), _note(deps, candidate.customer_id, "candidate_noted", end, contact)]


def _note(deps: Deps, customer_id: str, decided: str, end: Checked, contact: Contact) -> Change:
    named = binding.named(end.claim.identifier)
    return ledger.note(deps, customer_id, decided, identifier=named, contact_id=contact.contact_id)
