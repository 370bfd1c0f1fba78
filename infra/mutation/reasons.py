"""What is checked, and what may go unnoticed and why."""

import ast
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.mutation.copy import ROOT
from infra.mutation.mutants import Broken, Mutant

FILE = Path(__file__).with_name("reasons.toml")


@dataclass(frozen=True, slots=True)
class Reasons:
    """`checked`: modules and flat packages, below chalicelib. `tests`: those that tell what some of them do."""

    checked: list[str]
    tests: dict[str, list[str]]
    unnoticeable: frozenset[Mutant]

    def tests_of(self, module: str) -> list[str]:
        """First those that are only about it. Raises `Broken` where there are none."""
        package, _, name = module.rpartition("/")
        test = f"tests/unit/test_{name}.py"
        if found := self.tests.get(module) or self.tests.get(package):
            return sorted(found, key=lambda one: one != test)
        if not (ROOT / test).is_file():
            raise Broken(f"{FILE.name} does not say which tests tell what {module} does")
        return [test]


def read(text: str | None = None) -> Reasons:
    """Raises `Broken` where what may go unnoticed has no reason."""
    said = tomllib.loads(FILE.read_text() if text is None else text)
    unnoticeable = frozenset(_mutant(one) for one in said.get("unnoticeable", []))
    checked = [module for name in said["checked"] for module in modules_of(name)]
    return Reasons(checked, said["tests"], unnoticeable)


def modules_of(name: str) -> list[str]:
    """Of a package of packages each module in which anything is done, else the one that is named.

    Raises `Broken` where there is none.
    """
    place = ROOT / "chalicelib" / name
    if not place.is_dir() and not place.with_suffix(".py").is_file():
        raise Broken(f"there is no module {name} below chalicelib")
    if not any(place.glob("*/*.py")):
        return [name]
    files = [file for file in sorted(place.rglob("*.py")) if _does_anything(file)]
    return [file.relative_to(ROOT / "chalicelib").with_suffix("").as_posix() for file in files]


def _does_anything(file: Path) -> bool:
    return any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(file.read_text())))


def _mutant(one: dict[str, Any]) -> Mutant:
    if not one.get("reason"):
        raise Broken(f"{FILE.name}: a mutant of {one['function']} has no reason")
    return Mutant(one["function"], one["was"], one["became"])


@dataclass(frozen=True, slots=True)
class Verdict:
    """What went unnoticed without a reason, and what has a reason but does not go unnoticed (any more)."""

    unnoticed: list[Mutant]
    unneeded: list[Mutant]

    @property
    def passed(self) -> bool:
        return not self.unnoticed and not self.unneeded


def judge(survivors: Collection[Mutant], unnoticeable: Collection[Mutant], module: str) -> Verdict:
    """What is to be said of the survivors of a module, or of all modules of a package."""
    here = {mutant for mutant in unnoticeable if mutant.function.startswith(f"{module}.")}
    return Verdict(sorted(set(survivors) - here), sorted(here - set(survivors)))
