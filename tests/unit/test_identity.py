"""Who it is: one, many or none, what decides, and what is never bound."""

import pytest

from chalicelib.errors import BadInput
from chalicelib.models.identifiers import is_withheld, normalise
from chalicelib.models.phone_numbers import region_of
from chalicelib.rules.matching import Assurance
from chalicelib.runtime import get_deps
from chalicelib.services.contacts.follow import follow_contact
from tests.conftest import Api, Clock
from tests.factories import a_contact, an_interaction, facts


def a_customer(agent: Api, name: str, **identifiers: str) -> str:
    listed = [{"type": type_, "value": value} for type_, value in identifiers.items()]
    customer_id = agent.post("/customers", {"name": name, "identifiers": listed}).json["customer_id"]
    return str(customer_id)


def test_a_shared_number_gives_candidates_and_the_question_that_tells_them_apart(ivr: Api, agent: Api) -> None:
    # Given a landline that two people share
    ada = a_customer(agent, "Ada", phone="+441632960001", account="A1")
    bob = a_customer(agent, "Bob", phone="+441632960001", account="B2")
    # When it rings
    contact = ivr.post("/contacts", a_contact("+441632960001", need=["reason", "account_number"])).json
    # Then it may be either, and the account number is asked first
    assert contact["match"]["result"] == "many"
    assert contact["customer_id"] is None
    assert {c["customer_id"] for c in contact["candidates"]} == {ada, bob}
    assert contact["ask"] == ["account_number", "reason"]
    pop = agent.get(f"/contacts/{contact['contact_id']}/screen-pop").json
    assert {c["name"] for c in pop["candidates"]} == {"Ada", "Bob"}
    # and the account number that is keyed in decides, corroborated by the number
    decided = ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(account_number="b2")).json
    assert (decided["match"]["result"], decided["customer_id"], decided["assurance"]) == ("one", bob, 2)


def test_a_date_of_birth_decides_between_candidates(ivr: Api, agent: Api) -> None:
    a_customer(agent, "Ada", phone="+441632960001")
    made = {"name": "Bob", "identifiers": [{"type": "phone", "value": "+441632960001"}]}
    bob = agent.post("/customers", made | facts(date_of_birth="1990-01-31")).json["customer_id"]
    contact = ivr.post("/contacts", a_contact("+441632960001")).json
    assert contact["ask"] == ["date_of_birth"]
    decided = ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(date_of_birth="19900131")).json
    assert decided["customer_id"] == bob


def test_a_name_alone_never_decides(ivr: Api, agent: Api) -> None:
    a_customer(agent, "Ada", phone="+441632960001")
    a_customer(agent, "Bob", phone="+441632960001")
    contact = ivr.post("/contacts", a_contact("+441632960001")).json
    said = ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(name="Ada")).json
    assert said["match"]["result"] == "many"


def test_who_says_the_number_that_they_call_from_says_nothing_new(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a landline that two people share, one of whom has a phone of his own besides
    number, own = "+441632960001", "+447700900002"
    a_customer(agent, "Ada", phone=number)
    bob = a_customer(agent, "Bob", phone=number)
    agent.post(f"/customers/{bob}/identifiers", {"type": "phone", "value": own})
    # When somebody calls from it and gives that very number, then it still may be either
    contact = ivr.post("/contacts", a_contact(number)).json
    path = f"/contacts/{contact['contact_id']}/facts"
    assert ivr.patch(path, facts(phone="01632 960001")).json["match"] == contact["match"]
    asked = {"identifiers": [{"type": "phone", "value": number}]} | facts(phone=number)
    assert ivr.post("/lookup", asked).json["match"] == contact["match"]
    # and the number of one of them decides
    clock.forward(seconds=9)
    assert ivr.patch(path, facts(phone=own)).json["customer_id"] == bob


def test_a_shared_number_does_not_decide_because_it_is_said_too(ivr: Api, agent: Api) -> None:
    # Given a phone that is Ada's, and from which three others called
    number = "+447700900001"
    known_by = [{"type": "phone", "value": number, "verified": True}]
    agent.post("/customers", {"name": "Ada", "identifiers": known_by})
    for _ in range(3):
        borrowed = ivr.post("/contacts", a_contact(number)).json["contact_id"]
        agent.post(f"/contacts/{borrowed}/attribution", {"new": True})
    # When the next caller reads it out, then that is no reason to believe that it is her
    contact = ivr.post("/contacts", a_contact(number)).json
    assert contact["match"]["result"] == "many"
    said = ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(phone=number)).json
    assert (said["match"], said["customer_id"]) == (contact["match"], None)


