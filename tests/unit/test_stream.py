"""What hangs on a contact follows it to its customer, off the table's stream: all of it, once."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.errors import Unavailable
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import commit
from chalicelib.models.connection import StoreConnection
from chalicelib.models.items import Interaction, Item
from chalicelib.runtime import get_deps
from chalicelib.services.contacts.follow import CASE, entries_of, follow_contact
from chalicelib.services.deps import Deps
from tests.conftest import Api, Spy, put_under
from tests.factories import a_contact, an_interaction, facts

TABLE_ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/throughline"
EVENTS = Path(__file__).parents[1] / "events"
_numbers = count(1)

Image = dict[str, Any]


class Faulty(StoreConnection):
    """Refuses the calls that the test names, and lets somebody else act before the first transaction."""

    refuses: Callable[[str, str], bool] = staticmethod(lambda _operation, _asked: False)
    interloper: Callable[[], object] | None = None

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        if self.refuses(operation_name, json.dumps(operation_kwargs)):
            raise Unavailable(operation_name)
        if operation_name == "TransactWriteItems" and self.interloper:
            act, self.interloper = self.interloper, None
            act()
        return super()._make_api_call(operation_name, operation_kwargs)


@dataclass
class Stream:
    """The part of the table's stream that a test needs: each change of a contact, as AWS tells it."""

    client: Client
    records: list[dict[str, Any]] = field(default_factory=list)

    def told(self, contact_id: str, change: Callable[[], Any]) -> Any:
        """Makes a change and keeps the record of what it did to the contact."""
        before = self.image(contact_id)
        answer = change()
        self.records.append(a_record(before, self.image(contact_id)))
        return answer

    @staticmethod
    def image(contact_id: str) -> Image:
        return raw(keys.contact(contact_id), keys.CONTACT)

    def deliver(self, records: list[dict[str, Any]] | None = None) -> list[str]:
        """Delivers the records (all there are); gives the sequence numbers of those that failed."""
        event = {"Records": self.records if records is None else records}
        failed = self.client.lambda_.invoke("follow_contact", event).payload["batchItemFailures"]
        return [failure["itemIdentifier"] for failure in failed]


def a_record(old: Image | None, new: Image | None, name: str = "MODIFY") -> dict[str, Any]:
    """A record as it is documented: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html ."""
    number = next(_numbers)
    item = new or old or {}
    images = {"OldImage": old, "NewImage": new}
    return {
        "eventID": f"{number:032x}",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1795338060.0,
            "Keys": {"PK": item["PK"], "SK": item["SK"]},
            **{kind: image for kind, image in images.items() if image},
            "SequenceNumber": str(number),
            "SizeBytes": len(json.dumps(images)),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": f"{TABLE_ARN}/stream/2026-11-22T00:00:00.000",
    }


def raw(partition: str, sort_key: str) -> Image:
    """An item as DynamoDB has it."""
    return dict(Item.connection().get_item(partition, sort_key, consistent_read=True)["Item"])


def number_of(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["SequenceNumber"])


@pytest.fixture
def stream(client: Client) -> Stream:
    return Stream(client)


def a_customer(agent: Api, name: str, account: str) -> str:
    identifiers = [{"type": "account", "value": account}]
    return str(agent.post("/customers", {"name": name, "identifiers": identifiers}).json["customer_id"])


def a_chat(ivr: Api) -> str:
    """A contact of nobody's."""
    return str(ivr.post("/contacts", a_contact(None, channel="chat")).json["contact_id"])


def said(ivr: Api, contact_id: str, text: str, minute: int) -> str:
    at = f"2026-11-22T08:{minute:02d}:00Z"
    body = an_interaction(contact_id=contact_id, body=text, occurred_at=at, channel="chat")
    return str(ivr.post("/interactions", body).json["interaction_id"])


_seconds = count()


