"""Counts by day, off the table's stream: what reports add up."""

from collections.abc import Iterable
from datetime import date
from itertools import product
from typing import Any, TypeVar

from chalicelib.models import keys, store
from chalicelib.models.changes import Change
from chalicelib.models.items import AskTally, Counted, EffortTally, Item

Tally = AskTally | EffortTally
OneKind = TypeVar("OneKind", AskTally, EffortTally)
MOST_AT_ONCE = 16
"""Queries side by side."""


def find_counted(partition: str) -> Counted:
    """What of a contact or a case is counted; version 0 says that nothing is."""
    for item in Item.query(partition, Item.SK == keys.COUNTED, consistent_read=True, limit=1):
        if isinstance(item, Counted):
            return item
    return Counted(PK=partition, SK=keys.COUNTED, what={}, version=0)


def add(kind: type[Tally], of: str, by: str, day: str, value: str, **steps: int) -> Change:
    """Adds to the counts of one day; `of` is what is counted, a contact or a case, and says which partition."""
    partition = keys.tally(str(kind.__name__), day[:7], keys.shard_of(of))
    tally = kind(PK=partition, SK=keys.tally_of(by, day, value))
    actions: list[Any] = [getattr(kind, name).add(step) for name, step in steps.items() if step]
    return lambda transaction: transaction.update(tally, actions=[*actions, kind.kind.set(kind)])


def read(kind: type[OneKind], by: str, since: date, until: date) -> dict[str, list[OneKind]]:
    """The tallies of the days from one to the other, both among them, by value: one query a month and shard."""
    shards = product(sorted({day[:7] for day in _days(since, until)}), range(keys.TALLY_SHARDS))
    partitions = [keys.tally(str(kind.__name__), month, shard) for month, shard in shards]
    first = keys.tally_of(by, since.isoformat(), "")
    last = keys.tally_of(by, until.isoformat(), "") + keys.AFTER_ALL
    found: dict[str, list[OneKind]] = {}

    def query(partition: str) -> list[OneKind]:
        return list(kind.query(partition, kind.SK.between(first, last), consistent_read=True))

    for begin in range(0, len(partitions), MOST_AT_ONCE):
        for tallies in store.side_by_side(query, partitions[begin : begin + MOST_AT_ONCE]):
            for tally in tallies:
                found.setdefault(keys.last_of(tally.SK), []).append(tally)
    return found


def _days(since: date, until: date) -> Iterable[str]:
    return (date.fromordinal(day).isoformat() for day in range(since.toordinal(), until.toordinal() + 1))