def test_an_address_of_both_tells_nobody_apart(ivr: Api, agent: Api) -> None:
    # Given a family's phone and address, and one of them with an address of his own besides
    shared = {"phone": "+441632960001", "email": "family@example.com"}
    a_customer(agent, "Ada", **shared)
    bob = a_customer(agent, "Bob", **shared)
    agent.post(f"/customers/{bob}/identifiers", {"type": "email", "value": "bob@example.com"})
    contact_id = ivr.post("/contacts", a_contact(shared["phone"])).json["contact_id"]
    # When the family's address is given, then it still may be either
    said = ivr.patch(f"/contacts/{contact_id}/facts", facts(email=shared["email"])).json
    assert (said["match"]["result"], said["customer_id"]) == ("many", None)


def test_an_account_number_rematches_the_contact_but_binds_nothing(ivr: Api, agent: Api) -> None:
    # Given Ada with an account, and a call from somebody else's phone
    ada = a_customer(agent, "Ada", account="A1")
    contact = ivr.post("/contacts", a_contact("+447700900777")).json
    lender = contact["customer_id"]
    ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(reason="moving house"))
    # When Ada's account number is keyed in
    moved = ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(account_number="A1")).json
    # Then the contact and what was said on it are Ada's, only claimed, and the phone is not
    assert (moved["customer_id"], moved["assurance"]) == (ada, 1)
    assert moved["known"]["reason"]["value"] == "moving house"
    assert moved["match"]["reasons"][1]["conflicts"] is True
    assert agent.get(f"/customers/{lender}/facts").json["facts"] == {}
    # and never becomes hers, however often the number is typed on it
    for _ in range(2):
        again = ivr.post("/contacts", a_contact("+447700900777")).json
        assert again["customer_id"] == lender
        pop = agent.get(f"/contacts/{again['contact_id']}/screen-pop").json
        assert [c["contact_id"] for c in pop["live_contacts"]] == [again["contact_id"]]
        ivr.patch(f"/contacts/{again['contact_id']}/facts", facts(account_number="A1"))
    assert [one["type"] for one in agent.get(f"/customers/{ada}/identifiers").json["items"]] == ["account"]
    decisions = agent.get(f"/customers/{ada}/decisions").json["items"]
    assert {entry["decided"] for entry in decisions} == {"candidate_noted"}


def test_an_unverified_account_number_that_nobody_has_binds_nothing(ivr: Api) -> None:
    contact = ivr.post("/contacts", a_contact()).json
    ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(account_number="77"))
    found = ivr.post("/lookup", {"identifiers": [{"type": "account", "value": "77"}]}).json
    assert found["match"]["result"] == "none"


def test_a_verified_account_number_is_bound(ivr: Api) -> None:
    contact = ivr.post("/contacts", a_contact()).json
    saved = ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(account_number="77", verified=True)).json
    assert saved["assurance"] == Assurance.AUTHENTICATED
    found = ivr.post("/lookup", {"identifiers": [{"type": "account", "value": "77"}]}).json
    assert found["customer_id"] == contact["customer_id"]
    assert found["match"]["confidence"] == 0.95


def test_who_is_vouched_for_is_known_by_the_number_that_they_call_from(ivr: Api, agent: Api) -> None:
    # Given Ada by her account, and a call from a number that nobody has
    number = "+447700900888"
    ada = a_customer(agent, "Ada", account="A1")
    contact = ivr.post("/contacts", a_contact(number)).json
    # When her account number is keyed in, then the number is not hers; when it is verified on the next, it is
    for verified in (False, True):
        ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(account_number="A1", verified=verified))
        contact = ivr.post("/contacts", a_contact(number)).json
        assert (contact["customer_id"] == ada) is verified
    decisions = agent.get(f"/customers/{ada}/decisions").json["items"]
    assert [entry["decided"] for entry in decisions] == ["identifier_confirmed", "candidate_noted"]


def test_a_second_number_of_who_is_vouched_for_is_a_candidate_until_it_is_met_again(ivr: Api, agent: Api) -> None:
    # Given Ada by her account and a number, who calls from another
    number = "+447700900888"
    ada = a_customer(agent, "Ada", account="A1", phone="+447700900001")
    contact = ivr.post("/contacts", a_contact(number)).json
    # When a flow has verified her account number, then she is proposed where it rings again
    vouched = facts(account_number="A1", verified=True)
    ivr.patch(f"/contacts/{contact['contact_id']}/facts", vouched)
    contact = ivr.post("/contacts", a_contact(number)).json
    assert [one["customer_id"] for one in contact["candidates"]] == [ada]
    # and it is hers once that is so again
    ivr.patch(f"/contacts/{contact['contact_id']}/facts", vouched)
    assert ivr.post("/contacts", a_contact(number)).json["customer_id"] == ada


