"""The same by the API, in envelopes, and doubled and shuffled: on made-up people."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from infra.evaluate.deliveries import Delivery
from infra.evaluate.evaluations import deliveries
from infra.evaluate.frame import Row, find_lines, write_lines
from tests.unit.evaluate.running import run_all
from tests.unit.evaluate.test_multichannel import CRM, INTERACTIONS


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(deliveries, "PART", 1)
    folder = tmp_path / "data" / "multichannel"
    folder.mkdir(parents=True)
    write_lines(folder / "crm_seed.jsonl", CRM)
    write_lines(folder / "interactions.jsonl", INTERACTIONS)
    return tmp_path / "data"


def test_deliveries(data: Path, tmp_path: Path) -> None:
    # When everything is fed by the API, in envelopes, and doubled and shuffled
    said = run_all(data, tmp_path / "out", deliveries.EVALUATION)
    # Then there is a line for each interaction and way, and a row for each channel that says what differs
    rows = find_lines(tmp_path / "out", "deliveries") or []
    assert len(rows) == 2 * len(INTERACTIONS)
    differs = {row["id"]: row["differs"] for row in rows if row["run"] == "envelopes"}
    # the API refuses a short code as a phone number; of Twilio's channel it is one
    whose = [None, "first met by odd-sms"]
    assert differs.pop("odd-sms") == {"whose": whose, "match": [None, "none"], "assurance": [None, 1]}
    assert not any(differs.values())
    assert [line.split()[:4] for line in said[1].strip().splitlines()[6:]] == [
        ["envelopes", "chat", "1", "1"],
        ["envelopes", "email", "2", "2"],
        ["envelopes", "sms", "2", "1"],
        ["envelopes", "voice", "3", "3"],
    ]


def test_a_sample_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given every third row, and two who share a phone with it through another
    monkeypatch.setattr(deliveries, "PART", 3)
    crm: list[Row] = [{"phone": "1"}, {"phone": "2", "email": "a@x"}, {"phone": "3"}]
    happened: list[Row] = [
        {"id": "c", "ts": "2", "from": "A@x "},
        {"id": "b", "ts": "1", "caller_number": "1"},
        {"id": "e", "ts": "4", "caller_number": None},
        {"id": "d", "ts": "3", "form": {"phone": "1", "email": "a@x"}},
    ]
    people, kept = deliveries.sample(crm, happened)
    assert people == crm[:2]
    assert [row["id"] for row in kept] == ["b", "c", "d"]


def test_doubled_and_shuffled() -> None:
    began = datetime(2026, 11, 22, 9, 10, tzinfo=UTC)
    told: list[int] = []
    happened = [Delivery(began + timedelta(minutes=n * 10), partial(told.append, n)) for n in range(8)]
    happened = happened[3:] + happened[:3]
    moments = []
    for one in deliveries.doubled_and_shuffled(happened):
        one.hand_over()
        moments.append(one.at)
    # each comes twice, all of an hour at its end, and not in order
    assert sorted(told) == [n for n in range(8) for _ in range(2)]
    assert told != sorted(told)
    assert set(told[:10]) == set(range(5))
    assert moments == [began.replace(hour=10, minute=0)] * 10 + [began.replace(hour=11, minute=0)] * 6
