"""What comes in: strict, closed to unknown fields, and bounded, so that nothing odd gets further."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

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


class Channel(StrEnum):
    VOICE = "voice"
    EMAIL = "email"
    CHAT = "chat"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    LINE = "line"
    X = "x"
    PORTAL = "portal"
    MOBILE = "mobile"
    KNOWLEDGE_BASE = "knowledge_base"
    VIDEO = "video"
    OTHER = "other"


class IdentifierType(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT = "account"
    CRM = "crm"
    VISITOR = "visitor"
    DEVICE = "device"
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TELEGRAM = "telegram"
    LINE = "line"
    X = "x"
    OTHER = "other"


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"


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
Relation = Literal["household", "member_of", "has_member", "speaks_for", "spoken_for_by"]
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


class Request(BaseModel):
    """Base of all requests: a field that is not declared is a mistake that the caller wants to hear of."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class IdentifierGiven(Request):
    """`value` as it was received; `scope` says whose id it is where ids are page- or business-scoped.

    It is needed with a messenger id (else the page in `to` is meant), with a WhatsApp id that is no number,
    and with `other`; phones, WhatsApp numbers and emails have none.
    """

    type: IdentifierType = Field(strict=False)
    value: Raw
    scope: OfWhom = ""


class IdentifierBound(IdentifierGiven):
    verified: bool = False


class FactGiven(Request):
    value: Said
    source: Word | None = None
    verified: bool = False
    collected_at: Moment | None = None


Facts = Annotated[dict[FactName, FactGiven], Field(max_length=len(FACT_KINDS))]


class ProvidersContact(Request):
    """A contact as its provider knows it: by which id, on which channel, between whom.

    `previous_provider_contact_id`: the contact of the same provider that it goes on from, as after a transfer;
    `initial_provider_contact_id`: the first of them all, which counts where the one before it is not known.
    """

    channel: Channel = Field(strict=False)
    direction: Direction = Field(default=Direction.INBOUND, strict=False)
    provider: Token
    provider_contact_id: Line
    previous_provider_contact_id: Line | None = None
    initial_provider_contact_id: Line | None = None
    sender: IdentifierGiven | None = Field(default=None, alias="from")
    recipient: IdentifierGiven | None = Field(default=None, alias="to")
    started_at: Moment | None = None
    attributes: Attributes = Field(default_factory=dict)


class Participant(Request):
    """Somebody who was there, as in a video session."""

    name: Line
    role: Literal["customer", "agent", "guest"] = "guest"
    joined_at: Moment | None = None
    left_at: Moment | None = None

    @model_validator(mode="after")
    def _came_before_going(self) -> Self:
        if self.joined_at and self.left_at and self.left_at < self.joined_at:
            raise ValueError("left_at is before joined_at")
        return self


Participants = Annotated[list[Participant], Field(max_length=20)]


class StartContact(ProvidersContact):
    """`continuation_code`: what was keyed in, tapped or pasted; one that is no good does not get in the way.

    `link`: where to join, as of a video session; `participants`: who is there. A visitor gives neither.
    """

    need: Need = Field(default_factory=list)
    continuation_code: Line | None = None
    link: Link | None = None
    participants: Participants = Field(default_factory=list)


class SaveFacts(Request):
    facts: Facts = Field(default_factory=dict)
    need: Need | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.facts and self.need is None:
            raise ValueError("give at least one fact, or what is needed")
        return self


class VerifyFacts(Request):
    facts: Annotated[Facts, Field(min_length=1)]


class LookUp(Request):
    identifiers: Annotated[list[IdentifierGiven], Field(max_length=10)] = Field(default_factory=list)
    facts: Facts = Field(default_factory=dict)
    need: Need = Field(default_factory=list)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.identifiers and not self.facts:
            raise ValueError("give at least one identifier or fact")
        return self


