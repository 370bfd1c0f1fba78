"""Which facts were asked for on a contact, by whom, and which of them were known to whoever asked.

What is asked is not heard here; what is answered is. So whoever saves a fact has asked for it, and asks again
for what was known: it was among what they were shown, and neither to be asked nor to be confirmed. Each asks once
for a fact on a contact, however often it is saved: what is sent again, or put right, is the same question.
"""

from collections.abc import Collection, Iterable
from typing import Any

Asked = dict[str, dict[str, Any]]
"""`<role>:<fact>` -> the moment, the team, and whether it was known."""


def note(
    asked: Asked, facts: Iterable[str], role: str, known: Collection[str], *, at: str, team: str | None
) -> Asked:
    """What was asked for by now. `known` is what was known beside what was asked for on this contact itself."""
    before = {key.partition(":")[2] for key in asked if not key.startswith(f"{role}:")}
    news = {
        f"{role}:{name}": {"at": at, "team": team, "repeated": name in known or name in before} for name in facts
    }
    return news | asked


def fact_of(key: str) -> str:
    return key.partition(":")[2]
