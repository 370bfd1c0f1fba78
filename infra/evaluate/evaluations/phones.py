"""Phone numbers as people and systems write them: which number is it, and are two of them one?"""

from collections.abc import Iterator
from pathlib import Path

from chalicelib.errors import BadInput
from chalicelib.models.identifiers import normalise
from chalicelib.models.variants import without_extension
from infra.evaluate.frame import Evaluation, Fresh, Predictions, Row, Table, find_lines

SINGLE = ("libphonenumber_parse", "region_examples")
PAIRS = "libphonenumber_match"
FORMS = ("input", "national", "international", "rfc3966")
"""The fields in which a row holds its number: once, or written in several ways."""
SAME = "EXACT_MATCH"


def predict(data: Path, _fresh: Fresh) -> Iterator[tuple[str, Row]]:
    """Reads each number as the API reads an identifier, in the country that goes with it."""
    for row in (row for name in SINGLE for row in find_lines(data / "phones", name) or []):
        yield "phones", {"id": row["id"], "e164": _e164(row)}
    for row in find_lines(data / "phones", PAIRS) or []:
        yield "phone_pairs", {"id": row["id"], "same": _is_same(row)}


def _e164(row: Row) -> str | None:
    """The one number that all forms of it are read as, or None."""
    read = {_read(row[form], row.get("region")) for form in FORMS if form in row}
    one = read.pop() if len(read) == 1 else None
    return without_extension(one) if one else None


def _is_same(row: Row) -> bool:
    """Whether both are one identifier: what merely ends alike is not."""
    first, second = (_read(row[name], row.get("region")) for name in ("a", "b"))
    return first is not None and first == second


def _read(value: str, region: str | None) -> str | None:
    try:
        return normalise("phone", value, region=region).value
    except BadInput:
        return None


def score(data: Path, made: Predictions) -> Table | None:
    """How many are read as stated. Of a pair that is no exact match, that it is not taken for one."""
    decided = {row["id"]: row for rows in made.values() for row in rows}
    lines: list[tuple[object, ...]] = []
    for name in (*SINGLE, PAIRS):
        truths = {row["id"]: _stated(row) for row in find_lines(data / "phones", name) or [] if _has_truth(row)}
        right = sum(_decision(decided[id_]) == truth for id_, truth in truths.items() if id_ in decided)
        lines += [(name, len(truths), right, len(truths) - right, right / len(truths))] if truths else []
    return (
        Table("phones: numbers read, pairs told apart", ("file", "n", "right", "wrong", "right/n"), lines)
        if lines
        else None
    )


def _has_truth(row: Row) -> bool:
    return "expected_e164" in row or "expected" in row


def _stated(row: Row) -> object:
    return row["expected_e164"] if "expected_e164" in row else row["expected"] == SAME


def _decision(row: Row) -> object:
    return row["e164"] if "e164" in row else row["same"]


EVALUATION = Evaluation(
    "phones", tuple(f"phones/{name}*" for name in (*SINGLE, PAIRS)), predict, score, any_of=True
)
