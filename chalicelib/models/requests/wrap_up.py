"""What comes in when a contact is wrapped up, and after: follow-ups and feedback."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from chalicelib.models.requests.base import PageOf, Request, require_one
from chalicelib.models.requests.contacts import Participants
from chalicelib.models.requests.values import Expiry, Moment, Paragraph, Reason, RecordId, Title, Word

MOST_FOLLOW_UPS = 5
SCALES = {"csat": (1, 5), "nps": (0, 10)}
"""The lowest and the highest score: satisfaction, or how likely the customer is to recommend the business."""


class NewFollowUp(Request):
    """What is still to be done for the customer, until when, and by which team or agent."""

    what: Title
    due_at: Expiry
    team: Word | None = None
    agent: Word | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        require_one(self, "team", "agent")
        return self


class EndContact(Request):
    """How a contact went, and what is still to be done. `ended_at`: when it was over, where that is told late.

    `ask_feedback`: the customer is to be asked how it was, where they may be asked and can be reached.
    """

    disposition: Word | None = None
    summary: Paragraph | None = None
    resolved: bool | None = None
    case_id: RecordId | None = None
    ended_at: Moment | None = None
    participants: Participants = Field(default_factory=list)
    follow_ups: Annotated[list[NewFollowUp], Field(max_length=MOST_FOLLOW_UPS)] = Field(default_factory=list)
    ask_feedback: bool = False


class GiveFeedback(Request):
    """A score of satisfaction (`csat`, 1 to 5) or of how likely the customer recommends us (`nps`, 0 to 10)."""

    score: int
    scale: Literal["csat", "nps"] = "csat"
    words: Reason | None = None

    @model_validator(mode="after")
    def _on_the_scale(self) -> Self:
        lowest, highest = SCALES[self.scale]
        if not lowest <= self.score <= highest:
            raise ValueError(f"score must be from {lowest} to {highest} on the scale {self.scale}")
        return self


class FollowUpsOf(PageOf):
    """Query parameters of the list of a team's or an agent's follow-ups: those that are due until then."""

    team: Word | None = None
    agent: Word | None = None
    due_until: AwareDatetime | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        require_one(self, "team", "agent")
        return self

    def until(self, latest: datetime) -> datetime:
        return self.due_until or latest
