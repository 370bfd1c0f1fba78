"""What Amazon Connect tells: late, twice, in any order and in part, it comes to one contact on its customer."""

import base64
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from chalicelib.channels.registry import find_channel
from chalicelib.models import aws
from chalicelib.models.items import Contact, Item
from chalicelib.models.requests.contacts import ReportContact
from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.runtime import get_deps
from chalicelib.services.contacts import late
from chalicelib.services.contacts.follow import follow_contact
from tests.channels import amazon_connect as connect
from tests.channels.sample import Sample
from tests.conftest import Api
from tests.events import connect_event
from tests.factories import a_contact
from tests.provider import Provider, archive, events
from tests.settings import NOW, SETTINGS

ADA = "+447700900123"
THOROUGH = bool(os.environ.get("THOROUGH"))
"""Every order, not some of them."""
WHICH = f"provider=amazon-connect&provider_contact_id={connect.CONTACT_ID}"


def hand_over(provider: Provider, *told: Any) -> None:
    """EventBridge hands over one event at a time."""
    for content in told:
        provider.client.lambda_.invoke("take_in_connect", content)
        assert provider.process() == []


def contact(agent: Api, which: str = WHICH) -> Any:
    return agent.get(f"/screen-pop?{which}").json["contact"]


def stream() -> None:
    """What hangs on the table's stream."""
    for item in [item for item in Item.scan() if isinstance(item, Contact)]:
        follow_contact(get_deps(), item.contact_id, None)
        late.catch_up(get_deps(), item.contact_id)


def as_told(agent: Api) -> Any:
    """The contact, but for the ids that are made up anew for each table."""
    stream()
    found = contact(agent)
    assert found.pop("customer_id")
    found["case_id"] = found["case_id"] and agent.get(f"/cases/{found['case_id']}").json["subject"]
    return found


def test_a_call_from_beginning_to_end(provider: Provider, agent: Api) -> None:
    hand_over(provider, connect.LIFE[0])
    assert contact(agent)["phase"] == "ringing"
    hand_over(provider, connect.LIFE[1])
    assert contact(agent)["phase"] == "queued"
    hand_over(provider, connect.LIFE[2])
    assert contact(agent)["phase"] == "connected"
    assert contact(agent)["attributes"] == {"agent": "amara", "queue": "sales"}
    hand_over(provider, connect.LIFE[3])
    over = contact(agent)
    assert (over["status"], over["phase"]) == ("ended", "ended")
    assert (over["started_at"], over["ended_at"]) == ("2026-11-22T08:00:01Z", "2026-11-22T08:00:40Z")


def test_any_order_comes_to_the_same(provider: Provider, agent: Api) -> None:
    told = [*connect.LIFE, connect.RECORD]
    seen = []
    for order in [*list(permutations(told))[:: 1 if THOROUGH else 17], (*told, *told)]:
        empty_the_table()
        hand_over(provider, *order)
        seen.append(as_told(agent))
    assert len(seen) > 5
    assert all(one == seen[0] for one in seen)
    assert seen[0]["attributes"] == {"agent": "amara", "queue": "Sales", "recording": "recordings/1.wav"}
    assert seen[0]["from"]["value"] == ADA


def test_any_order_comes_to_the_same_case(provider: Provider, agent: Api) -> None:
    """Given a call whose flow says why it is made: its answer may be late, and so may be who calls."""
    flow = connect_event(connect.CONTACT_ID, parameters={"reason": "A late parcel"})
    told = [connect.LIFE[0], connect.LIFE[3], connect.RECORD]
    orders = list(permutations([*told, flow]))[:: 1 if THOROUGH else 3]
    seen = []
    for order in [*orders, (*told, flow, *told, flow)]:
        empty_the_table()
        for one in order:
            if one is flow:
                provider.client.lambda_.invoke("connect_save_facts", flow)
                stream()
            else:
                hand_over(provider, one)
        seen.append(as_told(agent))
    assert [one for one in seen if one != seen[0]] == []
    assert (seen[0]["case_id"], seen[0]["case"]["by"]) == ("a late parcel", "opened")


def empty_the_table() -> None:
    for item in list(Item.scan()):
        item.delete()


def test_who_gave_up_waiting_abandoned_it(provider: Provider, agent: Api) -> None:
    hand_over(provider, connect.LIFE[0], connect.GAVE_UP)
    assert (contact(agent)["phase"], contact(agent)["status"]) == ("abandoned", "ended")
    # who never waited for anybody was served by the flow
    hand_over(
        provider, connect.an_event("DISCONNECTED", contactId="other", disconnectTimestamp="2026-11-22T08:00:30Z")
    )
    assert contact(agent, "provider=amazon-connect&provider_contact_id=other")["phase"] == "ended"


