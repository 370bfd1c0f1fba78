"""Carry on: a contact takes up another with the code that was given out on that one."""

from typing import Any

import pytest

from chalicelib.models.items import Item, Tries
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, an_interaction, facts

PHONE = "+447700900123"
OTHER = "+447700900124"


def a_visit(visitor: Api, **changed: Any) -> dict[str, Any]:
    """A contact of a browser, on which an address change was begun."""
    body = a_contact(None, channel="portal", provider="web", to=None) | changed
    visit: dict[str, Any] = visitor.post("/contacts", body).json
    visitor.patch(f"/contacts/{visit['contact_id']}/facts", facts("portal", postcode="EC1A 1BB", reason="moving"))
    visitor.post(
        "/interactions",
        an_interaction(
            channel="portal",
            kind="step",
            body="Failed at the postcode",
            contact_id=visit["contact_id"],
            occurred_at="2026-11-22T08:56:00Z",
        ),
    )
    return visit


def a_code(api: Api, contact_id: str, number: str | None = None) -> dict[str, Any]:
    body = {"to": "voice"} | ({"from": {"type": "phone", "value": number}} if number else {})
    reply = api.post(f"/contacts/{contact_id}/continuation", body)
    assert reply.status == 201, reply.json
    issued: dict[str, Any] = reply.json
    return issued


def a_call(ivr: Api, number: str | None = PHONE, **more: Any) -> dict[str, Any]:
    reply = ivr.post("/contacts", a_contact(number, **more))
    assert reply.status == 201, reply.json
    call: dict[str, Any] = reply.json
    return call


def redeem(api: Api, code: str, contact_id: str) -> Any:
    return api.post(f"/continuations/{code}/redeem", {"contact_id": contact_id})


@pytest.fixture
def visitor(ivr: Api) -> Api:
    return ivr.as_("visitor")


def test_a_code_bound_to_the_announced_number_has_six_digits_and_is_good_from_there_only(
    visitor: Api, ivr: Api
) -> None:
    # Given a visit, and the number from which the visitor says that they will call
    visit = a_visit(visitor)
    issued = a_code(visitor, visit["contact_id"], "07700 900123")
    assert len(issued["code"]) == 6
    assert issued["link"].startswith("https://www.example.com/continue#")
    # When it is keyed in from another number, and from nowhere, then it is unknown
    for number in (OTHER, "anonymous"):
        assert redeem(ivr, issued["code"], a_call(ivr, number)["contact_id"]).status == 404
    # and from the number that was announced, the call carries on the visit
    call = a_call(ivr)
    told = redeem(ivr, issued["code"], call["contact_id"])
    assert told.status == 200
    assert told.json["continues"] == {
        "contact_id": visit["contact_id"],
        "channel": "portal",
        "case_id": None,
        "via": "code",
    }
    assert told.json["assurance"] >= 2
    assert told.json["continuation"] == "accepted"


def test_without_a_number_it_has_nine_digits_and_is_good_from_anywhere(visitor: Api, ivr: Api) -> None:
    visit = a_visit(visitor)
    issued = visitor.call("POST", f"/contacts/{visit['contact_id']}/continuation", b"")
    assert issued.status == 201
    assert len(issued.json["code"]) == 9
    spoken = f"{issued.json['code'][:3]} {issued.json['code'][3:6]}-{issued.json['code'][6:]}"
    told = redeem(ivr, spoken.replace(" ", "%20"), a_call(ivr, "anonymous")["contact_id"])
    assert (told.status, told.json["customer_id"]) == (200, visit["customer_id"])