class CaptureInteraction(Request):
    channel: Channel = Field(strict=False)
    direction: Direction = Field(default=Direction.INBOUND, strict=False)
    sender: IdentifierGiven | None = Field(default=None, alias="from")
    recipient: IdentifierGiven | None = Field(default=None, alias="to")
    customer_id: RecordId | None = None
    contact_id: RecordId | None = None
    case_id: RecordId | None = None
    occurred_at: Moment
    source: Token
    source_event_id: Line
    kind: Token
    subject: Annotated[str, StringConstraints(max_length=1_000), AfterValidator(readable)] | None = None
    body: Body | None = None
    attributes: Attributes = Field(default_factory=dict)
    in_reply_to: Line | None = None


Phase = Literal["queued", "ringing", "connected", "on_hold", "transferred", "missed", "abandoned", "ended"]
Delivery = Literal["queued", "sending", "sent", "delivered", "read", "undelivered", "failed"]


class ReportContact(ProvidersContact):
    """What a provider tells of a contact: `phase` and `attributes` as they were `at` a moment of its clock."""

    at: Moment
    phase: Phase | None = None


MOST_ATTACHED = 100


class Attached(Request):
    """What was sent with a message: `key` is where it is kept, if it is."""

    name: Annotated[str, StringConstraints(max_length=200)]
    type: Annotated[str, StringConstraints(max_length=200)]
    size: Annotated[int, Field(ge=0)]
    key: str | None = None


class ReceiveMail(Request):
    """A mail: what it says, and what threads it: its own id, those it answers (the nearest first), our token.

    `forged`: our server found that it is not from whom it says, so nobody is known by it; `authentic`: that it is.
    """

    message: CaptureInteraction
    message_id: Annotated[str, StringConstraints(min_length=1, max_length=1_000)] | None = None
    answers: Annotated[list[str], Field(max_length=20)] = Field(default_factory=list)
    token: RecordId | None = None
    attachments: Annotated[list[Attached], Field(max_length=MOST_ATTACHED)] = Field(default_factory=list)
    forged: bool = False
    authentic: bool = False


class ReportDelivery(Request):
    """What a provider tells of a message of ours: how far it got."""

    channel: Channel = Field(strict=False)
    recipient: IdentifierGiven = Field(alias="to")
    sender: IdentifierGiven | None = Field(default=None, alias="from")
    source: Token
    source_event_id: Line
    at: Moment
    delivery: Delivery
    attributes: Attributes = Field(default_factory=dict)


Consent = Annotated[dict[Word, bool], Field(max_length=20)]


class NewCustomer(Request):
    name: Line | None = None
    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    identifiers: Annotated[list[IdentifierBound], Field(max_length=20)] = Field(default_factory=list)
    consent: Consent = Field(default_factory=dict)
    attributes: Attributes = Field(default_factory=dict)
    facts: Facts = Field(default_factory=dict)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.name or self.identifiers or self.facts):
            raise ValueError("give a name, an identifier or a fact")
        return self


class ChangeCustomer(Request):
    """Only what is given is changed; in `consent` and `attributes` each key by itself, null removes it."""

    name: Line | None = None
    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    consent: Annotated[dict[Word, bool | None], Field(max_length=20)] = Field(default_factory=dict)
    attributes: Annotated[dict[Word, Note | None], Field(max_length=50), AfterValidator(_masked_values)] = Field(
        default_factory=dict
    )


class AttributeContact(Request):
    """Whose the contact is, whose it is not, or that it is somebody new's: one of the three."""

    customer_id: RecordId | None = None
    not_customer_id: RecordId | None = None
    new: bool = False
    reason: Reason | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum((self.customer_id is not None, self.not_customer_id is not None, self.new)) != 1:
            raise ValueError("give one of customer_id, not_customer_id and new")
        return self


class MergeCustomers(Request):
    """`dry_run` tells what it would do and does nothing."""

    other_customer_id: RecordId
    reason: Reason | None = None
    dry_run: bool = False


