"""The frame of evaluations: what is written, what is scored, what is missing."""

from collections.abc import Iterator
from pathlib import Path

from infra.evaluate.frame import Evaluation, Fresh, Row, Table, find_evaluations
from tests.unit.evaluate.running import run_all


def test_what_has_no_inputs_is_one_line(tmp_path: Path) -> None:
    said = run_all(tmp_path, tmp_path / "out", *find_evaluations())
    assert [line.split(":")[0] for line in said] == [evaluation.name for evaluation in find_evaluations()]
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
