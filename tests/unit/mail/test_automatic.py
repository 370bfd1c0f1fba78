"""Who wrote it: a person, or one of the machines that must never be answered."""

import pytest

from chalicelib.mail.message import Auto, Outcome, Receiver
from chalicelib.mail.parse import parse

US = Receiver(frozenset({"help@example.org"}))
REPORT = "Content-Type: multipart/report; report-type={}; boundary=b"


def test_a_report_is_kept_whole() -> None:
    report = "Your message\n\nFrom: ada@example.com\nSubject: Parcel\n\ncould not be delivered."
    assert parse(f"From: mailer-daemon@example.com\n\n{report}".encode(), US).reply_text == report


@pytest.mark.parametrize(
    ("fields", "auto"),
    [
        ("From: ada@example.com", Auto.NONE),
        ("From: ada@example.com\nAuto-Submitted: no", Auto.NONE),
        ("From: ada@example.com\nAuto-Submitted: auto-replied (vacation)", Auto.AUTO_REPLY),
        ("From: ada@example.com\nPrecedence: auto_reply", Auto.AUTO_REPLY),
        ("From: ada@example.com\nX-Autoreply: yes", Auto.AUTO_REPLY),
        ("From: ada@example.com\nSubject: Automatic reply: Parcel", Auto.AUTO_REPLY),
        ("From: ada@example.com\nSubject: =?utf-8?q?Abwesenheitsnotiz?=", Auto.AUTO_REPLY),
        ("From: shop@example.com\nAuto-Submitted: auto-generated", Auto.AUTO_GENERATED),
        ("From: MAILER-DAEMON@example.com\nSubject: Test", Auto.BOUNCE),
        ("From: a@example.com\nReturn-Path: <>\nSubject: Undelivered Mail Returned to Sender", Auto.BOUNCE),
        ("From: a@example.com\nX-Failed-Recipients: b@example.com", Auto.BOUNCE),
        ("Subject: Undeliverable: Parcel", Auto.BOUNCE),
        ("From: a@example.com\nSubject: Undeliverable parcel", Auto.NONE),  # a customer's complaint
        (f"From: a@example.com\n{REPORT.format('delivery-status')}", Auto.BOUNCE),
        (f"From: a@example.com\n{REPORT.format('disposition-notification')}", Auto.RECEIPT),
        (f"From: a@example.com\n{REPORT.format('feedback-report')}", Auto.COMPLAINT),
        ("From: a@example.com\nList-Id: <engines.example.com>", Auto.LIST),
        ("From: a@example.com\nPrecedence: bulk", Auto.LIST),
        ("From: a@example.com\nList-Id: <help.example.org>", Auto.NONE),  # our own address is a group
        ("From: a@example.com\nList-Post: <mailto:help@example.org>\nPrecedence: list", Auto.NONE),
        ("From: Help@example.org", Auto.LOOP),
        ("From: help@example.org\nReply-To: ada@example.com", Auto.NONE),  # a form on our own site
        ("From: ada@example.com\nX-Loop: help@example.org", Auto.LOOP),
        ("From: ada@example.com" + "\nReceived: by x" * 51, Auto.LOOP),
    ],
)
def test_machines_are_told_from_people(fields: str, auto: Auto) -> None:
    mail = parse(f"{fields}\n\nHello".encode(), US)
    assert mail.auto is auto
    assert mail.label == (auto.value if auto is not Auto.NONE else "message")
    assert mail.outcome is (Outcome.REJECT if auto is Auto.LOOP else Outcome.INTERACTION)
