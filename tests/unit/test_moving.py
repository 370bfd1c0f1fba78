"""The case that a contact opened goes with the contact to the customer that it turns out to be."""

from collections.abc import Callable
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.models import store
from chalicelib.services.contacts import late
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, an_interaction, facts, phone
from tests.unit.test_attribution import attribute, with_phone
from tests.unit.test_stream import Stream


@pytest.fixture
def number() -> str:
    return phone()


@pytest.fixture
def ada(agent: Api, number: str) -> str:
    return with_phone(agent, number)


@pytest.fixture
def bob(agent: Api) -> str:
    return with_phone(agent, phone(), "Bob")


@pytest.fixture
def stream(client: Client) -> Stream:
    return Stream(client)


def a_call(ivr: Api, number: str, reason: str = "complaint") -> str:
    contact_id = str(ivr.post("/contacts", a_contact(number)).json["contact_id"])
    ivr.patch(f"/contacts/{contact_id}/facts", facts("ivr", verified=False, reason=reason))
    return contact_id


def ended(agent: Api, contact_id: str, **how: Any) -> str:
    return str(agent.post(f"/contacts/{contact_id}/end", how).json["case_id"])


def cases_of(agent: Api, customer_id: str) -> dict[str, str]:
    """All of a customer's cases, how each stands; those that are shown as open are."""
    items = agent.get(f"/customers/{customer_id}/cases").json["items"]
    listed = {one["case_id"]: one["status"] for one in items}
    head, is_open = store.get_head(customer_id), {one for one, how in listed.items() if how != "resolved"}
    assert ({one.case_id for one in head.cases}, head.profile.open_cases) == (is_open, len(is_open))
    return listed


@pytest.mark.parametrize("status", ["open", "resolved"])
def test_a_case_goes_with_the_contact_that_opened_it(  # noqa: PLR0917 - fixtures
    agent: Api, ivr: Api, number: str, ada: str, bob: str, status: str
) -> None:
    # Given a call from Ada's phone that opened a case
    call = a_call(ivr, number)
    case_id = ended(agent, call, resolved=status == "resolved")
    assert cases_of(agent, ada) == {case_id: status}
    version = agent.get(f"/cases/{case_id}").json["version"]
    found = store.get_contact(call).case_found
    # When the agent says that it was Bob
    attribute(agent, call, customer_id=bob)
    assert store.get_contact(call).case_found == found
    # Then the case is Bob's, as it stood, and its history says who moved it and why
    assert (cases_of(agent, ada), cases_of(agent, bob)) == ({}, {case_id: status})
    case = agent.get(f"/cases/{case_id}").json
    assert (case["customer_id"], case["version"], case["joined_into"]) == (bob, version + 1, None)
    change = agent.get(f"/cases/{case_id}/history").json["items"][0]
    assert change["changed"] == {"customer_id": {"before": ada, "after": bob}}
    assert (change["reason"], change["contact_id"]) == ("it was her neighbour", call)
    assert change["changed_by"] == {"role": "agent", "subject": "agent-1"}
    # and taken back, it is Ada's again
    agent.delete(f"/contacts/{call}/attribution")
    assert (cases_of(agent, ada), cases_of(agent, bob)) == ({case_id: status}, {})
    back = store.get_contact(call)
    assert (back.case_id, back.case_found) == (case_id, found)
    again = agent.get(f"/cases/{case_id}/history").json["items"][0]
    assert (again["changed"], again["reason"]) == (
        {"customer_id": {"before": bob, "after": ada}},
        change["reason"],
    )


def test_a_case_that_came_resolved_is_found_by_whom_it_is_with(
    agent: Api, ivr: Api, clock: Clock, number: str, ada: str
) -> None:
    # Given a call from Ada's phone that was resolved, and that was Bob's
    his_number = phone()
    bob = with_phone(agent, his_number, "Bob")
    call = a_call(ivr, number)
    case_id = ended(agent, call, resolved=True)
    attribute(agent, call, customer_id=bob)
    # When he rings about it again later, then it is the same case, and open
    clock.forward(hours=1)
    assert ended(agent, a_call(ivr, his_number)) == case_id
    assert (cases_of(agent, ada), cases_of(agent, bob)) == ({}, {case_id: "open"})


