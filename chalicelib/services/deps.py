"""What services are handed from outside, so that tests can hand them something else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import sleep

from chalicelib.settings import Settings

Post = Callable[[str, str, str, str], bool]


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    from ulid import ULID

    return str(ULID())


def _post(url: str, region: str, connection_id: str, frame: str) -> bool:
    from chalicelib.models.sockets import post  # of all functions, only those of the socket and the stream push

    return post(url, region, connection_id, frame)


@dataclass(frozen=True)
class Deps:
    """Settings, the clock, the maker of ids (ULIDs), how to reach who is connected, and how to pause (seconds)."""

    settings: Settings
    now: Callable[[], datetime] = field(default=_now)
    new_id: Callable[[], str] = field(default=_new_id)
    post: Post = field(default=_post)
    pause: Callable[[float], None] = field(default=sleep)
