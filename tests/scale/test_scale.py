"""Nothing grows with the size of the history or of the table: requests and capacity, exact.

Read units are strongly consistent ones: one for each 4 KB that a request reads. Write units in a
transaction count double: two for each 1 KB of each item.
"""

from uuid import uuid4

import pytest

from chalicelib.models.requests.contacts import LookUp, StartContact
from chalicelib.models.requests.facts import SaveFacts
from chalicelib.services.contacts import contacts
from chalicelib.services.customers import lookup, screen_pop
from chalicelib.services.facts import facts
from tests.factories import a_contact
from tests.factories import facts as some_facts
from tests.scale.conftest import CROWD, IVR, OWNERS, Measured, World, capture_once, parse

pytestmark = pytest.mark.scale


def look_up(world: World, phone: str) -> Measured:
    measured = world.measure()
    lookup.look_up(world.deps, IVR, parse(LookUp, {"identifiers": [{"type": "phone", "value": phone}]}))
    return measured


def pop(world: World, name: str) -> Measured:
    measured = world.measure()
    screen_pop.get_screen_pop(world.deps, world.contact_ids[name])
    return measured


@pytest.mark.parametrize("name", ["short", "long"])
def test_looking_up_a_known_number(world: World, name: str) -> None:
    measured = look_up(world, world.phones[name])
    assert (measured.operations, measured.units, measured.consistent) == (["Query", "Query"], [1, 1], True)


def test_looking_up_an_unknown_number(world: World) -> None:
    measured = look_up(world, "+447700909999")
    assert (measured.operations, measured.units, measured.consistent) == (["Query"], [1], True)


def test_looking_up_a_number_of_very_many(world: World) -> None:
    """One small page of owners, and the candidates that it names."""
    measured = world.measure()
    now = lookup.look_up(world.deps, IVR, parse(LookUp, {"identifiers": [{"type": "phone", "value": CROWD}]}))
    assert now.decision.result == "many"
    assert now.decision.reasons[0]["shared_by"] == OWNERS
    assert len(now.decision.candidates) == 10
    assert (measured.operations, measured.units) == (["Query", "BatchGetItem"], [1, 20])


def test_a_pop_of_a_full_page_takes_two_requests_and_at_most_eight_units(world: World) -> None:
    measured = pop(world, "long")
    assert measured.operations == ["Query", "Query"]
    assert (measured.units, measured.consistent) == ([1, 7], True)


def test_a_pop_with_a_short_history(world: World) -> None:
    measured = pop(world, "short")
    assert (measured.operations, measured.consistent) == (["Query", "Query"], True)
    assert measured.units == [1, 3]


def test_forty_open_cases_do_not_push_the_timeline_off_the_page(world: World) -> None:
    measured = world.measure()
    seen = screen_pop.get_screen_pop(world.deps, world.contact_ids["many_cases"])
    assert seen.situation.head
    assert (len(seen.situation.head.cases), seen.situation.head.profile.open_cases) == (5, 40)
    assert len(seen.timeline) == 10
    assert (measured.operations, measured.units) == (["Query", "Query"], [1, 3])


def test_two_hundred_changes_of_facts_stay_small(world: World) -> None:
    measured = world.measure()
    seen = screen_pop.get_screen_pop(world.deps, world.contact_ids["many_changes"])
    assert seen.situation.head
    assert all(len(kept) == 4 for kept in seen.situation.head.facts.entries.values())
    assert (measured.operations, measured.units) == (["Query", "Query"], [1, 4])


@pytest.mark.parametrize("name", ["short", "long"])
def test_starting_a_contact(world: World, name: str) -> None:
    request = parse(StartContact, a_contact(world.phones[name], provider_contact_id=str(uuid4())))
    measured = world.measure()
    contacts.start_contact(world.deps, IVR, request, "c")
    assert measured.operations == ["Query", "Query", "TransactWriteItems"]
    assert (measured.units, measured.consistent) == ([1, 1, 8], True)


@pytest.mark.parametrize("name", ["short", "long"])
def test_saving_facts(world: World, name: str) -> None:
    request = parse(SaveFacts, some_facts(product="broadband"))
    measured = world.measure()
    facts.save_facts(world.deps, IVR, world.contact_ids[name], request)
    assert measured.operations == ["GetItem", "Query", "TransactWriteItems"]
    # the contact is over 1 KB now, with the fact and what speaks for whom
    assert (measured.units, measured.consistent) == ([1, 1, 6], True)


@pytest.mark.parametrize("name", ["short", "long"])
def test_capturing(world: World, name: str) -> None:
    measured = world.measure()
    capture_once(world, world.phones[name], str(uuid4()))
    assert measured.operations == ["Query", "Query", "TransactWriteItems"]
    opened = 6  # nobody asked that before, which opens a case: itself, and its entries in the head and in the list
    assert (measured.units, measured.consistent) == ([1, 1, 8 + opened], True)
