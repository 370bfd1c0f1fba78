"""A call is transferred, drops and is rung back, on the running stack, by the flows of Amazon Connect."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.connect import Connect, found
from tests.e2e.launching import Description
from tests.e2e.sent import SENT
from tests.e2e.test_channels import eventually
from tests.e2e.test_main_job import a_number

Role = Callable[[str], httpx.Client]
Json = dict[str, Any]


def test_transferred_twice_and_then_hung_up(stack: Description, api: Role, aws: Callable[[str], Any]) -> None:
    """A withheld call, known by what was keyed in, goes through three teams; nobody asks again."""
    # Given Ada, who calls from a withheld number and keys in her account
    connect, agent, account = Connect(stack, aws), api("agent"), f"A{uuid4().hex[:10]}"
    named = {"name": "Ada", "identifiers": [{"type": "account", "value": account}]}
    ada = agent.post("/customers", json=named).json()["customer_id"]
    SENT.note([account])
    first, second, third = (str(uuid4()) for _ in range(3))
    connect.flow("connect_save_facts", first, "anonymous", account_number=account, reason="billing")
    # When her agent hands the call on, and Connect makes another contact of it, whose flow asks who it is
    contact_id = found(agent, first)["contact"]["contact_id"]
    packet = {
        "to_team": "billing",
        "reason": "Charged twice",
        "tried": "Explained it",
        "promised": "An answer today",
    }
    assert agent.post(f"/contacts/{contact_id}/transfer", json=packet).status_code == 201
    answer = connect.flow("connect_lookup", second, "anonymous", first, need="account_number,reason")
    # Then that flow knows, and the next agent's screen shows why
    assert (answer["customer_id"], answer["ask"]) == (ada, "")
    shown = found(agent, second)
    assert {name: shown["transfer"][name] for name in packet} == packet
    assert shown["facts"]["reason"]["value"] == "billing"
    # and so it is after another transfer, whose flow names the contact before it
    again = connect.flow("connect_lookup", third, "anonymous", second, need="account_number,reason")
    assert (again["customer_id"], again["ask"]) == (ada, "")
    last = found(agent, third)
    assert last["transfer"]["transfer_id"] == shown["transfer"]["transfer_id"]
    assert last["contact"]["previous_contact_id"] == shown["contact"]["contact_id"]
    assert agent.post(f"/contacts/{last['contact']['contact_id']}/end", json={}).status_code == 200


def test_the_call_drops_and_is_rung_back(stack: Description, api: Role, aws: Callable[[str], Any]) -> None:
    """Within ten minutes from the same number: straight back into the case, nothing asked again."""
    connect, agent, number = Connect(stack, aws), api("agent"), a_number()
    named = {"name": "Ada", "identifiers": [{"type": "phone", "value": number}]}
    ada = agent.post("/customers", json=named).json()["customer_id"]
    case_id = agent.post(f"/customers/{ada}/cases", json={"subject": "Late parcel"}).json()["case_id"]
    first, again = str(uuid4()), str(uuid4())
    connect.flow("connect_save_facts", first, number, reason="billing")
    contact_id = found(agent, first)["contact"]["contact_id"]
    # Given that the line went dead while it was worked on
    assert agent.post(f"/contacts/{contact_id}/end", json={"case_id": case_id}).status_code == 200
    # When she rings back
    answer = connect.flow("connect_lookup", again, number, need="reason")
    # Then she goes on where she was
    assert answer["ask"] == ""
    pop = found(agent, again)
    assert pop["contact"]["continues"] == {
        "contact_id": contact_id,
        "channel": "voice",
        "case_id": case_id,
        "via": "ring_back",
    }
    assert pop["contact"]["case_id"] == case_id


def test_what_is_asked_again_is_reported(stack: Description, api: Role, aws: Callable[[str], Any]) -> None:
    connect, agent, number = Connect(stack, aws), api("agent"), a_number()
    team = f"team-{uuid4().hex[:8]}"
    first = str(uuid4())
    connect.flow("connect_save_facts", first, number, product="broadband")
    contact_id = found(agent, first)["contact"]["contact_id"]
    agent.post(f"/contacts/{contact_id}/transfer", json={"to_team": team, "reason": "It is slow"})
    agent.patch(f"/contacts/{contact_id}/facts", json={"facts": {"product": {"value": "broadband"}}})

    def reported() -> Json | None:
        reply = agent.get("/reports/repeat-asks", params={"by": "team"})
        listed = reply.json().get("items", []) if reply.status_code == httpx.codes.OK else []
        return next((one for one in listed if one["value"] == team), None)

    assert eventually(reported) == {"value": team, "asked": 1, "repeated": 1, "rate": 1.0}
