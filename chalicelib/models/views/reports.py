"""What reports say."""

from datetime import date

from pydantic import Field

from chalicelib.models.views.base import View


class Asks(View):
    """How often a fact was asked for, and how often it was known to whoever asked."""

    asked: int
    repeated: int
    rate: float = Field(ge=0, le=1, description="Repeated of asked; 0 where nothing was asked.")


class AsksOf(Asks):
    value: str = Field(description="A team, a channel or a fact; the team `none` is that of contacts no team has.")


class RepeatAsks(View):
    """The repeat-ask rate from one day to another, both of them included."""

    since: date
    until: date
    by: str
    total: Asks
    items: list[AsksOf] = Field(description="The highest rate first.")


class Effort(View):
    """What the cases cost that were resolved: contacts, and how often these changed hands.

    A contact is a call, a chat, a visit; and each day and channel on which the customer wrote outside of one.
    """

    cases: int
    contacts: int
    hops: int
    contacts_per_case: float
    hops_per_case: float


class EffortOn(Effort):
    channel: str = Field(description="On which something last happened to the case.")


class EffortReport(View):
    """What the cases cost that were resolved from one day to another, both of them included."""

    since: date
    until: date
    total: Effort
    items: list[EffortOn]
