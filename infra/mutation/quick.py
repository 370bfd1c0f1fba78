"""For pytest in mutmut's copy: the first test that fails ends a run, and there is one for each mutant."""

import gc
import json
from pathlib import Path
from typing import Any

STATISTICS = Path("mutmut-stats.json")
"""Written by mutmut after the first run, in which the order is the tests' own."""


def pytest_configure() -> None:
    """Keeps what is imported out of the collections that pytest makes: they would take as long as the tests."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """The shortest first."""
    if STATISTICS.exists():
        took = json.loads(STATISTICS.read_text())["duration_by_test"]
        items.sort(key=lambda item: took.get(item.nodeid, 0))
