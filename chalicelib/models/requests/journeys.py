"""What browsers and apps send of journeys. Their clients may be newer than we are: unknown fields are ignored."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from chalicelib.models.requests.base import Request
from chalicelib.models.requests.values import LATEST, Said, Title, Token, Word

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_EVENTS = 100
MOST_FACTS = 30
NEEDS = {"search": "query", "article": "article"}
"""What an event of a type cannot do without."""


def _storable(at: datetime) -> datetime:
    if not EPOCH <= at <= LATEST:
        raise ValueError(f"must be between {EPOCH.date()} and {LATEST.date()}")
    return at.astimezone(UTC)


def _path_alone(page: str) -> str:
    """Without query and fragment, which may hold anything."""
    return page.partition("?")[0].partition("#")[0] or "/"


Clocked = Annotated[AwareDatetime, AfterValidator(_storable)]
"""A moment by the browser's clock, which may be wrong by years."""
Page = Annotated[Title, AfterValidator(_path_alone)]
Size = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,5}x[0-9]{1,5}$")]


class Tolerant(Request):
    """Base of what is taken in without what is not known."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"additionalProperties": True})


class Screen(Tolerant):
    """The tab or app in which it happens."""

    id: Token
    device: Literal["phone", "tablet", "desktop"]
    size: Size | None = None


class JourneyConsent(Tolerant):
    """Whether what people do may be kept; `given_at` is when they last said so."""

    journeys: bool
    given_at: Clocked | None = None


class JourneyEvent(Tolerant):
    """One thing that somebody did. `at` is by the clock that the batch was sent by."""

    id: Token
    type: Literal["page", "step", "form", "form_error", "search", "article", "rage_click", "give_up", "complete"]
    at: Clocked
    page: Page | None = None
    task: Token | None = None
    step: Token | None = None
    field: Token | None = Field(default=None, validate_default=True)
    error: Title | None = None
    query: Title | None = Field(default=None, validate_default=True)
    article: Title | None = Field(default=None, validate_default=True)
    helped: bool | None = None
    facts: Annotated[dict[Word, Said], Field(max_length=MOST_FACTS)] = Field(default_factory=dict)

    @field_validator("query", "article")
    @classmethod
    def _what_it_is_about(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and NEEDS.get(info.data.get("type", "")) == info.field_name:
            raise ValueError(f"is needed for the type {info.data['type']}")
        return value

    @field_validator("field")
    @classmethod
    def _where_it_failed(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.data.get("type") == "form_error" and not info.data.get("step"):
            raise ValueError("is needed for the type form_error, or else step")
        return value


class SendJourneyEvents(Tolerant):
    """A batch of what somebody did, from one screen. The tokens are read before the rest is."""

    key: Token
    token: str | None = None
    visitor_token: str | None = None
    channel: Literal["portal", "mobile", "knowledge_base"]
    screen: Screen
    consent: JourneyConsent | None = None
    sent_at: Clocked
    events: Annotated[list[JourneyEvent], Field(min_length=1, max_length=MOST_EVENTS)]