def test_what_was_said_and_tried_is_on_the_agents_screen(visitor: Api, ivr: Api, agent: Api) -> None:
    # Given a visit on which a change of address failed
    visit = a_visit(visitor)
    code = a_code(visitor, visit["contact_id"], PHONE)["code"]
    # When the visitor rings, and the call begins with the code
    call = a_call(ivr, continuation_code=code, need=["postcode", "reason", "date_of_birth"])
    # Then nothing of it is asked again
    assert call["ask"] == ["date_of_birth"]
    assert call["known"]["postcode"]["value"] == "EC1A 1BB"
    assert call["known"]["reason"]["value"] == "moving"
    # and the agent sees what was tried, in two requests
    pop = agent.get(f"/contacts/{call['contact_id']}/screen-pop").json
    assert pop["contact"]["continues"]["contact_id"] == visit["contact_id"]
    assert [step["body"] for step in pop["recent_journey"]] == ["Failed at the postcode"]
    assert pop["facts"]["postcode"]["value"] == "EC1A 1BB"
    assert pop["assurance"] >= 2


def test_again_it_answers_the_same_and_no_other_contact_may_have_it(visitor: Api, ivr: Api) -> None:
    visit = a_visit(visitor)
    issued = a_code(visitor, visit["contact_id"])
    call, other = a_call(ivr), a_call(ivr, OTHER)
    first = redeem(ivr, issued["code"], call["contact_id"])
    again = redeem(ivr, issued["code"], call["contact_id"])
    assert (first.status, again.status) == (200, 200)
    assert again.json == first.json
    assert redeem(ivr, issued["code"], other["contact_id"]).status == 409
    # nor has the one that gave it out it for itself
    assert redeem(ivr, issued["code"], visit["contact_id"]).status == 409
    # nor by the link that was given out with it
    token = issued["link"].partition("#")[2]
    assert redeem(ivr, token, other["contact_id"]).status == 409


def test_a_contact_carries_on_one_other(visitor: Api, ivr: Api) -> None:
    codes = [a_code(visitor, a_visit(visitor)["contact_id"])["code"] for _ in range(2)]
    call = a_call(ivr, continuation_code=codes[0])
    refused = redeem(ivr, codes[1], call["contact_id"])
    assert (refused.status, refused.json["code"]) == (409, "conflict")
    # and never itself
    own = a_code(ivr, call["contact_id"])["code"]
    assert redeem(ivr, own, a_call(ivr, OTHER)["contact_id"]).status == 200


def test_an_expired_code_is_as_unknown_as_one_that_never_was(visitor: Api, ivr: Api, clock: Clock) -> None:
    visit = a_visit(visitor)
    issued = a_code(visitor, visit["contact_id"], PHONE)
    clock.forward(minutes=15)
    call = a_call(ivr)["contact_id"]
    expired, never = redeem(ivr, issued["code"], call), redeem(ivr, "999999999", call)
    assert (expired.status, never.status) == (404, 404)
    assert {**expired.json, "correlation_id": ""} == {**never.json, "correlation_id": ""}
    # the link lives longer
    assert redeem(ivr, issued["link"].partition("#")[2], call).status == 200


def test_what_is_no_code_is_unknown(ivr: Api) -> None:
    call = a_call(ivr)["contact_id"]
    for code in ("12345", "hello", "1234567890123", "%23", "a" * 70):
        assert redeem(ivr, code, call).status == 404


def test_asked_again_while_it_lives_the_same_code_is_told(visitor: Api, clock: Clock) -> None:
    visit = a_visit(visitor)
    path, body = f"/contacts/{visit['contact_id']}/continuation", {"from": {"type": "phone", "value": PHONE}}
    first, again = visitor.post(path, body), visitor.post(path, body)
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    # in the second half of its life a new one is made; one number has one of six digits at a time
    clock.forward(minutes=8)
    later = visitor.post(path, body)
    assert later.status == 201
    assert len(later.json["code"]) == 9


def test_a_code_in_vain_does_not_keep_a_contact_from_beginning(ivr: Api, visitor: Api) -> None:
    call = a_call(ivr, continuation_code="123456789")
    assert (call["continues"], call["continuation"]) == (None, "unknown")
    code = a_code(visitor, a_visit(visitor)["contact_id"])["code"]
    assert a_call(ivr, continuation_code=code)["continuation"] == "accepted"
    assert a_call(ivr, OTHER, continuation_code=code)["continuation"] == "used"


