"""A DynamoDB-compatible engine on this machine, for what moto is too slow for: scale, load, evaluation.

    with engine() as endpoint_url:
        ...  # `Item` is bound to an empty table there; every process that knows the URL may join

One binary, dynoxide (SQLite inside): flat to a million customers, right capacity figures. It keeps the
table in memory: a busy disk slows nothing down. It is fetched once by npm into .venv/engine. It has no TTL
deletion and no transaction conflicts of its own.
https://www.npmjs.com/package/@dynoxide/linux-x64
"""

import os
import platform
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chalicelib.models.items import Item

VERSION = "1.2.1"
TABLE, REGION = "throughline", "eu-west-1"
FOLDER = Path(__file__).parent.parent / ".venv" / "engine"
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
STARTS_WITHIN_SECONDS = 10.0
STOPS_WITHIN_SECONDS = 5.0
HOST = "127.0.0.1"
# The engine takes any credentials; a client must have some, and they must not be the developer's own.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_EC2_METADATA_DISABLED": "true"}


class NoEngine(Exception):
    """The engine can not be had here; the message says why and what to do."""


@contextmanager
def engine(*, stream: bool = False) -> Iterator[str]:
    """Runs an engine of one's own with an empty table, to which `Item` is bound; yields its URL.

    The stream is off unless asked for: with it every write gets slower as its records pile up.
    Everything is gone at the end. Raises `NoEngine`.
    """
    with (
        tempfile.TemporaryDirectory(prefix="throughline-engine-") as folder,
        _credentials(),
        _server(Path(folder)) as endpoint_url,
    ):
        Item.bind(TABLE, REGION, endpoint_url)
        create_table(stream=stream)
        yield endpoint_url


def executable(folder: Path = FOLDER) -> Path:
    """The engine's binary, fetched at the first call. Raises `NoEngine`."""
    name = package_for(platform.system(), platform.machine())
    home = folder / VERSION
    binary = home / "node_modules" / name / "dynoxide"
    if not binary.exists():
        _fetch(name, home)
    return binary


def package_for(system: str, machine: str) -> str:
    """The package with the binary for a machine. Raises `NoEngine`."""
    if system not in {"Linux", "Darwin"} or machine.lower() not in MACHINES:
        raise NoEngine(f"there is no engine for {system} on {machine}: it runs on Linux and macOS")
    return f"@dynoxide/{system.lower()}-{MACHINES[machine.lower()]}"


def _fetch(name: str, home: Path) -> None:
    """Installs the package beside its place and moves it there: two at the same time do not meet halfway."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoEngine("the engine is fetched by npm, which is not here: install Node.js 18 or newer")
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent) as scratch:
        tree = Path(scratch) / "tree"
        tree.mkdir()
        options = ["--prefix", str(tree), "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
        print(f"  fetching the engine {VERSION} (once, needs a network) …", flush=True)
        answer = subprocess.run(  # noqa: S603 - a command of our own
            [npm, "install", *options, "--loglevel=error", f"{name}@{VERSION}"],
            check=False,
            capture_output=True,
            text=True,
        )
        if answer.returncode:
            raise NoEngine(f"npm could not fetch {name} {VERSION}: {answer.stderr.strip()[-300:]}")
        with suppress(OSError):  # the other one was first: its tree is as good
            tree.rename(home)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    port = _free_port()
    url = f"http://{HOST}:{port}"
    command = [str(executable()), "serve", "--host", HOST, "--port", str(port)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - a command of our own
        try:
            _wait_for(process, url, folder / "log")
            yield url
        finally:
            _stop(process)


def _wait_for(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoEngine(f"the engine does not start: {log.read_text().strip()[-300:]}")
        time.sleep(0.02)


def _answers(url: str) -> bool:
    """Whether anything speaks HTTP there: an engine refuses a bare GET, and that is an answer."""
    no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        no_proxy.open(url, timeout=1).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOPS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def create_table(*, stream: bool = False) -> None:
    """Creates the table that `Item` declares, where `Item` is bound to. moto, too, slows down with a stream."""
    if stream:
        Item.create_table(wait=True)
        return
    declared = Item.Meta.stream_view_type
    # PynamoDB asks for a stream wherever the declaration has one, and has no switch for it
    del Item.Meta.stream_view_type
    try:
        Item.create_table(wait=True)
    finally:
        Item.Meta.stream_view_type = declared


@contextmanager
def _credentials() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in CREDENTIALS}
    os.environ.update(CREDENTIALS)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
