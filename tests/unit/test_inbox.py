"""What providers send: verified, kept without what must not be kept, queued, and processed once."""

import json
from typing import Any

import pytest

from chalicelib.models import aws
from chalicelib.services.deps import Deps
from tests.channels import twilio
from tests.channels.sample import Sample
from tests.conftest import Api, Clock
from tests.factories import a_contact
from tests.provider import Provider, archive, events
from tests.settings import SETTINGS

ADA = "+447700900123"


def customer_of(agent: Api, number: str, type_: str = "phone") -> Any:
    query = f"identifier_type={type_}&identifier={number.replace('+', '%2B')}"
    (found,) = agent.get(f"/customers?{query}").json["items"]
    return found["customer_id"]


def timeline(agent: Api, number: str, type_: str = "phone") -> list[Any]:
    items: list[Any] = agent.get(f"/customers/{customer_of(agent, number, type_)}/timeline").json["items"]
    return items


def test_a_text_message_lands_on_the_timeline(provider: Provider, agent: Api) -> None:
    # When Twilio sends a text message
    answer = provider.send(twilio.a_form(twilio.SMS))
    # Then it is answered in TwiML, kept and queued, and nothing of it is in the table yet
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert answer.body == b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
    assert events() == []
    (key,) = archive().list_keys()
    (message,) = provider.waiting()
    assert json.loads(message) == {"key": key}
    # and once it is processed it is on the writer's timeline, and knows where it is kept
    assert provider.process(message) == []
    (entry,) = timeline(agent, ADA)
    assert (entry["channel"], entry["direction"], entry["body"]) == ("sms", "inbound", "Where is my order?")
    (event,) = events()
    assert event.archive_key == key
    # and processed again it is there once
    assert provider.process(message) == []
    assert len(timeline(agent, ADA)) == 1


def test_a_redelivery_changes_nothing(provider: Provider, agent: Api, clock: Clock) -> None:
    for _ in range(3):
        assert provider.send(twilio.a_form(twilio.SMS)).status_code == 200
        clock.forward(minutes=1)
    provider.process()
    (entry,) = timeline(agent, ADA)
    assert entry["occurred_at"] == "2026-11-22T09:00:00Z"


def test_numbers_that_are_never_kept_reach_neither_archive_nor_queue(provider: Provider, agent: Api) -> None:
    said = twilio.a_form(twilio.SMS, Body="my card is 4242 4242 4242 4241", Digits="4242424242424241")
    assert provider.send(said).status_code == 200
    (key,) = archive().list_keys()
    kept = archive().get(key).dump().decode()
    assert "4242" not in kept
    # ids are left as they are
    assert twilio.SMS["MessageSid"] in kept
    provider.process()
    assert timeline(agent, ADA)[0]["body"] == "my card is [card number]"


@pytest.mark.parametrize(
    ("sample", "status", "code"),
    [
        (Sample(b"MessageSid=1", {"content-type": "application/x-www-form-urlencoded"}), 401, "unauthenticated"),
        (twilio.GARBAGE["nothing in it"], 400, "malformed_request"),
        (twilio.GARBAGE["not text"], 400, "malformed_request"),
        (Sample(b"x" * (1024 * 1024 + 1), {}), 413, "body_too_large"),
    ],
)
def test_what_is_refused_is_not_kept(provider: Provider, sample: Sample, status: int, code: str) -> None:
    answer = provider.send(sample)
    assert (answer.status_code, answer.json_body["code"]) == (status, code)
    assert list(archive().list_keys()) == []
    assert provider.waiting() == []


def test_a_channel_that_is_not_there(provider: Provider) -> None:
    assert provider.send(twilio.a_form(twilio.SMS), "nobody").status_code == 404


@pytest.mark.parametrize("gone", ["bucket", "queue"])
def test_what_cannot_be_kept_is_not_taken_in(provider: Provider, gone: str) -> None:
    """The provider is told to come again: what it got a 2xx for is never lost."""
    if gone == "bucket":
        aws.client("s3", SETTINGS.region).delete_bucket(Bucket=SETTINGS.archive_bucket)
    else:
        aws.client("sqs", SETTINGS.region).delete_queue(QueueUrl=SETTINGS.inbox_url)
    answer = provider.send(twilio.a_form(twilio.SMS))
    assert (answer.status_code, answer.json_body["code"]) == (503, "unavailable")


def test_a_poisonous_message_does_not_hold_up_the_others(provider: Provider, agent: Api) -> None:
    provider.send(twilio.a_form(twilio.SMS))
    (good,) = provider.waiting()
    bad = json.dumps({"key": "inbound/twilio/2026/11/22/nothing.json"})
    assert provider.process(bad, good, "not json") == ["m-0", "m-2"]
    assert len(timeline(agent, ADA)) == 1


def test_whatsapp_knows_its_user(provider: Provider, agent: Api) -> None:
    provider.send(twilio.a_form(twilio.WHATSAPP))
    provider.process()
    (entry,) = timeline(agent, ADA, "whatsapp")
    assert (entry["channel"], entry["attributes"]) == ("whatsapp", {"profile_name": "Ada"})


@pytest.mark.parametrize("sender", ["60777", "12", "PARCELS"])
def test_a_short_code_or_the_name_of_a_sender_is_not_lost(provider: Provider, agent: Api, sender: str) -> None:
    provider.send(twilio.a_form(twilio.SMS, From=sender))
    assert provider.process() == []
    which = f"identifier_type=other&scope=twilio&identifier={sender}"
    (found,) = agent.get(f"/customers?{which}").json["items"]
    (entry,) = agent.get(f"/customers/{found['customer_id']}/timeline").json["items"]
    assert entry["body"] == "Where is my order?"


def test_deliveries_only_move_forward(provider: Provider, agent: Api) -> None:
    # Given a message of ours, of which the reports come in no order
    for status in ("sent", "read", "delivered", "queued"):
        provider.send(twilio.a_form(twilio.STATUS, MessageStatus=status))
        provider.process()
    # Then it is there once, and as far as it got
    (entry,) = timeline(agent, ADA)
    assert (entry["direction"], entry["attributes"]) == ("outbound", {"delivery": "read"})


def a_call(status: str, second: int, **more: Any) -> Sample:
    return twilio.a_form(
        twilio.CALL, CallStatus=status, Timestamp=f"Sun, 22 Nov 2026 08:00:{second:02d} +0000", **more
    )


LIFE = [a_call("ringing", 1), a_call("in-progress", 5), a_call("completed", 40, CallDuration="35")]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1), (0, 0, 2, 1, 2)])
def test_a_call_in_any_order(provider: Provider, agent: Api, order: tuple[int, ...]) -> None:
    # When what Twilio reports of a call comes in some order
    for number in order:
        assert provider.send(LIFE[number]).status_code == 200
        assert provider.process() == []
    # Then the call is over, began when it rang, and is on the timeline once
    contact = agent.get(f"/screen-pop?provider=twilio&provider_contact_id={twilio.CALL['CallSid']}").json[
        "contact"
    ]
    assert contact["status"] == "ended"
    assert contact["phase"] == "ended"
    assert contact["started_at"] == "2026-11-22T08:00:01Z"
    assert contact["ended_at"] == "2026-11-22T08:00:40Z"
    assert contact["attributes"] == {"seconds": "35"}
    (entry,) = timeline(agent, ADA)
    assert (entry["kind"], entry["occurred_at"]) == ("contact", "2026-11-22T08:00:01Z")
    pop = agent.get(f"/screen-pop?provider=twilio&provider_contact_id={twilio.CALL['CallSid']}").json
    assert pop["live_contacts"] == []


def test_a_call_that_goes_on(provider: Provider, agent: Api) -> None:
    for number in (1, 0):
        provider.send(LIFE[number])
        provider.process()
    pop = agent.get(f"/screen-pop?provider=twilio&provider_contact_id={twilio.CALL['CallSid']}").json
    (live,) = pop["live_contacts"]
    assert (live["phase"], live["started_at"]) == ("connected", "2026-11-22T08:00:01Z")


def test_what_a_flow_needs_is_kept_though_the_call_was_reported_before(
    provider: Provider, ivr: Api, agent: Api
) -> None:
    provider.send(LIFE[0])
    provider.process()
    of_twilio = {"provider": "twilio", "provider_contact_id": twilio.CALL["CallSid"]}
    begun = ivr.post("/contacts", a_contact(ADA, **of_twilio, need=["reason"]))
    assert (begun.status, begun.json["ask"]) == (200, ["reason"])
    path = f"/contacts/{begun.json['contact_id']}"
    assert agent.get(f"{path}/screen-pop").json["contact"]["need"] == ["reason"]
    # and asking again for something else does not change what the contact is for
    ivr.post("/contacts", a_contact(ADA, **of_twilio, need=["product"]))
    assert agent.get(f"{path}/screen-pop").json["ask"] == ["reason"]


def test_what_a_flow_says_of_a_call_that_was_reported_before_is_kept(
    provider: Provider, ivr: Api, agent: Api
) -> None:
    # Given a call of which Twilio told first, with something of its own
    provider.send(a_call("completed", 40, CallDuration="35"))
    provider.process()
    of_twilio = {"provider": "twilio", "provider_contact_id": twilio.CALL["CallSid"]}
    # When its flow begins it
    said = {"language": "cy-GB", "seconds": "99"}
    begun = ivr.post("/contacts", a_contact(ADA, **of_twilio, attributes=said))
    # Then what is new is there, and what was told stays
    path = f"/contacts/{begun.json['contact_id']}/screen-pop"
    assert agent.get(path).json["contact"]["attributes"] == {"language": "cy-GB", "seconds": "35"}
    # and however often a flow begins it, there are no more than a contact may have
    for n in range(3):
        more = {f"{name} {n}": "x" for name in range(30)}
        assert ivr.post("/contacts", a_contact(ADA, **of_twilio, attributes=more)).status == 200
    assert len(agent.get(path).json["contact"]["attributes"]) == 50


def test_a_contact_that_a_flow_began_is_what_it_began(ivr: Api, agent: Api) -> None:
    call = a_contact(ADA, attributes={"language": "cy-GB"})
    contact_id = ivr.post("/contacts", call).json["contact_id"]
    assert ivr.post("/contacts", call | {"attributes": {"menu": "2"}}).status == 200
    pop = agent.get(f"/contacts/{contact_id}/screen-pop").json
    assert pop["contact"]["attributes"] == {"language": "cy-GB"}


def test_a_call_that_nobody_answered_says_so(provider: Provider, agent: Api) -> None:
    provider.send(a_call("no-answer", 30))
    provider.send(a_call("completed", 20))
    provider.process()
    (entry,) = timeline(agent, ADA)
    assert entry["subject"] == "missed"


def test_a_withheld_number(provider: Provider, agent: Api) -> None:
    provider.send(twilio.a_form(twilio.CALL, From="+266696687"))
    assert provider.process() == []
    pop = agent.get(f"/screen-pop?provider=twilio&provider_contact_id={twilio.CALL['CallSid']}").json
    assert (pop["customer"], pop["contact"]["phase"]) == (None, "connected")


def test_what_is_kept_can_be_processed_again(provider: Provider, agent: Api, deps: Deps) -> None:
    from chalicelib.services.inbound import inbox

    for sample in (twilio.a_form(twilio.SMS), *LIFE):
        provider.send(sample)
    provider.process()
    before = timeline(agent, ADA)
    for key in archive().list_keys():
        inbox.process(deps, key, "replay")
    assert timeline(agent, ADA) == before
