"""What providers send: verified, kept without what must not be kept, queued, and processed once."""

import json
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from hmac import digest
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from chalicelib import runtime
from chalicelib.channels.contract import Channel
from chalicelib.errors import FieldError, Forbidden, Malformed, ThroughlineError
from chalicelib.models import aws
from chalicelib.models.inbound import RawRequest
from chalicelib.models.items import Contact, Item
from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.services.deps import Deps
from chalicelib.services.inbound import inbox
from tests.channels import twilio
from tests.channels.email import KEPT
from tests.channels.sample import URL, Sample
from tests.conftest import Api, Clock
from tests.factories import a_contact, an_interaction
from tests.provider import Provider, archive, events
from tests.settings import NOW, SETTINGS
from tests.unit.test_continuation import a_call as a_call_of
from tests.unit.test_continuation import a_code

ADA = "+447700900123"


def customer_of(agent: Api, number: str, type_: str = "phone") -> Any:
    query = f"identifier_type={type_}&identifier={number.replace('+', '%2B')}"
    (found,) = agent.get(f"/customers?{query}").json["items"]
    return found["customer_id"]


def timeline(agent: Api, number: str, type_: str = "phone") -> list[Any]:
    items: list[Any] = agent.get(f"/customers/{customer_of(agent, number, type_)}/timeline").json["items"]
    return items


@pytest.mark.parametrize("written", ["whatsapp:GB.13491208655302741918", "+1234567", "+9999999"])
def test_who_writes_from_what_is_no_number_is_known_by_what_stands_there(
    provider: Provider, agent: Api, written: str
) -> None:
    for sid in ("SM1", "SM2"):
        provider.send(twilio.a_form(twilio.SMS, From=written, MessageSid=sid, SmsSid=sid))
    assert provider.process() == []
    value = written.removeprefix("whatsapp:").replace("+", "%2B")
    query = f"identifier_type=other&scope=twilio&identifier={value}"
    (found,) = agent.get(f"/customers?{query}").json["items"]
    assert len(agent.get(f"/customers/{found['customer_id']}/timeline").json["items"]) == 2


def test_who_calls_from_what_is_no_number_is_nobody(provider: Provider, agent: Api) -> None:
    provider.send(twilio.a_form(twilio.CALL, From="+1234567", To="+"))
    assert provider.process() == []
    call = agent.get(f"/screen-pop?provider=twilio&provider_contact_id={twilio.CALL['CallSid']}").json["contact"]
    assert (call["customer_id"], call["from"], call["attributes"]["caller_id"]) == (None, None, "+1234567")


def test_a_call_of_an_impossible_year_happened_when_it_was_told(provider: Provider, agent: Api) -> None:
    far = "Mon, 01 Jan 2024 00:00:00 +99999999999999999999"
    assert provider.send(twilio.a_form(twilio.CALL, Timestamp=far)).status_code == 200
    assert provider.process() == []
    which = f"provider=twilio&provider_contact_id={twilio.CALL['CallSid']}"
    assert agent.get(f"/screen-pop?{which}").json["contact"]["started_at"] == NOW.isoformat().replace(
        "+00:00", "Z"
    )


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
    # and who said so, and by which message
    assert event.captured_by == {"role": "ivr", "subject": "twilio"}
    assert event.correlation_id == "m-0"
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


def test_what_comes_in_a_query_is_taken_in_like_a_form(provider: Provider, agent: Api) -> None:
    # When Twilio is set up to GET: there is no body, and no content type
    query = urlencode(twilio.SMS | {"Body": f"my card is {CARD}"})
    url = f"{URL.format(channel='twilio')}?{query}"
    signed = {"X-Twilio-Signature": signed_by_twilio(url)}
    answer = provider.client.http.get(f"/v1/channels/twilio/inbound?{query}", headers=signed)
    # Then it is taken in, and what is never kept is not kept in its URL either
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    (key,) = archive().list_keys()
    assert "4242" not in archive().get(key).dump().decode()
    assert provider.process() == []
    assert timeline(agent, ADA)[0]["body"] == "my card is [card number]"
    # and what is in the URL of a request with a body is left as it is
    posted = a_request(b"Body=Hello", "application/x-www-form-urlencoded")
    assert inbox.mask_url(posted, frozenset({"Body"})) == posted.url


@pytest.mark.parametrize(
    ("called", "headers"),
    [
        ("https://api.example.net", {}),
        ("https://api.example.net:8443", {}),
        ("http://api.example.net", {"X-Forwarded-Proto": "http"}),
        ("https://api.example.net", {"X-Forwarded-Proto": "https, http"}),
    ],
)
def test_where_no_public_url_is_set_it_is_known_by_its_headers(
    provider: Provider, deps: Deps, called: str, headers: dict[str, str]
) -> None:
    runtime.override(Deps(replace(SETTINGS, public_url=""), now=deps.now))
    path = f"/v1/channels/twilio/inbound?{urlencode(twilio.SMS)}"
    sent = {"Host": called.partition("//")[2], "X-Twilio-Signature": signed_by_twilio(called + path), **headers}
    assert provider.client.http.get(path, headers=sent).status_code == 200
    assert provider.client.http.get(path, headers=sent | {"Host": "example.org"}).status_code == 401


