"""From a form that failed in a browser to the sentence on the agent's screen, on the running stack."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.local.issuer import Issuer
from tests.e2e.browser import FAILED, PAGE, batch, beacon, event, failing
from tests.e2e.launching import Description

Api = Callable[[str], httpx.Client]


def test_a_browser_asks_before_it_sends(stack: Description) -> None:
    for path, origin, allowed in (
        ("/journeys/events", PAGE, True),
        ("/contacts", PAGE, True),
        ("/journeys/events", "https://evil.example", False),
    ):
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        }
        reply = httpx.options(stack["api_url"] + path, headers=asked, timeout=60)
        assert reply.status_code == 204
        assert reply.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
        assert ("Authorization" in reply.headers.get("Access-Control-Allow-Headers", "")) == allowed
        assert ("POST" in reply.headers.get("Access-Control-Allow-Methods", "")) == allowed
        assert reply.headers["Vary"] == "Origin"


def test_what_failed_in_a_browser_is_on_the_agents_screen(stack: Description, api: Api, visitor: str) -> None:
    # Given a visitor whose browser tells what went wrong as the page is left, twice
    told = batch(stack, visitor, *failing())
    replies = [beacon(stack, told) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [202, 202]
    assert replies[0].json() == {"accepted": 3, "duplicates": 0, "ignored": 0}
    assert replies[1].json() == {"accepted": 0, "duplicates": 3, "ignored": 0}
    assert replies[0].headers["Access-Control-Allow-Origin"] == PAGE
    # When they begin a chat
    chat = {"channel": "chat", "provider": "web", "provider_contact_id": uuid4().hex}
    begun = api("visitor").post("/contacts", json=chat, headers={"Authorization": f"Bearer {visitor}"})
    assert begun.status_code == 201
    # Then the agent reads it, and need not ask for what was typed
    pop = api("agent").get(f"/contacts/{begun.json()['contact_id']}/screen-pop").json()
    (journey,) = pop["recent_journey"]
    assert journey["sentence"] == FAILED
    assert pop["facts"]["postcode"]["value"] == journey["facts"]["postcode"]["value"] == "LS1 4AQ"
    entry = api("agent").get(f"/interactions/{journey['interaction_id']}").json()
    assert (entry["kind"], entry["subject"]) == ("journey", "change address")


def test_who_signs_in_and_then_rings_up(stack: Description, api: Api, issuer: Issuer, visitor: str) -> None:
    # Given a customer who tried as nobody, and then signed in
    number, desk = f"+4477009{int(uuid4().int % 100000):05}", api("agent")
    listed = [{"type": "phone", "value": number, "verified": True}]
    ann = desk.post("/customers", json={"name": "Ann Teller", "identifiers": listed}).json()["customer_id"]
    beacon(stack, batch(stack, visitor, *failing()[:2]))
    signed_in = issuer.token("visitor", "user-of-the-site", ann)
    reply = beacon(stack, batch(stack, signed_in, event("give_up", 4.5), visitor_token=visitor))
    assert reply.json()["accepted"] == 1
    # When she rings up
    call = {"channel": "voice", "provider": "demo", "provider_contact_id": uuid4().hex, "from": listed[0]}
    call["from"] = {"type": "phone", "value": number}
    contact = api("ivr").post("/contacts", json=call).json()
    # Then all of it is on the screen, as one
    pop = desk.get(f"/contacts/{contact['contact_id']}/screen-pop").json()
    assert (pop["customer"]["customer_id"], [one["sentence"] for one in pop["recent_journey"]]) == (ann, [FAILED])


@pytest.mark.parametrize(
    ("change", "status", "fields"),
    [
        ({"events": [event("give_up", 1), event("dance", 1)]}, 422, ["events.1.type"]),
        ({"events": []}, 422, ["events"]),
        ({"sent_at": "soon", "screen": {}}, 422, ["screen.id", "screen.device", "sent_at"]),
        ({"key": "pk_unknown"}, 403, []),
        ({"token": "x.y.z"}, 401, []),
        ({"token": None}, 401, []),
        ({"visitor_token": "x.y.z"}, 401, []),
    ],
)
def test_what_cannot_be_taken_in(
    stack: Description, visitor: str, change: dict[str, Any], status: int, fields: list[str]
) -> None:
    reply = beacon(stack, batch(stack, visitor, event("page", 1), **change))
    assert reply.status_code == status, reply.text
    assert [error["field"] for error in reply.json().get("errors", [])] == fields
    # and the page may read why
    assert reply.headers["Access-Control-Allow-Origin"] == PAGE
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_a_page_of_another_origin_may_not(stack: Description, visitor: str) -> None:
    reply = beacon(stack, batch(stack, visitor, event("page", 1)), origin="https://evil.example")
    assert (reply.status_code, reply.headers.get("Access-Control-Allow-Origin")) == (403, None)
    assert beacon(stack, b'"nothing"').status_code == 401


def test_one_visitor_opens_nothing_of_another(stack: Description, api: Api, issuer: Issuer, visitor: str) -> None:
    beacon(stack, batch(stack, visitor, *failing()))
    other = {"Authorization": f"Bearer {issuer.token('visitor', f'visitor-{uuid4().hex}')}"}
    chat = {"channel": "chat", "provider": "web", "provider_contact_id": uuid4().hex}
    begun = api("visitor").post("/contacts", json=chat, headers=other).json()
    assert begun["known"] == {}
    pop = api("agent").get(f"/contacts/{begun['contact_id']}/screen-pop").json()
    assert (pop["recent_journey"], pop["timeline"], pop["facts"]) == ([], [], {})


def test_without_consent_nothing_is_kept(stack: Description, visitor: str) -> None:
    reply = beacon(stack, batch(stack, visitor, *failing(), consent={"journeys": False}))
    assert (reply.status_code, reply.json()) == (202, {"accepted": 0, "duplicates": 0, "ignored": 3})
