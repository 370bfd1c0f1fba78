"""What comes in of contacts: as they begin, go on, and turn out to be somebody's."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from chalicelib.models.requests.base import Request
from chalicelib.models.requests.facts import Facts
from chalicelib.models.requests.identifiers import IdentifierGiven
from chalicelib.models.requests.kinds import Channel, Direction, Phase
from chalicelib.models.requests.values import Attributes, Line, Link, Moment, Need, Reason, RecordId, Token, Word


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


class LookUp(Request):
    identifiers: Annotated[list[IdentifierGiven], Field(max_length=10)] = Field(default_factory=list)
    facts: Facts = Field(default_factory=dict)
    need: Need = Field(default_factory=list)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.identifiers and not self.facts:
            raise ValueError("give at least one identifier or fact")
        return self


class ReportContact(ProvidersContact):
    """What a provider tells of a contact: `phase` and `attributes` as they were `at` a moment of its clock."""

    at: Moment
    phase: Phase | None = None


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


class WhichContact(Request):
    model_config = ConfigDict(strict=False)

    provider: Word
    provider_contact_id: Line