def test_the_same_contact_begun_again_with_its_code_carries_on_once(ivr: Api, visitor: Api) -> None:
    code = a_code(visitor, a_visit(visitor)["contact_id"])["code"]
    body = a_contact(PHONE, continuation_code=code)
    first, again = ivr.post("/contacts", body), ivr.post("/contacts", body)
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    assert failed_tries() == {0}


def test_a_contact_that_began_without_the_code_carries_on_when_it_begins_again_with_it(
    ivr: Api, visitor: Api
) -> None:
    # Given a call of which its provider told before the flow had asked for a code
    body = a_contact(PHONE)
    ivr.post("/contacts", body)
    code = a_code(visitor, a_visit(visitor)["contact_id"])["code"]
    again = ivr.post("/contacts", body | {"continuation_code": code})
    assert (again.status, again.json["continuation"]) == (200, "accepted")
    assert again.json["continues"]


def failed_tries() -> set[int]:
    return {int(item.tries_failed) for item in Item.scan() if isinstance(item, Tries)}


def test_guessing_is_over_after_five_tries_of_one_source(ivr: Api, visitor: Api, clock: Clock) -> None:
    visit = a_visit(visitor)
    code = a_code(visitor, visit["contact_id"])["code"]
    call = a_call(ivr)["contact_id"]
    tried = [redeem(ivr, f"00000000{n}", call).status for n in range(6)]
    assert tried == [404, 404, 404, 404, 404, 429]
    # Then not even the right one is looked at, from that number
    assert redeem(ivr, code, call).status == 429
    assert a_call(ivr, continuation_code=code)["continuation"] == "throttled"
    # while another number, and a link, go through
    assert redeem(ivr, code, a_call(ivr, OTHER)["contact_id"]).status == 200
    # and in a while it may be tried again
    clock.forward(minutes=30)
    later = a_code(visitor, visit["contact_id"])["code"]
    assert redeem(ivr, later, call).status == 200


def test_guessing_is_over_when_all_together_have_failed_too_often(ivr: Api, visitor: Api) -> None:
    code = a_code(visitor, a_visit(visitor)["contact_id"])["code"]
    for n in range(50):
        number = f"+4477009010{n:02d}"
        assert a_call(ivr, number, continuation_code=f"0000000{n:02d}")["continuation"] == "unknown"
    throttled = redeem(ivr, code, a_call(ivr)["contact_id"])
    assert (throttled.status, throttled.json["code"]) == (429, "too_many_tries")


def test_six_digits_are_counted_only_where_there_is_something_to_find(ivr: Api, visitor: Api) -> None:
    # Given a number for which no code was given out
    call = a_call(ivr)["contact_id"]
    assert {redeem(ivr, f"00000{n}", call).status for n in range(8)} == {404}
    # and one for which there is
    a_code(visitor, a_visit(visitor)["contact_id"], PHONE)
    assert [redeem(ivr, f"00000{n}", call).status for n in range(6)] == [404, 404, 404, 404, 404, 429]


