"""An Idempotency-Key: what is sent again makes nothing new."""

import pytest

from tests.conftest import Api, Clock, Reply, Spy

ADA = {"name": "Ada", "identifiers": [{"type": "account", "value": "A1"}]}
KEY = '"8e03978e-40d5-43e8-bc93-6894a57f9324"'


def create(api: Api, key: str = KEY, **changed: object) -> Reply:
    return api.post("/customers", ADA | changed, **{"Idempotency-Key": key})


def test_a_customer_who_is_sent_again_is_made_once(agent: Api, spy: Spy) -> None:
    # Given a customer that was made, and whose answer was lost
    first = create(agent)
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]
    # When the same is sent again, the key in quotation marks or not
    again, bare = create(agent), create(agent, KEY.strip('"'))
    # Then it is the same customer, and another key meets the account that is taken
    assert (first.status, again.status, bare.status) == (201, 200, 200)
    assert first.json == again.json == bare.json
    assert first.headers["Location"] == again.headers["Location"]
    assert create(agent, "another").status == 409


def test_a_case_that_is_sent_again_is_opened_once(agent: Api) -> None:
    customer_id = create(agent).json["customer_id"]
    path, late = f"/customers/{customer_id}/cases", {"subject": "Late parcel"}
    first, again = (agent.post(path, late, **{"Idempotency-Key": KEY}) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    assert len(agent.get(path).json["items"]) == 1
    # and without a key each is a case of its own
    agent.post(path, late)
    agent.post(path, late)
    assert len(agent.get(path).json["items"]) == 3


def test_a_key_stands_for_one_request_of_one_caller(agent: Api) -> None:
    first = create(agent, identifiers=[])
    # The same key with another request is a mistake
    other = create(agent, name="Bob", identifiers=[])
    assert (other.status, other.json["errors"][0]["field"]) == (422, "Idempotency-Key")
    # another caller's key is another key, and so is one of another customer's cases
    made = create(agent.as_("support"), identifiers=[])
    assert (made.status, made.json["customer_id"] != first.json["customer_id"]) == (201, True)
    opened = [
        agent.post(f"/customers/{one.json['customer_id']}/cases", {"subject": "x"}, **{"Idempotency-Key": KEY})
        for one in (first, made)
    ]
    assert [one.status for one in opened] == [201, 201]


def test_a_key_is_remembered_for_a_day(agent: Api, clock: Clock) -> None:
    first = create(agent, identifiers=[]).json
    clock.forward(hours=23, minutes=59)
    assert create(agent, identifiers=[]).json["customer_id"] == first["customer_id"]
    # The engine deletes days later: what has expired is absent, and may be written anew
    clock.forward(minutes=1)
    anew = create(agent, identifiers=[])
    assert (anew.status, anew.json["customer_id"] != first["customer_id"]) == (201, True)
    assert create(agent, identifiers=[]).json == anew.json


def test_the_longest_key_and_one_in_spaces(agent: Api) -> None:
    for key in ("x" * 255, " k "):
        first = create(agent, key, identifiers=[])
        assert (first.status, create(agent, key.strip(), identifiers=[]).json) == (201, first.json)


@pytest.mark.parametrize("key", ["", '""', " ", "x" * 256, "a\x01"])
def test_what_is_no_key(agent: Api, key: str) -> None:
    answer = create(agent, key)
    assert (answer.status, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")
