"""What comes in when a contact is handed on."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, StringConstraints, model_validator

from chalicelib.models.requests import Reason, Request, Word
from chalicelib.rules.masking import mask
from chalicelib.rules.text import is_readable


def _readable(text: str) -> str:
    if not is_readable(text):
        raise ValueError("must not have control characters other than line breaks and tabs")
    return mask(text).text


Told = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000), AfterValidator(_readable)
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
        if (self.to_team is None) == (self.to_agent is None):
            raise ValueError("give one of to_team and to_agent")
        return self
