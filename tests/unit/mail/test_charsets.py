"""Bytes whose charset is missing, unknown or a lie."""

import pytest

from chalicelib.mail.charsets import decode

GERMAN, JAPANESE, CHINESE = "Grüße aus Köln", "荷物が届きません。お願いします。", "包裹还没有到，请帮助我查询。"


@pytest.mark.parametrize(
    ("content", "declared", "text"),
    [
        (GERMAN.encode(), "utf-8", GERMAN),
        (GERMAN.encode("utf-8-sig"), None, GERMAN),
        (GERMAN.encode(), "iso-8859-1", GERMAN),  # a lie
        (GERMAN.encode("latin-1"), "iso-8859-1", GERMAN),
        (GERMAN.encode("latin-1"), "utf-8", GERMAN),  # the other lie
        (GERMAN.encode("latin-1"), "us-ascii", GERMAN),
        (GERMAN.encode("latin-1"), "no-such-charset", GERMAN),
        ("“10 €”".encode("cp1252"), "iso-8859-1", "“10 €”"),
        (GERMAN.encode("utf-16"), None, GERMAN),
        (GERMAN.encode("utf-16-be"), "utf-16be", GERMAN),
        (JAPANESE.encode("iso2022_jp"), "iso-2022-jp", JAPANESE),
        (JAPANESE.encode("iso2022_jp"), None, JAPANESE),
        (JAPANESE.encode("cp932"), "x-sjis", JAPANESE),
        (CHINESE.encode("gb18030"), "gb2312", CHINESE),
        ((CHINESE * 5).encode("gb18030") + b"\xff", "gbk", CHINESE * 5 + "\ufffd"),
        (b"Hi +AOk-", "unicode-1-1-utf-7", "Hi é"),
        (b"a +2AA- b", "utf-7", "a  b"),
        (b"plain", "punycode", "plain"),
        (b"plain", "zlib", "plain"),
        (b"plain", "unicode-escape", "plain"),
        (b"pl\xc3\xa9", "\udce9", "plé"),
        (b"a\r\nb\rc\x00\x1f", None, "a\nb\nc"),
        (b"\x1b\xff\xfe nothing that is \x81 known", None, None),
        ("Gr\u00fc".encode("latin-1"), None, "Grü"),
        (
            "Привет, где моя посылка? Она не пришла".encode("cp1251"),
            None,
            "Привет, где моя посылка? Она не пришла",
        ),
        (b"", "utf-8", ""),
    ],
)
def test_bytes_become_what_was_meant(content: bytes, declared: str | None, text: str | None) -> None:
    decoded = decode(content, declared)
    assert decoded == text or text is None
