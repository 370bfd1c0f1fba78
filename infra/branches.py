"""Whether the tests take enough of the branches: `python -m infra.branches`, the last step of make check-branches.

coverage's own limit (fail_under) counts lines and branches together, and the many lines outweigh a branch that
nobody takes. This counts branches alone, in what `coverage combine` left.
"""

import json
import sys
import tempfile
from pathlib import Path

from coverage import Coverage, CoverageException

AT_LEAST = 95.0
"""Percent."""


def taken(coverage: Coverage) -> float:
    """The percentage of branches that were taken. Raises `CoverageException` where nothing was measured."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        coverage.json_report(outfile=str(report))
        percent: float = json.loads(report.read_text())["totals"]["percent_branches_covered"]
    return percent


def main(coverage: Coverage) -> int:
    try:
        coverage.load()
        percent = taken(coverage)
    except CoverageException as reason:
        print(reason, file=sys.stderr)
        return 1
    enough = percent >= AT_LEAST
    print(f"{percent:.1f} % of the branches are taken" + ("" if enough else f": fewer than {AT_LEAST} %"))
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main(Coverage()))
