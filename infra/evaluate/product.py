"""The product as its callers meet it: the API in this process, on an engine of its own, by roles."""

import io
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any, cast

from chalice.test import Client, HTTPResponse

from chalicelib import audit, runtime
from chalicelib.models import keys
from chalicelib.models.connection import StoreConnection
from chalicelib.models.items import Item
from chalicelib.observability import logger
from chalicelib.rules.access import Role
from chalicelib.services.contacts import late
from chalicelib.services.contacts.follow import follow_contact
from chalicelib.services.deps import Deps, Post
from chalicelib.services.identity.recognition import index_customer
from chalicelib.settings import ApiKey, Settings
from infra.engine import REGION, TABLE, engine

TRIES, PAUSE_SECONDS = 8, 0.25
"""The API says 503, and a flow is answered `unavailable`, where the engine was slow: come again, each time later.

A machine that is busy is not a result."""

Json = dict[str, Any]
Store = Callable[[], AbstractContextManager[str | None]]
"""Makes an empty table and says where it is (None: wherever AWS is)."""


class Refused(Exception):
    """The product did not take something that it should; the message says what it answered."""


@dataclass
class Clock:
    """The product's clock, moved to when each thing happened, so that what was known then is known then."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.at


class Noticing(StoreConnection):
    """The real seam, which also notices what changed: there is no stream to tell."""

    changed: dict[str, None]
    whose: dict[str, str | None]
    moved: list[tuple[str, str | None]]
    over: set[str]
    told: dict[str, None]

    def take_changed(self) -> list[str]:
        """Whose profile or facts were written since it was last asked."""
        changed, self.changed = list(self.changed), {}
        return changed

    def take_moved(self) -> list[tuple[str, str | None]]:
        """The contacts that changed their customer since, and with whom each was before."""
        moved, self.moved = self.moved, []
        return moved

    def take_told(self) -> list[str]:
        """The contacts that were over before something was told of them since."""
        told, self.told = list(self.told), {}
        return told

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        answer = super()._make_api_call(operation_name, operation_kwargs)
        for action in operation_kwargs.get("TransactItems", []):
            ((_, written),) = action.items()
            key = written.get("Item") or written.get("Key")
            if key["SK"]["S"] in {keys.PROFILE, keys.FACTS}:
                self.changed[key["PK"]["S"].removeprefix("C#")] = None
            contact_id = keys.contact_of(key["PK"]["S"])
            if contact_id and key["SK"]["S"] == keys.CONTACT:
                self._notice_contact(contact_id, written.get("Item"))
        return answer

    def _notice_contact(self, contact_id: str, item: dict[str, Any] | None) -> None:
        if contact_id in self.over:
            self.told[contact_id] = None
        if item is None:
            return
        if item["status"]["S"] == "ended":
            self.over.add(contact_id)
        customer_id = item.get("customer_id", {}).get("S")
        before = self.whose.setdefault(contact_id, customer_id)
        if before != customer_id:
            self.moved.append((contact_id, before))
            self.whose[contact_id] = customer_id


def _notice(endpoint_url: str | None) -> Noticing:
    table = Item.connection()
    line = Noticing(region=REGION, host=endpoint_url)
    line.changed, line.whose, line.moved = {}, {}, []
    line.over, line.told = set(), {}
    line.add_meta_table(table.get_meta_table())
    table.connection = line
    return line


@dataclass
class Product:
    """Calls go through routing, authentication, validation and access like anybody's."""

    client: Client
    clock: Clock
    keys: dict[str, str]
    line: Noticing

    def call(
        self, role: str, method: str, path: str, body: Json | None = None, *, version: int | None = None
    ) -> Json:
        """Raises `Refused` unless the answer is one of success. `version`: of what is changed."""
        headers = {"X-API-Key": self.keys[role], "Content-Type": "application/json"}
        headers |= {} if version is None else {"If-Match": f'"{version}"'}
        raw = json.dumps(body).encode() if body is not None else b""
        return cast(Json, json.loads(self.send(method, path, headers, raw).body))

    def send(self, method: str, path: str, headers: dict[str, str], raw: bytes) -> HTTPResponse:
        """A request as it stands. Raises `Refused` unless the answer is one of success."""
        for attempt in range(TRIES):
            with _without_metrics():
                answer = self.client.http.request(method, f"/v1{path}", headers=headers, body=raw)
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            time.sleep(PAUSE_SECONDS * (attempt + 1))
        self._follow_stream()
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise Refused(f"{method} {path} was answered with {answer.status_code}: {answer.body.decode()[:500]}")
        return answer

    def invoke(self, function: str, event: Any) -> Json:
        """Calls a Lambda function as AWS would; again where it gave up on a slow engine."""
        for attempt in range(TRIES):
            with _without_metrics():
                answer = cast(Json, self.client.lambda_.invoke(function, event).payload or {})
            if answer.get("reason") != "unavailable":
                break
            time.sleep(PAUSE_SECONDS * (attempt + 1))
        self._follow_stream()
        return answer

    def _follow_stream(self) -> None:
        """Does what the table's stream has done."""
        for customer_id in self.line.take_changed():
            index_customer(runtime.get_deps(), customer_id)
        for contact_id, before in self.line.take_moved():
            follow_contact(runtime.get_deps(), contact_id, before)
        for contact_id in self.line.take_told():
            late.catch_up(runtime.get_deps(), contact_id)


def _without_metrics() -> redirect_stdout[io.StringIO]:
    """CloudWatch reads metrics off standard output; here they would drown the report."""
    return redirect_stdout(io.StringIO())


@contextmanager
def product(store: Store = engine, *, post: Post | None = None, **more: Any) -> Iterator[Product]:
    """A product with nothing in it; `more` are settings of it. Only crashes are logged. Raises `NoEngine`."""
    api_keys = {str(role): secrets.token_urlsafe(16) for role in Role}
    with store() as endpoint_url, _only_crashes_logged():
        settings = Settings(
            table_name=TABLE,
            stage="local",
            region=REGION,
            dynamodb_endpoint=endpoint_url,
            api_keys={
                sha256(key.encode()).hexdigest(): ApiKey(f"{role}-1", role) for role, key in api_keys.items()
            },
            default_region="GB",
            **more,
        )
        clock = Clock()
        runtime.override(Deps(settings, now=clock, post=post) if post else Deps(settings, now=clock))
        from app import app

        with Client(app) as client:
            yield Product(client, clock, api_keys, _notice(endpoint_url))


@contextmanager
def _only_crashes_logged() -> Iterator[None]:
    streams = (logger, audit.log)
    before = [stream.log_level for stream in streams]
    for stream in streams:
        stream.setLevel("ERROR")
    try:
        yield
    finally:
        for stream, level in zip(streams, before, strict=True):
            stream.setLevel(level)
