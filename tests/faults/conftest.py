"""One mocked AWS, one client and one table for all cases: each begins by putting the table back."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest

from tests import faults
from tests.faults.world import World, a_world

for _module in iter_modules(faults.__path__):
    if _module.name.startswith("scenarios_"):  # each adds its own to the scenarios
        import_module(f"{faults.__name__}.{_module.name}")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world
