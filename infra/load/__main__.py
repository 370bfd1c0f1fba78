"""`python -m infra.load`: plays the hour, reports, and checks that nothing was lost or doubled."""
# ruff: noqa: E402 - what must come first is said below

from gevent import monkey

# Before anything opens a socket: locust plays many people in one thread.
monkey.patch_all()

import argparse
import json
import secrets
import sys
from pathlib import Path

import httpx

from infra.load.centre import Centre, open_centre
from infra.load.check import check
from infra.load.hour import play
from infra.load.ledger import Json
from infra.load.record import Reader
from infra.load.report import errors, failures, report
from infra.local.issuer import Issuer
from infra.patience import ComingAgain

LONGEST = 3600
KNOWN = 12
"""Customers whom the business knows before the hour begins."""
HERE = "http://127.0.0.1:"
SHOWN = 10


def main() -> int:
    parser = argparse.ArgumentParser(description="Play a contact centre's hour against the running local stack.")
    parser.add_argument("--seconds", type=int, default=60, help=f"how long it lasts, at most {LONGEST}")
    parser.add_argument("--folder", type=Path, default=Path(".local"), help="of the running stack")
    parser.add_argument(
        "--run", default=f"load-{secrets.token_hex(4)}", help="its name: another one, other people"
    )
    chosen = parser.parse_args()
    try:
        stack = _stack(chosen.folder)
        centre = open_centre(stack, Issuer(chosen.folder, stack["endpoint_url"]), chosen.run, KNOWN)
        _register(centre)
        return _play_and_check(centre, min(max(chosen.seconds, 1), LONGEST))
    except KeyboardInterrupt:
        print("stopped; nothing was checked", file=sys.stderr)
    except (FileNotFoundError, httpx.ConnectError):
        print("the local stack is not running; start it with: make run", file=sys.stderr)
    except httpx.HTTPError as error:
        print(f"the stack could not be asked: {error}", file=sys.stderr)
    return 1


def _stack(folder: Path) -> Json:
    stack: Json = json.loads((folder / "stack.json").read_text())
    if not stack["endpoint_url"].startswith(HERE):
        raise SystemExit("this plays against 127.0.0.1 only")
    return stack


def _register(centre: Centre) -> None:
    """The customers that are known: with a number, an address and the business's own account."""
    headers = {"Authorization": f"Bearer {centre.stack['tokens']['agent']}"}
    url, patient = centre.stack["api_url"], ComingAgain()
    with httpx.Client(base_url=url, headers=headers, timeout=60, transport=patient) as desk:
        for person in centre.known:
            found = desk.get("/customers", params={"identifier_type": "account", "identifier": person.account})
            if not found.raise_for_status().json()["items"]:
                identifiers = {"phone": person.phone, "email": person.email, "account": person.account}
                known_by = [
                    {"type": type_, "value": value, "verified": True} for type_, value in identifiers.items()
                ]
                desk.post("/customers", json={"name": person.name, "identifiers": known_by}).raise_for_status()


def _play_and_check(centre: Centre, seconds: int) -> int:
    print(f"a contact centre's hour in {seconds} s ({centre.ledger.run}) ...", flush=True)
    environment = play(centre, seconds)
    print(report(environment), flush=True)
    ledger = centre.ledger
    wrong = check(ledger, Reader(centre.stack, ledger.run))
    print(
        f"{len(ledger.accounts)} people, {ledger.interactions} interactions, {ledger.facts} facts:",
        f"{len(wrong)} WRONG" if wrong else "nothing lost, nothing doubled, counters right",
    )
    for line in wrong[:SHOWN]:
        print(" ", line)
    return 1 if wrong or failures(errors(environment)) or not ledger.interactions else 0


if __name__ == "__main__":
    sys.exit(main())