def keyed_in(ivr: Api, contact_id: str, account: str) -> Callable[[], Any]:
    said = facts(account_number=account)
    said["facts"]["account_number"]["collected_at"] = f"2026-11-22T08:00:{next(_seconds) % 60:02d}Z"
    return lambda: ivr.patch(f"/contacts/{contact_id}/facts", said).json


def timeline(agent: Api, customer_id: str) -> list[str]:
    entries = agent.get(f"/customers/{customer_id}/timeline?limit=100").json["items"]
    return [entry["body"] for entry in entries]


def left_at(contact_id: str) -> list[str]:
    """What still hangs on the contact itself."""
    return [entry.body for entry in store.get_contact_with_timeline(contact_id)[1]]


def test_messages_follow_their_contact_to_its_customer(agent: Api, ivr: Api, stream: Stream) -> None:
    # Given a chat of nobody's with three messages, and a customer with a history
    ada = a_customer(agent, "Ada", "1")
    ivr.post("/interactions", an_interaction(customer_id=ada, body="before", occurred_at="2026-11-22T08:02:30Z"))
    contact_id = a_chat(ivr)
    ids = [said(ivr, contact_id, text, minute) for minute, text in enumerate(("one", "two", "three"), 1)]
    assert left_at(contact_id) == ["three", "two", "one"]
    # When an account number says who it is, and the stream tells
    identified = stream.told(contact_id, keyed_in(ivr, contact_id, "1"))
    assert identified["customer_id"] == ada
    assert stream.deliver() == []
    # Then they are on the customer's timeline, in order, and not at the contact
    assert timeline(agent, ada) == ["three", "before", "two", "one"]
    assert left_at(contact_id) == []
    assert {agent.get(f"/interactions/{one}").json["customer_id"] for one in ids} == {ada}
    pop = agent.get(f"/contacts/{contact_id}/screen-pop").json
    assert [entry["body"] for entry in pop["timeline"]] == ["three", "before", "two", "one"]
    assert {entry["contact_id"] for entry in pop["timeline"]} == {contact_id, None}


def test_how_many_were_carried_over_is_told(agent: Api, ivr: Api) -> None:
    # Given a chat of nobody's with three messages, which turns out to be Ada's
    ada = a_customer(agent, "Ada", "1")
    contact_id = a_chat(ivr)
    for minute, text in enumerate(("one", "two", "three"), 1):
        said(ivr, contact_id, text, minute)
    listed = next(entries_of(keys.contact(contact_id), store.get_contact(contact_id)))
    keyed_in(ivr, contact_id, "1")()
    # Then they are carried over once
    assert follow_contact(get_deps(), contact_id, None) == 3
    assert follow_contact(get_deps(), contact_id, None) == 0
    # also where somebody else does so at the same time, and one is listed that they have carried over
    commit([changes.put(listed)])
    assert follow_contact(get_deps(), contact_id, None) == 0
    # and what has not moved, or is not there, has nothing to carry over
    assert follow_contact(get_deps(), contact_id, ada) == 0
    assert follow_contact(get_deps(), "NOBODY", None) == 0


def test_a_message_leaves_its_case_where_that_is(agent: Api, ivr: Api) -> None:
    # Given a chat that was taken for Ada's, with a message on a case of hers
    ada, bob = a_customer(agent, "Ada", "1"), a_customer(agent, "Bob", "2")
    contact_id = a_chat(ivr)
    keyed_in(ivr, contact_id, "1")()
    case = agent.post(f"/customers/{ada}/cases", {"subject": "A parcel"}).json["case_id"]
    message = ivr.post("/interactions", an_interaction(contact_id=contact_id, case_id=case)).json
    assert message["case_id"] == case
    before = {name: getattr(store.get_event(message["interaction_id"]), name) for name in CASE}

    def follows(account: str, left: str) -> Any:
        keyed_in(ivr, contact_id, account)()
        assert follow_contact(get_deps(), contact_id, left) == 1
        return agent.get(f"/interactions/{message['interaction_id']}").json

    # When it turns out to be Bob's, then it is on no case of his
    his = follows("2", ada)
    assert (his["customer_id"], his["case_id"]) == (bob, None)
    kept = store.get_event(message["interaction_id"])
    assert [getattr(kept, name) for name in CASE] == [None, None, []]
    assert kept.left_cases == {ada: before}
    # and once it is Ada's after all, it is on her case again
    hers = follows("1", bob)
    assert (hers["customer_id"], hers["case_id"]) == (ada, case)
    kept = store.get_event(message["interaction_id"])
    assert {name: getattr(kept, name) for name in CASE} == before
    assert kept.left_cases.keys() == {ada, bob}
    (entry,) = agent.get(f"/customers/{ada}/timeline").json["items"]
    assert entry["case_id"] == case


