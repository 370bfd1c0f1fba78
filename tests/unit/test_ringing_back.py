"""The call drops, and the customer rings back: straight back to where they were, and nobody else."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.models import store
from tests.channels import amazon_connect as connect
from tests.conftest import Api, Clock, Spy
from tests.events import connect_event
from tests.factories import a_contact, facts
from tests.provider import Provider
from tests.settings import NOW
from tests.unit.test_continuation import a_code, a_visit

PHONE, LANDLINE, OURS = "+447700900123", "+441632960001", "+441632960000"


def a_customer(agent: Api, name: str, number: str, account: str) -> str:
    listed = [{"type": "phone", "value": number}, {"type": "account", "value": account}]
    return str(agent.post("/customers", {"name": name, "identifiers": listed}).json["customer_id"])


def a_case(agent: Api, customer_id: str) -> str:
    return str(agent.post(f"/customers/{customer_id}/cases", {"subject": "Late parcel"}).json["case_id"])


def rings(ivr: Api, number: str = PHONE, **more: Any) -> Any:
    return ivr.post("/contacts", a_contact(number, **more)).json


def pop(agent: Api, contact_id: str) -> Any:
    return agent.get(f"/contacts/{contact_id}/screen-pop").json["contact"]


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
    shown = pop(agent, again["contact_id"])
    assert (shown["case_id"], shown["continues"]) == (case_id, again["continues"])
    # and what is kept of it has all that is kept where a code was given
    kept = store.get_contact(again["contact_id"]).continues
    assert kept == again["continues"] | {"customer_id": again["customer_id"], "code": None, "suggests": None}


@pytest.mark.parametrize(
    ("minutes", "end", "number", "more"),
    [
        (11, {}, PHONE, {}),
        (1, {"resolved": True}, PHONE, {}),
        (1, {}, "+447700900124", {}),
        (1, {}, "anonymous", {}),
        (1, {}, PHONE, {"channel": "sms"}),
        (1, {}, OURS, {"direction": "outbound", "to": {"type": "phone", "value": PHONE}}),
        (1, {}, PHONE, {"previous_provider_contact_id": "the leg before"}),
    ],
    ids=["later", "it was resolved", "from elsewhere", "withheld", "it is no call", "we ring", "a transfer"],
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


def test_an_agent_who_wraps_up_says_which_case_it_was(provider: Provider, ivr: Api, agent: Api) -> None:
    a_customer(agent, "Ada", PHONE, "A-1")
    first = rings(ivr, provider_contact_id=connect.CONTACT_ID, started_at="2026-11-22T08:00:01Z")["contact_id"]
    provider.client.lambda_.invoke("take_in_connect", connect.LIFE[-1])
    provider.process()
    assert rings(ivr, started_at="2026-11-22T08:01:00Z")["continues"]
    # who says which case it was, says what is gone on with
    case_id = a_case(agent, pop(agent, first)["customer_id"])
    drops(ivr, first, case_id=case_id)
    assert rings(ivr, started_at="2026-11-22T08:01:30Z")["continues"]["case_id"] == case_id


def test_an_agent_who_wraps_up_says_that_it_was_resolved(provider: Provider, ivr: Api, agent: Api) -> None:
    ada = a_customer(agent, "Ada", PHONE, "A-1")
    first = rings(ivr, provider_contact_id=connect.CONTACT_ID, started_at="2026-11-22T08:00:01Z")["contact_id"]
    provider.client.lambda_.invoke("take_in_connect", connect.LIFE[-1])
    provider.process()
    drops(ivr, first, resolved=True)
    assert store.get_profile(ada).dropped_call is None
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


def after(minutes: float) -> str:
    """A moment after the tests begin."""
    return (NOW + timedelta(minutes=minutes)).isoformat()


def test_of_two_calls_that_dropped_the_later_is_gone_on_with(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given two calls at once, of which the one that ended first is told to be over last
    a_customer(agent, "Ada", PHONE, "A-1")
    first, second = (rings(ivr, to=None)["contact_id"] for _ in range(2))
    clock.forward(minutes=5)
    drops(ivr, second, ended_at=after(4))
    drops(ivr, first, ended_at=after(1))
    assert rings(ivr, to=None)["continues"]["contact_id"] == second


def test_of_two_who_are_one_the_later_call_is_gone_on_with(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a call of each of two on one landline, that turn out to be one
    ada, bob = (a_customer(agent, name, LANDLINE, f"{name}-1") for name in ("Ada", "Bob"))
    calls = []
    for account in ("Ada-1", "Bob-1"):
        calls.append(rings(ivr, LANDLINE)["contact_id"])
        ivr.patch(f"/contacts/{calls[-1]}/facts", facts(account_number=account))
        clock.forward(minutes=1)
        drops(ivr, calls[-1])
    assert agent.post(f"/customers/{ada}/merges", {"other_customer_id": bob, "reason": "one"}).status == 201
    # When they ring back, then it is on from the later
    assert rings(ivr, LANDLINE)["continues"]["contact_id"] == calls[-1]


def test_what_was_resolved_on_another_line_takes_nothing_back(ivr: Api, agent: Api) -> None:
    # Given a call that dropped, and one from elsewhere that resolved what that was about
    ada = a_customer(agent, "Ada", PHONE, "A-1")
    mobile = {"type": "phone", "value": "+447700900124"}
    assert agent.post(f"/customers/{ada}/identifiers", mobile).status == 201
    first, other = rings(ivr)["contact_id"], rings(ivr, mobile["value"])["contact_id"]
    drops(ivr, first)
    drops(ivr, other, resolved=True)
    assert rings(ivr)["continues"]["contact_id"] == first


def a_call_on_a_code(ivr: Api) -> Any:
    """A call from the phone that carries on a visit, and the visit."""
    visit = a_visit(ivr.as_("visitor"))["contact_id"]
    code = a_code(ivr.as_("visitor"), visit, PHONE)["code"]
    call = rings(ivr, continuation_code=code)
    assert (call["continuation"], call["continues"]["contact_id"]) == ("accepted", visit)
    return call


def test_who_comes_with_a_code_goes_on_from_there(ivr: Api, agent: Api) -> None:
    # Given a call that dropped, and one from the same phone with the code of a visit
    a_customer(agent, "Ada", PHONE, "A-1")
    drops(ivr, rings(ivr)["contact_id"])
    call = a_call_on_a_code(ivr)
    # Then it stays with that, whoever they say that they are
    a_customer(agent, "Bob", "+447700900124", "B-2")
    answer = ivr.patch(f"/contacts/{call['contact_id']}/facts", facts(account_number="B-2")).json
    assert answer["continues"] == call["continues"]


# Where the end is told after the customer rang back


@pytest.mark.parametrize("minutes", [0, 10])
def test_who_rang_back_within_ten_minutes_is_told_so(ivr: Api, agent: Api, clock: Clock, minutes: int) -> None:
    # Given a call about a case, and one that began when it was over, which nobody has told yet
    case_id = a_case(agent, a_customer(agent, "Ada", PHONE, "A-1"))
    first = rings(ivr, to=None)["contact_id"]
    clock.forward(minutes=20)
    again = rings(ivr, to=None, started_at=after(1 + minutes))
    # When the end is told, then it goes on with it
    drops(ivr, first, case_id=case_id, ended_at=after(1))
    kept = store.get_contact(again["contact_id"])
    assert (kept.case_id, kept.continues) == (
        case_id,
        {
            "contact_id": first,
            "channel": "voice",
            "case_id": case_id,
            "via": "ring_back",
            "customer_id": again["customer_id"],
            "code": None,
            "suggests": None,
        },
    )


@pytest.mark.parametrize(
    ("minutes", "end", "more", "read"),
    [
        (11, {}, {}, []),
        (-0.5, {}, {}, []),
        (1, {"resolved": True}, {}, []),
        (1, {}, {"channel": "sms"}, ["GetItem"]),
        (1, {}, {"previous_provider_contact_id": "the leg before"}, ["GetItem"]),
    ],
    ids=["later", "before", "it was resolved", "it is no call", "a transfer"],
)
def test_what_began_since_and_is_no_ring_back(  # noqa: PLR0917
    ivr: Api, agent: Api, clock: Clock, spy: Spy, minutes: float, end: Any, more: Any, read: list[str]
) -> None:
    a_customer(agent, "Ada", PHONE, "A-1")
    first = rings(ivr)["contact_id"]
    clock.forward(minutes=20)
    again = rings(ivr, started_at=after(1 + minutes), **more)["contact_id"]
    spy.reset()
    drops(ivr, first, ended_at=after(1), **end)
    # Then it is looked at only if it could be one
    assert spy.operations == ["GetItem", "Query", *read, "TransactWriteItems"]
    assert pop(agent, again)["continues"] is None


def test_who_began_from_elsewhere_since_is_told_nothing(ivr: Api, agent: Api, clock: Clock) -> None:
    ada = a_customer(agent, "Ada", PHONE, "A-1")
    agent.post(f"/customers/{ada}/identifiers", {"type": "phone", "value": "+447700900124"})
    first = rings(ivr)["contact_id"]
    clock.forward(minutes=2)
    elsewhere = rings(ivr, "+447700900124")
    assert elsewhere["customer_id"] == ada
    drops(ivr, first, ended_at=after(1))
    assert pop(agent, elsewhere["contact_id"])["continues"] is None


def test_what_is_written_and_over_reads_no_call(ivr: Api, agent: Api, spy: Spy) -> None:
    a_customer(agent, "Ada", PHONE, "A-1")
    chat = rings(ivr, channel="chat")["contact_id"]
    rings(ivr)
    spy.reset()
    drops(ivr, chat)
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]


def test_who_goes_on_with_something_already_does_so(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a call that dropped, and one with a code, which an agent has put to a case since
    ada = a_customer(agent, "Ada", PHONE, "A-1")
    first, plain = rings(ivr)["contact_id"], rings(ivr, started_at=after(1))["contact_id"]
    mine, case_id = a_case(agent, ada), a_case(agent, ada)
    assert agent.post(f"/contacts/{plain}/case", {"case_id": mine}).status == 200
    clock.forward(minutes=2)
    coded = a_call_on_a_code(ivr)
    # When the end of the first is told
    drops(ivr, first, case_id=case_id, ended_at=after(1))
    # Then the code counts, and so does what the agent said
    assert pop(agent, coded["contact_id"])["continues"] == coded["continues"]
    assert (pop(agent, plain)["continues"]["contact_id"], pop(agent, plain)["case_id"]) == (first, mine)


def test_who_rang_back_goes_on_with_that_call_whatever_drops_since(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a call that dropped, and two that rang back, one of which drops as well
    a_customer(agent, "Ada", PHONE, "A-1")
    first = rings(ivr)["contact_id"]
    drops(ivr, first)
    clock.forward(minutes=1)
    again, other = (rings(ivr)["contact_id"] for _ in range(2))
    clock.forward(minutes=1)
    drops(ivr, other)
    # When something is said on the one that is left, then it goes on with the first
    ivr.patch(f"/contacts/{again}/facts", facts(reason="a late parcel"))
    assert pop(agent, again)["continues"]["contact_id"] == first


def test_it_costs_no_request(ivr: Api, agent: Api, spy: Spy) -> None:
    a_customer(agent, "Ada", PHONE, "A-1")
    first = rings(ivr)["contact_id"]
    spy.reset()
    drops(ivr, first)
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]
    spy.reset()
    assert rings(ivr)["continues"]
    assert spy.operations == ["Query", "Query", "TransactWriteItems"]