def test_an_event_that_beats_the_flow_does_not_hide_the_caller(provider: Provider, ivr: Api, agent: Api) -> None:
    """Given Ada, when an event of her call comes before the flow asks who she is, then the flow is told."""
    ada = agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "phone", "value": ADA}]})
    hand_over(provider, connect.LIFE[0])
    begun = ivr.post("/contacts", a_contact(ADA, provider_contact_id=connect.CONTACT_ID, need=["reason"]))
    assert begun.status == 200
    assert begun.json["customer_id"] == ada.json["customer_id"]
    assert begun.json["ask"] == ["reason"]
    pop = agent.get(f"/screen-pop?{WHICH}").json
    assert [live["contact_id"] for live in pop["live_contacts"]] == [begun.json["contact_id"]]
    # and her call ends like any other
    hand_over(provider, *connect.LIFE[1:])
    pop = agent.get(f"/screen-pop?{WHICH}").json
    assert pop["live_contacts"] == []
    assert pop["customer"]["customer_id"] == ada.json["customer_id"]


def test_a_flow_that_only_saves_says_who_calls_all_the_same(provider: Provider, agent: Api) -> None:
    """Given Ada, when an event of her call comes before a flow that never looks up, then the call is hers."""
    ada = agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "phone", "value": ADA}]})
    hand_over(provider, connect.LIFE[0])
    provider.client.lambda_.invoke(
        "connect_save_facts", connect_event(connect.CONTACT_ID, parameters={"reason": "billing"})
    )
    assert contact(agent)["customer_id"] == ada.json["customer_id"]
    assert contact(agent)["from"]["value"] == ADA


@pytest.mark.parametrize("known", [True, False])
def test_a_record_says_whose_call_it_was(provider: Provider, agent: Api, known: bool) -> None:  # noqa: FBT001
    if known:
        agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "phone", "value": ADA}]})
    # Given a call of which only events were told, and that is over
    hand_over(provider, *connect.LIFE)
    assert contact(agent)["customer_id"] is None
    # When its record comes
    hand_over(provider, connect.RECORD)
    # Then it is hers, and so is what hangs on it
    customer_id = contact(agent)["customer_id"]
    assert customer_id
    (stored,) = (item for item in Item.scan() if isinstance(item, Contact))
    follow_contact(get_deps(), stored.contact_id, None)
    (entry,) = agent.get(f"/customers/{customer_id}/timeline").json["items"]
    assert entry["kind"] == "contact"
    assert agent.get(f"/screen-pop?{WHICH}").json["live_contacts"] == []


def test_what_flows_noted_on_a_call_is_in_its_record(provider: Provider, agent: Api) -> None:
    # Given a record with what flows noted, a card number among it, and several recordings
    noted = {"menu": "billing", "StoredCustomerInput": "4242424242424242", "order_id": "4242424242424242"}
    odd: dict[str, Any] = {
        "phase": "lost",
        "": "x",
        "empty": " ",
        "none": None,
        "queue": "not this one",
        "agent note": "é" * 300,
    }
    more = {f"n{n}": "é" * 200 for n in range(60)}
    places = [{"Location": None}, {"Location": "calls/2.wav"}, {"Location": "calls/3.wav"}]
    record = connect.RECORD | {"Attributes": noted | odd | more, "Recording": None, "Recordings": places}
    # When it is told, then the call says so, and the card number is nowhere
    hand_over(provider, record)
    told = contact(agent)
    assert told["phase"] == "ended"
    expected = {"menu": "billing", "StoredCustomerInput": "[card number]", "order_id": "4242424242424242"}
    own = {"agent": "amara", "queue": "Sales", "recording": "calls/2.wav", "agent note": "é" * 256}
    assert {name: value for name, value in told["attributes"].items() if name not in more} == expected | own
    assert len(told["attributes"]) < len(more)
    (key,) = archive().list_keys()
    kept = json.loads(archive().get(key).body)["Attributes"]
    assert (kept["StoredCustomerInput"], kept["order_id"]) == ("[card number]", "4242424242424242")
    # and odd ones say nothing
    hand_over(provider, connect.RECORD | {"ContactId": "odd", "Attributes": ["x"], "Recordings": "none"})
    odd_one = contact(agent, "provider=amazon-connect&provider_contact_id=odd")
    assert odd_one["attributes"] == {"agent": "amara", "queue": "Sales", "recording": "recordings/1.wav"}


def test_a_file_that_is_sent_in_a_chat_is_a_message(provider: Provider) -> None:
    files = [
        {"AttachmentId": "a-1", "AttachmentName": "bill 4242 4242 4242 4242.pdf", "ContentType": "application/pdf"}
    ]
    sent = connect.MESSAGE | {"Type": "ATTACHMENT", "Content": None, "Attachments": files}
    hand_over(
        provider, sent, sent, connect.MESSAGE | {"Type": "ATTACHMENT", "Id": "message-2", "Attachments": [{}]}
    )
    (event,) = events()
    assert (event.event_kind, event.body) == ("message", None)
    assert event.attributes == {"name": "Ada", "attachments": "bill [card number].pdf (application/pdf)"}
    assert all("4242" not in archive().get(key).dump().decode() for key in archive().list_keys())


