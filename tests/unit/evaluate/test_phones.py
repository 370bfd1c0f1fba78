"""Phone numbers as people write them, made up."""

from pathlib import Path

from infra.evaluate.evaluations import phones
from infra.evaluate.frame import find_lines, write_lines
from tests.unit.evaluate.running import run_all


def test_phones(tmp_path: Path) -> None:
    # Given numbers written in one way or several, and pairs of them, some with what they are
    folder = tmp_path / "phones"
    folder.mkdir()
    forms = {"national": "020 7946 0000", "international": "+44 20 7946 0000", "rfc3966": "tel:+44-20-7946-0000"}
    write_lines(
        folder / "region_examples.jsonl",
        [
            {"id": "agree", "region": "GB", **forms, "expected_e164": "+442079460000"},
            {"id": "differ", "region": "FR", **forms, "expected_e164": "+442079460000"},
        ],
    )
    write_lines(
        folder / "libphonenumber_parse.jsonl",
        [
            {"id": "desk", "input": "020 7946 0000 x12", "region": "GB", "expected_e164": "+442079460000"},
            {"id": "none", "input": "Dog", "region": None, "expected_e164": None},
        ],
    )
    pair = {"a": "+44 20 7946 0000", "b": "tel:+442079460000"}
    write_lines(
        folder / "libphonenumber_match.jsonl",
        [
            {"id": "one", **pair, "expected": "EXACT_MATCH"},
            {"id": "desks", **pair, "b": "+44 20 7946 0000#12", "expected": "NO_MATCH"},
            {"id": "ends alike", **pair, "b": "7946 0000", "expected": "SHORT_NSN_MATCH"},
            {"id": "untold", **pair},
        ],
    )
    # When they are read
    said = run_all(tmp_path, tmp_path / "out", phones.EVALUATION)
    # Then each number has a line, each pair too, and what is stated is held against it
    read = {row["id"]: row["e164"] for row in find_lines(tmp_path / "out", "phones") or []}
    assert read == {"agree": "+442079460000", "differ": None, "desk": "+442079460000", "none": None}
    same = {row["id"]: row["same"] for row in find_lines(tmp_path / "out", "phone_pairs") or []}
    assert same == {"one": True, "desks": False, "ends alike": False, "untold": True}
    assert [line.split() for line in said[1].strip().splitlines()[2:]] == [
        ["libphonenumber_parse", "2", "2", "0", "1.000"],
        ["region_examples", "2", "1", "1", "0.500"],
        ["libphonenumber_match", "3", "3", "0", "1.000"],
    ]
