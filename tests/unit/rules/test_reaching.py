"""Where a customer is asked how it was: where they prefer it, may be and can be."""

from typing import Any

import pytest

from chalicelib.rules.reaching import FEEDBACK, channel_for


def known(**values: str) -> list[dict[str, Any]]:
    return [{"type": type_, "value": value, "verified": False} for type_, value in values.items()]


BOTH = known(phone="+447700900123", email="ada@example.com")


@pytest.mark.parametrize(
    ("preferred", "met_on", "identifiers", "consent", "channel"),
    [
        (None, "voice", BOTH, {}, "sms"),
        (None, "email", BOTH, {}, "email"),
        (None, "chat", BOTH, {}, "email"),
        ("email", "voice", BOTH, {}, "email"),
        ("pigeon", "voice", BOTH, {}, "sms"),
        (None, "voice", BOTH, {"sms": False}, "email"),
        (None, "voice", BOTH, {"sms": False, "email": False}, "whatsapp"),
        (None, "voice", BOTH, {"sms": False, "email": False, "whatsapp": False}, None),
        ("email", "voice", BOTH, {"feedback": False}, None),
        (None, "voice", BOTH, {"marketing": False}, "sms"),
        (None, "voice", known(account="A-1"), {}, None),
        (None, "voice", known(email="ada@example.com"), {}, "email"),
        (None, "line", known(line="U1"), {}, "line"),
    ],
)
def test_where(
    preferred: str | None, met_on: str, identifiers: Any, consent: dict[str, bool], channel: str | None
) -> None:
    found = channel_for(FEEDBACK, preferred, met_on, identifiers, consent)
    assert (found and found[0]) == channel


def test_what_was_verified_goes_first() -> None:
    numbers = [*known(phone="+447700900123"), {"type": "phone", "value": "+447700900124", "verified": True}]
    found = channel_for(FEEDBACK, None, "voice", numbers, {})
    assert found
    assert found[1]["value"] == "+447700900124"
