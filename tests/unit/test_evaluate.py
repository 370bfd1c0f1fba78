"""The frame of evaluations on made-up data: what is written, what is scored, what is missing."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.models.items import Item
from infra.engine import REGION, TABLE
from infra.evaluate import ivr
from infra.evaluate.evaluations import multichannel, payloads
from infra.evaluate.frame import Evaluation, Fresh, Row, Table, find_evaluations, find_lines, run, write_lines
from infra.evaluate.product import Product, product

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


@contextmanager
def on_moto() -> Iterator[None]:
    with mock_aws():
        Item.bind(TABLE, REGION, None)
        Item.create_table(wait=True)
        yield


def fresh() -> AbstractContextManager[Product]:
    return product(on_moto)


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


def run_all(data: Path, out: Path, *evaluations: Evaluation) -> list[str]:
    said: list[str] = []
    run(evaluations, data, out, said.append, fresh)
    return said


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


def test_payloads(tmp_path: Path) -> None:
    # Given a Connect event, flows that call Lambda functions or none, a webhook, and rubbish
    call = {"ContactData": {"ContactId": "c-1", "Channel": "VOICE"}, "Parameters": {}}
    block = {
        "type": "InvokeExternalResource",
        "target": "Lambda",
        "parameters": [{"name": "TimeLimit", "value": "8"}, {"name": "Parameter", "key": "need", "value": "name"}],
    }
    action = {"Type": "InvokeLambdaFunction", "Parameters": {"LambdaInvocationAttributes": {"a": "b"}}}
    files: dict[str, Any] = {
        "aws_events/connect.json": {"Name": "ContactFlowEvent", "Details": call},
        "aws_events/no-contact.json": {"Details": {"Parameters": {"phone": "x"}}},
        "connect_flows/a/old.json": {"modules": [block, block, {"type": "PlayPrompt"}]},
        "connect_flows/a/new.json": {"Actions": [action]},
        "connect_flows/a/silent.json": {"modules": [{"type": "Disconnect"}]},
        "whatsapp/message.json": {"object": "whatsapp_business_account"},
        "line/rubbish.json": None,
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{" if content is None else json.dumps(content))
    # When they are fed
    said = run_all(tmp_path, tmp_path / "out", payloads.EVALUATION)
    # Then each has a line that says what became of it
    rows = {row.pop("path"): tuple(row.values()) for row in find_lines(tmp_path / "out", "payloads") or []}
    assert rows == {
        "aws_events/connect.json": ("accepted", "voice", 0, 1),
        "aws_events/no-contact.json": ("accepted", None, 0, 0),
        "connect_flows/a/old.json": ("accepted", "voice", 0, 1),
        "connect_flows/a/new.json": ("accepted", "voice", 0, 1),
        "connect_flows/a/silent.json": ("ignored", None, 0, 0),
        "whatsapp/message.json": ("unsupported", None, 0, 0),
        "line/rubbish.json": ("rejected", None, 0, 0),
    }
    assert "aws_events" in said[1]


def test_what_has_no_inputs_is_one_line(tmp_path: Path) -> None:
    said = run_all(tmp_path, tmp_path / "out", *find_evaluations())
    assert [line.split(":")[0] for line in said] == [one.name for one in find_evaluations()]
    assert all("not run, there is no" in line for line in said)
    assert list((tmp_path / "out").iterdir()) == []


def test_one_of_several_inputs_is_enough_where_any_will_do(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()

    def nothing(_data: Path, _fresh: Fresh) -> Iterator[tuple[str, Row]]:
        yield from ()

    both, either = (Evaluation("e", ("here", "gone"), nothing, any_of=any_of) for any_of in (False, True))
    assert (both.missing(tmp_path), either.missing(tmp_path)) == (["gone"], [])
    assert run_all(tmp_path, tmp_path / "out", either) == ["e: nothing decided", "e: no truth, no score"]


def test_a_table_is_aligned() -> None:
    table = Table("scores", ("what", "n", "share"), [("a", 10, 0.5), ("bcdef", 1, 1.0)])
    assert str(table).splitlines() == [
        "scores",
        "  what    n  share",
        "  a      10  0.500",
        "  bcdef   1  1.000",
    ]


@pytest.mark.parametrize(
    ("attempts", "understood"),
    [
        ([["s w 1 a 1 a a"]], "SW1A 1AA"),
        ([["Lima Sierra 2 9 Juliet Tango"]], "LS2 9JT"),
        ([["oh x 1 for a b"]], "OX1 4AB"),  # what sounds like a letter, and what like a digit
        ([["E C 1 X-ray 2 b b"]], "EC1X 2BB"),
        ([["m 6 o 2 y e"]], "M60 2YE"),  # a nought, by where it stands
        ([["rubbish", "M1 1AE"], ["M1 1AE"], ["n 1 1 A E"]], "M1 1AE"),
        ([["M1 1AE"], ["N1 1AE"]], None),  # one each: neither is sure
        ([["ask me later"], []], None),
    ],
)
def test_the_ivr_reads_postcodes(attempts: list[list[str]], understood: str | None) -> None:
    assert ivr.read_postcode(attempts) == understood


@pytest.mark.parametrize(
    ("heard", "understood"),
    [
        ("25th of August 1980", "1980-08-25"),
        ("the first of may 1990", "1990-05-01"),
        ("five January 1943", "1943-01-05"),
        ("2nd of July 1980 3", "1983-07-02"),
        ("25th of August 2000 and 9", "2009-08-25"),
        ("3rd of May 19 83", "1983-05-03"),
        ("31/12 1943", "1943-12-31"),
        ("2508 1980", "1980-08-25"),
        ("17th of the 6th 1999", "1999-06-17"),
        ("1 1 1943", "1943-01-01"),
        ("111 1943", None),  # the 11th of January or the 1st of November
        ("31st of February 1980", None),
        ("August 1980", None),
        ("25th of August 1980 33", None),
        ("1st of May 3000", None),
        ("no idea", None),
    ],
)
def test_the_ivr_reads_dates(heard: str, understood: str | None) -> None:
    assert ivr.read_date([[heard]]) == understood


def test_the_ivr_reads_names() -> None:
    assert ivr.read_name([["mm"], ["Ada Lovelace", "Aida Loveless"]]) == "Ada Lovelace"
    assert ivr.read_name([["a d a"], []]) is None
