"""One stack per folder, by a file lock: the kernel lets go of it however the holder ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

# A holder killed -9 leaves its emulator, which keeps the lock while it saves and stops.
WINDING_DOWN_SECONDS = 15.0


class AlreadyRunning(Exception):
    """Somebody holds the folder; `pid` is who."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"process {pid}")
        self.pid = pid


@contextmanager
def claim(folder: Path) -> Iterator[TextIO]:
    """Holds the folder while it is open. The file may be passed on to a child that must be waited for."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as file:
        _lock(file)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield file


def holder(folder: Path) -> int | None:
    """The process that holds the folder, or None."""
    try:
        with (folder / "lock").open("r+") as file:
            return None if _try_lock(file) else _pid(file)
    except FileNotFoundError:
        return None


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _lock(file: TextIO) -> None:
    deadline = time.monotonic() + WINDING_DOWN_SECONDS
    while not _try_lock(file):
        pid = _pid(file)
        if is_alive(pid) or time.monotonic() > deadline:
            raise AlreadyRunning(pid)
        time.sleep(0.1)


def _try_lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pid(file: TextIO) -> int:
    file.seek(0)
    return int(file.read() or 0)
