"""How what happened is told: as it happens, or as providers may: each event twice, and out of order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

Deliver = Callable[..., None]


def in_order(*deliveries: Callable[[], Any]) -> None:
    for deliver in deliveries:
        deliver()


def twice_in_disorder(*deliveries: Callable[[], Any]) -> None:
    """What may pass each other on the way does: each arrives twice, anywhere among the others."""
    mixed = [*deliveries, *deliveries]
    Random(7).shuffle(mixed)  # noqa: S311 - the same disorder each time
    in_order(*mixed)


def ago(**past: float) -> datetime:
    return datetime.now(UTC) - timedelta(**past)
