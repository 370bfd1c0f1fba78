"""How far agreeing facts raise the assurance of a contact.

Only facts that were verified when they were learned can vouch for somebody: what an unverified caller
once said would let the same caller vouch for themselves the next time.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.rules.matching import Assurance

TRIES_PER_CONTACT = 3
TRIES_PER_CUSTOMER = 10
"""Failed tries on one customer, over all contacts, within a day."""
ENOUGH = 2
"""Verified facts that must agree, with none against, to authenticate."""


@dataclass(frozen=True, slots=True)
class Compared:
    """How many of the facts that were given agree; which of them is never told."""

    matched: int
    of: int
    assurance: Assurance

    @property
    def failed(self) -> bool:
        return self.matched < self.of


Known = Mapping[str, Mapping[str, bool]]
"""Fact name -> the values that count -> whether they were verified when they were learned."""


def compare(given: Mapping[str, str], known: Known) -> Compared:
    """Compares what was given with what is known."""
    agreeing = {name: _vouches(name, value, known) for name, value in given.items()}
    matched = [vouches for vouches in agreeing.values() if vouches is not None]
    assurance = _raised(sum(matched)) if len(matched) == len(given) else Assurance.NONE
    return Compared(len(matched), len(given), assurance)


def _raised(vouching: int) -> Assurance:
    if vouching >= ENOUGH:
        return Assurance.AUTHENTICATED
    return Assurance.CORROBORATED if vouching else Assurance.NONE


def _vouches(name: str, given: str, known: Known) -> bool | None:
    """None where it does not agree; else whether what it agrees with was verified."""
    values = known.get(name, {})
    if name != "name":
        return values.get(given)
    return {value.casefold(): verified for value, verified in values.items()}.get(given.casefold())
