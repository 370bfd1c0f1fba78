"""Whatever comes, a channel reads it or says that it cannot: it never fails otherwise, and never takes long."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.channels.contract import Channel
from chalicelib.channels.registry import find_channel, list_channels
from chalicelib.errors import BadInput
from chalicelib.models.inbound import FORM, JSON, RawRequest
from chalicelib.services.inbound.inbox import mask_body
from tests.channels import amazon_connect, twilio
from tests.settings import NOW

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
TOLD = [amazon_connect.RECORD, amazon_connect.MESSAGE, amazon_connect.TRANSCRIPT, amazon_connect.ANALYSIS]
FIELDS = sorted(twilio.SMS | twilio.STATUS | twilio.CALL)
TOLD += [*amazon_connect.LIFE, amazon_connect.LIFE[2]["detail"]]


def read(channel: Channel, content_type: str, body: bytes) -> None:
    raw = RawRequest("POST", "https://api.example.com/", {"content-type": content_type}, body, NOW)
    try:
        channel.parse(raw)
        masked = mask_body(raw, channel.free_text)
    except BadInput:
        return
    # what is kept can be read as well
    channel.parse(RawRequest("POST", raw.url, raw.headers, masked, NOW))


@pytest.mark.parametrize("channel", list_channels(), ids=lambda channel: channel.name)
@pytest.mark.parametrize("content_type", [FORM, JSON, ""])
@given(body=st.binary(max_size=200))
@example(body=b"{}")
def test_any_bytes(channel: Channel, content_type: str, body: bytes) -> None:
    read(channel, content_type, body)


@st.composite
def distorted(draw: st.DrawFn) -> Any:
    """Something that Amazon Connect tells, in which one thing is anything."""
    told = json.loads(json.dumps(draw(st.sampled_from(TOLD))))
    place, node = told, told
    while isinstance(node, dict) and node and draw(st.booleans()):
        place, name = node, draw(st.sampled_from(sorted(node)))
        node = place[name]
        if not isinstance(node, dict) or draw(st.booleans()):
            place[name] = draw(VALUES)
            break
    return told


@given(distorted())
@example(amazon_connect.TRANSCRIPT | {"Categories": {"MatchedCategories": 1}})
def test_anything_in_the_place_of_what_connect_tells(told: Any) -> None:
    read(find_channel("amazon_connect"), JSON, json.dumps(told).encode())


@given(
    st.sampled_from([twilio.SMS, twilio.WHATSAPP, twilio.STATUS, twilio.CALL]),
    st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=40), max_size=3),
)
@example(twilio.SMS, {"MessageSid": ""})
def test_anything_in_the_place_of_what_twilio_sends(form: dict[str, str], changed: dict[str, str]) -> None:
    encoded = urlencode({**form, **changed}, errors="replace").encode()
    read(find_channel("twilio"), FORM, encoded)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_what_is_nested_deeply(opening: bytes) -> None:
    read(find_channel("amazon_connect"), JSON, opening * 100_000)
    read(find_channel("amazon_connect"), JSON, opening * 400 + b"1" + (b"]" if opening == b"[" else b"}") * 400)
