"""The main job on the running stack: over HTTP, through the Connect functions, many at once."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.conftest import client_for
from tests.e2e.launching import Description
from tests.events import connect_event

Role = Callable[[str], httpx.Client]
STREAM_SECONDS = 20.0


def a_number() -> str:
    """A number that no other test uses."""
    return f"+4477{uuid4().int % 10**8:08d}"


def a_call(number: str | None, **changed: Any) -> dict[str, Any]:
    body = {
        "channel": "voice",
        "provider": "e2e",
        "provider_contact_id": str(uuid4()),
        "to": {"type": "phone", "value": "+441632960000"},
    }
    return body | ({"from": {"type": "phone", "value": number}} if number else {}) | changed


def test_what_the_caller_keyed_in_is_on_the_agents_screen(api: Role) -> None:
    # Given a customer with an account who wrote yesterday
    ivr, agent = api("ivr"), api("agent")
    number, account = a_number(), uuid4().hex[:12].upper()
    identifiers = [{"type": "account", "value": account, "verified": True}, {"type": "phone", "value": number}]
    ada = agent.post("/customers", json={"name": "Ada Lovelace", "identifiers": identifiers}).json()
    wrote = {
        "channel": "email",
        "from": {"type": "phone", "value": number},
        "occurred_at": "2026-11-20T09:00:00Z",
        "source": "e2e",
        "source_event_id": str(uuid4()),
        "kind": "message",
        "body": "When does it arrive?",
    }
    ivr.post("/interactions", json=wrote)
    # When she rings and keys in what is asked
    begun = ivr.post("/contacts", json=a_call(number, need=["account_number", "postcode"])).json()
    path = f"/contacts/{begun['contact_id']}"
    given = {"account_number": {"value": account}, "postcode": {"value": "LS1 4AP"}}
    saved = ivr.patch(f"{path}/facts", json={"facts": given}).json()
    # Then nothing is left to ask, and it is on the screen with her record and history
    assert (begun["customer_id"], begun["ask"]) == (ada["customer_id"], ["account_number", "postcode"])
    assert (saved["ask"], saved["assurance"]) == ([], 2)
    pop = agent.get(f"{path}/screen-pop").json()
    assert pop["customer"]["name"] == "Ada Lovelace"
    assert pop["facts"]["postcode"]["value"] == "LS1 4AP"
    assert [entry["body"] for entry in pop["timeline"]] == ["When does it arrive?"]
    # and when the call is over, it is part of the history
    ivr.post(f"{path}/end", json={"summary": "Told the day", "resolved": True})
    timeline = agent.get(f"/customers/{ada['customer_id']}/timeline").json()["items"]
    assert [entry["kind"] for entry in timeline] == ["contact", "message"]


def test_the_same_through_amazon_connect(stack: Description, api: Role, aws: Callable[[str], Any]) -> None:
    lambdas, number, contact_id = aws("lambda"), a_number(), str(uuid4())

    def flow(function: str, **parameters: str) -> dict[str, str]:
        event = connect_event(contact_id, number, parameters)
        answer = lambdas.invoke(FunctionName=stack["functions"][function], Payload=json.dumps(event))
        read: dict[str, str] = json.loads(answer["Payload"].read())
        return read

    known = flow("connect_lookup", need="account_number,reason")
    saved = flow("connect_save_facts", reason="late parcel")
    assert (known["matched"], known["ask"]) == ("none", "account_number,reason")
    assert (saved["contact_id"], saved["ask"]) == (known["contact_id"], "account_number")
    found = api("agent").get(f"/screen-pop?provider=amazon-connect&provider_contact_id={contact_id}").json()
    assert found["facts"]["reason"]["value"] == "late parcel"


def test_32_first_contacts_at_once_make_one_customer(stack: Description) -> None:
    number = a_number()
    with client_for(stack, "ivr") as ivr, ThreadPoolExecutor(32) as pool:
        replies = list(pool.map(lambda _: ivr.post("/contacts", json=a_call(number)), range(32)))
    assert [reply.status_code for reply in replies] == [201] * 32
    assert len({reply.json()["customer_id"] for reply in replies}) == 1


def test_the_same_event_ten_times_at_once_is_one_interaction(stack: Description) -> None:
    event = {
        "channel": "sms",
        "from": {"type": "phone", "value": a_number()},
        "occurred_at": "2026-11-20T09:00:00Z",
        "source": "e2e",
        "source_event_id": str(uuid4()),
        "kind": "message",
    }
    with client_for(stack, "ivr") as ivr, ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda _: ivr.post("/interactions", json=event), range(10)))
    assert sorted(reply.status_code for reply in replies) == [200] * 9 + [201]
    assert len({reply.json()["interaction_id"] for reply in replies}) == 1


def test_a_fact_is_in_the_very_next_screen_pop_a_thousand_times(stack: Description) -> None:
    def hundred(_caller: int) -> int:
        with client_for(stack, "ivr") as ivr, client_for(stack, "agent") as agent:
            path = f"/contacts/{ivr.post('/contacts', json=a_call(a_number())).json()['contact_id']}"
            seen = 0
            for number in range(100):
                ivr.patch(f"{path}/facts", json={"facts": {"order_number": {"value": f"N{number}"}}})
                pop = agent.get(f"{path}/screen-pop").json()
                seen += pop["facts"]["order_number"]["value"] == f"N{number}"
            return seen

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(hundred, range(10))) == 1_000


def test_messages_follow_a_contact_to_whom_it_turned_out_to_be(api: Role) -> None:
    # Given a chat from nobody in particular, with a message
    ivr, agent = api("ivr"), api("agent")
    account = uuid4().hex[:12].upper()
    body = {"name": "Ada", "identifiers": [{"type": "account", "value": account}]}
    ada = agent.post("/customers", json=body).json()["customer_id"]
    contact_id = ivr.post("/contacts", json=a_call(None, channel="chat", to=None)).json()["contact_id"]
    message = {
        "channel": "chat",
        "contact_id": contact_id,
        "occurred_at": "2026-11-20T09:00:00Z",
        "source": "e2e",
        "source_event_id": str(uuid4()),
        "kind": "message",
    }
    wrote = ivr.post("/interactions", json=message).json()["interaction_id"]
    # When a fact says who it is
    ivr.patch(f"/contacts/{contact_id}/facts", json={"facts": {"account_number": {"value": account}}})
    # Then the message follows, off the table's stream
    items: list[dict[str, Any]] = []
    deadline = time.monotonic() + STREAM_SECONDS
    while not items and time.monotonic() < deadline:
        time.sleep(0.2)
        items = agent.get(f"/customers/{ada}/timeline").json()["items"]
    assert [entry["interaction_id"] for entry in items] == [wrote]