class RelateCustomers(Request):
    """What the customer of the path is to another: `speaks_for` says that it may speak for that one.

    `may_be_told` is then what it may be told of that one; `until` is when the relation ends by itself.
    """

    customer_id: RecordId
    relation: Relation
    may_be_told: Annotated[list[Topic], Field(max_length=10)] = Field(default_factory=list)
    until: Expiry | None = None
    note: RelationNote | None = None


class WhichRelation(Request):
    model_config = ConfigDict(strict=False)

    relation: Relation | None = None


Priority = Literal["low", "normal", "high", "urgent"]
TeamName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=64)]


class OpenCase(Request):
    """`speak_at` is the assurance (0-3) from which a flow may be given the subject."""

    subject: Title
    speak_at: Annotated[int, Field(ge=0, le=3)] = 1
    reason: Title | None = None
    product: Title | None = None
    priority: Priority = "normal"
    description: Paragraph | None = None
    channel: Channel | None = Field(default=None, strict=False)
    owner: Word | None = None
    team: TeamName | None = None


class ChangeCase(Request):
    """Only what is given is changed; null takes an owner, a team, a product, a reason or a description away.

    `status` pending needs `pending_on`; `because` is for its history.
    """

    subject: Title | None = None
    speak_at: Annotated[int, Field(ge=0, le=3)] | None = None
    reason: Title | None = None
    product: Title | None = None
    priority: Priority | None = None
    description: Paragraph | None = None
    owner: Word | None = None
    team: TeamName | None = None
    status: Literal["open", "pending", "resolved"] | None = None
    pending_on: Literal["customer", "us", "third_party"] | None = None
    because: Reason | None = None

    @model_validator(mode="after")
    def _waits_for_somebody(self) -> Self:
        if (self.status == "pending") != (self.pending_on is not None):
            raise ValueError("status pending and pending_on are given together")
        return self


class PageOf(Request):
    """Query parameters of every list."""

    model_config = ConfigDict(strict=False)

    limit: int = Field(default=25, ge=1, le=100)
    cursor: Annotated[str, StringConstraints(max_length=400)] | None = None


class PutToCase(Request):
    """Which case something belongs to: this one, a new one with this subject, or none."""

    case_id: RecordId | None = None
    new_subject: Title | None = None
    none: bool = False
    reason: Reason | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum((self.case_id is not None, self.new_subject is not None, self.none)) != 1:
            raise ValueError("give one of case_id, new_subject and none")
        return self


class JoinCases(Request):
    """The other case turned out to be about the same."""

    other_case_id: RecordId
    reason: Reason | None = None


class SplitCase(Request):
    """What is about something else, and what that is."""

    subject: Title
    interaction_ids: Annotated[list[RecordId], Field(min_length=1, max_length=20)]
    reason: Reason | None = None


class LinkCases(Request):
    """What the case of the path is to the other: `caused_by` says that the other is its cause."""

    other_case_id: RecordId
    relation: Literal["related", "duplicate_of", "has_duplicate", "caused_by", "causes"] = "related"


class QueuePage(PageOf):
    team: TeamName
    status: Literal["open", "pending"] = "open"


class TimelinePage(PageOf):
    channel: Channel | None = None
    since: Moment | None = None
    until: Moment | None = None


class LedgerPage(PageOf):
    """Query parameters of the ledger."""


class FindCustomers(Request):
    model_config = ConfigDict(strict=False)

    identifier_type: IdentifierType
    identifier: Raw
    scope: OfWhom = ""


class WhichIdentifier(Request):
    model_config = ConfigDict(strict=False)

    type: IdentifierType
    value: Raw
    scope: OfWhom = ""


class WhichContact(Request):
    model_config = ConfigDict(strict=False)

    provider: Word
    provider_contact_id: Line


def require_one(request: Request, one: str, another: str) -> None:
    """Raises `ValueError` unless just one of two fields is given."""
    if (getattr(request, one) is None) == (getattr(request, another) is None):
        raise ValueError(f"give one of {one} and {another}")


class NoParameters(Request):
    """A route without query parameters."""
