"""What is attached: named safely, decoded, never unpacked (an archive or a winmail.dat stays what it is)."""

import re
from binascii import Error, a2b_uu
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
_UU_BEGIN = re.compile(r"begin [0-7]{3,4} (?P<name>\S.{0,200})$")


def payload_of(part: Message, most: int | None = None) -> bytes:
    """The decoded bytes of a leaf, as far as they can be; of `most` encoded ones, if so many are enough."""
    encoding = str(part.get("content-transfer-encoding", "")).lower()
    known = _ENCODINGS.search(encoding)
    body = encoded_of(part)[:most]
    if known and "uu" in known.group():
        _, files = _split_uuencoded(body.decode("latin-1"))
        return b"".join(content for _, content in files) or body
    leaf = Message()
    leaf.set_payload(body.decode("ascii", "surrogateescape"))
    if known:
        leaf["content-transfer-encoding"] = known.group()
    return _bytes(leaf) or body


def encoded_of(part: Message) -> bytes:
    """The bytes of a leaf as they were sent; none of what has parts."""
    said = part["content-transfer-encoding"]
    del part["content-transfer-encoding"]
    sent = _bytes(part)
    if said is not None:
        part["content-transfer-encoding"] = said
    return sent


def _bytes(part: Message) -> bytes:
    """Only with `decode` the standard library leaves the charset alone, about which mails lie."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


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
    rest, files = _split_uuencoded(text) if "begin " in text else (text, [])
    return rest, [
        Attachment(_safe(name), _TYPES.guess_type(name)[0] or "application/octet-stream", content)
        for name, content in files
    ]


def _split_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The lines outside of whole uuencoded blocks, and (name, content) of each block; one pass."""
    outside: list[str] = []
    files: list[tuple[str, bytes]] = []
    block: list[str] = []
    for line in text.split("\n"):
        if block and line.strip() == "end":
            if (content := _uu_content(block[1:])) is None:
                outside += [*block, line]
            else:
                files.append((block[0].split(maxsplit=2)[2].strip(), content))
            block = []
        elif _UU_BEGIN.match(line):
            outside += block
            block = [line]
        else:
            (block or outside).append(line)
    return ("\n".join([*outside, *block]), files) if files else (text, [])


def _uu_content(lines: list[str]) -> bytes | None:
    try:
        return b"".join(map(_uu_line, lines))
    except (Error, ValueError):
        return None


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