def test_where_both_are_established_it_suggests_and_never_merges(ivr: Api, agent: Api) -> None:
    # Given Ada, who is signed in on the portal, and the phone of Bob
    ada = agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "account", "value": "A1"}]}).json
    bob = agent.post("/customers", {"name": "Bob", "identifiers": [{"type": "phone", "value": PHONE}]}).json
    portal = ivr.as_("portal")
    visit = portal.post(
        "/contacts", a_contact(None, channel="portal", **{"from": {"type": "account", "value": "A1"}})
    ).json
    portal.patch(f"/contacts/{visit['contact_id']}/facts", facts("portal", postcode="EC1A 1BB", reason="moving"))
    code = a_code(portal, visit["contact_id"], PHONE)["code"]
    # When the code is keyed in on Bob's phone
    call = a_call(ivr, continuation_code=code)
    # Then the call stays Bob's, no surer than before, and Ada is suggested
    assert call["customer_id"] == bob["customer_id"]
    assert call["assurance"] == 1
    assert call["candidates"] == [{"customer_id": ada["customer_id"]}]
    assert {"continued": True, "conflicts": True} in call["match"]["reasons"]
    assert call["known"]["reason"]["value"] == "moving"
    assert call["known"]["postcode"]["value"] is None
    pop = agent.get(f"/contacts/{call['contact_id']}/screen-pop").json
    assert pop["candidates"] == [{"customer_id": ada["customer_id"], "name": "Ada"}]
    for one, other in ((ada, bob), (bob, ada)):
        decided = agent.get(f"/customers/{one['customer_id']}/decisions").json["items"]
        assert ("continuation_suggests", other["customer_id"]) in [
            (entry["decided"], entry["other_customer_id"]) for entry in decided
        ]
        assert agent.get(f"/customers/{one['customer_id']}").json["members"] == []
    # nothing of it is among what is known of Bob
    assert agent.get(f"/customers/{bob['customer_id']}/facts").json["facts"] == {}
    # and once it is said that it is Ada's, it is; taken back, it is as it was
    moved = agent.post(f"/contacts/{call['contact_id']}/attribution", {"customer_id": ada["customer_id"]}).json
    assert (moved["customer_id"], moved["candidates"]) == (ada["customer_id"], [])
    back = agent.delete(f"/contacts/{call['contact_id']}/attribution").json
    assert back["customer_id"] == bob["customer_id"]
    assert back["candidates"] == [{"customer_id": ada["customer_id"], "name": "Ada"}]
    # and once it is said that it is not hers, nothing of hers is there
    not_hers = agent.post(
        f"/contacts/{call['contact_id']}/attribution", {"not_customer_id": ada["customer_id"]}
    ).json
    assert (not_hers["continues"], not_hers["known"], not_hers["candidates"]) == (None, {}, [])
    again = agent.delete(f"/contacts/{call['contact_id']}/attribution").json
    assert again["continues"]["contact_id"] == visit["contact_id"]


def test_the_visits_of_an_established_caller_are_taken_over_and_that_can_be_undone(
    ivr: Api, agent: Api, visitor: Api
) -> None:
    ada = agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "phone", "value": PHONE}]}).json
    visit = a_visit(visitor)
    code = a_code(visitor, visit["contact_id"], PHONE)["code"]
    call = a_call(ivr, continuation_code=code)
    assert (call["customer_id"], call["assurance"]) == (ada["customer_id"], 2)
    record = agent.get(f"/customers/{ada['customer_id']}").json
    assert set(record["members"]) == {ada["customer_id"], visit["customer_id"]}
    pop = agent.get(f"/contacts/{call['contact_id']}/screen-pop").json
    assert [step["body"] for step in pop["recent_journey"]] == ["Failed at the postcode"]
    merged = agent.get(f"/customers/{ada['customer_id']}/decisions").json["items"]
    merge_id = next(entry["merge_id"] for entry in merged if entry["decided"] == "merged")
    assert agent.delete(f"/merges/{merge_id}").status == 200
    assert agent.get(f"/customers/{ada['customer_id']}").json["members"] == []


def test_a_call_from_an_unknown_number_is_whose_contact_it_carries_on(ivr: Api, agent: Api) -> None:
    # Given Ada, signed in on the portal with a case, of whom no number is known
    ada = agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "account", "value": "A1"}]}).json
    portal = ivr.as_("portal")
    visit = portal.post(
        "/contacts", a_contact(None, channel="portal", **{"from": {"type": "account", "value": "A1"}})
    ).json
    code = a_code(portal, visit["contact_id"], PHONE)["code"]
    # When she rings
    call = a_call(ivr, continuation_code=code)
    # Then it is her, and her number is known from then on
    assert (call["customer_id"], call["assurance"]) == (ada["customer_id"], 2)
    assert a_call(ivr)["customer_id"] == ada["customer_id"]
    # and a case of the first contact is the case of the call
    assert agent.get(f"/contacts/{call['contact_id']}/screen-pop").json["contact"]["continues"]["case_id"] is None


