"""mutmut with one session of pytest for all mutants, forked for each: `python -m infra.mutation.session run`.

What pytest does before and after a test takes as long as the test, and there is one for each mutant.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import pytest
from _pytest.config import _prepareconfig
from mutmut.__main__ import cli
from mutmut.configuration import config
from mutmut.runners.harness import PytestRunner
from mutmut.utils.file_utils import change_cwd
from mutmut.workers import isolation

from infra.mutation import reach
from infra.mutation.reach import Reach

STATISTICS = Path("mutmut-stats.json")
"""Written by mutmut after the first run, in which the order is the tests' own."""
NOTICED = Path("noticed.txt")
"""The test that noticed a mistake, a line for each mistake so far."""
LATELY = 20
UNTRIED = 0.2
"""A test that has noticed nothing lately counts as if it had noticed so much."""


class OneSession(PytestRunner):
    """Runs tests in a session that stays open: the first run collects what all others choose from."""

    _session: pytest.Session | None = None
    _said_to: TextIO | None = None

    def run_tests(self, *, mutant_name: str | None, tests: Iterable[str]) -> int:
        """Without a mutant in such a fork, too: what fails there would be taken to notice every mistake."""
        if mutant_name is None:
            return isolation.run_in_fork(self._silently, tests)
        with change_cwd("mutants"):
            passing = reach.passing(mutant_name)
        tests = [one for one in tests if passing is None or one in passing]
        if not tests:
            return 0
        return super().run_tests(mutant_name=mutant_name, tests=tests)

    def _silently(self, tests: Iterable[str]) -> int:
        sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - as mutmut does for a mutant
        return super().run_tests(mutant_name=None, tests=tests)

    def execute_pytest(self, params: list[str], plugins: Iterable[object] = (), **_: Any) -> int:
        """Runs the tests that are named, or all, until one fails: 0 or 1, as pytest's exit code."""
        self._said_to = sys.stdout  # what mutmut opens for it and leaves open is an error once it is forgotten
        session = self._session = self._session or _open([*params, *self._pytest_add_cli_args])
        manager, named = session.config.pluginmanager, {one for one in params if "::" in one}
        looked = Reach(sorted({Path.cwd() / one for one in config().only_mutate})) if plugins else None
        registered = [manager.register(plugin) for plugin in (*plugins, *([looked] if looked else []))]
        for item in _in_order([item for item in session.items if not named or item.nodeid in named]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if session.testsfailed:
                session.testsfailed = 0
                return 1
        for name in registered:
            manager.unregister(name=name)
        if looked:
            looked.write()
        return 0


def _open(params: list[str]) -> pytest.Session:
    config = _prepareconfig(["--rootdir=.", "--tb=native", *params])
    config.pluginmanager.register(Failures())
    config._do_configure()  # noqa: SLF001 - what pytest's own main does
    session = pytest.Session.from_config(config)
    config.hook.pytest_sessionstart(session=session)
    config.hook.pytest_collection(session=session)
    return session


class Failures:
    """Tells what failed, and remembers what noticed a mistake."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            print(report.longreprtext)
        if report.failed and STATISTICS.exists():
            with NOTICED.open("a") as file:
                file.write(f"{report.nodeid}\n")


def _in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """What costs least for what it will notice comes first; the next mistake is mostly in the same function."""
    if not STATISTICS.exists():
        return items
    took = json.loads(STATISTICS.read_text())["duration_by_test"]
    noticed = Counter(NOTICED.read_text().splitlines()[-LATELY:] if NOTICED.exists() else [])
    return sorted(items, key=lambda item: took.get(item.nodeid, 0) / (UNTRIED + noticed[item.nodeid]))


if __name__ == "__main__":
    isolation.PytestRunner = OneSession  # type: ignore[attr-defined]
    cli()
