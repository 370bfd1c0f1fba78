"""What somebody did by themselves costs the same, however much of it there is."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.models.requests.contacts import StartContact
from chalicelib.models.requests.journeys import SendJourneyEvents
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.journey_window import MOST_ACTS
from chalicelib.services.contacts import contacts
from chalicelib.services.customers import screen_pop
from chalicelib.services.deps import Deps
from chalicelib.services.journeys.journeys import Counts, take_in_events
from tests.conftest import Clock
from tests.factories import a_contact
from tests.scale.conftest import World, parse
from tests.settings import NOW, SETTINGS

pytestmark = pytest.mark.scale

EVENTS = 10_000
BATCH = 100
VISITOR = Caller(Role.VISITOR, "visitor-of-very-many-visits")
NEW = Caller(Role.VISITOR, "visitor-of-few")


def a_batch(sent_at: datetime, first: int, many: int) -> dict[str, Any]:
    """Events of visits that begin forty minutes apart, ten to each: all within what is kept."""
    events = [
        {
            "id": f"e-{number}",
            "type": "form_error" if number % 10 else "step",
            "at": (NOW - timedelta(minutes=40 * (EVENTS // 10 + 1 - number // 10) - number % 10)).isoformat(),
            "task": "change_address",
            "field": f"field_{number % 10}",
            "error": "is not what it should be, whatever it is",
            "page": f"/account/address/{number % 7}",
        }
        for number in range(first, first + many)
    ]
    return {
        "key": "pk_test",
        "channel": "portal",
        "screen": {"id": "tab-1", "device": "phone"},
        "consent": {"journeys": True},
        "sent_at": sent_at.isoformat(),
        "events": events,
    }


def tell(deps: Deps, caller: Caller, first: int, many: int) -> Counts:
    return take_in_events(deps, caller, None, parse(SendJourneyEvents, a_batch(deps.now(), first, many)), "c")


@pytest.fixture(scope="module")
def visits(world: World) -> World:
    """A thousand visits of one person, told in a hundred batches; of another, twice as many as are remembered."""
    clock = Clock()
    deps = replace(world.deps, now=clock, settings=replace(world.deps.settings, sites=SETTINGS.sites))
    for first in range(0, EVENTS, BATCH):
        assert tell(deps, VISITOR, first, BATCH).accepted == BATCH
        clock.forward(minutes=1)
    for first in range(EVENTS - 2 * MOST_ACTS, EVENTS, BATCH):
        tell(deps, NEW, first, BATCH)
    return replace(world, deps=deps)


def a_chat(world: World, caller: Caller) -> str:
    body = a_contact(None, channel="chat", provider="web", to=None, provider_contact_id=caller.subject)
    now, _ = contacts.start_contact(world.deps, caller, parse(StartContact, body), "c")
    assert now.contact
    return str(now.contact.contact_id)


def test_the_pop_takes_two_requests(visits: World) -> None:
    contact_ids = [a_chat(visits, caller) for caller in (VISITOR, NEW)]
    units = []
    for contact_id in contact_ids:
        measured = visits.measure()
        seen = screen_pop.get_screen_pop(visits.deps, contact_id)
        assert seen.timeline
        assert (measured.operations, measured.consistent) == (["Query", "Query"], True)
        units.append(measured.units)
    assert units == [[1, 7], [1, 7]]


def test_a_batch_costs_the_same(visits: World) -> None:
    units = []
    for caller in (VISITOR, NEW):
        measured = visits.measure()
        assert tell(visits.deps, caller, EVENTS, 10).accepted == 10
        assert measured.operations == ["Query", "Query", "BatchGetItem", "TransactWriteItems"]
        assert measured.consistent
        units.append(measured.units)
    assert units[0] == units[1], "what is remembered is read and written, and no more"
