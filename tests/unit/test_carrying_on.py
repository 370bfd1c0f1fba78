"""A code is presented: by a contact that begins, that begins again, or that began before; and who may guess."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import Conflict, Forbidden, NotFound, TooManyTries
from chalicelib.models import keys, store
from chalicelib.models.requests.contacts import ReportContact, StartContact
from chalicelib.rules.access import Caller, Role
from chalicelib.services.contacts.progress import report_contact
from chalicelib.services.continuation import carrying_on
from chalicelib.services.deps import Deps
from tests.conftest import Api, Spy, put_under
from tests.factories import a_contact, facts
from tests.settings import NOW
from tests.unit.test_continuation import OTHER, PHONE, a_call, a_code, failed_tries, redeem
from tests.unit.test_continuing import a_customer, decided, kept, link, signed_in
from tests.unit.test_customers import Interrupted

IVR = Caller(Role.IVR, "ivr-1")


def begins(ivr: Api, body: dict[str, Any], code: str, **more: Any) -> Any:
    """The contact begins, or begins again, with this code."""
    return ivr.post("/contacts", body | {"continuation_code": code} | more)


def a_start(**body: Any) -> StartContact:
    return StartContact.model_validate_json(json.dumps(a_contact(**body)))


# A contact that begins again


def test_with_another_code_it_goes_on_with_what_it_carries_on(ivr: Api) -> None:
    # Given a call that carries on another, and codes of a third
    first, third = (a_call(ivr, number)["contact_id"] for number in (OTHER, "anonymous"))
    body = a_contact(PHONE)
    call = begins(ivr, body, a_code(ivr, first)["code"]).json
    other = a_code(ivr, third)["code"]
    # When it begins again with another, or with one that is none
    told = [begins(ivr, body, code) for code in (other, "hello")]
    # Then it is told so, and all is as it was
    assert [(one.status, one.json["continuation"]) for one in told] == [(200, "used"), (200, "unknown")]
    assert {one.json["continues"]["contact_id"] for one in told} == {first}
    assert kept(call["contact_id"]).continues["contact_id"] == first
    # and nothing was counted, or used up
    assert failed_tries() == {0}
    assert a_call(ivr, "anonymous", continuation_code=other)["continuation"] == "accepted"


@pytest.mark.parametrize("code", ["used", "unknown"])
def test_with_a_code_in_vain_it_goes_on_without(ivr: Api, code: str) -> None:
    body = a_contact(PHONE)
    ivr.post("/contacts", body)
    presented = "123456789"
    if code == "used":
        presented = a_code(ivr, a_call(ivr, OTHER)["contact_id"])["code"]
        a_call(ivr, "anonymous", continuation_code=presented)
    told = begins(ivr, body, presented)
    assert (told.status, told.json["continuation"], told.json["continues"]) == (200, code, None)


def test_what_it_needs_by_then_is_asked(ivr: Api) -> None:
    # Given a call that needs one thing, and is carried on with what another said
    first = a_call(ivr, OTHER)["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(product="broadband"))
    body = a_contact(PHONE, need=["reason"])
    assert ivr.post("/contacts", body).json["ask"] == ["reason"]
    # When it begins again with the code and needs more
    told = begins(ivr, body, a_code(ivr, first)["code"], need=["product", "postcode"])
    # Then only what was not said is asked
    assert (told.json["ask"], told.json["continuation"]) == (["postcode"], "accepted")
    assert told.json["known"]["product"]["value"] == "broadband"


def test_it_costs_no_try_to_begin_again(ivr: Api, spy: Spy) -> None:
    body, code = a_contact(PHONE), a_code(ivr, a_call(ivr, OTHER)["contact_id"])["code"]
    first = begins(ivr, body, code)
    spy.reset()
    assert begins(ivr, body, code).json == first.json
    assert spy.operations == ["GetItem", "Query"]


def test_it_costs_a_browser_no_try_to_begin_again(ivr: Api, spy: Spy) -> None:
    visitor = ivr.as_("visitor")
    body, code = a_contact(None, channel="chat", to=None), a_code(ivr, a_call(ivr, OTHER)["contact_id"])["code"]
    first = begins(visitor, body, code)
    spy.reset()
    assert begins(visitor, body, code).json == first.json
    assert spy.operations == ["GetItem", "Query"]


def test_six_digits_are_good_where_it_begins_again_from_their_number(ivr: Api) -> None:
    body, first = a_contact(PHONE), a_call(ivr, OTHER)["contact_id"]
    ivr.post("/contacts", body)
    told = begins(ivr, body, a_code(ivr, first, PHONE)["code"]).json
    assert (told["continuation"], told["continues"]["contact_id"]) == ("accepted", first)


def test_one_that_was_only_heard_of_begins_with_its_code(ivr: Api, agent: Api, deps: Deps, spy: Spy) -> None:
    # Given a call of Ada's of which its provider told, but not between whom
    ada, bob = a_customer(agent, "Ada", "phone", PHONE), a_customer(agent, "Bob", "phone", OTHER)
    body = a_contact(PHONE)
    heard = {name: body[name] for name in ("channel", "provider", "provider_contact_id")}
    request = ReportContact.model_validate(heard | {"at": NOW, "phase": "ringing"}, strict=False)
    report_contact(deps, IVR, request, "r", archive_key="KEY")
    # When it begins with a code of Bob's that is bound to its number
    first = a_call(ivr, OTHER)["contact_id"]
    code = a_code(ivr, first, PHONE)["code"]
    spy.reset()
    told = begins(ivr, body, code)
    # Then it carries on in one, beside the try that is counted and taken off once, and is hers
    assert (spy.operations.count("TransactWriteItems"), failed_tries()) == (3, {0})
    assert (told.json["continuation"], told.json["continues"]["contact_id"]) == ("accepted", first)
    assert (told.json["customer_id"], told.json["candidates"]) == (ada, [{"customer_id": bob}])
    assert kept(told.json["contact_id"]).sender["value"] == PHONE
    assert {one["decided_by"]["role"] for one in decided(agent, ada)} == {"ivr"}


def test_a_try_is_taken_off_where_the_same_contact_was_quicker(ivr: Api, deps: Deps) -> None:
    # Given a contact that begins with its code just before it does so once more
    body, code = a_contact(PHONE), a_code(ivr, a_call(ivr, OTHER)["contact_id"])["code"]
    seam = put_under(Interrupted, deps)
    seam.interloper = lambda: begins(ivr, body, code)
    # Then both are told the same, and no try is left
    again = begins(ivr, body, code)
    assert (again.status, again.json["continuation"]) == (200, "accepted")
    assert failed_tries() == {0}


def test_who_carries_on_is_told_where_the_same_contact_was_quicker_without_its_code(
    ivr: Api, agent: Api, deps: Deps
) -> None:
    # Given a contact that begins with a code of Ada's just after it began without
    ada = a_customer(agent, "Ada", "phone", OTHER)
    body, code = a_contact("anonymous"), a_code(ivr, a_call(ivr, OTHER)["contact_id"])["code"]
    seam = put_under(Interrupted, deps)
    seam.interloper = lambda: ivr.post("/contacts", body)
    again = begins(ivr, body, code)
    # Then it carries on, and who said so is in her ledger
    assert (again.status, again.json["customer_id"], again.json["continuation"]) == (200, ada, "accepted")
    (one,) = (one for one in decided(agent, ada) if one["decided"] == "contact_continued")
    assert one["decided_by"] == {"role": "ivr", "subject": "ivr-1"}


def test_a_contact_of_somebody_elses_is_not_begun_again(ivr: Api, agent: Api, deps: Deps) -> None:
    # Given a contact of Ada's, and a portal's token of Bob
    a_customer(agent, "Ada", "phone", PHONE)
    bob = a_customer(agent, "Bob", "account", "B2")
    body = a_contact(PHONE)
    ivr.post("/contacts", body)
    request = StartContact.model_validate_json(
        json.dumps(body | {"continuation_code": link(ivr, a_call(ivr, OTHER)["contact_id"])})
    )
    with pytest.raises(Forbidden):
        carrying_on.start_contact(deps, Caller(Role.PORTAL, "portal-1", bob), request, "r")


# A contact that began before


@pytest.mark.parametrize("status", ["live", "ended"])
def test_a_contact_of_nobodys_becomes_whose_it_carries_on(ivr: Api, agent: Api, status: str) -> None:
    # Given Ada's contact in a case, and a withheld call on which something was said
    ada = a_customer(agent, "Ada", "phone", OTHER)
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "Late parcel"}).json["case_id"]
    first = a_call(ivr, OTHER)["contact_id"]
    ivr.post(f"/contacts/{first}/end", {"case_id": case_id})
    call = a_call(ivr, "anonymous", need=["product", "reason"])["contact_id"]
    ivr.patch(f"/contacts/{call}/facts", facts(product="broadband"))
    if status == "ended":
        ivr.post(f"/contacts/{call}/end", {})
    # When the code is redeemed on it
    token = link(ivr, first)
    told = redeem(ivr, token, call).json
    # Then it is hers, in that case, with what was said
    assert (told["customer_id"], told["assurance"], told["ask"]) == (ada, 2, ["reason"])
    assert (kept(call).customer_id, kept(call).case_id, kept(call).assurance) == (ada, case_id, 2)
    assert agent.get(f"/customers/{ada}/facts").json["facts"]["product"]["contact_id"] == call
    # and is among her live ones, or those that are over
    head = store.get_head(ada)
    past = [one.contact_id for one in store.list_band(keys.customer(ada), keys.PAST_CONTACTS, limit=9).items]
    assert set(past) == {first, *([call] if status == "ended" else [])}
    shown = [(one.contact_id, one.case_id) for one in head.contacts]
    assert shown == ([(call, case_id)] if status == "live" else [])
    assert head.profile.live_contacts == len(shown)
    assert told == redeem(ivr, token, call).json


def test_a_call_that_nothing_names_any_more_stays_whose_it_is(ivr: Api, agent: Api) -> None:
    # Given a call of Bob's by an account that was said to be another, and Ada's contact
    a_customer(agent, "Ada", "phone", OTHER)
    bob = a_customer(agent, "Bob", "account", "B2")
    call = a_call(ivr, "anonymous")["contact_id"]
    for account in ("B2", "Z9"):
        assert ivr.patch(f"/contacts/{call}/facts", facts(account_number=account)).json["customer_id"] == bob
    # When her code is redeemed on it, then it is Bob's still
    told = redeem(ivr, link(ivr, a_call(ivr, OTHER)["contact_id"]), call)
    assert (told.status, told.json["customer_id"], kept(call).customer_id) == (200, bob, bob)


def test_who_it_was_said_not_to_be_it_is_not_by_a_code_either(ivr: Api, agent: Api) -> None:
    # Given a withheld call that is not Ada's, as its agent says
    ada = a_customer(agent, "Ada", "account", "A1")
    call = a_call(ivr, "anonymous")["contact_id"]
    ivr.patch(f"/contacts/{call}/facts", facts(account_number="A1"))
    denied = {"not_customer_id": ada, "reason": "it is a neighbour"}
    assert agent.post(f"/contacts/{call}/attribution", denied).status == 200
    # When her code is redeemed on it, then it is nobody's still
    told = redeem(ivr, link(ivr, signed_in(ivr)["contact_id"]), call)
    assert (told.status, told.json["customer_id"], kept(call).customer_id) == (200, None, None)


def test_a_live_contact_is_shown_in_the_case_that_it_carries_on(ivr: Api, agent: Api) -> None:
    ada = a_customer(agent, "Ada", "phone", PHONE)
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "Late parcel"}).json["case_id"]
    first = a_call(ivr)["contact_id"]
    ivr.post(f"/contacts/{first}/end", {"case_id": case_id, "resolved": False})
    call = a_call(ivr, "anonymous")["contact_id"]
    ivr.post(f"/contacts/{call}/attribution", {"customer_id": ada, "reason": "she said so"})
    redeem(ivr, link(ivr, first), call)
    (shown,) = store.get_head(ada).contacts
    assert (shown.contact_id, shown.case_id) == (call, case_id)


def test_so_many_live_contacts_are_shown(ivr: Api, agent: Api) -> None:
    # Given Ada, who has as many live contacts as are shown, and a withheld call
    ada = a_customer(agent, "Ada", "phone", OTHER)
    calls = [a_call(ivr, OTHER, started_at=f"2026-11-22T08:0{n}:00Z")["contact_id"] for n in range(5)]
    late = a_call(ivr, "anonymous", started_at="2026-11-22T08:30:00Z")["contact_id"]
    # When that carries one of hers on
    redeem(ivr, link(ivr, calls[0]), late)
    # Then it is shown in the place of the oldest
    assert [one.contact_id for one in store.get_head(ada).contacts] == [late, *calls[:0:-1]]
    assert store.get_head(ada).profile.live_contacts == 6


# Where there are no codes


def test_without_a_secret_no_code_is_good(ivr: Api, deps: Deps) -> None:
    token = link(ivr, a_call(ivr, OTHER)["contact_id"])
    call = a_call(ivr)["contact_id"]
    without = replace(deps, settings=replace(deps.settings, continuation_secret=""))
    with pytest.raises(NotFound, match="no such code"):
        carrying_on.redeem(without, IVR, call, token)
    assert carrying_on.redeem(deps, IVR, call, token).continuation == "accepted"
    # and nothing is counted by what anybody could hash
    assert guess(without, IVR, a_call(ivr)["contact_id"], times=6) == ["not_found"] * 6
    assert failed_tries() == {0}


# Who guesses


def guess(deps: Deps, caller: Caller, contact_id: str, address: str | None = None, times: int = 1) -> list[str]:
    """What becomes of so many codes in vain."""
    told = []
    for n in range(times):
        try:
            carrying_on.redeem(deps, caller, contact_id, f"00000000{n}", address=address)
        except (NotFound, TooManyTries, Conflict) as error:
            told.append(error.code)
    return told


def begun(deps: Deps, caller: Caller, **body: Any) -> str:
    now, _ = carrying_on.start_contact(deps, caller, a_start(caller=None, to=None, **body), "r")
    assert now.contact
    return str(now.contact.contact_id)


ADDRESS = "192.0.2.7"


def test_a_visitor_is_counted_by_its_token_and_by_its_address(deps: Deps) -> None:
    # Given a visitor of two browsers, of which each says what it is, who guesses on the one
    ada, bob, eve = (Caller(Role.VISITOR, name) for name in ("ada", "bob", "eve"))
    one, other = (
        begun(deps, ada, channel="portal", provider="web", **{"from": {"type": "visitor", "value": browser}})
        for browser in ("b1", "b2")
    )
    assert guess(deps, ada, one, ADDRESS, times=6) == ["not_found"] * 5 + ["too_many_tries"]
    # Then it is over on the other, and for who comes from the same address
    assert guess(deps, ada, other, "192.0.2.8") == ["too_many_tries"]
    assert guess(deps, bob, begun(deps, bob, channel="portal", provider="web"), ADDRESS) == ["too_many_tries"]
    # but not for anybody else
    assert guess(deps, eve, begun(deps, eve, channel="portal", provider="web"), "192.0.2.8") == ["not_found"]


def test_a_portal_is_counted_by_its_token_where_that_is_of_one_customer(agent: Api, deps: Deps) -> None:
    ada = a_customer(agent, "Ada", "account", "A1")
    bound, shared = Caller(Role.PORTAL, "hers", ada), Caller(Role.PORTAL, "portal")

    def a_browser(caller: Caller, browser: str) -> str:
        return begun(deps, caller, channel="portal", **{"from": {"type": "device", "value": browser}})

    for caller, elsewhere in ((bound, "too_many_tries"), (shared, "not_found")):
        one, other = (a_browser(caller, f"{caller.subject}-{n}") for n in (1, 2))
        assert guess(deps, caller, one, ADDRESS, times=6) == ["not_found"] * 5 + ["too_many_tries"]
        assert guess(deps, caller, other, ADDRESS) == [elsewhere]


def test_a_flow_is_counted_by_who_calls_and_not_by_its_own_address(ivr: Api, deps: Deps) -> None:
    calls = [a_call(ivr, number)["contact_id"] for number in (PHONE, OTHER)]
    assert guess(deps, IVR, calls[0], ADDRESS, times=6) == ["not_found"] * 5 + ["too_many_tries"]
    assert guess(deps, IVR, calls[1], ADDRESS) == ["not_found"]
    # and so is one that begins with a code
    tried = [a_call(ivr, "+447700900125", continuation_code=f"00000000{n}")["continuation"] for n in range(6)]
    assert tried == ["unknown"] * 5 + ["throttled"]


def test_who_withholds_their_number_is_counted_by_the_contact(ivr: Api, deps: Deps) -> None:
    # Given two withheld calls
    one, other = (a_contact("anonymous") for _ in range(2))
    calls = [ivr.post("/contacts", body).json["contact_id"] for body in (one, other)]
    # When codes are tried in vain on the one, then it is over there, and not on the other
    assert guess(deps, IVR, calls[0], times=6) == ["not_found"] * 5 + ["too_many_tries"]
    assert begins(ivr, one, "123456789").json["continuation"] == "throttled"
    assert begins(ivr, other, "123456789").json["continuation"] == "unknown"
    assert guess(deps, IVR, calls[1]) == ["not_found"]
    # nor for calls that begin with one, each of which is another
    tried = [a_call(ivr, "anonymous", continuation_code=f"00000000{n}")["continuation"] for n in range(6)]
    assert tried == ["unknown"] * 6


def test_what_begins_again_is_counted_by_whence_it_came(ivr: Api) -> None:
    # Given a call that begins again with code after code, all in vain
    body = a_contact(PHONE)
    ivr.post("/contacts", body)
    tried = [begins(ivr, body, f"00000000{n}").json["continuation"] for n in range(6)]
    assert tried == ["unknown"] * 5 + ["throttled"]
    # Then it is over for its number
    assert a_call(ivr, continuation_code="123456789")["continuation"] == "throttled"
    # and they count with all that was keyed in, until too many of those were in vain
    for n in range(44):
        assert a_call(ivr, "anonymous", continuation_code=f"0000001{n:02d}")["continuation"] == "unknown"
    again = a_contact("anonymous")
    ivr.post("/contacts", again)
    assert begins(ivr, again, "123456789").json["continuation"] == "unknown"
    assert begins(ivr, again, "123456789").json["continuation"] == "throttled"


@pytest.mark.parametrize("began", [False, True])
def test_a_browser_that_begins_is_counted_by_its_address(deps: Deps, *, began: bool) -> None:
    # Given visitors of one address, whose visits begin with a code, or once more with one
    def told(n: int, address: str) -> str | None:
        caller = Caller(Role.VISITOR, f"visitor-{n}")
        visit = a_start(caller=None, to=None, channel="portal", provider="web")
        if began:
            carrying_on.start_contact(deps, caller, visit, "r")
        coded = visit.model_copy(update={"continuation_code": f"00000000{n}"})
        return carrying_on.start_contact(deps, caller, coded, "r", address=address)[0].continuation

    # When five tried in vain, then it is over for the next, and not for who comes from elsewhere
    assert [told(n, ADDRESS) for n in range(6)] == ["unknown"] * 5 + ["throttled"]
    assert told(7, "192.0.2.8") == "unknown"


def test_six_digits_for_which_there_is_nothing_are_not_looked_up(ivr: Api, spy: Spy) -> None:
    call = a_call(ivr)["contact_id"]
    spy.reset()
    assert redeem(ivr, "123456", call).status == 404
    assert spy.operations == ["GetItem", "BatchGetItem", "GetItem"]
    # and from a withheld number not even that is asked
    withheld = a_call(ivr, "anonymous")["contact_id"]
    spy.reset()
    assert redeem(ivr, "123456", withheld).status == 404
    assert spy.operations == ["GetItem", "GetItem"]


def test_a_refusal_says_what_it_is(ivr: Api, deps: Deps) -> None:
    first, call = a_call(ivr, OTHER)["contact_id"], a_call(ivr)["contact_id"]
    token = link(ivr, first)
    with pytest.raises(NotFound, match="there is no such code, or it has expired"):
        carrying_on.redeem(deps, IVR, call, "hello")
    redeem(ivr, token, a_call(ivr, "anonymous")["contact_id"])
    with pytest.raises(Conflict, match="was redeemed by another contact"):
        carrying_on.redeem(deps, IVR, call, token)
    guess(deps, IVR, call, times=5)
    with pytest.raises(TooManyTries, match="too many codes were tried"):
        carrying_on.redeem(deps, IVR, call, "123456789")
    redeem(ivr, link(ivr, first), call)
    with pytest.raises(Conflict, match="carries on another one already"):
        carrying_on.redeem(deps, IVR, call, link(ivr, a_call(ivr, OTHER)["contact_id"]))
