"""Twilio: calls, SMS and WhatsApp.

https://www.twilio.com/docs/voice/api/call-resource#statuscallback
https://www.twilio.com/docs/messaging/guides/webhook-request
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from chalicelib.channels.contract import Channel, Setting, Settings
from chalicelib.errors import Forbidden, Malformed, Unauthenticated
from chalicelib.models.identifiers import is_withheld
from chalicelib.models.inbound import JSON, Inbound, RawRequest, Reply, moment, printable, read, readable
from chalicelib.models.requests.contacts import ReportContact
from chalicelib.models.requests.interactions import CaptureInteraction, ReportDelivery
from chalicelib.rules import signatures

NAME = "twilio"
SIGNATURE = "x-twilio-signature"
TWIML = Reply('<?xml version="1.0" encoding="UTF-8"?><Response/>', "text/xml; charset=utf-8")

PHASES = {
    "queued": "queued",
    "initiated": "queued",
    "ringing": "ringing",
    "in-progress": "connected",
    "answered": "connected",
    "completed": "ended",
    "busy": "missed",
    "no-answer": "missed",
    "canceled": "abandoned",
    "failed": "missed",
}
DELIVERIES = {
    **{name: name for name in ("queued", "sending", "sent", "delivered", "read", "undelivered", "failed")},
    "accepted": "queued",
    "scheduled": "queued",
    "canceled": "failed",
}
OF_LEGS = {"To": "dialled"}
"""Of a leg that <Dial> began: whom it rang is no customer, it is with whom its parent is with."""
OF_CALLS = {"RecordingUrl": "recording", "ParentCallSid": "parent_call", "CallDuration": "seconds"}
OF_MESSAGES = {"ProfileName": "profile_name", "NumMedia": "media", "MediaUrl0": "media_url", "ErrorCode": "error"}
E164 = re.compile(r"\+[0-9]{7,15}")
"""How Twilio writes every number; what is written otherwise is a short code or the name of a sender."""

Fields = dict[str, str]


def verify(raw: RawRequest, settings: Settings) -> None:
    token = settings.get("auth_token")
    if not token:
        raise Forbidden("the channel twilio is not set up: it has no auth_token")
    form = raw.form() if raw.body else {}  # what comes in the URL is signed with it
    if not signatures.twilio(token, raw.url, form, raw.body, raw.headers.get(SIGNATURE, "")):
        raise Unauthenticated("the request is not signed by Twilio with this account's token")


def parse(raw: RawRequest) -> list[Inbound]:
    fields = _fields(raw)
    if "CallSid" in fields:
        return _call(raw, fields)
    if "MessageSid" in fields or "SmsSid" in fields:
        return _message(raw, fields)
    if "AccountSid" in fields:
        return []  # an event of another product
    raise Malformed.at("body", "has neither a CallSid nor a MessageSid")


def _fields(raw: RawRequest) -> Fields:
    """What it says, in a form or in JSON: of what comes several times, or is no text, nothing more is needed."""
    if not (raw.body and raw.content_type == JSON):
        return {name: values[0] for name, values in raw.form().items()}
    content = raw.json()
    if not isinstance(content, dict):
        raise Malformed.at("body", "is not an object")
    return {name: value for name, value in content.items() if isinstance(value, str)}


def _call(raw: RawRequest, fields: Fields) -> list[Inbound]:
    phase = PHASES.get(fields.get("CallStatus", ""))
    if phase is None and "RecordingUrl" not in fields:  # of a recording it is told apart
        return []
    parent = fields.get("ParentCallSid") or None
    ours = fields.get("Direction", "inbound") != "inbound" and not parent
    at = _at(raw, fields)
    report = {
        "channel": "voice",
        "direction": "outbound" if ours else "inbound",
        "provider": NAME,
        "provider_contact_id": fields["CallSid"],
        "previous_provider_contact_id": parent,
        **({} if parent else _ends(fields)),
        "at": at,
        "phase": phase,
        "attributes": _attributes(fields, OF_CALLS | (OF_LEGS if parent else {})),
    }
    return [read(ReportContact, report)]


def _message(raw: RawRequest, fields: Fields) -> list[Inbound]:
    sid = fields.get("MessageSid") or fields.get("SmsSid", "")
    status = fields.get("MessageStatus") or fields.get("SmsStatus", "received")
    whatsapp = any(fields.get(end, "").startswith("whatsapp:") for end in ("From", "To"))
    common: dict[str, Any] = {
        "channel": "whatsapp" if whatsapp else "sms",
        **_ends(fields),
        "source": NAME,
        "source_event_id": sid,
        "attributes": _attributes(fields, OF_MESSAGES),
    }
    at = _at(raw, fields)
    if status in {"received", "receiving"}:
        if common["from"] is None:
            raise Malformed.at("From", "is needed")
        body = readable(fields.get("Body", ""))
        said = {"kind": "message", "occurred_at": at, "body": body, "in_reply_to": _reply_to(fields)}
        return [read(CaptureInteraction, common | said)]
    if status not in DELIVERIES:
        return []
    return [read(ReportDelivery, common | {"at": at, "delivery": DELIVERIES[status]})]


def _reply_to(fields: Fields) -> str | None:
    return fields.get("OriginalRepliedMessageSid") or None


def _ends(fields: Fields) -> dict[str, Any]:
    return {"from": _identifier(fields.get("From", "")), "to": _identifier(fields.get("To", ""))}


def _identifier(address: str) -> dict[str, str] | None:
    """An end of a call or message: a number, a WhatsApp user, a client of the business, or a name."""
    address = printable(address, 254)
    if not address:
        return None
    if address.startswith("whatsapp:"):
        return {"type": "whatsapp", "value": address.removeprefix("whatsapp:")}
    kind, _, value = address.rpartition(":")
    if kind:
        return {"type": "other", "scope": f"{NAME}:{kind}", "value": value}
    if not E164.fullmatch(address) and not is_withheld(address):
        return {"type": "other", "scope": NAME, "value": address}
    return {"type": "phone", "value": address}


def _at(raw: RawRequest, fields: Fields) -> datetime:
    """When it happened: Twilio says so of calls only."""
    try:
        at = parsedate_to_datetime(fields.get("Timestamp", ""))
    except (ValueError, OverflowError):
        return raw.received_at
    return moment(at if at.tzinfo else at.replace(tzinfo=UTC), raw.received_at)


def _attributes(fields: Fields, wanted: dict[str, str]) -> dict[str, str]:
    found = {ours: printable(fields.get(theirs, "")) for theirs, ours in wanted.items()}
    return {name: value for name, value in found.items() if value and value != "0"}


def answer(_raw: RawRequest) -> Reply:
    """TwiML that says nothing: what a call or message does next is decided elsewhere."""
    return TWIML


CHANNEL = Channel(
    name=NAME,
    settings=(Setting("auth_token", "The account's auth token, with which Twilio signs its requests."),),
    free_text=frozenset({"Body", "Digits", "SpeechResult", "UnstableSpeechResult", "TranscriptionText"}),
    verify=verify,
    parse=parse,
    answer=answer,
)
