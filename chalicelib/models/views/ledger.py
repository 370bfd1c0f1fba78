"""What goes out of merges, and of what was decided about a customer."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from chalicelib.models.requests.kinds import IdentifierType, Relation
from chalicelib.models.views.base import CallerName, Documented, Instant, Listing, View
from chalicelib.models.views.customers import IdentifierView


class IdentifierNamed(TypedDict):
    """An identifier in its one form."""

    type: Annotated[str, Documented(IdentifierType)]
    scope: str
    value: str


class RelationNamed(TypedDict):
    """A relation that was made, changed or ended, as it was then."""

    relation: Annotated[str, Documented(Relation)]
    may_be_told: list[str]
    until: Instant | None


class SurvivingField(TypedDict):
    """What counts of a field, consent or fact of merged records, what does not meanwhile, and by which rule."""

    field: str
    kept: str | bool
    dropped: list[str | bool]
    rule: Literal["surviving_record", "only_value", "stricter", "given_since_the_merge", "verified_then_newest"]


class Effects(TypedDict):
    """What a merge does to what is read; nothing is moved or written over by it."""

    customer_id: Annotated[str, Field(description="The id by which the person goes from then on.")]
    members: list[str]
    fields: list[SurvivingField]
    identifiers: list[IdentifierView]
    open_cases: int
    live_contacts: int


class MergeView(View):
    """Two records found to be one person's. `merge_id` is null for a dry run."""

    merge_id: str | None
    customer_id: str
    other_customer_id: str
    reason: str | None
    merged_at: datetime
    merged_by: CallerName
    effects: Annotated[dict[str, Any], Documented(Effects)]
    undone_at: datetime | None
    undone_by: CallerName | None


class DecisionView(View):
    """What was decided about a customer, by whom and why."""

    decision_id: str
    decided: str
    decided_at: datetime
    decided_by: CallerName
    reason: str | None
    identifier: Annotated[dict[str, Any] | None, Documented(IdentifierNamed | None)]
    contact_id: str | None
    merge_id: str | None
    other_customer_id: str | None
    relation: Annotated[dict[str, Any] | None, Documented(RelationNamed | None)]


class DecisionList(Listing[DecisionView]):
    """A page of the ledger of a customer."""
