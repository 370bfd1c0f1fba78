"""Amazon Connect: what its flows send gets a valid answer, whatever happens."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import runtime
from chalicelib.errors import Unavailable
from chalicelib.models.connection import StoreConnection
from chalicelib.services.deps import Deps
from tests.conftest import Api, Spy, put_under
from tests.events import connect_event
from tests.factories import a_contact, facts
from tests.settings import SETTINGS

SHARED = Path(__file__).parents[3] / "shared" / "data"
ALWAYS = {
    *("contact_id", "matched", "customer_id", "customer_name", "confidence", "ask"),
    *("open_case_id", "open_case_subject", "preferred_language", "reason"),
    *("continuation", "continues_contact_id", "continues_channel", "continues_case_id"),
}


def invoke(client: Client, function: str, event: Any) -> dict[str, str]:
    answer: dict[str, str] = client.lambda_.invoke(function, event).payload
    assert set(answer) >= ALWAYS
    assert all(isinstance(value, str) for value in answer.values()), "a STRING_MAP is flat and of strings"
    assert len(json.dumps(answer).encode()) < 32 * 1024
    return answer


def test_a_call_is_looked_up_and_what_is_keyed_in_is_on_the_screen(client: Client, agent: Api) -> None:
    # Given a customer with an open case
    made = agent.post(
        "/customers", {"name": "Ada Lovelace", "identifiers": [{"type": "phone", "value": "+447700900123"}]}
    ).json
    case = agent.post(f"/customers/{made['customer_id']}/cases", {"subject": "Late parcel"}).json
    # When a flow looks the caller up, and saves what was keyed in
    answer = invoke(client, "connect_lookup", connect_event(parameters={"need": "account_number, reason"}))
    saved = invoke(client, "connect_save_facts", connect_event(parameters={"account_number": "12345678"}))
    # Then it is told who it is, what is open and what to ask
    assert (answer["matched"], answer["customer_id"]) == ("one", made["customer_id"])
    assert (answer["customer_name"], answer["confidence"]) == ("Ada Lovelace", "0.85")
    assert (answer["open_case_id"], answer["open_case_subject"]) == (case["case_id"], "Late parcel")
    assert answer["ask"] == "account_number,reason"
    assert (saved["known_account_number"], saved["ask"]) == ("12345678", "reason")
    # and the agent has it on the screen
    pop = agent.get(f"/contacts/{answer['contact_id']}/screen-pop").json
    assert pop["facts"]["account_number"]["value"] == "12345678"
    assert pop["contact"]["provider"] == "amazon-connect"


def test_a_code_that_was_keyed_in_carries_on(client: Client, agent: Api) -> None:
    # Given a contact that a code was given out on, and a call in which the flow asks for it
    first = agent.post("/contacts", a_contact(channel="sms", provider="sms-gateway")).json["contact_id"]
    agent.patch(f"/contacts/{first}/facts", facts(reason="moving"))
    announced = {"from": {"type": "phone", "value": "07700 900123"}}
    code = agent.post(f"/contacts/{first}/continuation", announced).json["code"]
    invoke(client, "connect_lookup", connect_event())
    # When it is keyed in wrong, and then right, with what else was asked
    wrong = invoke(client, "connect_save_facts", connect_event(parameters={"continuation_code": "1"}))
    keyed = {"continuation_code": code, "postcode": "EC1A 1BB"}
    right = invoke(client, "connect_save_facts", connect_event(parameters=keyed))
    again = invoke(client, "connect_lookup", connect_event(parameters=keyed))
    # Then the flow is told what it carries on
    assert (wrong["continuation"], wrong["continues_contact_id"]) == ("unknown", "")
    assert (right["continuation"], right["continues_contact_id"]) == ("accepted", first)
    assert (right["continues_channel"], right["continues_case_id"]) == ("sms", "")
    assert (right["known_reason"], right["known_postcode"]) == ("moving", "EC1A 1BB")
    assert again == right


def test_connect_repeats_a_call_and_nothing_doubles(client: Client, agent: Api) -> None:
    event = connect_event(parameters={"account_number": "1", "need": "reason"})
    answers = [invoke(client, name, event) for name in ("connect_lookup", "connect_save_facts") for _ in range(3)]
    assert len({answer["contact_id"] for answer in answers}) == 1
    assert len({answer["customer_id"] for answer in answers}) == 1
    pop = agent.get(f"/contacts/{answers[0]['contact_id']}/screen-pop").json
    assert len(pop["live_contacts"]) == 1
    assert pop["facts"]["account_number"]["earlier"] == []


def test_facts_on_a_contact_that_was_never_looked_up_begin_it(client: Client) -> None:
    saved = invoke(client, "connect_save_facts", connect_event(parameters={"account_number": "1"}))
    assert saved["customer_id"]
    assert saved["known_account_number"] == "1"


def test_a_mistyped_fact_does_not_lose_the_others(client: Client) -> None:
    parameters = {"account_number": "1", "date_of_birth": "31121999", "postcode": "?"}
    saved = invoke(client, "connect_save_facts", connect_event(parameters=parameters))
    assert saved["known_account_number"] == "1"
    assert saved["reason"] == "invalid_date_of_birth_and_postcode"
    assert "known_date_of_birth" not in saved


def test_what_is_not_to_be_spoken_is_only_known(client: Client) -> None:
    verified = {"account_number": "1", "date_of_birth": "1990-01-31", "verified": "account_number"}
    invoke(client, "connect_lookup", connect_event("first", parameters=verified))
    answer = invoke(client, "connect_lookup", connect_event("second"))
    assert answer["known_date_of_birth"] == "yes"
    assert answer["known_account_number"] == "1"


def test_a_withheld_number(client: Client) -> None:
    answer = invoke(
        client, "connect_lookup", connect_event(address="anonymous", parameters={"need": "account_number"})
    )
    assert (answer["matched"], answer["reason"], answer["customer_id"]) == ("none", "withheld", "")
    assert answer["ask"] == "account_number"
    assert answer["contact_id"]


def test_an_outbound_call_is_the_customers(client: Client) -> None:
    outbound = invoke(client, "connect_lookup", connect_event("out", InitiationMethod="OUTBOUND"))
    inbound = invoke(client, "connect_lookup", connect_event("in"))
    assert outbound["customer_id"] == inbound["customer_id"] != ""


ODD: list[Any] = [
    {},
    {"Details": None},
    {"Details": {"ContactData": None, "Parameters": None}},
    {"Details": {"ContactData": {"ContactId": 7, "Attributes": [1]}, "Parameters": "x"}},
    connect_event(address=None),
    connect_event(address="x" * 500),
    connect_event(address="sip:#!HEAD@x"),
    connect_event(contact_id="\x00#C"),
    connect_event(Queue="a queue was a string once", Channel="TELEPATHY"),
    connect_event(Attributes={f"key{n}": "v" * 30_000 for n in range(60)}),
    connect_event(parameters={"need": ",,shoe_size,", "sessionAttributes": {"a": 1}, "name": None, "email": 5}),
    connect_event(CustomerEndpoint={"Address": "nobody", "Type": "EMAIL_ADDRESS"}),
    [],
    None,
    "x",
]


@pytest.mark.parametrize("function", ["connect_lookup", "connect_save_facts"])
@pytest.mark.parametrize("event", ODD, ids=range(len(ODD)))
def test_odd_events_get_a_valid_answer(client: Client, function: str, event: Any) -> None:
    assert invoke(client, function, event)["reason"] != "internal_error"


def lambda_blocks() -> Iterator[dict[str, str]]:
    """The parameters of each Lambda block of the real flows."""
    for path in sorted((SHARED / "connect_flows").rglob("*.json")):
        flow = json.loads(path.read_text())
        for module in flow.get("modules", []):
            if module["type"] == "InvokeExternalResource":
                yield {p["key"]: p["value"] for p in module["parameters"] if p["name"] == "Parameter"}
        for action in flow.get("Actions", []):
            if action["Type"] == "InvokeLambdaFunction":
                yield action["Parameters"].get("LambdaInvocationAttributes", {})


@pytest.mark.skipif(not SHARED.exists(), reason="the real inputs lie beside the project, where they are kept")
@pytest.mark.parametrize("function", ["connect_lookup", "connect_save_facts"])
def test_what_real_flows_send_gets_a_valid_answer(client: Client, function: str) -> None:
    blocks = list(lambda_blocks())
    assert blocks
    for number, parameters in enumerate(blocks):
        answer = invoke(client, function, connect_event(f"{function}-{number}", parameters=parameters))
        assert answer["customer_id"]


@pytest.mark.skipif(not SHARED.exists(), reason="the real inputs lie beside the project, where they are kept")
@pytest.mark.parametrize("function", ["connect_lookup", "connect_save_facts"])
def test_real_lambda_events_get_a_valid_answer(client: Client, function: str) -> None:
    events = [
        *sorted((SHARED / "aws_events" / "powertools").glob("connectContactFlow*.json")),
        *sorted((SHARED / "aws_events" / "connect-salesforce-lambda").glob("*.json")),
    ]
    assert events
    for path in events:
        assert invoke(client, function, json.loads(path.read_text()))["reason"] != "internal_error"


class Refusing(StoreConnection):
    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        raise Unavailable(f"{operation_name} with {len(operation_kwargs)} arguments: ThrottlingException")


@pytest.mark.parametrize("function", ["connect_lookup", "connect_save_facts"])
def test_it_fails_open_when_dynamodb_refuses(client: Client, deps: Deps, function: str) -> None:
    put_under(Refusing, deps)
    answer = invoke(client, function, connect_event(parameters={"need": "reason", "name": "Ada"}))
    assert (answer["matched"], answer["reason"], answer["ask"]) == ("none", "unavailable", "reason")


@pytest.fixture
def silent_endpoint() -> Iterator[str]:
    """A DynamoDB that takes every call and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def accept() -> None:
            while True:
                try:
                    held.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        for connection in held:
            connection.close()


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("function", ["connect_lookup", "connect_save_facts"])
def test_it_fails_open_well_inside_the_time_limit_when_dynamodb_is_slow(
    silent_endpoint: str, function: str
) -> None:
    # Given a DynamoDB that never answers
    from app import app

    runtime.override(Deps(replace(SETTINGS, dynamodb_endpoint=silent_endpoint)))
    # When a flow calls
    with Client(app) as client:
        began = monotonic()
        answer = invoke(client, function, connect_event(parameters={"need": "reason", "name": "Ada"}))
    # Then it goes on, in less than half of Connect's eight seconds
    assert (answer["matched"], answer["reason"], answer["ask"]) == ("none", "unavailable", "reason")
    assert monotonic() - began < 4


def test_after_the_deadline_no_call_begins(deps: Deps, spy: Spy) -> None:
    from chalicelib.models import store
    from chalicelib.models.connection import deadline

    assert deps
    with deadline(0), pytest.raises(Unavailable, match="out of time"):
        store.find_contact("x")
    assert spy.operations == ["GetItem"]


def test_a_saved_fact_is_seen_by_rest_callers_too(client: Client, ivr: Api) -> None:
    answer = invoke(client, "connect_lookup", connect_event("shared-contact"))
    saved = ivr.patch(f"/contacts/{answer['contact_id']}/facts", facts(reason="billing"))
    assert saved.json["customer_id"] == answer["customer_id"]
