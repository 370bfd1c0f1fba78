"""Raw mails, well-formed and hostile: one value of each."""

import base64
import time

import pytest

from chalicelib.mail.message import Address, Outcome
from chalicelib.mail.parse import parse

TOKEN = "01HZX3F0T8M1N2P3Q4R5S6T7V8"
HEAD = "From: Ada <ada@example.com>\nSubject: Parcel\n"
MIXED = HEAD + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
PNG = base64.encodebytes(b"picture").decode()


def part(fields: str, body: str, boundary: str = "b") -> str:
    return f"--{boundary}\n{fields}\n\n{body}\n"


def test_a_reply_is_read() -> None:
    # Given a reply as a mail program sends it
    raw = (
        'From: "Lovelace, Ada" <ada@example.com>\nReply-To: ada@home.example\n'
        f"To: Help <help+{TOKEN.lower()}@example.org>\nCc: bob@example.com\n"
        "Subject: =?utf-8?q?Re=3A_Gr=C3=BC=C3=9Fe?=\nMessage-ID: <2@x>\n"
        "In-Reply-To: <1@x>\nReferences: <0@x> <1@x>\n"
        "Date: Mon, 6 May 2024 10:12:00 +0200\nContent-Type: multipart/alternative; boundary=b\n\n"
        + part("Content-Type: text/plain; charset=utf-8", "Yes\n\nOn 5 May 2024, Help wrote:\n> Has it come?\n")
        + part("Content-Type: text/html", "<p>Yes, in <b>HTML</b></p>")
        + "--b--\n"
    )
    # When it is parsed
    mail = parse(raw.encode())
    # Then all of it is there, and the reply apart
    assert (mail.outcome, mail.label, mail.auto) == (Outcome.INTERACTION, "message", "none")
    assert mail.sender == Address("Lovelace, Ada", "ada@example.com")
    assert [one.address for one in (*mail.to, *mail.cc, *mail.reply_to)] == [
        f"help+{TOKEN.lower()}@example.org",
        "bob@example.com",
        "ada@home.example",
    ]
    assert (mail.subject, mail.message_id) == ("Re: Grüße", "2@x")
    assert (mail.in_reply_to, mail.references) == (("1@x",), ("0@x", "1@x"))
    assert mail.date is not None
    assert mail.date.isoformat() == "2024-05-06T08:12:00+00:00"
    assert mail.text == "Yes\n\nOn 5 May 2024, Help wrote:\n> Has it come?"
    assert mail.reply_text == "Yes"
    assert (mail.token, mail.attachments, mail.left_out) == (TOKEN, (), 0)


def test_our_token_in_the_subject_is_found_where_the_address_has_none() -> None:
    assert parse(f"From: a@b.example\nSubject: Re: [#{TOKEN}] Parcel\n\nx".encode()).token == TOKEN
    assert parse(f"From: a@b.example\nTo: x+{TOKEN}x@y.example\n\nx".encode()).token is None


def test_attachments_are_named_typed_and_decoded() -> None:
    raw = (
        MIXED
        + part("Content-Type: text/plain", "See below")
        + part('Content-Type: image/png; name="p.png"\nContent-Transfer-Encoding: base64', PNG)
        + part(
            "Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt", "x"
        )
        + part(
            "Content-Type: application/pdf\nContent-Disposition: attachment; filename*0=a;\n filename*1=b.pdf", "x"
        )
        + part('Content-Type: application/pdf; name="=?utf-8?q?Gr=C3=BC=C3=9Fe.pdf?="', "x")
        + part("Content-Type: image/gif\nContent-ID: <logo@x>\nContent-Transfer-Encoding: 7bit;", "x")
        + part("Content-Type: application/x-thing", "x")
        + part("Content-Type: image/jpeg\nContent-Location: https://example.com/photos/me.jpg", "x")
        + part('Content-Disposition: attachment; filename="..\\\\..\\\\etc/pass\u202ewd."', "x")
        + part("Content-Type: application/ms-tnef; name=winmail.dat", "x")
        + part("Content-Type: text/plain", "And this")
        + "--b--\n"
    )
    mail = parse(raw.encode())
    assert mail.text == mail.reply_text == "See below\n\nAnd this"
    assert [(one.name, one.type) for one in mail.attachments] == [
        ("p.png", "image/png"),
        ("Grüße.txt", "text/plain"),
        ("ab.pdf", "application/pdf"),
        ("Grüße.pdf", "application/pdf"),
        ("attachment-5.gif", "image/gif"),
        ("attachment-6", "application/x-thing"),
        ("me.jpg", "image/jpeg"),
        ("pass wd", "text/plain"),
        ("winmail.dat", "application/ms-tnef"),
    ]
    assert (mail.attachments[0].content, mail.attachments[0].size) == (b"picture", 7)
    assert (mail.attachments[4].content_id, mail.attachments[4].inline) == ("logo@x", True)


def test_a_message_in_a_message_is_one_attachment() -> None:
    inner = "From: bob@example.com\nSubject: Earlier\n\nNot what Ada says"
    raw = (
        MIXED
        + part("Content-Type: text/plain", "Look")
        + part("Content-Type: message/rfc822", inner)
        + part("Content-Type: message/rfc822; name=named.eml", inner)
        + part("Content-Type: message/rfc822", "\nno fields")
        + part("Content-Type: message/delivery-status", "Reporting-MTA: dns; x\n\nAction: failed\n")
        + part("Content-Type: text/rfc822-headers", "Subject: Earlier\n")
        + "--b--\n"
    )
    mail = parse(raw.encode())
    assert mail.text == "Look"
    names = [one.name for one in mail.attachments]
    assert names == ["Earlier.eml", "named.eml", "attachment-3.eml", "attachment-4.eml"]
    assert b"Not what Ada says" in mail.attachments[0].content


def test_files_that_old_programs_write_into_the_text_are_attached() -> None:
    block = "begin 644 cat.txt\n#0V%T\n`\nend"
    mail = parse(f"{HEAD}\nSee\n{block}\nbye\nbegin 644 x\nno end".encode())
    assert mail.text == "See\nbye\nbegin 644 x\nno end"
    assert [(one.name, one.type, one.content) for one in mail.attachments] == [("cat.txt", "text/plain", b"Cat")]
    encoded = part("Content-Type: text/x-cat; name=c\nContent-Transfer-Encoding: x-uuencode", block)
    assert parse((MIXED + encoded + "--b--\n").encode()).attachments[0].content == b"Cat"
    padded = "begin 644 cat.txt\n#0V%T  zzz\nend"
    assert parse(f"{HEAD}\n{padded}".encode()).attachments[0].content == b"Cat"
    broken = "begin 644 cat.txt\n#\u00e9\u00e9\u00e9\n\nend"
    assert parse(f"{HEAD}\n{broken}".encode()).text == broken


def test_alternatives_are_chosen_by_what_they_say() -> None:
    alternative = HEAD + "Content-Type: multipart/alternative; boundary=b\n\n"
    html = part("Content-Type: text/html", "<p>HTML</p>")
    # Given plain text that says nothing, and HTML with a picture
    related = part(
        "Content-Type: multipart/related; boundary=r",
        part("Content-Type: text/html", "<p>HTML</p>", "r") + part("Content-Type: image/png", "x", "r") + "--r--",
    )
    mail = parse((alternative + part("Content-Type: text/plain", " ") + related + "--b--\n").encode())
    assert (mail.text, len(mail.attachments)) == ("HTML", 1)
    # And plain text that does
    mail = parse((alternative + part("Content-Type: text/plain", "Plain") + related + "--b--\n").encode())
    assert (mail.text, len(mail.attachments)) == ("Plain", 1)
    # And neither
    assert parse((alternative + part("Content-Type: text/plain", "") + "--b--\n").encode()).text == ""
    assert parse((alternative + html + "--b--\n").encode()).reply_text == "HTML"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (MIXED + "no boundary at all", "no boundary at all"),
        (MIXED + part("Content-Type: text/plain", "other boundary", "c") + "--c--", "other boundary"),
        (HEAD + "Content-Type: multipart/mixed\n\n" + part("Content-Type: text/plain", "x", "c"), "x"),
        (MIXED + part("", "first") + "--b--\n" + part("", "below the end") + "--b--\n", "first\n\nbelow the end"),
        (MIXED + part("Content-Type: text/plain", "never closed"), "never closed"),
        (HEAD + "stray words here\nTo: x@example.com\n\nHello", "Hello"),
        ("From: ada@example.com\nHello without a blank line", "Hello without a blank line"),
        (HEAD + "Content-Type: nonsense\n\nHello", "Hello"),
        (HEAD + "Content-Transfer-Encoding: base64\n\n!!!", "!!!"),
        (HEAD + "Content-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe =ZZ", "Grüße =ZZ"),
        (HEAD + "Content-Type: text/plain; charset=no-such\n\nHello", "Hello"),
    ],
)
def test_broken_mails_are_read_as_far_as_they_can_be(raw: str, text: str) -> None:
    mail = parse(raw.encode())
    assert (mail.outcome, mail.text) == (Outcome.INTERACTION, text)


