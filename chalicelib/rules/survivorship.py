"""Which of several values of one fact counts, and which earlier ones are remembered.

An entry is a plain dict: value, source, collected_at (fixed-width UTC text), verified, contact_id and
expires_at (or None). The order does not depend on the order in which entries arrived: a verified value
wins over an unverified one, a newer over an older, and ties are broken by the text of the entry.
"""

from collections.abc import Iterable
from typing import Any

KEPT = 4
"""Values: the one that counts and the three before it."""
TELLERS = 4
"""Contacts that said the same value: should one turn out to be somebody else's, the others still said it."""
FOREVER = "~"
"""Sorts after every moment."""

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
    """The entries of a fact that do not count, one for each value: overruled, replaced or expired."""
    counting = current(entries, now).get(name)
    best: dict[str, Entry] = {}
    for entry in entries.get(name, []):
        if counting is None or entry["value"] != counting["value"]:
            best.setdefault(entry["value"], entry)
    return list(best.values())


def merge(entries: Entries, more: Entries) -> Entries:
    """The entries of both, as if they had been remembered one by one."""
    for name, kept in more.items():
        for entry in kept:
            entries = remember(entries, {name: entry})
    return entries


def remember(entries: Entries, news: dict[str, Entry]) -> Entries:
    """The entries with the news among them, best first: the best values, and what may count one day."""
    known = {name: list(kept) for name, kept in entries.items()}
    for name, entry in news.items():
        known[name] = _kept([*known.get(name, []), entry])
    return known


def forget_contact(entries: Entries, *contact_ids: str | None) -> Entries:
    """The entries without those that came with these contacts; None: with none, as of a form."""
    left = {
        name: [entry for entry in kept if entry["contact_id"] not in contact_ids] for name, kept in entries.items()
    }
    return {name: kept for name, kept in left.items() if kept}


def _kept(entries: Iterable[Entry]) -> list[Entry]:
    ranked = sorted(entries, key=_rank, reverse=True)
    by_value: dict[str, list[Entry]] = {}
    for entry in ranked:
        told = by_value.setdefault(entry["value"], [])
        if len(told) < TELLERS and entry["contact_id"] not in [other["contact_id"] for other in told]:
            told.append(entry)
    best = list(by_value.values())[:KEPT]
    kept = [*(entry for told in best for entry in told), *_outliving(ranked)]
    return [entry for n, entry in enumerate(ranked) if entry in kept and entry not in ranked[:n]]


def _outliving(ranked: Iterable[Entry]) -> list[Entry]:
    """What counts when all that is better has expired, and so must not be crowded out by it.

    With one lifetime for all values of a fact there are at most two: the newest verified one, and the
    newest of all.
    """
    found: list[Entry] = []
    until = ""
    for entry in ranked:
        if _end(entry) > until:
            found.append(entry)
            until = _end(entry)
    return found


def _end(entry: Entry) -> str:
    return str(entry["expires_at"] or FOREVER)


def _rank(entry: Entry) -> tuple[bool, str, str, list[tuple[str, str]]]:
    text = sorted((key, str(value)) for key, value in entry.items())
    return (entry["verified"], entry["collected_at"], _end(entry), text)
