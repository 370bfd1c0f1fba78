"""Returning customers: does each conversation find the case that it goes on with, and no other?

The chats of `star/` and `tau/` are replayed in time order as a chat platform, a bot and an agent's desktop hand
them over: the contact of a customer who is signed in, its transcript, the orders and the reasons that the desktop
records as the agent looks things up, and its end. What matter a conversation is about is never told otherwise.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tqdm import tqdm

from infra.evaluate.frame import Evaluation, Fresh, Predictions, Row, Table, find_lines
from infra.evaluate.product import Product

FILE, SOURCE = "cases", "evaluation"
LONGEST_BODY, LONGEST_REASON = 50_000, 200
BEGAN = datetime(2024, 5, 1, 9, tzinfo=UTC)
"""When the first of `tau/` comes, which has no times: the others follow by the hour."""
NO_PERSON = "nobody"
ONLY_LOOKS = ("get_", "search_", "find_", "list_")
"""What the names of the agent's tools begin with that change nothing: many orders are looked at to find one."""


@dataclass(frozen=True)
class Conversation:
    """A chat as it is replayed."""

    id: str
    person: str
    began: datetime
    ended: datetime
    said: list[str]
    resolved: bool | None = None
    reasons: list[str] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)


def predict(data: Path, fresh: Fresh) -> Iterator[tuple[str, Row]]:
    """Replays all conversations, each set in time order, and gives the case that each ended with."""
    with fresh() as running:
        for name, conversations in (("star", star(data)), ("tau", tau(data))):
            for one in tqdm(conversations, f"  replaying {name}", disable=None):
                yield FILE, {"id": one.id, "case_id": replay(running, one)}


def star(data: Path) -> list[Conversation]:
    """The chats of `star/` in time order; what was never said has no time, and comes first."""
    found = [_star(row) for row in find_lines(data / "star", "chats") or []]
    return sorted(found, key=lambda one: (one.began, one.id))


def _star(row: Row) -> Conversation:
    times = [datetime.fromtimestamp(turn["t"], UTC) for turn in row["turns"]] or [datetime(2020, 1, 1, tzinfo=UTC)]
    return Conversation(
        str(row["id"]),
        row.get("person") or f"{NO_PERSON}-{row['id']}",
        times[0],
        max(times),
        [turn["x"] for turn in row["turns"]],
        row["completion"] == "Complete" if row.get("completion") else None,
        sorted({lookup["api"] for lookup in row.get("lookups") or []}),
    )


def tau(data: Path) -> list[Conversation]:
    """The chats of `tau/`, one an hour, in the order in which they are listed."""
    rows = [
        row
        for name in ("simulated_chats_airline", "simulated_chats_retail")
        for row in find_lines(data / "tau", name) or []
    ]
    return [_tau(row, BEGAN + n * timedelta(hours=1)) for n, row in enumerate(rows)]


def _tau(row: Row, began: datetime) -> Conversation:
    said = [turn["x"] for turn in row.get("turns") or [] if turn["s"] != "tool" and turn["x"]]
    said += [line for line in _lines(row.get("transcript")) if line]
    person = row.get("customer_id") or f"{NO_PERSON}-{row['id']}"
    return Conversation(row["id"], person, began, began + timedelta(minutes=10), said, orders=_orders(row))


def _lines(transcript: str | None) -> list[str]:
    """What people said of a transcript: no answers of tools."""
    turns = re.split(r"^(user|assistant|tool): ", transcript or "", flags=re.MULTILINE)[1:]
    return [
        said.strip() for who, said in zip(turns[::2], turns[1::2], strict=True) if who != "tool" and said != "None"
    ]


def _orders(row: Row) -> list[str]:
    """The orders and bookings that the agent changed, as the desktop records them."""
    calls = [call for turn in row.get("turns") or [] for call in turn.get("tool_calls") or []]
    made = [
        json.loads(call["args"]) for call in calls if not call["name"].startswith(("get_", "search_", "find_"))
    ]
    named = [args.get("order_id") or args.get("reservation_id") for args in made]
    return list(dict.fromkeys(str(one) for one in named if one))


