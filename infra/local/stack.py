"""Brings the local stack up, keeps it up until it is told to stop, and takes it down."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

from infra.dependencies import target_of_this_machine
from infra.local.claim import claim
from infra.local.emulation import REGION, Emulation
from infra.local.issuer import Issuer
from infra.package import make

EMULATOR_PYTHON = Path(".venv/stack/bin/python")
START_SECONDS = 30.0
STOP_SECONDS = 20.0
# The emulator starts no service beside these; more of them start more slowly.
SERVICES = (
    "apigateway,cloudformation,cloudwatch,dynamodb,dynamodbstreams,events,iam,kms,lambda,logs,s3,sns,sqs,sts"
)

Description = dict[str, Any]


class CannotRun(Exception):
    """The stack cannot come up; the message is one clear line."""


class Stopped(Exception):
    """Somebody asked the stack to stop."""


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


def run(place: Place, when_up: Callable[[Description], None]) -> None:
    """Runs the stack in the foreground. Calls `when_up` once it answers; ends when told to stop."""
    with _stopping_by_signal(), claim(place.folder) as lock:
        place.description.unlink(missing_ok=True)  # left by one that was killed
        _insist_on_port(place.port)
        try:
            _bring_up(place, lock, when_up)
        finally:
            place.description.unlink(missing_ok=True)


def _bring_up(place: Place, lock: TextIO, when_up: Callable[[Description], None]) -> None:
    issuer = Issuer(place.folder, place.url)
    with _step("packaging the application"):
        package = make(target_of_this_machine(), place.folder / "build")
    with _emulator(place, issuer, lock) as emulator:
        emulation = Emulation(place.url)
        with _step("deploying the CloudFormation template"):
            outputs = emulation.deploy(package, issuer)
        _show_route(emulator, f"/_aws/execute-api/{outputs['RestAPIId']}/api")
        description = _describe(place, issuer, outputs, emulation.developer_key(outputs))
        _write_for_owner(place.description, description)
        when_up(description)
        emulator.wait()
        raise CannotRun(f"the emulator ended by itself; its last words are in {place.logs}/emulator.log")


def _describe(place: Place, issuer: Issuer, outputs: dict[str, str], key: dict[str, str]) -> Description:
    """What the outside may count on: see .local/stack.json in docs/local-stack.md."""
    return {
        "api_url": f"{place.url}/v1",
        "endpoint_url": place.url,
        "region": REGION,
        "table": outputs["TableName"],
        "tokens": issuer.tokens(),
        "credentials": key,
        "functions": {
            "connect_lookup": outputs["ConnectLookupArn"],
            "connect_save_facts": outputs["ConnectSaveFactsArn"],
        },
    }


def _insist_on_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotRun(f"port {port} is busy; choose another one: make run PORT={port + 10}") from error


@contextmanager
def _emulator(place: Place, issuer: Issuer, lock: TextIO) -> Iterator["subprocess.Popen[str]"]:
    """The emulator as a child. It stops when its standard input closes, whatever becomes of us."""
    place.logs.mkdir(exist_ok=True)
    shutil.rmtree(place.folder / "tmp", ignore_errors=True)  # unpacked functions of a stack that was killed
    documents = place.folder / "issuer-documents.json"
    documents.write_text(json.dumps(issuer.documents()))
    with _step("starting the emulated AWS"), (place.logs / "emulator.log").open("w") as log:
        child = subprocess.Popen(  # noqa: S603 - a command of our own
            [str(EMULATOR_PYTHON), "-m", "infra.local.emulator"],
            env=os.environ | _settings(place, documents),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,  # a Ctrl-C in the terminal is ours to pass on, in order
            pass_fds=(lock.fileno(),),  # the folder is taken until the child is gone, too
        )
        _wait_for_port(child, place)
    try:
        yield child
    finally:
        _stop(child)


def _settings(place: Place, documents: Path) -> dict[str, str]:
    state, objects, scratch = (place.folder.resolve() / name for name in ("state", "objects", "tmp"))
    for folder in (state, objects, scratch):
        folder.mkdir(exist_ok=True)
    return {
        "AUTH": "true",  # IAM is enforced: what works here has the permissions that it needs
        "DOCKER_HOST": "unix:///nonexistent",  # MiniStack would look for containers to clean up
        "FUNCTION_LOG": str(place.logs.resolve() / "functions.log"),
        "GATEWAY_PORT": str(place.port),
        "IOT_MTLS_ENABLED": "0",
        "ISSUER_DOCUMENTS": str(documents.resolve()),
        "LOG_LEVEL": "WARNING",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "S3_DATA_DIR": str(objects),
        "S3_PERSIST": "1",
        "SERVICES": SERVICES,
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(state),
        "TMPDIR": str(scratch),
    }


def _wait_for_port(child: "subprocess.Popen[str]", place: Place) -> None:
    deadline = time.monotonic() + START_SECONDS
    while child.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", place.port)) == 0:
                return
        time.sleep(0.05)
    _stop(child)
    raise CannotRun(f"the emulator did not start; its last words are in {place.logs}/emulator.log")


def _show_route(emulator: "subprocess.Popen[str]", route: str) -> None:
    if emulator.stdin is not None:
        emulator.stdin.write(route + "\n")
        emulator.stdin.flush()


def _stop(child: "subprocess.Popen[str]") -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


def _write_for_owner(path: Path, content: Description) -> None:
    """Writes at once and for the owner's eyes: the file holds tokens."""
    half_written = path.with_suffix(".half")
    half_written.touch(0o600)
    half_written.write_text(json.dumps(content, indent=2))
    half_written.replace(path)


@contextmanager
def _step(what: str) -> Iterator[None]:
    """Says what takes its time, and how long it took."""
    print(f"  {what} … ", end="", flush=True)
    started, ended = time.monotonic(), "stopped"
    try:
        yield
        ended = f"{time.monotonic() - started:.1f} s"
    finally:
        print(ended, flush=True)


@contextmanager
def _stopping_by_signal() -> Iterator[None]:
    def stop(_received: int, _frame: FrameType | None) -> None:
        for later in stops:
            signal.signal(later, signal.SIG_IGN)  # being told twice must not cut the stopping short
        raise Stopped

    stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for expected in stops:
        signal.signal(expected, stop)
    yield