def test_who_tells_first_may_not_know_the_channel(provider: Provider, agent: Api) -> None:
    late_rule = connect.ANALYSIS | {
        "detail": {"ruleName": "refund", "contactArn": connect.ANALYSIS["detail"]["contact"]}
    }
    for order in permutations([late_rule, connect.LIFE[0], connect.LIFE[3]]):
        empty_the_table()
        hand_over(provider, *order)
        assert (contact(agent)["channel"], contact(agent)["attributes"]["rule"]) == ("voice", "refund")


def test_an_agent_wraps_up_what_the_provider_ended(provider: Provider, agent: Api) -> None:
    # Given a call that is over, and a case of its caller
    hand_over(provider, *connect.LIFE, connect.RECORD)
    over = contact(agent)
    (stored,) = (item for item in Item.scan() if isinstance(item, Contact))
    follow_contact(get_deps(), stored.contact_id, None)
    case_id = agent.post(f"/customers/{over['customer_id']}/cases", {"subject": "A late parcel"}).json["case_id"]
    # When the agent has written down what it was about
    path = f"/contacts/{over['contact_id']}/end"
    summary = {"disposition": "solved", "summary": "It came", "resolved": True, "case_id": case_id}
    wrapped = agent.post(path, summary)
    # Then it is said of the call, which ended when it ended, and the case is closed
    assert (wrapped.status, wrapped.json["summary"]) == (200, "It came")
    assert wrapped.json["ended_at"] == over["ended_at"]
    (entry,) = agent.get(f"/customers/{over['customer_id']}/timeline").json["items"]
    assert (entry["subject"], entry["body"], entry["case_id"]) == ("solved", "It came", case_id)
    assert agent.get(f"/cases/{case_id}").json["status"] == "resolved"
    assert agent.get(f"/screen-pop?{WHICH}").json["open_cases"] == []
    # and that is the last word
    assert agent.post(path, {"summary": "Or not"}).json["summary"] == "It came"
    hand_over(provider, connect.RECORD | {"LastUpdateTimestamp": "2026-11-22T08:09:00Z", "DisconnectReason": "X"})
    assert contact(agent)["disposition"] == "solved"


def test_chat_messages_are_interactions_of_their_contact(provider: Provider, agent: Api) -> None:
    # When SNS hands messages over twice, one with a card number
    paid = connect.MESSAGE | {"Id": "message-2", "Content": "my card is 4242 4242 4242 4242"}
    answer = connect.MESSAGE | {"Id": "message-3", "Content": "Thank you", "ParticipantRole": "AGENT"}
    told = [{"Sns": {"Message": json.dumps(one)}} for one in (connect.MESSAGE, paid, answer)]
    hand_over(provider, {"Records": told}, {"Records": told})
    # Then each is there once, and the number nowhere
    said = {event.source_event_id: (event.direction, event.body) for event in events()}
    assert said == {
        "message-1": ("inbound", "Where is my order?"),
        "message-2": ("inbound", "my card is [card number]"),
        "message-3": ("outbound", "Thank you"),
    }
    assert not any(b"4242" in archive().get(key).dump() for key in archive().list_keys())
    assert contact(agent, f"provider=amazon-connect&provider_contact_id={connect.CHAT_ID}")["channel"] == "chat"


def test_kinesis_hands_over_records(provider: Provider, agent: Api) -> None:
    data = base64.b64encode(json.dumps(connect.RECORD).encode()).decode()
    garbage = base64.b64encode(b"Hello, this is a test.").decode()
    hand_over(provider, {"Records": [{"kinesis": {"data": garbage}}, {"kinesis": {"data": data}}]})
    assert contact(agent)["attributes"]["recording"] == "recordings/1.wav"


def test_what_cannot_be_read_holds_up_nothing_else(provider: Provider, agent: Api) -> None:
    """Given one that is no Base64, one that is too deep and one with half a character, the rest are kept."""
    named = connect.RECORD | {"Agent": connect.RECORD["Agent"] | {"Username": "am\ud800ara"}}
    data = base64.b64encode(json.dumps(named).encode()).decode()
    hand_over(provider, {"Records": [{"kinesis": {"data": "x"}}, {"kinesis": {"data": data}}]})
    assert contact(agent)["attributes"]["agent"] == "am?ara"
    deep = {"Sns": {"Message": '{"a":' * 100_000}}
    hand_over(provider, {"Records": [deep, {"Sns": {"Message": json.dumps(connect.MESSAGE)}}]})
    assert [event.body for event in events() if event.event_kind == "message"] == ["Where is my order?"]


