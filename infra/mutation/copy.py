"""The copy in which mistakes are made, and what mutmut is told there."""

import shutil
from configparser import ConfigParser
from pathlib import Path

from infra.mutation.source import changeable

ROOT = Path(__file__).parents[2]
PRODUCT = ("pyproject.toml", "chalicelib", "infra", "app.py", ".chalice", "requirements.txt")
# Tests that need no store stand alone: without tests/conftest.py, which brings up the whole product.
ALONE = ("tests/__init__.py", "tests/unit/__init__.py", "tests/unit/rules")


def prepare(place: Path, module: str, tests: list[str]) -> None:
    """Copies the product and its tests, and says that this module is mutated, told by these tests."""
    alone = all(test.startswith(ALONE[-1]) for test in tests)
    for name in (*PRODUCT, *(ALONE if alone else ("tests",))):
        _copy(ROOT / name, place / name)
    sources = sources_of(place, module)
    for source in sources:
        source.write_text(changeable(source.read_text()))
    _configure(place, [str(source.relative_to(place)) for source in sources], tests)


def sources_of(place: Path, module: str) -> list[Path]:
    """The files of a module or a package in a copy."""
    path = place / "chalicelib" / module
    return sorted(path.glob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def _configure(place: Path, sources: list[str], tests: list[str]) -> None:
    settings = ConfigParser()
    settings["mutmut"] = {
        "source_paths": _list("chalicelib"),
        "only_mutate": _list(*sources),
        "also_copy": _list(*PRODUCT),
        "pytest_add_cli_args": _list("-p", "no:cacheprovider"),
        "pytest_add_cli_args_test_selection": _list(*tests),
        # so many times as long as its tests took: a machine may be busy, a mistake may run forever
        "timeout_multiplier": "5",
        "timeout_constant": "4",
    }
    with (place / "setup.cfg").open("w") as file:
        settings.write(file)


def _list(*values: str) -> str:
    """A list as mutmut reads it: one value a line, of two lines or more."""
    return "\n".join(["", *values])
