"""What tests stand on: the real store on moto, a clock that the test moves, a spy on every request."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import StringIO
from logging import StreamHandler
from typing import Any, TypeVar

import pytest
from chalice.test import Client
from hypothesis import settings
from moto import mock_aws

from chalicelib import audit, runtime
from chalicelib.models import connection
from chalicelib.models.connection import StoreConnection
from chalicelib.models.items import Item
from chalicelib.services.deps import Deps
from tests.document import Exchange, hold
from tests.fast_moto import create_table, hurry
from tests.provider import Provider, open_inbox
from tests.settings import NOW, SETTINGS
from tests.sockets import Sockets

# How long an example takes is the machine's business: a busy one fails no test.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
hurry()


@dataclass
class Clock:
    """A clock that stands still until the test moves it."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


class RecordingConnection(StoreConnection):
    """The real seam, which also remembers what was asked of it."""

    calls: list[tuple[str, dict[str, Any]]]

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        self.calls.append((operation_name, operation_kwargs))
        return super()._make_api_call(operation_name, operation_kwargs)


@dataclass
class Spy:
    """Every request to DynamoDB since `reset`."""

    connection: RecordingConnection

    def reset(self) -> None:
        self.connection.calls = []

    @property
    def operations(self) -> list[str]:
        return [name for name, _ in self.connection.calls]

    @property
    def reads(self) -> list[tuple[str, dict[str, Any]]]:
        return [(name, asked) for name, asked in self.connection.calls if name != "TransactWriteItems"]


@dataclass
class Reply:
    status: int
    json: Any
    headers: dict[str, str]


@dataclass
class Api:
    """The API as a caller of one role sees it. Every call is held against the API's document."""

    client: Client
    role: str = "ivr"
    headers: dict[str, str] = field(default_factory=dict)

    def as_(self, role: str) -> "Api":
        return Api(self.client, role)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"X-API-Key": f"{self.role}-key", "Content-Type": "application/json", **self.headers, **headers}
        response = self.client.http.request(method, f"/v1{path}", headers=sent, body=raw)
        text, got = response.body.decode(), dict(response.headers)
        reply = Reply(response.status_code, json.loads(text) if "json" in got["Content-Type"] else text, got)
        hold(Exchange(method, path, body, reply.status, reply.headers, reply.json))
        return reply

    def get(self, path: str, **headers: str) -> Reply:
        return self.call("GET", path, b"", **headers)

    def post(self, path: str, body: Any, **headers: str) -> Reply:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Reply:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str) -> Reply:
        return self.call("DELETE", path, b"")


@pytest.fixture(autouse=True)
def _aws_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")


@pytest.fixture
def hurried() -> None:
    """For a test of how long something takes: time passes as it does for a caller."""


@pytest.fixture(autouse=True)
def _unhurried(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no reason to give up on anybody."""
    if "hurried" not in request.fixturenames:
        monkeypatch.setattr(connection, "monotonic", lambda: 1.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def deps(clock: Clock) -> Iterator[Deps]:
    """The product on an empty table."""
    with mock_aws():
        deps = Deps(SETTINGS, now=clock)
        runtime.override(deps)
        create_table()
        yield deps


Seam = TypeVar("Seam", bound=StoreConnection)


def put_under(kind: type[Seam], deps: Deps, endpoint_url: str | None = None) -> Seam:
    """Puts another seam under all items."""
    table = Item.connection()
    seam = kind(region=deps.settings.region, host=endpoint_url)
    seam.add_meta_table(table.get_meta_table())
    table.connection = seam
    return seam


@pytest.fixture
def spy(deps: Deps) -> Spy:
    """Counts requests from here on."""
    spy = Spy(put_under(RecordingConnection, deps))
    spy.reset()
    return spy


@pytest.fixture
def client(deps: Deps) -> Iterator[Client]:
    assert deps is runtime.get_deps()
    from app import app

    with Client(app) as client:
        yield client


@pytest.fixture
def sockets(client: Client) -> Sockets:
    """Connections to the chat, as those of browsers and of agents' screens."""
    return Sockets(client)


@pytest.fixture
def ivr(client: Client) -> Api:
    return Api(client, "ivr")


@pytest.fixture
def agent(client: Client) -> Api:
    return Api(client, "agent")


@pytest.fixture
def provider(client: Client) -> Provider:
    """A provider, with an archive and an inbox to send to."""
    open_inbox()
    return Provider(client)


@pytest.fixture
def trail() -> Iterator[StringIO]:
    """The audit stream, formatted as it is in Lambda."""
    written = StringIO()
    handler = StreamHandler(written)
    handler.setFormatter(audit.log.registered_formatter)
    audit.log.addHandler(handler)
    yield written
    audit.log.handlers.remove(handler)
