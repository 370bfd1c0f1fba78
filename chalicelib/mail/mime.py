"""A raw mail taken apart: its fields, its texts and all that is attached, bounded in time and memory."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser

from chalicelib.mail.attachments import attached_message, attachment_of, payload_of, uuencoded
from chalicelib.mail.broken import hidden_parts, mended
from chalicelib.mail.charsets import decode
from chalicelib.mail.html_text import text_of_html
from chalicelib.mail.message import Attachment
from chalicelib.mail.raw_policy import RAW

MOST_WORK = 10_000_000
"""Lines times boundaries: the parser holds each line against each open boundary."""
MOST_DASHED_LINES = 20_000
"""Lines that may begin a part."""
MOST_PARTS = 500
DEEPEST = 50
LONGEST_TEXT = 1_000_000
MOST_ENCODED = 16 * LONGEST_TEXT
"""Characters of a text that are decoded: old programs write files into it."""
HEADERS_ONLY = "rfc822-headers"
"""The fields of the mail that bounced, beside the report that tells it: nothing to be opened."""
_BOUNDARY = re.compile(rb"boundary\s*\*?\d*\*?=", re.IGNORECASE)


class TooComplex(Exception):
    """Nobody's mail program wrote it: reading it would take minutes."""


@dataclass
class Content:
    """What a mail holds. `texts` are (as shown, as written by the sender without a marked signature)."""

    texts: list[tuple[str, str]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    left_out: int = 0


def read_message(raw: bytes) -> Message:
    """The message with all its parts.

    Raises:
        TooComplex: it has more lines and boundaries, or is nested deeper, than can be read in time.
    """
    boundaries = len(_BOUNDARY.findall(raw))
    if raw.count(b"\n") * boundaries > MOST_WORK or (boundaries and raw.count(b"\n--") > MOST_DASHED_LINES):
        raise TooComplex
    try:
        return BytesParser(policy=RAW).parsebytes(mended(raw))
    except RecursionError as nested:
        raise TooComplex from nested


def read_headers(raw: bytes) -> Message:
    """The fields alone."""
    return BytesHeaderParser(policy=RAW).parsebytes(mended(raw))


def content_of(message: Message) -> Content:
    """Texts and attachments in their order."""
    content = Content()
    leaves = (leaf for leaf in _leaves(message) if leaf.get_content_subtype() != HEADERS_ONLY)
    for number, part in enumerate(leaves):
        if number >= MOST_PARTS:
            content.left_out += 1
        elif part.get_content_maintype() == "message" and part.is_multipart():
            content.attachments.append(attached_message(part, number))
        elif _is_text(part):
            _add_text(content, part)
        else:
            content.attachments.append(attachment_of(part, number))
    return content


def _add_text(content: Content, part: Message) -> None:
    shown = decode(payload_of(part, MOST_ENCODED), part.get_content_charset())
    if part.get_content_subtype() == "html":
        content.texts.append((text_of_html(shown), text_of_html(shown, signatures=False)))
        return
    text, files = uuencoded(shown)
    content.texts.append((text[:LONGEST_TEXT], text[:LONGEST_TEXT]))
    content.attachments += files


def _leaves(message: Message, depth: int = 0) -> Iterator[Message]:
    """What is to be read, in its order: of alternatives the one that is."""
    if depth > DEEPEST:
        raise TooComplex
    hidden = hidden_parts(message)
    if message.is_multipart() and message.get_content_maintype() != "message":
        branches = [list(_leaves(child, depth + 1)) for child in _children(message)]
        chosen = _chosen(branches) if message.get_content_subtype() == "alternative" else None
        for branch in branches:
            yield from (leaf for leaf in branch if chosen is None or branch is chosen or not _is_text(leaf))
    elif hidden is None:
        yield message
    if hidden is not None:
        yield from _leaves(BytesParser(policy=RAW).parsebytes(hidden), depth + 1)


def _children(message: Message) -> list[Message]:
    parts = message.get_payload()
    return [part for part in parts if isinstance(part, Message)] if isinstance(parts, list) else []


def _chosen(branches: list[list[Message]]) -> list[Message] | None:
    """The plain text if there is any, else the first with text."""

    def says(branch: list[Message], kind: str) -> bool:
        texts = (leaf for leaf in branch if _is_text(leaf) and leaf.get_content_type().startswith(kind))
        return any(payload_of(leaf, MOST_ENCODED).strip() for leaf in texts)

    found = (branch for kind in ("text/plain", "text/") for branch in branches if says(branch, kind))
    return next(found, branches[0] if branches else None)


def _is_text(part: Message) -> bool:
    if part.get_content_maintype() == "multipart":  # without a boundary: what there is, is text
        return True
    readable = part.get_content_type() in {"text/plain", "text/html", "text/enriched"}
    return readable and part.get_content_disposition() != "attachment" and not part.get_filename()
