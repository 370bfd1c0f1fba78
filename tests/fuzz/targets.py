"""What is fuzzed: a reader of what strangers send, and what it begins from. `BadInput` is a right answer."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.channels import amazon_connect, twilio
from chalicelib.channels.contract import Channel
from chalicelib.errors import BadInput
from chalicelib.mail.message import Receiver
from chalicelib.mail.parse import parse
from chalicelib.models.inbound import FORM, JSON, RawRequest
from chalicelib.services.inbound.inbox import mask_body
from tests.channels import amazon_connect as connect_samples
from tests.channels import twilio as twilio_samples
from tests.channels.email import a_mail
from tests.property.test_mail import TOKENS

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
US = Receiver(frozenset({"help@throughline.test"}))


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


TARGETS = {
    "mail": Target(_read_mail, [a_mail(), "".join(TOKENS).encode("utf-8", "surrogatepass")]),
    "twilio": Target(_reader(twilio.CHANNEL, FORM), [one.body for one in twilio_samples.SAMPLES.values()]),
    "amazon_connect": Target(
        _reader(amazon_connect.CHANNEL, JSON), [one.body for one in connect_samples.SAMPLES.values()]
    ),
}
