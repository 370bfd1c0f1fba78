"""The mutants of a module, and which of them went unnoticed."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

RESULT = re.compile(r"\s*(?P<name>(?P<module>[\w.]+)\.x[_ǁ](?P<function>[\wǁ]+)__mutmut_\d+): (?P<status>.+)")
NOTICED = frozenset({"killed", "timeout"})
"""A mistake that makes a test run forever is noticed, too."""


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


def mutant_of(match: re.Match[str], diff: str) -> Mutant:
    """A mutant from its line among the results and its diff."""
    removed = [line[1:].strip() for line in diff.splitlines() if re.match(r"-(?!--)", line)]
    added = [line[1:].strip() for line in diff.splitlines() if re.match(r"\+(?!\+\+)", line)]
    function = f"{match['module']}.{match['function'].replace('ǁ', '.')}"
    return Mutant(function, " ".join(removed), " ".join(added))


def run(place: Path) -> tuple[int, list[Mutant]]:
    """How many mutants there are in the copy, and those that were not noticed, after running all tests."""
    _run(place, "infra.mutation.session", "run", "--max-children", "1")
    lines = _run(place, "mutmut", "results", "--all", "true").splitlines()
    found = [match for line in lines if (match := RESULT.match(line))]
    if not found:
        raise Broken("mutmut made no mutants")
    left = [match for match in found if match["status"] not in NOTICED]
    return len(found), [mutant_of(match, _run(place, "mutmut", "show", match["name"])) for match in left]


def _run(place: Path, module: str, *command: str) -> str:
    done = subprocess.run(  # noqa: S603 - a command of our own
        [sys.executable, "-m", module, *command], cwd=place, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Broken(f"mutmut {command[0]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout
