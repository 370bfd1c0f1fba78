"""What comes in of what happened, mails among it, and of how a message was delivered."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from chalicelib.models.requests.base import PageOf, Request
from chalicelib.models.requests.identifiers import IdentifierGiven
from chalicelib.models.requests.kinds import Channel, Delivery, Direction
from chalicelib.models.requests.values import Attributes, Body, Line, Moment, RecordId, Token, readable


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


class TimelinePage(PageOf):
    channel: Channel | None = None
    since: Moment | None = None
    until: Moment | None = None
