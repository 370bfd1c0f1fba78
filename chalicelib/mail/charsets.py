"""Bytes to text where the charset is missing, unknown or a lie."""

import codecs
import re

_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""What is written under that name in practice: https://encoding.spec.whatwg.org/#names-and-labels"""
_ALIASES = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-euc-cn": "gb18030",
    "x-euc-jp": "euc_jp",
    "x-windows-949": "cp949",
    "x-big5": "big5hkscs",
    "windows-874": "cp874",
    "x-mac-roman": "mac_roman",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
}
_NO_CHARSETS = {"punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape"}
"""Codecs of Python that are no charset of any mail; some take quadratic time."""
_NOT_LIKE_ASCII = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7", "hz"}
_SAMPLE = 16_384
_ASCII = 127
SHORT = 64
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def decode(content: bytes, declared: str | None) -> str:
    """The text. What is valid UTF-8 beyond ASCII is UTF-8, whatever was declared: chance does not make it."""
    codec = _codec(declared)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and codec not in {"utf-16-le", "utf-16-be"}:
        codec = "utf-16"
    if b"\x1b" not in content and codec not in _NOT_LIKE_ASCII:
        try:
            return clean(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            pass
    if codec:
        try:
            return clean(content.decode(codec))
        except UnicodeDecodeError:
            if (text := _mostly(content, codec)) is not None:
                return clean(text)
    return clean(_guessed(content))


def clean(text: str) -> str:
    """Line ends as one, no control characters that nobody typed, no half of a letter."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _codec(declared: str | None) -> str | None:
    name = (declared or "").strip(" \"'").lower()
    try:
        found = codecs.lookup(_ALIASES.get(name, name)).name.replace("unicode-escape", "unicode_escape")
        b"".decode(found)  # a codec that is none of text refuses
    except (LookupError, ValueError):
        return None
    return None if found in _NO_CHARSETS else _WIDER.get(found, found)


def _mostly(content: bytes, codec: str) -> str | None:
    """As declared, if a few characters are broken, and many more that are not ASCII are whole."""
    text = content.decode(codec, "replace")
    broken = text.count("\ufffd")
    whole = sum(letter > "\x7f" for letter in text) - broken
    return text if broken <= max(1, len(text) // 50) and broken < whole else None


def _guessed(content: bytes) -> str:
    if b"\x1b" in content[:_SAMPLE]:
        try:
            return content.decode("iso2022_jp_2")
        except UnicodeDecodeError:
            pass
    if (text := _mostly(content, "utf-8")) is not None:
        return text
    if _is_western(content):
        return content.decode("cp1252", "replace")
    from charset_normalizer import from_bytes

    best = from_bytes(content[:_SAMPLE]).best()
    return content.decode(best.encoding if best else "cp1252", "replace")


def _is_western(content: bytes) -> bool:
    """A few words with here and there a letter beyond ASCII: too little to guess from."""
    high = sum(byte > _ASCII for byte in content[:SHORT])
    return len(content) < SHORT and high * 2 < len(content)
