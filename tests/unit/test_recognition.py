"""Callers are recognised by what they say; where they call from is a candidate until it is confirmed."""

from typing import Any

import pytest

from chalicelib.services.deps import Deps
from chalicelib.services.identity.recognition import index_customer
from tests.conftest import Api, Spy
from tests.factories import a_contact, an_interaction, facts, phone

ADA = {"name": "Ada Lovelace", "date_of_birth": "1990-01-31", "postcode": "LS1 4AP"}


def a_customer(agent: Api, deps: Deps, told: dict[str, str] = ADA, *known_by: tuple[str, str]) -> str:
    identifiers = [{"type": type_, "value": value, "verified": True} for type_, value in known_by]
    body = {"name": told["name"], "identifiers": identifiers} | told_as("crm", told, verified=True)
    customer_id = str(agent.post("/customers", body).json["customer_id"])
    index_customer(deps, customer_id)
    return customer_id


def told_as(source: str, told: dict[str, str], *, verified: bool = False) -> dict[str, Any]:
    return {
        "facts": {name: {"value": value, "source": source, "verified": verified} for name, value in told.items()}
    }


def call(ivr: Api, number: str | None, **said: str) -> Any:
    contact = ivr.post(
        "/contacts", a_contact(number, **({} if number else {"from": {"type": "phone", "value": "anonymous"}}))
    ).json
    return ivr.patch(f"/contacts/{contact['contact_id']}/facts", told_as("ivr", said)).json if said else contact


@pytest.mark.parametrize(
    "said",
    [
        ADA,
        {"name": "Ada Lovelace", "date_of_birth": "1990-01-31"},
        {"date_of_birth": "1990-01-31", "postcode": "LS1 4AB"},
        {"name": "Eda Lovelis", "postcode": "LS1 4AP"},
    ],
)
def test_two_things_that_agree_name_who_it_is(agent: Api, ivr: Api, deps: Deps, said: dict[str, str]) -> None:
    # Given Ada, and a call from a withheld number
    ada = a_customer(agent, deps, ADA, ("phone", phone()))
    # When the caller says enough of her, not all of it heard right
    answer = call(ivr, None, **said)
    # Then it is Ada, only claimed, and it says by what
    assert (answer["customer_id"], answer["match"]["result"], answer["assurance"]) == (ada, "one", 1)
    assert {reason["fact"] for reason in answer["match"]["reasons"]} == set(said)


@pytest.mark.parametrize(
    "said",
    [
        {"name": "Ada Lovelace"},
        {"date_of_birth": "1990-01-31"},
        {"name": "Bob Babbage", "date_of_birth": "1990-01-31", "postcode": "LS1 4AP"},
        {"name": "Ada Lovelace", "date_of_birth": "1960-06-15", "postcode": "LS1 4AP"},
        {"name": "Bob Lovelace", "date_of_birth": "1990-01-31"},
        {"date_of_birth": "1990-01-31", "postcode": "ZE2 9XX"},
    ],
)
def test_what_agrees_by_half_names_nobody(agent: Api, ivr: Api, deps: Deps, said: dict[str, str]) -> None:
    a_customer(agent, deps, ADA, ("phone", phone()))
    assert call(ivr, None, **said)["customer_id"] is None


def test_two_who_fit_are_asked_about(agent: Api, ivr: Api, deps: Deps) -> None:
    people = {a_customer(agent, deps, ADA, ("account", number)) for number in ("A1", "A2")}
    answer = call(ivr, None, **ADA)
    assert answer["match"]["result"] == "many"
    assert {one["customer_id"] for one in answer["candidates"]} == people
    assert answer["ask"] == ["account_number"]


def test_a_borrowed_phone_stays_its_owners(agent: Api, ivr: Api, deps: Deps) -> None:
    # Given Ada, and a number that was met once, when nothing was said
    number = phone()
    ada = a_customer(agent, deps, ADA, ("phone", phone()))
    owner = call(ivr, number)["customer_id"]
    # When Ada calls from it
    answer = call(ivr, number, **ADA)
    # Then it is Ada, and the number is not hers
    assert answer["customer_id"] == ada
    assert {"identifier": "phone", "verified": False, "conflicts": True} in answer["match"]["reasons"]
    # and as nobody ever showed that it is the other's either, it asks from now on
    again = call(ivr, number)
    assert (again["match"]["result"], again["candidates"]) == ("many", [{"customer_id": owner}])
    assert again["match"]["reasons"] == [{"identifier": "phone", "verified": False, "shared": True}]