def test_who_had_no_case_comes_without_one(agent: Api, ivr: Api, number: str, ada: str, bob: str) -> None:
    call = str(ivr.post("/contacts", a_contact(number)).json["contact_id"])
    attribute(agent, call, customer_id=bob)
    assert (cases_of(agent, ada), cases_of(agent, bob)) == ({}, {})


@pytest.mark.parametrize("on_the_call", [True, False])
def test_what_was_said_on_the_contact_keeps_its_case_with_it(
    agent: Api, ivr: Api, number: str, ada: str, bob: str, *, on_the_call: bool
) -> None:
    # Given a call that opened a case, and a message about it, on the call or by itself
    call = a_call(ivr, number)
    case_id = ended(agent, call)
    whose = {"contact_id": call} if on_the_call else {"customer_id": ada}
    assert ivr.post("/interactions", an_interaction(**whose, case_id=case_id)).status == 201
    assert store.get_case(case_id).only_contact == (call if on_the_call else None)
    # When the call is Bob's, then the case is, if all of it is of the call
    attribute(agent, call, customer_id=bob)
    goes, stays = (bob, ada) if on_the_call else (ada, bob)
    assert (cases_of(agent, goes), cases_of(agent, stays)) == ({case_id: "open"}, {})


@pytest.mark.parametrize("status", ["open", "resolved"])
def test_it_goes_to_somebody_new_as_well(  # noqa: PLR0917 - fixtures
    agent: Api, ivr: Api, clock: Clock, number: str, ada: str, status: str
) -> None:
    call = a_call(ivr, number)
    resolved_at = clock.at if status == "resolved" else None
    case_id = ended(agent, call, resolved=status == "resolved")
    clock.forward(minutes=1)
    answer = attribute(agent, call, new=True)
    new = answer["customer_id"]
    assert (cases_of(agent, ada), cases_of(agent, new)) == ({}, {case_id: status})
    assert store.get_profile(new).case_resolved_at == resolved_at
    # which the answer tells
    assert (answer["case_id"], [one["case_id"] for one in answer["open_cases"]]) == (
        case_id,
        [] if resolved_at else [case_id],
    )
    assert attribute(agent, call, new=True) == answer


def test_a_case_of_more_than_the_contact_stays(  # noqa: PLR0917 - fixtures
    agent: Api, ivr: Api, deps: Deps, number: str, ada: str, bob: str
) -> None:
    # Given a case that Ada's first call opened and a second went on with
    first, second = a_call(ivr, number), a_call(ivr, number)
    case_id = ended(agent, first)
    assert ended(agent, second) == case_id
    # When the first turns out to be Bob's
    attribute(agent, first, customer_id=bob)
    assert late.catch_up(deps, first)
    moved = store.get_contact(first)
    # Then the case stays Ada's, and the call has one of its own with Bob
    assert cases_of(agent, ada) == {case_id: "open"}
    assert cases_of(agent, bob) == {moved.case_id: "open"}
    assert (moved.case_found["by"], moved.case_id != case_id) == ("opened", True)
    # and taken back, it has its old one, and leaves none with Bob
    agent.delete(f"/contacts/{first}/attribution")
    assert store.get_contact(first).case_id == case_id
    assert cases_of(agent, bob) == {}
    # whose own is a part of it
    assert cases_of(agent, ada) == {case_id: "open", moved.case_id: "resolved"}
    assert agent.get(f"/cases/{moved.case_id}").json["joined_into"] == case_id


def test_it_finds_the_case_of_whom_it_is(  # noqa: PLR0917 - fixtures
    agent: Api, ivr: Api, deps: Deps, number: str, ada: str, bob: str
) -> None:
    # Given cases of the same reason, of both
    opened = agent.post(f"/customers/{ada}/cases", {"subject": "Loud", "reason": "complaint"}).json["case_id"]
    his = agent.post(f"/customers/{bob}/cases", {"subject": "Rude", "reason": "complaint"}).json["case_id"]
    call = a_call(ivr, number)
    assert ended(agent, call) == opened
    # When it was Bob's call
    attribute(agent, call, customer_id=bob)
    assert late.catch_up(deps, call)
    moved = store.get_contact(call)
    # Then it is of Bob's case, and so again when it is taken back
    assert (moved.case_id, moved.case_found["by"]) == (his, "reason")
    agent.delete(f"/contacts/{call}/attribution")
    assert store.get_contact(call).case_id == opened


