"""What survives where several records are one person's, field by field, and by which rule.

Records are given with the surviving one first. Nothing is written by this: every record keeps what it
has, and the person is read through these rules for as long as the records are merged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.rules import survivorship

FIELDS = ("name", "language")
SURVIVING, ONLY, STRICTER, LATER = "surviving_record", "only_value", "stricter", "given_since_the_merge"
BEST = "verified_then_newest"


@dataclass(frozen=True, slots=True)
class Part:
    """What of one record competes with the others'. `consent_given_at` is fixed-width UTC text."""

    fields: Mapping[str, str | None]
    attributes: Mapping[str, str]
    consent: Mapping[str, bool]
    consent_given_at: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Survivor:
    """The value that counts, the ones that do not while the records are merged, and the rule."""

    field: str
    kept: Any
    dropped: tuple[Any, ...]
    rule: str


def survivors(parts: Sequence[Part], merged_since: str) -> list[Survivor]:
    """What counts of each field that any of the records has."""
    plain = [_first(name, [part.fields.get(name) for part in parts]) for name in FIELDS]
    keys = dict.fromkeys(key for part in parts for key in part.attributes)
    added = [_first(f"attributes.{key}", [part.attributes.get(key) for part in parts]) for key in keys]
    purposes = dict.fromkeys(key for part in parts for key in part.consent)
    consents = [_consent(purpose, parts, merged_since) for purpose in purposes]
    return [one for one in (*plain, *added, *consents) if one]


def surviving_facts(each: Sequence[survivorship.Entries], now: str) -> list[Survivor]:
    """What counts of each fact that any of the records knows, whichever of them survives."""
    together: survivorship.Entries = {}
    for entries in each:
        together = survivorship.merge(together, entries)
    known = [survivorship.current(entries, now) for entries in each]
    return [
        _best(name, best["value"], [entries[name]["value"] for entries in known if name in entries])
        for name, best in survivorship.current(together, now).items()
    ]


def _best(name: str, best: str, values: Sequence[str]) -> Survivor:
    dropped = tuple(value for value in dict.fromkeys(values) if value != best)
    return Survivor(f"facts.{name}", best, dropped, BEST if len(values) > 1 else ONLY)


def _first(name: str, values: Sequence[str | None]) -> Survivor | None:
    """The surviving record's value; else the first that another has."""
    given = [value for value in values if value is not None]
    if not given:
        return None
    dropped = tuple(value for value in dict.fromkeys(given) if value != given[0])
    return Survivor(name, given[0], dropped, SURVIVING if values[0] is not None else ONLY)


def _consent(purpose: str, parts: Sequence[Part], merged_since: str) -> Survivor:
    """What was said of the person since the merge; else no beats yes, whoever said it."""
    said = [
        (part.consent_given_at.get(purpose, ""), part.consent[purpose])
        for part in parts
        if purpose in part.consent
    ]
    latest, value = max(said, key=lambda one: (one[0], not one[1]))
    name = f"consent.{purpose}"
    values = [consent for _, consent in said]
    if latest > merged_since:
        return Survivor(name, value, tuple(other for other in set(values) if other != value), LATER)
    kept = all(values)
    dropped = tuple(other for other in set(values) if other != kept)
    return Survivor(name, kept, dropped, STRICTER if dropped else (SURVIVING if len(values) > 1 else ONLY))
