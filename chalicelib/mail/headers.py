"""Header fields as values. They come raw, folded, in any charset, broken, and longer than anybody reads."""

import re
from binascii import Error
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from chalicelib.mail.charsets import clean, decode
from chalicelib.mail.message import Address

LONGEST = 20_000
"""Characters of one field that are read."""
MOST_ADDRESSES = 200
MOST_REFERENCES = 100
_FOLD = re.compile(r"[ \t]*[\r\n]+[ \t]*|\t+")
_ID = re.compile(r"<\s*([^<>\s]+)\s*>")
_WORD_GAP = re.compile(r"(\?=)\s+(=\?)")


def raw_of(message: Message, name: str) -> str:
    """The first field of that name on one line; empty if there is none."""
    return unfolded(message.get(name) or "")


def all_of(message: Message, name: str) -> list[str]:
    return [unfolded(value) for value in message.get_all(name) or []]


def text_of(raw: str) -> str:
    """A field as a human reads it: encoded words (RFC 2047) decoded, and what was sent as bare bytes."""
    raw = unsurrogated(raw)
    if "=?" not in raw:
        return _one_line(raw)
    try:
        pieces = decode_header(_WORD_GAP.sub(r"\1 \2", raw))
    except (HeaderParseError, Error, ValueError):
        return _one_line(raw)
    return _one_line("".join(_piece(content, charset) for content, charset in pieces))


def _piece(content: str | bytes, charset: str | None) -> str:
    if isinstance(content, str):
        return content
    if charset is None:
        return content.decode("raw-unicode-escape", "replace")
    return decode(content, charset.split("*")[0])


def addresses_of(message: Message, name: str) -> tuple[Address, ...]:
    """The mailboxes of all fields of that name; groups are flattened, what is none is left out."""
    try:
        parsed = getaddresses([unsurrogated(value) for value in all_of(message, name)])
    except RecursionError:  # comments in comments in comments
        return ()
    found = [
        Address(text_of(shown).strip("'\" "), address.strip().strip("<>"))
        for shown, address in parsed[:MOST_ADDRESSES]
    ]
    return tuple(one for one in found if one.address)


def ids_of(message: Message, name: str) -> tuple[str, ...]:
    """Message ids without brackets, each once; some programs forget the brackets."""
    raw = unsurrogated(" ".join(all_of(message, name)))
    found = _ID.findall(raw) or [word for word in re.split(r"[\s,;<>]+", raw) if word]
    return tuple(dict.fromkeys(found))[-MOST_REFERENCES:]


def date_of(message: Message) -> datetime | None:
    """When it was sent, as the sender says, in UTC."""
    raw = unsurrogated(raw_of(message, "date"))
    try:
        said = parsedate_to_datetime(raw)
        return (said if said.tzinfo else said.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def unfolded(value: str) -> str:
    """A field on one line, as far as it is read."""
    return _FOLD.sub(" ", str(value)[:LONGEST]).strip()


def unsurrogated(raw: str) -> str:
    """Bare bytes above ASCII come as surrogates."""
    return raw if raw.isascii() else decode(raw.encode("utf-8", "surrogateescape"), None)


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())
