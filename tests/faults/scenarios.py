"""Every operation of the product, as one call on a record that is prepared for it.

A new operation needs one more `scenario`, here or in a `scenarios_….py` (a test says so); which calls to
DynamoDB it makes and what may become of each is found out by recording it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.models import aws, keys
from chalicelib.models.archive import Archive
from chalicelib.models.inbound import Archived
from chalicelib.models.items import Item
from chalicelib.services.contacts.contacts import contact_id_for
from tests.channels import amazon_connect, email, twilio
from tests.channels.sample import Sample
from tests.events import connect_event
from tests.faults.world import Outcome, World
from tests.settings import NOW, SETTINGS

Given = Callable[[World], Any]
When = Callable[[World, Any], Outcome]

BEFORE = "2026-11-20T08:00:00Z"
ADA, SHARED, STRANGER = "+447700900123", "+441632960001", "+447700900777"
OURS = {"type": "phone", "value": "+441632960000"}


@dataclass(frozen=True)
class Scenario:
    """An operation: what it covers (an endpoint, or a function's name), what is there, what is done.

    `ends` are further statuses with which a repetition may end once the first try took effect.
    """

    name: str
    covers: str
    given: Given
    when: When
    ends: frozenset[int] = frozenset()


SCENARIOS: dict[str, Scenario] = {}


def scenario(
    covers: str, given: Given, *, name: str = "", ends: frozenset[int] = frozenset()
) -> Callable[[When], When]:
    """Declares a scenario; it is called by what it covers and, where there are several, by a name."""

    def declare(when: When) -> When:
        full = f"{covers} ({name})" if name else covers
        assert full not in SCENARIOS, full
        SCENARIOS[full] = Scenario(full, covers, given, when, ends)
        return when

    return declare


def send(world: World, role: str, method: str, path: str, body: Any = b"", **headers: str) -> Outcome:
    return world.http(world.as_(role).call(method, path, body, **headers))


def must(outcome: Outcome) -> Any:
    assert outcome.done, outcome.answer
    return outcome.answer


# What is there


def nothing(_world: World) -> None:
    """An empty table."""


def a_call(number: str | None, provider_id: str = "call-1", **changed: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "channel": "voice",
        "provider": "amazon-connect",
        "provider_contact_id": provider_id,
        "to": OURS,
    }
    return body | ({"from": {"type": "phone", "value": number}} if number else {}) | changed


def said(*, verified: bool = False, **values: str) -> dict[str, Any]:
    return {
        "facts": {name: {"value": value, "source": "ivr", "verified": verified} for name, value in values.items()}
    }


def a_customer(world: World, name: str, *identifiers: tuple[str, str], **more: Any) -> str:
    listed = [{"type": type_, "value": value} for type_, value in identifiers]
    made = must(send(world, "agent", "POST", "/customers", {"name": name, "identifiers": listed} | more))
    return str(made["customer_id"])


def ada(world: World) -> str:
    return a_customer(world, "Ada", ("phone", ADA), ("account", "A1"), **said(postcode="AB1 2CD"))


def two_who_share(world: World) -> dict[str, str]:
    return {
        name: a_customer(world, name, ("phone", SHARED), ("account", account))
        for name, account in (("Ada", "A1"), ("Bob", "B2"))
    }


def call_of(number: str | None, *people: Given) -> Given:
    """A live call from a number, of people who are there before."""

    def given(world: World) -> str:
        for person in people:
            person(world)
        return str(must(send(world, "ivr", "POST", "/contacts", a_call(number)))["contact_id"])

    return given


def a_busy_customer(world: World) -> str:
    """As many live contacts as the head shows."""
    customer_id = ada(world)
    for n in range(5):
        world.clock.forward(minutes=1)
        must(send(world, "ivr", "POST", "/contacts", a_call(ADA, f"busy-{n}")))
    return customer_id


def a_customer_with_cases(world: World, cases: int = 1) -> dict[str, str]:
    customer_id = ada(world)
    opened = [
        must(send(world, "agent", "POST", f"/customers/{customer_id}/cases", {"subject": f"Late parcel {n}"}))
        for n in range(cases)
    ]
    contact = must(send(world, "ivr", "POST", "/contacts", a_call(ADA)))
    return {
        "customer_id": customer_id,
        "case_id": opened[-1]["case_id"],
        "contact_id": contact["contact_id"],
    }


def a_customer_with_many_cases(world: World) -> dict[str, str]:
    return a_customer_with_cases(world, 7)


def a_message(event_id: str = "event-1", number: str | None = ADA, **changed: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "channel": "sms",
        "occurred_at": BEFORE,
        "source": "sms-gateway",
        "source_event_id": event_id,
        "kind": "message",
        "body": "Where is my order?",
    }
    return body | ({"from": {"type": "phone", "value": number}} if number else {}) | changed


def one_who_wrote(world: World) -> dict[str, str]:
    customer_id = ada(world)
    wrote = must(send(world, "ivr", "POST", "/interactions", a_message()))
    return {"customer_id": customer_id, "interaction_id": wrote["interaction_id"]}


# Contacts


@scenario("POST /contacts", nothing, name="a number that nobody has")
def _(world: World, _given: None) -> Outcome:
    return send(world, "ivr", "POST", "/contacts", a_call(ADA, need=["account_number"]))


@scenario("POST /contacts", ada, name="a known number")
def _(world: World, _given: str) -> Outcome:
    return send(world, "ivr", "POST", "/contacts", a_call(ADA, started_at=BEFORE))


@scenario("POST /contacts", two_who_share, name="a shared number")
def _(world: World, _given: Any) -> Outcome:
    return send(world, "ivr", "POST", "/contacts", a_call(SHARED))


@scenario("POST /contacts", nothing, name="a withheld number")
def _(world: World, _given: None) -> Outcome:
    return send(world, "ivr", "POST", "/contacts", a_call("anonymous"))


@scenario("POST /contacts", a_busy_customer, name="one more than are shown")
def _(world: World, _given: str) -> Outcome:
    return send(world, "ivr", "POST", "/contacts", a_call(ADA, "busy-5"))


@scenario("POST /contacts", nothing, name="a visitor")
def _(world: World, _given: None) -> Outcome:
    return send(world, "visitor", "POST", "/contacts", {**a_call(None), "channel": "chat"})


@scenario("PATCH /contacts/{contact_id}/facts", call_of(ADA, ada), name="what is only known")
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "ivr", "PATCH", f"/contacts/{contact_id}/facts", said(reason="billing", postcode="XY9 8ZW"))


@scenario("PATCH /contacts/{contact_id}/facts", call_of(STRANGER, ada), name="an account moves the contact")
def _(world: World, contact_id: str) -> Outcome:
    return send(
        world, "ivr", "PATCH", f"/contacts/{contact_id}/facts", said(account_number="A1", reason="billing")
    )


@scenario("PATCH /contacts/{contact_id}/facts", call_of(STRANGER), name="a verified account is bound")
def _(world: World, contact_id: str) -> Outcome:
    body = said(account_number="Z9", email="z@example.com", verified=True)
    return send(world, "ivr", "PATCH", f"/contacts/{contact_id}/facts", body)


@scenario("PATCH /contacts/{contact_id}/facts", call_of(ADA, ada), name="a borrowed phone")
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "ivr", "PATCH", f"/contacts/{contact_id}/facts", said(account_number="Z9", verified=True))


@scenario("PATCH /contacts/{contact_id}/facts", call_of("anonymous"), name="a withheld number is named")
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "ivr", "PATCH", f"/contacts/{contact_id}/facts", said(account_number="Z9", verified=True))


@scenario("PATCH /contacts/{contact_id}/facts", call_of(SHARED, two_who_share), name="candidates are told apart")
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "ivr", "PATCH", f"/contacts/{contact_id}/facts", said(account_number="B2"))


def visited(world: World) -> str:
    """A chat that a browser began, of which nobody is known, while Ada is."""
    ada(world)
    chat = {**a_call(None), "channel": "chat"}
    return str(must(send(world, "visitor", "POST", "/contacts", chat))["contact_id"])


@scenario("PATCH /contacts/{contact_id}/facts", visited, name="a visitor signs in")
def _(world: World, contact_id: str) -> Outcome:
    body = said(account_number="A1", verified=True)
    return send(world, "portal", "PATCH", f"/contacts/{contact_id}/facts", body)


@scenario("GET /contacts/{contact_id}/screen-pop", call_of(ADA, one_who_wrote), name="a customer")
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "agent", "GET", f"/contacts/{contact_id}/screen-pop")


@scenario("GET /contacts/{contact_id}/screen-pop", call_of(SHARED, two_who_share), name="candidates")
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "agent", "GET", f"/contacts/{contact_id}/screen-pop")


@scenario("GET /screen-pop", call_of(ADA, ada))
def _(world: World, _given: str) -> Outcome:
    return send(world, "agent", "GET", "/screen-pop?provider=amazon-connect&provider_contact_id=call-1")


@scenario("POST /contacts/{contact_id}/end", call_of(ADA, ada), name="plain")
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "agent", "POST", f"/contacts/{contact_id}/end", {"summary": "Asked for the bill"})


@scenario("POST /contacts/{contact_id}/end", call_of("anonymous"), name="without a customer")
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "agent", "POST", f"/contacts/{contact_id}/end", {"summary": "Hung up"})


@scenario("POST /contacts/{contact_id}/end", a_customer_with_many_cases, name="a case is resolved")
def _(world: World, given: dict[str, str]) -> Outcome:
    body = {"case_id": given["case_id"], "resolved": True, "disposition": "resolved"}
    return send(world, "agent", "POST", f"/contacts/{given['contact_id']}/end", body)


@scenario("POST /contacts/{contact_id}/verify", call_of(ADA, ada), name="it agrees")
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "agent", "POST", f"/contacts/{contact_id}/verify", said(postcode="AB1 2CD"))


@scenario("POST /contacts/{contact_id}/verify", call_of(ADA, ada), name="it does not agree")
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "agent", "POST", f"/contacts/{contact_id}/verify", said(postcode="XY9 8ZW"))


HERS: dict[str, Any] = {"date_of_birth": "1990-01-31", "postcode": "AB1 2CD"}


def met_beside(world: World) -> str:
    """A call by Ada, who keyed in her account, from a number that is only a candidate of hers."""
    a_customer(world, "Ada", ("phone", ADA), ("account", "A1"), **said(verified=True, **HERS))
    contact_id = call_of(STRANGER)(world)
    must(send(world, "ivr", "PATCH", f"/contacts/{contact_id}/facts", said(account_number="A1")))
    return str(contact_id)


@scenario("POST /contacts/{contact_id}/verify", met_beside, name="a candidate is confirmed")
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "agent", "POST", f"/contacts/{contact_id}/verify", said(**HERS))


@scenario("POST /lookup", ada, name="one")
def _(world: World, _given: str) -> Outcome:
    asked = {"identifiers": [{"type": "phone", "value": ADA}, {"type": "account", "value": "A1"}]}
    return send(world, "ivr", "POST", "/lookup", asked)


@scenario("POST /lookup", two_who_share, name="many")
def _(world: World, _given: Any) -> Outcome:
    return send(world, "ivr", "POST", "/lookup", {"identifiers": [{"type": "phone", "value": SHARED}]})


# Interactions


@scenario("POST /interactions", nothing, name="a number that nobody has")
def _(world: World, _given: None) -> Outcome:
    return send(world, "ivr", "POST", "/interactions", a_message())


@scenario("POST /interactions", ada, name="a known number")
def _(world: World, _given: str) -> Outcome:
    return send(world, "ivr", "POST", "/interactions", a_message())


@scenario("POST /interactions", two_who_share, name="a shared number")
def _(world: World, _given: Any) -> Outcome:
    return send(world, "ivr", "POST", "/interactions", a_message(number=SHARED))


@scenario("POST /interactions", a_customer_with_cases, name="on a contact and a case")
def _(world: World, given: dict[str, str]) -> Outcome:
    body = a_message(number=None, contact_id=given["contact_id"], case_id=given["case_id"])
    return send(world, "agent", "POST", "/interactions", body)


def one_with_a_thread(world: World) -> dict[str, str]:
    given = a_customer_with_cases(world)
    must(send(world, "ivr", "POST", "/interactions", a_message("first", None, **_case(given))))
    return given


def _case(given: dict[str, str]) -> dict[str, str]:
    return {"customer_id": given["customer_id"], "case_id": given["case_id"]}


@scenario("POST /interactions", one_with_a_thread, name="a reply joins the case")
def _(world: World, _given: Any) -> Outcome:
    return send(world, "ivr", "POST", "/interactions", a_message("second", in_reply_to="first"))


@scenario("GET /interactions/{interaction_id}", one_who_wrote)
def _(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "GET", f"/interactions/{given['interaction_id']}")


# Customers

KEY = {"Idempotency-Key": '"a-key-of-this-request"'}


@scenario("POST /customers", nothing)
def _(world: World, _given: None) -> Outcome:
    listed = [{"type": "account", "value": "A1"}, {"type": "phone", "value": ADA}]
    return send(world, "agent", "POST", "/customers", {"identifiers": listed} | said(name="Ada"), **KEY)


@scenario("GET /customers", two_who_share)
def _(world: World, _given: Any) -> Outcome:
    return send(world, "agent", "GET", "/customers?identifier_type=phone&identifier=%2B441632960001")


@scenario("GET /customers/{customer_id}", ada)
def _(world: World, customer_id: str) -> Outcome:
    return send(world, "agent", "GET", f"/customers/{customer_id}")


@scenario("PATCH /customers/{customer_id}", ada)
def _(world: World, customer_id: str) -> Outcome:
    body = {"name": "Ada Lovelace", "consent": {"sms": True}, "attributes": {"tier": "gold"}}
    return send(world, "agent", "PATCH", f"/customers/{customer_id}", body, **{"If-Match": '"1"'})


@scenario("GET /customers/{customer_id}/timeline", one_who_wrote)
def _(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "GET", f"/customers/{given['customer_id']}/timeline")


@scenario("GET /customers/{customer_id}/timeline", ada, name="nothing happened yet")
def _(world: World, customer_id: str) -> Outcome:
    return send(world, "agent", "GET", f"/customers/{customer_id}/timeline")


@scenario("GET /customers/{customer_id}/facts", ada)
def _(world: World, customer_id: str) -> Outcome:
    return send(world, "agent", "GET", f"/customers/{customer_id}/facts")


@scenario("GET /customers/{customer_id}/identifiers", ada)
def _(world: World, customer_id: str) -> Outcome:
    return send(world, "agent", "GET", f"/customers/{customer_id}/identifiers")


@scenario("POST /customers/{customer_id}/identifiers", ada, name="a new one")
def _(world: World, customer_id: str) -> Outcome:
    body = {"type": "email", "value": "ada@example.com", "verified": True}
    return send(world, "agent", "POST", f"/customers/{customer_id}/identifiers", body)


@scenario("POST /customers/{customer_id}/identifiers", ada, name="one that is verified now")
def _(world: World, customer_id: str) -> Outcome:
    body = {"type": "account", "value": "A1", "verified": True}
    return send(world, "agent", "POST", f"/customers/{customer_id}/identifiers", body)


@scenario("DELETE /customers/{customer_id}/identifiers", ada, ends=frozenset({404}))
def _(world: World, customer_id: str) -> Outcome:
    return send(world, "agent", "DELETE", f"/customers/{customer_id}/identifiers?type=account&value=A1")


# Cases


@scenario("POST /customers/{customer_id}/cases", ada, name="the first")
def _(world: World, customer_id: str) -> Outcome:
    return send(world, "agent", "POST", f"/customers/{customer_id}/cases", {"subject": "Late parcel"}, **KEY)


@scenario("POST /customers/{customer_id}/cases", a_customer_with_many_cases, name="one more than are shown")
def _(world: World, given: dict[str, str]) -> Outcome:
    path = f"/customers/{given['customer_id']}/cases"
    return send(world, "agent", "POST", path, {"subject": "One more", "description": "The eighth"}, **KEY)


@scenario("GET /customers/{customer_id}/cases", a_customer_with_cases)
def _(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "GET", f"/customers/{given['customer_id']}/cases")


@scenario("GET /cases/{case_id}", a_customer_with_cases)
def _(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "GET", f"/cases/{given['case_id']}")


# Amazon Connect


@scenario("connect_lookup", nothing, name="a number that nobody has")
def _(world: World, _given: None) -> Outcome:
    return world.flow("connect_lookup", connect_event(parameters={"need": "account_number, reason"}))


@scenario("connect_lookup", ada, name="a known number, with facts")
def _(world: World, _given: str) -> Outcome:
    return world.flow("connect_lookup", connect_event(parameters={"account_number": "A1", "need": "reason"}))


@scenario("connect_lookup", two_who_share, name="without a contact")
def _(world: World, _given: Any) -> Outcome:
    return world.flow("connect_lookup", connect_event("", parameters={"account_number": "A1"}))


def _looked_up(world: World) -> None:
    ada(world)
    must(world.flow("connect_lookup", connect_event()))


@scenario("connect_save_facts", _looked_up, name="on a contact")
def _(world: World, _given: None) -> Outcome:
    return world.flow("connect_save_facts", connect_event(parameters={"reason": "billing", "postcode": "AB1 2CD"}))


@scenario("connect_save_facts", nothing, name="on a contact that was never looked up")
def _(world: World, _given: None) -> Outcome:
    return world.flow("connect_save_facts", connect_event(parameters={"account_number": "1"}))


@scenario("connect_save_facts", ada, name="without facts")
def _(world: World, _given: str) -> Outcome:
    return world.flow("connect_save_facts", connect_event())


# The stream


def one_who_moved(world: World) -> list[dict[str, Any]]:
    """A stranger's call, on which messages were written, turned out to be Ada's: the record of that."""
    ada(world)
    contact_id = call_of(STRANGER)(world)
    for n in range(3):
        must(send(world, "ivr", "POST", "/interactions", a_message(f"event-{n}", None, contact_id=contact_id)))
    before = image_of(keys.contact(contact_id), keys.CONTACT)
    must(send(world, "ivr", "PATCH", f"/contacts/{contact_id}/facts", said(account_number="A1")))
    return told({"OldImage": before, "NewImage": image_of(keys.contact(contact_id), keys.CONTACT)})


@scenario("follow_contact", one_who_moved)
def _(world: World, records: list[dict[str, Any]]) -> Outcome:
    return world.stream("follow_contact", records)


def one_who_had_hung_up(world: World) -> list[dict[str, Any]]:
    """It is told late that a call which is over was Ada's, and what it was about: its case is opened then."""
    ada(world)
    contact_id = call_of(STRANGER)(world)
    must(send(world, "agent", "POST", f"/contacts/{contact_id}/end", {}))
    before = image_of(keys.contact(contact_id), keys.CONTACT)
    said_late = said(account_number="A1", reason="billing")
    must(send(world, "ivr", "PATCH", f"/contacts/{contact_id}/facts", said_late))
    return told({"OldImage": before, "NewImage": image_of(keys.contact(contact_id), keys.CONTACT)})


@scenario("follow_contact", one_who_had_hung_up, name="told late whose it was")
def _(world: World, records: list[dict[str, Any]]) -> Outcome:
    return world.stream("follow_contact", records)


def a_message_of_nobodys(world: World) -> list[dict[str, Any]]:
    """A message from a number that two have was Ada's: its case is opened then."""
    two_who_share(world)
    wrote = must(send(world, "ivr", "POST", "/interactions", a_message("event-1", SHARED)))
    before = image_of(keys.contact(wrote["contact_id"]), keys.CONTACT)
    must(send(world, "ivr", "PATCH", f"/contacts/{wrote['contact_id']}/facts", said(account_number="A1")))
    return told({"OldImage": before, "NewImage": image_of(keys.contact(wrote["contact_id"]), keys.CONTACT)})


@scenario("follow_contact", a_message_of_nobodys, name="told late who wrote")
def _(world: World, records: list[dict[str, Any]]) -> Outcome:
    return world.stream("follow_contact", records)


def one_who_begins(world: World) -> list[dict[str, Any]]:
    return told({"NewImage": image_of(keys.contact(call_of(ADA)(world)), keys.CONTACT)})


@scenario("follow_contact", one_who_begins, name="a contact begins")
def _(world: World, records: list[dict[str, Any]]) -> Outcome:
    return world.stream("follow_contact", records)


def told(images: dict[str, Any]) -> list[dict[str, Any]]:
    change = {"Keys": {}, "SequenceNumber": "111", "StreamViewType": "NEW_AND_OLD_IMAGES", **images}
    return [{"eventID": "1", "eventName": "MODIFY", "eventSource": "aws:dynamodb", "dynamodb": change}]


def image_of(partition: str, sort_key: str) -> dict[str, Any]:
    answer = Item.connection().get_item(partition, sort_key, consistent_read=True)
    return dict(answer["Item"])


# The API about itself


@scenario("GET /openapi.json", nothing)
def _(world: World, _given: None) -> Outcome:
    return send(world, "agent", "GET", "/openapi.json")


@scenario("GET /docs", nothing)
def _(world: World, _given: None) -> Outcome:
    return send(world, "agent", "GET", "/docs")


# Merges


def two_of_one(world: World) -> dict[str, str]:
    """Two records of one person, each with a number."""
    return {"ada": ada(world), "other": a_customer(world, "Ada King", ("phone", STRANGER))}


def merged(world: World) -> dict[str, str]:
    people = two_of_one(world)
    body = {"other_customer_id": people["other"], "reason": "the same person"}
    made = must(send(world, "agent", "POST", f"/customers/{people['ada']}/merges", body))
    return people | {"merge_id": made["merge_id"]}


def merged_and_a_third(world: World) -> dict[str, str]:
    return merged(world) | {"third": a_customer(world, "Bob", ("account", "B2"))}


def called(world: World) -> dict[str, str]:
    people = merged(world)
    contact = must(send(world, "ivr", "POST", "/contacts", a_call(STRANGER)))
    return people | {"contact_id": contact["contact_id"]}


@scenario("POST /customers/{customer_id}/merges", two_of_one)
def _(world: World, people: dict[str, str]) -> Outcome:
    body = {"other_customer_id": people["other"], "reason": "the same person"}
    return send(world, "agent", "POST", f"/customers/{people['ada']}/merges", body)


@scenario("GET /merges/{merge_id}", merged)
def _(world: World, people: dict[str, str]) -> Outcome:
    return send(world, "agent", "GET", f"/merges/{people['merge_id']}")


@scenario("DELETE /merges/{merge_id}", merged)
def _(world: World, people: dict[str, str]) -> Outcome:
    return send(world, "agent", "DELETE", f"/merges/{people['merge_id']}")


@scenario("GET /customers/{customer_id}/decisions", merged)
def _(world: World, people: dict[str, str]) -> Outcome:
    return send(world, "agent", "GET", f"/customers/{people['other']}/decisions")


@scenario("POST /contacts", merged, name="of a merged customer")
def _(world: World, _people: dict[str, str]) -> Outcome:
    return send(world, "ivr", "POST", "/contacts", a_call(STRANGER))


@scenario("PATCH /contacts/{contact_id}/facts", called, name="of a merged customer")
def _(world: World, people: dict[str, str]) -> Outcome:
    return send(world, "ivr", "PATCH", f"/contacts/{people['contact_id']}/facts", said(reason="a bill"))


@scenario("GET /contacts/{contact_id}/screen-pop", called, name="of a merged customer")
def _(world: World, people: dict[str, str]) -> Outcome:
    return send(world, "agent", "GET", f"/contacts/{people['contact_id']}/screen-pop")


# Relations


SPEAKS = {"relation": "speaks_for", "may_be_told": ["billing"], "note": "power of attorney"}


def related(world: World) -> dict[str, str]:
    people = two_of_one(world)
    must(relate(world, people))
    return people


def relate(world: World, people: dict[str, str], **changed: Any) -> Outcome:
    body = SPEAKS | {"customer_id": people["other"]} | changed
    return send(world, "agent", "POST", f"/customers/{people['ada']}/relations", body)


@scenario("POST /customers/{customer_id}/relations", two_of_one)
def _(world: World, people: dict[str, str]) -> Outcome:
    return relate(world, people)


@scenario("POST /customers/{customer_id}/relations", related, name="other details")
def _(world: World, people: dict[str, str]) -> Outcome:
    return relate(world, people, may_be_told=["everything"], until="2027-11-22T00:00:00Z")


@scenario("POST /customers/{customer_id}/relations", merged_and_a_third, name="of a merged customer")
def _(world: World, people: dict[str, str]) -> Outcome:
    return relate(world, people, customer_id=people["third"])


@scenario("GET /customers/{customer_id}/relations", related)
def _(world: World, people: dict[str, str]) -> Outcome:
    return send(world, "agent", "GET", f"/customers/{people['other']}/relations")


@scenario("DELETE /customers/{customer_id}/relations/{other_id}", related, ends=frozenset({404}))
def _(world: World, people: dict[str, str]) -> Outcome:
    return send(world, "agent", "DELETE", f"/customers/{people['other']}/relations/{people['ada']}")


# Attribution


def a_call_of_two(world: World) -> dict[str, str]:
    """A call from Ada's number, and somebody else whose it may be."""
    people = two_of_one(world)
    contact = must(send(world, "ivr", "POST", "/contacts", a_call(ADA)))
    return people | {"contact_id": contact["contact_id"]}


def attributed(world: World) -> dict[str, str]:
    given = a_call_of_two(world)
    body = {"customer_id": given["other"], "reason": "a neighbour"}
    must(send(world, "agent", "POST", f"/contacts/{given['contact_id']}/attribution", body))
    return given


@scenario("POST /contacts/{contact_id}/attribution", a_call_of_two)
def _(world: World, given: dict[str, str]) -> Outcome:
    body = {"customer_id": given["other"], "reason": "a neighbour"}
    return send(world, "agent", "POST", f"/contacts/{given['contact_id']}/attribution", body)


@scenario("POST /contacts/{contact_id}/attribution", a_call_of_two, name="to somebody new")
def _(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "POST", f"/contacts/{given['contact_id']}/attribution", {"new": True})


@scenario("POST /contacts/{contact_id}/attribution", a_call_of_two, name="to nobody")
def _(world: World, given: dict[str, str]) -> Outcome:
    body = {"not_customer_id": given["ada"]}
    return send(world, "agent", "POST", f"/contacts/{given['contact_id']}/attribution", body)


@scenario("DELETE /contacts/{contact_id}/attribution", attributed, ends=frozenset({409}))
def _(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "DELETE", f"/contacts/{given['contact_id']}/attribution")


# Channels


def kept(*samples: Sample) -> Callable[[World], list[str]]:
    """What Twilio sent, archived."""

    def given(_world: World) -> list[str]:
        archive = Archive(SETTINGS.archive_bucket, SETTINGS.region)
        sent = [sample.request("twilio") for sample in samples]
        return [
            archive.put(Archived("twilio", raw.method, raw.url, raw.content_type, raw.body, NOW)) for raw in sent
        ]

    return given


def process(world: World, keys: list[str]) -> Outcome:
    records = [
        {"messageId": f"m-{n}", "eventSource": "aws:sqs", "body": json.dumps({"key": key})}
        for n, key in enumerate(keys)
    ]
    answer = world.client.lambda_.invoke("process_inbox", {"Records": records}).payload
    failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    return Outcome(not failed, bool(failed), answer)


@scenario("process_inbox", kept(twilio.SAMPLES["sms"]), name="a message")
def _(world: World, keys: list[str]) -> Outcome:
    return process(world, keys)


@scenario("process_inbox", kept(twilio.SAMPLES["call"]), name="a call begins")
def _(world: World, keys: list[str]) -> Outcome:
    return process(world, keys)


def a_call_that_goes_on(world: World) -> list[str]:
    begun, earlier, over = (
        twilio.a_form(twilio.CALL, CallStatus=status, Timestamp=f"Sun, 22 Nov 2026 08:00:{second} +0000")
        for status, second in (("in-progress", "05"), ("ringing", "01"), ("completed", "40"))
    )
    first, *rest = kept(begun, earlier, over)(world)
    must(process(world, [first]))
    return rest


@scenario("process_inbox", a_call_that_goes_on, name="a call that began earlier")
def _(world: World, keys: list[str]) -> Outcome:
    return process(world, keys[:1])


@scenario("process_inbox", a_call_that_goes_on, name="a call ends")
def _(world: World, keys: list[str]) -> Outcome:
    return process(world, keys[1:])


def a_call_that_is_over(world: World) -> list[str]:
    first, last = a_call_that_goes_on(world)
    must(process(world, [last]))
    return [first]


@scenario("process_inbox", a_call_that_is_over, name="a call that is over began earlier")
def _(world: World, keys: list[str]) -> Outcome:
    return process(world, keys)


@scenario("process_inbox", kept(twilio.SAMPLES["delivery"]), name="a delivery of a message nobody told of")
def _(world: World, keys: list[str]) -> Outcome:
    return process(world, keys)


def a_message_of_ours(world: World) -> list[str]:
    sent, read = (twilio.a_form(twilio.STATUS, MessageStatus=status) for status in ("sent", "read"))
    first, last = kept(sent, read)(world)
    must(process(world, [first]))
    return [last]


@scenario("process_inbox", a_message_of_ours, name="a delivery")
def _(world: World, keys: list[str]) -> Outcome:
    return process(world, keys)


def calls_that_fell_silent(world: World) -> None:
    """One that goes on, one of a customer, one of nobody, and one that has ended."""
    world.clock.forward(hours=-4)
    for caller in (ADA, STRANGER, "anonymous", SHARED):
        contact_id = must(send(world, "ivr", "POST", "/contacts", a_call(caller, caller)))["contact_id"]
        must(world.stream("follow_contact", told({"NewImage": image_of(keys.contact(contact_id), keys.CONTACT)})))
        if caller == ADA:
            said = {"reason": {"value": "billing", "collected_at": "2026-11-22T08:00:00Z"}}
            must(send(world, "ivr", "PATCH", f"/contacts/{contact_id}/facts", {"facts": said}))
        if caller == SHARED:
            must(send(world, "ivr", "POST", f"/contacts/{contact_id}/end", {}))


@scenario("end_silent", calls_that_fell_silent)
def run_schedule(world: World, _given: Any) -> Outcome:
    moment = {"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}
    about = {"version": "0", "account": "1", "region": "r", "time": "t", "id": "i", "resources": []}
    try:
        world.client.lambda_.invoke("end_silent", moment | about)
    except Unavailable:
        return Outcome(done=False, again=True, answer={})
    return Outcome(done=True, again=False, answer={})


@scenario("take_in_connect", nothing)
def _(world: World, _given: Any) -> Outcome:
    world.client.lambda_.invoke("take_in_connect", amazon_connect.RECORD)
    return Outcome(done=True, again=False, answer={})


def told_by_connect(*told: Any) -> Callable[[World], list[str]]:
    """What Amazon Connect told, archived."""

    def given(_world: World) -> list[str]:
        archive = Archive(SETTINGS.archive_bucket, SETTINGS.region)
        sent = [Sample.of_json(one).request("amazon_connect") for one in told]
        kept = (Archived("amazon_connect", "EVENT", one.url, one.content_type, one.body, NOW) for one in sent)
        return [archive.put(one) for one in kept]

    return given


def a_call_only_heard_of(world: World) -> list[str]:
    heard, record = told_by_connect(amazon_connect.LIFE[0], amazon_connect.RECORD)(world)
    must(process(world, [heard]))
    return [record]


@scenario("process_inbox", a_call_only_heard_of, name="a record says whose call it was")
def _(world: World, keys: list[str]) -> Outcome:
    return process(world, keys)


@scenario("process_inbox", told_by_connect(amazon_connect.MESSAGE), name="a chat message")
def _(world: World, keys: list[str]) -> Outcome:
    return process(world, keys)


@scenario("take_in_mail", nothing)
def _(world: World, _given: Any) -> Outcome:
    store = aws.client("s3", SETTINGS.region)
    store.put_object(Bucket=SETTINGS.archive_bucket, Key="raw", Body=email.a_mail())
    detail = {"bucket": {"name": SETTINGS.archive_bucket}, "object": {"key": "raw"}}
    world.client.lambda_.invoke("take_in_mail", {"detail-type": "Object Created", "detail": detail})
    return Outcome(done=True, again=False, answer={})


def mails(*contents: dict[str, Any]) -> Callable[[World], list[str]]:
    """Mails that are archived."""

    def given(_world: World) -> list[str]:
        archive = Archive(SETTINGS.archive_bucket, SETTINGS.region)
        kept = (
            Archived("email", "EVENT", f"s3://mail/{n}", "application/json", json.dumps(one).encode(), NOW)
            for n, one in enumerate(contents)
        )
        return [archive.put(one) for one in kept]

    return given


def a_mail_and_its_answer(world: World) -> list[str]:
    first, answer = mails(email.KEPT, email.KEPT | {"message_id": "2@x", "answers": ["1@example.com"]})(world)
    must(process(world, [first]))
    return [answer]


@scenario("process_inbox", mails(email.KEPT), name="a mail")
def _(world: World, keys: list[str]) -> Outcome:
    return process(world, keys)


@scenario("process_inbox", a_mail_and_its_answer, name="a mail that answers another")
def _(world: World, keys: list[str]) -> Outcome:
    return process(world, keys)


@scenario("process_inbox", mails(email.KEPT | {"dmarc": "fail", "aligned": False}), name="a forged mail")
def _(world: World, keys: list[str]) -> Outcome:
    return process(world, keys)


def a_call_that_its_provider_ended(world: World) -> str:
    keys = kept(twilio.a_form(twilio.CALL, CallStatus="completed"))(world)
    must(process(world, keys))
    return contact_id_for("twilio", twilio.CALL["CallSid"])


@scenario("POST /contacts/{contact_id}/end", a_call_that_its_provider_ended, name="wrapped up")
def _(world: World, contact_id: str) -> Outcome:
    body = {"disposition": "solved", "summary": "It came"}
    return send(world, "agent", "POST", f"/contacts/{contact_id}/end", body)
