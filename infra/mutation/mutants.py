"""The mutants of a module, and which of them went unnoticed."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
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


def run(place: Path, names: Sequence[str] = ()) -> tuple[int, dict[str, Mutant]]:
    """How many mutants were tried in the copy, and by their names those that were not noticed.

    `names`: mutmut's, of those to be tried; else all are.
    """
    _run(place, "infra.mutation.session", "run", "--max-children", "1", *names)
    lines = _run(place, "mutmut", "results", "--all", "true").splitlines()
    found = [match for line in lines if (match := RESULT.match(line)) and (not names or match["name"] in names)]
    if not found:
        raise Broken("mutmut made no mutants")
    left = [match for match in found if match["status"] not in NOTICED]
    diffs = json.loads(_run(place, "infra.mutation.differences", *(match["name"] for match in left)))
    return len(found), {match["name"]: mutant_of(match, diff) for match, diff in zip(left, diffs, strict=True)}


def _run(place: Path, module: str, *command: str) -> str:
    done = subprocess.run(  # noqa: S603 - a command of our own
        [sys.executable, "-m", module, *command], cwd=place, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Broken(f"mutmut {command[0]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout
