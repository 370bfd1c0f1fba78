"""Who is it? From the identifiers that were presented to a decision that explains itself."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import BadInput
from chalicelib.models import store
from chalicelib.models.identifiers import Identifier, is_withheld, normalise
from chalicelib.models.items import Contact
from chalicelib.models.phone_numbers import region_of
from chalicelib.models.requests.contacts import StartContact
from chalicelib.models.requests.identifiers import IdentifierGiven
from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.models.requests.kinds import Direction, IdentifierType
from chalicelib.models.store import Owners
from chalicelib.rules.matching import Evidence, Owner
from chalicelib.services.deps import Deps

OUR_NUMBER = re.compile(r"\+?[0-9A-Za-z][0-9A-Za-z ().-]{1,31}")


@dataclass(frozen=True, slots=True)
class Claim:
    """An identifier that somebody presents: where the contact came from, or something typed or said."""

    identifier: Identifier
    typed: bool = False
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim and who is known by it; `shared`: so many others used it that it decides nothing alone."""

    claim: Claim
    owners: Owners
    shared: bool = False

    @property
    def evidence(self) -> Evidence:
        identifier, known = self.claim.identifier, self.owners.deciding
        rejected = {one.customer_id for one in self.owners.candidates if one.rejected}
        met = [one.customer_id for one in self.owners.candidates if not one.rejected]
        others = [one.customer_id for one in self.owners.variants if one.customer_id not in rejected]
        return Evidence(
            identifier.type,
            tuple(Owner(owner.customer_id, owner.verified) for owner in known.owners),
            self.claim.typed,
            self.claim.verified,
            known.more,
            tuple(dict.fromkeys([*met, *others])),
            self.shared,
            tuple(others),
        )


def read_identifier(
    deps: Deps, given: IdentifierGiven, field: str, other_end: IdentifierGiven | None = None
) -> Identifier | None:
    """The identifier in its one form, or None where it was withheld.

    A national number is read in the country of the number at the other end, else in the default one; an id
    that a page gave out is of the page at the other end. Raises `BadInput` under `field`.
    """
    if given.type in {"phone", "whatsapp", "email"} and given.value.strip() and is_withheld(given.value):
        return None
    called = other_end.value if other_end and other_end.type == "phone" else None
    region = region_of(called) or deps.settings.default_region
    try:
        return normalise(given.type, given.value, given.scope or _page(given, other_end), region)
    except BadInput as error:
        raise error.under(field) from error


def _page(given: IdentifierGiven, other_end: IdentifierGiven | None) -> str:
    """The page that a Messenger user wrote to, which is what their id is scoped by."""
    types = {given.type, other_end.type} if other_end else set()
    return other_end.value if other_end and types == {IdentifierType.MESSENGER} else ""


def customers_end(
    request: StartContact | CaptureInteraction,
) -> tuple[str, IdentifierGiven | None, IdentifierGiven | None]:
    """Who called us, or whom we call: (field, what was given, our own end).

    Raises `BadInput` where our own end cannot be one: a number, a short code or a sender's name.
    """
    theirs, ours = ("from", request.sender), ("to", request.recipient)
    if request.direction == Direction.OUTBOUND:
        theirs, ours = ours, theirs
    if ours[1] and not is_our_end(ours[1]):
        raise BadInput.at(f"{ours[0]}.value", "is not a number, a short code or the name of a sender")
    return theirs[0], theirs[1], ours[1]


def is_our_end(given: IdentifierGiven) -> bool:
    """Whether this may be an address of the business: it need not be one that could identify a person."""
    return bool(OUR_NUMBER.fullmatch(given.value.strip()) if given.type == "phone" else given.value.strip())


def new_in(claims: Iterable[Claim], presented: Iterable[Identifier]) -> list[Claim]:
    """The claims without those that say again where somebody came from, unless they are vouched for."""
    said = {same.key for one in presented for same in (one, one.same_number) if same}
    return [claim for claim in claims if claim.verified or claim.identifier.key not in said]


def own_end(deps: Deps, contact: Contact) -> Identifier | None:
    """The customer's end of a contact, in its one form; None where it is none, or was withheld."""
    theirs, ours = contact.sender, contact.recipient
    if contact.direction == Direction.OUTBOUND:
        theirs, ours = ours, theirs
    if not theirs:
        return None
    given = IdentifierGiven.model_validate(theirs)
    return read_identifier(deps, given, "from", ours and IdentifierGiven.model_validate(ours))


def check(deps: Deps, claims: Iterable[Claim]) -> list[Checked]:
    """Who is known by each claim: one query each."""
    return [_check(deps, claim, store.find_owners(claim.identifier)) for claim in claims]


def _check(deps: Deps, claim: Claim, owners: Owners) -> Checked:
    head = owners.deciding.head
    strangers = int(head.strangers) if head else 0
    # what nobody ever showed to be theirs was learned from a call: one by somebody else is as good
    enough = deps.settings.shared_after if any(owner.verified for owner in owners.known) else 1
    return Checked(claim, owners, shared=strangers >= enough)


def to_stored(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Evidence as it is kept on a contact, so that a later fact is weighed with it and not instead of it."""
    return [
        {
            "type": item.type,
            "typed": item.typed,
            "verified": item.verified,
            "more": item.more,
            "owners": [[owner.customer_id, owner.verified] for owner in item.owners],
            "candidates": list(item.candidates),
            "shared": item.shared,
            "variants": list(item.variants),
        }
        for item in evidence
    ]


def from_stored(stored: Iterable[dict[str, Any]]) -> list[Evidence]:
    """The evidence kept on a contact."""
    return [
        Evidence(
            item["type"],
            tuple(Owner(*owner) for owner in item["owners"]),
            item["typed"],
            item["verified"],
            item["more"],
            tuple(item.get("candidates", ())),
            item.get("shared", False),
            tuple(item.get("variants", ())),
        )
        for item in stored
    ]