def test_what_comes_as_json_is_taken_in_like_a_form(provider: Provider, agent: Api) -> None:
    body = json.dumps(twilio.SMS | {"Body": f"my card is {CARD}", "Price": None, "NumSegments": 1}).encode()
    query = f"bodySHA256={sha256(body).hexdigest()}"
    signature = signed_by_twilio(f"{URL.format(channel='twilio')}?{query}")
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/json; charset=utf-8"}
    path = f"/v1/channels/twilio/inbound?{query}"
    assert provider.client.http.post(path, headers=headers, body=body).status_code == 200
    assert provider.client.http.post(path, headers=headers, body=body + b" ").status_code == 401
    (key,) = archive().list_keys()
    assert "4242" not in archive().get(key).dump().decode()
    assert provider.process() == []
    assert timeline(agent, ADA)[0]["body"] == "my card is [card number]"


def signed_by_twilio(url: str) -> str:
    return b64encode(digest(twilio.TOKEN.encode(), url.encode(), "sha1")).decode()


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


def a_request(body: bytes, content_type: str = "application/json") -> RawRequest:
    url = "https://example.com/?Body=4242424242424242"
    return RawRequest("POST", url, {"content-type": content_type}, body, NOW)


CARD = "4242 4242 4242 4241"


def test_only_what_is_free_text_is_masked_wherever_it_stands() -> None:
    # Given JSON in which a number that is never kept stands in several places, and once as an id
    said = {"text": CARD, "id": CARD, "lines": [{"text": f"Grüße {CARD}"}], "texts": {"text": [CARD, 7, None]}}
    # When it is masked, then it is left in the id only, and all else is as it was said
    masked = inbox.mask_body(a_request(json.dumps(said).encode()), frozenset({"text"}))
    assert json.loads(masked) == {
        "text": "[card number]",
        "id": CARD,
        "lines": [{"text": "Grüße [card number]"}],
        "texts": {"text": ["[card number]", 7, None]},
    }
    assert "Grüße".encode() in masked
    # where such a field is an object, what is in it is judged by its own name, in whatever it stands
    bare = CARD.replace(" ", "")
    noted = {"text": {"id": bare, "keyed_in": bare, "all": [{"card": bare}], "text": bare}, "card": bare}
    masked = inbox.mask_body(a_request(json.dumps(noted).encode()), frozenset({"text"}))
    hidden = "[card number]"
    assert json.loads(masked) == {
        "text": {"id": bare, "keyed_in": hidden, "all": [{"card": hidden}], "text": hidden},
        "card": bare,
    }
    # half a character is none
    half = inbox.mask_body(a_request(b'{"text": "a \\ud800", "id": "\\udfff"}'), frozenset({"text"}))
    assert json.loads(half) == {"text": "a ?", "id": "?"}
    # and so it is in a form, of which every value is kept
    form = a_request(f"Body={CARD}&Body=Hello&To={CARD}&Empty=".encode(), "application/x-www-form-urlencoded")
    assert parse_qs(inbox.mask_body(form, frozenset({"Body"})).decode(), keep_blank_values=True) == {
        "Body": ["[card number]", "Hello"],
        "To": [CARD],
        "Empty": [""],
    }
    # and nothing is made up where there is none: what is asked in the address is no body
    assert inbox.mask_body(a_request(b"", "application/x-www-form-urlencoded"), frozenset({"Body"})) == b""


def test_what_is_nested_too_deeply_is_refused_at_its_body() -> None:
    with pytest.raises(Malformed) as refused:
        inbox.mask_body(a_request(b"[" * 700 + b"]" * 700), frozenset())
    assert refused.value.fields == (FieldError("body", "is nested too deeply"),)


def test_a_channel_that_does_not_come_by_http_says_so(provider: Provider) -> None:
    answer = provider.send(twilio.a_form(twilio.SMS), "email")
    assert (answer.status_code, answer.json_body["detail"]) == (403, "this channel does not come by HTTP")


def test_a_channel_that_is_not_set_up_says_so(deps: Deps) -> None:
    sample = twilio.a_form(twilio.SMS).request("twilio")
    with pytest.raises(Forbidden, match="the channel twilio is not set up"):
        inbox.receive(Deps(replace(SETTINGS, channels={}), now=deps.now), "twilio", sample)


def test_who_reports_how_a_call_or_a_message_of_ours_goes_on_is_noted(provider: Provider) -> None:
    # When Twilio reports of a call and of a message that it sent for us
    for sample in (a_call("ringing", 1), twilio.a_form(twilio.STATUS)):
        provider.send(sample)
        provider.process()
    # Then both say who told, by which message, and where that is kept
    (call,) = (item for item in Item.scan() if isinstance(item, Contact))
    (message,) = events()
    by = {"role": "ivr", "subject": "twilio"}
    assert (call.started_by, call.correlation_id) == (message.captured_by, message.correlation_id) == (by, "m-0")
    assert sorted([call.archive_key, message.archive_key]) == sorted(archive().list_keys())


