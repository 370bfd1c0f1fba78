"""What to ask next: first what tells the candidates apart, then what is needed and not known."""

from collections.abc import Collection, Mapping, Sequence

Facts = Mapping[str, str]
"""Fact name -> normalised value."""
Known = Mapping[str, frozenset[str]]
"""Fact name -> all that is known of it: people have several addresses and numbers."""

TELLING = ("account_number", "date_of_birth", "postcode", "email", "phone")
"""Facts that tell people apart, easiest and surest to ask for first."""
SHARED = frozenset({"postcode", "phone"})
"""Facts that a household has in common."""
LAST_RESORT = "name"
"""Helps a person to tell; by itself it never decides: who shares a number often shares a surname."""


def best_question(candidates: Sequence[Known]) -> str | None:
    """The fact whose answer splits the candidates most, or None where none differs.

    A single candidate is told from everybody else, by whatever of their own is known.
    """
    if len(candidates) == 1:
        return next((name for name in (*TELLING, LAST_RESORT) if name in candidates[0]), None)
    scores = {
        name: len({facts[name] for facts in candidates if name in facts}) for name in (*TELLING, LAST_RESORT)
    }
    shared = {name for name in scores if scores[name] == 1 and all(name in facts for facts in candidates)}
    telling = [name for name in TELLING if scores[name] and name not in shared]
    if telling:
        return max(telling, key=lambda name: scores[name])
    return LAST_RESORT if scores[LAST_RESORT] > 1 else None


def to_ask(need: Sequence[str], known: Collection[str], first: str | None = None) -> list[str]:
    """The needed facts that are not known, in the order asked for; `first` before all others."""
    wanted = [first, *need] if first and first not in known else list(need)
    return [name for name in dict.fromkeys(wanted) if name not in known]


def told_apart(candidates: Mapping[str, Known], given: Facts) -> str | None:
    """The one candidate whose facts agree with what was given, and with nobody else's.

    Of one's own (a date of birth), others may be silent. What a household shares (a postcode) decides
    only where each other candidate is known to have another.
    """
    telling = {name: value for name, value in given.items() if name in TELLING}
    silent = {name for name in SHARED for facts in candidates.values() if name not in facts}
    telling = {name: value for name, value in telling.items() if name not in silent}
    agreeing = [
        customer_id
        for customer_id, facts in candidates.items()
        if any(value in facts.get(name, ()) for name, value in telling.items())
        and all(value in facts.get(name, {value}) for name, value in telling.items())
    ]
    return agreeing[0] if len(agreeing) == 1 else None
