"""Where a stack lives, and how it says what it is doing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class CannotRun(Exception):
    """The stack cannot come up; the message is one clear line."""


@dataclass(frozen=True)
class Place:
    """Where a stack lives: its port, and the folder that everything it keeps is in."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def description(self) -> Path:
        return self.folder / "stack.json"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def trouble(self) -> Path:
        return self.folder / "table-trouble"


@contextmanager
def step(what: str) -> Iterator[None]:
    """Says what takes its time, and how long it took."""
    print(f"  {what} … ", end="", flush=True)
    started, ended = time.monotonic(), "stopped"
    try:
        yield
        ended = f"{time.monotonic() - started:.1f} s"
    finally:
        print(ended, flush=True)
