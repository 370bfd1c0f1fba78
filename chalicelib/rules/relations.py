"""What customers are to each other: which relations there are, which hold, and how a side keeps its own.

Each of the two keeps an entry of its own, so that the record of either tells it without reading the other.
"""

from collections.abc import Iterable, Mapping
from typing import Any

OPPOSITES = {
    "household": "household",
    "member_of": "has_member",
    "has_member": "member_of",
    "speaks_for": "spoken_for_by",
    "spoken_for_by": "speaks_for",
}
"""What the one is to the other -> what the other is to the one."""
SPEAKING = frozenset({"speaks_for", "spoken_for_by"})
"""The relations in which one of the two may be told something of the other."""
MOST = 20
"""Of one record: they are in the profile, which every screen pop reads."""

Entry = Mapping[str, Any]
"""`customer_id` (the other's), `relation` (what this side is to the other), `name` (a copy of the other's),
`may_be_told`, `until` (fixed-width UTC text, or None), `note`, `since` and `by`."""


def in_force(entries: Iterable[Entry], now: str) -> list[Entry]:
    """The entries that have not expired by `now`, as fixed-width UTC text."""
    return [entry for entry in entries if entry["until"] is None or now < entry["until"]]


def shown(entries: Iterable[Entry], now: str) -> list[Entry]:
    """The entries in force, each once: of two records of one person the surviving one's, which comes first.

    What may be told is never added up: nobody is told more because records were merged.
    """
    once: dict[tuple[str, str], Entry] = {}
    for entry in in_force(entries, now):
        once.setdefault(_key(entry), entry)
    return list(once.values())


def find(entries: Iterable[Entry], relation: str, members: Iterable[str], now: str) -> Entry | None:
    """The relation of this kind to any record of a person, if there is one."""
    others = set(members)
    held = in_force(entries, now)
    return next((one for one in held if one["relation"] == relation and one["customer_id"] in others), None)


def put(entries: Iterable[Entry], entry: Entry, now: str) -> list[Entry]:
    """The entries with this one, in the place of the one that it changes; what has expired goes."""
    kept = {_key(one): one for one in in_force(entries, now)}
    return list((kept | {_key(entry): entry}).values())


def without(entries: Iterable[Entry], gone: Iterable[Entry], now: str) -> list[Entry]:
    """The entries without these; what has expired goes too."""
    keys = {_key(one) for one in gone}
    return [one for one in in_force(entries, now) if _key(one) not in keys]


def opposite(entry: Entry, customer_id: str, name: str | None) -> Entry:
    """The same relation as the other side keeps it, of the customer who is called this."""
    return {**entry, "customer_id": customer_id, "name": name, "relation": OPPOSITES[entry["relation"]]}


def _key(entry: Entry) -> tuple[str, str]:
    return entry["customer_id"], entry["relation"]
