"""Audit: who saw or changed which record, and what for; never a value of it."""

import json
import os
import subprocess
import sys
from io import StringIO
from typing import Any

import pytest
from chalice.test import Client

from infra.audit_log import is_audit
from tests.conftest import Api, Spy
from tests.events import connect_event
from tests.factories import a_contact, an_interaction, facts


def events(trail: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in trail.getvalue().splitlines()]


def test_every_change_and_view_says_who_what_and_what_for(ivr: Api, agent: Api, trail: StringIO) -> None:
    contact = ivr.post("/contacts", a_contact()).json
    ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(reason="billing", name="Ada"))
    agent.get(f"/contacts/{contact['contact_id']}/screen-pop", **{"X-Purpose": "call-back"})
    started, saved, popped = events(trail)
    ids = {"contact_id": [contact["contact_id"]], "customer_id": [contact["customer_id"]]}
    assert {event["service"] for event in (started, saved, popped)} == {"throughline-audit"}
    assert (started["message"], started["who"], started["role"]) == ("contacts:start", "ivr-1", "ivr")
    assert (started["outcome"], started["records"], started["purpose"]) == (201, ids, "contacts:start")
    assert (saved["changed"], saved["records"]) == (["facts.name", "facts.reason"], ids)
    assert (popped["who"], popped["purpose"], popped["changed"]) == ("agent-1", "call-back", [])
    assert popped["records"] == ids


def test_a_list_names_every_record_that_was_shown(agent: Api, ivr: Api, trail: StringIO) -> None:
    made = [ivr.post("/interactions", an_interaction()).json for _ in range(2)]
    agent.get(f"/customers/{made[0]['customer_id']}/timeline")
    shown = events(trail)[-1]["records"]
    assert set(shown["interaction_id"]) == {one["interaction_id"] for one in made}
    assert shown["customer_id"] == [made[0]["customer_id"]]


def test_the_other_side_of_a_relation_is_named_too(agent: Api, trail: StringIO) -> None:
    ada, bob = (agent.post("/customers", {"name": name}).json["customer_id"] for name in ("Ada", "Bob"))
    agent.post(f"/customers/{ada}/relations", {"customer_id": bob, "relation": "household"})
    agent.delete(f"/customers/{ada}/relations/{bob}")
    assert [event["records"] for event in events(trail)[-2:]] == [{"customer_id": [ada, bob]}] * 2


def test_what_was_refused_is_on_it_too(ivr: Api, agent: Api, trail: StringIO) -> None:
    ivr.get("/contacts/01ARZ3NDEKTSV4RRFFQ69G5FAV/screen-pop")
    agent.get("/contacts/01ARZ3NDEKTSV4RRFFQ69G5FAV/screen-pop")
    refused, missing = events(trail)
    named = {"contact_id": ["01ARZ3NDEKTSV4RRFFQ69G5FAV"]}
    assert (refused["outcome"], refused["message"], refused["records"]) == (403, "screen_pop:read", named)
    assert (missing["outcome"], missing["records"]) == (404, named)


def test_what_is_no_id_of_a_record_is_not_on_it(ivr: Api, trail: StringIO) -> None:
    ivr.get("/contacts/ada%40example.com/screen-pop")
    assert [event["records"] for event in events(trail)] == [{}]
    assert "ada" not in trail.getvalue()


def test_a_merge_names_both_records(agent: Api, trail: StringIO) -> None:
    ada, other = (agent.post("/customers", {"name": "Ada"}).json["customer_id"] for _ in range(2))
    merge_id = agent.post(f"/customers/{ada}/merges", {"other_customer_id": other}).json["merge_id"]
    agent.delete(f"/merges/{merge_id}")
    assert [event["records"] for event in events(trail)[-2:]] == [{"customer_id": [ada, other]}] * 2


def test_connect_is_a_caller_like_others(client: Client, trail: StringIO) -> None:
    answer = client.lambda_.invoke("connect_lookup", connect_event(parameters={"reason": "billing"})).payload
    (event,) = events(trail)
    assert (event["message"], event["role"], event["changed"]) == ("connect_lookup", "ivr", ["facts.reason"])
    assert event["records"]["customer_id"] == [answer["customer_id"]]


def test_a_visitor_goes_by_a_pseudonym(ivr: Api, trail: StringIO) -> None:
    ivr.as_("visitor").post("/contacts", a_contact(None, channel="chat", provider="web", to=None))
    assert "visitor-1" not in trail.getvalue()


def test_each_event_is_told_from_another_and_from_other_lines(ivr: Api, trail: StringIO) -> None:
    body, id_of_ours = a_contact(), "the-same-trace-id"
    for _ in range(2):
        ivr.post("/contacts", body, **{"X-Correlation-Id": id_of_ours})
    first, again = events(trail)
    assert first["correlation_id"] == again["correlation_id"] == id_of_ours
    assert first["audit_id"] != again["audit_id"]
    assert all(is_audit(line) for line in trail.getvalue().splitlines())


@pytest.mark.parametrize(
    "line",
    [
        "",
        "throughline-audit",
        '{"service": "throughline-api", "message": "throughline-audit"}',
        '{"service": "throughline-api", "said": {"service": "throughline-audit"}}',
        '"throughline-audit"',
        '["service", "throughline-audit"]',
        '{"service": "throughline-audit", "cut',
    ],
)
def test_no_other_line_passes_for_an_event(line: str) -> None:
    assert not is_audit(line)


def test_turning_the_logs_down_does_not_turn_off_the_audit() -> None:
    """Given functions that log errors only, when somebody is answered, then the audit has it all the same."""
    answered = (
        "from chalicelib.audit import audit\n"
        "from chalicelib.rules.access import Caller, Role\n"
        "audit(Caller(Role.AGENT, 'agent-1'), 'screen_pop:read', purpose=None, outcome=200,"
        " correlation_id='c', path={}, answer={})"
    )
    environment = os.environ | {"LOG_LEVEL": "ERROR", "POWERTOOLS_LOG_LEVEL": "ERROR"}
    printed = subprocess.run(  # noqa: S603 - a command of our own
        [sys.executable, "-c", answered], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert json.loads(printed)["who"] == "agent-1"


def test_it_costs_no_request_and_no_value_is_on_it(ivr: Api, agent: Api, spy: Spy, trail: StringIO) -> None:
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    ivr.patch(f"/contacts/{contact_id}/facts", facts(name="Ada Lovelace", account_number="12345678"))
    spy.reset()
    agent.get(f"/contacts/{contact_id}/screen-pop")
    assert len(spy.operations) == 2
    assert len(events(trail)) == 3
    for said in ("Lovelace", "12345678", "7700900123"):
        assert said not in trail.getvalue()


@pytest.mark.parametrize("purpose", ["", "Calling Ada", "x" * 65, "a\nb"])
def test_a_purpose_is_one_word(agent: Api, purpose: str) -> None:
    reply = agent.get("/customers/01ARZ3NDEKTSV4RRFFQ69G5FAV", **{"X-Purpose": purpose})
    assert reply.status == 422
    assert reply.json["errors"][0]["field"] == "X-Purpose"
