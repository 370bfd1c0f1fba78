"""Markup and injection strings in every field: they come out as the data that they are, wherever they come out."""

import json
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.models.items import Item
from chalicelib.rules.access import Role
from tests.channels.twilio import WHATSAPP, a_form
from tests.conftest import Api, Reply
from tests.events import connect_event
from tests.factories import a_contact, an_interaction, facts
from tests.provider import Provider
from tests.sockets import Sockets
from tests.unit.test_journeys import a_batch, an_event

ATTACKS = [
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'>",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> %0d%0aSet-Cookie: a=b",
    "'; DROP TABLE customers; -- \" OR 1=1 #C#!HEAD%23",
    "</Response></Say><Dial>+900</Dial> ]]> &lt;&amp; <!ENTITY x SYSTEM 'file:///etc/passwd'>",
]


@pytest.fixture(params=ATTACKS, ids=["markup", "templates", "queries", "xml"])
def attack(request: pytest.FixtureRequest) -> str:
    text: str = request.param
    return text


def inert(reply: Reply) -> Any:
    """As JSON that no browser takes for a page: the answer."""
    assert reply.status < 500, reply
    assert reply.headers["Content-Type"] in {"application/json", "application/problem+json"}
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert all("\n" not in value and "\r" not in value for value in reply.headers.values())
    return reply.json


def taken(reply: Reply) -> Any:
    """What was accepted as it was sent."""
    assert reply.status < 300, reply.json
    return inert(reply)


def test_what_a_browser_tells_is_text_to_the_agent(client: Client, ivr: Api, agent: Api, attack: str) -> None:
    # Given a visitor whose journey, chat and name are an attack
    visitor, short = ivr.as_("visitor"), attack[:59].strip()
    named = {
        "task": short,
        "field": short,
        "step": short,
        "page": attack,
    }
    told = [
        an_event("form_error", 5, error=attack, **named),
        an_event(
            "form",
            4,
            task=short,
            facts={"name": attack, "reason": attack, short: attack},
        ),
        an_event("search", 3, query=attack),
        an_event("article", 2, article=attack, helped=False),
    ]
    assert inert(visitor.post("/journeys/events", a_batch(*told, screen=short)))["accepted"] == 4
    sockets = Sockets(client)
    ends = sockets.open(Role.VISITOR, "visitor-1"), sockets.open(Role.AGENT, "agent-1")
    contact_id = ends[0].say("start", id="s", name=attack, subject=attack, facts={"reason": attack})["contact_id"]
    ends[1].say("take", id="t", contact_id=contact_id, name=short)
    for end in ends:
        end.say("send", id="m", contact_id=contact_id, text=attack)
    # Then both ends are pushed what was written, and the agent's screen has it as it is
    for end in ends:
        assert attack in [frame.get("text") for frame in end.pushed]
    resumed = ends[0].say("resume", id="r", contact_id=contact_id)["messages"]
    assert [one["text"] for one in resumed] == [attack, attack]
    pop = inert(agent.get(f"/contacts/{contact_id}/screen-pop"))
    (journey,) = pop["recent_journey"]
    assert journey["failures"] == [{"place": short, "times": 1, "error": attack}]
    assert pop["facts"]["reason"]["value"] == attack
    customer = pop["customer"]["customer_id"]
    timeline = inert(agent.get(f"/customers/{customer}/timeline"))["items"]
    assert [one["body"] for one in timeline if one["kind"] == "message"] == [attack, attack]
    for entry in timeline:
        inert(agent.get(f"/interactions/{entry['interaction_id']}"))
    # and no frame was refused in words of its own
    refused = ends[0].say("send", id="x", contact_id=contact_id, text=attack, more=attack)
    assert attack not in json.dumps(refused)


