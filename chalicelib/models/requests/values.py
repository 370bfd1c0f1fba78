"""The values of requests: bounded, in one form, masked where people write them: nothing odd gets further."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, WithJsonSchema

from chalicelib.models.fact_kinds import FACT_KINDS
from chalicelib.rules.masking import mask, mask_attribute
from chalicelib.rules.text import is_one_line, is_readable

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""How far a sender's clock may be ahead of ours."""
MOST_BYTES = 256 * 1024
"""Of a body: an item of the table has at most 400 KB."""
MOST_ATTRIBUTES = 16 * 1024
FACT_NAMES = {"title": "FactName", "type": "string", "enum": list(FACT_KINDS)}
"""What the API document says of the name of a fact."""


def _printable(text: str) -> str:
    if not is_one_line(text):
        raise ValueError("must not have control characters or line breaks")
    return text


def readable(text: str) -> str:
    """Text of several lines. Raises `ValueError` for other control characters."""
    if not is_readable(text):
        raise ValueError("must not have control characters other than line breaks and tabs")
    return text


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("must have more than spaces")
    return text


def _plausible(at: datetime) -> datetime:
    if not EARLIEST <= at <= datetime.now(UTC) + AHEAD:
        raise ValueError(f"must be between {EARLIEST.date()} and tomorrow")
    return at.astimezone(UTC)


def _foreseeable(at: datetime) -> datetime:
    if not EARLIEST <= at <= LATEST:
        raise ValueError(f"must be before {LATEST.date()}")
    return at.astimezone(UTC)


def _known_fact(name: str) -> str:
    if name not in FACT_KINDS:
        raise ValueError(f"is not a fact name; the fact names are {', '.join(FACT_KINDS)}")
    return name


def _storable(text: str) -> str:
    if len(text.encode()) > MOST_BYTES:
        raise ValueError(f"must have at most {MOST_BYTES} bytes in UTF-8")
    return text


def _safe_link(link: str) -> str:
    """An agent follows it with a click: nothing but another page may come of that."""
    try:
        parts = urlsplit(link)
    except ValueError as error:
        raise ValueError("is not a URL") from error
    if parts.scheme != "https" or not parts.hostname or parts.username or " " in link:
        raise ValueError("must be a URL that begins with https:// and a host")
    return link


def masked(text: str) -> str:
    """Without card and social security numbers."""
    return mask(text).text


Value = TypeVar("Value", str, str | None)


def _masked_values(attributes: dict[str, Value]) -> dict[str, Value]:
    return {name: value and mask_attribute(name, value) for name, value in attributes.items()}


def _few(attributes: dict[str, str]) -> dict[str, str]:
    if sum(len(key.encode()) + len(value.encode()) for key, value in attributes.items()) > MOST_ATTRIBUTES:
        raise ValueError(f"must have at most {MOST_ATTRIBUTES} bytes in all")
    return attributes


Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]
Token = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[ -~]+$")]
"""A word for programs: ASCII, and short enough for a key and a preview."""
Word = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), AfterValidator(_printable)
]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=256), AfterValidator(_printable)
]
OfWhom = Annotated[str, StringConstraints(strip_whitespace=True, max_length=256), AfterValidator(_printable)]
Title = Annotated[Line, AfterValidator(masked)]
"""A line that somebody wrote. In what people write, card and social security numbers are masked as it is read."""
Paragraph = Annotated[str, StringConstraints(max_length=4_000), AfterValidator(readable), AfterValidator(masked)]
Body = Annotated[str, StringConstraints(max_length=100_000), AfterValidator(readable), AfterValidator(_storable)]
Raw = Annotated[str, StringConstraints(max_length=1_000), AfterValidator(_printable)]
"""As it was received: judged by the kind of identifier that it is to be."""
Said = Annotated[str, StringConstraints(max_length=1_000), AfterValidator(readable)]
"""As it was said or typed, maybe in several lines: judged by the kind of fact that it is to be."""
FactName = Annotated[str, AfterValidator(_known_fact), WithJsonSchema(FACT_NAMES)]
Message = Annotated[
    str, StringConstraints(min_length=1, max_length=16_000), AfterValidator(readable), AfterValidator(_said)
]
"""What somebody writes in a chat: not nothing."""
Note = Annotated[str, StringConstraints(max_length=1_000), AfterValidator(readable)]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(readable),
    AfterValidator(masked),
]
"""Why somebody decided something, in their words."""
Topic = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)]
"""What may be told, in a word of the business: `cases`, `orders`, `billing`; `everything` is all of it."""
RelationNote = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(readable),
    AfterValidator(masked),
]
Expiry = Annotated[AwareDatetime, AfterValidator(_foreseeable)]
Link = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=1_000),
    AfterValidator(_printable),
    AfterValidator(_safe_link),
]
Attributes = Annotated[
    dict[Word, Note], Field(max_length=50), AfterValidator(_few), AfterValidator(_masked_values)
]
Need = Annotated[list[FactName], Field(max_length=len(FACT_KINDS))]
RecordId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{26}$")]
TeamName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)]
