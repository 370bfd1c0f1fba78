"""Broken messages that mail programs show all the same, and the standard parser leaves as a lump of text."""

import re
from email.message import Message

_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]|From ")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_KNOWN = re.compile(rb"^(?:from|to|subject|date|message-id|content-type):", re.IGNORECASE | re.MULTILINE)
_FIRST_BOUNDARY = re.compile(
    r"\s*--(?P<boundary>[^\s\"]{1,200})[ \t]*\r?\n(?:content-[a-z-]+|mime-version)\s*:", re.IGNORECASE
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


def hidden_parts(message: Message) -> tuple[str, str] | None:
    """A boundary and the text it divides, where the message names another one or is not said to have parts.

    Or where parts go on below the boundary that ends them.
    """
    payload = message.get_payload()
    if isinstance(payload, str):
        named = message.get_content_maintype() == "multipart" or message.get_boundary() is not None
        found = _FIRST_BOUNDARY.match(payload) if named else None
        return (found["boundary"], payload) if found else None
    boundary, below = message.get_boundary(), message.epilogue
    return (boundary, below) if boundary and below and f"--{boundary}\n" in below.replace("\r\n", "\n") else None
