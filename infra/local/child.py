"""The emulator as a child process: started with its settings, told the route, stopped with us."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from infra.local.emulation import REGION
from infra.local.issuer import Issuer
from infra.local.place import CannotRun, Place, step

EMULATOR_PYTHON = Path(".venv/stack/bin/python")
START_SECONDS = 30.0
STOP_SECONDS = 20.0
# The emulator starts no service beside these; more of them start more slowly.
SERVICES = (
    "apigateway,cloudformation,cloudwatch,dynamodb,dynamodbstreams,events,iam,kms,lambda,logs,s3,sns,sqs,sts"
)


@contextmanager
def emulator(place: Place, issuer: Issuer, lock: TextIO) -> Iterator["subprocess.Popen[str]"]:
    """The emulator as a child. It stops when its standard input closes, whatever becomes of us."""
    place.logs.mkdir(exist_ok=True)
    shutil.rmtree(place.folder / "tmp", ignore_errors=True)  # unpacked functions of a stack that was killed
    place.trouble.unlink(missing_ok=True)  # left on by somebody: it would keep this one from coming up
    documents = place.folder / "issuer-documents.json"
    documents.write_text(json.dumps(issuer.documents()))
    with step("starting the emulated AWS"), (place.logs / "emulator.log").open("w") as log:
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
        "GATEWAY_PORT": str(place.port),
        "IOT_MTLS_ENABLED": "0",
        "ISSUER_DOCUMENTS": str(documents.resolve()),
        "LOG_FOLDER": str(place.logs.resolve()),
        "LOG_LEVEL": "WARNING",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "PLAYGROUND": str(place.playground.resolve()),
        "S3_DATA_DIR": str(objects),
        "S3_PERSIST": "1",
        "SERVICES": SERVICES,
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(state),
        "TABLE_TROUBLE": str(place.trouble.resolve()),
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


def show_route(child: "subprocess.Popen[str]", route: str) -> None:
    if child.stdin is not None:
        child.stdin.write(route + "\n")
        child.stdin.flush()


def _stop(child: "subprocess.Popen[str]") -> None:
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