def test_an_unknown_number_is_a_candidate_until_it_is_met_again(agent: Api, ivr: Api, deps: Deps) -> None:
    # Given Ada, who is known by a number, calling from another that nobody knows
    number = phone()
    ada = a_customer(agent, deps, ADA, ("phone", phone()))
    assert call(ivr, number, **ADA)["customer_id"] == ada
    # Then that number alone only proposes her, for calls and for messages
    again = call(ivr, number)
    assert (again["match"]["result"], again["customer_id"]) == ("many", None)
    assert again["match"]["reasons"] == [{"identifier": "phone", "verified": False, "candidate": True}]
    assert again["candidates"] == [{"customer_id": ada}]
    assert again["ask"] == ["date_of_birth"]
    message = ivr.post("/interactions", an_interaction(**{"from": {"type": "phone", "value": number}})).json
    assert message["customer_id"] is None
    # When she is met beside it once more
    said = ivr.patch(f"/contacts/{again['contact_id']}/facts", told_as("ivr", ADA)).json
    assert said["customer_id"] == ada
    # Then it is hers, and the ledger says why
    assert call(ivr, number)["customer_id"] == ada
    listed = agent.get(f"/customers/{ada}/identifiers").json["items"][1]
    assert (listed["value"], listed["how"], listed["contact_id"]) == (number, "confirmed", again["contact_id"])
    decided = agent.get(f"/customers/{ada}/decisions").json["items"]
    assert {entry["decided"] for entry in decided} == {"candidate_noted", "identifier_confirmed"}
    assert {entry["identifier"]["value"] for entry in decided} == {number}


def test_the_first_number_of_a_customer_is_taken_at_once(agent: Api, ivr: Api, deps: Deps) -> None:
    number = phone()
    ada = a_customer(agent, deps, ADA, ("email", "ada@example.com"))
    told = call(ivr, number, **ADA)
    assert told["customer_id"] == ada
    assert call(ivr, number)["customer_id"] == ada
    # and it was said as it is when it is weighed again
    again = ivr.patch(f"/contacts/{told['contact_id']}/facts", facts(reason="billing")).json
    assert (again["match"], again["assurance"]) == (told["match"], told["assurance"])


def test_somebody_else_on_a_candidate_number_is_somebody_new(agent: Api, ivr: Api, deps: Deps) -> None:
    # Given a number beside which Ada was met once
    number = phone()
    ada = a_customer(agent, deps, ADA, ("phone", phone()))
    call(ivr, number, **ADA)
    # When somebody calls from it who is not Ada
    answer = call(ivr, number, name="Charles Babbage", date_of_birth="1951-12-26", postcode="SE1 7EH")
    # Then they have a record of their own, and the number
    assert answer["customer_id"] not in (None, ada)
    assert call(ivr, number)["customer_id"] == answer["customer_id"]


def test_a_browser_is_not_told_who_it_may_be(agent: Api, deps: Deps, client: Any) -> None:
    a_customer(agent, deps, ADA, ("phone", phone()))
    visitor = Api(client, "visitor")
    contact = visitor.post("/contacts", {"channel": "chat", "provider": "web", "provider_contact_id": "v1"}).json
    answer = visitor.patch(f"/contacts/{contact['contact_id']}/facts", told_as("web", ADA)).json
    assert answer["customer_id"] == contact["customer_id"]


def test_a_typed_number_beside_another_name_is_not_believed(agent: Api, deps: Deps) -> None:
    number = phone()
    a_customer(agent, deps, ADA, ("phone", number))
    portal = agent.as_("portal")
    contact = portal.post("/contacts", {"channel": "chat", "provider": "web", "provider_contact_id": "form"}).json
    answer = portal.patch(
        f"/contacts/{contact['contact_id']}/facts", facts("form", phone=number, name="Bob Hall")
    ).json
    assert (answer["customer_id"], answer["match"]["result"]) == (None, "many")


def test_the_index_follows_the_record(agent: Api, ivr: Api, deps: Deps) -> None:
    # Given Ada, who is found by what she says
    ada = a_customer(agent, deps, ADA, ("phone", phone()))
    assert not index_customer(deps, ada)
    # When she takes another name and another birthday is verified
    etag = agent.get(f"/customers/{ada}").headers["ETag"]
    agent.patch(f"/customers/{ada}", {"name": "Augusta King"}, **{"If-Match": etag})
    assert index_customer(deps, ada)
    # Then she is found by the new name and not by the old one
    assert call(ivr, None, name="Augusta King", postcode="LS1 4AP")["customer_id"] == ada
    assert call(ivr, None, name="Barbara Quist", postcode="LS1 4AP")["customer_id"] is None


def test_what_it_costs(agent: Api, ivr: Api, deps: Deps, spy: Spy) -> None:
    number = phone()
    a_customer(agent, deps, ADA, ("phone", phone()), ("phone", number))
    contact = ivr.post("/contacts", a_contact(number)).json["contact_id"]
    # What agrees with the record is looked up nowhere else
    spy.reset()
    ivr.patch(f"/contacts/{contact}/facts", told_as("ivr", ADA))
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]
    # and who is recognised costs two looks, side by side, and the record
    other = ivr.post("/contacts", a_contact(phone())).json["contact_id"]
    spy.reset()
    ivr.patch(f"/contacts/{other}/facts", told_as("ivr", ADA))
    assert sorted(spy.operations[:5]) == ["BatchGetItem", "GetItem", "Query", "Query", "Query"]
    assert all(asked.get("ConsistentRead", True) for _, asked in spy.reads)
