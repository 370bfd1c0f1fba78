"""What people try by themselves: single acts, however they come, folded into journeys.

A journey is a visit on one task, over any number of screens. What names no task belongs to the task that it
happened in the midst of, else shortly before; the rest is looking around. What is folded is a set: neither order,
nor repetition, nor the batches in which acts come make a difference. Moments are milliseconds since 1970.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from operator import attrgetter
from typing import Any

GAP = 30 * 60 * 1000
"""After so long without an act, the next one begins another journey."""
MOST_NAMED = 6
"""Places, searches, articles and screens that a journey remembers of each: the newest."""
TRYING = frozenset({"step", "form", "form_error", "rage_click"})
"""Types of acts by which somebody is at a task; a page is one, too, where it names the task."""
KNOWLEDGE_BASE = "knowledge_base"
COUNTED = ("failed", "clicked")
NEWEST = ("pages", "searched", "read", "helped", "screens", "facts")
NAMED = frozenset({*COUNTED, *NEWEST})
"""What of a journey goes by name."""
DISPENSABLE = ("pages", "helped", "read", "searched", "failed")
"""What is left out where there is no room, in this order; of failures only what was said."""

Act = dict[str, Any]
"""One thing that somebody did: `id`, `at`, `type`, `channel`, `screen`, `device`, and what of the rest is known:
`page`, `task`, `step`, `field`, `error`, `query`, `article`, `helped` and `facts`, which are names only."""
Newest = dict[str, list[Any]]
"""Name -> the moment, and what was then: the newest counts."""
Counted = dict[str, list[Any]]
"""Name -> how often, when last, and what was then."""


@dataclass(frozen=True, slots=True)
class Journey:
    """What became of a task. `first` is the first act's moment and id, `last` the last one's moment.

    `since` and `until` are of those that name the task. 0 is never, of `tried`, `gave_up` and `completed`.
    """

    first: list[Any]
    last: int
    since: int
    until: int
    channel: list[Any]
    task: str | None = None
    tried: int = 0
    gave_up: int = 0
    completed: int = 0
    failed: Counted = field(default_factory=dict)
    clicked: Counted = field(default_factory=dict)
    pages: Newest = field(default_factory=dict)
    searched: Newest = field(default_factory=dict)
    read: Newest = field(default_factory=dict)
    helped: Newest = field(default_factory=dict)
    screens: Newest = field(default_factory=dict)
    facts: Newest = field(default_factory=dict)


def order(act: Act) -> tuple[int, str]:
    """By when it happened; what happened at the same moment, by its id."""
    return act["at"], act["id"]


def distinct(acts: Iterable[Act]) -> dict[str, Act]:
    """Each act once, by its id. Of one that is told in several ways the same counts, whichever comes first."""
    told: dict[str, Act] = {}
    for act in acts:
        other = told.get(act["id"])
        told[act["id"]] = min(act, other, key=_as_told) if other else act
    return told


def fold(acts: Iterable[Act], before: Iterable[Journey] = ()) -> list[Journey]:
    """The journeys that these acts make, with what is left of earlier ones, in the order of their beginning."""
    pieces = sorted([*before, *(_of(act) for act in distinct(acts).values())], key=_began)
    tasks = dict.fromkeys(piece.task for piece in pieces if piece.task)
    on_task = [one for task in tasks for one in _chains(piece for piece in pieces if piece.task == task)]
    in_help = [piece for piece in pieces if _is_help(piece)]
    around: list[Journey] = []
    for piece in pieces:
        if piece.task or _is_help(piece):
            continue
        place = _in_course(on_task, piece.since)
        if place is None:
            around.append(piece)
        else:
            on_task[place] = _adopt(on_task[place], piece)
    return sorted([*on_task, *_chains(in_help), *_chains(around)], key=_began)


def join(one: Journey, other: Journey) -> Journey:
    """Two parts of a journey as one."""
    return Journey(
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        since=min(one.since, other.since),
        until=max(one.until, other.until),
        channel=max(one.channel, other.channel),
        task=one.task or other.task,
        tried=max(one.tried, other.tried),
        gave_up=max(one.gave_up, other.gave_up),
        completed=max(one.completed, other.completed),
        **{name: _counted(getattr(one, name), getattr(other, name)) for name in COUNTED},
        **{name: _newest(getattr(one, name), getattr(other, name)) for name in NEWEST},
    )


def stored(journey: Journey) -> dict[str, Any]:
    """A journey as plain JSON data, without what is empty: `Journey(**…)` reads it."""
    return {name: value for name, value in asdict(journey).items() if value}


def slim(kept: dict[str, Any], most_bytes: int) -> dict[str, Any]:
    """A stored journey of which no more is kept than this many bytes hold: the newest of each, what tells most."""
    for most in (MOST_NAMED, 3, 2, 1):
        less = {name: _first(value, most) if name in NAMED else value for name, value in kept.items()}
        if len(json.dumps(less)) <= most_bytes:
            return less
    for name in DISPENSABLE:
        if name == "failed" and name in less:
            less = less | {name: {place: [*told[:2], ""] for place, told in less[name].items()}}
        else:
            less.pop(name, None)
        if len(json.dumps(less)) <= most_bytes:
            break
    return less


def join_near(journeys: Iterable[Journey]) -> list[Journey]:
    """Parts of journeys that were folded apart, as of several records of a person, as one where they are one."""
    return fold((), journeys)


_began = attrgetter("first")


def _as_told(act: Act) -> tuple[int, str]:
    return act["at"], json.dumps(act, sort_keys=True)


def _of(act: Act) -> Journey:
    """The journey of one act."""
    at, kind = act["at"], act["type"]
    place = act.get("field") or act.get("step") or act.get("page") or ""
    trying = kind in TRYING or (kind == "page" and "task" in act)
    return Journey(
        first=[at, act["id"]],
        last=at,
        since=at,
        until=at,
        channel=[at, act["channel"]],
        task=act.get("task"),
        tried=at if trying else 0,
        gave_up=at if kind == "give_up" else 0,
        completed=at if kind == "complete" else 0,
        failed={place: [1, at, act.get("error", "")]} if kind == "form_error" else {},
        clicked={place: [1, at]} if kind == "rage_click" else {},
        pages={act["page"]: [at]} if "page" in act else {},
        searched={act["query"]: [at]} if kind == "search" else {},
        read={act["article"]: [at]} if kind == "article" else {},
        helped={act["article"]: [at, act["helped"]]} if kind == "article" and "helped" in act else {},
        screens={act["screen"]: [at, act["device"]]},
        facts={name: [at] for name in act.get("facts", ())},
    )


def _chains(pieces: Iterable[Journey]) -> list[Journey]:
    """Pieces joined while no gap is between them."""
    chains: list[Journey] = []
    for piece in sorted(pieces, key=attrgetter("since")):
        if chains and piece.since - chains[-1].until < GAP:
            chains[-1] = join(chains[-1], piece)
        else:
            chains.append(piece)
    return chains


def _is_help(piece: Journey) -> bool:
    """Whether it is a visit to the knowledge base alone."""
    return piece.task is None and piece.channel[1] == KNOWLEDGE_BASE


def _in_course(on_task: Sequence[Journey], at: int) -> int | None:
    """Which task somebody was at, or came to shortly after: its place in the list."""
    near = [n for n, one in enumerate(on_task) if one.since - GAP < at < one.until + GAP]
    at_it = [n for n in near if on_task[n].since <= at]
    if at_it:
        return max(at_it, key=lambda n: (on_task[n].since, on_task[n].task))
    return min(near, key=lambda n: (on_task[n].since, on_task[n].task)) if near else None


def _adopt(journey: Journey, piece: Journey) -> Journey:
    return join(journey, replace(piece, since=journey.since, until=journey.until))


def _newest(one: Newest, other: Newest) -> Newest:
    both = one | {name: max(told, one.get(name, told)) for name, told in other.items()}
    return _most_recent(both, 0)


def _counted(one: Counted, other: Counted) -> Counted:
    both = one | other
    for name in one.keys() & other.keys():
        both[name] = [one[name][0] + other[name][0], *max(one[name][1:], other[name][1:])]
    return _most_recent(both, 1)


def _first(named: dict[str, list[Any]], most: int) -> dict[str, list[Any]]:
    return dict(islice(named.items(), most))


def _most_recent(named: dict[str, list[Any]], moment: int) -> dict[str, list[Any]]:
    newest = sorted(named, key=lambda name: (-named[name][moment], name))[:MOST_NAMED]
    return {name: named[name] for name in newest}
