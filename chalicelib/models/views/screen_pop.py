"""What goes out to the screen of whoever takes a contact."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from chalicelib.models.views.base import AssuranceLevel, Documented, FactName, View
from chalicelib.models.views.cases import CaseView
from chalicelib.models.views.contacts import ContactView, LiveContact
from chalicelib.models.views.customers import CustomerView
from chalicelib.models.views.facts import FactView
from chalicelib.models.views.interactions import TimelineEntry
from chalicelib.models.views.matches import CandidateView, Match
from chalicelib.models.views.transfers import TransferView
from chalicelib.models.views.wrap_up import FollowUpView


class JourneyFailure(TypedDict):
    """Where a form refused something, how often, and what it said last."""

    place: str
    times: int
    error: str | None


class RecentJourney(TimelineEntry):
    """What the customer did by themselves not long ago, in words. What was sent as an interaction has no task."""

    sentence: str | None = Field(
        description="Read in three seconds: what was tried, what went wrong, where it ended and how long ago. "
        "Null where the caller may not read conversations."
    )
    task: str | None = None
    outcome: Annotated[str | None, Documented(Literal["completed", "gave_up", "trying", "left"] | None)] = Field(
        default=None, description="`left`: nothing was heard for half an hour."
    )
    device: Annotated[str | None, Documented(Literal["phone", "tablet", "desktop"] | None)] = None
    at: datetime = Field(description="When it ended, or when something was done last.")
    failures: list[JourneyFailure] = []
    facts: dict[FactName, FactView] = Field(default={}, description="What was filled in, as it is known by now.")


class ScreenPop(View):
    """What the agent sees when the contact arrives. `more_…` say how many are not shown."""

    contact: ContactView
    customer: Annotated[dict[str, Any], Documented(CustomerView)] | None
    match: Match
    assurance: AssuranceLevel
    candidates: list[CandidateView]
    facts: dict[FactName, FactView]
    ask: list[FactName]
    confirm: list[FactName] = Field(
        default=[], description="Needed, and known for so long that it may have changed."
    )
    open_cases: list[CaseView]
    more_open_cases: int
    live_contacts: list[LiveContact]
    more_live_contacts: int
    timeline: list[TimelineEntry]
    transfer: TransferView | None = None
    follow_ups: list[FollowUpView] = []
    recent_journey: list[RecentJourney]
    as_of: datetime
