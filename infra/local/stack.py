"""Brings the local stack up, keeps it up until it is told to stop, and takes it down."""

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TextIO

from infra.dependencies import target_of_this_machine
from infra.local.channels import channel_settings, continuation_secret
from infra.local.child import emulator, show_route
from infra.local.claim import claim
from infra.local.emulation import CONNECT_BUCKET, PUBLISHABLE_KEY, REGION, Emulation
from infra.local.issuer import Issuer
from infra.local.place import CannotRun, Place, step, write_for_owner
from infra.local.playground import START
from infra.local.visitors import prepare
from infra.package import make

Description = dict[str, Any]


class Stopped(Exception):
    """Somebody asked the stack to stop."""


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
    with step("packaging the application"):
        package = make(target_of_this_machine(), place.folder / "build")
    with emulator(place, issuer, lock) as child:
        emulation = Emulation(place.url)
        with step("deploying the CloudFormation template"):
            channels = channel_settings(place.folder)
            outputs = emulation.deploy(package, issuer, channels, continuation_secret(place.folder))
        show_route(child, f"/_aws/execute-api/{outputs['RestAPIId']}/api")
        description = _describe(place, issuer, outputs, emulation.developer_key(outputs))
        description["channels"] = channels
        prepare(place.playground, issuer, description)
        write_for_owner(place.description, description)
        when_up(description)
        child.wait()
        raise CannotRun(f"the emulator ended by itself; its last words are in {place.logs}/emulator.log")


def _describe(place: Place, issuer: Issuer, outputs: dict[str, str], key: dict[str, str]) -> Description:
    """What the outside may count on: see .local/stack.json in docs/local-stack.md."""
    return {
        "api_url": f"{place.url}/v1",
        "ws_url": f"ws://127.0.0.1:{place.port}/_aws/execute-api/{outputs['WebsocketAPIId']}/api",
        "endpoint_url": place.url,
        "playground_url": place.url + START,
        "region": REGION,
        "table": outputs["TableName"],
        "tokens": issuer.tokens(),
        "publishable_key": PUBLISHABLE_KEY,
        "credentials": key,
        "functions": {
            "connect_lookup": outputs["ConnectLookupArn"],
            "connect_save_facts": outputs["ConnectSaveFactsArn"],
        },
        "buckets": {
            "archive": outputs["ArchiveBucket"],
            "mail": outputs["MailBucket"],
            "connect": CONNECT_BUCKET,
        },
        "queues": {"inbox": outputs["InboxUrl"], "inbox_dead_letters": outputs["InboxDeadLettersUrl"]},
    }


def _insist_on_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotRun(f"port {port} is busy; choose another one: make run PORT={port + 10}") from error


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
