"""Every answer carries the correlation id, every log line too, and no line carries what people said."""

import json
from collections.abc import Iterator
from io import StringIO
from logging import StreamHandler
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.models.connection import StoreConnection
from chalicelib.observability import logger
from chalicelib.services.deps import Deps
from tests.conftest import Api, put_under
from tests.events import connect_event
from tests.factories import a_contact, an_interaction, facts


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the product logs, formatted as it is in Lambda."""
    written = StringIO()
    handler = StreamHandler(written)
    handler.setFormatter(logger.registered_formatter)
    logger.addHandler(handler)
    yield written
    logger.handlers.remove(handler)


def lines(written: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.splitlines() if line.startswith("{")]


def test_the_correlation_id_goes_through(ivr: Api, agent: Api, log: StringIO) -> None:
    begun = ivr.post("/contacts", a_contact(), **{"X-Correlation-Id": "my-trace-12345"})
    assert begun.headers["X-Correlation-Id"] == "my-trace-12345"
    odd = agent.get("/customers/x", **{"X-Correlation-Id": "no spaces allowed"})
    assert odd.headers["X-Correlation-Id"] == odd.json["correlation_id"] != "no spaces allowed"
    logged = lines(log.getvalue())
    assert [line["correlation_id"] for line in logged] == ["my-trace-12345", odd.json["correlation_id"]]
    assert [line["status"] for line in logged] == [201, 404]


def test_logs_carry_nothing_that_people_said(
    ivr: Api, agent: Api, client: Client, log: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = {
        *("+447700900123", "7700900123", "Lovelace", "12345678", "1990-01-31", "ada@example.com"),
        *("EC1A 1BB", "my parcel", "agent-1", "ivr-1"),
    }
    contact = ivr.post("/contacts", a_contact()).json
    path = f"/contacts/{contact['contact_id']}"
    ivr.patch(f"{path}/facts", facts(account_number="12345678", date_of_birth="1990-01-31", name="Ada Lovelace"))
    ivr.patch(f"{path}/facts", facts(email="ada@example.com", postcode="EC1A 1BB", phone="+447700900123"))
    ivr.patch(f"{path}/facts", facts(email="ada@example.com@"))
    ivr.post("/interactions", an_interaction(body="my parcel"))
    agent.get(f"{path}/screen-pop")
    agent.get("/customers?identifier_type=phone&identifier=%2B447700900123")
    client.lambda_.invoke("connect_lookup", connect_event(parameters={"name": "Ada Lovelace"}))
    agent.post(f"{path}/end", {"summary": "my parcel"})
    out = capsys.readouterr()
    assert len(lines(log.getvalue())) == 9
    for secret in secrets:
        assert secret not in log.getvalue() + out.out + out.err


def test_metrics_count_what_happens(ivr: Api, agent: Api, capsys: pytest.CaptureFixture[str]) -> None:
    body = a_contact()
    contact = ivr.post("/contacts", body).json
    ivr.post("/contacts", body)
    ivr.post("/contacts", a_contact())
    ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(name="Ada", reason="billing"))
    agent.get(f"/contacts/{contact['contact_id']}/screen-pop")
    event = an_interaction()
    ivr.post("/interactions", event)
    ivr.post("/interactions", event)
    counted: dict[str, float] = {}
    for line in lines(capsys.readouterr().out):
        for metric in line.get("_aws", {}).get("CloudWatchMetrics", [{}])[0].get("Metrics", []):
            counted[metric["Name"]] = counted.get(metric["Name"], 0) + sum(line[metric["Name"]])
    assert counted == {
        "LookupsNone": 1,
        "LookupsOne": 1,
        "Duplicates": 2,
        "FactsSaved": 2,
        "ScreenPops": 1,
        "Captures": 1,
    }


class Crashing(StoreConnection):
    """A mistake of ours, whose message quotes what was said."""

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        raise RuntimeError(f"{operation_name} of +447700900123 {operation_kwargs}")


def test_a_mistake_of_ours_is_a_clear_500_and_its_message_is_not_logged(
    ivr: Api, client: Client, deps: Deps, log: StringIO
) -> None:
    put_under(Crashing, deps)
    reply = ivr.post("/contacts", a_contact("+447700900123"))
    answer = client.lambda_.invoke("connect_lookup", connect_event()).payload
    assert (reply.status, reply.json["code"]) == (500, "internal_error")
    assert (answer["matched"], answer["reason"]) == ("none", "internal_error")
    crashes = [line for line in lines(log.getvalue()) if line["message"] == "crash"]
    assert [crash["error"] for crash in crashes] == ["RuntimeError", "RuntimeError"]
    assert all(any("test_observability" in place for place in crash["where"]) for crash in crashes)
    assert "7700900123" not in log.getvalue()
