"""A contact ends: once, on the timeline, and no longer among the live ones."""

from typing import Any

import pytest

from chalicelib.models import keys
from chalicelib.models.items import ContactSummary, Item
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, an_interaction, facts


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
