"""A contact goes on as another: what was found out on one is known on the other, in whatever order it is told."""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.models import keys, store
from chalicelib.models.items import Contact, Item, NextContact
from chalicelib.services.contacts import chain, contacts
from tests.channels import amazon_connect as connect
from tests.channels import twilio
from tests.conftest import Api, Spy
from tests.events import connect_event
from tests.factories import a_contact, facts
from tests.provider import Provider
from tests.unit.test_continuation import a_code, a_visit

FIRST, SECOND, THIRD = "leg-1", "leg-2", "leg-3"
PHONE = "+447700900123"


def leg(contact_id: str, previous: str | None = None, caller: str | None = PHONE, **more: Any) -> dict[str, Any]:
    chained = {"previous_provider_contact_id": previous} if previous else {}
    return a_contact(caller, provider_contact_id=contact_id, **chained, **more)


def stream() -> None:
    """What hangs on the table's stream, until nothing changes: everything may have changed, in any order."""
    for _ in range(3):
        for item in [item for item in Item.scan() if isinstance(item, Contact)]:
            if item.previous_contact_id:
                chain.go_on(item.contact_id)
            chain.pass_on(item.contact_id)


def a_customer(agent: Api, name: str, **identifiers: str) -> str:
    listed = [{"type": type_, "value": value} for type_, value in identifiers.items()]
    return str(agent.post("/customers", {"name": name, "identifiers": listed}).json["customer_id"])


def pop(agent: Api, which: str) -> Any:
    return agent.get(f"/screen-pop?provider=amazon-connect&provider_contact_id={which}").json


