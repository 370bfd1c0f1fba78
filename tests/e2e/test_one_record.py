"""One record on the running stack: explained, corrected, merged, undone, by role and audited."""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.test_audit import Audited, audited
from tests.e2e.test_main_job import a_call, a_number

__all__ = ["audited"]  # a fixture

Role = Callable[[str], httpx.Client]
STREAM_SECONDS = 20.0


def a_customer(agent: httpx.Client, name: str, number: str, **more: Any) -> str:
    known_by = [{"type": "phone", "value": number, "verified": True}]
    made = agent.post("/customers", json={"name": name, "identifiers": known_by} | more)
    assert made.status_code == 201, made.text
    return str(made.json()["customer_id"])


def write(ivr: httpx.Client, number: str, body: str) -> dict[str, Any]:
    event = {
        "channel": "sms",
        "from": {"type": "phone", "value": number},
        "occurred_at": "2026-11-20T09:00:00Z",
        "source": "e2e",
        "source_event_id": str(uuid4()),
        "kind": "message",
        "body": body,
    }
    answer: dict[str, Any] = ivr.post("/interactions", json=event).json()
    return answer


def call(ivr: httpx.Client, number: str, **changed: Any) -> dict[str, Any]:
    answer: dict[str, Any] = ivr.post("/contacts", json=a_call(number, **changed)).json()
    return answer


