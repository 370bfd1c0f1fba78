"""What came by the API is kept off the table's stream, and the record can be rebuilt from it."""

import json
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.channels import api
from chalicelib.models import aws, keys
from chalicelib.models.items import Item
from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.services.deps import Deps
from chalicelib.services.inbound import inbox, keeping
from tests.channels import twilio
from tests.conftest import Api
from tests.factories import a_contact, an_interaction
from tests.provider import Provider, archive, events
from tests.settings import SETTINGS
from tests.unit.test_stream import Stream, a_record, raw

ADA = {"type": "phone", "value": "+447700900123"}


@pytest.fixture
def stream(client: Client, provider: Provider) -> Stream:
    assert provider  # the bucket is there
    return Stream(client)


def told_of(interaction_id: str) -> dict[str, Any]:
    """The stream's record of an event that was taken in."""
    return a_record(None, raw(keys.event(interaction_id), keys.EVENT), "INSERT")


def captured(caller: Api, **changed: Any) -> str:
    answer = caller.post("/interactions", an_interaction(**changed))
    assert answer.status == 201, answer.json
    return str(answer.json["interaction_id"])


def record() -> dict[str, dict[str, Any]]:
    """What was said, by whom and whose it is; not how that was known then."""
    then = ("received_at", "correlation_id", "match", "assurance", "case_found")
    return {one.interaction_id: one.to_simple_dict() | dict.fromkeys(then) for one in events()}


def test_it_is_kept_once_where_the_event_says_without_what_must_not_be_kept(ivr: Api, stream: Stream) -> None:
    # Given an interaction that names a card
    told = told_of(captured(ivr, **{"from": ADA}, body="Grüße, my card is 4242 4242 4242 4242"))
    assert list(archive().list_keys()) == []
    # When the stream tells of it, twice
    assert stream.deliver([told]) == []
    before = aws.client("s3", SETTINGS.region).list_objects_v2(Bucket=SETTINGS.archive_bucket)["Contents"]
    assert stream.deliver([told]) == []
    # Then it is kept once, under the key that the event has had from the beginning
    (event,) = events()
    assert list(archive().list_keys()) == [event.archive_key]
    assert event.archive_key.startswith("inbound/api/2026/11/22/")
    assert aws.client("s3", SETTINGS.region).list_objects_v2(Bucket=SETTINGS.archive_bucket)["Contents"] == before
    # and without the card
    kept = archive().get(event.archive_key)
    assert b"4242" not in kept.dump()
    assert "Grüße".encode() in kept.body
    assert (kept.channel, kept.method, kept.url) == ("api", "POST", "/v1/interactions")
    assert kept.caller == {"role": "ivr", "subject": event.captured_by["subject"]}


def test_the_record_is_the_same_when_it_is_rebuilt(
    ivr: Api, agent: Api, client: Client, stream: Stream, deps: Deps
) -> None:
    # Given what somebody wrote, what was noted on a customer, on a contact, and what a visitor did
    first = captured(ivr, **{"from": ADA}, source_event_id="first")
    customer_id = agent.get(f"/interactions/{first}").json["customer_id"]
    contact_id = ivr.post("/contacts", a_contact(ADA["value"])).json["contact_id"]
    visits = {"from": None, "channel": "portal", "source_event_id": "first"}
    made = [
        first,
        captured(agent, customer_id=customer_id, source_event_id="second", kind="note", subject="Rang back"),
        captured(ivr, contact_id=contact_id, source_event_id="third", in_reply_to="first"),
        captured(Api(client, "visitor"), **visits),
    ]
    for interaction_id in made:
        assert stream.deliver([told_of(interaction_id)]) == []
    before = record()
    # When all of it is processed again, then nothing changes
    for key in archive().list_keys():
        assert inbox.process(deps, key, "replay") == 1
    assert record() == before
    # and what was lost is there again, the same
    for event in events():
        event.delete()
    for key in archive().list_keys():
        inbox.process(deps, key, "replay")
    assert record() == before


@pytest.mark.usefixtures("provider")
def test_everything_that_a_request_says_is_kept(agent: Api, deps: Deps) -> None:
    # Given a request that says all that one can say
    customer_id = agent.post("/customers", {"identifiers": [ADA]}).json["customer_id"]
    case_id = agent.post(f"/customers/{customer_id}/cases", {"subject": "A parcel"}).json["case_id"]
    contact_id = agent.post("/contacts", a_contact(ADA["value"])).json["contact_id"]
    said = an_interaction(
        **{"from": ADA, "to": {"type": "phone", "value": "+441632960000"}, "customer_id": customer_id},
        contact_id=contact_id,
        case_id=case_id,
        subject="A parcel",
        body="It is late",
        attributes={"page": "orders"},
        in_reply_to="event-0",
        direction="inbound",
    )
    assert set(said) == {field.alias or name for name, field in CaptureInteraction.model_fields.items()}
    interaction_id = agent.post("/interactions", said).json["interaction_id"]
    # When it is kept and read again, then it says the same
    assert keeping.keep(deps, interaction_id)
    (event,) = events()
    again = api.parse(archive().get(event.archive_key).request())
    assert again == [CaptureInteraction.model_validate_json(json.dumps(said))]


def test_what_a_provider_sent_is_archived_already(provider: Provider, stream: Stream, deps: Deps) -> None:
    provider.send(twilio.a_form(twilio.SMS))
    provider.process()
    (event,) = events()
    assert stream.deliver([told_of(event.interaction_id)]) == []
    assert list(archive().list_keys()) == [event.archive_key]
    assert not keeping.keep(deps, event.interaction_id)


def test_what_was_erased_meanwhile_is_not_kept(ivr: Api, stream: Stream) -> None:
    told = told_of(captured(ivr, **{"from": ADA}))
    for item in Item.scan():
        item.delete()
    assert stream.deliver([told]) == []
    assert list(archive().list_keys()) == []


def test_where_it_cannot_be_kept_the_stream_tells_again(ivr: Api, stream: Stream) -> None:
    told = told_of(captured(ivr, **{"from": ADA}))
    aws.client("s3", SETTINGS.region).delete_bucket(Bucket=SETTINGS.archive_bucket)
    assert stream.deliver([told]) == [told["dynamodb"]["SequenceNumber"]]
