"""What services are handed from outside, so that tests can hand them something else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import sleep
from typing import TYPE_CHECKING

from chalicelib.services.chat.rooms import Rooms
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.models.archive import Archive
    from chalicelib.models.inbox import Inbox

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
    """Settings, the clock, the maker of ids (ULIDs), how to reach who is connected, and how to pause (seconds).

    `rooms`: the chats that this process remembers.
    """

    settings: Settings
    now: Callable[[], datetime] = field(default=_now)
    new_id: Callable[[], str] = field(default=_new_id)
    post: Post = field(default=_post)
    pause: Callable[[float], None] = field(default=sleep)
    rooms: Rooms = field(default_factory=Rooms)

    @property
    def archive(self) -> "Archive":
        """Where what came in, and what was attached to it, is kept."""
        from chalicelib.models.archive import Archive  # most functions keep nothing there

        return Archive(self.settings.archive_bucket, self.settings.region)

    @property
    def inbox(self) -> "Inbox":
        """Where what was archived waits to be processed."""
        from chalicelib.models.inbox import Inbox

        return Inbox(self.settings.inbox_url, self.settings.region)
