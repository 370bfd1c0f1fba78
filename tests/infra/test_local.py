"""The parts of the local stack that need no stack."""

import asyncio
import json
from pathlib import Path
from typing import Any

import jwt
import pytest

from infra.demo import NAMES, demo_customers
from infra.local.claim import AlreadyRunning, claim, holder
from infra.local.front_door import FrontDoor
from infra.local.issuer import AUDIENCE, JWKS_PATH, SUBJECTS, Issuer
from infra.local.trouble import Trouble
from infra.local.walkthrough import walkthrough
from infra.seed import CannotSeed, seed
from tests.settings import NOW

URL = "http://127.0.0.1:4510"


def test_the_issuer_keeps_its_key_and_mints_for_every_role(tmp_path: Path) -> None:
    """Given an issuer that was there before, when it mints, then its published key verifies the tokens."""
    published = Issuer(tmp_path, URL).documents()[JWKS_PATH]["keys"]
    tokens = Issuer(tmp_path, URL).tokens()
    assert set(tokens) == set(SUBJECTS)
    key = jwt.PyJWK(published[0])
    for role, token in tokens.items():
        claims = jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, issuer=URL)
        assert (claims["role"], claims["sub"]) == (role, SUBJECTS[role])
    assert (tmp_path / "issuer-key.pem").stat().st_mode & 0o077 == 0


def test_a_folder_has_one_holder(tmp_path: Path) -> None:
    """Given a folder that is held, when it is claimed, then the holder is named; afterwards it is free."""
    assert holder(tmp_path) is None
    with claim(tmp_path), pytest.raises(AlreadyRunning), claim(tmp_path):
        pass
    assert holder(tmp_path) is None


class Emulator:
    """Takes the requests that the front door lets through."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.at_once = self.most_at_once = 0

    async def __call__(self, scope: Any, _receive: Any, _send: Any) -> None:
        self.paths.append(scope["path"])
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.001)
        self.at_once -= 1


def _ask(door: FrontDoor, path: str, method: str = "POST", times: int = 1, **headers: str) -> list[Any]:
    sent: list[Any] = []
    encoded = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "headers": encoded}

    async def send(message: Any) -> None:
        sent.append(message)

    async def ask() -> None:
        await asyncio.gather(*(door(dict(scope), send, send) for _ in range(times)))  # type: ignore[arg-type]

    asyncio.run(ask())
    return sent


def test_the_api_is_at_v1() -> None:
    """Given the route of the API, when a path below /v1 is asked for, then the emulator gets it there."""
    emulator = Emulator()
    _ask(FrontDoor(emulator, {}, route="/_aws/execute-api/abc/api"), "/v1/contacts")
    assert emulator.paths == ["/_aws/execute-api/abc/api/v1/contacts"]


def test_before_the_deployment_the_api_says_so() -> None:
    """Given no route yet, when the API is asked, then it answers 503 and not something odd of the emulator's."""
    sent = _ask(FrontDoor(Emulator(), {}), "/v1/contacts")
    assert sent[0]["status"] == 503


def test_a_burst_waits_its_turn() -> None:
    """Given 32 calls at once, then only a few run at a time, and all of them do."""
    emulator = Emulator()
    door = FrontDoor(emulator, {}, route="/r", turns=asyncio.Semaphore(3))
    _ask(door, "/v1/contacts", times=32)
    assert (len(emulator.paths), emulator.most_at_once) == (32, 3)


@pytest.mark.parametrize(("says", "refused"), [("refuse\n", True), ("slow 0.01\n", False), (None, False)])
def test_trouble_with_the_table_is_as_the_file_says(tmp_path: Path, says: str | None, *, refused: bool) -> None:
    """Given what the file says, when DynamoDB and another are asked, then DynamoDB alone is in trouble."""
    emulator, file = Emulator(), tmp_path / "table-trouble"
    door = FrontDoor(emulator, {}, trouble=Trouble(file))
    if says:
        file.write_text(says)
    _ask(door, "/queue", x_amz_target="AmazonSQS.SendMessage")
    sent = _ask(door, "/table", x_amz_target="DynamoDB_20120810.GetItem")
    assert emulator.paths == ["/queue", *([] if refused else ["/table"])]
    assert [message["status"] for message in sent if "status" in message] == ([500] if refused else [])


