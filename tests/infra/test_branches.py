"""The limit for branches counts branches: lines that are met do not make up for one that is not taken."""

from pathlib import Path

import pytest
from coverage import Coverage, CoverageData

from infra.branches import main, taken

SOURCE = """\
def met(given):
    if given:
        print("one")
    print("two")
    print("three")
    print("four")
"""
ALWAYS_TAKEN = [(-1, 1), (1, -1), (-1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, -1)]
NOT_TAKEN = (2, 4)


def measured(folder: Path, arcs: list[tuple[int, int]]) -> Coverage:
    """A measurement of SOURCE in which these arcs were taken; each goes from a line to the next to run."""
    source, data_file = folder / "source.py", folder / "data"
    source.write_text(SOURCE)
    data = CoverageData(str(data_file))
    data.add_arcs({str(source): arcs})
    data.write()
    return Coverage(data_file=str(data_file), config_file=False, branch=True)


def test_every_branch_taken_is_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(measured(tmp_path, [*ALWAYS_TAKEN, NOT_TAKEN])) == 0
    assert capsys.readouterr().out == "100.0 % of the branches are taken\n"


def test_a_branch_that_nobody_takes_counts_whatever_the_lines_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a run that met every line and went past one of the two ways on
    coverage = measured(tmp_path, ALWAYS_TAKEN)
    # Then that is half of the branches, and not enough
    assert main(coverage) == 1
    assert taken(coverage) == 50.0
    assert "50.0 % of the branches are taken: fewer than 95.0 %" in capsys.readouterr().out


def test_a_measurement_that_is_not_there_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(Coverage(data_file=str(tmp_path / "none"), config_file=False)) == 1
    assert capsys.readouterr().err