def test_a_verified_account_number_makes_the_customer_of_a_withheld_call(ivr: Api, agent: Api) -> None:
    contact = ivr.post("/contacts", a_contact("Restricted")).json
    saved = ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(account_number="77", verified=True)).json
    assert saved["customer_id"]
    pop = agent.get(f"/contacts/{contact['contact_id']}/screen-pop").json
    assert pop["facts"]["account_number"]["verified"] is True
    assert len(pop["live_contacts"]) == 1


def test_an_account_that_is_vouched_for_is_not_given_to_the_lender_of_the_phone(ivr: Api, agent: Api) -> None:
    # Given Ada with an account and a phone, which a stranger borrows
    ada = a_customer(agent, "Ada", account="A1", phone="+447700900777")
    contact = ivr.post("/contacts", a_contact("+447700900777")).json
    # When the stranger's account, which nobody has yet, is verified
    saved = ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(account_number="Z9", verified=True)).json
    # Then the stranger is a customer of their own, and the phone stays Ada's
    assert saved["customer_id"] not in {ada, None}
    assert (saved["match"]["result"], saved["assurance"]) == ("one", 3)
    assert ivr.post("/contacts", a_contact("+447700900777")).json["customer_id"] == ada
    assert agent.get(f"/customers/{ada}/facts").json["facts"] == {}


def test_a_mistyped_account_number_is_corrected_by_the_next(ivr: Api, agent: Api, clock: Clock) -> None:
    ada, bob = a_customer(agent, "Ada", account="A1"), a_customer(agent, "Bob", account="B2")
    contact_id = ivr.post("/contacts", a_contact(None)).json["contact_id"]
    assert ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="B2")).json["customer_id"] == bob
    clock.forward(seconds=9)
    assert ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="A1")).json["customer_id"] == ada
    assert agent.get(f"/customers/{bob}/facts").json["facts"] == {}


def test_an_outbound_call_is_the_called_persons(ivr: Api) -> None:
    ours, theirs = {"type": "phone", "value": "+441632960000"}, {"type": "phone", "value": "07700 900123"}
    out = ivr.post("/contacts", a_contact(None, direction="outbound", **{"from": ours, "to": theirs})).json
    back = ivr.post("/contacts", a_contact("+447700900123")).json
    assert back["customer_id"] == out["customer_id"]


def test_a_national_number_is_read_where_the_called_number_is(ivr: Api) -> None:
    american = a_contact(None, **{"from": {"type": "phone", "value": "(202) 555-0143"}})
    american["to"] = {"type": "phone", "value": "+12025550100"}
    first = ivr.post("/contacts", american).json
    assert ivr.post("/contacts", a_contact("+12025550143")).json["customer_id"] == first["customer_id"]


def test_a_message_of_a_shared_number_has_a_home_until_a_fact_decides(ivr: Api, agent: Api) -> None:
    a_customer(agent, "Ada", phone="+441632960001", account="A1")
    a_customer(agent, "Bob", phone="+441632960001", account="B2")
    wrote = ivr.post("/interactions", an_interaction(**{"from": {"type": "phone", "value": "+441632960001"}})).json
    assert (wrote["customer_id"], wrote["match"]["result"]) == (None, "many")
    pop = agent.get(f"/contacts/{wrote['contact_id']}/screen-pop").json
    assert [entry["interaction_id"] for entry in pop["timeline"]] == [wrote["interaction_id"]]
    assert len(pop["candidates"]) == 2


@pytest.mark.parametrize(
    "value",
    ["anonymous", "Anonymous", "unknown", "+266696687", "sip:anonymous", "RESTRICTED", "+7378742833", "0000", ""],
)
def test_withheld_numbers(value: str) -> None:
    assert is_withheld(value)


