"""Broken messages that mail programs show all the same, and the standard parser leaves as a lump of text."""

import re
from email.message import Message

from chalicelib.mail.attachments import encoded_of

_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]|From ")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_KNOWN = re.compile(rb"^(?:from|to|subject|date|message-id|content-type):", re.IGNORECASE | re.MULTILINE)
_FIRST_BOUNDARY = re.compile(
    rb"\s*--(?P<boundary>[^\s\"]{1,200})[ \t]*\r?\n(?:content-[a-z-]+|mime-version)\s*:", re.IGNORECASE
)
LONGEST_HEADER = 256_000


def mended(raw: bytes) -> bytes:
    """The raw mail with lines that are no field, in the middle of its fields, made part of the one above."""
    end = _HEADER_END.search(raw, 0, LONGEST_HEADER)
    if end is None:
        return raw
    lines = raw[: end.start()].split(b"\n")
    strange = [n for n, line in enumerate(lines) if n and not _FIELD.match(line)]
    if not strange or not _KNOWN.search(b"\n".join(lines[strange[-1] + 1 :])):
        return raw
    for n in strange:
        lines[n] = b" " + lines[n]
    return b"\n".join(lines) + raw[end.start() :]


def hidden_parts(message: Message) -> bytes | None:
    """What is in truth a message of several parts, as one, or None.

    Where the message names another boundary, or is not said to have parts, or where parts go on below the
    boundary that ends them.
    """
    if message.is_multipart():
        boundary = (message.get_boundary() or "").encode("ascii", "surrogateescape")
        below = (message.epilogue or "").encode("ascii", "surrogateescape")
        return _divided(boundary, below) if boundary and _opens(boundary, below) else None
    if message.get_content_maintype() != "multipart" and message.get_boundary() is None:
        return None
    sent = encoded_of(message)
    found = _FIRST_BOUNDARY.match(sent)
    return _divided(found["boundary"], sent) if found else None


def _opens(boundary: bytes, text: bytes) -> bool:
    return b"\n--" + boundary + b"\n" in b"\n" + text.replace(b"\r\n", b"\n")


def _divided(boundary: bytes, text: bytes) -> bytes:
    return b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\n\n' + text
