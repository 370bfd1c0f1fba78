"""Providers' own signature vectors: are the valid ones taken, and only they?"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from chalicelib.rules import signatures
from infra.evaluate.frame import Evaluation, Fresh, Predictions, Row, Table, find_lines

FOLDER, FILE = "webhook_signatures", "vectors"


def predict(data: Path, _fresh: Fresh) -> Iterator[tuple[str, Row]]:
    """One line for each vector. What is signed in a way that is not known is not valid."""
    for row in find_lines(data / FOLDER, FILE) or []:
        check = CHECKS.get(row["provider"])
        yield "signatures", {"id": row["id"], "valid": check(row) if check else False}


def _twilio(row: Row) -> bool:
    form = {name: value if isinstance(value, list) else [value] for name, value in row.get("params", {}).items()}
    return signatures.twilio(row["token"], row["url"], form, row.get("body", "").encode(), row["signature"])


def _slack(row: Row) -> bool:
    return signatures.slack(row["secret"], row["timestamp"], row["body"].encode(), row["signature"], row["now"])


def _line(row: Row) -> bool:
    return signatures.line(row["secret"], row["body"].encode(), row["signature"])


CHECKS: dict[str, Callable[[Row], bool]] = {"twilio": _twilio, "slack": _slack, "line": _line}


def score(data: Path, made: Predictions) -> Table | None:
    """By provider: how many are judged as their owner states."""
    rows = find_lines(data / FOLDER, FILE) or []
    if not all("valid" in row for row in rows):
        return None
    judged = {line["id"]: line["valid"] for line in made["signatures"]}
    counts = Counter((row["provider"], judged[row["id"]] is row["valid"]) for row in rows)
    lines = [
        (provider, counts[provider, True] + counts[provider, False], counts[provider, True])
        for provider in sorted({provider for provider, _ in counts})
    ]
    return Table("signatures: vectors judged as their owners state", ("provider", "n", "right"), lines)


EVALUATION = Evaluation("signatures", (f"{FOLDER}/{FILE}.jsonl*",), predict, score)
