"""What comes in of customers: who they are, to whom they are what, and which are one."""

from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.models.requests.base import PageOf, Request
from chalicelib.models.requests.facts import Facts
from chalicelib.models.requests.identifiers import IdentifierBound
from chalicelib.models.requests.kinds import IdentifierType, Relation
from chalicelib.models.requests.values import (
    Attributes,
    Expiry,
    Line,
    Note,
    OfWhom,
    Raw,
    Reason,
    RecordId,
    RelationNote,
    Topic,
    Word,
    _masked_values,
)

Consent = Annotated[dict[Word, bool], Field(max_length=20)]


class NewCustomer(Request):
    name: Line | None = None
    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    identifiers: Annotated[list[IdentifierBound], Field(max_length=20)] = Field(default_factory=list)
    consent: Consent = Field(default_factory=dict)
    attributes: Attributes = Field(default_factory=dict)
    facts: Facts = Field(default_factory=dict)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.name or self.identifiers or self.facts):
            raise ValueError("give a name, an identifier or a fact")
        return self


class ChangeCustomer(Request):
    """Only what is given is changed; in `consent` and `attributes` each key by itself, null removes it."""

    name: Line | None = None
    language: Annotated[str, StringConstraints(max_length=35)] | None = None
    consent: Annotated[dict[Word, bool | None], Field(max_length=20)] = Field(default_factory=dict)
    attributes: Annotated[dict[Word, Note | None], Field(max_length=50), AfterValidator(_masked_values)] = Field(
        default_factory=dict
    )


class MergeCustomers(Request):
    """`dry_run` tells what it would do and does nothing."""

    other_customer_id: RecordId
    reason: Reason | None = None
    dry_run: bool = False


class RelateCustomers(Request):
    """What the customer of the path is to another: `speaks_for` says that it may speak for that one.

    `may_be_told` is then what it may be told of that one; `until` is when the relation ends by itself.
    """

    customer_id: RecordId
    relation: Relation
    may_be_told: Annotated[list[Topic], Field(max_length=10)] = Field(default_factory=list)
    until: Expiry | None = None
    note: RelationNote | None = None


class WhichRelation(Request):
    model_config = ConfigDict(strict=False)

    relation: Relation | None = None


class LedgerPage(PageOf):
    """Query parameters of the ledger."""


class FindCustomers(Request):
    model_config = ConfigDict(strict=False)

    identifier_type: IdentifierType
    identifier: Raw
    scope: OfWhom = ""
