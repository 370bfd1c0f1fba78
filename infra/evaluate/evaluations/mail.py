"""Raw mails of other projects' tests: is each read, and what did its sender write?"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from chalicelib.mail.message import Mail
from chalicelib.mail.parse import parse
from infra.evaluate.frame import Evaluation, Fresh, Predictions, Row, Table, read_lines

CASES = "mail/cases.jsonl"
ENVELOPE = "From: customer@example.com\r\nSubject: {}\r\nContent-Type: text/{}; charset=utf-8\r\n\r\n"
"""Around a case that is a body only."""


def predict(data: Path, _fresh: Fresh) -> Iterator[tuple[str, Row]]:
    """Parses each case as a mail that came in."""
    for case in read_lines(data / CASES):
        yield "mail", _row(case["id"], parse(_raw(data, case)))


def _raw(data: Path, case: Row) -> bytes:
    content: bytes = (data / "mail" / case["eml_path"]).read_bytes()
    if case["kind"] == "eml":
        return content
    return ENVELOPE.format(case["id"], "html" if case["kind"] == "html" else "plain").encode() + content


def _row(name: str, mail: Mail) -> Row:
    return {
        "id": name,
        "outcome": mail.outcome.value,
        "label": mail.label,
        "subject": mail.subject,
        "from": mail.sender.address if mail.sender else "",
        "text": mail.text,
        "reply_text": mail.reply_text,
        "attachments": [{"name": one.name, "type": one.type, "size": one.size} for one in mail.attachments],
        "auto": mail.auto.value,
    }


def score(data: Path, made: Predictions) -> Table:
    """By source and by what is stated: how many cases state it, and how many are so."""
    rows = {row["id"]: row for row in made["mail"]}
    counts: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for case in read_lines(data / CASES):
        row = rows[case["id"]]
        counts[case["source"], "read"].append(row["outcome"] == "interaction" or bool(row["label"]))
        for measure, holds in _held(case, row, _text(data, case)):
            counts[case["source"], measure].append(holds)
            counts["all", measure].append(holds)
    lines = [
        (source, measure, len(held), sum(held), sum(held) / len(held))
        for (source, measure), held in sorted(counts.items(), key=lambda entry: (entry[0][0] == "all", entry[0]))
    ]
    return Table("mail: what its source's own test states", ("source", "measure", "n", "right", "right/n"), lines)


def _text(data: Path, case: Row) -> str:
    return (
        (data / "mail" / case["eml_path"]).read_text(encoding="utf-8", errors="replace")
        if case["kind"] == "text"
        else ""
    )


def _held(case: Row, row: Row, text: str) -> Iterator[tuple[str, bool]]:
    """Each measure that the case states something about, and whether all of that holds."""
    for measure, names, check in MEASURES:
        if stated := {name: case[name] for name in names if name in case}:
            verdicts = [check(name, value, row, text) for name, value in stated.items()]
            if known := [verdict for verdict in verdicts if verdict is not None]:
                yield measure, all(known)


def _plain(_name: str, value: Any, row: Row, _text: str) -> bool:
    field = {"expected_subject": "subject", "expected_from_email": "from", "expected_text_body": "text"}[_name]
    return _same(row[field], value)


def _attachments(_name: str, value: int, row: Row, _text: str) -> bool:
    return len(row["attachments"]) == value


def _exact(name: str, value: Any, row: Row, _text: str) -> bool | None:
    if name == "expected_reply_html":
        return _dense(row["reply_text"]) == _dense(_visible(value))
    if name == "expected_fragments":
        value = value.get("0")
    return _same(row["reply_text"], value) if value is not None else None


def _stated(name: str, value: Any, row: Row, text: str) -> bool | None:
    reply = row["reply_text"]
    if name == "expected_fragment_count":
        return _same(reply, text) if value == 1 else None
    if name == "expected_fragment_regex":
        return (
            all(re.search(pattern, reply, re.MULTILINE) for pattern in value.get("0", ()))
            if "0" in value
            else None
        )
    if name == "expected_signature":
        return _same(reply, text.replace(value, "")) if isinstance(value, str) else None
    contains = [_collapsed(one) in _collapsed(reply) for one in value]
    return all(contains) if name == "expected_contains" else not any(contains)


Check = Callable[[str, Any, Row, str], bool | None]
MEASURES: tuple[tuple[str, tuple[str, ...], Check], ...] = (
    ("subject", ("expected_subject",), _plain),
    ("from", ("expected_from_email",), _plain),
    ("charset", ("expected_text_body",), _plain),
    ("attachments", ("expected_attachment_count",), _attachments),
    (
        "reply exact",
        ("expected_reply_text", "expected_first_fragment", "expected_fragments", "expected_reply_html"),
        _exact,
    ),
    (
        "reply stated",
        (
            *("expected_fragment_count", "expected_fragment_regex", "expected_signature"),
            *("expected_contains", "expected_not_contains"),
        ),
        _stated,
    ),
)


def _same(one: str, other: str) -> bool:
    return _collapsed(one) == _collapsed(other)


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def _dense(text: str) -> str:
    """Without white space and quote marks: where HTML breaks lines is not stated."""
    return re.sub(r"\s+", "", re.sub(r"^[> ]+", "", text, flags=re.MULTILINE))


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.hidden += tag in {"style", "script", "title"}

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"style", "script", "title"}

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.texts.append(data)


def _visible(html: str) -> str:
    reader = _Visible()
    reader.feed(html)
    return "".join(reader.texts)


EVALUATION = Evaluation("mail", (CASES,), predict, score)
