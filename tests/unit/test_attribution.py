"""A contact is somebody else's than it was taken for: it moves, it is explained, and it can move back."""

from typing import Any

import pytest
from chalice.test import Client

from chalicelib.models import store
from chalicelib.models.requests.contacts import AttributeContact
from chalicelib.services.deps import Deps
from chalicelib.services.identity import attribution
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, an_interaction, facts, phone
from tests.unit.test_races import AGENT
from tests.unit.test_stream import Stream


def with_phone(agent: Api, number: str, name: str = "Ada", *, verified: bool = True) -> str:
    given = [{"type": "phone", "value": number, "verified": verified}]
    return str(agent.post("/customers", {"name": name, "identifiers": given}).json["customer_id"])


def a_call(ivr: Api, number: str) -> Any:
    return ivr.post("/contacts", a_contact(number)).json


def attribute(agent: Api, contact_id: str, **to: Any) -> Any:
    reply = agent.post(f"/contacts/{contact_id}/attribution", {"reason": "it was her neighbour"} | to)
    assert reply.status == 200, reply.json
    return reply.json


def pop(agent: Api, contact_id: str) -> Any:
    return agent.get(f"/contacts/{contact_id}/screen-pop").json


def known_by(agent: Api, customer_id: str) -> list[str]:
    return [one["value"] for one in agent.get(f"/customers/{customer_id}/identifiers").json["items"]]


def test_a_contact_moves_to_another_customer_with_what_was_said(agent: Api, ivr: Api) -> None:
    # Given a call from Ada's phone on which a reason was given, and Bob
    number = phone()
    ada, bob = with_phone(agent, number), with_phone(agent, phone(), "Bob")
    call = a_call(ivr, number)["contact_id"]
    ivr.patch(f"/contacts/{call}/facts", facts(reason="a parcel"))
    # When the agent says that it was Bob
    answer = attribute(agent, call, customer_id=bob)
    # Then it is Bob's, with the reason, and says why
    assert (answer["customer_id"], answer["match"]["result"]) == (bob, "one")
    assert answer["match"]["confidence"] == 0.8, "as sure as of what was verified, but that the number is Ada's"
    assert answer["match"]["reasons"] == [
        {"attributed": True},
        {"identifier": "phone", "verified": False, "conflicts": True},
    ]
    assert answer["known"]["reason"]["value"] == "a parcel"
    assert agent.get(f"/customers/{ada}/facts").json["facts"] == {}
    assert agent.get(f"/customers/{bob}/facts").json["facts"]["reason"]["value"] == "a parcel"
    assert pop(agent, call)["customer"]["customer_id"] == bob
    assert store.get_contact(call).rejected == [ada]
    # and it is explained on both timelines and in both ledgers
    for customer, other, moved in ((ada, bob, "away"), (bob, ada, "here")):
        (entry,) = agent.get(f"/customers/{customer}/timeline").json["items"]
        assert (entry["kind"], entry["body"]) == ("contact_attributed", "it was her neighbour")
        assert entry["attributes"] == {"contact_id": call, "moved": moved, "other_customer_id": other}
        (decision,) = agent.get(f"/customers/{customer}/decisions").json["items"]
        assert (decision["decided"], decision["other_customer_id"]) == ("contact_attributed", other)
        assert decision["decided_by"] == {"role": "agent", "subject": "agent-1"}
    # and the number that was verified is still Ada's
    assert a_call(ivr, number)["customer_id"] == ada


SUBJECTS = {"away": "A contact was somebody else's", "here": "A contact was attributed here"}


