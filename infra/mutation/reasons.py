"""What may go unnoticed, and why."""

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.mutation.mutants import Broken, Mutant

FILE = Path(__file__).with_name("reasons.toml")


@dataclass(frozen=True, slots=True, order=True)
class Excuse:
    """Why a mutant, or each that fits the patterns (regular expressions, of the whole), changes nothing."""

    function: str
    was: str
    became: str
    pattern: bool = False

    def covers(self, mutant: Mutant) -> bool:
        if not self.pattern:
            return (self.function, self.was, self.became) == (mutant.function, mutant.was, mutant.became)
        return all(
            re.fullmatch(mine, theirs)
            for mine, theirs in (
                (self.function, mutant.function),
                (self.was, mutant.was),
                (self.became, mutant.became),
            )
        )

    def is_of(self, package: str) -> bool:
        """Whether it can only be of this package; a pattern may be of any."""
        return not self.pattern and f"{self.function}.".startswith(f"{package}.")

    def __str__(self) -> str:
        return str(Mutant(self.function, self.was, self.became))


@dataclass(frozen=True, slots=True)
class Reasons:
    """`tests`: module (or package), below chalicelib -> the tests that tell what it does."""

    tests: dict[str, list[str]]
    excuses: frozenset[Excuse]

    def tests_of(self, module: str) -> list[str]:
        """Raises `Broken` where there are none."""
        found = self.tests.get(module) or self.tests.get(module.rpartition("/")[0])
        if not found:
            raise Broken(f"{FILE.name} does not say which tests tell what {module} does")
        return found


def read(text: str | None = None) -> Reasons:
    """Raises `Broken` where an excuse has no reason."""
    said = tomllib.loads(FILE.read_text() if text is None else text)
    return Reasons(said["tests"], frozenset(_excuse(one) for one in said.get("unnoticeable", [])))


def _excuse(one: dict[str, Any]) -> Excuse:
    if not one.get("reason"):
        raise Broken(f"{FILE.name}: a mutant of {one['function']} has no reason")
    return Excuse(one["function"], one["was"], one["became"], one.get("pattern", False))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What went unnoticed without a reason, and what has a reason but does not go unnoticed (any more)."""

    unnoticed: list[Mutant]
    unneeded: list[Excuse]

    @property
    def passed(self) -> bool:
        return not self.unnoticed and not self.unneeded


def judge(survivors: Collection[Mutant], excuses: Collection[Excuse], package: str) -> Verdict:
    """What is to be said of the survivors of a package, or of one module of it."""
    unnoticed = {mutant for mutant in survivors if not any(one.covers(mutant) for one in excuses)}
    unneeded = {
        one for one in excuses if one.is_of(package) and not any(one.covers(mutant) for mutant in survivors)
    }
    return Verdict(sorted(unnoticed), sorted(unneeded))