def test_a_contact_that_a_code_begins_is_traced_to_its_message(provider: Provider, ivr: Api) -> None:
    # Given a call that is to go on by text
    code = a_code(ivr, a_call_of(ivr)["contact_id"], ADA)["code"]
    # When its code comes by WhatsApp
    provider.send(twilio.a_form(twilio.WHATSAPP, Body=code))
    provider.process()
    # Then the contact that goes on with it is traced to that
    (text,) = (item for item in Item.scan() if isinstance(item, Contact) and item.channel == "whatsapp")
    assert text.correlation_id == "m-0"


def test_what_aws_hands_over_is_kept_with_where_it_is_from(provider: Provider, deps: Deps) -> None:
    content = json.dumps(KEPT).encode()
    key = inbox.take_event(deps, "email", content, "s3://mail/1")
    kept = archive().get(key)
    assert (kept.channel, kept.method, kept.url, kept.content_type, kept.received_at) == (
        "email",
        "EVENT",
        "s3://mail/1",
        "application/json",
        NOW,
    )
    (message,) = provider.waiting()
    assert json.loads(message) == {"key": key}
    # and processed it is a mail
    assert provider.process(message) == []
    (event,) = events()
    assert (event.channel, event.correlation_id, event.archive_key) == ("email", "m-0", key)
    assert event.captured_by == {"role": "ivr", "subject": "email"}
    # and without where it is from it is from AWS; what cannot be read is not kept
    assert archive().get(inbox.take_event(deps, "email", content)).url == "aws:"
    with pytest.raises(Malformed):
        inbox.take_event(deps, "email", b"no JSON")
    assert len(list(archive().list_keys())) == 2


NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def test_what_fails_of_several_does_not_keep_the_others(deps: Deps) -> None:
    # Given a request that tells of three messages, of which two cannot be taken in
    def parse(_raw: RawRequest) -> list[Any]:
        bodies = [an_interaction(contact_id=NOBODY), an_interaction(), an_interaction(customer_id=NOBODY)]
        return [CaptureInteraction.model_validate_json(json.dumps(one)) for one in bodies]

    channel = Channel(name="test", settings=(), free_text=frozenset(), verify=None, parse=parse)
    # When it is taken in, then the first failure is told, and the other message is there
    with pytest.raises(ThroughlineError) as failure:
        inbox.take_in(deps, channel, a_request(b"{}"), "r", "KEY")
    assert "there is no such contact" in str(failure.value)
    (event,) = events()
    assert (event.archive_key, event.correlation_id, event.captured_by["subject"]) == ("KEY", "r", "test")


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


def test_a_recording_is_told_apart_from_the_call(provider: Provider, agent: Api) -> None:
    # When Twilio tells where a recording is: not of whom, nor how the call goes
    which = {name: twilio.CALL[name] for name in ("AccountSid", "CallSid")}
    told = which | {
        "RecordingSid": "RE1",
        "RecordingStatus": "completed",
        "RecordingUrl": "https://api.example/RE1",
    }
    for sample in (twilio.a_form(told), *LIFE, twilio.a_form(told)):
        assert provider.send(sample).status_code == 200
        assert provider.process() == []
    # Then the call says so, and is as it was told of otherwise
    pop = agent.get(f"/screen-pop?provider=twilio&provider_contact_id={twilio.CALL['CallSid']}").json["contact"]
    assert pop["attributes"] == {"seconds": "35", "recording": "https://api.example/RE1"}
    assert (pop["from"]["value"], pop["phase"], pop["ended_at"]) == (ADA, "ended", "2026-11-22T08:00:40Z")


def test_a_call_that_is_answered_at_once_does_not_ring_any_more(provider: Provider, agent: Api) -> None:
    # Given a call of which Twilio asks what to do, without a time of its own: it came at nine
    provider.send(
        twilio.a_form(
            {name: value for name, value in twilio.CALL.items() if name != "Timestamp"}, CallStatus="ringing"
        )
    )
    # When it is told that it was answered, by a clock that is behind ours, or cuts seconds off
    provider.send(LIFE[1])
    assert provider.process() == []
    pop = agent.get(f"/screen-pop?provider=twilio&provider_contact_id={twilio.CALL['CallSid']}").json["contact"]
    assert (pop["phase"], pop["started_at"]) == ("connected", "2026-11-22T08:00:05Z")


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
    for sample in (twilio.a_form(twilio.SMS), *LIFE):
        provider.send(sample)
    provider.process()
    before = timeline(agent, ADA)
    for key in archive().list_keys():
        inbox.process(deps, key, "replay")
    assert timeline(agent, ADA) == before
