"""What goes out of contacts."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from chalicelib.models.requests.kinds import Phase
from chalicelib.models.views.base import (
    Address,
    AssuranceLevel,
    ChannelName,
    DirectionName,
    Documented,
    FactName,
    Instant,
    View,
)
from chalicelib.models.views.cases import CaseFound, CaseView
from chalicelib.models.views.facts import KnownFact
from chalicelib.models.views.matches import CandidateView, Match


class LiveContact(View):
    """A contact in its customer's collection."""

    contact_id: str
    channel: ChannelName
    direction: DirectionName
    status: Annotated[str, Documented(Literal["live", "ended"])]
    started_at: datetime
    ended_at: datetime | None
    duration_seconds: int | None
    ended_by: Annotated[str | None, Documented(Literal["schedule"] | None)] = Field(
        default=None,
        description="`schedule` where nobody told the end: `ended_at` is when it was last heard of.",
    )
    disposition: str | None
    summary: str | None
    case_id: str | None
    phase: Annotated[str | None, Documented(Phase | None)] = Field(
        default=None, description="How far its provider says that it got; null where that reports nothing."
    )


class Continues(TypedDict):
    """The contact that this one carries on, and how that is known."""

    contact_id: str
    channel: ChannelName
    case_id: str | None
    via: Annotated[str, Documented(Literal["code", "ring_back"])]


class FeedbackDue(TypedDict):
    """Who is to be asked how it was, and on which channel: where they like to be asked, may be and can be."""

    channel: ChannelName
    to: Address
    asked_at: Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class Feedback(TypedDict):
    """What the customer says of a contact, and how its case stood then."""

    score: int
    scale: Literal["csat", "nps"]
    words: str | None
    case_id: str | None
    case_status: str | None
    given_at: Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class ParticipantView(TypedDict):
    """Somebody who was there."""

    name: str
    role: Annotated[str, Documented(Literal["customer", "agent", "guest"])]
    joined_at: Instant | None
    left_at: Instant | None


class ContactView(LiveContact):
    """One live touch on one channel, from start to end."""

    provider: str
    provider_contact_id: str
    sender: Address | None = Field(serialization_alias="from")
    recipient: Address | None = Field(serialization_alias="to")
    attributes: dict[str, str]
    link: str | None = Field(description="Where to join, as of a video session.")
    participants: list[ParticipantView]
    need: list[FactName]
    customer_id: str | None
    resolved: bool | None
    continues: Continues | None = None
    feedback_due: FeedbackDue | None = None
    feedback: Feedback | None = None
    previous_contact_id: str | None = Field(
        default=None, description="The contact that it goes on from, as after a transfer."
    )
    case_found: CaseFound = None


class ContactAnswer(View):
    """What a flow is told: who it is, what is known and what is still to ask."""

    contact_id: str | None
    customer_id: str | None
    match: Match
    assurance: AssuranceLevel
    candidates: list[CandidateView]
    known: dict[FactName, KnownFact]
    ask: list[FactName]
    confirm: list[FactName] = Field(
        default=[], description="Needed, and known for so long that it may have changed."
    )
    open_cases: list[CaseView]
    more_open_cases: int = 0
    continues: Continues | None = None
    continuation: Annotated[str | None, Documented(Literal["accepted", "unknown", "used", "throttled"] | None)] = (
        Field(default=None, description="What became of the continuation code that came with the request.")
    )
    case_id: str | None = None
    case_found: CaseFound = None
