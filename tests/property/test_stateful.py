"""Several customers at once, over the API: what is sent comes twice, late and shuffled.

The model is a set of what has been delivered. What the record must be is computed from that set, so
the order of delivery cannot matter to it; the record is read back from the table as content.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from chalicelib.models import keys, store
from chalicelib.models.identifiers import normalise
from chalicelib.runtime import get_deps
from chalicelib.services.contacts.contacts import contact_id_for
from chalicelib.services.contacts.follow import follow_contact
from tests.conftest import Reply
from tests.faults.world import World, a_world

THOROUGH = bool(os.environ.get("THOROUGH"))
BOUNDED = settings(
    max_examples=200 if THOROUGH else 12,
    stateful_step_count=50 if THOROUGH else 25,
    derandomize=not THOROUGH,  # the same examples each time; looking for new ones is for the thorough run
    suppress_health_check=list(HealthCheck),
)
BEGAN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

OWN = ("+447700900001", "+447700900002")
SHARED, WITHHELD = "+441632960001", "anonymous"
ACCOUNTS = {"Ada": "A1", "Bob": "B2"}
"""Both are known by the shared number, too."""
VALUES = {
    "product": ("Fibre 50", "Fibre 100"),
    "order_number": ("11", "22", "33"),
    "account_number": tuple(ACCOUNTS.values()),
}


SELDOM = st.sampled_from([False, False, True])
MOST_CONTACTS = 3
"""Few, so that much happens on each; fewer than are shown in the head of a customer."""


@dataclass(frozen=True)
class Sent:
    """A request. `number` makes it and its time unlike any other."""

    number: int
    minute: int

    @property
    def at(self) -> str:
        return (BEGAN + timedelta(minutes=self.minute, seconds=self.number)).isoformat()


@dataclass(frozen=True)
class Start(Sent):
    caller: str

    @property
    def contact_id(self) -> str:
        return contact_id_for("test", f"call-{self.number}")

    def send(self, world: World) -> Reply:
        body = {
            "channel": "voice",
            "provider": "test",
            "provider_contact_id": f"call-{self.number}",
            "from": {"type": "phone", "value": self.caller},
            "started_at": self.at,
        }
        return world.as_("ivr").post("/contacts", body)


@dataclass(frozen=True)
class OnContact(Sent):
    contact: Start


@dataclass(frozen=True)
class Say(OnContact):
    fact: str
    value: str

    def send(self, world: World) -> Reply:
        said = {self.fact: {"value": self.value, "source": "ivr", "collected_at": self.at}}
        return world.as_("ivr").patch(f"/contacts/{self.contact.contact_id}/facts", {"facts": said})


@dataclass(frozen=True)
class End(OnContact):
    def send(self, world: World) -> Reply:
        return world.as_("ivr").post(f"/contacts/{self.contact.contact_id}/end", {"summary": "Done"})


@dataclass(frozen=True)
class Write(Sent):
    """A message: on a contact, or from a number."""

    contact: Start | None
    sender: str

    def send(self, world: World) -> Reply:
        whose = (
            {"contact_id": self.contact.contact_id}
            if self.contact
            else {"from": {"type": "phone", "value": self.sender}}
        )
        body = {
            "channel": "sms",
            "occurred_at": self.at,
            "source": "test",
            "source_event_id": f"event-{self.number}",
            "kind": "message",
            "body": f"Message {self.number}",
        }
        return world.as_("ivr").post("/interactions", body | whose)


Request = Start | Say | End | Write


@dataclass
class Model:
    """What has been delivered, and what follows from it."""

    delivered: set[Request] = field(default_factory=set)

    def all(self, kind: type[Any], contact: Start | None = None) -> list[Any]:
        found = (one for one in self.delivered if isinstance(one, kind))
        return [one for one in found if contact is None or one.contact == contact]

    def can_take(self, request: Request) -> bool:
        """What is sent on a contact that has not begun finds none."""
        contact = None if isinstance(request, Start) else request.contact
        return contact is None or contact in self.delivered

    def owner(self, contact: Start) -> str | None:
        """The account number that was said last is whose it is, else whose number it is."""
        said = [one for one in self.all(Say, contact) if one.fact == "account_number"]
        if said:
            last = max(said, key=lambda one: one.at).value
            return next(name for name, account in ACCOUNTS.items() if account == last)
        return contact.caller if contact.caller in OWN else None

    def owner_of(self, message: Write) -> str | None:
        if message.contact:
            return self.owner(message.contact)
        return message.sender if message.sender in OWN else None

    def people(self) -> set[str]:
        seen = {one.caller for one in self.all(Start)} | {one.sender for one in self.all(Write) if not one.contact}
        return set(ACCOUNTS) | (seen & set(OWN))

    def contacts_of(self, who: str | None) -> list[Start]:
        return [contact for contact in self.all(Start) if self.owner(contact) == who]

    def record_of(self, who: str) -> dict[str, Any]:
        mine = self.contacts_of(who)
        ended = {one.contact for one in self.all(End)}
        live = {contact.contact_id for contact in mine if contact not in ended}
        said = sorted((one for one in self.all(Say) if one.contact in mine), key=lambda one: one.at)
        messages = {f"Message {one.number}" for one in self.all(Write) if self.owner_of(one) == who}
        return {
            "facts": {one.fact: one.value for one in said},
            "earlier": {
                name: {one.value for one in said if one.fact == name} for name in {one.fact for one in said}
            },
            "live": live,
            "count": len(live),
            "past": {contact.contact_id for contact in mine if contact in ended},
            "timeline": messages | {f"ended {contact.contact_id}" for contact in mine if contact in ended},
            "identifiers": {who} if who in OWN else {SHARED, ACCOUNTS[who]},
        }


class Delivery(RuleBasedStateMachine):
    """Sends, repeats, and holds back."""

    world: World
    empty: Callable[[], None]

    def __init__(self) -> None:
        super().__init__()
        self.empty()
        self.model = Model()
        self.held: list[Request] = []
        self.began: list[Start] = []
        self.stream: list[tuple[str, str | None]] = []
        self.number = 0
        for name, account in ACCOUNTS.items():
            listed = [{"type": "phone", "value": SHARED}, {"type": "account", "value": account}]
            made = self.world.as_("agent").post("/customers", {"name": name, "identifiers": listed})
            assert made.status == 201

    def new(self) -> int:
        self.number += 1
        return self.number

    @precondition(lambda self: len(self.began) < MOST_CONTACTS)
    @rule(caller=st.sampled_from([*OWN, SHARED, WITHHELD]), minute=st.integers(0, 5), late=SELDOM)
    def start(self, caller: str, minute: int, *, late: bool) -> None:
        start = Start(self.new(), minute, caller)
        self.began.append(start)
        self.hand_in(start, late=late)

    @precondition(lambda self: self.began)
    @rule(data=st.data(), fact=st.sampled_from(sorted(VALUES)), minute=st.integers(0, 5), late=SELDOM)
    def say(self, data: st.DataObject, fact: str, minute: int, *, late: bool) -> None:
        contact, value = data.draw(st.sampled_from(self.began)), data.draw(st.sampled_from(VALUES[fact]))
        self.hand_in(Say(self.new(), minute, contact, fact, value), late=late)

    @precondition(lambda self: self.began)
    @rule(data=st.data(), who=st.sampled_from(sorted(ACCOUNTS)), minute=st.integers(0, 5), late=SELDOM)
    def say_who_it_is(self, data: st.DataObject, who: str, minute: int, *, late: bool) -> None:
        contact = data.draw(st.sampled_from(self.began))
        self.hand_in(Say(self.new(), minute, contact, "account_number", ACCOUNTS[who]), late=late)

    @precondition(lambda self: self.began)
    @rule(data=st.data(), minute=st.integers(0, 5), late=SELDOM)
    def write_on_a_contact(self, data: st.DataObject, minute: int, *, late: bool) -> None:
        contact = data.draw(st.sampled_from(self.began))
        self.hand_in(Write(self.new(), minute, contact, contact.caller), late=late)

    @rule(sender=st.sampled_from([*OWN, SHARED]), minute=st.integers(0, 5), late=SELDOM)
    def write(self, sender: str, minute: int, *, late: bool) -> None:
        self.hand_in(Write(self.new(), minute, None, sender), late=late)

    @precondition(lambda self: self.began)
    @rule(data=st.data(), late=SELDOM)
    def end(self, data: st.DataObject, *, late: bool) -> None:
        self.hand_in(End(0, 0, data.draw(st.sampled_from(self.began))), late=late)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def deliver_late(self, data: st.DataObject) -> None:
        self.deliver(self.held.pop(data.draw(st.integers(0, len(self.held) - 1))))

    @precondition(lambda self: self.model.delivered)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        again = sorted(self.model.delivered, key=repr)
        self.deliver(data.draw(st.sampled_from(again)))

    @precondition(lambda self: self.stream)
    @rule(twice=st.booleans())
    def read_the_stream(self, *, twice: bool) -> None:
        contact_id, left = self.stream.pop(0)
        for _ in range(2 if twice else 1):
            follow_contact(get_deps(), contact_id, left)

    def hand_in(self, request: Request, *, late: bool) -> None:
        if late:
            self.held.append(request)
        else:
            self.deliver(request)

    def deliver(self, request: Request) -> None:
        contact = None if isinstance(request, Start) else request.contact
        before = contact and store.find_contact(contact.contact_id)
        self.world.clock.forward(seconds=1)
        reply = request.send(self.world)
        if not self.model.can_take(request):
            assert reply.status in {404, 422}, reply
            self.held.append(request)
            return
        assert reply.status in {200, 201}, reply
        assert reply.status == 200 or request not in self.model.delivered
        self.model.delivered.add(request)
        after = before and store.get_contact(before.contact_id)
        if before and after and after.customer_id != before.customer_id:
            self.stream.append((before.contact_id, before.customer_id))

    def teardown(self) -> None:
        held, self.held = self.held, []
        for request in sorted(held, key=lambda one: not isinstance(one, Start)):
            self.deliver(request)
        for contact_id, left in self.stream:
            follow_contact(get_deps(), contact_id, left)
        ids = {who: self.customer_of(who) for who in self.model.people()}
        for contact in self.model.all(Start):
            stored = store.get_contact(contact.contact_id)
            owner = self.model.owner(contact)
            assert stored.customer_id == (ids[owner] if owner else None), contact
        for who, customer_id in ids.items():
            assert self.record_of(customer_id) == self.model.record_of(who), who

    @staticmethod
    def customer_of(who: str) -> str:
        value = ("phone", who) if who in OWN else ("account", ACCOUNTS[who])
        (owner,) = store.find_owners(normalise(*value)).owners
        return str(owner.customer_id)

    def record_of(self, customer_id: str) -> dict[str, Any]:
        """What is in the customer's collection, as content."""
        head = store.get_customer(customer_id)
        facts = self.world.as_("agent").get(f"/customers/{customer_id}/facts").json["facts"]
        past = store.list_band(keys.customer(customer_id), keys.PAST_CONTACTS, limit=100).items
        return {
            "facts": {name: fact["value"] for name, fact in facts.items()},
            "earlier": {
                name: {fact["value"], *(old["value"] for old in fact["earlier"])} for name, fact in facts.items()
            },
            "live": {contact.contact_id for contact in head.contacts},
            "count": head.profile.live_contacts,
            "past": {contact.contact_id for contact in past},
            "timeline": {
                f"ended {entry.contact_id}" if entry.event_kind == "contact" else entry.body
                for entry in head.timeline
            },
            "identifiers": {identifier["value"] for identifier in head.profile.identifiers},
        }


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


def test_the_record_follows_from_what_was_delivered_whenever_it_came(world: World) -> None:
    class InThisWorld(Delivery):
        empty = staticmethod(world.now_and_then())

    InThisWorld.world = world
    run_state_machine_as_test(InThisWorld, settings=BOUNDED)
