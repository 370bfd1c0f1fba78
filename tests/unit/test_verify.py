"""Verify: compares without disclosing, raises the assurance, and is limited in tries."""

from typing import Any

import pytest

from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, facts

RIGHT: dict[str, Any] = {"date_of_birth": "1990-01-31", "postcode": "EC1A 1BB"}


NUMBER = "+447700900777"


def a_call_of_ada(ivr: Api, agent: Api, *, verified: bool = True, **known: str) -> str:
    made = {"name": "Ada", "identifiers": [{"type": "phone", "value": "+447700900123"}]}
    agent.post("/customers", made | facts(verified=verified, **(known or RIGHT)))
    return str(ivr.post("/contacts", a_contact()).json["contact_id"])


def verify(api: Api, contact_id: str, **given: str) -> Any:
    return api.post(f"/contacts/{contact_id}/verify", {"facts": {n: {"value": v} for n, v in given.items()}})


def test_facts_that_agree_authenticate(ivr: Api, agent: Api) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    assert verify(ivr, contact_id, **RIGHT).json == {"assurance": 3, "matched": 2, "of": 2}
    # and from then on the flow is told what it may be told at that level, whatever else is saved
    saved = ivr.patch(f"/contacts/{contact_id}/facts", facts(reason="billing")).json
    assert saved["assurance"] == 3
    assert saved["known"]["date_of_birth"]["value"] == "1990-01-31"


def test_one_fact_corroborates(ivr: Api, agent: Api) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    assert verify(ivr, contact_id, postcode="ec1a 1bb").json == {"assurance": 2, "matched": 1, "of": 1}


def test_one_that_does_not_agree_spoils_it_and_is_not_named(ivr: Api, agent: Api) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    reply = verify(ivr, contact_id, date_of_birth="1990-01-31", postcode="N1 1AA", email="a@example.com")
    assert reply.json == {"assurance": 1, "matched": 1, "of": 3}


def test_what_the_contact_itself_said_does_not_vouch_for_it(ivr: Api) -> None:
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    ivr.patch(f"/contacts/{contact_id}/facts", facts(**RIGHT))
    assert verify(ivr, contact_id, **RIGHT).json == {"assurance": 1, "matched": 0, "of": 2}


def test_what_an_unverified_caller_said_before_does_not_vouch(ivr: Api) -> None:
    first = ivr.post("/contacts", a_contact()).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(**RIGHT))
    second = ivr.post("/contacts", a_contact()).json["contact_id"]
    assert verify(ivr, second, **RIGHT).json == {"assurance": 1, "matched": 2, "of": 2}


def test_a_number_is_read_in_the_country_of_the_number_that_was_called(ivr: Api, agent: Api) -> None:
    agent.post("/customers", {"identifiers": [{"type": "phone", "value": "+12015550123", "verified": True}]})
    body = a_contact("+12015550123", to={"type": "phone", "value": "+12015550100"})
    contact_id = ivr.post("/contacts", body).json["contact_id"]
    assert verify(ivr, contact_id, phone="(201) 555-0123").json["matched"] == 1


def test_the_name_by_which_the_business_knows_a_customer_counts_but_vouches_for_nothing(
    ivr: Api, agent: Api
) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    assert verify(ivr, contact_id, name="Ada").json == {"assurance": 1, "matched": 1, "of": 1}


def test_tries_on_a_contact_are_limited(ivr: Api, agent: Api) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    for _ in range(3):
        assert verify(ivr, contact_id, postcode="N1 1AA").status == 200
    for api in (ivr, agent):
        refused = verify(api, contact_id, **RIGHT)
        assert (refused.status, refused.json["code"]) == (429, "too_many_tries")
        assert refused.json["detail"] == "too many tries failed on this contact"


