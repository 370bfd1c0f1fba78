"""Customers: made, found, changed by one at a time, known by identifiers, and what is known of them."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.errors import Forbidden
from chalicelib.models import keys, store
from chalicelib.models.connection import StoreConnection
from chalicelib.models.identifiers import normalise
from chalicelib.rules.access import Caller, Role
from chalicelib.services.customers import customers
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock, Spy, put_under
from tests.factories import a_contact, an_interaction, facts
from tests.settings import NOW

ONE_OF_EVERY_TYPE = [
    {"type": "phone", "value": "07700 900123"},
    {"type": "email", "value": "Ada@Example.com"},
    {"type": "account", "value": "ac 1"},
    {"type": "crm", "value": "crm-1"},
    {"type": "visitor", "value": "v-1"},
    {"type": "device", "value": "d-1"},
    {"type": "whatsapp", "value": "447700900123"},
    {"type": "messenger", "value": "m-1", "scope": "page-1"},
    {"type": "instagram", "value": "@Ada"},
    {"type": "telegram", "value": "@Ada"},
    {"type": "line", "value": "U1", "scope": "channel-1"},
    {"type": "x", "value": "@Ada"},
    {"type": "other", "value": "77", "scope": "loyalty"},
]
NORMALISED = {
    "phone": "+447700900123",
    "email": "ada@example.com",
    "account": "AC1",
    "crm": "CRM-1",
    "visitor": "v-1",
    "device": "d-1",
    "whatsapp": "+447700900123",
    "messenger": "m-1",
    "instagram": "ada",
    "telegram": "ada",
    "line": "U1",
    "x": "ada",
    "other": "77",
}


class Interrupted(StoreConnection):
    """Lets somebody else act just before the first transaction from here on is written."""

    interloper: Callable[[], object] | None = None

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        if operation_name == "TransactWriteItems" and self.interloper:
            act, self.interloper = self.interloper, None
            act()
        return super()._make_api_call(operation_name, operation_kwargs)


def a_customer(agent: Api, **body: Any) -> str:
    reply = agent.post("/customers", {"name": "Ada"} | body)
    assert reply.status == 201, reply
    return str(reply.json["customer_id"])


def by(type_: str, value: str) -> dict[str, str]:
    return {"type": type_, "value": value}


def found(agent: Api, type_: str, value: str) -> list[str]:
    items = agent.get(f"/customers?identifier_type={type_}&identifier={value.replace('+', '%2B')}").json["items"]
    return [item["customer_id"] for item in items]


def owners_of(type_: str, value: str) -> int:
    """How many the head of an identifier counts; as many as there are."""
    owners = store.find_owners(normalise(type_, value, region="GB"))
    assert owners.head
    assert owners.head.owners == len(owners.owners)
    return int(owners.head.owners)


def given_at(customer_id: str) -> dict[str, str]:
    """When each consent was last given or withdrawn."""
    at: dict[str, str] = store.get_profile(customer_id).consent_given_at
    return at


def fields(reply: Any) -> list[str]:
    return [error["field"] for error in reply.json["errors"]]


# Making one


def test_a_customer_is_made_with_all_that_is_known(agent: Api) -> None:
    # When a customer is made with an identifier of every type, facts and consent
    made = agent.post(
        "/customers",
        {
            "name": "Ada Lovelace",
            "language": "EN_gb",
            "identifiers": ONE_OF_EVERY_TYPE,
            "consent": {"marketing": True, "recording": False},
            "attributes": {"tier": "gold"},
        }
        | facts("crm", verified=True, postcode="sw1a 1aa"),
    )
    # Then it says where the customer is and at which version
    assert made.status == 201
    customer_id = made.json["customer_id"]
    assert made.headers["Location"] == f"/v1/customers/{customer_id}"
    assert made.headers["ETag"] == '"1"'
    # and reads the same by its id
    read = agent.get(f"/customers/{customer_id}")
    assert (read.status, read.json, read.headers["ETag"]) == (200, made.json, '"1"')
    assert {one["type"]: one["value"] for one in read.json["identifiers"]} == NORMALISED
    assert {one["type"]: one["received"] for one in read.json["identifiers"]} == {
        one["type"]: one["value"] for one in ONE_OF_EVERY_TYPE
    }
    assert (read.json["name"], read.json["language"]) == ("Ada Lovelace", "en-GB")
    assert read.json["consent"] == {"marketing": True, "recording": False}
    assert read.json["attributes"] == {"tier": "gold"}
    assert given_at(customer_id) == dict.fromkeys(("marketing", "recording"), keys.instant(NOW))
    postcode = agent.get(f"/customers/{customer_id}/facts").json["facts"]["postcode"]
    assert (postcode["value"], postcode["source"], postcode["verified"]) == ("SW1A 1AA", "crm", True)


def test_a_customer_is_found_by_each_identifier(agent: Api) -> None:
    customer_id = a_customer(agent, identifiers=ONE_OF_EVERY_TYPE)
    for given in ONE_OF_EVERY_TYPE:
        query = f"identifier_type={given['type']}&identifier={given['value'].replace(' ', '%20')}"
        scope = f"&scope={given['scope']}" if "scope" in given else ""
        reply = agent.get(f"/customers?{query}{scope}")
        assert [item["customer_id"] for item in reply.json["items"]] == [customer_id], given
        if scope:
            assert agent.get(f"/customers?{query}&scope=another").json["items"] == []


def test_a_customer_who_gave_a_name_goes_by_it_at_once(agent: Api) -> None:
    made = agent.post("/customers", facts(name="Ada", language="pt_br"))
    assert (made.json["name"], made.json["language"]) == ("Ada", "pt-BR")
    assert agent.get(f"/customers/{made.json['customer_id']}").json == made.json


@pytest.mark.parametrize("type_", ["account", "crm"])
def test_what_the_business_gave_to_one_is_not_given_to_another(agent: Api, type_: str) -> None:
    # Given Ada's account
    ada = a_customer(agent, identifiers=[by(type_, "A-1")])
    # When another customer is made with it
    refused = agent.post(
        "/customers", {"name": "Bob", "identifiers": [by("phone", "07700 900777"), by(type_, "a-1")]}
    )
    # Then that is a conflict, and nothing of it is kept
    assert (refused.status, refused.json["code"]) == (409, "conflict")
    assert found(agent, type_, "A-1") == [ada]
    assert found(agent, "phone", "+447700900777") == []
    assert owners_of(type_, "A-1") == 1


def test_a_phone_may_be_shared(agent: Api) -> None:
    ada = a_customer(agent, identifiers=[by("phone", "+447700900123")])
    bob = a_customer(agent, identifiers=[by("phone", "07700 900123")])
    assert set(found(agent, "phone", "+447700900123")) == {ada, bob}
    assert owners_of("phone", "+447700900123") == 2


def test_the_same_identifier_twice_is_one(agent: Api) -> None:
    # When a number is given twice, in two forms, once vouched for
    given = [by("phone", "07700 900123"), by("phone", "+447700900123") | {"verified": True}]
    customer_id = a_customer(agent, identifiers=given)
    # Then it is one identifier, verified
    (identifier,) = agent.get(f"/customers/{customer_id}/identifiers").json["items"]
    assert (identifier["value"], identifier["verified"]) == ("+447700900123", True)
    assert owners_of("phone", "+447700900123") == 1


def test_the_ledger_tells_who_gave_and_took_an_identifier(agent: Api) -> None:
    # Given a number that a desk gave, vouched for later, and took away
    customer_id = a_customer(agent)
    path, number = f"/customers/{customer_id}/identifiers", by("phone", "07700 900123")
    agent.post(path, number)
    agent.post(path, number)
    agent.post(path, number | {"verified": True})
    agent.delete(f"{path}?type=phone&value=07700900123")
    # Then the ledger has each once, newest first, with who it was
    told = agent.get(f"/customers/{customer_id}/decisions").json["items"]
    assert [entry["decided"] for entry in told] == [
        "identifier_removed",
        "identifier_verified",
        "identifier_given",
    ]
    for entry in told:
        assert entry["identifier"] == {"type": "phone", "scope": "", "value": "+447700900123"}
        assert entry["decided_by"]["role"] == "agent"


def test_a_withheld_number_identifies_nobody(agent: Api) -> None:
    refused = agent.post("/customers", {"name": "Ada", "identifiers": [by("phone", "anonymous")]})
    assert (refused.status, fields(refused)) == (422, ["identifiers.0.value"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"name": ""}, "name"),
        ({"name": "Ada", "language": "?"}, "language"),
        ({"name": "Ada", "identifiers": [by("account", "1"), by("email", "nobody")]}, "identifiers.1.value"),
        ({"name": "Ada", "identifiers": [by("other", "1")]}, "identifiers.0.scope"),
        ({"name": "Ada", "identifiers": [by("account", str(n)) for n in range(41)]}, "identifiers"),
        ({"name": "Ada", "facts": {"email": {"value": "x"}}}, "facts.email.value"),
        ({"name": "Ada", "consent": {"marketing": "yes"}}, "consent.marketing"),
    ],
)
def test_a_customer_that_is_wrong(agent: Api, body: Any, field: str) -> None:
    reply = agent.post("/customers", body)
    assert (reply.status, fields(reply)) == (422, [field])


# Finding one


def test_finding_nobody(agent: Api) -> None:
    assert agent.get("/customers?identifier_type=account&identifier=1").json == {"items": [], "next": None}
    assert agent.get("/customers?identifier_type=phone&identifier=anonymous").json["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("identifier_type=phone&identifier=12", "identifier"),
        ("identifier_type=email&identifier=nobody", "identifier"),
        ("identifier_type=other&identifier=1", "scope"),
        ("identifier_type=fax&identifier=1", "identifier_type"),
        ("identifier_type=phone", "identifier"),
    ],
)
def test_a_search_that_is_wrong_names_the_parameter(agent: Api, query: str, field: str) -> None:
    reply = agent.get(f"/customers?{query}")
    assert (reply.status, fields(reply)) == (422, [field])


def test_finding_costs_two_reads(agent: Api, spy: Spy) -> None:
    a_customer(agent, identifiers=[by("account", "1")])
    spy.reset()
    agent.get("/customers?identifier_type=account&identifier=1")
    assert spy.operations == ["Query", "BatchGetItem"]


# Changing one


def test_only_what_is_given_is_changed(agent: Api, clock: Clock) -> None:
    # Given a customer
    customer_id = a_customer(
        agent,
        language="en",
        consent={"marketing": True, "recording": True},
        attributes={"tier": "gold", "vip": "y"},
    )
    clock.forward(hours=1)
    # When one consent is changed, one attribute removed and one added
    change = {"consent": {"marketing": False}, "attributes": {"vip": None, "shop": "7"}}
    changed = agent.patch(f"/customers/{customer_id}", change, **{"If-Match": '"1"'})
    # Then the rest is as it was
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    read = agent.get(f"/customers/{customer_id}").json
    assert read == changed.json
    assert (read["name"], read["language"], read["version"]) == ("Ada", "en", 2)
    assert read["consent"] == {"marketing": False, "recording": True}
    assert read["attributes"] == {"tier": "gold", "shop": "7"}
    assert read["updated_at"] == "2026-11-22T10:00:00Z"
    assert read["created_at"] == "2026-11-22T09:00:00Z"
    assert given_at(customer_id) == {"marketing": keys.instant(clock.at), "recording": keys.instant(NOW)}


def test_a_consent_that_is_given_again_is_given_anew_and_one_that_is_taken_back_never_was(
    agent: Api, clock: Clock
) -> None:
    customer_id = a_customer(agent, consent={"marketing": True, "recording": True})
    clock.forward(hours=1)
    again = agent.patch(
        f"/customers/{customer_id}", {"consent": {"marketing": True, "recording": None}}, **{"If-Match": '"1"'}
    )
    assert (again.status, again.json["version"], again.json["consent"]) == (200, 2, {"marketing": True})
    assert given_at(customer_id) == {"marketing": keys.instant(clock.at)}
    # also where nothing else is said
    clock.forward(hours=1)
    again = agent.patch(f"/customers/{customer_id}", {"consent": {"marketing": True}}, **{"If-Match": '"2"'})
    assert (again.status, again.json["version"]) == (200, 3)
    assert given_at(customer_id) == {"marketing": keys.instant(clock.at)}


def test_of_a_person_on_two_records_the_surviving_one_is_changed(agent: Api) -> None:
    ada, other = a_customer(agent), a_customer(agent)
    agent.post(f"/customers/{ada}/merges", {"other_customer_id": other})
    version = agent.get(f"/customers/{other}").headers["ETag"]
    changed = agent.patch(f"/customers/{other}", {"name": "Ada Lovelace"}, **{"If-Match": version})
    assert (changed.status, changed.json["customer_id"]) == (200, ada)
    assert changed.json == agent.get(f"/customers/{ada}").json
    assert [store.get_profile(one).name for one in (ada, other)] == ["Ada Lovelace", "Ada"]


def test_null_removes_a_name(agent: Api) -> None:
    customer_id = a_customer(agent, language="en")
    changed = agent.patch(f"/customers/{customer_id}", {"language": "PT_br"}, **{"If-Match": '"1"'})
    assert (changed.json["name"], changed.json["language"]) == ("Ada", "pt-BR")
    changed = agent.patch(f"/customers/{customer_id}", {"name": None, "language": None}, **{"If-Match": '"2"'})
    assert (changed.json["name"], changed.json["language"]) == (None, None)
    assert agent.get(f"/customers/{customer_id}").json == changed.json


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 428),
        ({"If-Match": ""}, 428),
        ({"If-Match": '"2"'}, 412),
        ({"If-Match": '"0"'}, 412),
        ({"If-Match": '"one"'}, 422),
        ({"If-Match": "*"}, 422),
        ({"If-Match": '"-1"'}, 422),
        ({"If-Match": '"' + "9" * 99 + '"'}, 422),
    ],
)
def test_a_change_says_on_which_version_it_was_made(agent: Api, headers: dict[str, str], status: int) -> None:
    customer_id = a_customer(agent)
    reply = agent.patch(f"/customers/{customer_id}", {"name": "Bob"}, **headers)
    assert reply.status == status, reply
    read = agent.get(f"/customers/{customer_id}").json
    assert (read["name"], read["version"]) == ("Ada", 1)


def test_of_two_changes_on_one_version_the_second_is_refused(agent: Api) -> None:
    customer_id = a_customer(agent)
    first = agent.patch(f"/customers/{customer_id}", {"name": "First"}, **{"If-Match": '"1"'})
    second = agent.patch(f"/customers/{customer_id}", {"name": "Second"}, **{"If-Match": '"1"'})
    assert (first.status, second.status, second.json["code"]) == (200, 412, "version_mismatch")
    assert agent.get(f"/customers/{customer_id}").json["name"] == "First"


def test_a_change_that_is_sent_again_is_not_refused(agent: Api) -> None:
    # Given a change whose answer was lost
    customer_id = a_customer(agent)
    body = {"name": "Ada Lovelace", "consent": {"sms": True}, "attributes": {"tier": "gold"}}
    first = agent.patch(f"/customers/{customer_id}", body, **{"If-Match": '"1"'})
    # When it is sent again
    again = agent.patch(f"/customers/{customer_id}", body, **{"If-Match": '"1"'})
    # Then it stands, and is not made twice
    assert (first.status, again.status, again.headers["ETag"]) == (200, 200, '"2"')
    assert again.json == first.json


def test_of_two_changes_at_once_one_wins(agent: Api, deps: Deps) -> None:
    # Given a customer whom somebody else changes between our read and our write
    customer_id = a_customer(agent)
    seam = put_under(Interrupted, deps)
    seam.interloper = lambda: agent.patch(f"/customers/{customer_id}", {"name": "Theirs"}, **{"If-Match": '"1"'})
    # When we change the customer
    ours = agent.patch(f"/customers/{customer_id}", {"name": "Ours"}, **{"If-Match": '"1"'})
    # Then theirs stands
    assert ours.status == 412
    read = agent.get(f"/customers/{customer_id}").json
    assert (read["name"], read["version"]) == ("Theirs", 2)


def test_a_call_that_begins_meanwhile_is_no_change_of_the_customer(agent: Api, ivr: Api, deps: Deps) -> None:
    customer_id = a_customer(agent, identifiers=[by("phone", "+447700900123")])
    seam = put_under(Interrupted, deps)
    seam.interloper = lambda: ivr.post("/contacts", a_contact("+447700900123"))
    assert agent.patch(f"/customers/{customer_id}", {"name": "Ours"}, **{"If-Match": '"1"'}).status == 200
    assert store.get_head(customer_id).profile.live_contacts == 1


def test_what_is_kept_of_a_customer_is_bounded_over_many_changes(agent: Api) -> None:
    # Given as many attributes and consents as there may be
    customer_id = a_customer(
        agent, attributes={f"k{n}": "v" for n in range(50)}, consent={f"c{n}": True for n in range(20)}
    )
    match = {"If-Match": '"1"'}
    # Then another change cannot add to them
    for change, field in (
        ({"attributes": {"one": "more"}}, "attributes"),
        ({"attributes": {f"k{n}": "💥" * 1_000 for n in range(5)}}, "attributes"),
        ({"consent": {"more": True}}, "consent"),
    ):
        reply = agent.patch(f"/customers/{customer_id}", change, **match)
        assert (reply.status, fields(reply)) == (422, [field])
    # but put one in the place of another
    swap = {"attributes": {"k0": None, "one": "more"}, "consent": {"c0": None, "more": False}}
    assert agent.patch(f"/customers/{customer_id}", swap, **match).status == 200


def test_attributes_may_fill_the_room_that_there_is(agent: Api) -> None:
    # Given attributes that leave 376 of 16 * 1024 bytes
    customer_id = a_customer(agent, attributes={f"k{n}": "💥" * 1_000 for n in range(4)})
    # Then another may have as many, with its name, and no more
    for length, status in ((375, 422), (374, 200)):
        change = {"attributes": {"k4": "x" * length}}
        assert agent.patch(f"/customers/{customer_id}", change, **{"If-Match": '"1"'}).status == status


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_nobody_by_that_id(agent: Api, method: str) -> None:
    reply = agent.call(method, "/customers/01ARZ3NDEKTSV4RRFFQ69G5FAV", {"name": "Ada"}, **{"If-Match": '"1"'})
    assert reply.status == 404


# What they are known by


def test_an_identifier_is_added_once(agent: Api) -> None:
    # Given a customer
    customer_id = a_customer(agent)
    path = f"/customers/{customer_id}/identifiers"
    # When they are made known by a number, twice
    first = agent.post(path, by("phone", "07700 900123"))
    again = agent.post(path, by("phone", "+44 7700 900123"))
    # Then they are found by it
    assert (first.status, again.status) == (201, 200)
    assert first.headers["Location"] == f"/v1{path}"
    assert (first.json["version"], again.json["version"]) == (2, 2)
    assert found(agent, "phone", "+447700900123") == [customer_id]
    assert owners_of("phone", "+447700900123") == 1


def test_an_identifier_says_how_it_came_and_when_it_was_used(agent: Api, ivr: Api, spy: Spy) -> None:
    # Given an identifier that was given, and a contact and a message that came from it, one after the other
    customer_id = a_customer(agent, identifiers=[by("phone", "07700 900123"), by("crm", "c-1")])
    spy.reset()
    ivr.post("/contacts", a_contact("+44 7700 900123", started_at="2026-11-22T09:10:00Z"))
    ivr.post("/interactions", an_interaction(occurred_at="2026-11-20T08:00:00Z"))
    assert spy.operations == ["Query", "Query", "TransactWriteItems"] * 2
    # Then it is listed as it came first and in its one form, with how it is known, and with both times
    spy.reset()
    phone, crm = agent.get(f"/customers/{customer_id}/identifiers").json["items"]
    assert spy.operations == ["Query", "BatchGetItem"]
    assert (phone["received"], phone["value"], phone["how"]) == ("07700 900123", "+447700900123", "given")
    assert phone["first_seen_at"] == "2026-11-20T08:00:00.000000Z"
    assert phone["last_seen_at"] == "2026-11-22T09:10:00.000000Z"
    assert crm["first_seen_at"] == crm["last_seen_at"] == "2026-11-22T09:00:00.000000Z"
    # and of merged records both say when
    other = a_customer(agent, identifiers=[by("phone", "07700 900123")])
    agent.post(f"/customers/{customer_id}/merges", {"other_customer_id": other})
    phone, _crm = agent.get(f"/customers/{other}/identifiers").json["items"]
    assert phone["first_seen_at"] == "2026-11-20T08:00:00.000000Z"
    assert agent.get(f"/customers/{a_customer(agent)}/identifiers").json["items"] == []


def test_an_identifier_that_is_taken_away_meanwhile_was_seen_when_it_became_known(agent: Api) -> None:
    # Given an identifier of which nobody is the owner any more when that is read
    customer_id = a_customer(agent, identifiers=[by("crm", "c-1")])
    (owner,) = store.find_owners(normalise("crm", "c-1")).owners
    owner.delete()
    (listed,) = agent.get(f"/customers/{customer_id}/identifiers").json["items"]
    assert listed["first_seen_at"] == listed["last_seen_at"] == listed["since"]


def test_an_identifier_that_is_vouched_for_later_is_verified_but_not_added(agent: Api) -> None:
    customer_id = a_customer(agent, identifiers=[by("phone", "07700 900123")])
    path = f"/customers/{customer_id}/identifiers"
    reply = agent.post(path, by("phone", "07700 900123") | {"verified": True})
    assert (reply.status, reply.json["version"]) == (200, 2)
    (listed,) = agent.get(path).json["items"]
    assert (listed["value"], listed["verified"]) == ("+447700900123", True)
    assert (listed["how"], listed["verified_how"]) == ("given", "given")
    (owner,) = store.find_owners(normalise("phone", "+447700900123")).owners
    assert owner.verified is True
    # and what was verified once stays so
    assert agent.post(path, by("phone", "07700 900123")).json["identifiers"][0]["verified"] is True


def test_of_a_person_on_two_records_an_identifier_is_changed_where_it_is(agent: Api) -> None:
    # Given a person of whom one record has a number
    ada, other = a_customer(agent), a_customer(agent, identifiers=[by("phone", "07700 900123")])
    agent.post(f"/customers/{ada}/merges", {"other_customer_id": other})
    # When it is vouched for, then it is so there, and not added here
    reply = agent.post(f"/customers/{ada}/identifiers", by("phone", "07700 900123") | {"verified": True})
    assert (reply.status, reply.json["customer_id"]) == (200, ada)
    (identifier,) = reply.json["identifiers"]
    assert (identifier["verified"], store.get_profile(ada).identifiers) == (True, [])
    assert owners_of("phone", "+447700900123") == 1
    # and when it is taken away, it is gone
    reply = agent.delete(f"/customers/{ada}/identifiers?type=phone&value=07700%20900123")
    assert (reply.status, reply.json["customer_id"], reply.json["identifiers"]) == (200, ada, [])
    assert store.get_profile(other).identifiers == []
    # while a new one is the record's that is named
    added = agent.post(f"/customers/{other}/identifiers", by("crm", "c-1"))
    assert (added.status, added.json["customer_id"]) == (201, ada)
    assert [one["how"] for one in store.get_profile(other).identifiers] == ["given"]


def test_the_account_of_another_is_not_added(agent: Api) -> None:
    ada, bob = a_customer(agent, identifiers=[by("account", "1")]), a_customer(agent)
    reply = agent.post(f"/customers/{bob}/identifiers", by("account", "1") | {"verified": True})
    assert reply.status == 409
    assert found(agent, "account", "1") == [ada]
    assert agent.get(f"/customers/{bob}/identifiers").json["items"] == []


def test_a_number_that_was_verified_as_somebodys_may_be_anothers_as_well(agent: Api) -> None:
    both = [a_customer(agent, identifiers=[by("phone", "07700 900123") | {"verified": True}]) for _ in range(2)]
    assert sorted(found(agent, "phone", "+447700900123")) == sorted(both)


def test_an_account_that_two_are_given_at_once_is_given_to_one(agent: Api, deps: Deps) -> None:
    ada, bob = a_customer(agent), a_customer(agent)
    seam = put_under(Interrupted, deps)
    seam.interloper = lambda: agent.post(f"/customers/{ada}/identifiers", by("account", "1"))
    assert agent.post(f"/customers/{bob}/identifiers", by("account", "1")).status == 409
    assert found(agent, "account", "1") == [ada]
    assert owners_of("account", "1") == 1


def test_a_customer_has_at_most_forty_identifiers(agent: Api) -> None:
    # Given a customer with forty
    customer_id = a_customer(agent, identifiers=[by("visitor", str(n)) for n in range(20)])
    path = f"/customers/{customer_id}/identifiers"
    for n in range(20, 40):
        assert agent.post(path, by("visitor", str(n))).status == 201
    # Then there is no room for another, and one that is there is still there
    assert agent.post(path, by("visitor", "40")).status == 409
    assert agent.post(path, by("visitor", "39")).status == 200
    assert len(agent.get(path).json["items"]) == 40
    assert found(agent, "visitor", "40") == []


def test_an_identifier_that_is_removed_identifies_nobody_until_it_is_added_again(agent: Api, ivr: Api) -> None:
    # Given a number that two share
    ada = a_customer(agent, identifiers=[by("phone", "+447700900123"), by("account", "1")])
    bob = a_customer(agent, identifiers=[by("phone", "+447700900123")])
    # When it is taken from one
    path = f"/customers/{ada}/identifiers"
    removed = agent.delete(f"{path}?type=phone&value=07700%20900123")
    # Then it is the other's alone
    assert (removed.status, [one["type"] for one in removed.json["identifiers"]]) == (200, ["account"])
    assert found(agent, "phone", "+447700900123") == [bob]
    assert owners_of("phone", "+447700900123") == 1
    assert agent.delete(f"{path}?type=phone&value=07700%20900123").status == 404
    # and when it is taken from the other it is nobody's
    assert agent.delete(f"/customers/{bob}/identifiers?type=phone&value=%2B447700900123").status == 200
    assert owners_of("phone", "+447700900123") == 0
    assert ivr.post("/lookup", {"identifiers": [by("phone", "+447700900123")]}).json["match"]["result"] == "none"
    # until somebody is given it again
    assert agent.post(path, by("phone", "+447700900123")).status == 201
    assert found(agent, "phone", "+447700900123") == [ada]
    assert owners_of("phone", "+447700900123") == 1


def test_a_number_that_was_removed_is_met_for_the_first_time_again(agent: Api, ivr: Api) -> None:
    ada = a_customer(agent, identifiers=[by("phone", "+447700900123")])
    agent.delete(f"/customers/{ada}/identifiers?type=phone&value=%2B447700900123")
    met = ivr.post("/contacts", a_contact("+447700900123")).json
    assert met["match"]["result"] == "none"
    assert met["customer_id"] not in {ada, None}
    assert owners_of("phone", "+447700900123") == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (by("phone", "12"), "value"),
        (by("phone", "anonymous"), "value"),
        (by("email", "nobody"), "value"),
        (by("other", "1"), "scope"),
    ],
)
def test_an_identifier_that_is_wrong(agent: Api, given: dict[str, str], field: str) -> None:
    path = f"/customers/{a_customer(agent)}/identifiers"
    added = agent.post(path, given)
    removed = agent.delete(f"{path}?type={given['type']}&value={given['value']}")
    assert (added.status, fields(added)) == (422, [field])
    assert (removed.status, fields(removed)) == (422, [field])


def test_identifiers_of_nobody(agent: Api) -> None:
    path = "/customers/01ARZ3NDEKTSV4RRFFQ69G5FAV/identifiers"
    assert agent.get(path).status == 404
    assert agent.post(path, by("account", "1")).status == 404
    assert agent.delete(f"{path}?type=account&value=1").status == 404
    assert found(agent, "account", "1") == []


# Who may read them


def test_a_portal_reads_who_is_signed_in_on_it(agent: Api, ivr: Api) -> None:
    # Given a person on two records, and a portal's token that is bound to nobody
    ada, other = a_customer(agent, identifiers=[by("account", "1")]), a_customer(agent)
    agent.post(f"/customers/{ada}/merges", {"other_customer_id": other})
    portal, path = ivr.as_("portal"), f"/customers/{ada}"
    assert portal.get(path).status == 403
    # Then she is read while she is signed in there
    contact = portal.post("/contacts", a_contact(None, channel="portal", **{"from": by("account", "1")})).json
    assert portal.get(path).json["customer_id"] == ada
    # but not with another's token, or one that is bound to somebody else
    for caller in (Caller(Role.PORTAL, "portal-2"), Caller(Role.PORTAL, "portal-1", a_customer(agent))):
        with pytest.raises(Forbidden):
            customers.read_customer(caller, ada)
    # nor when she has left
    agent.post(f"/contacts/{contact['contact_id']}/end", {})
    assert portal.get(path).status == 403
    # and always with a token that is bound to her, by either id
    for one in (ada, other):
        read = customers.read_customer(Caller(Role.PORTAL, "portal-2", one), ada)
        assert read.customer_id == ada


# What is known of them


def saved(ivr: Api, contact_id: str, **values: Any) -> None:
    assert ivr.patch(f"/contacts/{contact_id}/facts", facts(**values)).status == 200


def known(agent: Api, customer_id: str) -> Any:
    return agent.get(f"/customers/{customer_id}/facts").json["facts"]


def test_the_values_before_stay_visible_newest_first_and_capped(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given five products in five minutes
    contact = ivr.post("/contacts", a_contact()).json
    for product in ("one", "two", "three", "four", "five"):
        saved(ivr, contact["contact_id"], product=product)
        clock.forward(minutes=1)
    # Then the newest counts, and the three before it are remembered
    product = known(agent, contact["customer_id"])["product"]
    assert (product["value"], product["collected_at"]) == ("five", "2026-11-22T09:04:00Z")
    assert [old["value"] for old in product["earlier"]] == ["four", "three", "two"]
    pop = agent.get(f"/contacts/{contact['contact_id']}/screen-pop").json
    assert pop["facts"]["product"] == product


def test_a_verified_value_stands_against_a_newer_one(agent: Api, ivr: Api, clock: Clock) -> None:
    contact = ivr.post("/contacts", a_contact()).json
    saved(ivr, contact["contact_id"], postcode="SW1A 1AA", verified=True)
    clock.forward(minutes=1)
    saved(ivr, contact["contact_id"], postcode="M1 1AE")
    postcode = known(agent, contact["customer_id"])["postcode"]
    assert (postcode["value"], postcode["verified"]) == ("SW1A 1AA", True)
    assert [(old["value"], old["verified"]) for old in postcode["earlier"]] == [("M1 1AE", False)]


def test_what_has_expired_is_not_known_any_more(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given a reason, which is true for a day, and a postcode
    contact = ivr.post("/contacts", a_contact(need=["reason", "postcode"])).json
    saved(ivr, contact["contact_id"], reason="billing", postcode="SW1A 1AA")
    clock.forward(days=1)
    # When the day is over
    assert known(agent, contact["customer_id"]).keys() == {"postcode"}
    # Then the reason is to be asked again
    again = ivr.post("/contacts", a_contact(need=["reason", "postcode"])).json
    assert (again["known"].keys(), again["ask"]) == ({"postcode"}, ["reason"])
    # and one that is said anew counts, with the old one before it
    saved(ivr, again["contact_id"], reason="moving house")
    reason = known(agent, contact["customer_id"])["reason"]
    assert (reason["value"], [old["value"] for old in reason["earlier"]]) == ("moving house", ["billing"])


def test_what_has_expired_does_not_hide_what_is_said_anew(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given reasons that were vouched for on each of four days, all over now
    contact = ivr.post("/contacts", a_contact()).json
    for reason in ("one", "two", "three", "four"):
        saved(ivr, contact["contact_id"], reason=reason, verified=True)
        clock.forward(days=2)
    # When another is said, or the same again, that nobody vouches for
    for reason in ("five", "four"):
        saved(ivr, contact["contact_id"], reason=reason)
        # Then it is known
        now = known(agent, contact["customer_id"])["reason"]
        assert (now["value"], now["verified"]) == (reason, False)
        clock.forward(minutes=1)


def test_facts_of_nobody(agent: Api) -> None:
    assert agent.get("/customers/01ARZ3NDEKTSV4RRFFQ69G5FAV/facts").status == 404
    customer_id = a_customer(agent)
    assert known(agent, customer_id) == {}
    # where nothing is known, nothing is kept
    assert store.get_head(customer_id).facts.version == 0