def test_who_goes_on_with_a_case_that_went_to_somebody_else_has_one_of_their_own(
    agent: Api, ivr: Api, number: str, ada: str, bob: str
) -> None:
    # Given Ada's second call, of which it was found that it is about the case of the first
    first = a_call(ivr, number)
    case_id = ended(agent, first)
    second = a_call(ivr, number)
    assert store.get_contact(second).case_id == case_id
    # When the first turns out to be Bob's
    attribute(agent, first, customer_id=bob)
    # Then the second ends all the same, with a case of Ada's
    own = ended(agent, second)
    assert (cases_of(agent, ada), cases_of(agent, bob)) == ({own: "open"}, {case_id: "open"})
    # but who names a case that is not theirs is told
    assert agent.post(f"/contacts/{a_call(ivr, number)}/end", {"case_id": case_id}).status == 422


def test_a_case_that_became_somebody_elses_with_more_does_not_come_back(
    agent: Api, ivr: Api, deps: Deps, ada: str, number: str
) -> None:
    # Given a case that went to Bob with the call that opened it, and on which he rang himself since
    his_number = phone()
    bob = with_phone(agent, his_number, "Bob")
    call = a_call(ivr, number)
    case_id = ended(agent, call)
    attribute(agent, call, customer_id=bob)
    assert ended(agent, a_call(ivr, his_number)) == case_id
    # When it turns out that the first call was Ada's
    agent.delete(f"/contacts/{call}/attribution")
    # Then the case stays Bob's, and the call has one of its own with her
    assert store.get_contact(call).case_id is None
    assert late.catch_up(deps, call)
    assert cases_of(agent, ada) == {store.get_contact(call).case_id: "open"}
    assert cases_of(agent, bob) == {case_id: "open"}


def test_a_case_that_was_opened_with_whom_it_was_not_goes_along_when_that_is_taken_back(
    agent: Api, ivr: Api, number: str, ada: str, bob: str
) -> None:
    # Given Ada's call, that opened a case when it was said to be Bob's
    call = a_call(ivr, number)
    attribute(agent, call, customer_id=bob)
    case_id = ended(agent, call)
    found = store.get_contact(call).case_found
    # When that is taken back, then the call is hers with its case
    agent.delete(f"/contacts/{call}/attribution")
    back = store.get_contact(call)
    assert (back.case_id, back.case_found, back.earlier_cases) == (case_id, found, [])
    assert (cases_of(agent, ada), cases_of(agent, bob)) == ({case_id: "open"}, {})


def test_what_was_said_of_its_case_can_be_taken_back_once_it_is_back_itself(
    agent: Api, ivr: Api, number: str, ada: str, bob: str
) -> None:
    # Given Ada's call, of which it was said that it is about no case, or is about another than its own
    other = agent.post(f"/customers/{ada}/cases", {"subject": "A sofa"}).json["case_id"]
    for said, put in (({"none": True}, None), ({"case_id": other}, other)):
        call = a_call(ivr, number)
        case_id = ended(agent, call)
        assert agent.post(f"/contacts/{call}/case", said).json["case_id"] == put
        # When it was Bob's, and that is taken back
        attribute(agent, call, customer_id=bob)
        assert store.get_contact(call).earlier_cases == []
        agent.delete(f"/contacts/{call}/attribution")
        # Then what was said of its case stands, and can be taken back as well
        assert store.get_contact(call).case_id == put
        assert agent.delete(f"/contacts/{call}/case").json["case_id"] == case_id


def test_it_comes_back_to_the_case_that_it_had_last(agent: Api, ivr: Api, number: str, ada: str, bob: str) -> None:
    # Given a call that was Bob's for a while, and of which it was said, when it was Ada's again, what it is about
    call = a_call(ivr, number)
    ended(agent, call)
    for one in (bob, ada):
        attribute(agent, call, customer_id=one)
    other = agent.post(f"/customers/{ada}/cases", {"subject": "A sofa"}).json["case_id"]
    agent.post(f"/contacts/{call}/case", {"case_id": other})
    # When it was Bob's once more, then it comes back to that
    for one in (bob, ada):
        attribute(agent, call, customer_id=one)
    assert store.get_contact(call).case_id == other


