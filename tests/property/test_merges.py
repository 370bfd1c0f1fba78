"""Records of one person: merged, used, and undone, in any order, over the API.

The model has no merged records: it has what came to each record, in the order in which it came, and the
merges that hold. What is read of a person is computed from both; what is stored of a record, from the
first alone. So whatever is undone gives the records back, with what came for each meanwhile.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from chalicelib.models import keys, store
from tests.conftest import Reply
from tests.faults.world import World, a_world
from tests.settings import NOW

THOROUGH = bool(os.environ.get("THOROUGH"))
BOUNDED = settings(
    max_examples=200 if THOROUGH else 8,
    stateful_step_count=60 if THOROUGH else 25,
    derandomize=not THOROUGH,
    suppress_health_check=list(HealthCheck),
)

PEOPLE = range(4)
OWN = [f"+44770090000{number}" for number in PEOPLE]
SPARE = ["+447700900011", "+447700900012"]
WHO = st.sampled_from(PEOPLE)
FACTS = {"product": ("Fibre 50", "Fibre 100"), "order_number": ("11", "22", "33")}
MOST_CONTACTS, MOST_CASES = 4, 4
"""Fewer than are shown in the head of a customer."""


@dataclass
class Given:
    """A consent, and when it was given or withdrawn: by the count of what happened."""

    value: bool
    at: int


@dataclass
class One:
    """What came to one record."""

    name: str | None
    language: str | None
    consent: dict[str, Given]
    numbers: list[str]
    said: list[tuple[int, str, str]] = field(default_factory=list)
    live: set[str] = field(default_factory=set)
    past: set[str] = field(default_factory=set)
    timeline: set[str] = field(default_factory=set)
    cases: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "language": self.language,
            "consent": {purpose: given.value for purpose, given in self.consent.items()},
            "numbers": set(self.numbers),
            "live": (self.live, len(self.live)),
            "past": self.past,
            "timeline": self.timeline,
            "cases": self.cases,
            "open": sum(status == "open" for status in self.cases.values()),
            **facts_of([self]),
        }


@dataclass
class Edge:
    merge_id: str
    kept: int
    joined: int
    at: int


def facts_of(ones: list[One]) -> dict[str, Any]:
    said = sorted(one for each in ones for one in each.said)
    names = {name for _, name, _ in said}
    return {
        "facts": {name: value for _, name, value in said},
        "values": {name: {value for _, other, value in said if other == name} for name in names},
    }


class Merging(RuleBasedStateMachine):
    """Merges and undoes, while life goes on for all."""

    world: World
    empty: Callable[[], None]

    def __init__(self) -> None:
        super().__init__()
        self.empty()
        self.agent, self.ivr = self.world.as_("agent"), self.world.as_("ivr")
        self.count = 0
        self.ones: list[One] = []
        self.ids: list[str] = []
        self.edges: list[Edge] = []
        self.undone: list[str] = []
        self.contacts: dict[str, int] = {}
        self.etags: dict[int, tuple[int, Any]] = {}

    @initialize(consents=st.lists(st.sampled_from([None, True, False]), min_size=4, max_size=4))
    def begin(self, consents: list[bool | None]) -> None:
        for who in PEOPLE:
            at = self.tick()
            given = {} if consents[who] is None else {"calls": consents[who]}
            body = {
                "name": f"Person {who}" if who != 2 else None,
                "language": "fr" if who % 2 else None,
                "consent": given,
                "identifiers": [{"type": "phone", "value": OWN[who], "verified": True}],
            }
            self.ids.append(self.done(self.agent.post("/customers", body)).json["customer_id"])
            consent = {purpose: Given(bool(value), at) for purpose, value in given.items()}
            self.ones.append(One(body["name"], body["language"], consent, [OWN[who]]))  # type: ignore[arg-type]

    def tick(self) -> int:
        """What happens next happens later: the time is the count."""
        self.count += 1
        self.world.clock.at = NOW + timedelta(seconds=self.count)
        return self.count

    @staticmethod
    def done(reply: Reply) -> Reply:
        assert reply.status in {200, 201}, reply
        return reply

    # The model of who is who: the merges that hold, replayed

    def group(self, who: int) -> list[int]:
        groups = {one: [one] for one in PEOPLE}
        for edge in self.edges:
            together = groups[edge.kept] + groups[edge.joined]
            groups.update(dict.fromkeys(together, together))
        return groups[who]

    def merged_at(self, who: int) -> int:
        return max((edge.at for edge in self.edges if edge.kept in self.group(who)), default=0)

    def consent_of(self, who: int) -> dict[str, bool]:
        ones = [self.ones[one] for one in self.group(who)]
        found = {}
        for purpose in {purpose for one in ones for purpose in one.consent}:
            given = [one.consent[purpose] for one in ones if purpose in one.consent]
            last = max(given, key=lambda one: one.at)
            since = last.at > self.merged_at(who)
            found[purpose] = last.value if since else all(one.value for one in given)
        return found

    def person(self, who: int) -> dict[str, Any]:
        """What is read of the person who has this record."""
        group = self.group(who)
        ones = [self.ones[one] for one in group]
        return {
            "customer_id": self.ids[group[0]],
            "members": [self.ids[one] for one in group] if len(group) > 1 else [],
            "name": next((one.name for one in ones if one.name), None),
            "language": next((one.language for one in ones if one.language), None),
            "consent": self.consent_of(who),
            "numbers": {number for one in ones for number in one.numbers},
        }

    # What happens

    @rule(kept=WHO, joined=WHO)
    def merge(self, kept: int, joined: int) -> None:
        body = {"other_customer_id": self.ids[joined], "reason": "the same"}
        at = self.tick()
        reply = self.agent.post(f"/customers/{self.ids[kept]}/merges", body)
        pair = next((edge for edge in self.edges if {edge.kept, edge.joined} == {kept, joined}), None)
        if kept == joined or (joined in self.group(kept) and not pair):
            assert reply.status == 422, reply
        elif pair:
            assert (reply.status, reply.json["merge_id"]) == (200, pair.merge_id)
        else:
            assert reply.status == 201, reply
            self.edges.append(Edge(reply.json["merge_id"], kept, joined, at))
            told = {one["field"].removeprefix("consent."): one["kept"] for one in reply.json["effects"]["fields"]}
            assert told.get("calls") == self.person(kept)["consent"].get("calls")
            assert reply.json["effects"]["members"] == self.person(kept)["members"]

    @precondition(lambda self: self.edges)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        edge = data.draw(st.sampled_from(self.edges))
        self.tick()
        self.done(self.world.as_("agent").delete(f"/merges/{edge.merge_id}"))
        self.edges.remove(edge)
        self.undone.append(edge.merge_id)

    @precondition(lambda self: self.undone)
    @rule(data=st.data())
    def undo_again(self, data: st.DataObject) -> None:
        self.tick()
        self.done(self.agent.delete(f"/merges/{data.draw(st.sampled_from(self.undone))}"))

    @precondition(lambda self: len(self.contacts) < MOST_CONTACTS)
    @rule(who=WHO)
    def call(self, who: int) -> None:
        number = f"call-{self.tick()}"
        body = {"channel": "voice", "provider": "test", "provider_contact_id": number}
        reply = self.done(
            self.ivr.post("/contacts", body | {"from": {"type": "phone", "value": self.ones[who].numbers[0]}})
        )
        assert reply.json["customer_id"] == self.person(who)["customer_id"]
        self.contacts[reply.json["contact_id"]] = who
        self.ones[who].live.add(reply.json["contact_id"])

    @precondition(lambda self: self.contacts)
    @rule(data=st.data(), fact=st.sampled_from(sorted(FACTS)))
    def say(self, data: st.DataObject, fact: str) -> None:
        contact_id, value = self.some_contact(data), data.draw(st.sampled_from(FACTS[fact]))
        at = self.tick()
        said = {"facts": {fact: {"value": value, "source": "ivr"}}}
        answer = self.done(self.ivr.patch(f"/contacts/{contact_id}/facts", said)).json
        who = self.contacts[contact_id]
        assert answer["customer_id"] == self.person(who)["customer_id"]
        self.ones[who].said.append((at, fact, value))

    @precondition(lambda self: self.contacts)
    @rule(data=st.data(), closes=st.booleans())
    def end(self, data: st.DataObject, *, closes: bool) -> None:
        contact_id = self.some_contact(data)
        who = self.contacts[contact_id]
        theirs = sorted((one, case) for one in self.group(who) for case in self.ones[one].cases)
        self.tick()
        body: dict[str, Any] = {}
        if theirs and closes:
            _, case_id = data.draw(st.sampled_from(theirs))
            body = {"resolved": True, "case_id": case_id}
        ended = self.done(self.ivr.post(f"/contacts/{contact_id}/end", body)).json["case_id"]
        if contact_id in self.ones[who].past:
            return
        self.ones[who].live.remove(contact_id)
        self.ones[who].past.add(contact_id)
        self.ones[who].timeline.add(f"ended {contact_id}")
        if ended:  # the case that was named, that it found, or that it opened
            whose = next((one for one, case in theirs if case == ended), who)
            self.ones[whose].cases[ended] = self.agent.get(f"/cases/{ended}").json["status"]

    @rule(data=st.data(), who=WHO, how=st.sampled_from(["number", "id", "contact"]))
    def write(self, data: st.DataObject, who: int, how: str) -> None:
        """A message: from a number, by a record's id, or on a contact."""
        text = f"Message {self.tick()}"
        body: dict[str, Any] = {"channel": "sms", "source": "test", "source_event_id": text, "kind": "message"}
        body |= {"body": text, "occurred_at": keys.instant(self.world.clock())}
        if how == "contact" and self.contacts:
            body["contact_id"] = self.some_contact(data)
            who = self.contacts[body["contact_id"]]
        elif how == "id":
            body["customer_id"] = self.ids[who]
        else:
            body["from"] = {"type": "phone", "value": data.draw(st.sampled_from(self.ones[who].numbers))}
        self.done(self.ivr.post("/interactions", body))
        self.ones[who].timeline.add(text)

    @precondition(lambda self: sum(len(one.cases) for one in self.ones) < MOST_CASES)
    @rule(who=WHO)
    def open_case(self, who: int) -> None:
        self.tick()
        reply = self.done(self.agent.post(f"/customers/{self.ids[who]}/cases", {"subject": "Late parcel"}))
        self.ones[who].cases[reply.json["case_id"]] = "open"

    @rule(who=WHO, value=st.booleans(), purpose=st.sampled_from(["calls", "post"]), name=st.booleans())
    def change(self, who: int, purpose: str, *, value: bool, name: bool) -> None:
        """What is changed of a person is changed of the record that stands for all."""
        at = self.tick()
        path = f"/customers/{self.ids[who]}"
        body: dict[str, Any] = {"consent": {purpose: value}} | ({"name": f"Name {at}"} if name else {})
        etag = self.agent.get(path).headers["ETag"]
        self.done(self.agent.patch(path, body, **{"If-Match": etag}))
        root = self.ones[self.group(who)[0]]
        root.consent[purpose] = Given(value, at)
        root.name = body.get("name", root.name)

    @rule(who=WHO, number=st.sampled_from(SPARE))
    def add_or_remove_a_number(self, who: int, number: str) -> None:
        owner = next((one for one in PEOPLE if number in self.ones[one].numbers), None)
        path = f"/customers/{self.ids[who]}/identifiers"
        self.tick()
        if owner is None:
            self.done(self.agent.post(path, {"type": "phone", "value": number, "verified": True}))
            self.ones[who].numbers.append(number)
        elif owner in self.group(who):
            self.done(self.agent.delete(f"{path}?type=phone&value=%2B{number[1:]}"))
            self.ones[owner].numbers.remove(number)

    def some_contact(self, data: st.DataObject) -> str:
        return str(data.draw(st.sampled_from(sorted(self.contacts, key=list(self.contacts).index))))

    # What must be so

    @precondition(lambda self: self.ids)
    @rule(who=WHO)
    def read_by_any_id(self, who: int) -> None:
        self.check_person(who)

    def check_person(self, who: int) -> None:
        path = f"/customers/{self.ids[who]}"
        expected, ones = self.person(who), [self.ones[one] for one in self.group(who)]
        reply = self.done(self.agent.get(path))
        assert profile_of(reply) == expected
        facts = self.agent.get(f"{path}/facts").json["facts"]
        assert seen_facts(facts) == facts_of(ones)
        cases = {case["case_id"]: case["status"] for case in self.agent.get(f"{path}/cases").json["items"]}
        assert cases == {case: status for one in ones for case, status in one.cases.items()}
        entries = self.agent.get(f"{path}/timeline?limit=100").json["items"]
        assert sorted(seen_entry(entry) for entry in entries) == sorted(
            text for one in ones for text in one.timeline
        )

    @precondition(lambda self: self.ids)
    @invariant()
    def etags_never_come_back(self) -> None:
        """By each id in turn: what is not the same has a later version."""
        who = self.count % len(self.ids)
        reply = self.agent.get(f"/customers/{self.ids[who]}")
        version, content = int(reply.headers["ETag"].strip('"')), profile_of(reply)
        assert content == self.person(who)
        before, seen = self.etags.get(who, (0, None))
        assert version >= before
        assert version > before or content == seen
        self.etags[who] = version, content

    def teardown(self) -> None:
        for who in range(len(self.ids)):
            self.check_person(who)
            assert self.stored(self.ids[who]) == self.ones[who].content
        for contact_id, who in self.contacts.items():
            pop = self.done(self.agent.get(f"/contacts/{contact_id}/screen-pop")).json
            assert pop["customer"]["customer_id"] == self.person(who)["customer_id"]
            ones = [self.ones[one] for one in self.group(who)]
            assert {one["contact_id"] for one in pop["live_contacts"]} == set().union(*(one.live for one in ones))
            assert len(pop["open_cases"]) == sum(one.content["open"] for one in ones)
        for edge in list(self.edges):  # and at the end all are given back
            self.edges.remove(edge)
            self.done(self.agent.delete(f"/merges/{edge.merge_id}"))
        for who in range(len(self.ids)):
            assert self.stored(self.ids[who]) == self.ones[who].content
            assert profile_of(self.agent.get(f"/customers/{self.ids[who]}")) == self.person(who)

    def stored(self, customer_id: str) -> dict[str, Any]:
        """What is in the record's own collection, as content."""
        head = store.get_customer(customer_id)
        partition = keys.customer(customer_id)
        past = store.list_band(partition, keys.PAST_CONTACTS, limit=100).items
        cases = store.list_band(partition, keys.ALL_CASES, limit=100).items
        assert {case.case_id for case in head.cases} == {case.case_id for case in cases if case.status == "open"}
        entries = head.facts.entries
        return {
            "name": head.profile.name,
            "language": head.profile.language,
            "consent": head.profile.consent,
            "numbers": {one["value"] for one in head.profile.identifiers},
            "live": ({contact.contact_id for contact in head.contacts}, head.profile.live_contacts),
            "past": {contact.contact_id for contact in past},
            "timeline": {
                seen_entry(entry.to_simple_dict() | {"kind": entry.event_kind})
                for entry in store.list_band(partition, keys.TIMELINE, limit=100).items
            },
            "cases": {case.case_id: case.status for case in cases},
            "open": head.profile.open_cases,
            "facts": {name: kept[0]["value"] for name, kept in entries.items()},
            "values": {name: {entry["value"] for entry in kept} for name, kept in entries.items()},
        }


def profile_of(reply: Reply) -> dict[str, Any]:
    kept = ("customer_id", "members", "name", "language", "consent")
    numbers = {one["value"] for one in reply.json["identifiers"]}
    return {name: reply.json[name] for name in kept} | {"numbers": numbers}


def seen_facts(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "facts": {name: fact["value"] for name, fact in facts.items()},
        "values": {
            name: {fact["value"], *(old["value"] for old in fact["earlier"])} for name, fact in facts.items()
        },
    }


def seen_entry(entry: dict[str, Any]) -> str:
    return f"ended {entry['contact_id']}" if entry["kind"] == "contact" else str(entry["body"])


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


def test_what_is_undone_is_as_it_was_with_what_came_since(world: World) -> None:
    class InThisWorld(Merging):
        empty = staticmethod(world.now_and_then())

    InThisWorld.world = world
    run_state_machine_as_test(InThisWorld, settings=BOUNDED)
