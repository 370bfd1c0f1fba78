"""Which of several values of one fact counts, and which earlier ones are remembered.

An entry is a plain dict: value, source, collected_at (fixed-width UTC text), verified, contact_id and
expires_at (or None). The order does not depend on the order in which entries arrived: a verified value
wins over an unverified one, a newer over an older, and ties are broken by the text of the entry.
"""

from collections.abc import Iterable
from typing import Any

KEPT = 4
"""The value that counts and the three before it."""

Entry = dict[str, Any]
Entries = dict[str, list[Entry]]


def is_current(entry: Entry, now: str) -> bool:
    """Whether the entry has not expired. `now` is fixed-width UTC text."""
    return entry["expires_at"] is None or entry["expires_at"] > now


def current(entries: Entries, now: str) -> dict[str, Entry]:
    """For each fact the entry that counts now."""
    live = {name: [entry for entry in kept if is_current(entry, now)] for name, kept in entries.items()}
    return {name: kept[0] for name, kept in live.items() if kept}


def earlier(entries: Entries, name: str, now: str) -> list[Entry]:
    """The entries of a fact that do not count: overruled, replaced or expired."""
    counting = current(entries, now).get(name)
    return [entry for entry in entries.get(name, []) if entry is not counting]


def remember(entries: Entries, news: dict[str, Entry]) -> Entries:
    """The entries with the news among them: one per value, best first, capped."""
    known = {name: list(kept) for name, kept in entries.items()}
    for name, entry in news.items():
        known[name] = _ranked([*known.get(name, []), entry])
    return known


def forget_contact(entries: Entries, contact_id: str) -> Entries:
    """The entries without those that came with one contact."""
    left = {name: [entry for entry in kept if entry["contact_id"] != contact_id] for name, kept in entries.items()}
    return {name: kept for name, kept in left.items() if kept}


def _ranked(entries: Iterable[Entry]) -> list[Entry]:
    best: dict[str, Entry] = {}
    for entry in sorted(entries, key=_rank, reverse=True):
        best.setdefault(entry["value"], entry)
    return list(best.values())[:KEPT]


def _rank(entry: Entry) -> tuple[bool, str, str, str]:
    return (entry["verified"], entry["collected_at"], entry["value"], entry["contact_id"] or "")
