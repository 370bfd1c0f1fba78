"""Whose each interaction is, on made-up people."""

from pathlib import Path
from typing import Any

import pytest

from infra.evaluate.evaluations import multichannel
from infra.evaluate.frame import Row, find_lines, write_lines
from tests.unit.evaluate.running import run_all

ADA, BOB, CY = "ada", "bob", "cy"
CRM: list[Row] = [
    {
        "customer_id": "C1",
        "name_first": "Ada",
        "name_last": "Lovelace",
        "dob": "1990-01-31",
        "postcode": "SW1A 1AA",
        "email": "ada@example.com",
        "phone": "+447700900123",
    },
    {
        "customer_id": "C2",
        "name_first": "Bob",
        "name_last": "Miller",
        "dob": "1964-07-02",
        "postcode": "LS2 9JT",
        "email": "not an address",
        "phone": None,
    },
]
AT = "2024-03-01T09:0{}:00+00:00"
NUMBERS = {"dialled": "+441632960000", "to": "+441632960000"}


def spoken(**said: str) -> list[dict[str, Any]]:
    return [
        {"turn": n, "asked": name, "attempt": 0, "nbest": [text]} for n, (name, text) in enumerate(said.items())
    ]


INTERACTIONS: list[Row] = [
    # out of order on purpose: they are fed by time
    {
        "id": "mail-2",
        "ts": AT.format(4),
        "channel": "email",
        "from": "cy@example.com",
        "to": "help@example.org",
        "subject": "Re: it",
        "message_id": "<2@x>",
        "in_reply_to": "<1@x>",
        "body_file": "nowhere.txt",
    },
    {
        "id": "call-1",
        "ts": AT.format(1),
        "channel": "voice",
        "caller_number": "+447700900123",
        **NUMBERS,
        "spoken": spoken(postcode="S W 1 a 1 a a", name="Ada Lovelace", dob="31st of January 1990"),
    },
    {
        "id": "borrowed",
        "ts": AT.format(2),
        "channel": "voice",
        "caller_number": "+447700900123",
        **NUMBERS,
        "spoken": spoken(postcode="Lima Sierra 2 9 Juliet Tango", name="Bob Miller", dob="2nd of July 1964"),
    },
    {"id": "withheld", "ts": AT.format(2), "channel": "voice", "caller_number": None, **NUMBERS, "spoken": []},
    {
        "id": "mail-1",
        "ts": AT.format(3),
        "channel": "email",
        "from": "Cy Young <cy@example.com>",
        "to": "help@example.org",
        "subject": "It",
        "message_id": "<1@x>",
        "in_reply_to": None,
        "body_file": "mail/1.txt",
    },
    {"id": "sms", "ts": AT.format(5), "channel": "sms", "from": "+447700900123", **NUMBERS, "body": "Hello"},
    {"id": "odd-sms", "ts": AT.format(5), "channel": "sms", "from": "12", **NUMBERS, "body": "Win!"},
    {
        "id": "chat",
        "ts": AT.format(6),
        "channel": "chat",
        "form": {"name": "A Lovelace", "email": "oops", "phone": "07700 900123"},
        "turns": [{"s": "customer", "x": "Hi"}, {"s": "agent", "x": "Hello"}],
    },
]
WHO = {"mail-1": CY, "mail-2": CY, "borrowed": BOB, "withheld": BOB}
TRUTH = [
    {
        "id": row["id"],
        "person": WHO.get(row["id"], ADA),
        "trap": "borrowed_phone" if row["id"] == "borrowed" else None,
        "evidence": ["new"] if row["id"] == "mail-1" else ["crm"],
    }
    for row in INTERACTIONS
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "multichannel"
    folder.mkdir(parents=True)
    write_lines(folder / "crm_seed.jsonl", CRM)
    write_lines(folder / "interactions.jsonl", INTERACTIONS)
    mail = tmp_path / "data" / "mail"
    mail.mkdir()
    (mail / "1.txt").write_bytes(b"Where is it?\x07\xff\n")
    return tmp_path / "data"


def add_truth(data: Path) -> None:
    write_lines(data / "multichannel" / "truth.jsonl", TRUTH)
    write_lines(
        data / "multichannel" / "crm_truth.jsonl",
        [{"customer_id": "C1", "person": ADA}, {"customer_id": "C2", "person": BOB}],
    )


def test_multichannel_decides_without_the_truth(data: Path, tmp_path: Path) -> None:
    # Given people of a CRM, and what they and others said and wrote, without who they are
    said = run_all(data, tmp_path / "out", multichannel.EVALUATION)
    assert said == ["multichannel: 8 lines in multichannel.jsonl", "multichannel: no truth, no score"]
    # Then there is a line for each interaction with the fields that were promised
    rows = {row["id"]: row for row in find_lines(tmp_path / "out", "multichannel") or []}
    assert set(rows) == {row["id"] for row in INTERACTIONS}
    for row in rows.values():
        assert set(row) == {"id", "customer_id", "crm_id", "match", "assurance", "case_id"}
    # and Ada's are hers, the stranger's are not, and a reply is with what it replies to
    assert [rows[id_]["crm_id"] for id_ in ("call-1", "sms", "chat")] == ["C1", "C1", "C1"]
    assert [rows[id_]["customer_id"] for id_ in ("borrowed", "withheld", "odd-sms")] == [None, None, None]
    assert rows["borrowed"]["match"]["result"] == "many"
    assert rows["mail-1"]["customer_id"] == rows["mail-2"]["customer_id"]
    assert rows["mail-1"]["crm_id"] is None


def test_multichannel_is_scored_where_the_truth_is(data: Path, tmp_path: Path) -> None:
    add_truth(data)
    table = run_all(data, tmp_path / "out", multichannel.EVALUATION)[1]
    assert [line.split() for line in table.strip().splitlines()[1:]] == [
        ["evidence", "trap", "n", "right", "wrong", "apart", "right/n"],
        ["crm", "6", "4", "0", "2", "0.667"],
        ["new", "1", "1", "0", "0", "1.000"],
        ["crm", "borrowed_phone", "1", "0", "0", "1", "0.000"],
    ]


def a_row(id_: str, customer_id: str | None, crm_id: str | None = None) -> Row:
    return {"id": id_, "customer_id": customer_id, "crm_id": crm_id}


def test_who_is_on_somebody_elses_record_makes_it_wrong_for_both() -> None:
    rows = [
        a_row("1", "X", "C1"),  # Ada on her own record
        a_row("2", "X", "C1"),  # Bob on Ada's
        a_row("3", "X", "C1"),  # Ada again: her record holds Bob now
        a_row("4", "N"),  # Cy, whom nobody knew, on a record of his own
        a_row("5", "N"),  # Cy again
        a_row("6", "M"),  # Cy on another new one: apart
        a_row("7", "O"),  # Bob, who is in the CRM, on a new one: apart
        a_row("8", None),
    ]
    persons = [ADA, BOB, ADA, CY, CY, CY, BOB, BOB]
    truth = [{"id": row["id"], "person": person} for row, person in zip(rows, persons, strict=True)]
    verdicts = multichannel.judge(rows, truth, {"C1": ADA, "C2": BOB})
    assert list(verdicts.values()) == ["right", "wrong", "wrong", "right", "right", "apart", "apart", "apart"]
