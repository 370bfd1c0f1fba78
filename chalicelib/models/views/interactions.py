"""What goes out of what happened: on the timeline, and whole."""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from chalicelib.models.views.base import Address, AssuranceLevel, ChannelName, DirectionName, Listing, View
from chalicelib.models.views.cases import CaseFound
from chalicelib.models.views.matches import Match


class TimelineEntry(View):
    """A preview of what happened; `truncated` says that `GET /v1/interactions/{id}` has more."""

    interaction_id: str
    channel: ChannelName
    direction: DirectionName
    event_kind: str = Field(serialization_alias="kind")
    occurred_at: datetime
    source: str
    subject: str | None
    body: str | None
    attributes: dict[str, str]
    contact_id: str | None
    case_id: str | None
    truncated: bool = False


class TimelineList(Listing[TimelineEntry]):
    """A page of a timeline."""


class AttachmentView(View):
    """What was sent with a message: named and typed by its sender, `size` in bytes."""

    attachment_id: str
    name: str
    type: str
    size: int


class AttachmentLink(AttachmentView):
    """Where an attachment can be fetched, by whoever has the link, until it expires."""

    interaction_id: str
    customer_id: str | None
    link: str
    expires_at: datetime


class InteractionView(TimelineEntry):
    """An interaction, whole."""

    source_event_id: str
    received_at: datetime
    customer_id: str | None
    sender: Address | None = Field(serialization_alias="from")
    recipient: Address | None = Field(serialization_alias="to")
    in_reply_to: str | None
    attachments: Annotated[list[AttachmentView], BeforeValidator(lambda listed: listed or [])]
    case_found: CaseFound = None
    match: Match
    assurance: AssuranceLevel


class Captured(View):
    """What a capture made, or had made when it came first."""

    interaction_id: str
    customer_id: str | None
    contact_id: str | None
    case_id: str | None
    case_found: CaseFound = None
    match: Match
    assurance: AssuranceLevel
