"""One mocked AWS, one client and one table for all cases: each begins by putting the table back."""

from collections.abc import Iterator

import pytest
from chalice.test import Client
from moto import mock_aws

from chalicelib import runtime
from chalicelib.models.items import Item
from tests.conftest import put_under
from tests.faults.line import Line
from tests.faults.world import World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with mock_aws():
        from app import app

        world = World()
        runtime.override(world.deps)
        Item.create_table(wait=True)
        with Client(app) as client:
            world.open(put_under(Line, world.deps), client)
            yield world
