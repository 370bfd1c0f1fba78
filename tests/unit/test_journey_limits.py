"""How many events a visitor, and a publishable key, may send in a minute: more is for later, not lost."""

import json
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from chalicelib import runtime
from chalicelib.errors import TooManyRequests
from chalicelib.models import journeys
from chalicelib.models.items import Item, JourneyActs, SiteMinute
from chalicelib.models.requests.journeys import SendJourneyEvents
from chalicelib.rules.access import Caller, Role
from chalicelib.services.deps import Deps
from chalicelib.services.journeys.journey_limits import MOST_OF_A_PERSON
from chalicelib.services.journeys.journeys import take_in_events
from chalicelib.settings import Settings, Site
from tests.conftest import Api, Clock, Reply, Spy, put_under
from tests.settings import NOW
from tests.unit.test_journeys import a_batch, an_event, tell
from tests.unit.test_races import OneAtATime, at_once

A_BATCH = 100
_later = count()


@pytest.fixture
def visitor(ivr: Api) -> Api:
    return ivr.as_("visitor")


def pages(times: int = A_BATCH) -> list[dict[str, Any]]:
    """Each later than those before: what is older than the newest two hundred of somebody comes too late."""
    return [an_event("page", 25 - next(_later) / 1_000, page="/a") for _ in range(times)]


def send(api: Api, *events: dict[str, Any], **headers: str) -> Reply:
    return api.post("/journeys/events", a_batch(*events), **headers)


def have_sent(events: int) -> None:
    """As if so many of the only visitor had come in this minute."""
    (acts,) = [item for item in Item.scan() if isinstance(item, JourneyActs)]
    acts.in_minute = events
    acts.save()


def test_a_visitor_who_sends_too_much_is_told_when_to_go_on(visitor: Api, clock: Clock, spy: Spy) -> None:
    # Given a visitor who sent as much as one may in a minute
    clock.forward(seconds=18.5)
    told = pages(5)
    tell(visitor, *told)
    have_sent(MOST_OF_A_PERSON)
    # When they send more
    spy.reset()
    more = pages(3)
    refused = send(visitor, *more, Origin="https://www.example.com")
    # Then a page is told how long to wait, and nothing is written
    assert (refused.status, refused.headers["Retry-After"]) == (429, "42")
    assert (refused.json["code"], refused.json["detail"]) == (
        "too_many_requests",
        "too many events of this visitor in a minute",
    )
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Access-Control-Allow-Origin"] == "https://www.example.com"
    assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]
    assert spy.operations == ["Query", "Query", "BatchGetItem"]
    # and what was taken in already is still answered for
    assert tell(visitor, *told) == {"accepted": 0, "duplicates": 5, "ignored": 0}
    # and after that time the same is taken in
    clock.forward(seconds=42)
    assert tell(visitor, *more) == {"accepted": 3, "duplicates": 0, "ignored": 0}
    # in a minute that begins anew
    (acts,) = [item for item in Item.scan() if isinstance(item, JourneyActs)]
    assert acts.in_minute == 3


def test_who_finds_room_may_send_a_whole_batch(visitor: Api) -> None:
    tell(visitor, an_event("page", 26))
    have_sent(MOST_OF_A_PERSON - 1)
    assert tell(visitor, *pages())["accepted"] == A_BATCH
    assert send(visitor, an_event("page", 1)).status == 429


def test_what_is_not_new_is_not_counted(visitor: Api) -> None:
    told = pages(9)
    for _ in range(4):
        tell(visitor, *told)
    (acts,) = [item for item in Item.scan() if isinstance(item, JourneyActs)]
    assert (acts.minute, acts.in_minute) == (NOW, 9)
    (counted,) = [item for item in Item.scan() if isinstance(item, SiteMinute)]
    assert counted.events == 9


def with_limit(deps: Deps, limit: int) -> Deps:
    site = replace(deps.settings.sites["pk_test"], events_per_minute=limit)
    limited = replace(deps, settings=replace(deps.settings, sites={"pk_test": site}))
    runtime.override(limited)
    return limited


def a_request(*events: dict[str, Any]) -> SendJourneyEvents:
    return SendJourneyEvents.model_validate_json(json.dumps(a_batch(*events)))


def take_in(deps: Deps, subject: str, *events: dict[str, Any]) -> int:
    """How many were taken in of a visitor's; -1 where they were told to wait."""
    try:
        return take_in_events(deps, Caller(Role.VISITOR, subject), None, a_request(*events), "c").accepted
    except TooManyRequests:
        return -1


def test_a_key_has_a_limit_over_all_visitors(deps: Deps, clock: Clock) -> None:
    limited = with_limit(deps, 20)
    assert [take_in(limited, f"v-{n}", *pages(8)) for n in range(4)] == [8, 8, 8, -1]
    with pytest.raises(TooManyRequests, match="too many events with this key in a minute"):
        take_in_events(limited, Caller(Role.VISITOR, "v-9"), None, a_request(*pages(1)), "c")
    # who is new is not made a record of then
    assert len([item for item in Item.scan() if isinstance(item, JourneyActs)]) == 3
    clock.forward(minutes=1)
    assert take_in(limited, "v-3", *pages(8)) == 8
    # and the counts go away by themselves
    assert all(item.expires_at for item in Item.scan() if isinstance(item, SiteMinute))


def test_what_many_send_with_a_key_is_counted_in_many_places() -> None:
    parts = [journeys.part_of("pk", 60_000, f"batch-{n}", NOW) for n in range(5_000)]
    assert {part.number for part in parts} == set(range(60))
    assert {part.room for part in parts} == {1_000}
    assert [journeys.part_of("pk", limit, "b", NOW).room for limit in (1, 1_000, 1_001)] == [1, 1_000, 500.5]


def test_many_visitors_at_once_do_not_pass_the_limit_of_a_key(deps: Deps) -> None:
    put_under(OneAtATime, limited := with_limit(deps, 20))
    taken = at_once(12, lambda n: take_in(limited, f"v-{n}", *pages(5)))
    assert sorted(taken) == [-1] * 8 + [5] * 4


def test_a_visitor_with_many_tabs_at_once_is_counted_as_one(deps: Deps) -> None:
    take_in(deps, "v-1", *pages(1))
    have_sent(MOST_OF_A_PERSON - 10)
    put_under(OneAtATime, deps)
    taken = at_once(8, lambda _: take_in(deps, "v-1", *pages(2)))
    assert sorted(taken) == [-1] * 3 + [2] * 5


def test_how_much_may_come_with_a_key_is_a_setting() -> None:
    known = {"pk_a": {"name": "a", "origins": []}, "pk_b": {"name": "b", "origins": [], "events_per_minute": 5}}
    made = Settings.from_environment({"TABLE_NAME": "t", "PUBLISHABLE_KEYS": json.dumps(known)})
    assert [site.events_per_minute for site in made.sites.values()] == [60_000, 5]


def test_a_key_with_which_nobody_may_send_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(ValueError, match="events_per_minute of 'web' must be 1 or more"):
        Site("web", events_per_minute=0)
