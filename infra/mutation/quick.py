"""For pytest in mutmut's copy: the first test that fails ends a run, and there is one for each mutant."""

import gc
import json
from collections import Counter
from pathlib import Path
from typing import Any

STATISTICS = Path("mutmut-stats.json")
"""Written by mutmut after the first run, in which the order is the tests' own."""
NOTICED = Path("noticed.txt")
"""The test that noticed a mistake, a line for each mistake so far."""
LATELY = 20
UNTRIED = 0.2
"""A test that has noticed nothing lately counts as if it had noticed so much."""


def pytest_configure() -> None:
    """Keeps what is imported out of the collections that pytest makes: they would take as long as the tests."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """What costs least for what it will notice comes first; the next mistake is mostly in the same function."""
    if STATISTICS.exists():
        took = json.loads(STATISTICS.read_text())["duration_by_test"]
        noticed = Counter(NOTICED.read_text().splitlines()[-LATELY:] if NOTICED.exists() else [])
        items.sort(key=lambda item: took.get(item.nodeid, 0) / (UNTRIED + noticed[item.nodeid]))


def pytest_runtest_logreport(report: Any) -> None:
    if report.failed and STATISTICS.exists():
        with NOTICED.open("a") as file:
            file.write(f"{report.nodeid}\n")
