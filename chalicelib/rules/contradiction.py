"""Whether what is said contradicts who a number or an address says it is: a phone may be borrowed.

Facts are heard, typed and misheard, so a value that is nearly right contradicts nothing, and one fact
alone never does: a single wrong guess must not be told from a right one. A date of birth and a first
name are a person's own; a surname and a postcode are shared by a household.
"""

from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from enum import Enum

Known = Mapping[str, Collection[str]]
"""Fact name -> every value that is known, normalised."""

SOUNDS_ALIKE = 0.6
"""Of two words of a name, by the letters they share in order: Damian and Damien, not Paula and Susan."""
MISHEARD = 2
"""Characters of a postcode: one letter, or two that were swapped."""


class Fit(Enum):
    SAME = "same"
    NEAR = "near"
    OTHER = "other"


Fits = Mapping[str, Fit | None]
"""Fact name -> how well what was said fits what is known, None where nothing is known."""


def fitting(known: Known, said: Mapping[str, str]) -> Fits:
    """How well each fact that tells people apart fits, of those that were said."""
    return {name: _best(name, said[name], known.get(name, ())) for name in _COMPARE if name in said}


def contradicting(known: Known, said: Mapping[str, str], *, typed: bool = False) -> list[str]:
    """The facts by which this is somebody else, or none where it may well be the same person.

    `typed`: nothing names the person but what the same hand typed, which another name beside it outweighs.
    """
    fits = fitting(known, said)
    born, called, lives = (fits.get(name) for name in ("date_of_birth", "name", "postcode"))
    if born is Fit.SAME:
        return []
    if born is Fit.OTHER and called in {Fit.NEAR, Fit.OTHER}:
        # a relative shares the surname, and often the postcode
        return _not_the_same(fits)
    if typed and called is Fit.OTHER:
        return ["name"]
    if lives is Fit.OTHER and (called is Fit.OTHER or (born is Fit.OTHER and called is None)):
        return [name for name in _not_the_same(fits) if fits[name] is Fit.OTHER]
    return []


def _not_the_same(fits: Fits) -> list[str]:
    return [name for name, fit in fits.items() if fit in {Fit.NEAR, Fit.OTHER}]


def _best(name: str, said: str, known: Collection[str]) -> Fit | None:
    """How well it fits the value that it fits best; None where nothing is known."""
    fits = {_COMPARE[name](said, value) for value in known}
    return next((fit for fit in Fit if fit in fits), None)


def _dates(said: str, known: str) -> Fit:
    """Near: one of year, month and day is another, or day and month changed places."""
    if said == known:
        return Fit.SAME
    mine, theirs = said.split("-"), known.split("-")
    agreeing = sum(one == other for one, other in zip(mine, theirs, strict=True))
    near = agreeing == len(theirs) - 1 or sorted(mine[1:]) == sorted(theirs[1:])
    return Fit.NEAR if near else Fit.OTHER


def _names(said: str, known: str) -> Fit:
    """The same: first and last word are alike. Near: one of them is."""
    mine, theirs = said.casefold().split(), known.casefold().split()
    if len(mine) == 1 or len(theirs) == 1:
        alike = any(_alike(one, other) for one in mine for other in theirs)
        return Fit.SAME if alike else Fit.OTHER
    matching = _alike(mine[0], theirs[0]) + _alike(mine[-1], theirs[-1])
    return (Fit.OTHER, Fit.NEAR, Fit.SAME)[matching]


def _alike(said: str, known: str) -> bool:
    """Spelled nearly alike, or one is the other's initial."""
    if min(len(said), len(known)) == 1:
        return said[0] == known[0]
    return SequenceMatcher(None, said, known, autojunk=False).ratio() >= SOUNDS_ALIKE


def _postcodes(said: str, known: str) -> Fit:
    mine, theirs = said.replace(" ", ""), known.replace(" ", "")
    if mine == theirs:
        return Fit.SAME
    longer = max(len(mine), len(theirs))
    common = sum(block.size for block in SequenceMatcher(None, mine, theirs, autojunk=False).get_matching_blocks())
    return Fit.NEAR if longer - common <= MISHEARD else Fit.OTHER


_COMPARE = {"date_of_birth": _dates, "name": _names, "postcode": _postcodes}
