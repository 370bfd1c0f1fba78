"""What a contact takes over from the one whose code it comes with, and what it leaves as it was."""

from typing import Any

import pytest

from chalicelib.errors import WriteConflict
from chalicelib.models import store
from chalicelib.models.identifiers import normalise
from chalicelib.models.items import Contact
from chalicelib.models.requests.contacts import ReportContact
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.continuation import Form, hashed
from chalicelib.rules.matching import Evidence, Owner
from chalicelib.services.contacts.progress import report_contact
from chalicelib.services.continuation import continuing
from chalicelib.services.continuation.continuing import UNKNOWN, Presented
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock, put_under
from tests.factories import a_contact, an_interaction, facts
from tests.settings import NOW, SETTINGS
from tests.unit.test_continuation import OTHER, PHONE, a_call, a_code, a_visit, redeem
from tests.unit.test_customers import Interrupted


def a_customer(agent: Api, name: str, type_: str, value: str) -> str:
    body = {"name": name, "identifiers": [{"type": type_, "value": value}]}
    return str(agent.post("/customers", body).json["customer_id"])


def signed_in(ivr: Api, account: str = "A1") -> dict[str, Any]:
    """A contact of who is signed in on the portal."""
    body = a_contact(None, channel="portal", **{"from": {"type": "account", "value": account}})
    contact: dict[str, Any] = ivr.as_("portal").post("/contacts", body).json
    return contact


def link(api: Api, contact_id: str) -> str:
    """The token of a link, which lives for days, and whose tries are not counted."""
    return str(a_code(api, contact_id)["link"].partition("#")[2])


def tries(api: Api, contact_id: str) -> None:
    """What is done on a contact before the call."""
    step = an_interaction(channel="portal", kind="step", body="Failed", contact_id=contact_id)
    assert api.post("/interactions", step | {"occurred_at": "2026-11-22T08:56:00Z"}).status == 201


def kept(contact_id: str) -> Contact:
    return store.get_contact(contact_id)


def decided(agent: Api, customer_id: str) -> list[dict[str, Any]]:
    """What continuing had decided about a customer, without when."""
    items = agent.get(f"/customers/{customer_id}/decisions").json["items"]
    names = ("decided", "decided_by", "contact_id", "other_customer_id", "reason")
    return [{name: one[name] for name in names} for one in items]


# Which code is good


def test_a_code_is_good_for_one_contact_that_is_not_its_own(ivr: Api, deps: Deps, clock: Clock) -> None:
    first, second = a_call(ivr)["contact_id"], a_call(ivr, OTHER)["contact_id"]
    code = a_code(ivr, first)["code"]
    presented = Presented(hashed(SETTINGS.continuation_secret, Form.OPEN, code), Form.OPEN)

    def good_for(*contacts: str) -> list[bool]:
        return [continuing.is_good(deps, presented, one) for one in contacts]

    assert good_for(first, second, "ANOTHER") == [False, True, True]
    assert not continuing.is_good(deps, Presented(presented.hashed, refused=UNKNOWN), second)
    assert not continuing.is_good(deps, Presented("NONE"), second)
    # Once it is redeemed it is good for that one only, and then for none
    assert redeem(ivr, code, second).status == 200
    assert good_for(first, second, "ANOTHER") == [False, True, False]
    clock.forward(minutes=15)
    assert good_for(first, second, "ANOTHER") == [False, False, False]


def test_a_contact_does_not_carry_itself_on(ivr: Api) -> None:
    call = a_call(ivr)["contact_id"]
    token = link(ivr, call)
    assert redeem(ivr, token, call).status == 404
    assert kept(call).continues is None
    assert redeem(ivr, token, a_call(ivr, OTHER)["contact_id"]).status == 200


def test_nor_does_one_of_which_was_only_heard_before_it_begins(ivr: Api, deps: Deps) -> None:
    # Given a call of which its provider told, and a code that was given out on it
    body = a_contact(PHONE)
    heard = {name: body[name] for name in ("channel", "provider", "provider_contact_id")}
    request = ReportContact.model_validate(heard | {"at": NOW, "phase": "ringing"}, strict=False)
    call = report_contact(deps, Caller(Role.IVR, "ivr-1"), request, "r", archive_key="KEY").contact_id
    # When it begins with that, then it carries nothing on
    told = ivr.post("/contacts", body | {"continuation_code": link(ivr, call)}).json
    assert (told["contact_id"], told["continuation"], told["continues"]) == (call, "unknown", None)


