"""The audit log of the running stack: a file of its own, in which each call is one event."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.audit_log import is_audit
from tests.e2e.test_main_job import a_call, a_number

Role = Callable[[str], httpx.Client]
Audited = Callable[[str], list[dict[str, Any]]]

PRINTED_SECONDS = 10.0


@pytest.fixture
def audited(stack_folder: Path) -> Audited:
    """`audited(correlation_id)` is what the audit log has of that call, once there is something."""

    def of(correlation_id: str) -> list[dict[str, Any]]:
        deadline = time.monotonic() + PRINTED_SECONDS
        while True:
            found = [event for event in _events(stack_folder) if event["correlation_id"] == correlation_id]
            if found or time.monotonic() > deadline:
                return found
            time.sleep(0.1)

    return of


def _events(stack_folder: Path) -> Iterator[dict[str, Any]]:
    for file in (stack_folder / "logs").glob("audit.log*"):
        yield from map(json.loads, file.read_text().splitlines())


def test_who_saw_and_who_changed_a_record_is_one_event_each(api: Role, audited: Audited) -> None:
    # Given a call
    ivr, agent, saving, popping = api("ivr"), api("agent"), uuid4().hex, uuid4().hex
    begun = ivr.post("/contacts", json=a_call(a_number())).json()
    path = f"/contacts/{begun['contact_id']}"
    # When a fact is saved and an agent looks
    ivr.patch(
        f"{path}/facts",
        json={"facts": {"reason": {"value": "a late parcel"}}},
        headers={"X-Correlation-Id": saving},
    )
    agent.get(f"{path}/screen-pop", headers={"X-Correlation-Id": popping, "X-Purpose": "call-back"})
    # Then each is there once, with who, role, what for, and whose records
    (saved,), (popped,) = audited(saving), audited(popping)
    records = {name: [begun[name]] for name in ("contact_id", "customer_id")}
    assert (saved["who"], saved["role"], saved["purpose"]) == ("ivr-flows", "ivr", "facts:save")
    assert (saved["records"], saved["changed"], saved["outcome"]) == (records, ["facts.reason"], 200)
    assert (popped["who"], popped["role"], popped["purpose"]) == ("agent-amara", "agent", "call-back")
    assert (popped["records"], popped["changed"], popped["outcome"]) == (records, [], 200)
    assert saved["audit_id"] != popped["audit_id"]


def test_the_audit_log_and_the_functions_log_are_apart(api: Role, audited: Audited, stack_folder: Path) -> None:
    # Given a call that both logs have
    looked = uuid4().hex
    api("agent").get(f"/customers/{'0' * 26}", headers={"X-Correlation-Id": looked})
    assert [event["outcome"] for event in audited(looked)] == [404]
    # Then no event is among the functions' lines, and nothing else among the events
    printed = [
        line.split(" ", 1)[1]
        for file in (stack_folder / "logs").glob("functions.log*")
        for line in file.read_text().splitlines()
    ]
    assert any(looked in line for line in printed)
    assert not any(is_audit(line) for line in printed)
    assert {event["service"] for event in _events(stack_folder)} == {"throughline-audit"}