def test_what_is_nobodys_again_hangs_on_its_contact(agent: Api, ivr: Api, stream: Stream) -> None:
    # Given a chat that was taken for Ada's
    ada = a_customer(agent, "Ada", "1")
    contact_id = a_chat(ivr)
    stream.told(contact_id, keyed_in(ivr, contact_id, "1"))
    message = said(ivr, contact_id, "one", 1)
    # When it is not hers, and nobody knows whose
    no_more = {"not_customer_id": ada, "reason": "a neighbour"}
    stream.told(contact_id, lambda: agent.post(f"/contacts/{contact_id}/attribution", no_more))
    assert stream.deliver() == []
    # Then what was said is nobody's either, and only why is told of her
    assert (timeline(agent, ada), left_at(contact_id)) == (["a neighbour"], ["one"])
    assert store.get_event(message).customer_id is None


def test_what_is_delivered_again_changes_nothing(agent: Api, ivr: Api, stream: Stream, spy: Spy) -> None:
    ada = a_customer(agent, "Ada", "1")
    contact_id = a_chat(ivr)
    said(ivr, contact_id, "one", 1)
    stream.told(contact_id, keyed_in(ivr, contact_id, "1"))
    stream.deliver()
    before = agent.get(f"/customers/{ada}/timeline").json
    # When the same record comes again, twice in one batch
    spy.reset()
    assert stream.deliver(stream.records * 2) == []
    # Then nothing is written
    follows, goes_on, counted = ["GetItem", "Query"], ["Query"], ["GetItem", "Query"]
    assert spy.operations == [*follows, *goes_on, *counted] * 2
    assert all(asked["ConsistentRead"] for _, asked in spy.reads)
    assert agent.get(f"/customers/{ada}/timeline").json == before


def test_only_what_hangs_on_the_contact_goes_with_it(agent: Api, ivr: Api, stream: Stream) -> None:
    # Given two chats that were taken for Ada's
    ada, bob = a_customer(agent, "Ada", "1"), a_customer(agent, "Bob", "2")
    hers, his = a_chat(ivr), a_chat(ivr)
    for contact_id in (hers, his):
        stream.told(contact_id, keyed_in(ivr, contact_id, "1"))
        said(ivr, contact_id, f"{'hers' if contact_id == hers else 'his'}", 10)
    ivr.post("/interactions", an_interaction(customer_id=ada, body="of neither"))
    # and one message that is older than its contact, as where clocks differ
    said(ivr, his, "his, before the chat began", 0)
    stream.deliver()
    # When one turns out to be Bob's
    moved = stream.told(his, keyed_in(ivr, his, "2"))
    assert moved["customer_id"] == bob
    assert stream.deliver(stream.records[-1:]) == []
    # Then what was said on it is Bob's, and nothing else
    assert timeline(agent, bob) == ["his", "his, before the chat began"]
    assert sorted(timeline(agent, ada)) == ["hers", "of neither"]