@pytest.mark.parametrize(
    ("raw", "outcome", "label"),
    [
        (b"", "reject", "empty"),
        (b"\r\n\r\n", "reject", "empty"),
        (b"From: ada@example.com\n\n", "reject", "empty"),
        (b"no fields, only words", "reject", "empty"),
        (b"Subject: x\n\nHello", "interaction", "no_sender"),
        (b"From: ada@example.com\nSubject: only a subject\n\n", "interaction", "message"),
        (b"Sender: ada@example.com\n\nHello", "interaction", "message"),
        (b"From: help@example.org\nX-Loop: x\n\nHello", "interaction", "message"),
    ],
)
def test_every_mail_ends_as_an_interaction_or_a_labelled_reject(raw: bytes, outcome: str, label: str) -> None:
    mail = parse(raw)
    assert (mail.outcome, mail.label) == (outcome, label)


def deep(count: int, kind: str = "multipart/mixed; boundary=b{0}\n\n--b{0}") -> bytes:
    return (
        "From: ada@example.com\n" + "".join(f"Content-Type: {kind.format(n)}\n" for n in range(count))
    ).encode()


@pytest.mark.parametrize(
    "bomb",
    [
        deep(60),
        deep(3_000),
        deep(5_000, "message/rfc822\n"),
        MIXED.encode() + b"--b\n\nx\n" * 30_000,
        deep(90) + b"x\n" * 200_000,
        b"From: ada@example.com\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b--\n--b\n" * 4_000,
    ],
    ids=["deep", "deeper", "messages", "parts", "lines", "ends"],
)
def test_what_would_take_minutes_is_refused_with_its_label(bomb: bytes) -> None:
    before = time.process_time()
    mail = parse(bomb)
    assert time.process_time() - before < 5
    assert mail.label in {"too_complex", "message", "empty"}
    assert mail.sender is not None
    assert mail.sender.address == "ada@example.com"


def test_parts_beyond_the_most_are_counted() -> None:
    mail = parse((MIXED + part("Content-Type: image/png", "x") * 503 + "--b--\n").encode())
    assert (len(mail.attachments), mail.left_out) == (500, 3)


def test_a_large_text_is_cut_and_a_large_attachment_is_not() -> None:
    large = part(
        "Content-Type: application/zip\nContent-Transfer-Encoding: base64",
        base64.b64encode(bytes(3_000_000)).decode(),
    )
    mail = parse((MIXED + part("Content-Type: text/plain", "x" * 1_500_000) + large + "--b--\n").encode())
    assert (len(mail.text), mail.attachments[0].size) == (1_000_000, 3_000_000)
    assert len(parse(f"{HEAD}\n{'y' * 17_000_000}".encode()).text) == 1_000_000


@pytest.mark.parametrize(
    "parameters",
    [
        "name*=x; name*0=y",
        "name*0*=a%00'x'y; name*1*=z",
        "boundary*=\0'x'y",
        "charset*=\0'x'utf-8",
        "charset=\xe9; name*=\xe9",
    ],
)
def test_parameters_on_which_the_standard_library_fails_cost_no_more_than_themselves(parameters: str) -> None:
    raw = f"{HEAD}Content-Type: text/plain; {parameters}\n\nGr\xfc\xdfe"
    mail = parse(raw.encode("latin-1"))
    assert (mail.outcome, mail.subject) == (Outcome.INTERACTION, "Parcel")
    assert mail.text == "Grüße" or mail.attachments[0].content == b"Gr\xfc\xdfe"
