"""What goes out of facts."""

from datetime import datetime

from chalicelib.models.views.base import FactName, View


class KnownFact(View):
    """A fact; `value` is null and `withheld` true where the caller may only learn that it is known."""

    value: str | None
    source: str
    collected_at: datetime
    verified: bool
    withheld: bool = False


class FactView(KnownFact):
    """A fact as desks see it: with its sensitivity, its contact and the values before it, newest first."""

    contact_id: str | None
    expires_at: datetime | None
    sensitivity: str
    earlier: list[KnownFact] = []


class FactsView(View):
    """What is known of a customer, by fact."""

    facts: dict[FactName, FactView]
