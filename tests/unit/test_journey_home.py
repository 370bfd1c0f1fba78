"""Whose the journeys of a browser are: of the visitor of its token, or of who is signed in."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import BadInput, Forbidden
from chalicelib.models import store
from chalicelib.models.items import Contact, IdentifierCandidate, IdentifierOwner, Item
from chalicelib.rules.access import Caller, Role
from chalicelib.services.deps import Deps
from chalicelib.services.journeys.journey_home import browser_of, find_home, find_record
from tests.conftest import Api, Clock
from tests.factories import a_contact
from tests.settings import NOW
from tests.unit.test_journeys import a_batch, a_customer, an_event, as_token, tell

VISITOR = Caller(Role.VISITOR, "v-1")
SIGNED_IN = Caller(Role.VISITOR, "user-7", "ANN")
PORTAL = Caller(Role.PORTAL, "web-portal", "ANN")


@pytest.mark.parametrize(
    ("caller", "visitor", "browser"),
    [
        (VISITOR, None, "v-1"),
        (VISITOR, Caller(Role.VISITOR, "v-2"), "v-1"),
        (SIGNED_IN, None, "user-7"),
        (SIGNED_IN, VISITOR, "v-1"),
        (PORTAL, None, None),
        (PORTAL, VISITOR, "v-1"),
    ],
)
def test_which_browser_it_is(caller: Caller, visitor: Caller | None, browser: str | None) -> None:
    assert browser_of(caller, visitor) == browser


def test_a_token_that_says_nothing_of_a_visitor() -> None:
    with pytest.raises(BadInput) as bad:
        browser_of(SIGNED_IN, Caller(Role.AGENT, "agent-1"))
    assert str(bad.value) == "visitor_token: is not a token of a visitor"
    for visitor in (None, VISITOR):
        with pytest.raises(Forbidden) as refused:
            browser_of(Caller(Role.PORTAL, "web-portal"), visitor)
        assert str(refused.value) == "token: this one says of nobody that they are signed in"


def test_somebody_who_is_not_there(deps: Deps) -> None:
    with pytest.raises(Forbidden) as refused:
        find_home(deps, SIGNED_IN, "v-1")
    assert str(refused.value) == "token: there is no such customer"
    assert find_record(deps, VISITOR, "v-1") is None


@pytest.fixture
def visitor(ivr: Api) -> Api:
    return ivr.as_("visitor")


def identifiers(agent: Api, customer_id: str) -> list[tuple[Any, ...]]:
    listed = agent.get(f"/customers/{customer_id}/identifiers").json["items"]
    return [
        (one["type"], one["value"], one["how"], one["contact_id"]) for one in listed if one["type"] != "account"
    ]


def owner() -> IdentifierOwner:
    """Of the only browser that there is."""
    found = [item for item in Item.scan() if isinstance(item, IdentifierOwner) and item.received == "visitor-1"]
    (one,) = found
    return one


def test_who_is_met_for_the_first_time_gets_a_record(visitor: Api, agent: Api, clock: Clock) -> None:
    tell(visitor, an_event("page", 1))
    met = owner()
    assert (met.first_seen_at, met.last_seen_at) == (NOW, NOW)
    assert identifiers(agent, met.customer_id) == [("visitor", "visitor-1", "came_from", None)]
    # and is met again
    clock.forward(minutes=7)
    tell(visitor, an_event("page", -1))
    again = owner()
    assert again.customer_id == met.customer_id
    assert (again.first_seen_at, again.last_seen_at) == (NOW, NOW + timedelta(minutes=7))


def test_a_browser_on_which_somebody_signs_in_is_theirs(agent: Api, deps: Deps) -> None:
    # Given Ann, who signs in on a browser that nobody used before
    ann = a_customer(agent, "Ann", "A1")
    token = Caller(Role.VISITOR, "visitor-1", ann)
    home = find_home(deps, token, "visitor-1")
    assert home
    # Then it becomes hers, with the profile that says so
    assert (home.new, home.changed) == (False, [home.record.home.profile])
    as_token(deps, a_batch(an_event("page", 1)), token)
    assert identifiers(agent, ann) == [("visitor", "visitor-1", "signed_in", None)]
    assert owner().customer_id == ann
    # and the next time it is found as hers, and nothing of the profile changes
    home = find_home(deps, token, "visitor-1")
    assert home
    assert (home.record.home.customer_id, home.changed) == (ann, [])
    known = find_record(deps, Caller(Role.VISITOR, "visitor-1"), "visitor-1")
    assert known
    assert known.home.customer_id == ann


def test_of_somebodys_records_it_goes_to_the_one_that_the_browser_is_known_by(
    visitor: Api, agent: Api, deps: Deps
) -> None:
    # Given visits before Ann signed in
    ann = a_customer(agent, "Ann", "A1")
    tell(visitor, an_event("page", 2))
    visits = owner().customer_id
    # When she does
    home = find_home(deps, Caller(Role.VISITOR, "visitor-1", ann), "visitor-1")
    # Then she is one person of two records
    assert home
    assert home.record.member_ids == (ann, visits)
    assert (home.record.home.customer_id, home.changed) == (visits, [])
    # and where no browser is shown it goes to that by which she goes
    home = find_home(deps, Caller(Role.PORTAL, "web-portal", ann), None)
    assert home
    assert home.record.home.customer_id == ann
    # a visit is no contact
    assert not [item for item in Item.scan() if isinstance(item, Contact)]
    assert store.get_head(visits).contacts == []


def test_who_signs_in_on_somebody_elses_browser_is_noted_there_once(agent: Api, deps: Deps) -> None:
    # Given Ann's browser, when Bob and Cy sign in on it, and each goes on there
    ann, *others = (a_customer(agent, name, name) for name in ("Ann", "Bob", "Cy"))
    as_token(deps, a_batch(an_event("page", 1)), Caller(Role.VISITOR, "visitor-1", ann))
    for one in others:
        token = Caller(Role.VISITOR, "visitor-1", one)
        as_token(deps, a_batch(an_event("page", 1)), token)
        # Then that is noted, and no more the next time
        home = find_home(deps, token, "visitor-1")
        assert home
        assert (home.made, home.changed) == ([], [])
        as_token(deps, a_batch(an_event("page", 2)), token)
    noted = [item for item in Item.scan() if isinstance(item, IdentifierCandidate)]
    assert {one.customer_id: len(one.contact_ids) for one in noted} == dict.fromkeys(others, 1)


def test_what_came_from_a_contact_still_says_so_after_a_sign_in(ivr: Api, agent: Api, deps: Deps) -> None:
    met = ivr.post("/contacts", a_contact("+447700900123")).json
    token = Caller(Role.VISITOR, "visitor-1", met["customer_id"])
    as_token(deps, a_batch(an_event("page", 1)), token)
    assert identifiers(agent, met["customer_id"]) == [
        ("phone", "+447700900123", "came_from", met["contact_id"]),
        ("visitor", "visitor-1", "signed_in", None),
    ]


def test_a_browser_that_the_business_knows(agent: Api, deps: Deps) -> None:
    known = {"name": "Ann", "identifiers": [{"type": "visitor", "value": "v-1", "verified": True}]}
    ann = agent.post("/customers", known).json["customer_id"]
    record = find_record(deps, VISITOR, "v-1")
    assert record
    assert record.home.customer_id == ann
