"""Starts and stops local stacks of the tests' own: own port, own folder, so that none disturbs another."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "infra.local"]
UP_SECONDS = 120.0

Description = dict[str, Any]


@dataclass
class Launched:
    """A stack that a test started."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    description: Description

    def kill_function(self, name: str) -> int:
        """Kills every process in which a function runs, -9: how many there were."""
        unpacked = str(self.folder.resolve() / "tmp" / f"ministack-lambda-{name}-")
        # -f: the path is in the command; pgrep is there with procps, and on macOS
        asked = subprocess.run(["/usr/bin/pgrep", "-f", unpacked], capture_output=True, check=False)  # noqa: S603 - our own
        pids = [int(pid) for pid in asked.stdout.split()]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        return len(pids)

    def kill(self) -> None:
        """Kills it -9, the launcher and the emulator, as a power cut would."""
        for pid in [self.process.pid, *_children(self.process.pid)]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(60)


def stop_in(folder: Path) -> "subprocess.CompletedProcess[str]":
    """What `make stop` does."""
    command = [*COMMAND, "stop", "--folder", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def launch(folder: Path) -> Launched:
    """Starts a stack without demo customers and waits until it answers."""
    port = free_port()
    process = start(folder, port)
    return Launched(process, folder, _wait_until_up(folder, port, process))


def start(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "output.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - a command of our own
            [*COMMAND, "run", "--no-seed", "--folder", str(folder), "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


@contextmanager
def shared_stack(folder: Path, when_stopped: Callable[[], None]) -> Iterator[Description]:
    """One stack for all of pytest's workers: the first starts it, the last stops it, the first waits for that.

    The last one calls `when_stopped`, when all that the stack has to say is in its logs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    started: list[Launched] = []
    with _user_count(folder, +1) as users:
        if users == 1:
            started.append(launch(folder))
    try:
        yield json.loads((folder / "stack.json").read_text())
    finally:
        with _user_count(folder, -1) as users:
            if users == 0:
                stop_in(folder)
                when_stopped()
        for own in started:
            own.process.wait(UP_SECONDS)  # until the last user has stopped it


@contextmanager
def _user_count(folder: Path, change: int) -> Iterator[int]:
    """Changes the count of users, and keeps the others waiting until the block is done."""
    with (folder / "users").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        users = int(file.read() or 0) + change
        file.truncate(0)
        file.write(str(users))
        file.flush()
        yield users


def _wait_until_up(folder: Path, port: int, process: "subprocess.Popen[bytes]") -> Description:
    deadline = time.monotonic() + UP_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        description = _read(folder / "stack.json")
        if description and description["endpoint_url"].endswith(f":{port}"):  # else of one that was killed
            return description
        time.sleep(0.05)
    raise AssertionError(f"the stack did not come up:\n{(folder / 'output.log').read_text()}")


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if listed.exists():
        return [int(child) for child in listed.read_text().split()]
    # Where there is no /proc (macOS) there is pgrep.
    asked = subprocess.run(["/usr/bin/pgrep", "-P", str(pid)], capture_output=True, check=True)  # noqa: S603 - our own
    return [int(child) for child in asked.stdout.split()]


def _read(path: Path) -> Description | None:
    try:
        description: Description = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    return description