def test_what_was_found_out_on_the_first_leg_is_known_on_the_second(ivr: Api, agent: Api) -> None:
    # Given Ada on a withheld number, known by the account that she keyed in
    ada = a_customer(agent, "Ada", account="A-1")
    first = ivr.post("/contacts", leg(FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(account_number="A-1", reason="a late parcel"))
    # When the call goes on at another team
    second = ivr.post(
        "/contacts", leg(SECOND, FIRST, caller="anonymous", need=["account_number", "reason", "postcode"])
    )
    # Then it is hers, and nothing is asked again
    assert second.status == 201
    assert (second.json["customer_id"], second.json["assurance"]) == (ada, 1)
    assert second.json["known"]["reason"]["value"] == "a late parcel"
    assert [one["contact_id"] for one in kept(SECOND).facts["reason"]] == [second.json["contact_id"]]
    assert second.json["ask"] == ["postcode"]
    shown = pop(agent, SECOND)
    assert shown["contact"]["previous_contact_id"] == first
    assert {live["contact_id"] for live in shown["live_contacts"]} == {first, second.json["contact_id"]}


def test_nobody_was_identified_and_what_was_said_goes_on_all_the_same(ivr: Api, agent: Api) -> None:
    first = ivr.post("/contacts", leg(FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(reason="a late parcel"))
    second = ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous", need=["reason"])).json
    assert second["customer_id"] is None
    assert (second["known"]["reason"]["value"], second["ask"]) == ("a late parcel", [])
    # and once they say who they are, both legs are theirs
    ada = a_customer(agent, "Ada", account="A-1")
    ivr.patch(f"/contacts/{second['contact_id']}/facts", facts(account_number="A-1"))
    stream()
    assert {pop(agent, one)["contact"]["customer_id"] for one in (FIRST, SECOND)} == {ada}
    assert agent.get(f"/customers/{ada}/facts").json["facts"]["reason"]["contact_id"] == first


def test_what_is_found_out_later_on_the_first_leg_reaches_all_that_follow(ivr: Api, agent: Api) -> None:
    ada = a_customer(agent, "Ada", account="A-1")
    ivr.post("/contacts", leg(THIRD, SECOND, caller="anonymous"))
    ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous"))
    first = ivr.post("/contacts", leg(FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(account_number="A-1"))
    stream()
    assert {pop(agent, one)["contact"]["customer_id"] for one in (FIRST, SECOND, THIRD)} == {ada}
    assert pop(agent, THIRD)["facts"]["account_number"]["value"] == "A-1"


def test_an_identity_check_goes_on_and_an_earlier_word_of_ones_own_is_no_check(ivr: Api, agent: Api) -> None:
    # Given a caller who said a birthday that nobody had verified
    a_customer(agent, "Ada", phone=PHONE)
    first = ivr.post("/contacts", leg(FIRST)).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(date_of_birth="1990-01-31", postcode="EC1A 1BB"))
    second = ivr.post("/contacts", leg(SECOND, FIRST)).json["contact_id"]
    # Then it cannot vouch for them on the next leg
    said = {"facts": {"date_of_birth": {"value": "1990-01-31"}, "postcode": {"value": "EC1A 1BB"}}}
    assert agent.post(f"/contacts/{second}/verify", said).json["matched"] == 0
    # but a check that succeeded once is not asked for again
    known = ivr.post("/contacts", a_contact()).json["contact_id"]
    ivr.patch(f"/contacts/{known}/facts", facts(date_of_birth="1990-01-31", postcode="EC1A 1BB", verified=True))
    assert agent.post(f"/contacts/{first}/verify", said).json["assurance"] == 3
    assert ivr.post("/contacts", leg(THIRD, FIRST)).json["assurance"] == 3


def test_a_transfer_confirms_no_number(ivr: Api, agent: Api) -> None:
    """Given Ada, who owns a phone, on a borrowed one: two legs of one call are one sighting."""
    ada = a_customer(agent, "Ada", phone="+447700900555", account="A-1")
    first = ivr.post("/contacts", leg(FIRST)).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(account_number="A-1", verified=True))
    ivr.post("/contacts", leg(SECOND, FIRST))
    stream()
    assert pop(agent, SECOND)["contact"]["customer_id"] == ada
    numbers = [one["value"] for one in agent.get(f"/customers/{ada}/identifiers").json["items"]]
    assert PHONE not in numbers


def test_what_an_agent_decided_stays(ivr: Api, agent: Api) -> None:
    ada, bob = a_customer(agent, "Ada", phone=PHONE), a_customer(agent, "Bob", account="B-2")
    first = ivr.post("/contacts", leg(FIRST)).json["contact_id"]
    second = ivr.post("/contacts", leg(SECOND, FIRST)).json["contact_id"]
    agent.post(f"/contacts/{second}/attribution", {"customer_id": bob, "reason": "it is Bob"})
    ivr.patch(f"/contacts/{first}/facts", facts(reason="a late parcel"))
    stream()
    assert [pop(agent, one)["contact"]["customer_id"] for one in (FIRST, SECOND)] == [ada, bob]
    # what was said on the call is Bob's as well
    assert agent.get(f"/customers/{bob}/facts").json["facts"]["reason"]["value"] == "a late parcel"


def test_who_names_another_on_the_second_leg_is_that_one(ivr: Api, agent: Api) -> None:
    a_customer(agent, "Ada", account="A-1")
    bob = a_customer(agent, "Bob", account="B-2")
    first = ivr.post("/contacts", leg(FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(account_number="A-1"))
    second = ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{second}/facts", facts(account_number="B-2"))
    ivr.patch(f"/contacts/{first}/facts", facts(reason="a late parcel"))
    stream()
    assert pop(agent, SECOND)["contact"]["customer_id"] == bob


def test_a_contact_does_not_go_on_from_itself(ivr: Api, agent: Api) -> None:
    assert ivr.post("/contacts", leg(FIRST, FIRST)).status == 201
    assert pop(agent, FIRST)["contact"]["previous_contact_id"] is None


def test_a_visitors_contact_goes_on_from_its_own_only(ivr: Api) -> None:
    visitor = ivr.as_("visitor")
    theirs = ivr.post("/contacts", a_contact(provider="web", provider_contact_id="chat-1")).json["contact_id"]
    ivr.patch(f"/contacts/{theirs}/facts", facts(reason="private"))
    begun = visitor.post(
        "/contacts",
        a_contact(None, provider="web", to=None, channel="chat", previous_provider_contact_id="chat-1"),
    )
    assert begun.json["known"] == {}


def id_of(which: str) -> str:
    return contacts.contact_id_for("amazon-connect", which)


def kept(which: str) -> Contact:
    return store.get_contact(id_of(which))


def is_not(agent: Api, which: str, customer_id: str) -> None:
    body = {"not_customer_id": customer_id, "reason": "the agent knows"}
    assert agent.post(f"/contacts/{id_of(which)}/attribution", body).status == 200


def test_all_that_stands_of_a_contact_stands_of_the_next(ivr: Api, agent: Api) -> None:
    # Given a call of Ada's whose identity was checked, and that is about a case of hers
    known = facts("crm", verified=True, date_of_birth="1990-01-31", postcode="EC1A 1BB")
    body = {"name": "Ada", "identifiers": [{"type": "account", "value": "A-1"}]} | known
    ada = agent.post("/customers", body).json["customer_id"]
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "A late parcel"}).json["case_id"]
    first = ivr.post("/contacts", leg(FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(account_number="A-1"))
    said = {"facts": {"date_of_birth": {"value": "1990-01-31"}, "postcode": {"value": "EC1A 1BB"}}}
    assert agent.post(f"/contacts/{first}/verify", said).json["assurance"] == 3
    assert agent.post(f"/contacts/{first}/case", {"case_id": case_id}).status == 200
    # When it goes on, then all of that is known there as well
    ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous"))
    before, after = kept(FIRST), kept(SECOND)
    names = ("customer_id", "evidence", "match", "assurance", "checked", "candidates", "rejected", "case_id")
    assert {name: getattr(after, name) for name in names} == {name: getattr(before, name) for name in names}
    assert (after.customer_id, after.case_id, after.assurance) == (ada, case_id, 3)
    assert (after.status, before.status) == ("live", "live")
    assert store.get_head(ada).profile.live_contacts == 2


def test_several_who_it_may_be_go_on_as_several(ivr: Api, agent: Api) -> None:
    # Given a number that two have, and a call from there
    both = {a_customer(agent, name, phone=PHONE) for name in ("Ada", "Bob")}
    ivr.post("/contacts", leg(FIRST))
    # When it goes on, and nobody tells from which number
    ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous"))
    # Then it is one of them
    assert set(kept(SECOND).candidates) == both
    assert (kept(SECOND).match, kept(SECOND).candidates) == (kept(FIRST).match, kept(FIRST).candidates)
    assert kept(SECOND).customer_id is None
    # but from a call of nobody's nothing goes on: who rang there is one of them all the same
    ivr.post("/contacts", leg("nobody", caller="anonymous"))
    ivr.post("/contacts", leg(THIRD, "nobody"))
    stream()
    assert set(kept(THIRD).candidates) == both
    assert kept("nobody").customer_id is None


def test_who_it_is_not_goes_on_until_that_is_taken_back(ivr: Api, agent: Api) -> None:
    # Given a call that was taken for Ada's, and is not
    ada = a_customer(agent, "Ada", account="A-1")
    first = ivr.post("/contacts", leg(FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(account_number="A-1"))
    is_not(agent, FIRST, ada)
    # When it goes on, then that is not hers either
    ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous"))
    assert (kept(SECOND).customer_id, kept(SECOND).rejected) == (None, [ada])
    # and where it turns out to be hers after all, so is the next, as if it had been told then
    agent.post(f"/contacts/{first}/attribution", {"customer_id": ada, "reason": "it is Ada"})
    stream()
    ivr.post("/contacts", leg(THIRD, FIRST, caller="anonymous"))
    assert [(kept(one).customer_id, kept(one).rejected) for one in (SECOND, THIRD)] == [(ada, [])] * 2


def test_a_later_contact_says_of_an_earlier_one_nothing_that_was_denied(ivr: Api, agent: Api) -> None:
    # Given a call from a number that several have, which goes on twice, and Ada's account that is keyed in last
    ada = a_customer(agent, "Ada", account="A-1", phone=PHONE)
    for name in ("Bob", "Cleo"):
        a_customer(agent, name, phone=PHONE)
    ivr.post("/contacts", leg(FIRST))
    for one, previous in ((SECOND, FIRST), (THIRD, SECOND)):
        ivr.post("/contacts", leg(one, previous, caller="anonymous"))
    ivr.patch(f"/contacts/{id_of(THIRD)}/facts", facts(account_number="A-1"))
    is_not(agent, FIRST, ada)
    chain.go_on(id_of(SECOND))
    # When it is told that the first was not hers, then she was on the last only
    chain.go_on(id_of(THIRD))
    assert [kept(one).customer_id for one in (FIRST, SECOND, THIRD)] == [None, None, ada]


def test_what_an_earlier_contact_went_on_with_is_gone_on_with(ivr: Api) -> None:
    # Given a call that carries on a visit by a code
    visit = a_visit(ivr.as_("visitor"))["contact_id"]
    code = a_code(ivr.as_("visitor"), visit, PHONE)["code"]
    assert ivr.post("/contacts", leg(FIRST, continuation_code=code)).json["continuation"] == "accepted"
    # When it is transferred, then the next carries it on as well, with all that was brought along
    ivr.post("/contacts", leg(SECOND, FIRST))
    names = ("continues", "carried", "carried_journey")
    assert [getattr(kept(SECOND), name) for name in names] == [getattr(kept(FIRST), name) for name in names]
    assert (kept(SECOND).continues["contact_id"], kept(SECOND).continues["via"]) == (visit, "code")
    # and one that carries on another visit stays with that
    other = a_visit(ivr.as_("visitor"), provider_contact_id="another")["contact_id"]
    code = a_code(ivr.as_("visitor"), other, PHONE)["code"]
    ivr.post("/contacts", leg(THIRD, SECOND, continuation_code=code))
    assert kept(THIRD).continues["contact_id"] == other


def test_who_was_found_out_last_is_on_a_call_that_is_over(ivr: Api, agent: Api) -> None:
    # Given a call of nobody's that is over, on which something was said, and the next, of Ada's
    ada = a_customer(agent, "Ada", account="A-1")
    first = ivr.post("/contacts", leg(FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(product="broadband"))
    ivr.post(f"/contacts/{first}/end", {})
    second = ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{second}/facts", facts(account_number="A-1"))
    chain.go_on(second)
    # Then that was hers as well: it is a past one, and what was said is known of her
    shown = pop(agent, SECOND)
    assert (kept(FIRST).customer_id, kept(FIRST).status) == (ada, "ended")
    assert [live["contact_id"] for live in shown["live_contacts"]] == [second]
    assert store.get_head(ada).profile.live_contacts == 1
    past = store.list_band(keys.customer(ada), keys.PAST_CONTACTS, limit=9).items
    assert [one.contact_id for one in past] == [first]
    assert agent.get(f"/customers/{ada}/facts").json["facts"]["product"]["value"] == "broadband"


def test_what_nothing_goes_on_from_is_passed_on_to_nobody(ivr: Api, spy: Spy) -> None:
    # Given two calls of nobody's, of which one goes on from the other, and that from one which nobody told of
    ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous"))
    ivr.post("/contacts", leg(THIRD, SECOND, caller="anonymous"))
    assert [chain.pass_on(id_of(one)) for one in (FIRST, SECOND, THIRD)] == [1, 1, 0]
    # Then there is nothing to take over, and nothing to give back
    for one in (SECOND, THIRD):
        spy.reset()
        assert chain.go_on(id_of(one)).contact_id == id_of(one)
        assert spy.operations == ["GetItem", "GetItem"]
    # and of what goes on from nothing, nothing else is read
    ivr.post("/contacts", leg("alone", caller="anonymous"))
    spy.reset()
    assert chain.go_on(id_of("alone")).contact_id == id_of("alone")
    assert spy.operations == ["GetItem"]


def test_what_is_over_is_about_what_it_goes_on_from(ivr: Api, agent: Api) -> None:
    # Given a call about a case of Ada's, and one of nobody's that is over
    ada = a_customer(agent, "Ada", phone=PHONE)
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "A late parcel"}).json["case_id"]
    first = ivr.post("/contacts", leg(FIRST)).json["contact_id"]
    assert agent.post(f"/contacts/{first}/case", {"case_id": case_id}).status == 200
    second = ivr.post("/contacts", leg(SECOND, caller="anonymous")).json["contact_id"]
    ivr.post(f"/contacts/{second}/end", {})
    # and which was joined into another
    other = agent.post(f"/customers/{ada}/cases", {"subject": "The same parcel"}).json["case_id"]
    assert agent.post(f"/cases/{other}/join", {"other_case_id": case_id}).status == 200
    # When that is told to go on from the other, then it is hers, and about the same
    ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous"))
    assert (kept(SECOND).customer_id, kept(SECOND).case_id, kept(SECOND).status) == (ada, case_id, "ended")


def test_what_is_over_is_about_a_case_that_stands_by_itself_again(ivr: Api, agent: Api) -> None:
    # Given a call about a case of Ada's, which was joined into one of who was one with her, and is not any more
    ada, bob = a_customer(agent, "Ada", phone=PHONE), a_customer(agent, "Bob", account="B-2")
    merge = agent.as_("admin").post(f"/customers/{ada}/merges", {"other_customer_id": bob, "reason": "one"}).json
    hers, his = (
        agent.post(f"/customers/{one}/cases", {"subject": "A late parcel"}).json["case_id"] for one in (ada, bob)
    )
    first = ivr.post("/contacts", leg(FIRST)).json["contact_id"]
    assert agent.post(f"/contacts/{first}/case", {"case_id": hers}).status == 200
    assert agent.post(f"/cases/{his}/join", {"other_case_id": hers}).status == 200
    agent.as_("admin").delete(f"/merges/{merge['merge_id']}")
    # When one that is over is told to go on from it, then it is about that case
    second = ivr.post("/contacts", leg(SECOND, caller="anonymous")).json["contact_id"]
    ivr.post(f"/contacts/{second}/end", {})
    ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous"))
    assert (kept(SECOND).customer_id, kept(SECOND).case_id) == (ada, hers)


def test_who_was_taken_over_follows_whom_it_was_taken_over_from(ivr: Api, agent: Api) -> None:
    # Given a call on which Ada's account was keyed in, and the next
    _ada, bob = a_customer(agent, "Ada", account="A-1"), a_customer(agent, "Bob", account="B-2")
    first = ivr.post("/contacts", leg(FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(account_number="A-1"))
    ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous"))
    # When the first was Bob's after all, then so is the next, where nothing was said
    agent.post(f"/contacts/{first}/attribution", {"customer_id": bob, "reason": "it is Bob"})
    chain.go_on(id_of(SECOND))
    assert kept(SECOND).customer_id == bob


def test_an_account_that_was_said_before_it_is_told_what_it_goes_on_from_counts(ivr: Api, agent: Api) -> None:
    ada, bob = a_customer(agent, "Ada", account="A-1"), a_customer(agent, "Bob", account="B-2")
    for one, account in ((FIRST, "A-1"), (SECOND, "B-2")):
        call = ivr.post("/contacts", leg(one, caller="anonymous")).json["contact_id"]
        ivr.patch(f"/contacts/{call}/facts", facts(account_number=account))
    ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous"))
    assert [kept(one).customer_id for one in (FIRST, SECOND)] == [ada, bob]


def test_what_was_said_again_on_the_next_stays_whoever_the_first_is(ivr: Api, agent: Api) -> None:
    # Given Ada's call, and the next, on which her account was said as well
    ada, bob = a_customer(agent, "Ada", account="A-1", phone=PHONE), a_customer(agent, "Bob", account="B-2")
    first = ivr.post("/contacts", leg(FIRST)).json["contact_id"]
    second = ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{second}/facts", facts(account_number="A-1"))
    # When the first was Bob's, then the next is hers still
    agent.post(f"/contacts/{first}/attribution", {"customer_id": bob, "reason": "it is Bob"})
    chain.go_on(second)
    assert [kept(one).customer_id for one in (FIRST, SECOND)] == [bob, ada]


def test_a_date_of_birth_that_is_said_otherwise_on_the_next_stays(ivr: Api, agent: Api) -> None:
    # Given a number that two have, and a call from there that a date of birth says is Ada's
    both = {
        born: a_customer(agent, name, phone=PHONE) for name, born in (("Ada", "1990-01-31"), ("Bob", "1985-05-05"))
    }
    for born, customer_id in both.items():
        call = ivr.post("/contacts", a_contact("anonymous")).json["contact_id"]
        agent.post(f"/contacts/{call}/attribution", {"customer_id": customer_id, "reason": "known"})
        ivr.patch(f"/contacts/{call}/facts", facts(date_of_birth=born, verified=True))
    first = ivr.post("/contacts", leg(FIRST)).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(date_of_birth="1990-01-31"))
    # When another is said on the next, then that is Bob's, however often it takes over
    second = ivr.post("/contacts", leg(SECOND, FIRST)).json["contact_id"]
    assert kept(SECOND).customer_id == both["1990-01-31"]
    ivr.patch(f"/contacts/{second}/facts", facts(date_of_birth="1985-05-05"))
    chain.go_on(second)
    assert [kept(one).customer_id for one in (FIRST, SECOND)] == list(both.values())


def test_it_goes_on_with_the_record_that_the_first_is_with(ivr: Api, agent: Api) -> None:
    # Given a call that is with one record of Ada's, which was merged into another
    main, other = a_customer(agent, "Ada", account="A-1"), a_customer(agent, "Ada", phone=PHONE)
    ivr.post("/contacts", leg(FIRST))
    agent.post(f"/customers/{main}/merges", {"other_customer_id": other})
    # When it goes on, then so is the next, and both leave where that is undone
    ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous"))
    assert [kept(one).customer_id for one in (FIRST, SECOND)] == [other, other]


def test_what_is_told_to_go_on_from_each_other_knows_its_own_best(ivr: Api, agent: Api) -> None:
    # Given two calls, of which each was told to go on from the other, and a transfer of the first
    ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous"))
    first = ivr.post("/contacts", leg(FIRST, SECOND, caller="anonymous")).json["contact_id"]
    warm = {"to_team": "billing", "kind": "warm", "reason": "a late parcel"}
    offered = agent.post(f"/contacts/{first}/transfer", warm).json
    chain.go_on(id_of(SECOND))
    # When somebody takes it, then that stays so
    agent.post(f"/contacts/{first}/transfers/{offered['transfer_id']}/accept", {})
    for one in (FIRST, SECOND):
        chain.go_on(id_of(one))
    assert [kept(one).transfers[0]["status"] for one in (FIRST, SECOND)] == ["accepted", "accepted"]


def test_an_agents_word_on_the_earlier_contact_stays_whoever_is_on_the_next(ivr: Api, agent: Api) -> None:
    # Given a call that is not Ada's, as its agent says, and the next, which is Bob's
    ada, bob = a_customer(agent, "Ada", account="A-1"), a_customer(agent, "Bob", account="B-2")
    first = ivr.post("/contacts", leg(FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(account_number="A-1"))
    is_not(agent, FIRST, ada)
    second = ivr.post("/contacts", leg(SECOND, FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{second}/facts", facts(account_number="B-2"))
    # Then whose the first was is for its agent to say
    chain.go_on(second)
    assert [kept(one).customer_id for one in (FIRST, SECOND)] == [None, bob]
    # and what is said on one of somebody's is known on one that is nobody's, as an agent says
    is_not(agent, SECOND, bob)
    agent.post(f"/contacts/{first}/attribution", {"customer_id": ada, "reason": "it is Ada"})
    ivr.patch(f"/contacts/{first}/facts", facts(product="broadband"))
    chain.go_on(second)
    assert (kept(SECOND).customer_id, "product" in kept(SECOND).facts) == (None, True)


def test_whom_a_date_of_birth_has_told_apart_stays(ivr: Api, agent: Api) -> None:
    # Given a number that two have, and a call from there that a date of birth says is Ada's
    ada = a_customer(agent, "Ada", phone=PHONE)
    bob = a_customer(agent, "Bob", phone=PHONE, account="B-2")
    for customer_id, born in ((ada, "1990-01-31"), (bob, "1985-05-05")):
        call = ivr.post("/contacts", a_contact("anonymous")).json["contact_id"]
        agent.post(f"/contacts/{call}/attribution", {"customer_id": customer_id, "reason": "known"})
        ivr.patch(f"/contacts/{call}/facts", facts(date_of_birth=born, verified=True))
    second = ivr.post("/contacts", leg(SECOND)).json["contact_id"]
    assert ivr.patch(f"/contacts/{second}/facts", facts(date_of_birth="1990-01-31")).json["customer_id"] == ada
    # When it is told that it goes on from one of Bob's, then it is hers all the same
    first = ivr.post("/contacts", leg(FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(account_number="B-2"))
    ivr.post("/contacts", leg(SECOND, FIRST))
    assert [kept(one).customer_id for one in (FIRST, SECOND)] == [bob, ada]


def test_what_was_keyed_in_on_the_next_is_weighed_there_still(ivr: Api, agent: Api) -> None:
    # Given a call of nobody's that goes on, where an account is keyed in that nobody has
    ada = a_customer(agent, "Ada", account="A-1")
    first, second = (
        ivr.post("/contacts", leg(one, before, caller="anonymous")).json["contact_id"]
        for one, before in ((FIRST, None), (SECOND, FIRST))
    )
    ivr.patch(f"/contacts/{second}/facts", facts(account_number="Z-9"))
    (keyed,) = kept(SECOND).evidence
    # When the first turns out to be Ada's, then so is the next, and what was keyed in there is kept once
    ivr.patch(f"/contacts/{first}/facts", facts(account_number="A-1"))
    for _ in range(2):
        chain.go_on(second)
    assert (kept(SECOND).customer_id, kept(SECOND).evidence) == (ada, [*kept(FIRST).evidence, keyed])


def test_a_check_of_one_is_no_check_of_another(ivr: Api, agent: Api) -> None:
    # Given a call from Ada's number, on which her identity was checked, and one of Bob's
    known = facts("crm", verified=True, date_of_birth="1990-01-31", postcode="EC1A 1BB")
    body = {"name": "Ada", "identifiers": [{"type": "phone", "value": PHONE}]} | known
    ada = agent.post("/customers", body).json["customer_id"]
    bob = a_customer(agent, "Bob", account="B-2")
    second = ivr.post("/contacts", leg(SECOND)).json["contact_id"]
    said = {"facts": {"date_of_birth": {"value": "1990-01-31"}, "postcode": {"value": "EC1A 1BB"}}}
    assert agent.post(f"/contacts/{second}/verify", said).json["assurance"] == 3
    first = ivr.post("/contacts", leg(FIRST, caller="anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(account_number="B-2"))
    # When that turns out to go on from his, then it is his, and nobody was checked
    ivr.post("/contacts", leg(SECOND, FIRST))
    assert (kept(SECOND).customer_id, kept(SECOND).checked, kept(SECOND).assurance) == (bob, 0, 1)
    assert [store.get_head(one).profile.live_contacts for one in (ada, bob)] == [0, 2]


def test_requests_of_a_contact_that_goes_on(ivr: Api, agent: Api, spy: Spy) -> None:
    a_customer(agent, "Ada", phone=PHONE)
    first = ivr.post("/contacts", leg(FIRST)).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(reason="a late parcel"))
    spy.reset()
    second = ivr.post("/contacts", leg(SECOND, FIRST)).json["contact_id"]
    answered = ["Query"]
    begun, takes_over = (
        ["Query", "Query", "TransactWriteItems"],
        ["GetItem", "GetItem", "Query", "TransactWriteItems"],
    )
    assert spy.operations == [*begun, *takes_over, *answered]
    assert all(asked["ConsistentRead"] for _, asked in spy.reads)
    # and once it has, nothing is written again
    spy.reset()
    chain.go_on(second)
    assert spy.operations == ["GetItem", "GetItem", "Query"]
    spy.reset()
    agent.get(f"/contacts/{second}/screen-pop")
    assert spy.operations == ["Query", "Query"]


# By Connect and Twilio


def hand_over(provider: Provider, *told: Any) -> None:
    for content in told:
        provider.client.lambda_.invoke("take_in_connect", content)
        assert provider.process() == []


NEXT_ID = "c0ffee00-0000-4000-8000-000000000009"
THE_NEXT = connect.RECORD | {
    "ContactId": NEXT_ID,
    "PreviousContactId": connect.CONTACT_ID,
    "InitialContactId": connect.CONTACT_ID,
    "InitiationMethod": "TRANSFER",
    "InitiationTimestamp": "2026-11-22T08:00:40Z",
    "DisconnectTimestamp": "2026-11-22T08:02:00Z",
    "Queue": {"Name": "Billing", "EnqueueTimestamp": "2026-11-22T08:00:41Z"},
}
THE_FIRST = connect.RECORD | {"NextContactId": NEXT_ID}
AN_EVENT_OF_THE_NEXT = connect.an_event(
    "INITIATED", contactId=NEXT_ID, initialContactId=connect.CONTACT_ID, initiationMethod="TRANSFER"
)


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_a_transfer_by_connect_in_any_order(provider: Provider, agent: Api, order: tuple[int, ...]) -> None:
    """Given a withheld call of Ada's, identified by what she keyed in, and transferred: told in any order."""
    ada = a_customer(agent, "Ada", account="A-1")
    withheld = {"CustomerEndpoint": {"Address": "anonymous", "Type": "TELEPHONE_NUMBER"}}

    def flow_saves() -> None:
        keyed = connect_event(connect.CONTACT_ID, "anonymous", {"account_number": "A-1", "reason": "billing"})
        provider.client.lambda_.invoke("connect_save_facts", keyed)

    told: list[Callable[[], Any]] = [
        flow_saves,
        lambda: hand_over(provider, THE_FIRST | withheld),
        lambda: hand_over(provider, THE_NEXT | withheld),
        lambda: hand_over(provider, AN_EVENT_OF_THE_NEXT),
    ]
    for number in (*order, *order):
        told[number]()
    stream()
    shown = pop(agent, NEXT_ID)
    assert shown["contact"]["customer_id"] == ada
    assert shown["contact"]["previous_contact_id"] == pop(agent, connect.CONTACT_ID)["contact"]["contact_id"]
    assert shown["facts"]["reason"]["value"] == "billing"
    assert shown["contact"]["status"] == "ended"


def test_a_flow_that_takes_a_transfer_knows_at_once(provider: Provider, agent: Api) -> None:
    a_customer(agent, "Ada", account="A-1")
    keyed = connect_event(connect.CONTACT_ID, "anonymous", {"account_number": "A-1"})
    provider.client.lambda_.invoke("connect_save_facts", keyed)
    taken = connect_event(NEXT_ID, "anonymous", {"need": "account_number"}, PreviousContactId=connect.CONTACT_ID)
    answer: Any = provider.client.lambda_.invoke("connect_lookup", taken).payload
    assert (answer["customer_name"], answer["ask"]) == ("Ada", "")
    # also where only the first of the chain is named
    third = connect_event("third", "anonymous", {"need": "account_number"}, InitialContactId=connect.CONTACT_ID)
    third["Details"]["ContactData"]["PreviousContactId"] = None
    assert provider.client.lambda_.invoke("connect_lookup", third).payload["ask"] == ""


def test_a_leg_that_twilio_dialled_is_the_callers(provider: Provider, agent: Api) -> None:
    ada = a_customer(agent, "Ada", phone=PHONE)
    child = twilio.CALL | {
        "CallSid": "CA00000000000000000000000000000002",
        "ParentCallSid": twilio.CALL["CallSid"],
        "Direction": "outbound-dial",
        "From": PHONE,
        "To": "+447700900999",
    }
    for one in (child, twilio.CALL):
        assert provider.send(twilio.a_form(one)).status_code == 200
        assert provider.process() == []
    stream()
    shown = agent.get(f"/screen-pop?provider=twilio&provider_contact_id={child['CallSid']}").json["contact"]
    assert shown["customer_id"] == ada
    assert shown["attributes"]["dialled"] == "+447700900999"
    # whom it rang is no customer
    assert agent.get("/customers?identifier_type=phone&identifier=%2B447700900999").json["items"] == []


# In any order


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)), caller=st.sampled_from([PHONE, "anonymous", "+447700900777"]))
def test_any_order_comes_to_the_same(ivr: Api, agent: Api, order: list[int], caller: str) -> None:
    """Three legs begin, and something is said on each: whoever comes first, it is one conversation of Ada's."""
    for item in list(Item.scan()):
        item.delete()
    ada = a_customer(agent, "Ada", account="A-1", phone=PHONE)
    begun = {FIRST: None, SECOND: FIRST, THIRD: SECOND}
    said = {
        FIRST: facts(account_number="A-1"),
        SECOND: facts(reason="billing"),
        THIRD: facts(product="broadband"),
    }
    told = [(one, what) for what in ("begins", "says") for one in begun]
    waiting: list[str] = []
    for number in order:
        one, what = told[number]
        reply = ivr.post("/contacts", leg(one, begun[one], caller)) if what == "begins" else None
        waiting += [one] if what == "says" else []
        for ready in list(waiting):  # nothing is said on a contact that has not begun
            found = agent.get(f"/screen-pop?provider=amazon-connect&provider_contact_id={ready}")
            if found.status == 200:
                ivr.patch(f"/contacts/{found.json['contact']['contact_id']}/facts", said[ready])
                waiting.remove(ready)
        assert reply is None or reply.status in {200, 201}
    stream()
    for one in begun:
        assert pop(agent, one)["contact"]["customer_id"] == ada
    last = {name: fact["value"] for name, fact in pop(agent, THIRD)["facts"].items()}
    assert last == {"account_number": "A-1", "reason": "billing", "product": "broadband"}
    assert pop(agent, THIRD)["more_live_contacts"] == 0
    assert len([item for item in Item.scan() if isinstance(item, NextContact)]) == 2
