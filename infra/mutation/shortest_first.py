"""For pytest in mutmut's copy: the shortest tests first, as the first that fails ends the run."""

import json
from pathlib import Path
from typing import Any

STATISTICS = Path("mutmut-stats.json")
"""Written by mutmut after the first run, in which the order is the tests' own."""


def pytest_collection_modifyitems(items: list[Any]) -> None:
    if STATISTICS.exists():
        took = json.loads(STATISTICS.read_text())["duration_by_test"]
        items.sort(key=lambda item: took.get(item.nodeid, 0))
