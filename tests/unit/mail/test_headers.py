"""Fields that come folded, encoded, in bare bytes, broken or far too long."""

from datetime import UTC, datetime

import pytest

from chalicelib.mail.headers import addresses_of, date_of, ids_of, raw_of, text_of
from chalicelib.mail.message import Address
from chalicelib.mail.mime import read_headers


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Parcel", "Parcel"),
        (b"A long\r\n one\r\n\ttoo", "A long one too"),
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?B?R3LDvA==?= =?utf-8?B?w59l?=", "Grüße"),
        (b"=?utf-8?B?R3LD?= =?utf-8?B?vMOfZQ==?=", "Grüße"),  # cut in the middle of a letter
        (b"=?iso-8859-1*de?q?Gr=FC=DFe?= Bob", "Grüße Bob"),
        (b"=?utf-8?B?R3LDvA==?==?utf-8?B?w59l?=", "Grüße"),  # no space between
        (b"=?no-such?q?Gr=FC?=", "Grü"),
        (b"=?utf-8?B?R?=", "=?utf-8?B?R?="),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        (b"a\x00b\x07", "ab"),
        (b"x" * 100_000, "x" * 19_999),
    ],
)
def test_a_field_is_text(raw: bytes, text: str) -> None:
    assert text_of(raw_of(read_headers(b"Subject: " + raw + b"\r\n\r\n"), "subject"))[:19_999] == text


@pytest.mark.parametrize(
    ("raw", "addresses"),
    [
        (b"ada@example.com", [Address("", "ada@example.com")]),
        (b'"Lovelace, Ada" <ada@example.com>', [Address("Lovelace, Ada", "ada@example.com")]),
        (b"=?utf-8?q?L=C3=B6w=2C_Ada?= <ada@example.com>", [Address("Löw, Ada", "ada@example.com")]),
        (b"ada@example.com (Ada)", [Address("Ada", "ada@example.com")]),
        (
            b"All: a@example.com, Bob <b@example.com>;",
            [Address("", "a@example.com"), Address("Bob", "b@example.com")],
        ),
        (b"undisclosed-recipients:;", []),
        ("jörg@exämple.com".encode(), [Address("", "jörg@exämple.com")]),
        (b"nobody", [Address("", "nobody")]),
        (b"(" * 15_000, []),
        (b"", []),
    ],
)
def test_mailboxes_are_found(raw: bytes, addresses: list[Address]) -> None:
    assert list(addresses_of(read_headers(b"To: " + raw + b"\r\n\r\n"), "to")) == addresses


def test_ids_lose_their_brackets_and_doubles() -> None:
    message = read_headers(b"References: <1@x> junk <2@x>\r\n <1@x>\r\nIn-Reply-To: 3@x\r\n\r\n")
    assert ids_of(message, "references") == ("1@x", "2@x")
    assert ids_of(message, "in-reply-to") == ("3@x",)
    assert ids_of(message, "message-id") == ()


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("Mon, 6 May 2024 10:12:00 +0200", datetime(2024, 5, 6, 8, 12, tzinfo=UTC)),
        ("6 May 2024 10:12 -0000", datetime(2024, 5, 6, 10, 12, tzinfo=UTC)),
        ("Mon, 6 May 2024 10:12:00 +0200 (CEST)", datetime(2024, 5, 6, 8, 12, tzinfo=UTC)),
        ("yesterday", None),
        ("Fri, 31 Dec 9999 23:00:00 -1400", None),
        ("", None),
    ],
)
def test_a_date_is_in_utc_or_none(raw: str, moment: datetime | None) -> None:
    assert date_of(read_headers(f"Date: {raw}\r\n\r\n".encode())) == moment