def test_what_anybody_writes_is_text_on_every_page(ivr: Api, agent: Api, attack: str) -> None:
    # Given a record, of which every text is an attack
    known = facts(name=attack, reason=attack, free_text=attack, product=attack)
    made = taken(agent.post("/customers", {"name": attack, "attributes": {"note": attack}} | known))
    customer = f"/customers/{made['customer_id']}"
    number = {"type": "phone", "value": "+447700900123", "verified": True}
    taken(agent.post(f"{customer}/identifiers", number))
    case = taken(agent.post(f"{customer}/cases", {"subject": attack, "description": attack}))
    contact = taken(ivr.post("/contacts", a_contact(attributes={"note": attack}, need=["reason"])))
    on_it = f"/contacts/{contact['contact_id']}"
    said = {"contact_id": contact["contact_id"], "subject": attack, "body": attack, "attributes": {"a": attack}}
    wrote = taken(ivr.post("/interactions", an_interaction(**said)))
    packet = {"to_team": "billing", "reason": attack, "note": attack, "tried": attack}
    handed = taken(agent.post(f"{on_it}/transfer", packet))
    ended = taken(agent.post(f"{on_it}/end", {"summary": attack, "disposition": "done", "ask_feedback": True}))
    taken(ivr.post(f"{on_it}/feedback", {"score": 1, "scale": "nps", "words": attack}))
    # Then each page has it as it is
    assert (made["name"], case["subject"], ended["summary"]) == (attack, attack, attack)
    for path in (
        customer,
        f"{customer}/facts",
        f"{customer}/timeline",
        f"{customer}/cases",
        f"/cases/{case['case_id']}",
        f"/interactions/{wrote['interaction_id']}",
        f"{on_it}/screen-pop",
    ):
        assert attack in told(inert(agent.get(path))), path
    for path in (f"{customer}/decisions", f"{customer}/identifiers", f"/cases/{case['case_id']}/history"):
        inert(agent.get(path))
    assert handed


def told(answer: Any) -> list[str]:
    """Every text in an answer."""
    if isinstance(answer, dict):
        return [text for value in answer.values() for text in told(value)]
    if isinstance(answer, list):
        return [text for value in answer for text in told(value)]
    return [answer] if isinstance(answer, str) else []


def test_a_flow_and_a_provider_are_answered_in_their_own_form(
    client: Client, provider: Provider, agent: Api, attack: str
) -> None:
    # Given somebody whose name and case are an attack
    number = {"type": "phone", "value": "+447700900123", "verified": True}
    made = agent.post("/customers", {"name": attack, "identifiers": [number]}).json
    agent.post(f"/customers/{made['customer_id']}/cases", {"subject": attack})
    # Then a flow is told flat text on one line
    saved = connect_event(parameters={"reason": attack, "need": attack}, Attributes={attack[:20]: attack})
    for function in ("connect_lookup", "connect_save_facts"):
        answer = client.lambda_.invoke(function, saved).payload
        assert all(isinstance(text, str) and "\n" not in text for text in answer.values())
        assert (answer["customer_name"], answer["open_case_subject"]) == (attack, attack)
    # and a provider gets the same document, whatever was written
    replies = {provider.send(a_form(WHATSAPP, Body=text, ProfileName=text)).body for text in (attack, "hello")}
    assert replies == {b'<?xml version="1.0" encoding="UTF-8"?><Response/>'}
    assert provider.process() == []


def test_what_is_refused_does_not_come_back(agent: Api, attack: str) -> None:
    for reply in (
        agent.post("/contacts", {"channel": attack, "provider": attack, "from": attack}),
        agent.post("/contacts", a_contact(None) | {"from": {"type": "email", "value": attack}}),
        agent.post("/customers", {"name": attack, "attributes": attack}),
        agent.get("/customers?identifier_type=email&identifier=%3Cscript%3E"),
        agent.get("/customers?colour=%3Cscript%3E"),
        agent.get("/contacts/%3Cscript%3E/screen-pop"),
    ):
        assert 400 <= reply.status < 500
        assert attack not in json.dumps(inert(reply))
        assert "<script>" not in json.dumps(reply.json)
    assert list(Item.scan()) == []


def test_the_page_of_the_api_has_no_script_and_may_load_none(agent: Api) -> None:
    page = agent.get("/docs")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
