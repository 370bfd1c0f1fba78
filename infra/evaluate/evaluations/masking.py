"""Customers' chat turns: are card and social security numbers gone once stored, and is all else left?"""

from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from infra.evaluate.frame import Evaluation, Fresh, Predictions, Row, Table, find_lines
from infra.evaluate.product import Json, Product

FOLDER, FILE = "multidogo", "customer_turns"
SOURCE = "evaluation"
CARD_DIGITS, SSN_DIGITS = range(13, 20), 9


def predict(data: Path, fresh: Fresh) -> Iterator[tuple[str, Row]]:
    """Each conversation is a chat, each message an interaction on it; what is stored is read back by the API.

    A turn may be several messages: `k` is the message's number in it.
    Only the customer's side is there, so what was asked is never heard.
    """
    with fresh() as running:
        for row in tqdm(find_lines(data / FOLDER, FILE) or [], "  chatting", disable=None):
            has_number = sum(char.isdigit() for turn in row["turns"] for char in turn["x"]) >= SSN_DIGITS
            # nothing can be hidden where all turns together have fewer digits than the shortest number
            texts = _chat(running, row) if has_number else [turn["x"] for turn in row["turns"]]
            for turn, text in zip(row["turns"], texts, strict=True):
                yield "masking", {"id": row["id"], "turn": turn["n"], "k": turn["k"], "text": text}


def _chat(running: Product, row: Row) -> list[str]:
    """Feeds one conversation, and gives each of its texts as it is stored."""
    chat: Json = {"channel": "chat", "provider": SOURCE, "provider_contact_id": row["id"]}
    contact_id = running.call("portal", "POST", "/contacts", chat)["contact_id"]
    stored = []
    for turn in row["turns"]:
        message: Json = {
            "channel": "chat",
            "contact_id": contact_id,
            "occurred_at": running.clock.at.isoformat(),
            "source": SOURCE,
            "source_event_id": f"{row['id']}-{turn['n']}-{turn['k']}",
            "kind": "message",
            "body": "".join(char if char.isprintable() else " " for char in turn["x"]),
        }
        taken_in = running.call("portal", "POST", "/interactions", message)
        stored.append(running.call("agent", "GET", f"/interactions/{taken_in['interaction_id']}")["body"])
    return stored


def score(data: Path, made: Predictions) -> Table | None:
    """By kind of number: how many of those that must be hidden are, and how much of all else is kept."""
    rows = find_lines(data / FOLDER, FILE) or []
    if not any("slots" in turn for row in rows for turn in row["turns"]):
        return None
    stored = {(line["id"], line["turn"], line["k"]): line["text"] for line in made["masking"]}
    counts: dict[str, list[bool]] = {"card": [], "ssn": [], "all else": []}
    for row in rows:
        for turn in row["turns"]:
            text = stored[row["id"], turn["n"], turn["k"]]
            for kind, right in verdicts(turn, text):
                counts[kind].append(right)
    hidden = counts["card"] + counts["ssn"]
    lines = [(name, len(found), sum(found), sum(found) / len(found)) for name, found in counts.items() if found]
    if hidden:
        lines.append(("hidden, in all", len(hidden), sum(hidden), sum(hidden) / len(hidden)))
    return Table(
        "masking: numbers that must be gone, and what must be left", ("span", "n", "right", "right/n"), lines
    )


def verdicts(turn: Row, text: str) -> Iterator[tuple[str, bool]]:
    """Whether each labelled span of a turn is gone, where it must be, or else is still there."""
    for label, span in turn["slots"]:
        digits = sum(char.isdigit() for char in span)
        if label.startswith("card") and digits in CARD_DIGITS:
            yield "card", span not in text
        elif label == "ssn" and digits == SSN_DIGITS:
            yield "ssn", span not in text
        elif span and span in turn["x"]:
            yield "all else", span in text


EVALUATION = Evaluation("masking", (f"{FOLDER}/{FILE}.jsonl*",), predict, score)
