"""Windows of time in which things are counted: each begins where the one before ends, for everybody alike."""

from datetime import datetime, timedelta
from math import ceil


def windows(at: datetime, life: timedelta) -> tuple[datetime, datetime]:
    """The window that a moment is in and the one before: what lives for `life` lies within two of them."""
    seconds = life.total_seconds()
    begin = datetime.fromtimestamp(at.timestamp() // seconds * seconds, at.tzinfo)
    return begin, begin - life


def seconds_left(at: datetime, life: timedelta) -> int:
    """Whole seconds after which the next window has begun: at least one."""
    begin, _ = windows(at, life)
    return max(ceil((begin + life - at).total_seconds()), 1)
