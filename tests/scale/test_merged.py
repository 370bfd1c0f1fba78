"""Merging, undoing and reading as one: the same requests and units, whatever the records hold."""

import pytest

from chalicelib.models.items import Merge
from chalicelib.models.requests.customers import MergeCustomers
from chalicelib.models.requests.interactions import TimelinePage
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.grouping import MOST_MEMBERS
from chalicelib.services.customers import screen_pop, timeline
from chalicelib.services.identity import merges
from tests.scale.conftest import MEMBERS, Measured, World, parse
from tests.scale.test_scale import look_up, pop

pytestmark = pytest.mark.scale

AGENT = Caller(Role.AGENT, "agent-1")
LATENCY_SECONDS = 0.3
MERGED = 10
"""Write units: the merge, two profiles and two entries of the ledger, at most 1 KB each, in a transaction."""


def merge(world: World, kept: str, joined: str) -> Merge:
    request = parse(MergeCustomers, {"other_customer_id": world.customer_ids[joined], "reason": "the same"})
    made, is_new = merges.merge(world.deps, AGENT, world.customer_ids[kept], request)
    assert is_new
    return made


def figures(measured: Measured) -> tuple[list[str], list[float]]:
    return measured.operations, measured.units


@pytest.mark.parametrize("name", ["short", "long"])
def test_merging_reading_and_undoing(world: World, name: str) -> None:
    # Given two customers, of ten interactions each or of a hundred thousand
    apart = [figures(pop(world, name)), figures(look_up(world, world.phones[name]))]
    # When they are merged, then nothing is read but the two profiles, and with them what is known of both
    measured = world.measure()
    made = merge(world, name, f"{name}_too")
    assert figures(measured) == (
        ["GetItem", "GetItem", "BatchGetItem", "TransactWriteItems"],
        [1, 1, 4, MERGED],
    )
    # and who is asked for is read as one, at one query more
    measured = look_up(world, world.phones[f"{name}_too"])
    assert (figures(measured), measured.consistent) == ((["Query"] * 3, [1, 1, 1]), True)
    measured = pop(world, f"{name}_too")
    assert (measured.operations, measured.consistent) == (["Query"] * 3, True)
    measured = world.measure()
    page = timeline.list_timeline(world.customer_ids[name], TimelinePage(limit=20))
    assert (measured.operations, len(page.items)) == (["GetItem", "Query", "Query"], 20)
    # When it is undone
    measured = world.measure()
    merges.undo(world.deps, AGENT, made.merge_id)
    # Then that costs as little, and each is read as before
    assert figures(measured) == (
        ["GetItem", "GetItem", "BatchGetItem", "TransactWriteItems"],
        [1, 1, 4, MERGED + 2],  # the merge is over 1 KB with who undid it
    )
    assert [figures(pop(world, name)), figures(look_up(world, world.phones[name]))] == apart


def test_a_merged_pop_is_one_round_trip_more(world: World) -> None:
    # Given a customer of as many records as may be one, and one of a single record
    for member in MEMBERS[1:]:
        merge(world, MEMBERS[0], member)
    trips = []
    for name in (MEMBERS[-1], "short"):
        # When the screen pops, with some way to the table
        measured = world.measure(latency=LATENCY_SECONDS)
        seen = screen_pop.get_screen_pop(world.deps, world.contact_ids[name])
        trips.append((len(measured.operations), measured.round_trips))
        assert seen.timeline
    world.measure()
    # Then all other records are read at the same time
    assert trips == [(1 + MOST_MEMBERS, 3), (2, 2)]