def test_tries_on_a_customer_are_limited_for_flows_until_a_day_has_passed(
    ivr: Api, agent: Api, clock: Clock
) -> None:
    a_call_of_ada(ivr, agent)
    for _ in range(5):
        contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
        assert [verify(ivr, contact_id, postcode="N1 1AA").status for _ in range(2)] == [200, 200]
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    assert verify(ivr, contact_id, **RIGHT).status == 429
    assert verify(agent, contact_id, **RIGHT).status == 200
    clock.forward(days=1)
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    assert verify(ivr, contact_id, **RIGHT).status == 200


def merged_after_failing(ivr: Api, agent: Api, clock: Clock, *, first: int, days: float, second: int) -> str:
    """A call of one person on two records, on each of which so many tries failed; the days lie between."""
    people = []
    for number, failed in (("+447700900123", first), ("+447700900124", second)):
        made = {"name": "Ada", "identifiers": [{"type": "phone", "value": number}]} | facts(verified=True, **RIGHT)
        people.append(agent.post("/customers", made).json["customer_id"])
        for _ in range(failed):
            verify(ivr, ivr.post("/contacts", a_contact(number)).json["contact_id"], postcode="N1 1AA")
        clock.forward(days=days)
        days = 0
    agent.post(f"/customers/{people[0]}/merges", {"other_customer_id": people[1]})
    return str(ivr.post("/contacts", a_contact()).json["contact_id"])


def test_tries_on_each_record_of_a_person_count(ivr: Api, agent: Api, clock: Clock) -> None:
    contact_id = merged_after_failing(ivr, agent, clock, first=6, days=0.5, second=4)
    assert verify(ivr, contact_id, **RIGHT).status == 429


@pytest.mark.parametrize(("first", "second"), [(1, 9), (9, 1)])
def test_tries_that_are_a_day_old_do_not_count_with_newer_ones_on_another_record(
    ivr: Api, agent: Api, clock: Clock, first: int, second: int
) -> None:
    contact_id = merged_after_failing(ivr, agent, clock, first=first, days=1, second=second)
    assert verify(ivr, contact_id, **RIGHT).status == 200


def test_without_a_customer_there_is_nobody_to_compare_with(ivr: Api) -> None:
    contact_id = ivr.post("/contacts", a_contact("anonymous")).json["contact_id"]
    refused = verify(ivr, contact_id, **RIGHT)
    nobody = "it is not decided whose contact this is: there is nobody to compare with"
    assert (refused.status, refused.json["detail"]) == (409, nobody)


def test_a_check_is_void_when_the_contact_is_somebody_elses(ivr: Api, agent: Api) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    verify(ivr, contact_id, **RIGHT)
    agent.post("/customers", {"name": "Bob", "identifiers": [{"type": "account", "value": "B2"}]})
    moved = ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="B2")).json
    assert moved["assurance"] == 1


def test_requests(ivr: Api, agent: Api, spy: Spy) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    spy.reset()
    verify(ivr, contact_id, **RIGHT)
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]


@pytest.mark.parametrize("facts_given", [{}, {"shoe_size": {"value": "9"}}, {"date_of_birth": {"value": "?"}}])
def test_what_cannot_be_compared_is_named(ivr: Api, agent: Api, facts_given: Any) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    reply = ivr.post(f"/contacts/{contact_id}/verify", {"facts": facts_given})
    assert reply.status == 422
    assert reply.json["errors"][0]["field"].startswith("facts")


def test_a_portals_signed_in_session_is_authenticated(ivr: Api, agent: Api) -> None:
    agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "account", "value": "A1"}]})
    sender = {"type": "account", "value": "A1"}
    begun = ivr.as_("portal").post("/contacts", a_contact(None, channel="portal", **{"from": sender})).json
    assert (begun["match"]["result"], begun["assurance"]) == ("one", 3)
    typed = ivr.post("/contacts", a_contact(None, **{"from": sender})).json
    assert typed["assurance"] == 1


# A number beside somebody whose identity was checked


