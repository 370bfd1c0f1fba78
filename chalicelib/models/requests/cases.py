"""What comes in of cases."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chalicelib.models.requests.base import PageOf, Request
from chalicelib.models.requests.kinds import Channel, Priority
from chalicelib.models.requests.values import Paragraph, Reason, RecordId, TeamName, Title, Word


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
