"""What services are handed from outside, so that tests can hand them something else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from chalicelib.settings import Settings


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    from ulid import ULID

    return str(ULID())


@dataclass(frozen=True)
class Deps:
    """Settings, the clock and the maker of ids (ULIDs)."""

    settings: Settings
    now: Callable[[], datetime] = field(default=_now)
    new_id: Callable[[], str] = field(default=_new_id)
