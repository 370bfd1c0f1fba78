"""What every channel must do, whichever it is."""

import importlib
import json
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from chalicelib import channels
from chalicelib.channels.contract import Channel
from chalicelib.channels.registry import find_channel, list_channels
from chalicelib.errors import BadInput, Forbidden, NotFound, ThroughlineError, Unauthenticated
from chalicelib.models.inbound import Inbound
from tests.channels.sample import Sample
from tests.provider import Provider, events
from tests.settings import NOW

CHANNELS = {channel.name: channel for channel in list_channels()}


def sent_by(name: str) -> ModuleType:
    return importlib.import_module(f"tests.channels.{name}")


def every(kind: str, *, by_http: bool = False) -> pytest.MarkDecorator:
    """One case for each sample of a kind, of every channel, or of those that come by HTTP."""
    cases = [
        pytest.param(CHANNELS[name], sample, id=f"{name}: {what}")
        for name in CHANNELS
        if CHANNELS[name].verify or not by_http
        for what, sample in getattr(sent_by(name), kind).items()
    ]
    return pytest.mark.parametrize(("channel", "sample"), cases)


def ids(happened: list[Inbound]) -> list[dict[str, Any]]:
    named = {"source", "source_event_id", "provider", "provider_contact_id"}
    return [one.model_dump(include=named) for one in happened]


@pytest.mark.parametrize("channel", CHANNELS.values(), ids=CHANNELS)
def test_it_is_found_by_its_name_and_says_what_it_needs(channel: Channel) -> None:
    assert find_channel(channel.name) is channel
    assert all(setting.name and setting.description for setting in channel.settings)


@every("SAMPLES")
def test_a_sample_is_verified_and_read(channel: Channel, sample: Sample) -> None:
    raw = sample.request(channel.name)
    if channel.verify:
        channel.verify(raw, sent_by(channel.name).SETTINGS)
    assert channel.parse(raw)
    assert channel.answer(raw).content_type


@every("SAMPLES", by_http=True)
def test_a_wrong_or_missing_signature_is_refused(channel: Channel, sample: Sample) -> None:
    assert channel.verify
    settings = sent_by(channel.name).SETTINGS
    signed = sample.request(channel.name)
    tampered = Sample(sample.body + b"&x=1", signed.headers).request(channel.name)
    wrong_secret = {name: f"{value}x" for name, value in settings.items()}
    for raw, known in (
        (sample.request(channel.name, signed=False), settings),
        (tampered, settings),
        (signed, wrong_secret),
        (signed, {}),
    ):
        with pytest.raises((Unauthenticated, Forbidden)):
            channel.verify(raw, known)


@every("STALE", by_http=True)
def test_a_stale_signature_is_refused(channel: Channel, sample: Sample) -> None:
    assert channel.verify
    with pytest.raises((Unauthenticated, Forbidden)):
        channel.verify(sample.request(channel.name), sent_by(channel.name).SETTINGS)


@every("SAMPLES")
def test_a_redelivery_has_the_same_ids(channel: Channel, sample: Sample) -> None:
    first = channel.parse(sample.request(channel.name))
    again = channel.parse(sample.request(channel.name, at=NOW + timedelta(minutes=5)))
    assert ids(first) == ids(again)


@every("WITH_MORE")
def test_unknown_fields_are_left_out(channel: Channel, sample: tuple[Sample, Sample]) -> None:
    plain, more = (channel.parse(one.request(channel.name)) for one in sample)
    assert plain == more


@every("IGNORED")
def test_unknown_events_are_ignored(channel: Channel, sample: Sample) -> None:
    raw = sample.request(channel.name)
    if channel.verify:
        channel.verify(raw, sent_by(channel.name).SETTINGS)
    assert channel.parse(raw) == []


@every("GARBAGE")
def test_garbage_is_the_senders_fault(channel: Channel, sample: Sample) -> None:
    with pytest.raises(ThroughlineError) as refused:
        channel.parse(sample.request(channel.name))
    assert isinstance(refused.value, BadInput)
    assert 400 <= refused.value.status < 500


@pytest.mark.parametrize("name", ["", "nobody", "contract", "registry", "../twilio", "os", "twilio.verify"])
def test_what_is_no_channel(name: str) -> None:
    with pytest.raises(NotFound):
        find_channel(name)


PIGEON = """
from chalicelib import channels
from chalicelib.channels.contract import Channel
from chalicelib.errors import Forbidden
from chalicelib.models.inbound import read
from chalicelib.models.requests.interactions import CaptureInteraction


def verify(raw, settings):
    if raw.headers.get("x-ring") != "gold":
        raise Forbidden("not one of our pigeons")


def parse(raw):
    note = raw.json()
    said = {"channel": "other", "kind": "message", "source": "pigeon", "source_event_id": note["id"]}
    sender = {"type": "other", "scope": "loft", "value": note["loft"]}
    said |= {"from": sender, "body": note["text"], "occurred_at": raw.received_at}
    return [read(CaptureInteraction, said)]


CHANNEL = Channel("pigeon", (), frozenset({"text"}), verify, parse)
"""


def test_a_new_channel_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: Provider) -> None:
    # Given one more file among the channels, and nothing else
    (tmp_path / "pigeon.py").write_text(PIGEON)
    monkeypatch.setattr(channels, "__path__", [*channels.__path__, str(tmp_path)])
    note = json.dumps({"id": "1", "loft": "Ada's", "text": "my card is 4242 4242 4242 4241"}).encode()
    # When its provider sends something
    stranger, ringed = Sample(note, {}), Sample(note, {"x-ring": "gold", "content-type": "application/json"})
    assert provider.send(stranger, "pigeon").status_code == 403
    assert provider.send(ringed, "pigeon").status_code == 200
    assert provider.process() == []
    # Then it is masked and on the timeline
    (event,) = events()
    assert (event.source, event.body) == ("pigeon", "my card is [card number]")