def met_beside(ivr: Api, agent: Api, number: str = NUMBER) -> tuple[str, str]:
    """Ada, who calls from another number and keys in her account: (customer, contact)."""
    known_by = [{"type": "phone", "value": "+447700900123"}, {"type": "account", "value": "A1"}]
    ada = agent.post("/customers", {"name": "Ada", "identifiers": known_by} | facts(verified=True, **RIGHT)).json
    contact_id = ivr.post("/contacts", a_contact(number)).json["contact_id"]
    assert ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="A1")).json["assurance"] == 1
    return str(ada["customer_id"]), str(contact_id)


def phones_of(agent: Api, customer_id: str) -> dict[str, dict[str, Any]]:
    items = agent.get(f"/customers/{customer_id}/identifiers").json["items"]
    return {one["value"]: one for one in items if one["type"] == "phone"}


def owner_of(agent: Api, number: str) -> list[str]:
    items = agent.get(f"/customers?identifier_type=phone&identifier={number.replace('+', '%2B')}").json["items"]
    return [one["customer_id"] for one in items]


def test_an_identity_check_confirms_the_number_that_is_a_candidate(ivr: Api, agent: Api, spy: Spy) -> None:
    # Given Ada on a call from a number for which a record was made, as long as nobody knew who called
    withheld = ivr.post("/contacts", a_contact("anonymous")).json["contact_id"]
    ada, contact_id = met_beside(ivr, agent)
    assert ada not in owner_of(agent, NUMBER)
    # When her identity is checked on it
    spy.reset()
    assert verify(ivr, contact_id, **RIGHT).json["assurance"] == 3
    # Then the number is hers, which costs two reads more, says how it is known, and is in the ledger
    assert spy.operations == ["GetItem", "Query", "Query", "Query", "TransactWriteItems"]
    assert owner_of(agent, NUMBER) == [ada]
    confirmed = phones_of(agent, ada)[NUMBER]
    assert (confirmed["how"], confirmed["contact_id"]) == ("checked", contact_id)
    assert (confirmed["verified"], confirmed["verified_how"]) == (True, "checked")
    decided = agent.get(f"/customers/{ada}/decisions").json["items"][0]
    assert (decided["decided"], decided["identifier"]["value"]) == ("identifier_confirmed", NUMBER)
    assert ivr.post("/contacts", a_contact(NUMBER)).json["match"]["reasons"] == [
        {"identifier": "phone", "verified": True}
    ]
    # and it is confirmed once
    spy.reset()
    verify(ivr, contact_id, **RIGHT)
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]
    # A withheld number confirms nothing
    ivr.patch(f"/contacts/{withheld}/facts", facts(account_number="A1"))
    assert verify(ivr, withheld, **RIGHT).json["assurance"] == 3
    assert set(phones_of(agent, ada)) == {"+447700900123", NUMBER}


def test_an_identity_check_confirms_a_number_that_is_nobodys(ivr: Api, agent: Api) -> None:
    ada, contact_id = met_beside(ivr, agent)
    (made_for_the_call,) = owner_of(agent, NUMBER)
    agent.delete(f"/customers/{made_for_the_call}/identifiers?type=phone&value=%2B447700900777")
    verify(ivr, contact_id, **RIGHT)
    assert owner_of(agent, NUMBER) == [ada]


def test_an_identity_check_takes_a_number_from_nobody(ivr: Api, agent: Api) -> None:
    # Given a number that is known to be Bob's, or was said not to be Ada's
    bob = agent.post("/customers", {"identifiers": [{"type": "phone", "value": NUMBER}]}).json["customer_id"]
    ada, contact_id = met_beside(ivr, agent)
    verify(ivr, contact_id, **RIGHT)
    assert owner_of(agent, NUMBER) == [bob]
    assert set(phones_of(agent, ada)) == {"+447700900123"}


def test_less_than_an_identity_check_confirms_nothing(ivr: Api, agent: Api) -> None:
    ada, contact_id = met_beside(ivr, agent)
    assert verify(ivr, contact_id, postcode=RIGHT["postcode"]).json["assurance"] == 2
    assert set(phones_of(agent, ada)) == {"+447700900123"}


