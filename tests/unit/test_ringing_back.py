"""The call drops, and the customer rings back: straight back to where they were, and nobody else."""

from typing import Any

import pytest

from tests.channels import amazon_connect as connect
from tests.conftest import Api, Clock, Spy
from tests.events import connect_event
from tests.factories import a_contact, facts
from tests.provider import Provider

PHONE, LANDLINE = "+447700900123", "+441632960001"


def a_customer(agent: Api, name: str, number: str, account: str) -> str:
    listed = [{"type": "phone", "value": number}, {"type": "account", "value": account}]
    return str(agent.post("/customers", {"name": name, "identifiers": listed}).json["customer_id"])


def a_case(agent: Api, customer_id: str) -> str:
    return str(agent.post(f"/customers/{customer_id}/cases", {"subject": "Late parcel"}).json["case_id"])


def rings(ivr: Api, number: str = PHONE, **more: Any) -> Any:
    return ivr.post("/contacts", a_contact(number, **more)).json


def drops(ivr: Api, contact_id: str, **said: Any) -> None:
    assert ivr.post(f"/contacts/{contact_id}/end", said).status == 200


def test_straight_back_into_the_case(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a call about a case, on which something was said, and that dropped
    case_id = a_case(agent, a_customer(agent, "Ada", PHONE, "A-1"))
    first = rings(ivr)["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(reason="a late parcel"))
    drops(ivr, first, case_id=case_id)
    # When the same number rings within ten minutes
    clock.forward(minutes=9)
    again = rings(ivr, need=["reason"])
    # Then it goes on where it was
    assert again["continues"] == {
        "contact_id": first,
        "channel": "voice",
        "case_id": case_id,
        "via": "ring_back",
    }
    assert (again["known"]["reason"]["value"], again["ask"]) == ("a late parcel", [])
    shown = agent.get(f"/contacts/{again['contact_id']}/screen-pop").json["contact"]
    assert (shown["case_id"], shown["continues"]) == (case_id, again["continues"])


@pytest.mark.parametrize(
    ("minutes", "end", "number", "more"),
    [
        (11, {}, PHONE, {}),
        (1, {"resolved": True}, PHONE, {}),
        (1, {}, "+447700900124", {}),
        (1, {}, "anonymous", {}),
        (1, {}, PHONE, {"channel": "sms"}),
    ],
    ids=["later", "it was resolved", "from elsewhere", "withheld", "it is no call"],
)
def test_what_is_no_ring_back(  # noqa: PLR0917
    ivr: Api, agent: Api, clock: Clock, minutes: int, end: Any, number: str, more: Any
) -> None:
    a_customer(agent, "Ada", PHONE, "A-1")
    drops(ivr, rings(ivr)["contact_id"], **end)
    clock.forward(minutes=minutes)
    assert rings(ivr, number, **more)["continues"] is None


def test_nothing_leaks_to_who_shares_the_number(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given two on one landline, and a call of Ada's that dropped
    case_id = a_case(agent, a_customer(agent, "Ada", LANDLINE, "A-1"))
    bob = a_customer(agent, "Bob", LANDLINE, "B-2")
    first = rings(ivr, LANDLINE)["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(account_number="A-1", reason="a divorce"))
    drops(ivr, first, case_id=case_id)
    # When somebody rings from there
    clock.forward(minutes=1)
    again = rings(ivr, LANDLINE, need=["reason"])
    # Then it goes on with nothing until it is decided who it is
    assert (again["match"]["result"], again["continues"], again["known"]) == ("many", None, {})
    his = ivr.patch(f"/contacts/{again['contact_id']}/facts", facts(account_number="B-2")).json
    assert (his["customer_id"], his["continues"], his["known"].keys()) == (bob, None, {"account_number"})
    clock.forward(minutes=1)
    hers = rings(ivr, LANDLINE)["contact_id"]
    answer = ivr.patch(f"/contacts/{hers}/facts", facts(account_number="A-1")).json
    assert answer["continues"]["contact_id"] == first


def test_who_says_then_that_they_are_somebody_else_goes_on_with_nothing(ivr: Api, agent: Api) -> None:
    a_customer(agent, "Ada", PHONE, "A-1")
    a_customer(agent, "Bob", "+447700900124", "B-2")
    drops(ivr, rings(ivr)["contact_id"])
    again = rings(ivr)
    assert again["continues"]
    answer = ivr.patch(f"/contacts/{again['contact_id']}/facts", facts(account_number="B-2")).json
    assert answer["continues"] is None


def test_an_account_that_was_only_keyed_in_binds_no_phone(ivr: Api, agent: Api) -> None:
    # Given an unknown phone, from which Ada's account is keyed in, twice in ten minutes
    ada = a_customer(agent, "Ada", "+447700900124", "A-1")
    for _ in range(2):
        call = rings(ivr)["contact_id"]
        ivr.patch(f"/contacts/{call}/facts", facts(account_number="A-1"))
        drops(ivr, call)
    # Then it is not hers, and nothing of hers is told
    again = rings(ivr, need=["reason"])
    assert again["customer_id"] != ada
    assert (again["continues"], again["known"]) == (None, {})
    assert len(agent.get(f"/customers/{ada}/identifiers").json["items"]) == 2


def test_a_call_that_was_somebody_elses_is_not_gone_on_with(ivr: Api, agent: Api) -> None:
    a_customer(agent, "Ada", PHONE, "A-1")
    first = rings(ivr)["contact_id"]
    drops(ivr, first)
    agent.post(f"/contacts/{first}/attribution", {"new": True, "reason": "a neighbour"})
    assert rings(ivr)["continues"] is None


def test_an_agent_who_wraps_up_says_that_it_was_resolved(provider: Provider, ivr: Api, agent: Api) -> None:
    a_customer(agent, "Ada", PHONE, "A-1")
    first = rings(ivr, provider_contact_id=connect.CONTACT_ID, started_at="2026-11-22T08:00:01Z")["contact_id"]
    provider.client.lambda_.invoke("take_in_connect", connect.LIFE[-1])
    provider.process()
    assert rings(ivr, started_at="2026-11-22T08:01:00Z")["continues"]
    drops(ivr, first, resolved=True)
    assert rings(ivr, started_at="2026-11-22T08:02:00Z")["continues"] is None


@pytest.mark.parametrize("late", [False, True])
def test_the_end_may_be_told_after_the_ring_back(provider: Provider, agent: Api, late: Any) -> None:
    a_customer(agent, "Ada", PHONE, "A-1")

    def ends() -> None:
        provider.client.lambda_.invoke("take_in_connect", connect.LIFE[-1])
        provider.process()

    def rings_back() -> None:
        provider.client.lambda_.invoke("take_in_connect", again)
        provider.process()

    again = connect.RECORD | {
        "ContactId": "again",
        "InitiationTimestamp": "2026-11-22T08:03:00Z",
        "DisconnectTimestamp": None,
    }
    provider.client.lambda_.invoke("connect_lookup", connect_event(connect.CONTACT_ID, PHONE))
    for happens in (rings_back, ends) if late else (ends, rings_back):
        happens()
    shown = agent.get("/screen-pop?provider=amazon-connect&provider_contact_id=again").json["contact"]
    assert shown["continues"]["via"] == "ring_back"


def test_it_costs_no_request(ivr: Api, agent: Api, spy: Spy) -> None:
    a_customer(agent, "Ada", PHONE, "A-1")
    first = rings(ivr)["contact_id"]
    spy.reset()
    drops(ivr, first)
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]
    spy.reset()
    assert rings(ivr)["continues"]
    assert spy.operations == ["Query", "Query", "TransactWriteItems"]
