"""Signatures of providers: what they signed is taken, whatever else is not. The vectors are made by openssl."""

from base64 import b64encode
from hmac import digest
from urllib.parse import parse_qsl, urlencode

import pytest

from chalicelib.rules import signatures

URL = "https://example.com/hook?a=1"
FORM = {"B": ["2"], "A": ["1"]}
SIGNED = "mm957LpKDOd2FFiu/8MOjxcYwgY="  # over the URL and A1B2
SIGNED_WITH_PORT = "B4AbdTticVF6MUcTQZQw+m+ISTM="  # over https://example.com:443/hook?a=1 and A1B2
SIGNED_ANY_PORT = "ir4GG8SasO80ATsyeXQgO54c7XM="  # over https://example.com:8443/hook?a=1 and A1B2
BODY, DIGEST = b'{"a": 1}', "f9d86028c6e0d64e225186f96acb69338b2c59764df79162107f5c4bb34d1310"
BODY_URL = f"https://example.com/hook?bodySHA256={DIGEST}"
SIGNED_BODY = "e96OA3eUm48A0ygdF/9pAjOE6JU="  # over that URL
SIGNED_TWICE = "zDRABmzJtXPY1ukEJ24RRuXEN24="  # over the URL and A1A2


def test_twilio_signs_the_url_and_the_fields_in_order() -> None:
    assert signatures.twilio("token", URL, FORM, b"", SIGNED)
    assert signatures.twilio("token", "https://example.com:443/hook?a=1", FORM, b"", SIGNED)
    assert signatures.twilio("token", URL, FORM, b"", SIGNED_WITH_PORT)
    assert signatures.twilio("token", "https://example.com:8443/hook?a=1", FORM, b"", SIGNED_ANY_PORT)
    # a field that comes several times is signed once for each of its values
    assert signatures.twilio("token", URL, {"A": ["2", "1", "2"]}, b"", SIGNED_TWICE)


@pytest.mark.parametrize(
    ("token", "url", "form", "signature"),
    [
        ("other", URL, FORM, SIGNED),
        ("token", URL + "&b=2", FORM, SIGNED),
        ("token", "http://example.com/hook?a=1", FORM, SIGNED),
        ("token", URL, FORM | {"C": ["3"]}, SIGNED),
        ("token", URL, FORM, SIGNED.lower()),
        ("token", URL, FORM, ""),
        ("token", URL, FORM, "é"),
    ],
)
def test_twilio_signed_something_else(token: str, url: str, form: dict[str, list[str]], signature: str) -> None:
    assert not signatures.twilio(token, url, form, b"", signature)


@pytest.mark.parametrize(
    "written",
    [
        "a=1%202&b=%C3%A9",
        "a=1+2&b=%C3%A9",
        "u=https://x.example/y,z",
        "u=https://x.example/y%20z",
        "u=https%3A%2F%2Fx.example%2Fy%20z",
        "u=https%3A%2F%2Fx.example~",
        "a=&b=1",
        "a&b=1",
    ],
)
def test_twilio_signs_a_query_however_it_is_written(written: str) -> None:
    # Given a URL as whoever set it up wrote it, of which a gateway hands over what its query says
    address = "https://example.com/hook?"
    signature = b64encode(digest(b"token", f"{address}{written}".encode(), "sha1")).decode()
    handed_over = urlencode(parse_qsl(written, keep_blank_values=True))
    assert signatures.twilio("token", address + handed_over, {}, b"", signature)
    # and what says something else is something else
    for other in (handed_over + "x", handed_over + "&c=", handed_over[1:], ""):
        assert not signatures.twilio("token", address + other, {}, b"", signature)


def test_nobody_signs_a_url_that_cannot_be_one() -> None:
    assert not signatures.twilio("token", "https://[x/v1/channels/twilio/inbound", {}, b"", "signed")


def test_twilio_signs_a_body_by_its_digest() -> None:
    assert signatures.twilio("token", BODY_URL, {}, BODY, SIGNED_BODY)
    assert signatures.twilio("token", BODY_URL, {"not": ["signed"]}, BODY, SIGNED_BODY)
    assert not signatures.twilio("token", BODY_URL, {}, BODY + b" ", SIGNED_BODY)


@pytest.mark.parametrize(
    ("timestamp", "now", "valid"),
    [
        ("1000", 1000.0, True),
        ("1000", 1300.0, True),
        ("1000", 700.0, True),
        ("1000", 1300.5, False),
        ("1000", 699.0, False),
        ("1001", 1000.0, False),
        ("", 0.0, False),
        ("now", 1000.0, False),
        ("-1000", -1000.0, False),
        ("\u0661000", 1000.0, False),
        ("9" * 5_000, 1000.0, False),
    ],
)
def test_slack_signs_when_it_sent(timestamp: str, now: float, valid: bool) -> None:  # noqa: FBT001
    signature = "v0=6c96d11f3bef2160b1b50c7d16242485c5f2da466b62a9905056a075b997f97a"  # over v0:1000:body
    assert signatures.slack("secret", timestamp, b"body", signature, now) is valid


def test_slack_signed_something_else() -> None:
    signature = "v0=6c96d11f3bef2160b1b50c7d16242485c5f2da466b62a9905056a075b997f97a"
    assert not signatures.slack("other", "1000", b"body", signature, 1000)
    assert not signatures.slack("secret", "1000", b"other", signature, 1000)
    assert not signatures.slack("secret", "1000", b"body", signature.removeprefix("v0="), 1000)


def test_line_signs_the_body() -> None:
    signature = "3EaYNVf+oSe0OvchRn65s/3iM4/j4U9RlSqoR4wT01U="  # over body
    assert signatures.line("secret", b"body", signature)
    assert not signatures.line("secret", b"other", signature)
    assert not signatures.line("other", b"body", signature)
    assert not signatures.line("secret", b"body", "")
