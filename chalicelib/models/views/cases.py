"""What goes out of cases."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from chalicelib.models.views.base import CallerName, ChannelName, Documented, Listing, View


class HowFound(TypedDict):
    """By what the case of something was found, and why; `may_be` are those between which somebody must tell."""

    by: Literal["sign", "fact", "reason", "words", "conversation", "opened", "asked", "named", "corrected", "none"]
    reason: str
    may_be: list[str]


CaseFound = Annotated[
    dict[str, Any] | None,
    Documented(HowFound | None),
    Field(
        serialization_alias="case",
        description="How its case was found. sign: a reply, our token, its contact. fact: a case or order number. "
        "opened: none of those there are was meant. asked: `may_be`, tell which. none: nothing was said of it.",
    ),
]


class CaseView(View):
    """A case in a list."""

    case_id: str
    number: str | None = Field(description="Eight digits to be said or keyed in as the fact `case_number`.")
    customer_id: str
    subject: str | None = Field(description="Null where the caller may only learn that there is a case.")
    status: Annotated[str, Documented(Literal["open", "pending", "resolved"])]
    pending_on: Annotated[str | None, Documented(Literal["customer", "us", "third_party"] | None)] = Field(
        description="Whom it waits for while it is pending."
    )
    priority: Annotated[str, Documented(Literal["low", "normal", "high", "urgent"])]
    owner: str | None
    team: str | None
    due_at: datetime | None = Field(
        description="When the next of first answer and resolution is due; null while it waits for the customer."
    )
    late: Annotated[str | None, Documented(Literal["first_answer", "resolution"] | None)] = Field(
        description="What somebody was warned of that it will be late, or is."
    )
    last_channel: ChannelName | None
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None


class CaseList(Listing[CaseView]):
    """A page of cases."""


class CaseLink(TypedDict):
    """What a case is to another."""

    case_id: str
    relation: Literal["related", "duplicate_of", "has_duplicate", "caused_by", "causes"]


class SplitOff(TypedDict):
    """What a case was split off, and the interactions that it took."""

    case_id: str
    interaction_ids: list[str]


class WholeCase(CaseView):
    """One issue that the customer wants resolved. `version` is its ETag."""

    reason: str | None
    product: str | None
    description: str | None
    references: list[str] = Field(description="Numbers of orders and the like, by which what comes in finds it.")
    opened_by: Annotated[dict[str, str], Documented(CallerName)] = Field(
        description="Who opened it: `system`, a rule."
    )
    joined_into: str | None = Field(description="The case that it turned out to be; what comes in goes to that.")
    split_off: Annotated[dict[str, Any] | None, Documented(SplitOff | None)] = Field(
        description="What it was split off, and what it took from there."
    )
    links: Annotated[list[dict[str, Any]], Documented(list[CaseLink])]
    first_answered_at: datetime | None
    reopened: int = Field(description="How often it was resolved and opened again.")
    version: int = Field(validation_alias="edition")


class Changed(TypedDict):
    """A field of a case before and after."""

    before: Any
    after: Any


class CaseChangeView(View):
    """What was changed of a case, by whom and why."""

    change_id: str
    changed_at: datetime
    changed_by: CallerName
    changed: Annotated[dict[str, Any], Documented(dict[str, Changed])]
    reason: str | None
    contact_id: str | None = Field(description="The contact that led to it.")
    interaction_id: str | None = Field(description="The message that led to it.")
    other_case_id: str | None
    version: int = Field(validation_alias="edition")


class CaseHistory(Listing[CaseChangeView]):
    """A page of a case's history, newest first."""
