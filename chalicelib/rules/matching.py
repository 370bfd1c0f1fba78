"""From the identifiers that somebody presents to who they are: one customer, many, or none.

The strongest identifier that anybody is known by decides; weaker ones narrow down what it leaves open
and corroborate it, but never overrule it: a number may be borrowed, an account number is one's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

ATTRIBUTED = "attributed"
"""Evidence that is no identifier: somebody who may decided whose contact it is."""
SIGNED_IN = "signed_in"
"""Evidence that is no identifier: the token that the contact began with says who is signed in."""
CONTINUED = "continued"
"""Evidence that is no identifier: whose the contact is that this one carries on. It never overrules."""
NO_IDENTIFIER = frozenset({ATTRIBUTED, SIGNED_IN, CONTINUED})
STRENGTH = {
    ATTRIBUTED: 9,
    SIGNED_IN: 8,
    "crm": 5,
    "account": 5,
    "email": 3,
    "phone": 2,
    "whatsapp": 3,
    "visitor": 1,
    "device": 1,
    CONTINUED: 0,
}
VARIANT_OF = {"whatsapp": "phone"}
"""What names the same thing: a number is one number, whichever channel it is met on."""
OF_A_PLATFORM = 3
"""Messenger, LINE and the like: an id that the platform itself authenticates."""
OF_A_TYPED = 1
"""An email address or phone number that was typed or said, not the one that the contact came from."""


class Assurance(IntEnum):
    """How sure it is that the person is who the record says (0-3)."""

    NONE = 0
    CLAIMED = 1
    CORROBORATED = 2
    AUTHENTICATED = 3


@dataclass(frozen=True, slots=True)
class Owner:
    customer_id: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """One identifier presented, and who is known by it.

    `typed`: said or keyed in, rather than where the contact came from. `verified`: a trusted caller
    vouches for it. `more`: how many owners there are beyond the ones listed. `candidates`: who was met
    beside it and never confirmed, or is one of `variants`: known by another form of it. `shared`: others
    have used it so often that it decides nothing alone.
    """

    type: str
    owners: tuple[Owner, ...]
    typed: bool = False
    verified: bool = False
    more: int = 0
    candidates: tuple[str, ...] = ()
    shared: bool = False
    variants: tuple[str, ...] = ()

    @property
    def strength(self) -> int:
        if self.typed and self.type in {"email", "phone"}:
            return OF_A_TYPED
        return STRENGTH.get(self.type, OF_A_PLATFORM)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who it is and why. `reasons` are shown as they are: they name kinds of identifiers, never values."""

    result: str
    customer_id: str | None
    candidates: tuple[str, ...]
    confidence: float
    assurance: Assurance
    reasons: list[dict[str, object]] = field(default_factory=list)

    @property
    def match(self) -> dict[str, object]:
        return {"result": self.result, "confidence": self.confidence, "reasons": self.reasons}


NOBODY = Decision("none", None, (), 0.0, Assurance.NONE)


def decide(evidence: Sequence[Evidence]) -> Decision:
    """Weighs the evidence, strongest first. The order in which it is given does not matter."""
    if not evidence:
        return NOBODY
    known = sorted((e for e in evidence if e.owners), key=lambda e: (-e.strength, not e.verified, e.type))
    if not known:
        return _proposed(evidence)
    left = {owner.customer_id: owner for owner in known[0].owners}
    reasons = [_reason(known[0], left)]
    agreeing = [known[0]]
    for item in known[1:]:
        shared = {o.customer_id: o for o in item.owners if o.customer_id in left}
        reasons.append(_reason(item, shared or left, agrees=bool(shared)))
        if shared:
            left = {customer_id: left[customer_id] for customer_id in shared}
            agreeing.append(item)
    alone = len(agreeing) == 1
    if len(left) > 1 or (alone and (known[0].more or known[0].shared)):
        return Decision("many", None, tuple(left), round(1 / len(left), 2), _claimed(evidence), reasons)
    ((customer_id, owner),) = left.items()
    assurance = _assurance(agreeing)
    return Decision("one", customer_id, (), _confidence(owner, assurance, known), assurance, reasons)


def _proposed(evidence: Sequence[Evidence]) -> Decision:
    """Nobody is known by any of it: who was met beside it may be meant, and is asked about."""
    strongest = sorted((e for e in evidence if e.candidates), key=lambda e: (-e.strength, e.type))
    candidates = tuple(dict.fromkeys(one for item in strongest for one in item.candidates))
    if not candidates:
        return Decision("none", None, (), 0.0, _claimed(evidence))
    reasons = [_proposal(item) for item in strongest]
    return Decision("many", None, candidates, round(0.5 / len(candidates), 2), _claimed(evidence), reasons)


def _proposal(item: Evidence) -> dict[str, object]:
    reason: dict[str, object] = {"identifier": item.type, "verified": False, "candidate": True}
    return reason | ({"variant_of": VARIANT_OF.get(item.type, item.type)} if item.variants else {})


def _claimed(evidence: Sequence[Evidence]) -> Assurance:
    return Assurance.CLAIMED if evidence else Assurance.NONE


def _assurance(agreeing: Sequence[Evidence]) -> Assurance:
    if any(item.verified for item in agreeing):
        return Assurance.AUTHENTICATED
    if any(item.type == CONTINUED for item in agreeing):
        return Assurance.CORROBORATED  # whoever has the code was on the contact that it was given out on
    kinds = {VARIANT_OF.get(item.type, item.type) for item in agreeing}
    # what one mouth says twice is said once: one of them must be where the contact came from
    independent = len(kinds) > 1 and not all(item.typed for item in agreeing)
    return Assurance.CORROBORATED if independent else Assurance.CLAIMED


def _confidence(owner: Owner, assurance: Assurance, known: Sequence[Evidence]) -> float:
    """A figure to sort by, not a probability: what agrees raises it, what disagrees lowers it."""
    if assurance >= Assurance.CORROBORATED:
        return 0.99
    disagreeing = any(owner.customer_id not in {other.customer_id for other in item.owners} for item in known[1:])
    return round((0.95 if owner.verified else 0.85) - (0.15 if disagreeing else 0.0), 2)


def _reason(item: Evidence, left: dict[str, Owner], *, agrees: bool = True) -> dict[str, object]:
    if item.type in NO_IDENTIFIER:
        why: dict[str, object] = {item.type: True}
        return why if agrees else why | {"conflicts": True}
    reason: dict[str, object] = {
        "identifier": item.type,
        "verified": agrees and any(owner.verified for owner in left.values()),
    }
    if not agrees:
        reason["conflicts"] = True
    if len(item.owners) + item.more > 1:
        reason["shared_by"] = len(item.owners) + item.more
    if item.shared:
        reason["shared"] = True
    return reason
