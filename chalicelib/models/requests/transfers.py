"""What comes in when a contact is handed on."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, StringConstraints, model_validator

from chalicelib.models.requests.base import Request, require_one
from chalicelib.models.requests.values import Reason, Word, masked, readable

Told = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000),
    AfterValidator(readable),
    AfterValidator(masked),
]
"""What the next one is told, in a few sentences: the packet is read with every screen pop."""


class TransferContact(Request):
    """To a team or to an agent, and the packet for whoever answers next.

    A `cold` transfer is taken as it is; a `warm` one is offered, to be accepted or declined.
    """

    to_team: Word | None = None
    to_agent: Word | None = None
    kind: Literal["warm", "cold"] = "cold"
    reason: Reason
    note: Told | None = None
    tried: Told | None = None
    promised: Told | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        require_one(self, "to_team", "to_agent")
        return self
