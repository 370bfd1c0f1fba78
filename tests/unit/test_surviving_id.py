"""Whoever was merged goes by one id: the surviving record's, in every answer, and their own again after."""

from typing import Any

import pytest
from chalice.test import Client

from tests.conftest import Api, Spy
from tests.events import connect_event
from tests.factories import a_contact, an_interaction, facts, phone
from tests.unit.test_merges import merged, with_phone
from tests.unit.test_stream import Stream


@pytest.fixture
def two(agent: Api, ivr: Api) -> dict[str, str]:
    """Two records of one person; the second has a history of its own."""
    home, mobile = phone(), phone()
    ada, other = with_phone(agent, home), with_phone(agent, mobile)
    wrote = ivr.post("/interactions", an_interaction(**{"from": {"type": "phone", "value": mobile}})).json
    case = agent.post(f"/customers/{other}/cases", {"subject": "Late parcel"}).json
    call = ivr.post("/contacts", a_contact(mobile)).json
    ids = {"interaction": wrote["interaction_id"], "case": case["case_id"], "contact": call["contact_id"]}
    return {"ada": ada, "other": other, "home": home, "mobile": mobile} | ids


def named(agent: Api, two: dict[str, str]) -> dict[str, Any]:
    """Everything that says whose something of the second record is, by the id of either."""
    ivr, other, mobile = agent.as_("ivr"), two["other"], two["mobile"]
    given = {"type": "phone", "value": mobile}
    path = f"/contacts/{two['contact']}"
    pop = agent.get(f"{path}/screen-pop").json
    looked = ivr.post("/lookup", {"identifiers": [given]}).json
    began = ivr.post("/contacts", a_contact(mobile)).json
    saved = ivr.patch(f"{path}/facts", facts(reason="late")).json
    opened = agent.post(f"/customers/{other}/cases", {"subject": "Wrong bill"}, **{"Idempotency-Key": "one"})
    again = agent.post(f"/customers/{other}/cases", {"subject": "Wrong bill"}, **{"Idempotency-Key": "one"})
    ended = [ivr.post(f"/contacts/{began['contact_id']}/end", {}).json["customer_id"] for _ in range(2)]
    event = an_interaction(**{"from": given})
    captured = [ivr.post("/interactions", event).json["customer_id"] for _ in range(2)]
    by_id = ivr.post("/interactions", an_interaction(customer_id=other)).json
    found = agent.get(f"/customers?identifier_type=phone&identifier=%2B{mobile[1:]}").json["items"]
    event = connect_event("call-of-other", mobile, {})
    flow = agent.client.lambda_.invoke("connect_lookup", event).payload
    return {
        "interaction": agent.get(f"/interactions/{two['interaction']}").json["customer_id"],
        "case": agent.get(f"/cases/{two['case']}").json["customer_id"],
        "cases": {case["customer_id"] for case in agent.get(f"/customers/{other}/cases").json["items"]},
        "opened": {opened.json["customer_id"], again.json["customer_id"]},
        "pop": {pop["contact"]["customer_id"], pop["customer"]["customer_id"]},
        "cases of the pop": {case["customer_id"] for case in pop["open_cases"]},
        "looked up": {looked["customer_id"], looked["open_cases"][0]["customer_id"]},
        "began": {began["customer_id"], began["open_cases"][0]["customer_id"]},
        "saved": {saved["customer_id"], saved["open_cases"][0]["customer_id"]},
        "ended": set(ended),
        "captured": {*captured, by_id["customer_id"]},
        "found": {one["customer_id"] for one in found},
        "Connect": flow["customer_id"],
    }


def all_of(answered: dict[str, Any]) -> set[str]:
    sets = (one if isinstance(one, set) else {one} for one in answered.values())
    return set().union(*sets)


def test_every_answer_names_the_surviving_record(agent: Api, two: dict[str, str]) -> None:
    # Given two records, of which each goes by its own id
    assert all_of(named(agent, two)) == {two["other"]}
    # When they are merged
    merge_id = merged(agent, two["ada"], two["other"])
    # Then every answer has the surviving record's id, and the old one is still understood
    answered = named(agent, two)
    assert all_of(answered) == {two["ada"]}, answered
    # When it is undone
    agent.delete(f"/merges/{merge_id}")
    # Then every answer has its own again
    answered = named(agent, two)
    assert all_of(answered) == {two["other"]}, answered


def test_what_is_sent_again_after_the_merge_is_answered_with_the_id_of_now(
    agent: Api, ivr: Api, two: dict[str, str]
) -> None:
    # Given an event and a call from before a merge
    event = an_interaction(**{"from": {"type": "phone", "value": two["mobile"]}})
    call = a_contact(two["mobile"])
    before = [ivr.post(path, body).json for path, body in (("/interactions", event), ("/contacts", call))]
    merged(agent, two["ada"], two["other"])
    # When they are sent again
    after = [ivr.post(path, body) for path, body in (("/interactions", event), ("/contacts", call))]
    # Then it is the same event and the same call, of the person as it is now
    assert [reply.status for reply in after] == [200, 200]
    assert [one["customer_id"] for one in before] == [two["other"]] * 2
    assert [reply.json["customer_id"] for reply in after] == [two["ada"]] * 2
    assert after[0].json["interaction_id"] == before[0]["interaction_id"]
    assert after[1].json["contact_id"] == before[1]["contact_id"]


def test_what_was_attributed_away_is_answered_with_whose_it_is_now(
    agent: Api, ivr: Api, two: dict[str, str], client: Client
) -> None:
    # Given a message from a number, on a contact that went to somebody else, who is merged
    contact, event = two["contact"], an_interaction(contact_id=two["contact"])
    wrote = ivr.post("/interactions", event).json
    third, fourth = with_phone(agent, phone()), with_phone(agent, phone())
    stream = Stream(client)
    attribution = {"customer_id": fourth, "reason": "a wrong number"}
    stream.told(contact, lambda: agent.post(f"/contacts/{contact}/attribution", attribution))
    merged(agent, third, fourth)
    # When it is sent again, before and after it has followed
    again = [ivr.post("/interactions", event).json["customer_id"]]
    assert stream.deliver() == []
    again.append(ivr.post("/interactions", event).json["customer_id"])
    # Then it is whose it was at that time
    assert again == [two["other"], third]
    assert agent.get(f"/interactions/{wrote['interaction_id']}").json["customer_id"] == third


def test_what_it_costs(agent: Api, ivr: Api, two: dict[str, str], spy: Spy) -> None:
    """Reading a case or an interaction costs one read more: of whom it came to, who may go by another id."""
    merged(agent, two["ada"], two["other"])
    for path in (f"/interactions/{two['interaction']}", f"/cases/{two['case']}"):
        spy.reset()
        agent.get(path)
        assert spy.operations == ["GetItem", "GetItem"]
        assert all(asked["ConsistentRead"] for _, asked in spy.reads)
    event = an_interaction(**{"from": {"type": "phone", "value": two["mobile"]}})
    ivr.post("/interactions", event)
    spy.reset()
    ivr.post("/interactions", event)
    found = ["Query", "Query", "Query", "GetItem"]  # the case that the message asks about is read to be moved on
    assert spy.operations == [*found, "TransactWriteItems", "GetItem"]
