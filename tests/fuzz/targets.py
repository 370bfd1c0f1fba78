"""What is fuzzed: a reader of what strangers send, and what it begins from. `BadInput` is a right answer."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import chalicelib.handlers.socket  # noqa: F401 - declares what may be said
from chalicelib.authentication import authenticate_beacon
from chalicelib.channels import amazon_connect, twilio
from chalicelib.channels.contract import Channel
from chalicelib.errors import BadInput, Unauthenticated
from chalicelib.mail.message import Receiver
from chalicelib.mail.parse import parse
from chalicelib.models.changes import JOURNEY_BYTES
from chalicelib.models.inbound import FORM, JSON, RawRequest
from chalicelib.models.requests.journeys import SendJourneyEvents
from chalicelib.rules import journey_window
from chalicelib.rules.journey_words import sentence
from chalicelib.rules.journeys import join_near, slim, stored
from chalicelib.runtime import validated
from chalicelib.services.deps import Deps
from chalicelib.services.inbound.inbox import mask_body
from chalicelib.services.journeys import journey_acts
from chalicelib.services.journeys.journey_acts import milliseconds
from chalicelib.socket_runtime import _declared, _object
from tests.channels import amazon_connect as connect_samples
from tests.channels import twilio as twilio_samples
from tests.channels.email import a_mail
from tests.fuzz.seeds import BATCHES, FRAMES
from tests.property.test_mail import TOKENS
from tests.settings import NOW, SETTINGS

US = Receiver(frozenset({"help@throughline.test"}))
CLOCK = Deps(SETTINGS, now=lambda: NOW)
LONGEST_SENTENCE = 600


@dataclass(frozen=True)
class Target:
    """Reads bytes and raises nothing, whatever they are."""

    read: Callable[[bytes], None]
    seeds: Sequence[bytes]


def _read_mail(raw: bytes) -> None:
    parse(raw, US)


def _reader(channel: Channel, content_type: str) -> Callable[[bytes], None]:
    """What the webhook does with a request that is verified: reads it, and masks it."""

    def read(body: bytes) -> None:
        raw = RawRequest("POST", f"/v1/channels/{channel.name}/inbound", {"content-type": content_type}, body, NOW)
        with suppress(BadInput):
            channel.parse(raw)
            mask_body(raw, channel.free_text)

    return read


def _read_batch(body: bytes) -> None:
    """What the route does with a batch, but for the table: reads and folds it, says and keeps what it comes to."""
    with suppress(Unauthenticated):
        authenticate_beacon(SETTINGS, {}, body)
    try:
        request = validated(SendJourneyEvents.model_validate_json, body)
    except BadInput:
        return
    assert isinstance(request, SendJourneyEvents)
    acts = [one.act for one in journey_acts.read(CLOCK, request)]
    taken = journey_window.take_in(journey_window.Window(), acts)
    again = journey_window.take_in(journey_window.of_stored(_kept(taken.window.stored())), reversed(acts))
    assert not again.new
    assert again.journeys == taken.journeys == join_near(taken.journeys)
    for journey in taken.journeys:
        assert len(sentence(journey, milliseconds(NOW))) <= LONGEST_SENTENCE
        assert len(json.dumps(slim(_kept(stored(journey)), JOURNEY_BYTES))) <= JOURNEY_BYTES


def _kept(data: dict[str, Any]) -> dict[str, Any]:
    """As it comes back from the table."""
    kept: dict[str, Any] = json.loads(json.dumps(data, allow_nan=False))
    return kept


def _read_frame(body: bytes) -> None:
    """What the socket does with a frame, but for the table. Text may hold halves of characters, as JSON's may."""
    text = body.decode(errors="surrogateescape")
    with suppress(BadInput):
        said = validated(_declared(_object(text).get("action")).frame.model_validate_json, text)
        said.model_dump_json().encode()


TARGETS = {
    "mail": Target(_read_mail, [a_mail(), "".join(TOKENS).encode("utf-8", "surrogatepass")]),
    "twilio": Target(_reader(twilio.CHANNEL, FORM), [one.body for one in twilio_samples.SAMPLES.values()]),
    "amazon_connect": Target(
        _reader(amazon_connect.CHANNEL, JSON), [one.body for one in connect_samples.SAMPLES.values()]
    ),
    "journeys": Target(_read_batch, BATCHES),
    "chat": Target(_read_frame, FRAMES),
}
