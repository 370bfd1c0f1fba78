"""What goes out of customers, what they are known by, and to whom they are what."""

from datetime import datetime
from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from chalicelib.models.requests.kinds import IdentifierType, Relation
from chalicelib.models.views.base import CallerName, Documented, Instant, Listing, View

HowKnown = Annotated[
    str,
    Documented(Literal["came_from", "vouched", "given", "confirmed", "attributed", "signed_in", "checked"]),
    Field(
        description="came_from: nobody knew it, and a contact came from it. vouched: said, and a trusted caller "
        "vouched for it. given: by a desk or an import. confirmed: met beside it again. attributed: by a desk. "
        "signed_in: a browser on which the customer signed in. checked: an identity check succeeded on "
        "a contact from it."
    ),
]


class IdentifierView(TypedDict):
    """What a customer is known by: in its one form, and as it was received first."""

    type: Annotated[str, Documented(IdentifierType)]
    scope: str
    value: str
    received: str
    verified: bool
    since: Instant
    how: NotRequired[HowKnown]
    contact_id: NotRequired[Annotated[str | None, Field(description="The contact on which it became known.")]]
    verified_at: NotRequired[Instant | None]
    verified_how: NotRequired[HowKnown | None]


class RelationView(View):
    """What a customer is to another, as the record of the one keeps it."""

    customer_id: str
    name: str | None = Field(description="A copy, made when the relation was last written.")
    relation: Annotated[str, Documented(Relation)]
    may_be_told: list[str] = Field(
        description="Of speaks_for: what this customer may be told of the other; of spoken_for_by: what the "
        "other may be told of this one. Nothing where it is empty."
    )
    until: datetime | None
    note: str | None
    since: datetime
    by: CallerName = Field(description="Who said it last.")


class RelationList(Listing[RelationView]):
    """Who a customer has to do with."""


class CustomerView(View):
    """A customer. Roles that see less get fewer fields: those that are not required may be missing."""

    customer_id: str
    name: str | None
    language: str | None
    members: list[str] = Field(default=[], description="The records that are this person's, where several are.")
    identifiers: list[IdentifierView]
    consent: dict[str, bool]
    attributes: dict[str, str]
    relations: list[RelationView] = []
    version: int
    created_at: datetime
    updated_at: datetime

    model_config = ConfigDict(json_schema_extra={"required": ["customer_id", "name", "language", "version"]})


class IdentifierSeen(IdentifierView):
    """What a customer is known by, and when somebody first and last came from it, or it was given."""

    first_seen_at: Instant
    last_seen_at: Instant


class IdentifierList(Listing[IdentifierSeen]):
    """What a customer is known by."""


class CustomerList(Listing[CustomerView]):
    """A page of customers."""
