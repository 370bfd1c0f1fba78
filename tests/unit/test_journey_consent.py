"""Whether journeys may be kept: by what the customer said last, wherever it was said."""

from typing import Any

import pytest

from chalicelib.models import store
from chalicelib.models.items import Item, JourneyActs
from chalicelib.rules.access import Caller, Role
from chalicelib.services.deps import Deps
from chalicelib.services.journeys.journeys import Counts
from tests.conftest import Api, Clock
from tests.unit.test_journeys import a_batch, a_customer, an_event, as_token, minutes, tell

WITHDRAWN = {"journeys": False}


@pytest.fixture
def visitor(ivr: Api) -> Api:
    return ivr.as_("visitor")


@pytest.fixture
def ann(agent: Api) -> str:
    return a_customer(agent, "Ann", "A1")


def of(customer_id: str) -> Caller:
    """Somebody's token, on the browser of the tests."""
    return Caller(Role.VISITOR, "visitor-1", customer_id)


def since(ago: float) -> dict[str, Any]:
    """A consent that was given so many minutes ago."""
    return {"journeys": True, "given_at": minutes(ago)}


def page(**batch: Any) -> dict[str, Any]:
    return a_batch(an_event("page", 1), **batch)


def acts() -> list[Item]:
    return [item for item in Item.scan() if isinstance(item, JourneyActs)]


def change(agent: Api, customer_id: str, consent: dict[str, bool]) -> None:
    """A desk notes what somebody said."""
    path = f"/customers/{customer_id}"
    version = f'"{agent.get(path).json["version"]}"'
    assert agent.patch(path, {"consent": consent}, **{"If-Match": version}).status == 200


def test_what_is_withdrawn_is_one_purpose_of_several(agent: Api, deps: Deps, ann: str, clock: Clock) -> None:
    # Given Ann, who agreed to something else
    change(agent, ann, {"marketing": True})
    as_token(deps, page(), of(ann))
    before = agent.get(f"/customers/{ann}").json
    clock.forward(minutes=3)
    # When she withdraws her consent to journeys
    assert as_token(deps, page(consent=WITHDRAWN), of(ann)) == Counts(ignored=1)
    # Then her record says so, anew, and the acts are forgotten
    after = agent.get(f"/customers/{ann}").json
    assert after["consent"] == {"marketing": True, "journeys": False}
    assert (after["version"], after["updated_at"]) == (before["version"] + 1, "2026-11-22T09:03:00Z")
    assert acts() == []
    # and once she consents again that is there beside the other, too
    clock.forward(minutes=3)
    assert as_token(deps, page(consent=since(-4)), of(ann)) == Counts(accepted=1)
    lifted = agent.get(f"/customers/{ann}").json
    assert lifted["consent"] == {"marketing": True, "journeys": True}
    assert (lifted["version"], lifted["updated_at"]) == (after["version"] + 1, "2026-11-22T09:06:00Z")


def test_which_consent_lifts_a_withdrawal(deps: Deps, agent: Api, ann: str, clock: Clock) -> None:
    """Given what a desk noted at nine, then a consent counts that was given later."""
    change(agent, ann, WITHDRAWN)
    clock.forward(minutes=1)
    for consent in ({"journeys": True}, since(5), since(0)):
        assert as_token(deps, page(consent=consent), of(ann)) == Counts(ignored=1)
        assert agent.get(f"/customers/{ann}").json["consent"] == WITHDRAWN
    # on a browser that nobody used before, which becomes hers at once
    assert as_token(deps, page(consent=since(-0.001)), of(ann)) == Counts(accepted=1)
    assert agent.get(f"/customers/{ann}").json["consent"] == {"journeys": True}
    listed = agent.get(f"/customers/{ann}/identifiers").json["items"]
    assert [one["type"] for one in listed] == ["account", "visitor"]


def test_who_has_several_records_says_it_once_for_all(
    visitor: Api, agent: Api, deps: Deps, ann: str, clock: Clock
) -> None:
    # Given Ann, whose visits before the sign-in are a record of their own, and who has a portal as well
    tell(visitor, an_event("page", 2))
    as_token(deps, page(), of(ann))
    portal = Caller(Role.PORTAL, "web-portal", ann)
    as_token(deps, page(), portal)
    assert len(acts()) == 2
    # When she withdraws her consent, then of no record anything is kept
    as_token(deps, page(consent=WITHDRAWN), of(ann))
    assert acts() == []
    assert agent.get(f"/customers/{ann}").json["consent"] == WITHDRAWN
    for caller in (of(ann), portal):
        assert as_token(deps, page(), caller) == Counts(ignored=1)
    # and when she consents again, then both are
    clock.forward(minutes=1)
    assert as_token(deps, page(consent=since(-1)), of(ann)) == Counts(accepted=1)
    assert agent.get(f"/customers/{ann}").json["consent"] == {"journeys": True}
    assert as_token(deps, page(), portal) == Counts(accepted=1)


def test_a_browser_says_it_for_the_record_that_survives(visitor: Api, deps: Deps, ann: str) -> None:
    # Given visits that were a record of their own until Ann signed in
    tell(visitor, an_event("page", 2))
    as_token(deps, page(), of(ann))
    # When she withdraws her consent there, signed out
    tell(visitor, an_event("page", 1), consent=WITHDRAWN)
    # Then it is hers that says so
    assert store.get_profile(ann).consent == WITHDRAWN


def test_nobody_is_met_by_what_they_do_not_want(visitor: Api) -> None:
    assert tell(visitor, an_event("page", 1), consent=WITHDRAWN)["ignored"] == 1
    assert list(Item.scan()) == []