@pytest.mark.parametrize(
    ("type_", "received", "value"),
    [
        ("phone", "+44 (0)7700 900123", "+447700900123"),
        ("phone", "07700 900123", "+447700900123"),
        ("phone", "\u202a+44\u00a07700\u202f900123\u202c", "+447700900123"),  # copied out of a list of contacts
        ("phone", "tel:+447700900123", "+447700900123"),
        ("phone", "sip:+447700900123@trunk.example;transport=tls", "+447700900123"),
        ("phone", "tel:900123;phone-context=+44-7700", "+447700900123"),
        (
            "phone",
            '"Ada" <sip:%2B447700900123;phone-context=example.com@trunk.example;user=phone>',
            "+447700900123",
        ),
        ("phone", "020 7946 0000 ext. 12", "+442079460000;ext=12"),
        ("phone", "<tel:+44-20-7946-0000;ext=12;isub=3>", "+442079460000;ext=12"),
        ("phone", "+52 1 55 1234 5678", "+5215512345678"),  # no longer possible, and still sent
        ("phone", "+55 21 8765 4321", "+552187654321"),
        ("email", " Ada@Example.COM ", "ada@example.com"),
        ("email", "jürgen@bücher.example", "jürgen@bücher.example"),
        ("email", "jürgen@xn--bcher-kva.example", "jürgen@bücher.example"),
        ("email", "Δοκιμή@παράδειγμα.δοκιμή", "δοκιμή@παράδειγμα.δοκιμή"),
        ("email", "Groß@straße.example", "groß@straße.example"),  # gross@strasse is somebody else
        ("email", "Ada.L+shop@GoogleMail.com", "ada.l+shop@googlemail.com"),
        ("account", "ab 12 c", "AB12C"),
        ("x", "@Ada", "ada"),
        ("whatsapp", "whatsapp:+447700900123", "+447700900123"),
        ("whatsapp", "447700900123", "+447700900123"),
    ],
)
def test_identifiers_have_one_form(type_: str, received: str, value: str) -> None:
    identifier = normalise(type_, received, region="GB")
    assert (identifier.value, identifier.received) == (value, received)
    assert normalise(type_, value, region="US").value == value


@pytest.mark.parametrize(
    "value",
    [
        "12",
        "+52 1 55 1234 56789",
        "+999 1234567",
        "tel:911",
        "Dog",
        "tel:123;phone-context=",
        "+44 20 7946 0000 0000",
    ],
)
def test_what_is_no_possible_number_is_refused(value: str) -> None:
    with pytest.raises(BadInput):
        normalise("phone", value, region="GB")


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+442079460000", "GB"),
        ("+441632960000", "GB"),  # not given out
        ("+441481960194", "GG"),  # of the countries that share a code
        ("+80012345678", None),
        ("+9991234567", None),
        ("12", None),
        (None, None),
    ],
)
def test_a_number_tells_the_country_even_where_it_is_not_in_use_yet(
    number: str | None, region: str | None
) -> None:
    assert region_of(number) == region


@pytest.mark.parametrize(
    ("type_", "value", "scope"),
    [
        ("messenger", "24600", ""),  # another page calls somebody else so
        ("whatsapp", "GB.13491208655302741918", ""),
        ("other", "77", ""),
        ("phone", "+447700900123", "shop"),
        ("whatsapp", "+447700900123", "shop"),
        ("email", "ada@example.com", "shop"),
    ],
)
def test_a_scope_is_needed_or_refused_by_the_kind_of_id(ivr: Api, type_: str, value: str, scope: str) -> None:
    given = {"type": type_, "value": value, "scope": scope}
    for path, body, field in (
        ("/contacts", a_contact(None, **{"from": given}), "from.scope"),
        ("/interactions", an_interaction(**{"from": given}), "from.scope"),
        ("/lookup", {"identifiers": [given]}, "identifiers.0.scope"),
        ("/customers", {"identifiers": [given]}, "identifiers.0.scope"),
    ):
        reply = ivr.as_("admin").post(path, body)
        assert (reply.status, [error["field"] for error in reply.json["errors"]]) == (422, [field])


@pytest.mark.parametrize(("type_", "value"), [("messenger", "24600"), ("whatsapp", "GB.13491208655302741918")])
def test_a_scoped_id_can_be_all_that_is_known(ivr: Api, agent: Api, type_: str, value: str) -> None:
    # Given somebody of whom nothing is known but the id that a page or a business gave out
    sender = {"type": type_, "value": value, "scope": "shop"}
    wrote = ivr.post("/interactions", an_interaction(channel=type_, **{"from": sender})).json
    # Then it is a customer, who is known by it again on a contact, in a lookup, and in the record
    customer_id = wrote["customer_id"]
    assert (
        ivr.post("/contacts", a_contact(None, channel=type_, **{"from": sender})).json["customer_id"]
        == customer_id
    )
    assert ivr.post("/lookup", {"identifiers": [sender]}).json["customer_id"] == customer_id
    (listed,) = agent.get(f"/customers/{customer_id}/identifiers").json["items"]
    assert (listed["type"], listed["scope"], listed["value"]) == (type_, "shop", value)
    found = agent.get(f"/customers?identifier_type={type_}&identifier={value}&scope=shop").json["items"]
    assert [one["customer_id"] for one in found] == [customer_id]
    # and the same id of another scope is somebody else's
    other = ivr.post("/interactions", an_interaction(channel=type_, **{"from": sender | {"scope": "bank"}})).json
    assert other["customer_id"] not in {None, customer_id}


