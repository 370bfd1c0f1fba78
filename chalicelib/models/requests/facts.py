"""What comes in of what was keyed, typed or said."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from chalicelib.models.fact_kinds import FACT_KINDS
from chalicelib.models.requests.base import Request
from chalicelib.models.requests.values import FactName, Moment, Need, Said, Word


class FactGiven(Request):
    value: Said
    source: Word | None = None
    verified: bool = False
    collected_at: Moment | None = None


Facts = Annotated[dict[FactName, FactGiven], Field(max_length=len(FACT_KINDS))]


class SaveFacts(Request):
    facts: Facts = Field(default_factory=dict)
    need: Need | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.facts and self.need is None:
            raise ValueError("give at least one fact, or what is needed")
        return self


class VerifyFacts(Request):
    facts: Annotated[Facts, Field(min_length=1)]