def test_a_long_chat_is_carried_over_whole(agent: Api, ivr: Api, stream: Stream) -> None:
    # Given a chat among more entries than a page looks at
    ada, bob = a_customer(agent, "Ada", "1"), a_customer(agent, "Bob", "2")
    contact_id = a_chat(ivr)
    stream.told(contact_id, keyed_in(ivr, contact_id, "1"))
    said(ivr, contact_id, "first", 0)
    _entries_between(ada, 250)
    said(ivr, contact_id, "last", 59)
    # When it turns out to be Bob's
    stream.told(contact_id, keyed_in(ivr, contact_id, "2"))
    assert stream.deliver() == []
    # Then its beginning and its end are
    assert timeline(agent, bob) == ["last", "first"]
    assert len(store.list_band(keys.customer(ada), keys.TIMELINE, limit=300).items) == 250


def _entries_between(customer_id: str, number: int) -> None:
    (entry,) = store.get_customer(customer_id).timeline
    with Interaction.batch_write() as batch:
        for n in range(number):
            copied = Interaction.from_raw_data(entry.serialize())
            copied.SK = f"I#2026-11-22T08:{n // 10 + 10:02d}:{n % 10:02d}.000000Z#{n:026d}"
            copied.interaction_id, copied.contact_id = f"{n:026d}", None
            batch.save(copied)


def test_a_record_that_fails_is_told_and_the_others_are_done(
    agent: Api, ivr: Api, stream: Stream, deps: Deps, caplog: pytest.LogCaptureFixture
) -> None:
    # Given three chats that were identified, and a store that refuses to write for the second
    ada = a_customer(agent, "Ada", "1")
    contacts = [a_chat(ivr) for _ in range(3)]
    for minute, contact_id in enumerate(contacts, 1):
        said(ivr, contact_id, f"chat {minute}", minute)
        stream.told(contact_id, keyed_in(ivr, contact_id, "1"))
    seam = put_under(Faulty, deps)
    seam.refuses = lambda operation, asked: operation == "TransactWriteItems" and contacts[1] in asked
    # When the stream tells
    failed = stream.deliver()
    # Then it is told which one to send again, and the others are done
    assert failed == [number_of(stream.records[1])]
    assert timeline(agent, ada) == ["chat 3", "chat 1"]
    assert left_at(contacts[1]) == ["chat 2"]
    # and why is logged
    crashes = [record for record in caplog.records if record.message == "crash"]
    assert [vars(record)["error"] for record in crashes] == ["Unavailable"]
    # and once the store is well, what failed and all after it (a stream begins again there) do no harm
    put_under(StoreConnection, deps)
    assert stream.deliver(stream.records[1:]) == []
    assert timeline(agent, ada) == ["chat 3", "chat 2", "chat 1"]
    assert left_at(contacts[1]) == []


def test_a_failure_half_way_is_made_good(agent: Api, ivr: Api, stream: Stream, deps: Deps) -> None:
    ada = a_customer(agent, "Ada", "1")
    contact_id = a_chat(ivr)
    ids = [said(ivr, contact_id, text, minute) for minute, text in enumerate(("one", "two", "three"), 1)]
    stream.told(contact_id, keyed_in(ivr, contact_id, "1"))
    seam = put_under(Faulty, deps)
    seam.refuses = lambda operation, asked: operation == "TransactWriteItems" and ids[1] in asked
    assert stream.deliver() == [number_of(stream.records[0])]
    put_under(StoreConnection, deps)
    assert stream.deliver() == []
    assert timeline(agent, ada) == ["three", "two", "one"]
    assert left_at(contact_id) == []