def test_who_rang_back_may_still_mean_another_contact(ivr: Api, agent: Api) -> None:
    a_customer(agent, "Ada", "phone", PHONE)
    dropped = a_call(ivr)["contact_id"]
    ivr.post(f"/contacts/{dropped}/end", {})
    again = a_call(ivr)
    assert again["continues"]["contact_id"] == dropped
    visit = a_visit(ivr.as_("visitor"))
    told = redeem(ivr, link(ivr.as_("visitor"), visit["contact_id"]), again["contact_id"])
    assert (told.status, told.json["continues"]["contact_id"]) == (200, visit["contact_id"])


# What is taken over


def test_all_that_is_carried_on_is_kept_on_the_contact(ivr: Api, agent: Api) -> None:
    # Given Ada's contact about a case, and a call from a number of nobody's
    ada = a_customer(agent, "Ada", "account", "A1")
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "Late parcel"}).json["case_id"]
    first = signed_in(ivr)["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(reason="a parcel"))
    ivr.post(f"/contacts/{first}/end", {"case_id": case_id})
    code = a_code(ivr, first)["code"]
    # When she rings with its code
    call = a_call(ivr, continuation_code=code)["contact_id"]
    # Then it is kept of what it is the continuation
    contact = kept(call)
    assert contact.continues == {
        "contact_id": first,
        "channel": "portal",
        "case_id": case_id,
        "via": "code",
        "code": hashed(SETTINGS.continuation_secret, Form.OPEN, code),
        "customer_id": ada,
        "suggests": None,
    }
    assert (contact.case_id, contact.customer_id) == (case_id, ada)
    assert [(one["type"], one["owners"]) for one in contact.evidence] == [
        ("continued", [[ada, False]]),
        ("phone", [[ada, False]]),
    ]
    assert {name: [one["value"] for one in said] for name, said in contact.carried.items()} == {
        "reason": ["a parcel"]
    }
    # and decided by whom
    by = {"decided": "contact_continued", "decided_by": {"role": "ivr", "subject": "ivr-1"}, "reason": None}
    assert by | {"contact_id": call, "other_customer_id": None} in decided(agent, ada)


def test_what_was_carried_on_is_carried_on_again(ivr: Api, clock: Clock) -> None:
    # Given a visit of nobody known, and a call that carries it on, on which more is said
    first = a_call(ivr, None, channel="portal", to=None)["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(postcode="EC1A 1BB", reason="moving"))
    tries(ivr, first)
    second = a_call(ivr, "anonymous", continuation_code=link(ivr, first))["contact_id"]
    clock.forward(minutes=1)
    ivr.patch(f"/contacts/{second}/facts", facts(product="broadband", reason="a new address"))
    # When it is carried on
    third = a_call(ivr, "anonymous", continuation_code=link(ivr, second))
    # Then what was said and done on both is there, what was said last before what was said first
    carried = {name: [one["value"] for one in said] for name, said in kept(third["contact_id"]).carried.items()}
    assert carried == {"postcode": ["EC1A 1BB"], "product": ["broadband"], "reason": ["a new address"]}
    assert [step["body"] for step in kept(third["contact_id"]).carried_journey] == ["Failed"]
    assert third["continues"]["contact_id"] == second


def test_what_is_not_true_any_more_is_not_carried_on(ivr: Api, clock: Clock) -> None:
    # Given a visit the day before yesterday: a reason is true for a day
    visitor = ivr.as_("visitor")
    token = link(visitor, a_visit(visitor)["contact_id"])
    clock.forward(days=2)
    contact = kept(a_call(ivr, continuation_code=token)["contact_id"])
    assert contact.carried.keys() == {"postcode"}
    # nor is what was done longer ago than a day
    assert contact.carried_journey == []


def test_a_contact_of_nobodys_is_carried_on_too(ivr: Api, agent: Api) -> None:
    # Given a call of nobody known, and Ada's number
    ada = a_customer(agent, "Ada", "phone", PHONE)
    first = a_call(ivr, "anonymous")["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(reason="a parcel"))
    assert kept(first).customer_id is None
    # When she rings with its code, or has it redeemed
    calls = [a_call(ivr, continuation_code=link(ivr, first)), a_call(ivr)]
    calls[1] = redeem(ivr, link(ivr, first), calls[1]["contact_id"]).json
    # Then the call is hers, and knows what was said
    for call in calls:
        assert (call["customer_id"], call["assurance"], call["candidates"]) == (ada, 2, [])
        assert call["known"]["reason"]["value"] == "a parcel"
        assert kept(call["contact_id"]).continues["customer_id"] is None


def test_a_code_takes_away_nothing_that_is_surer(ivr: Api, agent: Api) -> None:
    # Given a call of Ada's that is in a case and whose caller was checked
    known = {"postcode": "EC1A 1BB", "date_of_birth": "1980-01-02"}
    body = {"name": "Ada", "identifiers": [{"type": "phone", "value": PHONE}]}
    ada = agent.post("/customers", body | facts("crm", verified=True, **known)).json["customer_id"]
    checked = {name: {"value": value} for name, value in known.items()}
    before, call = a_call(ivr)["contact_id"], a_call(ivr)["contact_id"]
    assert ivr.post(f"/contacts/{call}/verify", {"facts": checked}).json["assurance"] == 3
    cases = [
        agent.post(f"/customers/{ada}/cases", {"subject": subject}).json["case_id"] for subject in ("One", "Two")
    ]
    ivr.post(f"/contacts/{before}/end", {"case_id": cases[0]})
    contact = kept(call)
    contact.case_id = cases[1]
    contact.save()
    # When it carries on another of hers, which is in another case
    told = redeem(ivr, link(ivr, before), call)
    # Then both stay as they were
    assert (told.status, told.json["assurance"], kept(call).case_id) == (200, 3, cases[1])


# Whose it is


@pytest.mark.parametrize("established", ["first", "next"])
def test_a_record_of_nobody_in_particular_is_taken_over(ivr: Api, agent: Api, established: str) -> None:
    # Given Ada, by whom or to whom a code was given out, and somebody who was met for the first time
    if established == "first":
        ada = a_customer(agent, "Ada", "account", "A1")
        first, call = signed_in(ivr)["contact_id"], a_call(ivr)
    else:
        ada = a_customer(agent, "Ada", "phone", PHONE)
        first, call = a_visit(ivr.as_("visitor"))["contact_id"], a_call(ivr)
    token = link(ivr, first)
    whose = {kept(first).customer_id, call["customer_id"]}
    assert len(whose) == 2
    # When the one carries on the other
    told = redeem(ivr, token, call["contact_id"])
    # Then both are hers, and nothing is left to be asked
    assert told.status == 200
    assert (told.json["customer_id"], told.json["assurance"], told.json["candidates"]) == (ada, 2, [])
    assert told.json["match"]["result"] == "one"
    assert {"continued": True} in told.json["match"]["reasons"]
    assert set(agent.get(f"/customers/{ada}").json["members"]) == whose
    assert told.json == redeem(ivr, token, call["contact_id"]).json
    # and it is decided why
    merged = {one["reason"] for one in decided(agent, ada) if one["decided"] == "merged"}
    assert merged == {"continuation code"}


def test_whose_it_is_by_a_code_is_known_by_where_it_came_from(ivr: Api, agent: Api) -> None:
    # Given a contact of Ada's that is carried on by a withheld call, and from a number of nobody's
    ada = a_customer(agent, "Ada", "account", "A1")
    first = signed_in(ivr)["contact_id"]

    def known_by() -> list[str]:
        return [one["value"] for one in store.get_profile(ada).identifiers]

    for number, known in (("anonymous", ["A1"]), (PHONE, ["A1", PHONE])):
        assert a_call(ivr, number, continuation_code=link(ivr, first))["customer_id"] == ada
        assert known_by() == known
    # while of Bob's number nothing is made: the call is his
    bob = a_customer(agent, "Bob", "phone", OTHER)
    assert a_call(ivr, OTHER, continuation_code=link(ivr, first))["customer_id"] == bob
    owners = store.find_owners(normalise("phone", OTHER))
    assert owners.head
    assert (owners.head.strangers, owners.candidates, known_by()) == (0, [], ["A1", PHONE])


def test_of_two_who_are_to_be_one_each_owner_is_the_one_that_stays() -> None:
    three = tuple(Owner(one, verified=False) for one in ("KEPT", "JOINED", "OTHER"))
    (one,) = continuing.as_one([Evidence("phone", three)], ("KEPT", "JOINED"))
    assert [owner.customer_id for owner in one.owners] == ["KEPT", "OTHER"]


def test_of_an_established_customer_a_contact_stays_whose_it_was(ivr: Api, agent: Api) -> None:
    # Given Ada's contact in a case, on which something was tried, and Bob's call
    ada, bob = a_customer(agent, "Ada", "account", "A1"), a_customer(agent, "Bob", "phone", PHONE)
    first = signed_in(ivr)["contact_id"]
    tries(ivr.as_("portal"), first)
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "Late parcel"}).json["case_id"]
    ivr.post(f"/contacts/{first}/end", {"case_id": case_id})
    token, call = link(ivr, first), a_call(ivr)["contact_id"]
    # When her code is redeemed on it
    told = redeem(ivr, token, call).json
    # Then it stays Bob's, in no case, and no surer than it was; she is suggested
    assert (told["customer_id"], told["assurance"]) == (bob, 1)
    assert told["candidates"] == [{"customer_id": ada}]
    contact = kept(call)
    assert (contact.case_id, contact.customer_id, contact.continues["case_id"]) == (None, bob, case_id)
    assert contact.continues["suggests"] == {"customer_id": ada, "name": "Ada"}
    assert "Failed" in [step["body"] for step in contact.carried_journey]
    by = {"decided": "continuation_suggests", "decided_by": {"role": "ivr", "subject": "ivr-1"}, "reason": None}
    for one, other in ((ada, bob), (bob, ada)):
        assert decided(agent, one) == [by | {"contact_id": call, "other_customer_id": other}]
    # and again it answers the same
    assert redeem(ivr, token, call).json == told


def test_what_was_done_is_not_shown_of_who_refuses_that(ivr: Api, agent: Api) -> None:
    # Given Ada's journey, which she does not want to be shown, and Bob's phone
    ada = a_customer(agent, "Ada", "account", "A1")
    a_customer(agent, "Bob", "phone", PHONE)
    first = signed_in(ivr)["contact_id"]
    tries(ivr.as_("portal"), first)
    (entry,) = store.get_customer(ada).timeline
    entry.journey = {"first": [1, "a"]}
    entry.save()
    agent.patch(f"/customers/{ada}", {"consent": {"journeys": False}}, **{"If-Match": '"1"'})
    # Then nothing of it is carried to his call
    call = a_call(ivr, continuation_code=link(ivr, first))
    assert call["continuation"] == "accepted"
    assert kept(call["contact_id"]).carried_journey == []


def test_whose_a_contact_is_must_not_change_while_it_is_carried_on(ivr: Api, agent: Api, deps: Deps) -> None:
    # Given a contact of Ada's, which an agent gives to Bob just before the call that carries it on is written
    ada, bob = a_customer(agent, "Ada", "account", "A1"), a_customer(agent, "Bob", "account", "B2")
    first = signed_in(ivr)["contact_id"]
    token, call = link(ivr, first), a_call(ivr, "anonymous")["contact_id"]
    seam = put_under(Interrupted, deps)
    seam.interloper = lambda: agent.post(f"/contacts/{first}/attribution", {"customer_id": bob, "reason": "Bob"})
    # Then the call is Bob's
    told = redeem(ivr, token, call).json
    assert (told["customer_id"], kept(first).customer_id) == (bob, bob)
    assert decided(agent, ada)[0]["decided"] != "contact_continued"


def test_who_is_one_person_by_now_is_read_anew(agent: Api, deps: Deps) -> None:
    one, other = a_customer(agent, "Ada", "phone", PHONE), a_customer(agent, "Ada", "phone", OTHER)
    agent.post(f"/customers/{one}/merges", {"other_customer_id": other})
    with pytest.raises(WriteConflict):
        continuing.merge(deps, Caller(Role.IVR, "ivr-1"), (one, other))
