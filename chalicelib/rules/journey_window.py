"""The acts of a person that are remembered one by one, so that late and repeated ones find their place.

There are at most `MOST_ACTS` and `MOST_BYTES` of them. Older ones are settled: what they came to is kept where a
journey may still go on, and what comes from before them is too late.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from chalicelib.rules.journeys import GAP, Act, Journey, distinct, fold, order, stored

MOST_ACTS = 200
MOST_BYTES = 100_000
"""Of the acts as JSON: an item of the table has at most 400 KB."""
MOST_SETTLED = 3


@dataclass(frozen=True, slots=True)
class Window:
    """`floor` is when the newest act happened that was settled, and its id."""

    acts: list[Act] = field(default_factory=list)
    settled: list[Journey] = field(default_factory=list)
    floor: tuple[int, str] = (0, "")

    @property
    def journeys(self) -> list[Journey]:
        return fold(self.acts, self.settled)

    def stored(self) -> dict[str, Any]:
        """As plain JSON data; `of_stored` reads it."""
        return {"acts": self.acts, "settled": [stored(one) for one in self.settled], "floor": list(self.floor)}


@dataclass(frozen=True, slots=True)
class Taken:
    """The window with the news, all journeys then, which acts were new, and how many were known or too late."""

    window: Window
    journeys: list[Journey]
    new: list[Act]
    known: int
    late: int


def of_stored(stored: dict[str, Any]) -> Window:
    """The window as it was stored."""
    if not stored:
        return Window()
    at, id_ = stored["floor"]
    return Window(stored["acts"], [Journey(**one) for one in stored["settled"]], (at, id_))


def take_in(window: Window, news: Iterable[Act]) -> Taken:
    """The window with the news in it."""
    told = list(news)
    in_time = [act for act in told if order(act) > window.floor]
    known = {act["id"] for act in window.acts}
    acts = sorted(distinct([*window.acts, *in_time]).values(), key=order)
    new = [act for act in acts if act["id"] not in known]
    journeys = fold(acts, window.settled)
    return Taken(_settle(acts, window), journeys, new, len(in_time) - len(new), len(told) - len(in_time))


def _settle(acts: list[Act], before: Window) -> Window:
    """The window with no more acts than are remembered."""
    fitting = _fitting(acts)
    old, kept = acts[: len(acts) - fitting], acts[len(acts) - fitting :]
    if not old:
        return Window(acts, before.settled, before.floor)
    going_on = [one for one in fold(old, before.settled) if one.last > kept[0]["at"] - GAP]
    return Window(kept, going_on[-MOST_SETTLED:], order(old[-1]))


def _fitting(acts: list[Act]) -> int:
    """How many of the newest are remembered."""
    sizes = accumulate(len(json.dumps(act)) for act in reversed(acts[-MOST_ACTS:]))
    return sum(size <= MOST_BYTES for size in sizes)
