"""What all requests are made from: strict, and closed to unknown fields."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Request(BaseModel):
    """Base of all requests: a field that is not declared is a mistake that the caller wants to hear of."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class PageOf(Request):
    """Query parameters of every list."""

    model_config = ConfigDict(strict=False)

    limit: int = Field(default=25, ge=1, le=100)
    cursor: Annotated[str, StringConstraints(max_length=400)] | None = None


def require_one(request: Request, one: str, another: str) -> None:
    """Raises `ValueError` unless just one of two fields is given."""
    if (getattr(request, one) is None) == (getattr(request, another) is None):
        raise ValueError(f"give one of {one} and {another}")


class NoParameters(Request):
    """A route without query parameters."""
