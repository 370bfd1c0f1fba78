"""What is asked of a report."""

from datetime import date, timedelta
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from chalicelib.models.requests.base import Request

MOST_DAYS = 93


class ReportOn(Request):
    """Query parameters of every report: days, both of them included; without them the last seven."""

    model_config = ConfigDict(strict=False)

    since: date | None = Field(default=None, ge=date(1990, 1, 1), le=date(2200, 1, 1))
    until: date | None = Field(default=None, ge=date(1990, 1, 1), le=date(2200, 1, 1))

    @model_validator(mode="after")
    def _not_too_long(self) -> Self:
        if self.since and self.until and not timedelta(0) <= self.until - self.since < timedelta(days=MOST_DAYS):
            raise ValueError(f"since and until must be in order, and at most {MOST_DAYS} days apart")
        return self

    def days(self, today: date) -> tuple[date, date]:
        """From which day to which."""
        until = self.until or (min(today, self.since + timedelta(days=MOST_DAYS - 1)) if self.since else today)
        return self.since or until - timedelta(days=6), until


class ReportOnAsks(ReportOn):
    by: Literal["team", "channel", "fact"] = "fact"