def test_the_case_of_the_first_contact_is_the_case_of_the_next(ivr: Api, agent: Api) -> None:
    # Given a call about a case, on which the customer is sent a link
    first = a_call(ivr)
    case = agent.post(f"/customers/{first['customer_id']}/cases", {"subject": "Late parcel"}).json
    agent.post(f"/contacts/{first['contact_id']}/end", {"case_id": case["case_id"], "summary": "Sent a link"})
    token = a_code(agent, first["contact_id"])["link"].partition("#")[2]
    # When the link is opened in a browser
    chat = ivr.as_("visitor").post(
        "/contacts", a_contact(None, channel="chat", provider="web", to=None, continuation_code=token)
    )
    # Then the chat is in that case, and nobody in particular becomes the customer
    assert chat.json["continues"]["case_id"] == case["case_id"]
    assert chat.json["customer_id"] == first["customer_id"]
    pop = agent.get(f"/contacts/{chat.json['contact_id']}/screen-pop").json
    assert pop["contact"]["case_id"] == case["case_id"]
    assert pop["live_contacts"][0]["case_id"] == case["case_id"]


def test_a_visitor_carries_on_its_own_contacts_only(ivr: Api, visitor: Api) -> None:
    call = a_call(ivr)
    assert visitor.post(f"/contacts/{call['contact_id']}/continuation", {}).status == 404
    code = a_code(ivr, call["contact_id"])["code"]
    assert redeem(visitor, code, a_call(ivr, OTHER)["contact_id"]).status == 404


def test_a_number_is_announced_or_nothing_is(ivr: Api) -> None:
    path = f"/contacts/{a_call(ivr)['contact_id']}/continuation"
    for given in ({"type": "email", "value": "ada@example.com"}, {"type": "phone", "value": "anonymous"}):
        reply = ivr.post(path, {"from": given})
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "from")


def test_a_stolen_table_gives_no_codes(visitor: Api) -> None:
    issued = [a_code(visitor, a_visit(visitor)["contact_id"], number) for number in (PHONE, None)]
    kept = str([item.attribute_values for item in Item.scan()])
    for one in issued:
        assert one["code"] not in kept
        assert one["link"].partition("#")[2] not in kept


def test_requests(visitor: Api, ivr: Api, agent: Api, spy: Spy) -> None:
    visit = a_visit(visitor)
    # Giving out: the contact, what may be given out, what was counted, and one transaction
    spy.reset()
    code = a_code(visitor, visit["contact_id"], PHONE)["code"]
    assert spy.operations == ["GetItem", "BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    spy.reset()
    visitor.post(f"/contacts/{visit['contact_id']}/continuation", {"from": {"type": "phone", "value": PHONE}})
    assert spy.operations == ["GetItem", "BatchGetItem"]
    # A call begins with it: the try is counted; then the number, the code, the contact, whose that was
    spy.reset()
    call = a_call(ivr, continuation_code=code)
    assert spy.operations == [
        *("GetItem", "BatchGetItem", "TransactWriteItems"),
        *("Query", "BatchGetItem", "Query", "Query", "TransactWriteItems"),
    ]
    # The pop is as it was
    spy.reset()
    agent.get(f"/contacts/{call['contact_id']}/screen-pop")
    assert spy.operations == ["Query", "Query"]
    # A link is not counted
    token = a_code(visitor, a_visit(visitor, provider_contact_id="again")["contact_id"])["link"].partition("#")[2]
    later = a_call(ivr)["contact_id"]
    spy.reset()
    redeem(ivr, token, later)
    assert spy.operations == ["GetItem", "GetItem", "BatchGetItem", "Query", "Query", "TransactWriteItems"]
    assert all(asked.get("ConsistentRead", True) for _, asked in spy.reads)
