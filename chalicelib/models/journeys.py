"""What is remembered of journeys, and how much came with a publishable key: read at once, written at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from chalicelib.models import keys
from chalicelib.models.changes import Change
from chalicelib.models.items import Item, JourneyActs, SiteMinute

OF_A_PART = 1_000
"""Events a minute that are counted in one place: few enough that two writers hardly ever meet there."""
KEPT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Part:
    """Where a batch of a publishable key is counted, in the minute that begins at `minute`; `room` is for all."""

    key: str
    number: int
    minute: datetime
    room: float


def part_of(key: str, limit: int, batch: str, minute: datetime) -> Part:
    """The same batch always goes to the same part, whoever sends it."""
    parts = -(-limit // OF_A_PART)
    return Part(key, crc32(batch.encode()) % parts, minute, limit / parts)


def find(customer_id: str, scope: str, part: Part) -> tuple[JourneyActs, int]:
    """What a customer did by themselves of late, and the events counted in the part: one request.

    Version 0 says that nothing is stored of them, and has this scope then.
    """
    acts_at, counted_at = (keys.customer(customer_id), keys.JOURNEYS), _place(part)
    acts = JourneyActs(*acts_at, customer_id=customer_id, scope=scope, window={}, version=0)
    events = 0
    for item in Item.batch_get([acts_at, counted_at], consistent_read=True):
        if isinstance(item, JourneyActs):
            acts = item
        elif isinstance(item, SiteMinute):
            events = int(item.events)
    return acts, events


def count(part: Part, events: int) -> Change:
    """Counts events in the part, unless it was filled since it was read."""
    item = SiteMinute(*_place(part))
    actions: list[Any] = [
        SiteMinute.events.add(events),
        SiteMinute.kind.set(SiteMinute),
        SiteMinute.expires_at.set(part.minute + KEPT),
    ]
    free = SiteMinute.events.does_not_exist() | (SiteMinute.events < part.room)
    return lambda transaction: transaction.update(item, actions=actions, condition=free)


def _place(part: Part) -> tuple[str, str]:
    return keys.site_part(part.key, part.number), keys.instant(part.minute)
