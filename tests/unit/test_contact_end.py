"""A contact ends: once, on the timeline, and no longer among the live ones."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.models import keys, store
from chalicelib.models.items import ContactSummary, Item
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, an_interaction, facts
from tests.unit.test_progress import Line


def a_call(ivr: Api, clock: Clock, caller: str | None = "+447700900123", **more: Any) -> str:
    """A call; the clock moves on, so that each begins later than the one before."""
    clock.forward(seconds=1)
    reply = ivr.post("/contacts", a_contact(caller, **more))
    assert reply.status == 201, reply
    return str(reply.json["contact_id"])


def pop_of(agent: Api, contact_id: str) -> Any:
    return agent.get(f"/contacts/{contact_id}/screen-pop").json


def live(agent: Api, contact_id: str) -> tuple[list[str], int]:
    """The live contacts that a pop shows, and how many more there are."""
    pop = pop_of(agent, contact_id)
    return [contact["contact_id"] for contact in pop["live_contacts"]], pop["more_live_contacts"]


def past(customer_id: str) -> dict[str, str]:
    """The contacts that left the head, and how they are."""
    filed = ContactSummary.query(keys.customer(customer_id), Item.SK.startswith(keys.PAST_CONTACTS))
    return {contact.contact_id: contact.status for contact in filed}


def test_a_contact_that_ends_is_on_the_timeline(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given a call
    contact_id = a_call(ivr, clock, attributes={"language": "en-GB"})
    customer_id = pop_of(agent, contact_id)["customer"]["customer_id"]
    clock.forward(minutes=10)
    # When it ends
    body = {"disposition": "answered", "summary": "Wants a new router.", "resolved": False}
    ended = ivr.post(f"/contacts/{contact_id}/end", body)
    # Then it says so
    assert ended.status == 200
    assert ended.json["status"] == "ended"
    assert ended.json["started_at"] == "2026-11-22T09:00:01Z"
    assert ended.json["ended_at"] == "2026-11-22T09:10:01Z"
    assert (ended.json["disposition"], ended.json["resolved"]) == ("answered", False)
    # and it is one entry on the timeline, where it began, and not live any more
    pop = pop_of(agent, contact_id)
    assert (pop["live_contacts"], pop["more_live_contacts"]) == ([], 0)
    assert pop["contact"] == ended.json
    (entry,) = pop["timeline"]
    assert (entry["kind"], entry["channel"], entry["contact_id"]) == ("contact", "voice", contact_id)
    assert (entry["subject"], entry["body"]) == ("answered", "Wants a new router.")
    assert entry["occurred_at"] == "2026-11-22T09:00:01Z"
    assert entry["attributes"] == {"ended_at": "2026-11-22T09:10:01.000000Z"}
    assert agent.get(f"/customers/{customer_id}/timeline").json["items"] == [entry]
    assert agent.get(f"/interactions/{entry['interaction_id']}").json["customer_id"] == customer_id
    assert past(customer_id) == {contact_id: "ended"}


def test_a_contact_ends_once(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given a call that has ended, and another
    contact_id, other = a_call(ivr, clock), a_call(ivr, clock)
    first = ivr.post(f"/contacts/{contact_id}/end", {"disposition": "answered"})
    clock.forward(hours=1)
    # When it is ended again, otherwise
    again = agent.post(f"/contacts/{contact_id}/end", {"disposition": "abandoned", "resolved": True})
    # Then nothing has changed
    assert (again.status, again.json) == (200, first.json)
    assert len(pop_of(agent, contact_id)["timeline"]) == 1
    assert live(agent, contact_id) == ([other], 0)
    # nor does starting it again revive it
    started = ivr.post("/contacts", a_contact(provider_contact_id=first.json["provider_contact_id"]))
    assert (started.status, started.json["contact_id"]) == (200, contact_id)
    assert live(agent, contact_id) == ([other], 0)


def test_facts_outlive_the_contact(agent: Api, ivr: Api, clock: Clock) -> None:
    contact_id = a_call(ivr, clock)
    ivr.patch(f"/contacts/{contact_id}/facts", facts(product="Fibre 100"))
    ivr.post(f"/contacts/{contact_id}/end", {})
    # what is saved after the end, as a flow does that was cut off, is kept too
    late = ivr.patch(f"/contacts/{contact_id}/facts", facts(reason="billing"))
    assert late.status == 200
    again = a_call(ivr, clock)
    pop = pop_of(agent, again)
    assert {name: fact["value"] for name, fact in pop["facts"].items()} == {
        "product": "Fibre 100",
        "reason": "billing",
    }
    assert live(agent, again) == ([again], 0)


def test_a_contact_of_nobody_ends(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given a call from a withheld number
    contact_id = a_call(ivr, clock, "anonymous")
    # When it ends, twice
    replies = [ivr.post(f"/contacts/{contact_id}/end", {"disposition": "abandoned"}) for _ in range(2)]
    # Then it is over, and that is told where it is
    assert [reply.status for reply in replies] == [200, 200]
    pop = pop_of(agent, contact_id)
    assert (pop["customer"], pop["contact"]["status"]) == (None, "ended")
    assert [(entry["kind"], entry["subject"]) for entry in pop["timeline"]] == [("contact", "abandoned")]


def test_a_contact_that_finds_its_customer_after_the_end_is_not_live(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given Ada, and a call of nobody's that has ended
    ada = agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "account", "value": "1"}]}).json
    contact_id = a_call(ivr, clock, None)
    ivr.post(f"/contacts/{contact_id}/end", {})
    # When it turns out to have been Ada's
    saved = ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="1")).json
    # Then it is, and is over
    assert saved["customer_id"] == ada["customer_id"]
    assert live(agent, contact_id) == ([], 0)


def test_the_newest_live_contacts_are_shown_and_the_others_counted(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given eight live contacts of one customer
    calls = [a_call(ivr, clock) for _ in range(8)]
    newest_first = calls[::-1]
    customer_id = pop_of(agent, calls[0])["customer"]["customer_id"]
    # Then the newest five are shown, and three more said to be there
    assert live(agent, calls[0]) == (newest_first[:5], 3)
    assert past(customer_id) == dict.fromkeys(calls[:3], "live")
    # When a shown one ends
    ivr.post(f"/contacts/{calls[6]}/end", {})
    # Then one less is shown
    shown = [calls[7], *calls[5:2:-1]]
    assert live(agent, calls[0]) == (shown, 3)
    # and when those that are not shown end, one after the other, fewer are counted
    for left, contact_id in ((2, calls[1]), (1, calls[0]), (0, calls[2])):
        assert ivr.post(f"/contacts/{contact_id}/end", {}).status == 200
        assert live(agent, calls[0]) == (shown, left)
    # and a new one is shown beside them
    newest = a_call(ivr, clock)
    assert live(agent, newest) == ([newest, *shown], 0)
    # until all have ended, each once on the timeline
    for contact_id in (newest, *shown):
        ivr.post(f"/contacts/{contact_id}/end", {})
    assert live(agent, newest) == ([], 0)
    entries = pop_of(agent, newest)["timeline"]
    assert [entry["contact_id"] for entry in entries] == [newest, *newest_first]
    assert past(customer_id) == dict.fromkeys([*calls, newest], "ended")


def test_what_is_kept_of_an_end(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given a call that is over
    contact_id = a_call(ivr, clock, attributes={"summary": "Wants a new router."})
    clock.forward(minutes=10)
    ended = ivr.post(f"/contacts/{contact_id}/end", {}, **{"X-Correlation-Id": "ended-01"}).json
    # Then its entry has all that is known of it; what was handed over as a summary is one
    (entry,) = pop_of(agent, contact_id)["timeline"]
    kept = store.get_event(entry["interaction_id"])
    assert (kept.channel, kept.direction, kept.source) == ("voice", "inbound", "throughline")
    assert (kept.source_event_id, kept.contact_id) == (f"{contact_id}:ended", contact_id)
    assert (kept.subject, kept.body, kept.case_id) == (None, "Wants a new router.", ended["case_id"])
    assert (kept.received_at, kept.correlation_id) == (clock(), "ended-01")
    assert kept.captured_by == {"role": "system", "subject": "throughline"}
    contact = store.get_contact(contact_id)
    assert (kept.customer_id, kept.match, kept.assurance) == (
        contact.customer_id,
        contact.match,
        contact.assurance,
    )
    assert kept.match["result"] == "none"
    assert (contact.summary, contact.ended_by, ended["customer_id"]) == (kept.body, None, contact.customer_id)


@pytest.mark.parametrize(
    ("begun", "end", "there"),
    [
        ({}, {"participants": [{"name": "Jonas"}]}, {"duration_seconds": "60", "participants": "Jonas"}),
        (
            {"link": "https://meet.example.com/1"},
            {},
            {"duration_seconds": "60", "link": "https://meet.example.com/1"},
        ),
    ],
)
def test_of_who_was_there_and_where_only_what_is_known_is_told(
    agent: Api, clock: Clock, begun: Any, end: Any, there: Any
) -> None:
    contact_id = a_call(agent, clock, **begun)
    clock.forward(minutes=1)
    agent.post(f"/contacts/{contact_id}/end", end)
    (entry,) = pop_of(agent, contact_id)["timeline"]
    told = store.get_event(entry["interaction_id"]).attributes
    assert told == {"ended_at": "2026-11-22T09:01:01.000000Z"} | there


def test_what_was_ended_here_is_not_wrapped_up(ivr: Api, agent: Api, clock: Clock) -> None:
    contact_id = a_call(ivr, clock)
    first = ivr.post(f"/contacts/{contact_id}/end", {}).json
    assert agent.post(f"/contacts/{contact_id}/end", {"disposition": "answered"}).json == first


def taken_to_be_over(contact_id: str, clock: Clock) -> None:
    """The schedule has ended it, a minute after it began."""
    contact = store.get_contact(contact_id)
    contact.ended_by, contact.ended_at = "schedule", contact.started_at + timedelta(minutes=1)
    contact.save()
    clock.forward(hours=1)


@pytest.mark.parametrize(
    "said",
    [
        {"disposition": "answered"},
        {"summary": "Wants a new router."},
        {"resolved": False},
        {"follow_ups": [{"what": "Ring", "due_at": "2026-11-23T12:00:00Z", "team": "delivery"}]},
        {"ask_feedback": True},
    ],
)
def test_what_was_wrapped_up_is_wrapped_up(ivr: Api, agent: Api, clock: Clock, said: Any) -> None:
    # Given a call whose provider told that it is over, with a summary, and that an agent has wrapped up
    contact_id = a_call(ivr, clock, attributes={"summary": "A router"})
    ivr.post(f"/contacts/{contact_id}/end", {})
    contact = store.get_contact(contact_id)
    contact.phase = "ended"
    contact.save()
    first = agent.post(f"/contacts/{contact_id}/end", said).json
    # When somebody wraps it up again, then that changes nothing
    again = {"disposition": "other", "summary": "other", "resolved": True}
    assert agent.post(f"/contacts/{contact_id}/end", again).json == first
    assert pop_of(agent, contact_id)["more_live_contacts"] == 0


@pytest.mark.parametrize(
    ("said", "ended_at"),
    [
        ({"ended_at": "2026-11-22T09:30:00Z"}, "2026-11-22T09:30:00Z"),
        ({"ended_at": "2026-11-22T08:00:00Z"}, "2026-11-22T09:00:01Z"),
        ({}, "2026-11-22T10:00:01Z"),
    ],
)
def test_an_agent_says_when_it_was_over_that_was_only_taken_to_be(
    ivr: Api, agent: Api, clock: Clock, said: Any, ended_at: str
) -> None:
    # Given a call that was taken to be over, and another of the same customer's that goes on
    contact_id = a_call(ivr, clock)
    ivr.post(f"/contacts/{contact_id}/end", {})
    taken_to_be_over(contact_id, clock)
    other = a_call(ivr, clock)
    clock.forward(seconds=-1)
    # When its agent wraps it up
    case_id = agent.post(f"/customers/{customer_of(contact_id)}/cases", {"subject": "Router"}).json["case_id"]
    ended = agent.post(f"/contacts/{contact_id}/end", {"disposition": "answered", "case_id": case_id} | said).json
    # Then that is when it was over, wherever it is told, and the other goes on
    assert (ended["ended_at"], ended["case_id"]) == (ended_at, case_id)
    assert store.get_contact(contact_id).ended_by is None
    (entry,) = pop_of(agent, contact_id)["timeline"]
    assert (entry["subject"], entry["case_id"]) == ("answered", case_id)
    assert entry["attributes"] == {"ended_at": ended_at.replace("Z", ".000000Z")}
    assert live(agent, contact_id) == ([other], 0)


def customer_of(contact_id: str) -> str:
    return str(store.get_contact(contact_id).customer_id)


def test_what_is_nobodys_has_no_case(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a case of somebody's, and a call of nobody's
    other = a_call(ivr, clock)
    case_id = agent.post(f"/customers/{customer_of(other)}/cases", {"subject": "Router"}).json["case_id"]
    contact_id = a_call(ivr, clock, "anonymous")
    # Then it does not end with that, nor is it wrapped up with it
    for _ in range(2):
        refused = agent.post(f"/contacts/{contact_id}/end", {"case_id": case_id})
        assert (refused.status, refused.json["detail"]) == (409, "a contact without a customer has no case")
        assert agent.post(f"/contacts/{contact_id}/end", {}).status == 200
        taken_to_be_over(contact_id, clock)


def two_who_are_one(agent: Api, *numbers: str) -> list[str]:
    """The ids of both, the one by which the person goes first."""
    ids = [
        agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "phone", "value": one}]}).json[
            "customer_id"
        ]
        for one in numbers
    ]
    assert agent.post(f"/customers/{ids[0]}/merges", {"other_customer_id": ids[1], "reason": "one"}).status == 201
    return ids


def test_a_call_of_who_is_one_with_another_ends(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given Ada, who has two records, and a case on the one
    ada, other = two_who_are_one(agent, "+447700900123", "+447700900124")
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "Router"}).json["case_id"]
    # When a call that came to the other resolves it, twice
    contact_id = a_call(ivr, clock, "+447700900124")
    ends = [agent.post(f"/contacts/{contact_id}/end", {"case_id": case_id, "resolved": True}) for _ in range(2)]
    # Then it is hers, by the id by which she goes, how it found its case is told, and nothing is open or live
    assert [reply.json["customer_id"] for reply in ends] == [ada, ada]
    assert (ends[0].json["case_id"], ends[0].json["case"]["by"]) == (case_id, "named")
    assert agent.get(f"/cases/{case_id}").json["status"] == "resolved"
    assert live(agent, contact_id) == ([], 0)
    heads = store.list_heads([ada, other])
    assert [(profile.open_cases, profile.live_contacts) for profile, _ in heads] == [(0, 0), (0, 0)]


@pytest.mark.parametrize("number", ["+447700900123", "+447700900124"])
def test_a_call_that_opens_its_case_and_drops_is_gone_on_with(
    ivr: Api, agent: Api, clock: Clock, number: str
) -> None:
    # Given Ada, who has two records, and a call to either that said what it is about, and dropped
    ada, other = two_who_are_one(agent, "+447700900123", "+447700900124")
    contact_id = a_call(ivr, clock, number)
    ivr.patch(f"/contacts/{contact_id}/facts", facts(reason="a late parcel"))
    case_id = ivr.post(f"/contacts/{contact_id}/end", {}).json["case_id"]
    # When she rings back, then it is about the case that it opened
    again = pop_of(agent, a_call(ivr, clock, number))
    assert (again["contact"]["continues"]["contact_id"], again["contact"]["case_id"]) == (contact_id, case_id)
    assert [case["case_id"] for case in again["open_cases"]] == [case_id]
    heads = store.list_heads([ada, other])
    assert sorted(profile.open_cases for profile, _ in heads) == [0, 1]
    assert sorted(profile.live_contacts for profile, _ in heads) == [0, 1]


def test_a_number_as_it_is_dialled_at_home_rings_back_too(ivr: Api, clock: Clock) -> None:
    first = a_call(ivr, clock, "07700 900123", to=None)
    assert ivr.post(f"/contacts/{first}/end", {}).status == 200
    clock.forward(minutes=1)
    again = ivr.post("/contacts", a_contact("07700 900123", to=None)).json
    assert again["continues"]["contact_id"] == first


def test_what_its_provider_ended_is_resolved_by_whoever_wraps_it_up(agent: Api, deps: Deps) -> None:
    # Given a call that its provider told to be over, and that opened a case
    line = Line(deps)
    call = line.tells("ringing", 0).contact_id
    agent.patch(f"/contacts/{call}/facts", facts("ivr", verified=False, reason="refund"))
    ended = line.tells("ended", 60)
    assert store.get_profile(ended.customer_id).open_cases == 1
    # When its agent says that it was resolved, then so is its case
    assert agent.post(f"/contacts/{call}/end", {"resolved": True}).status == 200
    assert store.get_case(ended.case_id).status == "resolved"
    profile = store.get_profile(ended.customer_id)
    assert (profile.open_cases, profile.live_contacts) == (0, 0)


def test_a_call_of_no_case_that_drops_is_gone_on_with(ivr: Api, clock: Clock) -> None:
    contact_id = a_call(ivr, clock)
    assert ivr.post(f"/contacts/{contact_id}/end", {}).json["case_id"] is None
    assert ivr.post("/contacts", a_contact()).json["continues"]["contact_id"] == contact_id


def test_ending_costs_two_reads_and_one_transaction(ivr: Api, clock: Clock, spy: Spy) -> None:
    contact_id = a_call(ivr, clock)
    spy.reset()
    ivr.post(f"/contacts/{contact_id}/end", {})
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]
    assert all(asked["ConsistentRead"] for _, asked in spy.reads)


def test_a_message_after_the_end_is_on_the_timeline(agent: Api, ivr: Api, clock: Clock) -> None:
    contact_id = a_call(ivr, clock)
    ivr.post(f"/contacts/{contact_id}/end", {})
    late = ivr.post("/interactions", an_interaction(contact_id=contact_id, occurred_at="2026-11-22T09:05:00Z"))
    assert (late.status, late.json["contact_id"]) == (201, contact_id)
    assert [entry["kind"] for entry in pop_of(agent, contact_id)["timeline"]] == ["message", "contact"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"resolved": "yes"}, "resolved"),
        ({"summary": "x" * 4_001}, "summary"),
        ({"disposition": "a\nb"}, "disposition"),
        ({"case_id": "1"}, "case_id"),
        ({"started_at": "2026-11-22T09:00:00Z"}, "started_at"),
        ({"ended_at": "yesterday"}, "ended_at"),
    ],
)
def test_an_end_that_is_wrong(ivr: Api, clock: Clock, body: Any, field: str) -> None:
    contact_id = a_call(ivr, clock)
    reply = ivr.post(f"/contacts/{contact_id}/end", body)
    assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, [field])


def test_no_such_contact(ivr: Api) -> None:
    assert ivr.post("/contacts/01ARZ3NDEKTSV4RRFFQ69G5FAV/end", {}).status == 404
