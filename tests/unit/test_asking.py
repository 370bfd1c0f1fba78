"""Asking for what is known is noted, counted once off the stream, and reported."""

from datetime import timedelta
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.models.items import Case, Contact, Counted, Item
from chalicelib.services.deps import Deps
from chalicelib.services.facts.asking import team_of
from chalicelib.services.wrap_up import tallying
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, facts

PHONE = "+447700900123"


def a_call(ivr: Api, **more: Any) -> str:
    return str(ivr.post("/contacts", a_contact(PHONE, **more)).json["contact_id"])


def says(api: Api, contact_id: str, source: str = "ivr", **said: Any) -> None:
    assert api.patch(f"/contacts/{contact_id}/facts", facts(source, **said)).status == 200


def asked(contact_id: str) -> dict[str, bool]:
    (contact,) = (one for one in Item.scan() if isinstance(one, Contact) and one.contact_id == contact_id)
    return {key: one["repeated"] for key, one in contact.asked.items()}


def count_all() -> None:
    """Off the stream, twice."""
    for item in [one for one in Item.scan() if isinstance(one, Contact)] * 2:
        tallying.count_asks(item.contact_id)


def report(agent: Api, by: str = "fact", days: str = "") -> Any:
    return agent.get(f"/reports/repeat-asks?by={by}{days}").json


def test_what_the_flow_asked_the_agent_asks_again(ivr: Api, agent: Api) -> None:
    contact_id = a_call(ivr)
    says(ivr, contact_id, account_number="A-1")
    assert asked(contact_id) == {"ivr:account_number": False}
    says(agent, contact_id, "agent", account_number="A-1")
    assert asked(contact_id) == {"ivr:account_number": False, "agent:account_number": True}


def test_what_an_earlier_contact_said_is_asked_again_with_whatever_answer(ivr: Api) -> None:
    says(ivr, a_call(ivr), postcode="EC1A 1BB")
    again = a_call(ivr)
    says(ivr, again, postcode="AB1 2CD", product="broadband")
    assert asked(again) == {"ivr:postcode": True, "ivr:product": False}


def test_what_was_said_before_the_transfer_is_asked_again(ivr: Api) -> None:
    first = a_contact("anonymous", provider_contact_id="leg-1")
    says(ivr, ivr.post("/contacts", first).json["contact_id"], reason="billing")
    second = a_contact("anonymous", provider_contact_id="leg-2", previous_provider_contact_id="leg-1")
    contact_id = ivr.post("/contacts", second).json["contact_id"]
    says(ivr, contact_id, reason="a bill")
    assert asked(contact_id) == {"ivr:reason": True}


def test_what_is_sent_again_or_put_right_is_the_same_question(ivr: Api) -> None:
    contact_id = a_call(ivr)
    for value in ("A-1", "A-1", "A-2"):
        says(ivr, contact_id, account_number=value)
    assert asked(contact_id) == {"ivr:account_number": False}


def test_what_says_who_it_is_was_not_known(ivr: Api, agent: Api) -> None:
    # Given Ada, whose account is known, on a withheld number
    agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "account", "value": "A-1"}]})
    known = ivr.post("/contacts", a_contact("anonymous")).json["contact_id"]
    says(ivr, known, account_number="A-1", reason="billing")
    # When she keys it in once more, on another such call
    contact_id = ivr.post("/contacts", a_contact("anonymous")).json["contact_id"]
    says(ivr, contact_id, account_number="A-1")
    # Then nobody knew it; but from then on her record is known
    says(ivr, contact_id, reason="billing")
    assert asked(contact_id) == {"ivr:account_number": False, "ivr:reason": True}


def test_a_browser_asks_itself(ivr: Api) -> None:
    visitor = ivr.as_("visitor")
    begun = visitor.post("/contacts", a_contact(None, provider="web", to=None, channel="chat"))
    says(visitor, begun.json["contact_id"], reason="billing")
    assert asked(begun.json["contact_id"]) == {}


