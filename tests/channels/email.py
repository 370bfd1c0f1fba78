"""Mails, raw as SES puts them into the bucket, and as they are kept once their MIME is read."""

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from tests.channels.sample import Sample

WRITTEN_AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
SETTINGS: dict[str, str] = {}
RAW = """\
Received: from mx.example.com by inbound-smtp.eu-west-2.amazonaws.com
Authentication-Results: amazonses.com; spf=pass smtp.mailfrom=example.com; dmarc={dmarc} header.from=example.com
From: Ada Lovelace <{address}>
To: Help <help@throughline.test>
Subject: {subject}
Date: {date}
Message-ID: <{message_id}>
{more}MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

{text}
"""
KEPT: dict[str, Any] = {
    "outcome": "interaction",
    "label": "message",
    "from": "ada@example.com",
    "name": "Ada Lovelace",
    "to": ["help@throughline.test"],
    "ours": ["help@throughline.test"],
    "subject": "My order",
    "text": "Where is it?",
    "reply_text": "Where is it?",
    "date": "2026-11-22T08:00:00+00:00",
    "message_id": "1@example.com",
    "answers": [],
    "token": None,
    "auto": "none",
    "dmarc": "pass",
    "aligned": True,
    "attachments": [{"name": "order.pdf", "type": "application/pdf", "size": 3}],
}


def a_mail(
    text: str = "Where is it?",
    *,
    message_id: str = "1@example.com",
    subject: str = "My order",
    dmarc: str = "pass",
    more: str = "",
    address: str = "ada@example.com",
    date: datetime = WRITTEN_AT,
) -> bytes:
    written = {"address": address, "date": format_datetime(date)}
    filled = RAW.format(text=text, message_id=message_id, subject=subject, dmarc=dmarc, more=more, **written)
    return filled.replace("\n", "\r\n").encode()


SAMPLES = {
    "a mail": Sample.of_json(KEPT),
    "an auto-reply": Sample.of_json(KEPT | {"auto": "auto-reply"}),
    "without a date": Sample.of_json(KEPT | {"date": None}),
    "from nobody": Sample.of_json(KEPT | {"from": None}),
    "from no address": Sample.of_json(KEPT | {"from": "ada at home", "to": []}),
}
WITH_MORE = {"more is known": (Sample.of_json(KEPT), Sample.of_json(KEPT | {"unheard": "of"}))}
IGNORED = {
    "a loop": Sample.of_json(KEPT | {"outcome": "reject", "label": "loop"}),
}
GARBAGE = {"not JSON": Sample(b"{", {}), "no mail": Sample.of_json({"Hello": "world"})}
STALE: dict[str, Sample] = {}