def test_the_page_that_was_written_to_is_the_scope_of_who_wrote(ivr: Api) -> None:
    ends = {"from": {"type": "messenger", "value": "24600"}, "to": {"type": "messenger", "value": "page-1"}}
    first = ivr.post("/interactions", an_interaction(channel="messenger", **ends)).json["customer_id"]
    given = {"identifiers": [{"type": "messenger", "value": "24600", "scope": "page-1"}]}
    assert ivr.post("/lookup", given).json["customer_id"] == first


def test_a_national_number_without_a_country_is_refused() -> None:
    with pytest.raises(BadInput, match="national number"):
        normalise("phone", "07700 900123")


def test_two_identifiers_from_one_mouth_are_one_claim(ivr: Api, agent: Api) -> None:
    a_customer(agent, "Ada", account="A1", email="ada@example.com")
    contact_id = ivr.post("/contacts", a_contact("anonymous")).json["contact_id"]
    said = ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="A1", email="ada@example.com")).json
    assert (said["match"]["result"], said["assurance"]) == ("one", Assurance.CLAIMED)


def test_a_postcode_decides_only_where_the_others_live_elsewhere(ivr: Api, agent: Api) -> None:
    # Given Ann, whose postcode is known, and Bob on the same line, whose is not
    shared = {"identifiers": [{"type": "phone", "value": "+441632960001"}]}
    agent.post("/customers", {"name": "Ann"} | shared | facts(verified=True, postcode="LS1 4AP"))
    bob = agent.post("/customers", {"name": "Bob"} | shared).json["customer_id"]
    contact_id = ivr.post("/contacts", a_contact("+441632960001")).json["contact_id"]
    said = ivr.patch(f"/contacts/{contact_id}/facts", facts(postcode="ls14ap")).json
    assert said["match"]["result"] == "many"
    # but once Bob is known to live elsewhere, it does, as sure as what it agrees with
    own = agent.post("/contacts", a_contact("anonymous")).json["contact_id"]
    agent.post(f"/customers/{bob}/identifiers", {"type": "account", "value": "B2"})
    agent.patch(f"/contacts/{own}/facts", facts(account_number="B2", postcode="N1 1AA"))
    said = ivr.patch(f"/contacts/{contact_id}/facts", facts(postcode="LS1-4AP")).json
    assert (said["match"]["result"], said["assurance"]) == ("one", Assurance.CORROBORATED)
    assert {"fact": "postcode", "verified": True} in said["match"]["reasons"]


def test_a_withheld_number_is_no_identifier_as_a_fact_either(ivr: Api) -> None:
    contact_id = ivr.post("/contacts", a_contact("anonymous")).json["contact_id"]
    reply = ivr.patch(f"/contacts/{contact_id}/facts", facts(phone="+86282452253", verified=True))
    assert reply.status == 422


def test_a_case_stays_behind_when_its_contact_is_somebody_elses(ivr: Api, agent: Api) -> None:
    ada, bob = a_customer(agent, "Ada", account="A1"), a_customer(agent, "Bob", account="B2")
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "x"}).json["case_id"]
    contact_id = ivr.post("/contacts", a_contact(None)).json["contact_id"]
    ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="A1"))
    wrote = ivr.post("/interactions", an_interaction(contact_id=contact_id, case_id=case_id)).json
    agent.post(f"/contacts/{contact_id}/end", {"case_id": case_id})
    later = facts(account_number="B2")
    later["facts"]["account_number"]["collected_at"] = "2026-11-22T10:00:00Z"
    assert ivr.patch(f"/contacts/{contact_id}/facts", later).json["customer_id"] == bob
    follow_contact(get_deps(), contact_id, ada)
    assert agent.get(f"/contacts/{contact_id}/screen-pop").json["contact"]["case_id"] is None
    moved = agent.get(f"/interactions/{wrote['interaction_id']}").json
    assert (moved["customer_id"], moved["case_id"]) == (bob, None)
