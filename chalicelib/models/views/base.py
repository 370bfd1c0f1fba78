"""What all that goes out is made from. A view that is made from an item has that item's names.

Annotations are what the API document says of an answer (`Documented` is for what is not checked again
on its way out). A field with a default is always there all the same, unless its view says otherwise.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from typing_extensions import TypedDict

from chalicelib.models.items import Item
from chalicelib.models.requests.kinds import Channel, Direction, IdentifierType
from chalicelib.models.requests.values import FACT_NAMES


@dataclass(frozen=True)
class Documented:
    """Says what a field holds without checking it again: what is stored was checked when it came in."""

    kind: Any

    def __get_pydantic_json_schema__(self, _: Any, handler: Callable[[Any], JsonSchemaValue]) -> JsonSchemaValue:
        return handler(TypeAdapter(self.kind).core_schema)


ChannelName = Annotated[str, Documented(Channel)]
DirectionName = Annotated[str, Documented(Direction)]
FactName = Annotated[str, WithJsonSchema(FACT_NAMES)]
Instant = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
AssuranceLevel = Annotated[
    int, Field(ge=0, le=3, description="0 nothing usable, 1 claimed, 2 corroborated, 3 authenticated")
]


class View(BaseModel):
    """Base of all views."""

    model_config = ConfigDict(
        from_attributes=True,
        populate_by_name=True,
        defer_build=True,
        json_schema_serialization_defaults_required=True,
    )

    @classmethod
    def from_item(cls, item: Item) -> Self:
        return cls.model_validate(item)


Seen = TypeVar("Seen")


class Listing(View, Generic[Seen]):
    """Base of all lists: `next` is the cursor of the page after this one, null on the last."""

    items: list[Seen]
    next: str | None = None


class Address(TypedDict):
    """One end of a contact, as it was received."""

    type: Annotated[str, Documented(IdentifierType)]
    value: str
    scope: str


class CallerName(TypedDict):
    """Who did something: the role, and the subject of the token or the name of the key."""

    role: str
    subject: str