def test_contact_lens(provider: Provider, agent: Api) -> None:
    hand_over(provider, *connect.LIFE, connect.ANALYSIS, connect.TRANSCRIPT)
    attributes = contact(agent)["attributes"]
    assert attributes["contact_lens"] == "FAILED"
    assert (attributes["sentiment"], attributes["categories"]) == ("3.1", "late-parcel")
    (transcript,) = (event for event in events() if event.event_kind == "transcript")
    assert transcript.body == "AGENT: What is your card number?\nCUSTOMER: It is [card number]"


def test_an_analysis_is_named_after_its_contact() -> None:
    sample = Sample.of_json(connect.TRANSCRIPT | {"CustomerMetadata": None})
    where = f"s3://bucket/Analysis/Voice/2026/11/22/{connect.CONTACT_ID}_analysis_2026-11-22T08_01_00Z.json"
    told, said = find_channel("amazon_connect").parse(replace(sample.request("amazon_connect"), url=where))
    assert isinstance(told, ReportContact)
    assert told.provider_contact_id == connect.CONTACT_ID
    assert isinstance(said, CaptureInteraction)


def a_file(name: str, content: Any, bucket: str = "connect-test") -> dict[str, Any]:
    """Connect writes a file into its own bucket, and EventBridge tells of it."""
    store = aws.client("s3", SETTINGS.region)
    if bucket not in [one["Name"] for one in store.list_buckets()["Buckets"]]:
        where = {"LocationConstraint": SETTINGS.region}
        store.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    key = f"Analysis/Voice/2026/11/22/{name}"
    store.put_object(Bucket=bucket, Key=key, Body=json.dumps(content).encode())
    detail = {"bucket": {"name": bucket}, "object": {"key": key}}
    return {"source": "aws.s3", "detail-type": "Object Created", "detail": detail}


def test_a_file_of_contact_lens(provider: Provider, agent: Api) -> None:
    # Given a call, and the file in which Contact Lens says what it found, told of twice
    told = a_file(f"{connect.CONTACT_ID}_analysis_2026-11-22T08:30:00Z.json", connect.TRANSCRIPT)
    hand_over(provider, *connect.LIFE, connect.RECORD, told, told)
    # Then the mood is on the contact, and what was said on its timeline, once and without the card
    attributes = contact(agent)["attributes"]
    assert (attributes["sentiment"], attributes["agent_sentiment"]) == ("3.1", "0")
    (transcript,) = (event for event in events() if event.event_kind == "transcript")
    assert transcript.body == "AGENT: What is your card number?\nCUSTOMER: It is [card number]"
    assert transcript.occurred_at == datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
    assert transcript.contact_id == contact(agent)["contact_id"]
    assert not any(b"4242" in archive().get(key).dump() for key in archive().list_keys())


def test_a_file_that_leaves_out_who_it_is_is_kept_beside_the_other(provider: Provider) -> None:
    without = connect.TRANSCRIPT | {"Transcript": [{"ParticipantId": "CUSTOMER", "Content": "I am [PII]"}]}
    plain = a_file(f"{connect.CONTACT_ID}_analysis_2026-11-22T08_30_00Z.json", connect.TRANSCRIPT)
    redacted = a_file(f"{connect.CONTACT_ID}_analysis_redacted_2026-11-22T08_30_00Z.json", without)
    hand_over(provider, redacted, plain, redacted)
    found = {event.body: event.attributes for event in events() if event.event_kind == "transcript"}
    assert found.pop("CUSTOMER: I am [PII]") == {"redacted": "yes"}
    assert list(found.values()) == [{}]


def test_a_recording_that_contact_lens_redacted_is_not_read(provider: Provider) -> None:
    """Given a recording beside what was found, when it is told of, then nothing is asked of S3: it may be huge."""
    where = {
        "bucket": {"name": "connect"},
        "object": {"key": "Analysis/Voice/Redacted/x_call_recording_redacted.wav"},
    }
    told = {"source": "aws.s3", "detail-type": "Object Created", "detail": where}
    provider.client.lambda_.invoke("take_in_connect", told)
    assert (list(archive().list_keys()), provider.waiting()) == ([], [])


def test_a_file_that_says_no_moment_happened_when_it_came(provider: Provider) -> None:
    hand_over(provider, a_file(f"{connect.CONTACT_ID}_analysis_lately.json", connect.TRANSCRIPT))
    (transcript,) = (event for event in events() if event.event_kind == "transcript")
    assert transcript.occurred_at == NOW


def test_it_does_not_come_by_http(provider: Provider) -> None:
    answer = provider.send(connect.SAMPLES["a record"], "amazon_connect")
    assert answer.status_code == 403
    assert list(archive().list_keys()) == []