def test_the_entry_on_the_timeline_is_whole(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given a call that somebody checked, moved from Ada to Bob, and back
    number = phone()
    ada, bob = with_phone(agent, number), with_phone(agent, phone(), "Bob")
    call = a_call(ivr, number)["contact_id"]
    clock.forward(minutes=1)
    attribute(agent, call, customer_id=bob)
    clock.forward(minutes=1)
    agent.delete(f"/contacts/{call}/attribution")
    # Then each of the four entries says what happened to which contact, when and by whom
    seen = {}
    for customer, other in ((ada, bob), (bob, ada)):
        for entry in agent.get(f"/customers/{customer}/timeline").json["items"]:
            whole = agent.get(f"/interactions/{entry['interaction_id']}").json
            moved = whole["attributes"].pop("moved")
            assert whole["attributes"] == {"contact_id": call, "other_customer_id": other}
            assert (whole["channel"], whole["direction"], whole["source"]) == ("voice", "inbound", "throughline")
            assert (whole["customer_id"], whole["body"]) == (customer, "it was her neighbour")
            event = store.get_event(entry["interaction_id"])
            assert event.captured_by == {"role": "agent", "subject": "agent-1"}
            assert event.correlation_id == store.get_contact(call).correlation_id
            assert whole["subject"] == SUBJECTS[moved]
            assert whole["source_event_id"].startswith(f"{call}:{whole['kind']}:")
            assert whole["match"]["result"] == "one"
            assert whole["occurred_at"] == whole["received_at"]
            seen[customer, whole["kind"], moved] = (whole["occurred_at"], whole["assurance"])
    assert seen == {
        (ada, "contact_attributed", "away"): ("2026-11-22T09:01:00Z", 1),
        (bob, "contact_attributed", "here"): ("2026-11-22T09:01:00Z", 1),
        (bob, "attribution_undone", "away"): ("2026-11-22T09:02:00Z", 1),
        (ada, "attribution_undone", "here"): ("2026-11-22T09:02:00Z", 1),
    }
    # and so do the ledgers
    for customer, other in ((ada, bob), (bob, ada)):
        decisions = agent.get(f"/customers/{customer}/decisions").json["items"]
        assert [one["decided"] for one in decisions] == ["attribution_undone", "contact_attributed"]
        assert {(one["contact_id"], one["reason"]) for one in decisions} == {(call, "it was her neighbour")}
        assert {one["other_customer_id"] for one in decisions} == {other}


def test_a_contact_counts_among_the_live_ones_of_whom_it_is_with(agent: Api, ivr: Api) -> None:
    number = phone()
    ada, bob = with_phone(agent, number), with_phone(agent, phone(), "Bob")

    def live() -> list[int]:
        return [int(store.get_profile(one).live_contacts) for one in (ada, bob)]

    call = a_call(ivr, number)["contact_id"]
    assert live() == [1, 0]
    attribute(agent, call, customer_id=bob)
    assert live() == [0, 1]
    agent.delete(f"/contacts/{call}/attribution")
    assert live() == [1, 0]
    # somebody new is with it, too
    new = attribute(agent, call, new=True)["customer_id"]
    assert store.get_profile(new).live_contacts == 1
    assert live() == [0, 0]
    # and a contact that has ended is no live one of anybody's
    agent.post(f"/contacts/{call}/end", {})
    attribute(agent, call, customer_id=bob)
    assert live() == [0, 0]
    newer = attribute(agent, call, not_customer_id=bob)
    assert newer["customer_id"] is None
    assert live() == [0, 0]


RIGHT = {"date_of_birth": "1990-01-31", "postcode": "EC1A 1BB"}


def checked(ivr: Api, contact_id: str) -> int:
    """The assurance once the caller was checked to be who the contact is with."""
    said = {"facts": {name: {"value": value} for name, value in RIGHT.items()}}
    return int(ivr.post(f"/contacts/{contact_id}/verify", said).json["assurance"])


def a_call_of_one_who_can_be_checked(agent: Api, ivr: Api) -> str:
    number = phone()
    given = [{"type": "phone", "value": number, "verified": True}]
    agent.post("/customers", {"name": "Ada", "identifiers": given} | facts(verified=True, **RIGHT))
    return str(a_call(ivr, number)["contact_id"])


def test_a_check_of_one_customer_is_none_of_another_and_comes_back(agent: Api, ivr: Api) -> None:
    # Given a caller who was checked to be Ada
    call = a_call_of_one_who_can_be_checked(agent, ivr)
    assert checked(ivr, call) == 3
    # When it turns out to be Bob
    bob = with_phone(agent, phone(), "Bob")
    assert attribute(agent, call, customer_id=bob)["assurance"] == 1
    # Then nothing that is said later makes the check his
    assert ivr.patch(f"/contacts/{call}/facts", facts(reason="a parcel")).json["assurance"] == 1
    # and where that is undone, the check holds again, whatever is said
    assert agent.delete(f"/contacts/{call}/attribution").json["assurance"] == 3
    assert ivr.patch(f"/contacts/{call}/facts", facts(reason="a bill")).json["assurance"] == 3


def test_a_check_is_void_where_it_is_said_not_to_be_them(agent: Api, ivr: Api) -> None:
    call = a_call_of_one_who_can_be_checked(agent, ivr)
    assert checked(ivr, call) == 3
    ada = pop(agent, call)["customer"]["customer_id"]
    answer = attribute(agent, call, not_customer_id=ada)
    assert (answer["customer_id"], answer["assurance"], int(store.get_contact(call).checked)) == (None, 1, 0)
    assert agent.delete(f"/contacts/{call}/attribution").json["assurance"] == 3


def test_a_check_outlives_what_was_said_of_others(agent: Api, ivr: Api) -> None:
    # Given a call that was said not to be Bob, and then was checked to be Ada
    call, bob = a_call_of_one_who_can_be_checked(agent, ivr), with_phone(agent, phone(), "Bob")
    attribute(agent, call, not_customer_id=bob)
    assert checked(ivr, call) == 3
    # When what was said of Bob is taken back, Then it is still Ada's, and checked
    undone = agent.delete(f"/contacts/{call}/attribution").json
    assert (undone["match"]["result"], undone["assurance"]) == ("one", 3)
    assert undone["customer_id"] == pop(agent, call)["customer"]["customer_id"]


def test_who_else_it_may_be_is_only_proposed(agent: Api, ivr: Api) -> None:
    # Given a number that Ada and Bob share, and a call that said who it is
    number = phone()
    ada, bob = with_phone(agent, number), with_phone(agent, number, "Bob")
    call = a_call(ivr, number)["contact_id"]
    # When it is said not to be the one, the other is a candidate, even though nobody else is left
    answer = attribute(agent, call, not_customer_id=ada)
    assert (answer["customer_id"], answer["match"]["result"]) == (None, "many")
    assert [one["customer_id"] for one in answer["candidates"]] == [bob]
    assert [one["customer_id"] for one in pop(agent, call)["candidates"]] == [bob]
    # and the number is still both's
    assert known_by(agent, ada) == known_by(agent, bob) == [number]


def test_whom_it_was_said_not_to_be_it_can_be_after_all(agent: Api, ivr: Api) -> None:
    number = phone()
    ada, bob = with_phone(agent, number), with_phone(agent, phone(), "Bob")
    call = a_call(ivr, number)["contact_id"]
    attribute(agent, call, not_customer_id=bob)
    assert pop(agent, call)["customer"]["customer_id"] == ada
    attribute(agent, call, customer_id=bob)
    # it can be said once more that it is not: that was forgotten when it was said that it is
    answer = attribute(agent, call, not_customer_id=bob)
    assert answer["customer_id"] is None
    assert bob not in [one["customer_id"] for one in answer["candidates"]]
    # and everything can be taken back, step by step
    for expected in (bob, ada, ada):
        assert agent.delete(f"/contacts/{call}/attribution").json["customer_id"] == expected
    assert agent.delete(f"/contacts/{call}/attribution").status == 409


def test_the_case_of_a_contact_comes_back_with_it(agent: Api, ivr: Api) -> None:
    number = phone()
    ada, bob = with_phone(agent, number), with_phone(agent, phone(), "Bob")
    case = agent.post(f"/customers/{ada}/cases", {"subject": "Late parcel"}).json["case_id"]
    call = a_call(ivr, number)["contact_id"]
    agent.post(f"/contacts/{call}/end", {"case_id": case})
    attribute(agent, call, customer_id=bob)
    assert pop(agent, call)["contact"]["case_id"] is None
    agent.delete(f"/contacts/{call}/attribution")
    assert pop(agent, call)["contact"]["case_id"] == case


def test_the_ten_latest_can_be_taken_back(agent: Api, ivr: Api) -> None:
    number = phone()
    people = [with_phone(agent, number), with_phone(agent, phone(), "Bob")]
    call = a_call(ivr, number)["contact_id"]
    for time in range(11):
        attribute(agent, call, customer_id=people[(time + 1) % 2])
    for time in reversed(range(1, 11)):
        undone = agent.delete(f"/contacts/{call}/attribution")
        assert (undone.status, undone.json["customer_id"]) == (200, people[time % 2])
    assert agent.delete(f"/contacts/{call}/attribution").status == 409


def test_a_withheld_call_is_somebodys_and_nobodys_again(agent: Api, ivr: Api) -> None:
    bob = with_phone(agent, phone(), "Bob")
    call = ivr.post("/contacts", a_contact("anonymous")).json["contact_id"]
    ivr.patch(f"/contacts/{call}/facts", facts(reason="a parcel"))
    assert attribute(agent, call, customer_id=bob)["known"]["reason"]["value"] == "a parcel"
    (entry,) = agent.get(f"/customers/{bob}/timeline").json["items"]
    assert entry["attributes"] == {"contact_id": call, "moved": "here"}
    back = agent.delete(f"/contacts/{call}/attribution").json
    assert (back["customer_id"], back["match"]["result"]) == (None, "none")
    assert agent.get(f"/customers/{bob}/facts").json["facts"] == {}


def test_what_is_said_later_does_not_take_it_back(agent: Api, ivr: Api) -> None:
    number = phone()
    ada, bob = with_phone(agent, number), with_phone(agent, phone(), "Bob")
    call = a_call(ivr, number)["contact_id"]
    attribute(agent, call, customer_id=bob)
    said = ivr.patch(f"/contacts/{call}/facts", facts(name="Ada", reason="a parcel")).json
    assert said["customer_id"] == bob
    assert agent.get(f"/customers/{ada}/facts").json["facts"] == {}


@pytest.mark.parametrize("again", [1, 2])
def test_it_moves_back(agent: Api, ivr: Api, again: int) -> None:
    # Given a contact that moved on once or twice
    number = phone()
    people = [with_phone(agent, phone(), name) for name in ("Bob", "Cleo")]
    ada = a_call(ivr, number)["customer_id"]
    call = a_call(ivr, number)["contact_id"]
    ivr.patch(f"/contacts/{call}/facts", facts(reason="a parcel"))
    before = pop(agent, call)
    for person in people[:again]:
        attribute(agent, call, customer_id=person)
    # When that is undone
    for _ in range(again):
        undone = agent.delete(f"/contacts/{call}/attribution")
        assert undone.status == 200
    # Then all is as it was, but for what explains it
    after = pop(agent, call)
    for part in ("contact", "match", "facts", "candidates", "ask"):
        assert after[part] == before[part]
    assert after["customer"] | {"version": 0} == before["customer"] | {"version": 0}
    assert known_by(agent, ada) == [number]
    assert known_by(agent, people[0]) != [number]
    assert a_call(ivr, number)["customer_id"] == ada
    assert agent.delete(f"/contacts/{call}/attribution").status == 409


def test_this_is_not_them_is_remembered(agent: Api, ivr: Api) -> None:
    # Given a number that is known from one call
    number = phone()
    first = a_call(ivr, number)
    call = a_call(ivr, number)["contact_id"]
    # When somebody says that this call is not that customer's
    answer = attribute(agent, call, not_customer_id=first["customer_id"])
    # Then it is nobody's, and whatever is said does not bring that customer back
    assert (answer["customer_id"], answer["match"]["result"], answer["candidates"]) == (None, "none", [])
    said = ivr.patch(f"/contacts/{call}/facts", facts(name="Ada", date_of_birth="1990-01-31")).json
    assert said["customer_id"] != first["customer_id"]
    assert first["customer_id"] not in [one["customer_id"] for one in said["candidates"]]
    # and the number, which nobody had verified, is not that customer's any more
    assert known_by(agent, first["customer_id"]) == []
    assert a_call(ivr, number)["customer_id"] != first["customer_id"]


def test_nobody_can_be_said_not_to_be_it(agent: Api, ivr: Api) -> None:
    call = a_call(ivr, phone())
    path = f"/contacts/{call['contact_id']}/attribution"
    reply = agent.post(path, {"not_customer_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"})
    (error,) = reply.json["errors"]
    assert (reply.status, error) == (422, {"field": "not_customer_id", "message": "there is no such customer"})
    nothing = agent.delete(path)
    never = "whose this contact is was never decided by anybody, or it was taken back"
    assert (nothing.status, nothing.json["detail"]) == (409, never)


def test_a_flow_says_whose_a_contact_is(agent: Api, ivr: Api) -> None:
    ada = with_phone(agent, phone())
    call = a_call(ivr, phone())["contact_id"]
    said = ivr.post(f"/contacts/{call}/attribution", {"customer_id": ada})
    assert (said.status, said.json["customer_id"]) == (200, ada)


def test_this_is_not_them_is_remembered_by_name_too(agent: Api, ivr: Api) -> None:
    number = phone()
    ada, bob = with_phone(agent, number), with_phone(agent, number, "Bob")
    call = a_call(ivr, number)["contact_id"]
    answer = attribute(agent, call, not_customer_id=ada)
    assert ada not in [one["customer_id"] for one in answer["candidates"]]
    assert attribute(agent, call, not_customer_id=ada) == answer
    assert attribute(agent, call, customer_id=bob)["customer_id"] == bob


def test_whom_a_variant_proposed_is_not_proposed_again_on_any_contact(agent: Api, ivr: Api) -> None:
    # Given Ada by a Brazilian number, and a call from that number without its ninth digit, which proposes her
    ada = with_phone(agent, "+5511961234567")
    call = a_call(ivr, "+551161234567")
    assert (call["match"]["result"], [one["customer_id"] for one in call["candidates"]]) == ("many", [ada])
    # When the agent says that it is not her
    answer = attribute(agent, call["contact_id"], not_customer_id=ada)
    assert (answer["match"]["result"], answer["candidates"]) == ("none", [])
    # Then the next call from there proposes her no more, and is somebody new
    newer = a_call(ivr, "+551161234567")
    assert (newer["match"]["result"], newer["candidates"]) == ("none", [])
    assert newer["customer_id"] not in (None, ada)


def test_whom_a_variant_proposed_is_proposed_again_once_that_is_taken_back(agent: Api, ivr: Api) -> None:
    # Given that it was said not to be her, and that was a mistake
    ada = with_phone(agent, "+5511961234567")
    call = a_call(ivr, "+551161234567")["contact_id"]
    attribute(agent, call, not_customer_id=ada)
    assert agent.delete(f"/contacts/{call}/attribution").status == 200
    # Then she is proposed as before
    newer = a_call(ivr, "+551161234567")
    assert (newer["match"]["result"], [one["customer_id"] for one in newer["candidates"]]) == ("many", [ada])


def test_one_of_several_who_share_a_number_still_has_it_when_it_was_not_them(agent: Api, ivr: Api) -> None:
    # Given a landline of two, and a call of one of them
    number = phone()
    ada, bob = with_phone(agent, number), with_phone(agent, number, "Bob")
    call = a_call(ivr, number)["contact_id"]
    # When the agent says that it is not Bob
    answer = attribute(agent, call, not_customer_id=bob)
    assert [one["customer_id"] for one in answer["candidates"]] == [ada]
    # Then the next call may be his as before
    newer = a_call(ivr, number)
    assert {one["customer_id"] for one in newer["candidates"]} == {ada, bob}


def test_somebody_new(agent: Api, ivr: Api) -> None:
    # Given a number that was learned from a call, and a second call from it
    number = phone()
    ada = a_call(ivr, number)["customer_id"]
    call = a_call(ivr, number)["contact_id"]
    # When the second was somebody new
    new = attribute(agent, call, new=True)["customer_id"]
    # Then they have a record, and the number; the same said again makes nobody else
    assert new not in (None, ada)
    assert known_by(agent, new) == [number]
    assert attribute(agent, call, new=True)["customer_id"] == new
    assert a_call(ivr, number)["customer_id"] == new
    # and when that is undone the number is where it was
    agent.delete(f"/contacts/{call}/attribution")
    assert known_by(agent, ada) == [number]
    assert known_by(agent, new) == []


def test_what_hangs_on_it_follows_and_comes_back_to_its_case(agent: Api, ivr: Api, client: Client) -> None:
    # Given a call with a message that is put to a case
    number = phone()
    ada, bob = with_phone(agent, number), with_phone(agent, phone(), "Bob")
    call = a_call(ivr, number)["contact_id"]
    case = agent.post(f"/customers/{ada}/cases", {"subject": "Late parcel"}).json["case_id"]
    sent = agent.post("/interactions", an_interaction(contact_id=call, case_id=case)).json["interaction_id"]
    # When the call is attributed to Bob, and the stream is read
    stream = Stream(client)
    stream.told(call, lambda: attribute(agent, call, customer_id=bob))
    assert stream.deliver() == []
    moved = agent.get(f"/interactions/{sent}").json
    assert (moved["customer_id"], moved["case_id"]) == (bob, None)
    # and when that is undone
    stream.told(call, lambda: agent.delete(f"/contacts/{call}/attribution"))
    assert stream.deliver() == []
    # Then the message is back, in its case
    back = agent.get(f"/interactions/{sent}").json
    assert (back["customer_id"], back["case_id"]) == (ada, case)


def test_an_ended_contact_moves_too(agent: Api, ivr: Api) -> None:
    number = phone()
    ada, bob = with_phone(agent, number), with_phone(agent, phone(), "Bob")
    call = a_call(ivr, number)["contact_id"]
    agent.post(f"/contacts/{call}/end", {"summary": "Asked for a parcel"})
    attribute(agent, call, customer_id=bob)
    assert pop(agent, call)["customer"]["customer_id"] == bob
    assert a_call(ivr, number)["customer_id"] == ada


def test_what_was_never_shown_to_be_theirs_moves_with_an_ended_contact(agent: Api, ivr: Api) -> None:
    number = phone()
    ada, bob = with_phone(agent, number, verified=False), with_phone(agent, phone(), "Bob")
    call = a_call(ivr, number)["contact_id"]
    agent.post(f"/contacts/{call}/end", {})
    attribute(agent, call, customer_id=bob)
    assert (known_by(agent, ada), known_by(agent, bob)[1:]) == ([], [number])
    # and speaks for him from then on, as it is known to be his
    spoken = [(one["type"], one["owners"]) for one in store.get_contact(call).evidence]
    assert spoken == [("attributed", [[bob, True]]), ("phone", [[bob, False]])]
    assert a_call(ivr, number)["customer_id"] == bob


@pytest.mark.parametrize(
    ("whom", "sharing"),
    [("bob", 2), ("new", 2), ("not ada", 1), ("not ada", 2), ("not ada", 3), ("not bob", 2), ("not cleo", 2)],
)
def test_the_answer_is_the_one_that_is_given_again(agent: Api, ivr: Api, whom: str, sharing: int) -> None:
    # Given a call from a number of Ada's and maybe others, who has told Bob's number and was found to be Ada
    number, his = phone(), phone()
    people = {name: with_phone(agent, number, name) for name in ("ada", "cleo", "dan")[:sharing]}
    people["bob"] = with_phone(agent, his, "Bob")
    call = ivr.post("/contacts", a_contact(number, need=["postcode", "reason"])).json["contact_id"]
    begun = agent.patch(f"/contacts/{call}/facts", facts(reason="a parcel", phone=his)).json
    assert len(begun["candidates"]) == (0 if sharing == 1 else sharing)
    before = attribute(agent, call, customer_id=people["ada"])
    assert (before["ask"], before["known"]["reason"]["value"]) == (["postcode"], "a parcel")
    # When somebody says whose it is or is not
    side, _, name = whom.rpartition(" ")
    to = {"new": True} if whom == "new" else {f"{side}_customer_id".strip("_"): people[name]}
    answer = attribute(agent, call, **to)
    # Then the answer is as it is where nothing is left to be done
    assert attribute(agent, call, **to) == answer
    assert (answer["contact_id"], "postcode" in answer["ask"]) == (call, True)
    if whom == "bob":
        assert answer["match"]["reasons"] == [
            {"attributed": True},
            {"identifier": "phone", "verified": False, "conflicts": True, "shared_by": 2},
            {"identifier": "phone", "verified": True},
        ]
    # and taken back, as it was before
    for earlier in (before, begun)[:sharing]:  # whose it was alone it was already
        assert agent.delete(f"/contacts/{call}/attribution").json == earlier


def test_a_member_of_a_merged_record_is_the_person(agent: Api, ivr: Api) -> None:
    number = phone()
    ada, other = with_phone(agent, number), with_phone(agent, phone())
    agent.post(f"/customers/{other}/merges", {"other_customer_id": ada})
    call = a_call(ivr, number)
    assert call["customer_id"] == other
    # saying that it is the person by either id changes nothing
    assert attribute(agent, call["contact_id"], customer_id=ada)["match"] == call["match"]
    # and said by either id of another contact it is the person's
    another = a_call(ivr, phone())["contact_id"]
    assert attribute(agent, another, customer_id=ada)["customer_id"] == other
    # and saying that it is not is meant of all their records
    answer = attribute(agent, call["contact_id"], not_customer_id=ada)
    assert (answer["customer_id"], answer["candidates"]) == (None, [])


def test_the_decision_names_the_person_or_who_is_proposed(deps: Deps, agent: Api, ivr: Api) -> None:
    # Given a number of Ada's, who is on two records, and of Cleo's
    number = phone()
    ada, other, cleo = with_phone(agent, number), with_phone(agent, phone()), with_phone(agent, number, "Cleo")
    agent.post(f"/customers/{other}/merges", {"other_customer_id": ada})
    call = a_call(ivr, number)["contact_id"]
    # When it is said to be Ada's by the one record, then it is the person's
    now = attribution.attribute(deps, AGENT, call, AttributeContact(customer_id=ada))
    assert (now.decision.customer_id, now.decision.candidates) == (other, ())
    # and when it is not hers, then it is nobody's
    now = attribution.attribute(deps, AGENT, call, AttributeContact(not_customer_id=ada))
    assert (now.decision.customer_id, now.decision.candidates) == (None, (cleo,))


def test_what_can_be_said(agent: Api, ivr: Api) -> None:
    call = a_call(ivr, phone())["contact_id"]
    nobody = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    path = f"/contacts/{call}/attribution"
    (error,) = agent.post(path, {"customer_id": nobody}).json["errors"]
    assert error == {"field": "customer_id", "message": "there is no such customer"}
    for body in ({}, {"new": True, "customer_id": nobody}, {"reason": "because"}):
        assert agent.post(path, body).status == 422
    assert agent.post(f"/contacts/{nobody}/attribution", {"new": True}).status == 404


def test_a_number_that_strangers_use_decides_nothing_alone(agent: Api, ivr: Api) -> None:
    # Given a number of Ada's from which three others have called
    number = phone()
    ada = with_phone(agent, number)
    for name in ("Bob", "Cleo", "Dan"):
        attribute(agent, a_call(ivr, number)["contact_id"], customer_id=with_phone(agent, phone(), name))
    # When it calls again
    answer = a_call(ivr, number)
    # Then it asks, and says why
    assert (answer["match"]["result"], answer["customer_id"]) == ("many", None)
    assert answer["candidates"] == [{"customer_id": ada}]
    assert answer["match"]["reasons"] == [{"identifier": "phone", "verified": True, "shared": True}]


def test_what_it_costs(agent: Api, ivr: Api, spy: Spy) -> None:
    number = phone()
    with_phone(agent, number)
    bob, call = with_phone(agent, phone(), "Bob"), a_call(ivr, number)["contact_id"]
    spy.reset()
    attribute(agent, call, customer_id=bob)
    assert spy.operations == ["GetItem", "Query", "Query", "Query", "TransactWriteItems"]
    # of whom it is, of whom was never thought of, and of somebody new
    for said, reads in (
        ({"not_customer_id": bob}, ["GetItem", "Query", "Query"]),
        ({"not_customer_id": with_phone(agent, phone())}, ["GetItem", "GetItem", "Query"]),
        ({"new": True}, ["GetItem", "Query"]),
    ):
        spy.reset()
        attribute(agent, call, **said)
        assert spy.operations == [*reads, "TransactWriteItems"]
    # and taking back costs no more
    for queries in (2, 0, 2, 3):
        spy.reset()
        agent.delete(f"/contacts/{call}/attribution")
        assert spy.operations == ["GetItem", *["Query"] * queries, "TransactWriteItems"]


def test_of_whom_was_proposed_nobody_is_looked_up(agent: Api, ivr: Api, spy: Spy) -> None:
    number = phone()
    ada, _ = with_phone(agent, number), with_phone(agent, number, "Bob")
    call = a_call(ivr, number)["contact_id"]
    spy.reset()
    attribute(agent, call, not_customer_id=ada)
    assert spy.operations == ["GetItem", "Query", "Query", "TransactWriteItems"]