def test_what_it_opened_meanwhile_stays_its_case_where_the_one_before_is_somebody_elses(  # noqa: PLR0917 - fixtures
    agent: Api, ivr: Api, deps: Deps, number: str, ada: str, bob: str
) -> None:
    # Given a call about a case of who was one with Ada, and that was Bob's for a while, where it opened another
    other = with_phone(agent, phone())
    merge = agent.as_("admin").post(f"/customers/{ada}/merges", {"other_customer_id": other, "reason": "one"}).json
    theirs = agent.post(f"/customers/{other}/cases", {"subject": "A sofa"}).json["case_id"]
    call = a_call(ivr, number)
    agent.post(f"/contacts/{call}/end", {"case_id": theirs})
    attribute(agent, call, customer_id=bob)
    assert late.catch_up(deps, call)
    own = store.get_contact(call).case_id
    assert cases_of(agent, bob) == {own: "open"}
    agent.as_("admin").delete(f"/merges/{merge['merge_id']}")
    # When it is Ada's again, then with what it opened
    assert agent.delete(f"/contacts/{call}/attribution").status == 200
    assert (store.get_contact(call).case_id, cases_of(agent, ada)) == (own, {own: "open"})


def test_with_whom_it_was_its_case_stays_while_it_is_nobodys(agent: Api, ivr: Api, number: str, ada: str) -> None:
    call = a_call(ivr, number)
    case_id = ended(agent, call)
    attribute(agent, call, not_customer_id=ada)
    assert (store.get_contact(call).customer_id, cases_of(agent, ada)) == (None, {case_id: "open"})


def test_what_it_costs_with_a_case(agent: Api, ivr: Api, spy: Spy, number: str, bob: str) -> None:
    with_phone(agent, number)
    call = a_call(ivr, number)
    ended(agent, call)
    # It is read with the customers, and what is open is read anew
    reads = ["GetItem", "Query", "Query", "Query", "GetItem", "TransactWriteItems", "Query"]
    for say in (
        lambda: attribute(agent, call, customer_id=bob),
        lambda: agent.delete(f"/contacts/{call}/attribution"),
    ):
        spy.reset()
        say()
        assert spy.operations == reads


def test_whom_it_is_not_taken_back_leaves_it_with_its_case(agent: Api, ivr: Api, number: str, bob: str) -> None:
    # Given Ada's call, of which it was said that it is not Bob, and that has opened a case since
    with_phone(agent, number)
    call = a_call(ivr, number)
    attribute(agent, call, not_customer_id=bob)
    case_id = ended(agent, call)
    # When that is taken back, then it has its case still
    agent.delete(f"/contacts/{call}/attribution")
    assert store.get_contact(call).case_id == case_id


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("status", ["open", "resolved"])
def test_a_case_goes_with_a_contact_that_is_over_to_whom_it_is_said_to_be(
    agent: Api, ivr: Api, number: str, status: str, *, known: bool
) -> None:
    # Given a call from Ada's phone that opened a case, and maybe Bob, who has an account, as Ada has another
    ada_is = [{"type": "phone", "value": number}, {"type": "account", "value": "A-1"}]
    ada = agent.post("/customers", {"name": "Ada", "identifiers": ada_is}).json["customer_id"]
    if known:
        agent.post("/customers", {"name": "Bob", "identifiers": [{"type": "account", "value": "B-1"}]})
    call = a_call(ivr, number)
    case_id = ended(agent, call, resolved=status == "resolved")
    found = store.get_contact(call).case_found
    # When the flow tells late which account was keyed in
    saved = ivr.patch(f"/contacts/{call}/facts", facts("ivr", verified=True, account_number="B-1"))
    # Then the case is Bob's or somebody new's, as it stood, and is answered with
    bob = saved.json["customer_id"]
    assert (saved.status, bob != ada) == (200, True)
    assert (cases_of(agent, ada), cases_of(agent, bob)) == ({}, {case_id: status})
    assert saved.json["case_id"] == case_id
    assert [one["case_id"] for one in saved.json["open_cases"]] == [case_id] * (status == "open")
    (change,) = (
        one for one in agent.get(f"/cases/{case_id}/history").json["items"] if "customer_id" in one["changed"]
    )
    assert (change["reason"], change["contact_id"]) == ("what was said names another customer", call)
    assert change["changed_by"] == {"role": "ivr", "subject": "ivr-1"}
    # and was found as it was
    assert store.get_contact(call).case_found == found


