"""One mocked AWS, one client and one table for all cases: each begins by putting the table back."""

from collections.abc import Iterator

import pytest

from tests.faults.world import World, a_world


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world
