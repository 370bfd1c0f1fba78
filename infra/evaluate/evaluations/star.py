"""Human chats through the socket, both sides, with lines that are cut and every frame sent twice.

Is every message there once, in order, on both screens and on the timeline of the right customer? A sample, or with
WHOLE=1 all of them.
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

from tqdm import tqdm

from chalicelib import runtime
from chalicelib.rules.access import Caller, Role
from chalicelib.services.chat.connections import connect
from infra.ends import End
from infra.evaluate.frame import Evaluation, Fresh, Predictions, Row, Table, find_lines
from infra.evaluate.product import Product
from infra.sockets import Gateway, Socket

FOLDER = "star"
PART = 60
"""One chat in so many, and all others of its person, unless WHOLE=1."""
CUT = 0.08
"""The share of turns around which a line is cut."""
PAGE = 100

_connections = count(1)


def predict(data: Path, fresh: Fresh) -> Iterator[tuple[str, Row]]:
    chats = find_lines(data / FOLDER, "chats") or []
    gateway = Gateway()
    with fresh(post=gateway.post) as product:
        for chat in tqdm(sorted(sample(chats), key=lambda one: one["turns"][0]["t"]), desc="star", disable=None):
            yield "star", _replay(product, gateway, chat)


def sample(chats: list[Row]) -> list[Row]:
    """Every so many, with whoever wrote them whole; of those in which both said something."""
    told = [chat for chat in chats if chat["turns"]]
    part = 1 if os.environ.get("WHOLE") else PART
    people = {chat["person"] for chat in told[::part]}
    return [chat for chat in told if chat["person"] in people] if part == 1 else _few(told, people)


def said_in(chat: Row) -> list[Row]:
    """The turns in which something was said: an empty message is none."""
    return [turn for turn in chat["turns"] if turn["x"].strip()]


def _few(told: list[Row], people: set[str]) -> list[Row]:
    """At most three chats of a person: some have hundreds."""
    kept: dict[str, list[Row]] = defaultdict(list)
    for chat in told:
        if chat["person"] in people and len(kept[chat["person"]]) < 3:  # noqa: PLR2004 - said above
            kept[chat["person"]].append(chat)
    return [chat for chats in kept.values() for chat in chats]


def _replay(product: Product, gateway: Gateway, chat: Row) -> Row:
    """Plays a chat and reads it back: by turn, as each screen shows it and as the timeline has it."""
    chance = Random(chat["id"])  # noqa: S311 - where lines are cut
    product.clock.at = _moment(chat["turns"][0])
    enter = partial(_enter, product, gateway)
    customer = End(partial(enter, Role.VISITOR, chat["person"]), "customer")
    agent = End(partial(enter, Role.AGENT, chat["agent"]), "agent")
    customer.connect()
    agent.contact_id = customer.contact_id
    enter(Role.AGENT, chat["agent"]).say("take", contact_id=agent.contact_id)
    agent.connect()
    ends = {"customer": customer, "agent": agent}
    for number, turn in enumerate(said_in(chat)):
        product.clock.at = max(product.clock.at, _moment(turn))
        end = ends[turn["s"]]
        if end.socket is None:
            end.connect()
        end.send(str(number), turn["x"], cut=chance.random() < CUT)
        if chance.random() < CUT:
            chance.choice([customer, agent]).cut()
    for end in ends.values():
        if end.socket is None:
            end.connect()
        end.hear()
        end.resume()
    customer.say("end", contact_id=customer.contact_id)
    return _read_back(product, chat, customer, agent)


def _moment(turn: Row) -> datetime:
    return datetime.fromtimestamp(turn["t"], UTC)


def _enter(product: Product, gateway: Gateway, role: Role, subject: str) -> Socket:
    connection_id = f"connection-{next(_connections)}"
    connect(runtime.get_deps(), Caller(role, subject), connection_id)
    gateway.open[connection_id] = []
    return Socket(product.client, gateway, connection_id)


def _read_back(product: Product, chat: Row, customer: End, agent: End) -> Row:
    turn_of = {message["message_id"]: int(message["client_id"]) for message in customer.shown}
    whose = product.call("agent", "GET", f"/contacts/{customer.contact_id}/screen-pop")["customer"]["customer_id"]
    return {
        "chat": chat["id"],
        "person": chat["person"],
        "customer_id": whose,
        "customer_saw": [int(message["client_id"]) for message in customer.shown],
        "agent_saw": [int(message["client_id"]) for message in agent.shown],
        "timeline": [turn_of[one] for one in _on_timeline(product, whose, customer.contact_id)],
    }


def _on_timeline(product: Product, customer_id: str, contact_id: str) -> list[str]:
    """The messages of a chat on the timeline, oldest first."""
    found: list[str] = []
    path = f"/customers/{customer_id}/timeline?limit={PAGE}"
    cursor = ""
    while True:
        page = product.call("agent", "GET", path + cursor)
        found += [
            one["interaction_id"]
            for one in page["items"]
            if one["contact_id"] == contact_id and one["kind"] == "message"
        ]
        if page["next"] is None:
            return found[::-1]
        cursor = f"&cursor={page['next']}"


def score(data: Path, made: Predictions) -> Table:
    """Of the chats: those that are whole and in order where somebody looks, and whose customer is the person."""
    turns = {chat["id"]: len(said_in(chat)) for chat in find_lines(data / FOLDER, "chats") or []}
    rows = made.get("star", [])
    customers: dict[str, set[str]] = defaultdict(set)
    people: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        customers[row["person"]].add(row["customer_id"])
        people[row["customer_id"]].add(row["person"])
    right = sum(len(customers[row["person"]]) == 1 and len(people[row["customer_id"]]) == 1 for row in rows)
    said = sum(turns[row["chat"]] for row in rows)
    found = [
        (where, len(rows), sum(row[where] == list(range(turns[row["chat"]])) for row in rows), said)
        for where in ("customer_saw", "agent_saw", "timeline")
    ]
    return Table(
        "star: human chats, lines cut, every frame twice",
        ("where", "chats", "right", "messages"),
        [*found, ("right customer", len(rows), right, said)],
    )


EVALUATION = Evaluation("star", (f"{FOLDER}/chats.jsonl*",), predict, score)
