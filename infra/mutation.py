"""Whether tests would notice a mistake in the rules: `python -m infra.mutation`, or `make check-mutation`.

mutmut makes one small mistake at a time, in a copy, and runs the tests of the rules against it. This
fails where a mistake goes unnoticed, unless pyproject.toml gives the reason why nobody could notice it:
what is mutated, by which tests, and those reasons stand there.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# The tests stand alone there: without tests/conftest.py, which brings up the whole product.
COPIED = ("pyproject.toml", "chalicelib", "tests/__init__.py", "tests/unit/__init__.py", "tests/unit/rules")

RESULT = re.compile(r"\s*(?P<name>(?P<module>[\w.]+)\.x[_ǁ](?P<function>[\wǁ]+)__mutmut_\d+): (?P<status>.+)")
KILLED = "killed"


class Broken(Exception):
    """There is no result to judge; the message says why."""


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """One mistake: where, what stood there, and what stands there instead."""

    function: str
    was: str
    became: str

    def __str__(self) -> str:
        return f"{self.function}\n    - {self.was}\n    + {self.became}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What went unnoticed without a reason, and what has a reason but does not go unnoticed (any more)."""

    unnoticed: list[Mutant]
    unneeded: list[Mutant]

    @property
    def passed(self) -> bool:
        return not self.unnoticed and not self.unneeded


def judge(survivors: Collection[Mutant], equivalent: Collection[Mutant]) -> Verdict:
    return Verdict(sorted(set(survivors) - set(equivalent)), sorted(set(equivalent) - set(survivors)))


def equivalents(settings: dict[str, Any]) -> set[Mutant]:
    """The mutants that nobody could notice, each with its reason. Raises `Broken` where one has none."""
    listed = settings["tool"]["throughline"]["equivalent-mutants"]
    for one in listed:
        if not one.get("reason"):
            raise Broken(f"pyproject.toml: an equivalent mutant of {one['function']} has no reason")
    return {Mutant(one["function"], one["was"], one["became"]) for one in listed}


def mutant_of(match: re.Match[str], diff: str) -> Mutant:
    """A mutant from its line among the results and its diff."""
    removed = [line[1:].strip() for line in diff.splitlines() if re.match(r"-(?!--)", line)]
    added = [line[1:].strip() for line in diff.splitlines() if re.match(r"\+(?!\+\+)", line)]
    function = f"{match['module']}.{match['function'].replace('ǁ', '.')}"
    return Mutant(function, " ".join(removed), " ".join(added))


def _mutmut(place: Path, *command: str) -> str:
    done = subprocess.run(  # noqa: S603 - a command of our own
        [sys.executable, "-m", "mutmut", *command], cwd=place, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Broken(f"mutmut {command[0]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def _copy(place: Path) -> None:
    for name in COPIED:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, place / name)


def survivors(place: Path) -> tuple[int, list[Mutant]]:
    """How many mutants there are, and those that were not killed, after running the tests against all."""
    _copy(place)
    _mutmut(place, "run")
    lines = _mutmut(place, "results", "--all", "true").splitlines()
    found = [match for line in lines if (match := RESULT.match(line))]
    if not found:
        raise Broken("mutmut made no mutants")
    left = [match for match in found if match["status"] != KILLED]
    return len(found), [mutant_of(match, _mutmut(place, "show", match["name"])) for match in left]


def main() -> int:
    began = time.monotonic()
    try:
        excused = equivalents(tomllib.loads((ROOT / "pyproject.toml").read_text()))
        with tempfile.TemporaryDirectory() as place:
            made, left = survivors(Path(place))
    except Broken as error:
        print(error)
        return 1
    verdict = judge(left, excused)
    for mutant in verdict.unnoticed:
        print(f"  no test notices {mutant}")
    for mutant in verdict.unneeded:
        print(f"  pyproject.toml excuses what does not survive: {mutant}")
    killed, seconds = made - len(left), time.monotonic() - began
    print(f"{made} mutants: {killed} killed, {len(left) - len(verdict.unnoticed)} excused, {seconds:.0f} s")
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main())
