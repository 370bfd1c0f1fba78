"""Verify: compares without disclosing, raises the assurance, and is limited in tries."""

from typing import Any

import pytest

from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, facts

RIGHT: dict[str, Any] = {"date_of_birth": "1990-01-31", "postcode": "EC1A 1BB"}


def a_call_of_ada(ivr: Api, agent: Api, *, verified: bool = True, **known: str) -> str:
    made = {"name": "Ada", "identifiers": [{"type": "phone", "value": "+447700900123"}]}
    agent.post("/customers", made | facts(verified=verified, **(known or RIGHT)))
    return str(ivr.post("/contacts", a_contact()).json["contact_id"])


def verify(api: Api, contact_id: str, **given: str) -> Any:
    return api.post(f"/contacts/{contact_id}/verify", {"facts": {n: {"value": v} for n, v in given.items()}})


def test_facts_that_agree_authenticate(ivr: Api, agent: Api) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    assert verify(ivr, contact_id, **RIGHT).json == {"assurance": 3, "matched": 2, "of": 2}
    # and from then on the flow is told what it may be told at that level, whatever else is saved
    saved = ivr.patch(f"/contacts/{contact_id}/facts", facts(reason="billing")).json
    assert saved["assurance"] == 3
    assert saved["known"]["date_of_birth"]["value"] == "1990-01-31"


def test_one_fact_corroborates(ivr: Api, agent: Api) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    assert verify(ivr, contact_id, postcode="ec1a 1bb").json == {"assurance": 2, "matched": 1, "of": 1}


def test_one_that_does_not_agree_spoils_it_and_is_not_named(ivr: Api, agent: Api) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    reply = verify(ivr, contact_id, date_of_birth="1990-01-31", postcode="N1 1AA", email="a@example.com")
    assert reply.json == {"assurance": 1, "matched": 1, "of": 3}


def test_what_the_contact_itself_said_does_not_vouch_for_it(ivr: Api) -> None:
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    ivr.patch(f"/contacts/{contact_id}/facts", facts(**RIGHT))
    assert verify(ivr, contact_id, **RIGHT).json == {"assurance": 1, "matched": 0, "of": 2}


def test_what_an_unverified_caller_said_before_does_not_vouch(ivr: Api) -> None:
    first = ivr.post("/contacts", a_contact()).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(**RIGHT))
    second = ivr.post("/contacts", a_contact()).json["contact_id"]
    assert verify(ivr, second, **RIGHT).json == {"assurance": 1, "matched": 2, "of": 2}


def test_tries_on_a_contact_are_limited(ivr: Api, agent: Api) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    for _ in range(3):
        assert verify(ivr, contact_id, postcode="N1 1AA").status == 200
    for api in (ivr, agent):
        refused = verify(api, contact_id, **RIGHT)
        assert (refused.status, refused.json["code"]) == (429, "too_many_tries")


def test_tries_on_a_customer_are_limited_for_flows_until_a_day_has_passed(
    ivr: Api, agent: Api, clock: Clock
) -> None:
    a_call_of_ada(ivr, agent)
    for _ in range(5):
        contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
        assert [verify(ivr, contact_id, postcode="N1 1AA").status for _ in range(2)] == [200, 200]
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    assert verify(ivr, contact_id, **RIGHT).status == 429
    assert verify(agent, contact_id, **RIGHT).status == 200
    clock.forward(days=1)
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    assert verify(ivr, contact_id, **RIGHT).status == 200


def merged_after_failing(ivr: Api, agent: Api, clock: Clock, *, first: int, days: float, second: int) -> str:
    """A call of one person on two records, on each of which so many tries failed; the days lie between."""
    people = []
    for number, failed in (("+447700900123", first), ("+447700900124", second)):
        made = {"name": "Ada", "identifiers": [{"type": "phone", "value": number}]} | facts(verified=True, **RIGHT)
        people.append(agent.post("/customers", made).json["customer_id"])
        for _ in range(failed):
            verify(ivr, ivr.post("/contacts", a_contact(number)).json["contact_id"], postcode="N1 1AA")
        clock.forward(days=days)
        days = 0
    agent.post(f"/customers/{people[0]}/merges", {"other_customer_id": people[1]})
    return str(ivr.post("/contacts", a_contact()).json["contact_id"])


def test_tries_on_each_record_of_a_person_count(ivr: Api, agent: Api, clock: Clock) -> None:
    contact_id = merged_after_failing(ivr, agent, clock, first=6, days=0.5, second=4)
    assert verify(ivr, contact_id, **RIGHT).status == 429


def test_tries_that_are_a_day_old_do_not_count_with_newer_ones_on_another_record(
    ivr: Api, agent: Api, clock: Clock
) -> None:
    contact_id = merged_after_failing(ivr, agent, clock, first=9, days=1, second=1)
    assert verify(ivr, contact_id, **RIGHT).status == 200


def test_without_a_customer_there_is_nobody_to_compare_with(ivr: Api) -> None:
    contact_id = ivr.post("/contacts", a_contact("anonymous")).json["contact_id"]
    assert verify(ivr, contact_id, **RIGHT).status == 409


def test_a_check_is_void_when_the_contact_is_somebody_elses(ivr: Api, agent: Api) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    verify(ivr, contact_id, **RIGHT)
    agent.post("/customers", {"name": "Bob", "identifiers": [{"type": "account", "value": "B2"}]})
    moved = ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="B2")).json
    assert moved["assurance"] == 1


def test_requests(ivr: Api, agent: Api, spy: Spy) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    spy.reset()
    verify(ivr, contact_id, **RIGHT)
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]


@pytest.mark.parametrize("facts_given", [{}, {"shoe_size": {"value": "9"}}, {"date_of_birth": {"value": "?"}}])
def test_what_cannot_be_compared_is_named(ivr: Api, agent: Api, facts_given: Any) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    reply = ivr.post(f"/contacts/{contact_id}/verify", {"facts": facts_given})
    assert reply.status == 422
    assert reply.json["errors"][0]["field"].startswith("facts")


def test_a_portals_signed_in_session_is_authenticated(ivr: Api, agent: Api) -> None:
    agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "account", "value": "A1"}]})
    sender = {"type": "account", "value": "A1"}
    begun = ivr.as_("portal").post("/contacts", a_contact(None, channel="portal", **{"from": sender})).json
    assert (begun["match"]["result"], begun["assurance"]) == ("one", 3)
    typed = ivr.post("/contacts", a_contact(None, **{"from": sender})).json
    assert typed["assurance"] == 1
