"""What goes out. A view that is made from an item has that item's names; `from_item` reads them."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.models.items import Item


class View(BaseModel):
    """Base of all views."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls.model_validate(item)


class Match(View):
    """Who it is: one, many or none; how sure (0-1, a figure to sort by); and why."""

    result: str
    confidence: float
    reasons: list[dict[str, Any]]


class KnownFact(View):
    """A fact; `value` is null and `withheld` true where the caller may only learn that it is known."""

    value: str | None
    source: str
    collected_at: datetime
    verified: bool
    withheld: bool = False


class FactView(KnownFact):
    """A fact as desks see it: with its sensitivity, its contact and the values before it, newest first."""

    contact_id: str | None
    expires_at: datetime | None
    sensitivity: str
    earlier: list[KnownFact] = []


class CaseView(View):
    case_id: str
    customer_id: str
    subject: str
    status: str
    last_channel: str | None
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None


class WholeCase(CaseView):
    reason: str | None
    product: str | None
    priority: str
    description: str | None


class LiveContact(View):
    contact_id: str
    channel: str
    direction: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    disposition: str | None
    summary: str | None
    case_id: str | None


class ContactView(LiveContact):
    provider: str
    provider_contact_id: str
    sender: dict[str, Any] | None = Field(serialization_alias="from")
    recipient: dict[str, Any] | None = Field(serialization_alias="to")
    attributes: dict[str, str]
    need: list[str]
    customer_id: str | None
    resolved: bool | None


class TimelineEntry(View):
    """A preview of what happened; `truncated` says that `GET /v1/interactions/{id}` has more."""

    interaction_id: str
    channel: str
    direction: str
    event_kind: str = Field(serialization_alias="kind")
    occurred_at: datetime
    source: str
    subject: str | None
    body: str | None
    attributes: dict[str, str]
    contact_id: str | None
    case_id: str | None
    truncated: bool = False


class InteractionView(TimelineEntry):
    """An interaction, whole."""

    source_event_id: str
    received_at: datetime
    customer_id: str | None
    sender: dict[str, Any] | None = Field(serialization_alias="from")
    recipient: dict[str, Any] | None = Field(serialization_alias="to")
    in_reply_to: str | None
    match: Match
    assurance: int


class CustomerView(View):
    """A customer, whole. Roles that see less get fewer of these fields."""

    customer_id: str
    name: str | None
    language: str | None
    identifiers: list[dict[str, Any]]
    consent: dict[str, bool]
    attributes: dict[str, str]
    version: int
    created_at: datetime
    updated_at: datetime


class Captured(View):
    """What a capture made, or had made when it came first."""

    interaction_id: str
    customer_id: str | None
    contact_id: str | None
    case_id: str | None
    match: Match
    assurance: int


class ContactAnswer(View):
    """What a flow is told: who it is, what is known and what is still to ask."""

    contact_id: str | None
    customer_id: str | None
    match: Match
    assurance: int
    candidates: list[dict[str, Any]]
    known: dict[str, KnownFact]
    ask: list[str]
    open_cases: list[CaseView]
    more_open_cases: int = 0
    continues: str | None = None


class ScreenPop(View):
    """What the agent sees when the contact arrives. `more_…` say how many are not shown."""

    contact: ContactView
    customer: dict[str, Any] | None
    match: Match
    assurance: int
    candidates: list[dict[str, Any]]
    facts: dict[str, FactView]
    ask: list[str]
    open_cases: list[CaseView]
    more_open_cases: int
    live_contacts: list[LiveContact]
    more_live_contacts: int
    timeline: list[TimelineEntry]
    recent_journey: list[TimelineEntry]
    as_of: datetime
