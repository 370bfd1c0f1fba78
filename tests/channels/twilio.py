"""Twilio's requests, signed as Twilio would."""

from base64 import b64encode
from collections.abc import Mapping
from hmac import digest
from typing import Any
from urllib.parse import urlencode

from tests.channels.sample import Sample

TOKEN = "12345678901234567890123456789012"
SETTINGS = {"auth_token": TOKEN}
ACCOUNT = {"AccountSid": "AC00000000000000000000000000000001", "ApiVersion": "2010-04-01"}
SMS: dict[str, str] = ACCOUNT | {
    "MessageSid": "SM00000000000000000000000000000001",
    "SmsStatus": "received",
    "From": "+447700900123",
    "To": "+441632960000",
    "Body": "Where is my order?",
    "NumMedia": "0",
}
WHATSAPP: dict[str, str] = SMS | {
    "MessageSid": "SM00000000000000000000000000000002",
    "From": "whatsapp:+447700900123",
    "To": "whatsapp:+441632960000",
    "ProfileName": "Ada",
    "WaId": "447700900123",
}
STATUS: dict[str, str] = ACCOUNT | {
    "MessageSid": "SM00000000000000000000000000000003",
    "MessageStatus": "delivered",
    "From": "+441632960000",
    "To": "+447700900123",
}
CALL: dict[str, str] = ACCOUNT | {
    "CallSid": "CA00000000000000000000000000000001",
    "CallStatus": "in-progress",
    "Direction": "inbound",
    "From": "+447700900123",
    "To": "+441632960000",
    "Timestamp": "Sun, 22 Nov 2026 08:00:05 +0000",
}


def sign(
    url: str, headers: Mapping[str, str], body: bytes, form: Mapping[str, str], token: str = TOKEN
) -> dict[str, str]:
    """The headers with the signature over the URL and the fields, by name."""
    assert body
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return {**headers, "x-twilio-signature": b64encode(digest(token.encode(), signed.encode(), "sha1")).decode()}


def a_form(fields: Mapping[str, str], **changed: Any) -> Sample:
    form = {**fields, **changed}
    return Sample(
        body=urlencode(form).encode(),
        headers={"content-type": "application/x-www-form-urlencoded"},
        sign=lambda url, headers, body: sign(url, headers, body, form),
    )


SAMPLES = {
    "sms": a_form(SMS),
    "whatsapp": a_form(WHATSAPP),
    "delivery": a_form(STATUS),
    "call": a_form(CALL),
}
WITH_MORE = {"a new field": (a_form(SMS), a_form(SMS, Unheard="of"))}
"""Pairs that come to the same: fields that are not known are left out."""
IGNORED = {
    "another product": a_form(ACCOUNT, EventType="onConversationAdded"),
    "another status of a call": a_form(CALL, CallStatus="teleported"),
    "another status of a message": a_form(STATUS, MessageStatus="pondering"),
}
GARBAGE = {
    "JSON of nothing": Sample(b"{}", {"content-type": "application/json"}),
    "JSON that is no object": Sample(b'["CallSid"]', {"content-type": "application/json"}),
    "no JSON": Sample(b"{", {"content-type": "application/json"}),
    "nothing in it": a_form({}, Hello="world"),
    "from nobody": a_form(SMS, From=""),
    "not text": Sample(b"\xff\xfe=\x00", {"content-type": "application/x-www-form-urlencoded"}),
}
STALE: dict[str, Sample] = {}
"""Twilio's signature has no time: a replay comes to what its first delivery made."""