def test_an_identity_check_leaves_what_else_was_said(ivr: Api, agent: Api) -> None:
    # Given Ada, who keys in another number of hers as well
    _, contact_id = met_beside(ivr, agent)
    ivr.patch(f"/contacts/{contact_id}/facts", facts(phone="+447700900123"))
    # When her identity is checked
    verify(ivr, contact_id, **RIGHT)
    # Then the number that she calls from speaks for her, beside what she keyed in
    saved = ivr.patch(f"/contacts/{contact_id}/facts", facts(reason="a parcel")).json
    assert [(one["identifier"], one["verified"], "conflicts" in one) for one in saved["match"]["reasons"]] == [
        ("account", False, False),
        ("phone", True, False),
        ("phone", False, False),
    ]


def test_what_is_not_true_any_more_is_not_compared(ivr: Api, agent: Api, clock: Clock) -> None:
    contact_id = a_call_of_ada(ivr, agent, order_number="A7")
    assert verify(ivr, contact_id, order_number="A7").json["matched"] == 1
    clock.forward(days=90)
    assert verify(agent, contact_id, order_number="A7").json["matched"] == 0


def test_what_was_shown_once_stays_shown_on_the_contact(ivr: Api, agent: Api) -> None:
    contact_id = a_call_of_ada(ivr, agent)
    verify(ivr, contact_id, **RIGHT)
    for said, matched in ((RIGHT["postcode"], 1), ("N1 1AA", 0)):
        assert verify(ivr, contact_id, postcode=said).json == {"assurance": 3, "matched": matched, "of": 1}


@pytest.mark.parametrize(("verified", "assurance"), [(True, 2), (False, 1)])
def test_an_identifier_vouches_where_it_was_verified(
    ivr: Api, agent: Api, *, verified: bool, assurance: int
) -> None:
    listed = [{"type": "phone", "value": "+447700900123"}]
    mail = {"type": "email", "value": "ada@example.com", "verified": verified}
    agent.post("/customers", {"name": "Ada", "identifiers": [*listed, mail]})
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    given = verify(ivr, contact_id, email="ada@example.com").json
    assert given == {"assurance": assurance, "matched": 1, "of": 1}


def test_an_identifier_and_a_fact_of_one_kind_both_count(ivr: Api, agent: Api) -> None:
    known = facts(verified=True, email="ada@example.org")
    listed = [{"type": "phone", "value": "+447700900123"}, {"type": "email", "value": "ada@example.com"}]
    agent.post("/customers", {"identifiers": listed} | known)
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    assert verify(ivr, contact_id, email="ada@example.com").json["matched"] == 1
    assert verify(ivr, contact_id, email="ada@example.org").json["matched"] == 1


def test_nor_does_what_was_said_before_the_transfer(ivr: Api) -> None:
    first = ivr.post("/contacts", a_contact(provider_contact_id="leg-1")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(**RIGHT))
    second = a_contact(provider_contact_id="leg-2", previous_provider_contact_id="leg-1")
    contact_id = ivr.post("/contacts", second).json["contact_id"]
    assert verify(ivr, contact_id, **RIGHT).json == {"assurance": 1, "matched": 0, "of": 2}


def test_tries_that_failed_are_those_of_the_last_day(ivr: Api, agent: Api, clock: Clock) -> None:
    """Ten of them are the end, the first of which began the day."""
    a_call_of_ada(ivr, agent)
    for _ in range(5):
        contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
        for _ in range(2):
            verify(ivr, contact_id, postcode="N1 1AA")
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    clock.forward(days=1, microseconds=-1)
    refused = verify(ivr, contact_id, **RIGHT)
    assert (refused.status, refused.json["detail"]) == (429, "too many tries failed on this customer today")
    clock.forward(microseconds=1)
    assert verify(ivr, contact_id, **RIGHT).status == 200
