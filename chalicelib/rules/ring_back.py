"""Who rings back soon after a call was over, from the same number, goes on with it.

A call that is over is a plain dict: contact_id, came_from (a digest of the number), channel, case_id and ended_at
(fixed-width UTC text).
"""

from datetime import datetime, timedelta
from typing import Any

VIA = "ring_back"
WITHIN = timedelta(minutes=10)
CALLS = frozenset({"voice", "video"})

Dropped = dict[str, Any]


def is_call(channel: str, direction: str) -> bool:
    """Whether it may drop, and the customer may ring back: of what is written nothing drops."""
    return channel in CALLS and direction == "inbound"


def rings_back(dropped: Dropped, came_from: str, started_at: datetime) -> bool:
    """Whether a call that began then, from there, goes on with the one that was over before."""
    ended_at = datetime.fromisoformat(dropped["ended_at"])
    return bool(dropped["came_from"] == came_from and ended_at <= started_at <= ended_at + WITHIN)