def pop(agent: httpx.Client, contact_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = agent.get(f"/contacts/{contact_id}/screen-pop").json()
    return answer


def written(agent: httpx.Client, customer_id: str) -> list[str]:
    items = agent.get(f"/customers/{customer_id}/timeline").json()["items"]
    return sorted(entry["body"] for entry in items if entry["kind"] == "message")


def decided(agent: httpx.Client, customer_id: str) -> list[tuple[str, str | None]]:
    items = agent.get(f"/customers/{customer_id}/decisions").json()["items"]
    return [(entry["decided"], entry["other_customer_id"]) for entry in items]


def eventually(look: Callable[[], Any], expected: Any) -> None:
    """What follows off the table's stream is there within seconds."""
    deadline = time.monotonic() + STREAM_SECONDS
    while (seen := look()) != expected and time.monotonic() < deadline:
        time.sleep(0.2)
    assert seen == expected


def test_two_records_are_merged_and_given_back_with_what_came_since(api: Role) -> None:
    # Given one person on two records, each with a history
    ivr, agent = api("ivr"), api("agent")
    home, mobile = a_number(), a_number()
    ada = a_customer(agent, "Ada Lovelace", home, consent={"post": True})
    other = a_customer(agent, "A. Lovelace", mobile, consent={"post": False})
    write(ivr, home, "Where is my parcel?")
    write(ivr, mobile, "It still is not here.")
    # When it is asked what a merge would do, then all of it is told and nothing is done
    asked = {"other_customer_id": other, "reason": "both say so", "dry_run": True}
    told = agent.post(f"/customers/{ada}/merges", json=asked)
    assert (told.status_code, told.json()["merge_id"]) == (200, None)
    effects = told.json()["effects"]
    assert (effects["customer_id"], effects["members"]) == (ada, [ada, other])
    rules = {one["field"]: (one["kept"], one["rule"]) for one in effects["fields"]}
    assert rules["consent.post"] == (False, "stricter")
    assert rules["name"] == ("Ada Lovelace", "surviving_record")
    assert agent.get(f"/customers/{other}").json()["members"] == []
    # When they are merged
    made = agent.post(f"/customers/{ada}/merges", json=asked | {"dry_run": False})
    assert (made.status_code, made.json()["effects"]) == (201, effects)
    # Then the old id is understood, and a call to either number pops both
    for customer_id in (ada, other):
        person = agent.get(f"/customers/{customer_id}").json()
        assert (person["customer_id"], person["members"]) == (ada, [ada, other])
        assert person["consent"] == {"post": False}
    begun = call(ivr, mobile)
    seen = pop(agent, begun["contact_id"])
    assert begun["customer_id"] == seen["customer"]["customer_id"] == ada
    assert {entry["body"] for entry in seen["timeline"]} == {"Where is my parcel?", "It still is not here."}
    # and what comes in is answered with the one id
    assert write(ivr, mobile, "It came.")["customer_id"] == ada
    ivr.patch(f"/contacts/{begun['contact_id']}/facts", json={"facts": {"reason": {"value": "a late parcel"}}})
    assert written(agent, other) == ["It came.", "It still is not here.", "Where is my parcel?"]
    # When it is undone
    undone = agent.delete(made.headers["Location"].removeprefix("/v1"))
    assert (undone.status_code, undone.json()["undone_by"]["role"]) == (200, "agent")
    # Then each has its own again, with what came since
    assert written(agent, ada) == ["Where is my parcel?"]
    assert written(agent, other) == ["It came.", "It still is not here."]
    assert agent.get(f"/customers/{ada}").json()["consent"] == {"post": True}
    assert pop(agent, begun["contact_id"])["customer"]["customer_id"] == other
    assert agent.get(f"/customers/{ada}/facts").json()["facts"] == {}
    assert set(agent.get(f"/customers/{other}/facts").json()["facts"]) == {"reason"}
    # and both ledgers tell it
    for one, another in ((ada, other), (other, ada)):
        assert decided(agent, one)[:2] == [("unmerged", another), ("merged", another)]


def test_a_call_is_attributed_and_goes_back_with_what_hangs_on_it(api: Role) -> None:
    # Given a call on Ada's phone, with a message on it
    ivr, agent = api("ivr"), api("agent")
    number = a_number()
    ada, bob = a_customer(agent, "Ada", number), a_customer(agent, "Bob", a_number())
    contact_id = call(ivr, number)["contact_id"]
    message = {
        "channel": "chat",
        "contact_id": contact_id,
        "occurred_at": "2026-11-20T09:00:00Z",
        "source": "e2e",
        "source_event_id": str(uuid4()),
        "kind": "message",
        "body": "I am her neighbour",
    }
    ivr.post("/interactions", json=message)
    path = f"/contacts/{contact_id}/attribution"
    # When the agent says that it is Bob's
    moved = agent.post(path, json={"customer_id": bob, "reason": "her neighbour"}).json()
    # Then it is, at once, and what hangs on it follows
    assert (moved["customer_id"], moved["match"]["reasons"][0]) == (bob, {"attributed": True})
    assert pop(agent, contact_id)["customer"]["customer_id"] == bob
    eventually(lambda: (written(agent, ada), written(agent, bob)), ([], ["I am her neighbour"]))
    # When that is taken back, then all of it comes back
    assert agent.delete(path).json()["customer_id"] == ada
    eventually(lambda: (written(agent, ada), written(agent, bob)), (["I am her neighbour"], []))
    for one, another in ((ada, bob), (bob, ada)):
        assert decided(agent, one)[:2] == [("attribution_undone", another), ("contact_attributed", another)]


def test_a_number_of_two_asks_and_a_fact_decides(api: Role) -> None:
    # Given a number that two share, who differ in their accounts and names
    ivr, agent = api("ivr"), api("agent")
    number, accounts = a_number(), [uuid4().hex[:12].upper() for _ in "ab"]
    people = [
        agent.post(
            "/customers",
            json={
                "name": name,
                "identifiers": [{"type": "phone", "value": number}, {"type": "account", "value": account}],
            },
        ).json()["customer_id"]
        for name, account in zip(("Ada Lovelace", "Charles Babbage"), accounts, strict=True)
    ]
    # When it rings
    begun = call(ivr, number, need=["reason"])
    # Then it is one of the two, and the first question tells them apart
    assert (begun["match"]["result"], begun["customer_id"]) == ("many", None)
    assert {one["customer_id"] for one in begun["candidates"]} == set(people)
    assert begun["ask"] == ["account_number", "reason"]
    seen = pop(agent, begun["contact_id"])
    assert {one["name"] for one in seen["candidates"]} == {"Ada Lovelace", "Charles Babbage"}
    # When that is answered, then it is decided
    answered = {"facts": {"account_number": {"value": accounts[1]}}}
    saved = ivr.patch(f"/contacts/{begun['contact_id']}/facts", json=answered).json()
    assert (saved["match"]["result"], saved["customer_id"], saved["candidates"]) == ("one", people[1], [])
    assert pop(agent, begun["contact_id"])["customer"]["name"] == "Charles Babbage"


def test_this_is_not_them_is_never_proposed_again(api: Role) -> None:
    # Given a call on a number that two share
    ivr, agent = api("ivr"), api("agent")
    number = a_number()
    ada, bob = (a_customer(agent, name, number) for name in ("Ada", "Bob"))
    contact_id = call(ivr, number)["contact_id"]
    # When the agent says that it is not Ada
    said = {"not_customer_id": ada, "reason": "a man's voice"}
    agent.post(f"/contacts/{contact_id}/attribution", json=said)
    # Then nothing that is said proposes her for it again
    facts = {"name": {"value": "Ada"}, "reason": {"value": "a parcel"}}
    saved = ivr.patch(f"/contacts/{contact_id}/facts", json={"facts": facts}).json()
    seen = pop(agent, contact_id)
    for answer in (saved, seen):
        assert ada not in {one["customer_id"] for one in answer["candidates"]}
    assert (saved["customer_id"] or bob) == bob
    # while another call from the number may be hers as before
    assert {one["customer_id"] for one in call(ivr, number)["candidates"]} == {ada, bob}


def test_who_may_speak_for_whom_is_in_the_pop(api: Role) -> None:
    # Given a mother for whom her son may speak
    ivr, agent = api("ivr"), api("agent")
    hers, his = a_number(), a_number()
    mother, son = a_customer(agent, "Edith Marlowe", hers), a_customer(agent, "Piers Marlowe", his)
    relation = {"customer_id": mother, "relation": "speaks_for", "may_be_told": ["billing"]}
    assert agent.post(f"/customers/{son}/relations", json=relation).status_code == 201
    # When either rings, then the agent sees it from their side
    for number, kind, other, name in (
        (his, "speaks_for", mother, "Edith Marlowe"),
        (hers, "spoken_for_by", son, "Piers Marlowe"),
    ):
        (entry,) = pop(agent, call(ivr, number)["contact_id"])["customer"]["relations"]
        assert (entry["relation"], entry["customer_id"], entry["name"]) == (kind, other, name)
        assert entry["may_be_told"] == ["billing"]
    # and it is no reason to take the one for the other
    assert call(ivr, his)["customer_id"] == son


@pytest.mark.parametrize("role", ["marketing", "portal", "ivr", "visitor", "social"])
def test_who_may_not_merge_is_refused_and_that_is_audited(api: Role, audited: Audited, role: str) -> None:
    # Given two records, one of them merged already
    agent = api("agent")
    ada, other, third = (a_customer(agent, "Ada", a_number()) for _ in range(3))
    merge_id = agent.post(f"/customers/{ada}/merges", json={"other_customer_id": third}).json()["merge_id"]
    # When somebody tries who may not
    trying, undoing = uuid4().hex, uuid4().hex
    with_id = {"X-Correlation-Id": trying}
    refused = api(role).post(f"/customers/{ada}/merges", json={"other_customer_id": other}, headers=with_id)
    kept = api(role).delete(f"/merges/{merge_id}", headers={"X-Correlation-Id": undoing})
    # Then nothing is done
    assert (refused.status_code, kept.status_code) == (403, 403)
    assert agent.get(f"/customers/{other}").json()["members"] == []
    assert agent.get(f"/customers/{third}").json()["members"] == [ada, third]
    # and the audit log says who tried what, and on whom
    for correlation_id in (trying, undoing):
        (event,) = audited(correlation_id)
        assert (event["role"], event["purpose"], event["outcome"]) == (role, "customers:merge", 403)
    (event,) = audited(trying)
    assert event["records"] == {"customer_id": [ada]}


def test_a_merge_is_audited_with_both_records(api: Role, audited: Audited) -> None:
    agent, merging = api("agent"), uuid4().hex
    ada, other = (a_customer(agent, "Ada", a_number()) for _ in range(2))
    body = {"other_customer_id": other}
    agent.post(f"/customers/{ada}/merges", json=body, headers={"X-Correlation-Id": merging})
    (event,) = audited(merging)
    assert (event["role"], event["outcome"], event["changed"]) == ("agent", 201, ["other_customer_id"])
    assert set(event["records"]["customer_id"]) == {ada, other}