def test_what_the_browser_said_on_the_contact_itself_was_not_known_before(ivr: Api, agent: Api) -> None:
    visitor = ivr.as_("visitor")
    begun = visitor.post("/contacts", a_contact(None, provider="web", to=None, channel="chat"))
    says(visitor, begun.json["contact_id"], reason="billing")
    says(agent, begun.json["contact_id"], "agent", reason="a bill")
    assert asked(begun.json["contact_id"]) == {"agent:reason": False}


@pytest.mark.parametrize(
    ("handed_on", "attributes", "team"),
    [
        ([], {}, None),
        ([], {"queue": "support"}, "support"),
        ([("taken", "sales"), ("accepted", "billing")], {"queue": "support"}, "sales"),
        ([("offered", "sales"), ("declined", "support"), ("accepted", "billing")], {}, "billing"),
        ([("taken", None), ("taken", "billing")], {}, "billing"),
        ([("withdrawn", "sales"), ("taken", None)], {"queue": "support"}, "support"),
    ],
)
def test_whose_contact_it_is(handed_on: list[tuple[str, Any]], attributes: dict[str, str], team: Any) -> None:
    """The team that took it last, else the queue that its provider told of."""
    packets = [{"status": status, "to_team": to_team} for status, to_team in handed_on]
    assert team_of(Contact(transfers=packets, attributes=attributes)) == team


@pytest.mark.parametrize(
    ("days", "verified", "due"), [(364, False, False), (365, False, True), (365, True, False), (730, True, True)]
)
def test_what_is_old_is_to_be_confirmed_and_that_is_no_repetition(  # noqa: PLR0917
    ivr: Api, agent: Api, clock: Clock, days: int, verified: Any, due: Any
) -> None:
    says(ivr, a_call(ivr), postcode="EC1A 1BB", verified=verified)
    clock.forward(days=days)
    begun = ivr.post("/contacts", a_contact(PHONE, need=["postcode", "reason"])).json
    assert (begun["ask"], begun["confirm"]) == (["reason"], ["postcode"] if due else [])
    assert agent.get(f"/contacts/{begun['contact_id']}/screen-pop").json["confirm"] == begun["confirm"]
    says(ivr, begun["contact_id"], postcode="EC1A 1BB")
    assert asked(begun["contact_id"]) == {"ivr:postcode": not due}


def test_it_is_reported_by_fact_channel_and_team(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a caller who is asked for the postcode three times, the last time by another team
    says(ivr, a_call(ivr), postcode="EC1A 1BB", reason="billing")
    clock.forward(days=1)
    call = a_call(ivr)
    says(ivr, call, postcode="EC1A 1BB")
    agent.post(f"/contacts/{call}/transfer", {"to_team": "billing # 1", "reason": "a bill"})
    says(agent, call, "agent", postcode="EC1A 1BB")
    # When it is counted, and told again
    count_all()
    # Then each is counted once
    by_fact = report(agent)
    assert by_fact["total"] == {"asked": 4, "repeated": 2, "rate": 0.5}
    assert [(one["value"], one["asked"], one["repeated"]) for one in by_fact["items"]] == [
        ("postcode", 3, 2),
        ("reason", 1, 0),
    ]
    by_team = {one["value"]: (one["asked"], one["repeated"]) for one in report(agent, "team")["items"]}
    assert by_team == {"billing # 1": (1, 1), "none": (3, 1)}
    assert [one["value"] for one in report(agent, "channel")["items"]] == ["voice"]
    # and on its day
    (day,) = {clock.at.date().isoformat()}
    assert report(agent, days=f"&since={day}&until={day}")["total"]["asked"] == 2
    assert report(agent, days="&since=2020-01-01&until=2020-01-02")["total"] == {
        "asked": 0,
        "repeated": 0,
        "rate": 0.0,
    }


@pytest.mark.parametrize(
    "days", ["since=2026-11-02&until=2026-11-01", "since=2020-01-01&until=2026-01-01", "by=x"]
)
def test_bad_days_are_refused(agent: Api, days: str) -> None:
    assert agent.get(f"/reports/repeat-asks?{days}").status == 422


def test_without_days_it_is_the_last_week(agent: Api, clock: Clock) -> None:
    told, today = report(agent), clock.at.date()
    assert (told["since"], told["until"]) == ((today - timedelta(days=6)).isoformat(), today.isoformat())


def test_saving_costs_no_request_more_and_counting_three(ivr: Api, agent: Api, spy: Spy) -> None:
    contact_id = a_call(ivr)
    spy.reset()
    says(ivr, contact_id, reason="billing")
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]
    spy.reset()
    assert [tallying.count_asks(contact_id) for _ in range(2)] == [1, 0]
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems", "GetItem", "Query"]
    spy.reset()
    report(agent)
    assert set(spy.operations) == {"Query"}
    assert all(read["ConsistentRead"] for _, read in spy.reads)


