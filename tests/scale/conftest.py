"""A table as large as it gets, on an engine that reports capacity as DynamoDB does."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib import runtime
from chalicelib.models import changes, keys, store
from chalicelib.models.connection import StoreConnection
from chalicelib.models.identifiers import normalise
from chalicelib.models.items import Contact, IdentifierHead, Interaction, Profile
from chalicelib.models.requests.cases import OpenCase
from chalicelib.models.requests.contacts import StartContact
from chalicelib.models.requests.facts import SaveFacts
from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.grouping import MOST_MEMBERS
from chalicelib.services.cases import cases
from chalicelib.services.contacts import capture, contacts
from chalicelib.services.deps import Deps
from chalicelib.services.facts import facts
from infra.engine import REGION, TABLE, engine
from tests.conftest import Clock, put_under
from tests.factories import a_contact
from tests.factories import facts as some_facts
from tests.scale.bulk import Stored, write
from tests.settings import NOW

IVR = Caller(Role.IVR, "ivr-1")
CROWD = "+441632960999"
OWNERS = 50_000
CUSTOMERS = 10_000
LONG = 100_000
SHORT = 10
SEEN = 100
FULL_ENTRY = 1_000
"""Bytes of an entry on the timeline: as large as they get. Of a long history the newest `SEEN` are."""
MEMBERS = tuple(f"member_{number}" for number in range(MOST_MEMBERS))


@dataclass
class Measured:
    """Requests of one operation: names, capacity units, and whether each read was consistent."""

    operations: list[str] = field(default_factory=list)
    units: list[float] = field(default_factory=list)
    consistent: bool = True
    spans: list[tuple[float, float]] = field(default_factory=list)

    @property
    def round_trips(self) -> int:
        """How many followed one another: those that overlap are one."""
        trips, over = 0, 0.0
        for began, ended in sorted(self.spans):
            trips += began >= over
            over = ended if began >= over else over
        return trips


class Metering(StoreConnection):
    """The real seam, which also meters. With some `latency` it is seen what is asked at the same time."""

    measured: Measured
    latency = 0.0

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        began = time.monotonic()
        time.sleep(self.latency)
        answer = super()._make_api_call(operation_name, operation_kwargs)
        self.measured.spans.append((began, time.monotonic()))
        self.measured.operations.append(operation_name)
        capacity = answer.get("ConsumedCapacity", [])
        listed = capacity if isinstance(capacity, list) else [capacity]
        self.measured.units.append(sum(one["CapacityUnits"] for one in listed))
        if operation_name in {"GetItem", "Query"}:
            self.measured.consistent &= operation_kwargs["ConsistentRead"]
        return answer


@dataclass
class World:
    """The product on the large table, and the customers of whom tests ask."""

    deps: Deps
    meter: Metering
    endpoint_url: str
    phones: dict[str, str] = field(default_factory=dict)
    contact_ids: dict[str, str] = field(default_factory=dict)
    customer_ids: dict[str, str] = field(default_factory=dict)

    def measure(self, *, latency: float = 0.0) -> Measured:
        """Begins to meter anew."""
        self.meter.measured, self.meter.latency = Measured(), latency
        return self.meter.measured


def parse(model: Any, body: dict[str, Any]) -> Any:
    return model.model_validate_json(json.dumps(body))


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with engine() as endpoint_url:
        from tests.settings import SETTINGS

        deps = Deps(
            type(SETTINGS)(table_name=TABLE, stage="local", region=REGION, dynamodb_endpoint=endpoint_url),
            now=Clock(),
        )
        runtime.override(deps)
        made = World(deps, put_under(Metering, deps, endpoint_url), endpoint_url)
        made.measure()
        _fill(made)
        yield made


def _fill(world: World) -> None:
    short = ("short", "short_too", "many_cases", "many_changes", *MEMBERS)
    for name, entries in (*((name, SHORT) for name in short), ("long", LONG), ("long_too", LONG)):
        write(world.endpoint_url, _history(_customer(world, name).customer_id, entries))
    _many_cases(world)
    _many_changes(world)
    write(world.endpoint_url, _crowd())
    write(world.endpoint_url, _others())


def _customer(world: World, name: str) -> Contact:
    world.phones[name] = f"+447700901{len(world.phones):03d}"
    request = parse(StartContact, a_contact(world.phones[name]))
    now, _created = contacts.start_contact(world.deps, IVR, request, "c")
    assert now.contact
    world.contact_ids[name], world.customer_ids[name] = now.contact.contact_id, now.contact.customer_id
    return now.contact


def _history(customer_id: str, entries: int) -> Iterable[Stored]:
    """Entries as large as they get, newest last; what is so far down that nobody looks at it is small."""
    small = _entry(customer_id, 0, text="").serialize()
    for number in range(entries - SEEN):
        interaction_id, occurred_at = _when(customer_id, number)
        yield small | {
            "SK": {"S": keys.timeline(occurred_at, interaction_id)},
            "interaction_id": {"S": interaction_id},
        }
    for number in range(max(entries - SEEN, 0), entries):
        yield _entry(customer_id, number, text="t" * (FULL_ENTRY - 480)).serialize()


def _when(customer_id: str, number: int) -> tuple[str, datetime]:
    at = NOW - timedelta(days=400) + timedelta(minutes=number)
    return keys.derived_id("scale", customer_id, str(number)), at


def _entry(customer_id: str, number: int, text: str) -> Interaction:
    interaction_id, occurred_at = _when(customer_id, number)
    return Interaction(
        PK=keys.customer(customer_id),
        SK=keys.timeline(occurred_at, interaction_id),
        interaction_id=interaction_id,
        channel="email",
        direction="inbound",
        event_kind="message",
        occurred_at=occurred_at,
        source="scale",
        subject=text[:100],
        body=text,
        attributes={},
    )


def _many_cases(world: World) -> None:
    contact = store.get_contact(world.contact_ids["many_cases"])
    for number in range(40):
        cases.open_case(world.deps, IVR, contact.customer_id, parse(OpenCase, {"subject": f"Case {number}"}))


def _many_changes(world: World) -> None:
    for number in range(200):
        body = some_facts(order_number=f"N{number}", reason=f"reason {number}", postcode=f"EC{number} 1AA")
        facts.save_facts(world.deps, IVR, world.contact_ids["many_changes"], parse(SaveFacts, body))


def _crowd() -> Iterable[Stored]:
    """An identifier that very many are known by."""
    identifier = normalise("phone", CROWD)
    partition = keys.identifier(*identifier.key)
    yield IdentifierHead(PK=partition, SK=keys.IDENTIFIER_HEAD, version=OWNERS, owners=OWNERS).serialize()
    for number in range(OWNERS):
        yield changes.new_owner(identifier, f"CROWD{number:021d}", NOW, verified=False).serialize()


def _others() -> Iterable[Stored]:
    """Customers who only make the table large."""
    for number in range(CUSTOMERS):
        customer_id = f"OTHER{number:021d}"
        identifier = normalise("account", f"O{number}")
        partition = keys.identifier(*identifier.key)
        yield IdentifierHead(PK=partition, SK=keys.IDENTIFIER_HEAD, version=1, owners=1).serialize()
        yield changes.new_owner(identifier, customer_id, NOW, verified=True).serialize()
        yield Profile(
            PK=keys.customer(customer_id),
            SK=keys.PROFILE,
            customer_id=customer_id,
            created_at=NOW,
            updated_at=NOW,
        ).serialize()


def capture_once(world: World, phone: str, event_id: str) -> None:
    body = {
        "channel": "sms",
        "from": {"type": "phone", "value": phone},
        "occurred_at": "2026-11-22T08:00:00Z",
        "source": "scale",
        "source_event_id": event_id,
        "kind": "message",
        "body": "Where is my order?",
    }
    capture.capture(world.deps, IVR, parse(CaptureInteraction, body), "c")
