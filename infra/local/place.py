"""Where a stack lives, and how it says what it is doing."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


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
    def playground(self) -> Path:
        return self.folder / "playground.json"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def trouble(self) -> Path:
        return self.folder / "table-trouble"


def write_for_owner(path: Path, content: dict[str, Any]) -> None:
    """Writes at once and for the owner's eyes: the file holds tokens."""
    half_written = path.with_suffix(".half")
    half_written.touch(0o600)
    half_written.write_text(json.dumps(content, indent=2))
    half_written.replace(path)


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