def on_case(agent: Api, customer_id: str, case_id: str) -> list[str]:
    """What of a customer's timeline is shown as of a case, newest first."""
    items = agent.get(f"/customers/{customer_id}/timeline").json["items"]
    return [one["kind"] for one in items if one["case_id"] == case_id]


@pytest.mark.parametrize("meanwhile", ["nobody", "somebody else"])
def test_a_contact_that_comes_back_is_of_its_case_again(  # noqa: PLR0917 - fixtures
    agent: Api, ivr: Api, stream: Stream, number: str, ada: str, bob: str, meanwhile: str
) -> None:
    # Given a call on which something was said, and of which somebody said which case of Ada's it is about
    call = str(ivr.post("/contacts", a_contact(number)).json["contact_id"])
    ivr.post("/interactions", an_interaction(contact_id=call, channel="voice", body="hello there"))
    agent.post(f"/contacts/{call}/end", {})
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "Loud"}).json["case_id"]

    def told(change: Callable[[], Any]) -> None:
        stream.told(call, change)
        assert stream.deliver() == []
        stream.records.clear()

    told(lambda: agent.post(f"/contacts/{call}/case", {"case_id": case_id}))
    before = store.get_contact(call)
    assert sorted(on_case(agent, ada, case_id)) == ["contact", "message"]
    # When it turns out not to be Ada's, then nothing of it is shown on her case
    elsewhere = {"not_customer_id": ada} if meanwhile == "nobody" else {"customer_id": bob}
    told(lambda: attribute(agent, call, **elsewhere))
    assert (store.get_contact(call).case_id, on_case(agent, ada, case_id)) == (None, [])
    assert cases_of(agent, ada) == {case_id: "open"}
    # and when it was Ada's after all, then it is of the case as before, and what was said on it is
    told(lambda: attribute(agent, call, customer_id=ada))
    after = store.get_contact(call)
    assert (after.case_id, after.case_found) == (case_id, before.case_found)
    assert after.earlier_cases == before.earlier_cases
    assert sorted(on_case(agent, ada, case_id)) == ["contact", "message"]
    # and whoever takes that back takes it off the case
    told(lambda: agent.delete(f"/contacts/{call}/attribution"))
    assert (store.get_contact(call).case_id, on_case(agent, ada, case_id)) == (None, [])


def test_what_it_opened_meanwhile_is_a_part_of_the_case_that_it_comes_back_to(  # noqa: PLR0917 - fixtures
    agent: Api, ivr: Api, deps: Deps, number: str, ada: str, bob: str
) -> None:
    # Given a case of Ada's on which two calls are, one of which was taken for Bob's and opened a case there
    first, second = a_call(ivr, number), a_call(ivr, number)
    case_id = ended(agent, first)
    assert ended(agent, second) == case_id
    attribute(agent, first, customer_id=bob)
    late.catch_up(deps, first)
    opened = store.get_contact(first).case_id
    # When somebody says that it was Ada
    attribute(agent, first, customer_id=ada)
    # Then it is of the one case again, and the other is a part of that
    assert store.get_contact(first).case_id == case_id
    assert (cases_of(agent, ada), cases_of(agent, bob)) == ({case_id: "open", opened: "resolved"}, {})
    assert store.get_case(opened).joined_into == case_id


def test_coming_back_to_a_case_costs_a_read(agent: Api, ivr: Api, spy: Spy, number: str, ada: str) -> None:
    call = str(ivr.post("/contacts", a_contact(number)).json["contact_id"])
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "Loud"}).json["case_id"]
    ended(agent, call, case_id=case_id)
    attribute(agent, call, not_customer_id=ada)
    spy.reset()
    assert attribute(agent, call, customer_id=ada)["case_id"] == case_id
    assert spy.operations == ["GetItem", "Query", "Query", "GetItem", "TransactWriteItems"]
