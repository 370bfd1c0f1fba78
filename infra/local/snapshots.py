"""Keeps the emulator's state on disk, so that a kill -9 loses only what came after the last snapshot."""

import asyncio
from pathlib import Path

from infra.local import patches
from infra.local.front_door import FrontDoor

SECONDS = 2.0


async def snapshot_regularly(door: FrontDoor, folder: Path) -> None:
    """Writes what has changed since the last time, for ever."""
    while True:
        await asyncio.sleep(SECONDS)
        if door.written or door.reconfigured:
            # Read on the event loop, between requests, so that no transaction is seen half done.
            files = _collect(everything=door.reconfigured)
            door.written = door.reconfigured = False
            await asyncio.to_thread(_write, folder, files)


def _collect(*, everything: bool) -> dict[str, str]:
    # The functions' state hashes their code each time, and changes by a deployment only.
    states = {name: get() for name, get in patches.sources().items() if everything or name != "lambda"}
    return {name: patches.file_content(name, state) for name, state in states.items()}


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        _half_written(folder, name).write_text(content)
    # All at once, after all are whole: what CloudFormation remembers must be what the others have.
    for name in files:
        _half_written(folder, name).replace(folder / f"{name}.json")


def _half_written(folder: Path, name: str) -> Path:
    return folder / f"{name}.json.half"