# What resolved cases cost


def effort(agent: Api) -> Any:
    return agent.get("/reports/effort").json


def a_case_over_two_calls(ivr: Api, agent: Api) -> tuple[str, list[str]]:
    """Resolved by the second call, which changed hands."""
    calls = [a_call(ivr), a_call(ivr)]
    whose = agent.get(f"/contacts/{calls[0]}/screen-pop").json["customer"]["customer_id"]
    case_id = agent.post(f"/customers/{whose}/cases", {"subject": "Late parcel"}).json["case_id"]
    ivr.post(f"/contacts/{calls[0]}/end", {"case_id": case_id})
    agent.post(f"/contacts/{calls[1]}/transfer", {"to_team": "billing", "reason": "a bill"})
    agent.post(f"/contacts/{calls[1]}/transfer", {"to_agent": "amara", "kind": "warm", "reason": "a bill"})
    ivr.post(f"/contacts/{calls[1]}/end", {"case_id": case_id, "resolved": True})
    return case_id, calls


@pytest.mark.parametrize("first", ["the case", "the contacts"])
def test_contacts_and_hops_of_a_resolved_case(ivr: Api, agent: Api, first: str) -> None:
    case_id, calls = a_case_over_two_calls(ivr, agent)
    told: list[tuple[str | None, ...]] = [(None,), *((call,) for call in calls)]
    for (contact_id,) in (told if first == "the case" else told[::-1]) * 2:
        tallying.count_effort(case_id, contact_id)
    assert effort(agent)["total"] == {
        "cases": 1,
        "contacts": 2,
        "hops": 1,
        "contacts_per_case": 2.0,
        "hops_per_case": 1.0,
    }
    assert [one["channel"] for one in effort(agent)["items"]] == ["voice"]


def test_a_contact_that_is_another_cases_is_not_counted(ivr: Api, agent: Api) -> None:
    case_id, calls = a_case_over_two_calls(ivr, agent)
    for contact_id in calls:
        tallying.count_effort(case_id, contact_id)
    agent.post(f"/contacts/{calls[0]}/attribution", {"new": True, "reason": "a neighbour"})
    tallying.count_effort(case_id, calls[0])
    assert (effort(agent)["total"]["cases"], effort(agent)["total"]["contacts"]) == (1, 1)
    assert tallying.count_effort("01ARZ3NDEKTSV4RRFFQ69G5FAV") is False


def test_the_stream_counts(client: Client, deps: Deps, ivr: Api, agent: Api) -> None:
    """Given what the stream tells of a contact and of a case, then both are counted, however often it is told."""
    case_id, calls = a_case_over_two_calls(ivr, agent)
    says(ivr, calls[0], reason="billing")
    assert deps
    told = [one.serialize() for one in Item.scan() if isinstance(one, (Contact, Case))] * 2
    records = [
        {"eventID": str(n), "eventName": "INSERT", "dynamodb": {"SequenceNumber": str(n), "NewImage": image}}
        for n, image in enumerate(told)
    ]
    assert client.lambda_.invoke("follow_contact", {"Records": records}).payload["batchItemFailures"] == []
    assert report(agent)["total"]["asked"] == 1
    assert (effort(agent)["total"]["contacts"], effort(agent)["total"]["cases"]) == (2, 1)
    assert sum(isinstance(one, Counted) for one in Item.scan()) == 2
    assert case_id