@pytest.mark.parametrize(
    ("target", "method", "written", "reconfigured"),
    [
        ("DynamoDB_20120810.TransactWriteItems", "POST", True, False),
        ("DynamoDB_20120810.TransactGetItems", "POST", False, False),
        ("DynamoDB_20120810.GetItem", "POST", False, False),
        ("DynamoDB_20120810.Query", "POST", False, False),
        ("DynamoDB_20120810.CreateTable", "POST", True, False),
        ("", "PUT", False, True),
        ("", "GET", False, False),
    ],
)
def test_only_changes_ask_for_a_snapshot(*, target: str, method: str, written: bool, reconfigured: bool) -> None:
    """Given a request to the emulator, then the door knows whether anything may have changed."""
    door = FrontDoor(Emulator(), {})
    _ask(door, "/", method, x_amz_target=target)
    assert (door.written, door.reconfigured) == (written, reconfigured)


def test_documents_and_refusals_never_reach_the_emulator() -> None:
    """Given the issuer's documents and the emulator's switches, then the door answers by itself."""
    emulator = Emulator()
    door = FrontDoor(emulator, {"/.well-known/jwks.json": {"keys": []}})
    published = _ask(door, "/.well-known/jwks.json", "GET")
    refused = _ask(door, "/_ministack/reset")
    assert json.loads(published[1]["body"]) == {"keys": []}
    assert refused[0]["status"] == 404
    assert emulator.paths == []


def test_demo_customers_are_the_same_each_time() -> None:
    """Given the same moment, then the same people; their ids of events and calls are all different."""
    people = demo_customers(NOW)
    assert people == demo_customers(NOW)
    assert len(people) == len(NAMES) == 30
    ids = [interaction["source_event_id"] for person in people for interaction in person.interactions]
    assert len(ids) == len(set(ids)) > 90
    assert len({person.account for person in people}) == len(people)


def test_demo_history_lies_in_the_past() -> None:
    """Given the demo customers, then nothing that happened to them is still to come."""
    people = demo_customers(NOW)
    times = [interaction["occurred_at"] for person in people for interaction in person.interactions]
    times += [event["at"] for person in people if person.journey for event in person.journey["events"]]
    assert max(times) < NOW.isoformat()


def test_the_walk_through_leaves_nothing_to_fill_in() -> None:
    """Given a stack, when its walk-through is printed, then each command is whole."""
    text = walkthrough({"api_url": URL + "/v1", "playground_url": URL + "/playground/"}, ".local")
    commands = text.replace("\\\n", "").count("-m infra.call")
    assert commands == 6
    assert "{contact_id}" in text
    assert "{{" not in text


def test_seeding_a_stack_that_does_not_answer_is_one_clear_line(tmp_path: Path) -> None:
    """Given a stack that is gone, when it is to be seeded, then one line says so."""
    nobody = {"api_url": "http://127.0.0.1:9/v1", "tokens": {"ivr": "-", "agent": "-"}, "publishable_key": "-"}
    with pytest.raises(CannotSeed, match="was not answered") as refusal:
        seed(nobody, Issuer(tmp_path, URL))
    assert len(str(refusal.value).splitlines()) == 1


def test_a_socket_that_cannot_be_sent_to_keeps_nobody_waiting() -> None:
    """Given one turn, and a socket whose answer never gets through, when another says something, it is served."""

    async def story() -> list[str]:
        served: list[str] = []
        never = asyncio.Event()

        async def emulator(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            served.append(scope["path"])
            await send({"type": "websocket.send", "text": "answer"})

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.receive", "text": "{}"}

        async def send(_message: Any) -> None:
            await never.wait()

        door = FrontDoor(emulator, {}, turns=asyncio.Semaphore(1))
        sockets = [asyncio.create_task(door({"type": "websocket", "path": one}, receive, send)) for one in "ab"]
        await asyncio.sleep(0.01)
        never.set()
        await asyncio.gather(*sockets)
        return served

    assert asyncio.run(story()) == ["a", "b"]
