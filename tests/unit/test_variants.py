"""Other forms of a number or an address: their owner is proposed and asked about, and never taken for granted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.models import changes, store
from chalicelib.models.identifiers import normalise
from chalicelib.models.variants import family_of
from tests.conftest import Api, Spy
from tests.factories import a_contact, an_interaction, facts
from tests.settings import NOW

WITH, WITHOUT = "+5521987654321", "+552187654321"
"""A Brazilian mobile number with its ninth digit, and the same as it was before 2016, as WhatsApp names it."""


def a_customer(agent: Api, name: str = "Ada", account: str = "A1", **identifiers: str) -> str:
    given_ = [{"type": type_, "value": value} for type_, value in {"account": account, **identifiers}.items()]
    return str(agent.post("/customers", {"name": name, "identifiers": given_}).json["customer_id"])


def came_from(type_: str, value: str, **more: Any) -> dict[str, Any]:
    return a_contact(None, **{"from": {"type": type_, "value": value}}, **more)


@pytest.mark.parametrize(
    ("of_record", "of_contact", "variant_of"),
    [
        (("phone", WITH), ("phone", WITHOUT), "phone"),
        (("phone", WITHOUT), ("phone", WITH), "phone"),
        (("phone", WITH), ("whatsapp", WITHOUT), "phone"),
        (("whatsapp", "+5215512345678"), ("phone", "+525512345678"), "phone"),
        (("phone", "+541123456789"), ("phone", "+5491123456789"), "phone"),
        (("phone", "+442079460000;ext=12"), ("phone", "+442079460000"), "phone"),
        (("email", "ada.lovelace@gmail.com"), ("email", "AdaLovelace@googlemail.com"), "email"),
        (("email", "ada@example.com"), ("email", "ada+shop@example.com"), "email"),
    ],
)
def test_the_owner_of_a_variant_is_a_candidate_and_a_fact_decides(
    ivr: Api, agent: Api, of_record: tuple[str, str], of_contact: tuple[str, str], variant_of: str
) -> None:
    # Given a customer who is known by one form of a number or an address
    ada = a_customer(agent, **dict([of_record]))
    # When somebody comes from another form of it
    contact = ivr.post("/contacts", came_from(*of_contact)).json
    # Then it is not decided: she is proposed, and the question that tells is asked
    assert (contact["customer_id"], contact["match"]["result"]) == (None, "many")
    assert contact["candidates"] == [{"customer_id": ada}]
    assert contact["match"]["reasons"] == [
        {"identifier": of_contact[0], "verified": False, "candidate": True, "variant_of": variant_of}
    ]
    assert contact["ask"] == ["account_number"]
    # and once it is answered it is hers, and what she is known by has not changed
    saved = ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(account_number="A1")).json
    assert (saved["customer_id"], saved["match"]["result"]) == (ada, "one")
    listed = agent.get(f"/customers/{ada}/identifiers").json["items"]
    assert [(one["type"], one["value"]) for one in listed if one["type"] != "account"] == [of_record]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("phone", "+552132654321"), ("phone", "+5521932654321")),  # without its 9 it would be a landline
        (("phone", "+442079460000"), ("phone", "+449207946000")),
        (("email", "a.da@example.com"), ("email", "ada@example.com")),  # dots count, but for one provider
        (("email", "ada+x@example.com"), ("email", "ada+x@example.org")),
        (("instagram", "a.da"), ("instagram", "ada")),
    ],
)
def test_what_only_looks_alike_is_somebody_else(
    ivr: Api, agent: Api, one: tuple[str, str], other: tuple[str, str]
) -> None:
    ada = a_customer(agent, **dict([one]))
    met = ivr.post("/contacts", came_from(*other)).json
    assert met["match"]["result"] == "none"
    assert met["customer_id"] not in {None, ada}


def test_each_form_decides_for_whom_it_is_known(ivr: Api, agent: Api) -> None:
    # Given two customers of whom each is known by a form of one number, and a third by both
    ada, bob = a_customer(agent, phone=WITH), a_customer(agent, "Bob", "B2", phone=WITHOUT)
    cy = a_customer(agent, "Cy", "C3", email="cy@gmail.com")
    agent.post(f"/customers/{cy}/identifiers", {"type": "email", "value": "c.y@gmail.com"})
    # Then the very form decides
    for value, customer_id in ((WITH, ada), (WITHOUT, bob)):
        contact = ivr.post("/contacts", a_contact(value)).json
        assert (contact["customer_id"], contact["match"]["result"]) == (customer_id, "one")
    for value in ("cy@gmail.com", "c.y@gmail.com"):
        wrote = ivr.post(
            "/interactions", an_interaction(channel="email", **{"from": {"type": "email", "value": value}})
        )
        assert wrote.json["customer_id"] == cy
    # and taking one form away leaves the other
    agent.delete(f"/customers/{cy}/identifiers?type=email&value=c.y@gmail.com")
    assert len(agent.get("/customers?identifier_type=email&identifier=cy@gmail.com").json["items"]) == 1
    assert agent.get("/customers?identifier_type=email&identifier=c.y@gmail.com").json["items"] == []


def test_who_says_that_they_are_somebody_else_has_the_number_from_then_on(ivr: Api, agent: Api) -> None:
    ada = a_customer(agent, phone=WITH)
    contact_id = ivr.post("/contacts", a_contact(WITHOUT)).json["contact_id"]
    said = facts(name="Bob Miller", date_of_birth="1964-07-02", postcode="LS2 9JT")
    ada_knows = facts(name="Ada Lovelace", date_of_birth="1990-01-31", postcode="SW1A 1AA", verified=True)
    own = ivr.post("/contacts", a_contact(WITH)).json["contact_id"]
    ivr.patch(f"/contacts/{own}/facts", ada_knows)
    saved = ivr.patch(f"/contacts/{contact_id}/facts", said).json
    assert saved["customer_id"] not in {None, ada}
    assert ivr.post("/contacts", a_contact(WITHOUT)).json["customer_id"] == saved["customer_id"]


def test_who_was_said_not_to_be_meant_is_not_proposed_again(ivr: Api, agent: Api) -> None:
    # Given a contact from a variant that was taken for its owner's, and is not
    ada = a_customer(agent, phone=WITH)
    contact_id = ivr.post("/contacts", a_contact(WITHOUT)).json["contact_id"]
    ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="A1"))
    body = {"not_customer_id": ada, "reason": "She says she never called"}
    assert agent.post(f"/contacts/{contact_id}/attribution", body).status == 200
    # Then the next one proposes nobody
    again = ivr.post("/contacts", a_contact(WITHOUT)).json
    assert (again["match"]["result"], again["customer_id"] == ada) == ("none", False)


def test_requests(ivr: Api, agent: Api, spy: Spy) -> None:
    a_customer(agent, phone=WITH)
    # A number that has variants costs what any other does
    for value, asked in (
        ("+5511998765432", ["Query"]),
        (WITH, ["Query", "Query"]),
        (WITHOUT, ["Query", "BatchGetItem"]),
    ):
        spy.reset()
        ivr.post("/lookup", {"identifiers": [{"type": "phone", "value": value}]})
        assert spy.operations == asked
    # but where a crowd is known by another form of it, its own is looked for behind them
    crowd = normalise("phone", "+541123456789")
    for number in range(12):
        owner = changes.new_owner(crowd, f"CROWD{number:02d}", NOW, verified=False)
        owner.save()
    own = a_customer(agent, "Bob", "B2", phone="+5491123456789")
    spy.reset()
    looked = ivr.post("/lookup", {"identifiers": [{"type": "phone", "value": "+5491123456789"}]}).json
    assert (looked["match"]["result"], looked["customer_id"]) == ("one", own)
    assert spy.operations == ["Query", "Query", "Query"]


# One number on two channels


def test_a_number_is_the_same_on_whatsapp(ivr: Api, agent: Api) -> None:
    # Given a customer who rings
    ada = ivr.post("/contacts", a_contact("+447700900123")).json["customer_id"]
    # When they write from the same number
    wrote = ivr.post(
        "/interactions",
        an_interaction(channel="whatsapp", **{"from": {"type": "whatsapp", "value": "447700900123"}}),
    )
    # Then it is theirs, and the same is said once
    assert wrote.json["customer_id"] == ada
    contact = ivr.post("/contacts", came_from("whatsapp", "447700900123")).json
    said = ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(phone="+447700900123")).json
    assert (said["customer_id"], said["assurance"]) == (ada, 1)
    # and each of the two can be listed and taken away by itself
    assert agent.post(f"/customers/{ada}/identifiers", {"type": "whatsapp", "value": "447700900123"}).status == 201
    agent.delete(f"/customers/{ada}/identifiers?type=phone&value=%2B447700900123")
    assert ivr.post("/contacts", a_contact("+447700900123")).json["customer_id"] == ada


def test_strangers_on_whatsapp_are_counted_at_the_phone_that_decides(ivr: Api, agent: Api) -> None:
    # Given Ada's number, and Bob, who writes on WhatsApp from it and says who he is
    ada = a_customer(agent, phone="+447700900123")
    bob = a_customer(agent, "Bob", "B2")
    contact = ivr.post("/contacts", came_from("whatsapp", "447700900123")).json
    assert contact["customer_id"] == ada
    body = {"customer_id": bob, "reason": "It is her husband"}
    assert agent.post(f"/contacts/{contact['contact_id']}/attribution", body).json["customer_id"] == bob
    # Then the number stays hers, is shared, and the attribution can be taken back
    owners = store.find_owners(normalise("phone", "+447700900123"))
    assert [owner.customer_id for owner in owners.owners] == [ada]
    assert owners.head
    assert owners.head.strangers == 1
    again = ivr.post("/contacts", came_from("whatsapp", "447700900123")).json
    assert (again["match"]["result"], again["candidates"]) == ("many", [{"customer_id": ada}])
    assert agent.delete(f"/contacts/{contact['contact_id']}/attribution").json["customer_id"] == ada


# The form that variants share

NUMBERS = st.from_regex(r"\+(?:55\d{10,11}|521?\d{10}|549?\d{10}|44\d{10})(?:;ext=\d{1,4})?", fullmatch=True)
ADDRESSES = st.from_regex(r"[a-z.+]{1,12}@(?:gmail\.com|googlemail\.com|example\.org)", fullmatch=True)


@given(st.tuples(st.just("phone"), st.just(""), NUMBERS) | st.tuples(st.just("email"), st.just(""), ADDRESSES))
def test_the_form_that_variants_share_is_its_own(key: tuple[str, str, str]) -> None:
    assert family_of(*family_of(*key)) == family_of(*key)
