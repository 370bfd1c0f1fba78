"""What is attached: named safely, decoded, never unpacked (an archive or a winmail.dat stays what it is)."""

import re
from binascii import Error, a2b_uu
from collections.abc import Iterator
from email.message import Message
from email.utils import collapse_rfc2231_value
from mimetypes import MimeTypes

from chalicelib.mail.headers import raw_of, text_of
from chalicelib.mail.message import Attachment

LONGEST_NAME = 200
_TYPES = MimeTypes(filenames=())
"""Of the standard library alone: no machine's own table makes another name."""
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]+")
_ENCODINGS = re.compile(r"base64|quoted-printable|x-uuencode|uuencode|uue|x-uue|7bit|8bit|binary", re.IGNORECASE)
_UU_BLOCK = re.compile(
    r"^begin [0-7]{3,4} (?P<name>[^\n]{1,200})\n(?P<body>(?:[^\n]{1,100}\n)*?)`?\n?end[ \t]*$", re.MULTILINE
)


def payload_of(part: Message) -> bytes:
    """The decoded bytes of a leaf, as far as they can be."""
    encoding = str(part.get("content-transfer-encoding", "")).lower()
    known = _ENCODINGS.search(encoding)
    if known and known.group() in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        body = _bytes_of(part)
        files = [content for _, content in _uu_files(body.decode("latin-1"))]
        return b"".join(files) or body
    if known and known.group() != encoding:
        part.replace_header("content-transfer-encoding", known.group())
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else _bytes_of(part)


def _bytes_of(part: Message) -> bytes:
    payload = part.get_payload()
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def attachment_of(part: Message, number: int) -> Attachment:
    kind = part.get_content_type()
    identity = raw_of(part, "content-id").strip("<> ")
    return Attachment(
        name=_name_of(part) or f"attachment-{number}{_TYPES.guess_extension(kind) or ''}",
        type=kind,
        content=payload_of(part),
        content_id=identity or None,
        inline=part.get_content_disposition() == "inline" or bool(identity),
    )


def attached_message(part: Message, number: int) -> Attachment:
    """A message in a message, whole: what it says is not what the sender says."""
    payload = part.get_payload()
    inner = [message for message in payload if isinstance(message, Message)] if isinstance(payload, list) else []
    content = b"\n".join(_flat(message) for message in inner)
    subject = text_of(raw_of(inner[0], "subject")) if part.get_content_type() == "message/rfc822" and inner else ""
    return Attachment(
        name=_name_of(part) or _safe(f"{subject}.eml" if subject else f"attachment-{number}.eml"),
        type=part.get_content_type(),
        content=content,
    )


def uuencoded(text: str) -> tuple[str, list[Attachment]]:
    """The text without the files that old programs write into it, and the files."""
    if "\nbegin" not in f"\n{text}":
        return text, []
    files = [
        Attachment(_safe(name), _TYPES.guess_type(name)[0] or "application/octet-stream", content)
        for name, content in _uu_files(text)
    ]
    return (_UU_BLOCK.sub("", text) if files else text), files


def _uu_files(text: str) -> Iterator[tuple[str, bytes]]:
    for match in _UU_BLOCK.finditer(text):
        try:
            yield match["name"].strip(), b"".join(map(_uu_line, match["body"].splitlines()))
        except Error:
            continue


def _uu_line(line: str) -> bytes:
    """One line; some encoders pad it with more than its length says."""
    try:
        return a2b_uu(line)
    except Error:
        needed = (((ord(line[0]) - 32) & 63) * 4 + 5) // 3
        return a2b_uu(line[:needed])


def _flat(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return b""


def _name_of(part: Message) -> str:
    said = part.get_param("filename", None, "content-disposition") or part.get_param("name", None)
    return _safe(text_of(collapse_rfc2231_value(said) if said else raw_of(part, "content-location")))


def _safe(name: str) -> str:
    """Without folders, control characters or the marks that turn its direction round."""
    return _UNSAFE.sub(" ", name).replace("\\", "/").rsplit("/", 1)[-1].strip(" .\"'")[:LONGEST_NAME]