def replay(running: Product, one: Conversation) -> str | None:
    """A conversation from its start to its end; the case that it had then."""
    running.clock.at = one.began
    start = {
        "channel": "chat",
        "provider": SOURCE,
        "provider_contact_id": one.id,
        "from": {"type": "account", "value": one.person},
        "started_at": one.began.isoformat(),
    }
    contact_id = running.call("portal", "POST", "/contacts", start)["contact_id"]
    running.clock.at = one.ended
    if text := _readable("\n".join(one.said)):
        transcript = {"contact_id": contact_id, "channel": "chat", "kind": "transcript", "body": text}
        at = {"source": SOURCE, "source_event_id": f"{one.id}-said", "occurred_at": one.ended.isoformat()}
        running.call("portal", "POST", "/interactions", transcript | at)
    if facts := _facts(one):
        running.call("agent", "PATCH", f"/contacts/{contact_id}/facts", {"facts": facts})
    running.clock.at = one.ended + timedelta(seconds=1)
    ended = running.call("agent", "POST", f"/contacts/{contact_id}/end", {"resolved": one.resolved})
    case_id: str | None = ended["case_id"]
    return case_id


def _facts(one: Conversation) -> dict[str, Any]:
    told = {"reason": ", ".join(one.reasons)[:LONGEST_REASON], "order_number": next(iter(one.orders), "")}
    return {name: {"value": value, "source": "agent_desktop"} for name, value in told.items() if value}


def _readable(text: str) -> str:
    return "".join(char if char.isprintable() or char in "\n\t" else " " for char in text)[:LONGEST_BODY].strip()


def score(data: Path, made: Predictions) -> Table | None:
    """Right: in the case that most of the same person and matter are in, or in one of its own where it is new."""
    decided = {row["id"]: row["case_id"] for row in made.get(FILE, [])}
    lines: list[tuple[object, ...]] = []
    for name, conversations, matters in (
        ("star", star(data), _star_matters(data)),
        ("tau", tau(data), _tau_matters(data)),
    ):
        lines += _judge(name, [one for one in conversations if one.id in matters], matters, decided)
    if not lines:
        return None
    return Table("cases: the case of each conversation", ("set", "kind", "n", "right", "right/n"), lines)


def _judge(
    name: str, conversations: list[Conversation], matters: dict[str, str], decided: dict[str, str | None]
) -> list[tuple[object, ...]]:
    verdicts: dict[str, list[bool]] = defaultdict(list)
    before: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    used: dict[str, set[str]] = defaultdict(set)
    for one in conversations:
        case_id, its = decided.get(one.id), before[one.person, matters[one.id]]
        if not one.said:
            kind, right = "nothing was said", case_id is None
        elif its:
            kind, right = "returning", case_id is not None and its[case_id] == max(its.values())
        else:
            kind, right = "a new matter", case_id is not None and case_id not in used[one.person]
        verdicts[kind].append(right)
        if case_id:
            its[case_id] += 1
            used[one.person].add(case_id)
    counted = [right for kind, rights in verdicts.items() if kind != "nothing was said" for right in rights]
    shown = [*sorted(verdicts.items()), ("all that said something", counted)]
    return [(name, kind, len(rights), sum(rights), sum(rights) / len(rights)) for kind, rights in shown if rights]


def _star_matters(data: Path) -> dict[str, str]:
    """The tasks of a chat, where they are told."""
    rows = find_lines(data / "star", "chats") or []
    return {
        str(row["id"]): ",".join(sorted(row["tasks"])) for row in rows if row.get("tasks") and row.get("person")
    }


def _tau_matters(data: Path) -> dict[str, str]:
    """The instruction that the customer was given, where it is told: the same one is the same matter."""
    rows = find_lines(data / "tau", "simulated_chats_airline") or []
    return {row["id"]: row["instruction"] for row in rows if row.get("instruction") and row.get("customer_id")}


EVALUATION = Evaluation(FILE, ("star/chats.jsonl*", "tau/simulated_chats_*.jsonl*"), predict, score, any_of=True)