def test_a_contact_that_moves_on_meanwhile_leaves_nothing_behind(
    agent: Api, ivr: Api, stream: Stream, deps: Deps
) -> None:
    # Given a chat that was identified as Ada's, and becomes Bob's while its messages are carried over
    ada, bob = a_customer(agent, "Ada", "1"), a_customer(agent, "Bob", "2")
    contact_id = a_chat(ivr)
    for minute, text in enumerate(("one", "two", "three"), 1):
        said(ivr, contact_id, text, minute)
    stream.told(contact_id, keyed_in(ivr, contact_id, "1"))
    seam = put_under(Faulty, deps)
    seam.interloper = lambda: stream.told(contact_id, keyed_in(ivr, contact_id, "2"))
    # When both moves are told
    assert stream.deliver(stream.records[:1]) == []
    assert stream.deliver(stream.records[1:]) == []
    # Then everything is Bob's, and nothing Ada's or nobody's
    assert timeline(agent, bob) == ["three", "two", "one"]
    assert timeline(agent, ada) == []
    assert left_at(contact_id) == []


def test_moves_that_are_told_late_are_not_made_again(agent: Api, ivr: Api, stream: Stream) -> None:
    # Given a chat that was Ada's, then Bob's, then Ada's again, before any of it was told
    ada, bob = a_customer(agent, "Ada", "1"), a_customer(agent, "Bob", "2")
    contact_id = a_chat(ivr)
    said(ivr, contact_id, "one", 1)
    for account in ("1", "2", "1"):
        stream.told(contact_id, keyed_in(ivr, contact_id, account))
        said(ivr, contact_id, f"after {account}", 2)
    # When all of it is told, and told again
    assert stream.deliver() == []
    assert stream.deliver() == []
    # Then it is Ada's
    assert sorted(timeline(agent, ada)) == ["after 1", "after 1", "after 2", "one"]
    assert timeline(agent, bob) == []


def test_changes_that_move_nothing_cost_nothing(agent: Api, ivr: Api, stream: Stream, spy: Spy) -> None:
    # Given a contact that begins, says something, and ends; and other items
    ada = a_customer(agent, "Ada", "1")
    contact_id = a_chat(ivr)
    begun = stream.image(contact_id)
    stream.told(contact_id, lambda: ivr.patch(f"/contacts/{contact_id}/facts", facts(reason="billing")))
    stream.told(contact_id, lambda: ivr.post(f"/contacts/{contact_id}/end", {}))
    profile = raw(keys.customer(ada), keys.PROFILE)
    records = [
        a_record(None, begun, "INSERT"),
        *stream.records,
        a_record(begun, None, "REMOVE"),
        a_record(profile, profile | {"customer_id": {"S": "another"}}),
    ]
    # Then it is asked what the contact went on as and counted what was asked for, and the contact is watched from
    # its beginning to its end
    spy.reset()
    assert stream.deliver(records) == []
    counted = ["GetItem", "Query", "TransactWriteItems"]
    assert spy.operations == ["TransactWriteItems", "Query", "Query", *counted, "TransactWriteItems"]


def test_an_event_as_aws_sends_it(agent: Api, stream: Stream) -> None:
    # Given an event of a table that has moved on: the contact is gone
    event = json.loads((EVENTS / "dynamodb_contact_identified.json").read_text())
    assert agent.get("/contacts/K5RWMZDPNZ2GK3TUMFZW64TFOI/screen-pop").status == 404
    # Then there is nothing to carry over
    assert stream.deliver(event["Records"]) == []


def test_the_event_on_file_has_the_shape_of_a_real_one(agent: Api, ivr: Api, stream: Stream) -> None:
    a_customer(agent, "Ada", "1")
    contact_id = a_chat(ivr)
    stream.told(contact_id, keyed_in(ivr, contact_id, "1"))
    (real,) = stream.records
    (on_file,) = json.loads((EVENTS / "dynamodb_contact_identified.json").read_text())["Records"]
    assert on_file.keys() == real.keys()
    assert on_file["dynamodb"].keys() == real["dynamodb"].keys()
    for image in ("OldImage", "NewImage"):
        kinds = {name: set(value) for name, value in real["dynamodb"][image].items()}
        assert {name: set(value) for name, value in on_file["dynamodb"][image].items()}.items() <= kinds.items()
