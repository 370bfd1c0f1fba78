"""`python -m infra.local run` and `python -m infra.local stop`; what make run and make stop call."""

import argparse
import json
import os
import signal
import sys
import time
from pathlib import Path

from infra.dependencies import CannotPackage
from infra.deploy import CannotDeploy
from infra.local.claim import AlreadyRunning, holder, is_alive
from infra.local.issuer import Issuer
from infra.local.place import CannotRun, Place
from infra.local.stack import Description, Stopped, run
from infra.local.walkthrough import walkthrough
from infra.seed import CannotSeed, seed

MOST_PORT = 65_535
DEFAULT_PORT = 4510
STOP_SECONDS = 30.0
# Of the developer's own cloud and network: nothing here may reach for it, nor be led astray by it.
FOREIGN = ("AWS_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "PYTHONPATH", "PYTHONHOME")


def _port(given: str) -> int:
    if not given.isdigit() or not 0 < int(given) <= MOST_PORT:
        raise argparse.ArgumentTypeError(f"{given} is not a port: choose one from 1024 to {MOST_PORT}")
    return int(given)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run Throughline on this machine.")
    parser.add_argument("command", choices=["run", "stop"])
    parser.add_argument("--port", type=_port, default=DEFAULT_PORT)
    parser.add_argument("--folder", type=Path, default=Path(".local"))
    parser.add_argument("--no-seed", action="store_true", help="start without demo customers")
    chosen = parser.parse_args()
    _forget_foreign_environment()
    if chosen.command == "stop":
        return _stop(chosen.folder)
    return _run(Place(chosen.port, chosen.folder), seeded=not chosen.no_seed)


def _run(place: Place, *, seeded: bool) -> int:
    def when_up(description: Description) -> None:
        if seeded and seed(description, Issuer(place.folder, place.url)):
            print("  demo customers are there now; they stay", flush=True)
        print(walkthrough(description, str(place.folder)), flush=True)

    try:
        run(place, when_up)
    except Stopped:
        print("stopped; the data stay in", place.folder)
        return 0
    except AlreadyRunning as other:
        print(f"already running at {_url(place)} (process {other.pid}); stop it with: make stop", file=sys.stderr)
    except (CannotRun, CannotPackage, CannotDeploy, CannotSeed) as reason:
        print(reason, file=sys.stderr)
    return 1


def _stop(folder: Path) -> int:
    pid = holder(folder)
    if not pid or not is_alive(pid):
        print("nothing is running here")
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while holder(folder) is not None:
        if time.monotonic() > deadline:
            print(f"process {pid} does not stop", file=sys.stderr)
            return 1
        time.sleep(0.1)
    print("stopped")
    return 0


def _url(place: Place) -> str:
    """Where the one that runs can be reached, as far as it has got."""
    try:
        url: str = json.loads(place.description.read_text())["api_url"]
    except FileNotFoundError:
        return "an address that it is still bringing up"
    return url


def _forget_foreign_environment() -> None:
    for name in list(os.environ):
        if name.upper().startswith(FOREIGN):
            del os.environ[name]


if __name__ == "__main__":
    sys.exit(main())
