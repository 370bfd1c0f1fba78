"""A contact's life as providers report it: late, twice and in any order, it comes to the same."""

from collections.abc import Mapping

PHASES = ("queued", "ringing", "connected", "on_hold", "transferred", "missed", "abandoned", "ended")
"""In the order of which counts where two were reported for one moment."""
OVER = frozenset({"missed", "abandoned", "ended"})
"""Nothing is reported of a contact after these: they are never overwritten."""
WAITING = frozenset({"queued", "ringing"})
"""Nobody has met anybody yet: nothing goes back to these, whatever clock they were told by."""
UNANSWERED = OVER - {"ended"}
PHASE = "phase"

Reported = dict[str, list[str]]
"""What was reported: name -> [the moment, the value], the one that counts."""


def advance(reported: Reported, at: str, news: Mapping[str, str]) -> Reported:
    """What counts once this is reported too; `at` is the moment by the provider's clock, as sortable text."""
    counts = dict(reported)
    for name, value in news.items():
        told = [[at, value], counts.get(name, [at, value])]
        counts[name] = max(told, key=_phases_weight) if name == PHASE else max(told)
    return counts


def _phases_weight(told: list[str]) -> tuple[bool, bool, str, int]:
    at, phase = told
    return (phase in OVER, phase not in WAITING, at, PHASES.index(phase))


def phase_of(reported: Reported) -> str | None:
    return reported[PHASE][1] if PHASE in reported else None


def over_since(reported: Reported) -> str | None:
    """The moment at which it was over, if it is."""
    return reported[PHASE][0] if phase_of(reported) in OVER else None


DELIVERIES = ("queued", "sending", "sent", "delivered", "read", "undelivered", "failed")
"""How far a message of ours got, each further than those before it."""


def further(known: str | None, news: str) -> str:
    """The delivery that counts: one that is reported late is no step back."""
    return max((known or news, news), key=DELIVERIES.index)
