"""A video session is a contact with a link, a length and who was there."""

from typing import Any

import pytest

from tests.conftest import Api, Clock
from tests.factories import a_contact

LINK = "https://meet.example.com/rooms/4711-the-router-of-ada-osei"
ADA, JONAS = {"name": "Ada Osei", "role": "customer"}, {"name": "Jonas", "role": "agent"}
SUE = {"name": "Sue", "joined_at": "2026-11-22T09:05:00Z", "left_at": "2026-11-22T09:20:00Z"}


def a_session(**changed: Any) -> dict[str, Any]:
    return a_contact(channel="video", provider="meet") | {"link": LINK, "participants": [ADA]} | changed


def a_pop(agent: Api, contact_id: str) -> Any:
    return agent.get(f"/contacts/{contact_id}/screen-pop").json


def as_shown(one: dict[str, Any]) -> dict[str, Any]:
    return {"role": "guest", "joined_at": None, "left_at": None} | one


def test_a_session_from_start_to_end(agent: Api, clock: Clock) -> None:
    # Given a session that an agent began with a customer
    begun = agent.post("/contacts", a_session()).json
    contact = a_pop(agent, begun["contact_id"])["contact"]
    assert (contact["channel"], contact["link"], contact["participants"]) == ("video", LINK, [as_shown(ADA)])
    assert contact["duration_seconds"] is None
    # When it is over
    clock.forward(minutes=21)
    told = {"summary": "The router is set up", "participants": [ADA, JONAS, SUE]}
    ended = agent.post(f"/contacts/{begun['contact_id']}/end", told).json
    # Then it says how long it took and who was there
    assert (ended["duration_seconds"], ended["link"]) == (21 * 60, LINK)
    assert ended["participants"] == [as_shown(one) for one in (ADA, JONAS, SUE)]
    # and so does the timeline
    (entry,) = a_pop(agent, begun["contact_id"])["timeline"]
    assert (entry["channel"], entry["body"]) == ("video", "The router is set up")
    whole = agent.get(f"/interactions/{entry['interaction_id']}").json["attributes"]
    assert whole == {
        "ended_at": "2026-11-22T09:21:00.000000Z",
        "duration_seconds": "1260",
        "participants": "Ada Osei, Jonas, Sue",
        "link": LINK,
    }
    assert entry["attributes"] == {name: whole[name] for name in ("ended_at", "duration_seconds", "participants")}
    assert entry["truncated"]


@pytest.mark.parametrize(
    ("told", "seconds"), [("09:20:30", 1_230), ("08:00:00", 0), ("11:00:00", 2 * 60 * 60 - 1)]
)
def test_an_end_that_is_told_late_was_when_it_was(agent: Api, clock: Clock, told: str, seconds: int) -> None:
    # Given a session whose end is told when it is long over: then it took as long as it did
    session = a_session()
    begun = agent.post("/contacts", session).json
    clock.forward(hours=2, seconds=-1)
    on_it, end = f"/contacts/{begun['contact_id']}/end", {"ended_at": f"2026-11-22T{told}Z", "participants": [SUE]}
    first = agent.post(on_it, end).json
    assert first["duration_seconds"] == seconds
    # and what is told twice, or after it, changes nothing
    clock.forward(minutes=5)
    assert agent.post(on_it, end | {"participants": [JONAS]}).json == first
    assert agent.post("/contacts", session | {"participants": [JONAS]}).status == 200
    assert a_pop(agent, begun["contact_id"])["contact"]["participants"] == [as_shown(SUE)]


def test_who_was_there_at_the_start_was_there_unless_it_is_said_otherwise(agent: Api) -> None:
    begun = agent.post("/contacts", a_session()).json
    assert agent.post(f"/contacts/{begun['contact_id']}/end", {}).json["participants"] == [as_shown(ADA)]


def test_a_provider_that_told_first_does_not_keep_the_link_away(agent: Api) -> None:
    heard = a_session(participants=[], link=None)
    del heard["from"], heard["to"]
    first = agent.post("/contacts", heard).json
    again = agent.post("/contacts", a_session(provider_contact_id=heard["provider_contact_id"])).json
    assert first["contact_id"] == again["contact_id"]
    contact = a_pop(agent, first["contact_id"])["contact"]
    assert (contact["link"], contact["participants"]) == (LINK, [as_shown(ADA)])


def test_marketing_sees_that_there_was_a_session(agent: Api) -> None:
    begun = agent.post("/contacts", a_session()).json
    agent.post(f"/contacts/{begun['contact_id']}/end", {})
    pop = a_pop(agent.as_("marketing"), begun["contact_id"])
    assert (pop["contact"]["link"], pop["contact"]["participants"]) == (None, [])
    assert "Ada" not in str(pop)
    assert LINK not in str(pop)


@pytest.mark.parametrize("said", [{"link": LINK}, {"participants": [JONAS]}])
def test_a_visitor_does_not_say_where_to_meet_whom(ivr: Api, said: dict[str, Any]) -> None:
    body = a_contact(None, channel="video", provider="web", to=None) | said
    assert ivr.as_("visitor").post("/contacts", body).status == 403


@pytest.mark.parametrize(
    "link",
    [
        "http://meet.example.com/r",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "https://",
        "https://meet.example.com@evil.example/r",
        "https://meet.example.com/r<br> x",
        "https://[::1",
        "https://meet.example.com/\n",
        "//meet.example.com",
    ],
)
def test_a_link_is_a_page_and_nothing_else(agent: Api, link: str) -> None:
    reply = agent.post("/contacts", a_session(link=link + "\x00" if link.endswith("\n") else link))
    assert reply.status == 422
    assert [error["field"] for error in reply.json["errors"]] == ["link"]


def test_nobody_leaves_before_they_come(agent: Api) -> None:
    turned = SUE | {"joined_at": SUE["left_at"], "left_at": SUE["joined_at"]}
    reply = agent.post("/contacts", a_session(participants=[ADA, turned]))
    assert [error["field"] for error in reply.json["errors"]] == ["participants.1"]
