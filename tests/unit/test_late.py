"""What is told of a contact after it was over: the case is the one that it would have had, told in time."""

from typing import Any

import pytest
from chalice.test import Client

from chalicelib.models import keys, store
from chalicelib.services.contacts import chain, late
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, an_interaction, facts, phone
from tests.unit.test_stream import Stream

PARCEL = "The courier never came with my parcel"


@pytest.fixture
def stream(client: Client) -> Stream:
    return Stream(client)


def a_customer(agent: Api, name: str = "Ada", **identifiers: str) -> str:
    listed = [{"type": type_, "value": value} for type_, value in identifiers.items()]
    return str(agent.post("/customers", {"name": name, "identifiers": listed}).json["customer_id"])


def a_call(ivr: Api, number: str | None = "anonymous", **said: Any) -> str:
    contact_id = str(ivr.post("/contacts", a_contact(number)).json["contact_id"])
    ivr.patch(f"/contacts/{contact_id}/facts", facts(**said))
    return contact_id


def shown(agent: Api, contact_id: str) -> Any:
    return agent.get(f"/contacts/{contact_id}/screen-pop").json["contact"]


def belongs_to(agent: Api, customer_id: str) -> Any:
    def say(contact_id: str) -> Any:
        body = {"customer_id": customer_id, "reason": "the agent knows"}
        return agent.post(f"/contacts/{contact_id}/attribution", body)

    return say


def case_of(agent: Api, contact_id: str) -> dict[str, Any]:
    """How a contact found its case, and what there is to see of that, but for ids and when it was told."""
    found = shown(agent, contact_id)
    case = agent.get(f"/cases/{found['case_id']}").json
    (entry,) = (
        one
        for one in agent.get(f"/customers/{found['customer_id']}/timeline").json["items"]
        if one["kind"] == "contact"
    )
    assert entry["case_id"] == found["case_id"]
    (past,) = store.list_band(keys.customer(found["customer_id"]), keys.PAST_CONTACTS, limit=9).items
    assert past.case_id == found["case_id"]
    made_up = {"case_id", "number", "customer_id", "version", "edition"}
    return {"by": found["case"], **{name: value for name, value in case.items() if name not in made_up}}


@pytest.mark.parametrize("went", [{}, {"resolved": True}, {"resolved": False}])
def test_whose_it_is_told_late(ivr: Api, agent: Api, stream: Stream, went: dict[str, bool]) -> None:
    """Given two calls of nobody's that are the same, of which one is told to be Ada's before it ends."""
    ends = {"summary": "The parcel will come", **went}
    early, late_ = (a_call(ivr, reason="a late parcel") for _ in range(2))
    ada, bob = a_customer(agent, account="A-1"), a_customer(agent, "Bob", account="B-1")
    belongs_to(agent, ada)(early)
    agent.post(f"/contacts/{early}/end", ends)
    agent.post(f"/contacts/{late_}/end", ends)
    # When the other one is told to be Bob's once it is over
    stream.told(late_, lambda: belongs_to(agent, bob)(late_))
    assert stream.deliver() == []
    # Then it has the same case, and so does what tells of its end
    assert case_of(agent, late_) == case_of(agent, early)
    # and told again, and of what that changed, nothing changes
    before = stream.image(late_)
    assert stream.deliver() == []
    assert stream.image(late_) == before


def test_what_was_said_told_late(ivr: Api, agent: Api, stream: Stream, clock: Clock) -> None:
    # Given a call of Ada's of which nothing was known when it was over
    number = phone()
    a_customer(agent, phone=number)
    call = a_call(ivr, number)
    agent.post(f"/contacts/{call}/end", {})
    assert shown(agent, call)["case"]["by"] == "none"
    # When what she keyed in is told, word by word
    stream.told(call, lambda: ivr.patch(f"/contacts/{call}/facts", facts(free_text=PARCEL)))
    assert stream.deliver() == []
    case_id = shown(agent, call)["case_id"]
    assert agent.get(f"/cases/{case_id}").json["subject"] == "No subject"
    stream.told(call, lambda: ivr.patch(f"/contacts/{call}/facts", facts(reason="a late parcel", product="Fibre")))
    assert stream.deliver() == []
    clock.forward(seconds=1)
    stream.told(call, lambda: ivr.patch(f"/contacts/{call}/facts", facts(free_text="A broken window")))
    assert stream.deliver() == []
    # Then it has opened one case, which has learned all of it
    assert store.get_case(case_id).gist.split()[-2:] == ["broken", "window"]
    case = agent.get(f"/cases/{case_id}").json
    assert (case["subject"], case["reason"], case["product"]) == ("a late parcel", "a late parcel", "Fibre")
    (change,) = (
        one for one in agent.get(f"/cases/{case_id}/history").json["items"] if "product" in one["changed"]
    )
    assert (change["contact_id"], change["changed_by"]["role"]) == (call, "system")
    assert change["changed"]["product"] == {"before": None, "after": "Fibre"}
    assert shown(agent, call)["case_id"] == case_id
    # and the next call about it finds that
    again = a_call(ivr, number, reason="a late parcel")
    assert agent.post(f"/contacts/{again}/end", {}).json["case_id"] == case_id


def test_a_subject_that_somebody_wrote_stays(ivr: Api, agent: Api, stream: Stream) -> None:
    number = phone()
    a_customer(agent, phone=number)
    call = a_call(ivr, number, free_text=PARCEL)
    case_id = agent.post(f"/contacts/{call}/end", {}).json["case_id"]
    edition = agent.get(f"/cases/{case_id}").headers["ETag"]
    agent.patch(f"/cases/{case_id}", {"subject": "Lost by the courier"}, **{"If-Match": edition})
    stream.told(call, lambda: ivr.patch(f"/contacts/{call}/facts", facts(reason="a late parcel")))
    assert stream.deliver() == []
    case = agent.get(f"/cases/{case_id}").json
    assert (case["subject"], case["reason"]) == ("Lost by the courier", "a late parcel")


def test_which_case_somebody_said_stays(ivr: Api, agent: Api, stream: Stream) -> None:
    number = phone()
    a_customer(agent, phone=number)
    call = a_call(ivr, number)
    agent.post(f"/contacts/{call}/end", {})
    agent.post(f"/contacts/{call}/case", {"none": True})
    stream.told(call, lambda: ivr.patch(f"/contacts/{call}/facts", facts(reason="a late parcel")))
    assert stream.deliver() == []
    assert (shown(agent, call)["case_id"], shown(agent, call)["case"]["by"]) == (None, "corrected")


def test_corrected_and_taken_back(ivr: Api, agent: Api, stream: Stream) -> None:
    # Given a call that opened a case of Ada's, and was put to another of hers
    ada, bob = a_customer(agent, account="A-1"), a_customer(agent, "Bob", account="B-1")
    call = a_call(ivr, reason="a late parcel", account_number="A-1")
    opened = agent.post(f"/contacts/{call}/end", {}).json["case_id"]
    hers = agent.post(f"/contacts/{call}/case", {"new_subject": "Lost"}).json["case_id"]
    # When it turns out to be Bob's
    stream.told(call, lambda: belongs_to(agent, bob)(call))
    assert stream.deliver() == []
    # Then it has a case of his own, and cannot go back to one of hers
    his = shown(agent, call)["case_id"]
    assert agent.get(f"/cases/{his}").json["customer_id"] == bob
    assert agent.delete(f"/contacts/{call}/case").status == 409
    # and when that is taken back, it is on her case, as it was
    stream.told(call, lambda: agent.delete(f"/contacts/{call}/attribution"))
    assert stream.deliver() == []
    back = shown(agent, call)
    assert (back["customer_id"], back["case_id"], back["case"]["by"]) == (ada, hers, "corrected")
    assert agent.delete(f"/contacts/{call}/case").json["case_id"] == opened


def test_who_is_one_with_another_has_the_others_cases(ivr: Api, agent: Api, stream: Stream) -> None:
    # Given a call of nobody's that is over, and Ada, who is Bob too and has a case about the same
    call = a_call(ivr, reason="a late parcel")
    agent.post(f"/contacts/{call}/end", {})
    ada, bob = a_customer(agent, account="A-1"), a_customer(agent, "Bob", account="B-1")
    agent.post(f"/customers/{ada}/merges", {"other_customer_id": bob, "reason": "one"})
    case = agent.post(f"/customers/{ada}/cases", {"subject": "Lost", "reason": "a late parcel"}).json["case_id"]
    # When the call is told to be Bob's, then it is of that case
    stream.told(call, lambda: belongs_to(agent, bob)(call))
    assert stream.deliver() == []
    assert (shown(agent, call)["case_id"], shown(agent, call)["case"]["by"]) == (case, "reason")


def test_a_message_of_which_it_is_told_late_whose_it_is(ivr: Api, agent: Api, stream: Stream) -> None:
    # Given a number that two have, and a message from it
    number = phone()
    ada, _bob = a_customer(agent, phone=number), a_customer(agent, "Bob", phone=number)
    wrote = ivr.post(
        "/interactions", an_interaction(body=PARCEL, **{"from": {"type": "phone", "value": number}})
    ).json
    assert (wrote["customer_id"], wrote["case_id"]) == (None, None)
    # When it is told that it is Ada's
    home = wrote["contact_id"]
    stream.told(home, lambda: belongs_to(agent, ada)(home))
    assert stream.deliver() == []
    # Then it has opened the case that it would have, and what holds it is about the same
    message = agent.get(f"/interactions/{wrote['interaction_id']}").json
    assert (message["customer_id"], message["case"]["by"]) == (ada, "opened")
    case = agent.get(f"/cases/{message['case_id']}").json
    assert (case["subject"], case["status"], shown(agent, home)["case_id"]) == (PARCEL, "open", case["case_id"])
    assert shown(agent, home)["case"] == message["case"]
    assert store.get_profile(ada).open_cases == 1
    assert [one["case_id"] for one in agent.get(f"/customers/{ada}/cases").json["items"]] == [case["case_id"]]
    # that nobody has answered yet
    assert case["first_answered_at"] is None
    # and what she writes next goes on with it
    stream.told(home, lambda: ivr.patch(f"/contacts/{home}/facts", facts(name="Ada")))
    assert stream.deliver() == []
    assert len(agent.get(f"/customers/{ada}/cases").json["items"]) == 1


def test_what_asks_nothing_opens_no_case_late_either(ivr: Api, agent: Api, stream: Stream) -> None:
    # Given a number that two have, and an answer by a machine from it
    number = phone()
    ada, _bob = a_customer(agent, phone=number), a_customer(agent, "Bob", phone=number)
    reply = {"kind": "auto_reply", "from": {"type": "phone", "value": number}}
    wrote = ivr.post("/interactions", an_interaction(body=PARCEL, **reply)).json
    # When it is told whose it is, then there is no case of it
    stream.told(wrote["contact_id"], lambda: belongs_to(agent, ada)(wrote["contact_id"]))
    assert stream.deliver() == []
    message = agent.get(f"/interactions/{wrote['interaction_id']}").json
    assert (message["customer_id"], message["case_id"], message["case"]) == (ada, None, None)
    assert agent.get(f"/customers/{ada}/cases").json["items"] == []


def test_a_reply_of_which_it_is_told_late_whose_it_is_stays_in_its_thread(
    ivr: Api, agent: Api, stream: Stream
) -> None:
    # Given a message of Ada's on her case, and a reply to it from a number that several have
    mobile, shared = phone(), phone()
    ada, bob = a_customer(agent, phone=mobile), a_customer(agent, "Bob", phone=shared)
    a_customer(agent, "Cleo", phone=shared)
    sender = {"type": "phone", "value": mobile}
    first = ivr.post(
        "/interactions", an_interaction(body=PARCEL, source_event_id="first", **{"from": sender})
    ).json
    answer = {"in_reply_to": "first", "channel": "whatsapp", "from": {"type": "phone", "value": shared}}
    reply = ivr.post("/interactions", an_interaction(body="Still nothing?", **answer)).json
    assert (reply["customer_id"], reply["case_id"]) == (None, first["case_id"])
    # When that turns out to be from somebody else, and then from her
    for customer_id in (bob, ada):
        stream.told(reply["contact_id"], lambda: belongs_to(agent, customer_id)(reply["contact_id"]))  # noqa: B023
        assert stream.deliver() == []
        stream.records.clear()
        # Then it is in the thread all the same
        there = agent.get(f"/interactions/{reply['interaction_id']}").json
        assert (there["customer_id"], there["case_id"]) == (customer_id, first["case_id"])
        # and the case goes on by it where it is hers
        case = agent.get(f"/cases/{first['case_id']}").json
        assert case["last_channel"] == ("whatsapp" if customer_id == ada else "sms")


def test_a_case_of_who_is_somebody_else_again_keeps_no_contact_from_its_end(ivr: Api, agent: Api) -> None:
    # Given a call of Bob's that names a case of Ada's, while both are one
    number = phone()
    ada, bob = a_customer(agent, account="A-1"), a_customer(agent, "Bob", phone=number)
    merge = agent.as_("admin").post(f"/customers/{ada}/merges", {"other_customer_id": bob, "reason": "one"}).json
    agent.post(f"/customers/{ada}/cases", {"subject": "A late parcel", "reason": "a late parcel"})
    call = a_call(ivr, number, reason="a late parcel")
    assert shown(agent, call)["case_id"]
    # When they are not, then it ends, and has a case of his own
    agent.as_("admin").delete(f"/merges/{merge['merge_id']}")
    ended = agent.post(f"/contacts/{call}/end", {})
    assert (ended.status, ended.json["case"]["by"]) == (200, "opened")
    assert agent.get(f"/cases/{ended.json['case_id']}").json["customer_id"] == bob


def test_what_says_too_little_is_of_no_case_where_its_own_is_somebody_elses(ivr: Api, agent: Api) -> None:
    # Given a call of Bob's, who has a case, that names one of Ada's while both are one
    number = phone()
    ada, bob = a_customer(agent, account="A-1"), a_customer(agent, "Bob", phone=number)
    merge = agent.as_("admin").post(f"/customers/{ada}/merges", {"other_customer_id": bob, "reason": "one"}).json
    numbers = [agent.post(f"/customers/{one}/cases", {"subject": "A sofa"}).json["number"] for one in (ada, bob)]
    call = a_call(ivr, number, case_number=numbers[0], free_text="Hello parcel")
    assert shown(agent, call)["case"]["by"] == "fact"
    # When they are not, and it ends with nothing that would say what it is about
    agent.as_("admin").delete(f"/merges/{merge['merge_id']}")
    ended = agent.post(f"/contacts/{call}/end", {}).json
    # Then it is of no case
    assert (ended["case_id"], ended["case"]) == (None, None)
    contact = store.get_contact(call)
    assert (contact.case_id, contact.case_found) == (None, None)


@pytest.mark.parametrize(
    ("written", "ends"), [(None, {"summary": "It will come"}), (None, {}), ("Lost by the courier", {})]
)
def test_a_subject_that_a_rule_made_is_made_anew_of_what_is_known_then(
    ivr: Api, agent: Api, stream: Stream, written: str | None, ends: dict[str, str]
) -> None:
    # Given a case that a call opened, with a subject of what was known of it then, or of what somebody wrote
    number = phone()
    a_customer(agent, phone=number)
    call = a_call(ivr, number, product="Fibre")
    case_id = agent.post(f"/contacts/{call}/end", {"resolved": False} | ends).json["case_id"]
    case = agent.get(f"/cases/{case_id}")
    assert case.json["subject"] == ends.get("summary", "Fibre")
    if written:
        agent.patch(f"/cases/{case_id}", {"subject": written}, **{"If-Match": case.headers["ETag"]})
    # When it is told why they rang
    stream.told(call, lambda: ivr.patch(f"/contacts/{call}/facts", facts(reason="a late parcel")))
    assert stream.deliver() == []
    # Then that is its subject, unless somebody had written one
    assert agent.get(f"/cases/{case_id}").json["subject"] == (written or "a late parcel")


def test_a_case_that_is_opened_late_was_resolved_when_its_contact_was(
    ivr: Api, agent: Api, stream: Stream, clock: Clock
) -> None:
    # Given a call of nobody's that was resolved
    call, ada = a_call(ivr, reason="a late parcel"), a_customer(agent)
    agent.post(f"/contacts/{call}/end", {"resolved": True})
    ended_at = clock()
    # When it is told the day after whose it is
    clock.forward(days=1)
    stream.told(call, lambda: belongs_to(agent, ada)(call))
    assert stream.deliver() == []
    # Then its case has been resolved since it was, and so its customer knows
    case = store.get_case(shown(agent, call)["case_id"])
    assert (case.status, case.status_at, case.closed_at) == ("resolved", ended_at, clock())
    assert store.get_profile(ada).case_resolved_at == ended_at


@pytest.mark.parametrize(("goes_on", "stands"), [(True, "open"), (False, "resolved")])
def test_how_it_went_closes_no_case_that_went_on_since(
    ivr: Api, agent: Api, stream: Stream, clock: Clock, *, goes_on: bool, stands: str
) -> None:
    # Given a case of Ada's, and a call of nobody's about it that resolved it
    number = phone()
    ada = a_customer(agent, phone=number)
    case = agent.post(f"/customers/{ada}/cases", {"subject": "Lost", "reason": "a late parcel"}).json["case_id"]
    clock.forward(hours=1)
    call = a_call(ivr, reason="a late parcel")
    agent.post(f"/contacts/{call}/end", {"resolved": True})
    # and that she rang again the day after, when what was said on the first had expired
    clock.forward(days=1)
    if goes_on:
        agent.post(f"/contacts/{a_call(ivr, number, reason='a late parcel')}/end", {"case_id": case})
    clock.forward(days=1)
    # When the first is told to be hers
    stream.told(call, lambda: belongs_to(agent, ada)(call))
    assert stream.deliver() == []
    # Then it is of the case, and closes it as of then, if nothing came since
    assert (shown(agent, call)["case_id"], shown(agent, call)["case"]["by"]) == (case, "reason")
    assert agent.get(f"/cases/{case}").json["status"] == stands


def test_a_case_that_was_joined_into_one_of_who_is_somebody_else_again_stands_by_itself(
    ivr: Api, agent: Api, clock: Clock
) -> None:
    # Given a case of Bob's that was joined into one of Ada's, while both were one
    number = phone()
    ada, bob = a_customer(agent, account="A-1"), a_customer(agent, "Bob", phone=number)
    merge = agent.as_("admin").post(f"/customers/{ada}/merges", {"other_customer_id": bob, "reason": "one"}).json
    hers = agent.post(f"/customers/{ada}/cases", {"subject": "Lost"}).json["case_id"]
    wrote: dict[str, Any] = {"from": {"type": "phone", "value": number}, "body": PARCEL}
    his = ivr.post("/interactions", an_interaction(**wrote, source_event_id="first")).json["case_id"]
    assert agent.post(f"/cases/{hers}/join", {"other_case_id": his}).status == 200
    agent.as_("admin").delete(f"/merges/{merge['merge_id']}")
    # When he writes, answers and rings again
    clock.forward(hours=1)
    wrote["occurred_at"] = clock().isoformat()
    written = [
        ivr.post("/interactions", an_interaction(**wrote, **reply)).json["case_id"]
        for reply in ({}, {"in_reply_to": "first"})
    ]
    rang = agent.post(f"/contacts/{a_call(ivr, number, free_text=PARCEL)}/end", {}).json["case_id"]
    # Then all of that is of his case, which is open again
    assert {*written, rang} == {his}
    case = agent.get(f"/cases/{his}").json
    assert (case["status"], case["joined_into"], case["customer_id"]) == ("open", None, bob)


def test_a_reply_told_late_goes_on_with_a_case_that_stands_by_itself_again(
    ivr: Api, agent: Api, stream: Stream
) -> None:
    # Given a case of Bob's, and a reply about it from a number that several have, while Ada and he were one
    number, shared = phone(), phone()
    ada, bob = a_customer(agent, account="A-1"), a_customer(agent, "Bob", phone=number)
    for name in ("Cleo", "Dan"):
        a_customer(agent, name, phone=shared)
    merge = agent.as_("admin").post(f"/customers/{ada}/merges", {"other_customer_id": bob, "reason": "one"}).json
    by = {"from": {"type": "phone", "value": number}}
    his = ivr.post("/interactions", an_interaction(body=PARCEL, source_event_id="first", **by)).json["case_id"]
    answer = {"in_reply_to": "first", "from": {"type": "phone", "value": shared}}
    home = ivr.post("/interactions", an_interaction(body="Still nothing?", **answer)).json["contact_id"]
    # and that the case was joined into one of hers, before they were two again
    hers = agent.post(f"/customers/{ada}/cases", {"subject": "Lost"}).json["case_id"]
    assert agent.post(f"/cases/{hers}/join", {"other_case_id": his}).status == 200
    agent.as_("admin").delete(f"/merges/{merge['merge_id']}")
    assert agent.get(f"/cases/{his}").json["joined_into"] == hers
    # When the reply is told to be his, then it is of his case, which is no part of hers
    stream.told(home, lambda: belongs_to(agent, bob)(home))
    assert stream.deliver() == []
    assert shown(agent, home)["case_id"] == his
    assert agent.get(f"/cases/{his}").json["joined_into"] is None


def test_a_case_of_who_is_somebody_else_again_is_not_taken_over_for_ever(ivr: Api, agent: Api, deps: Deps) -> None:
    # Given two calls of Bob's that are one conversation about a case of Ada's, while both are one
    number, call = phone(), {"provider_contact_id": "leg-1"}
    ada, bob = a_customer(agent, account="A-1"), a_customer(agent, "Bob", phone=number)
    merge = agent.as_("admin").post(f"/customers/{ada}/merges", {"other_customer_id": bob, "reason": "one"}).json
    case = agent.post(f"/customers/{ada}/cases", {"subject": "Lost"}).json["case_id"]
    first = ivr.post("/contacts", a_contact(number, **call)).json["contact_id"]
    agent.post(f"/contacts/{first}/end", {"case_id": case})
    then = a_contact(number, previous_provider_contact_id="leg-1")
    second = ivr.post("/contacts", then).json["contact_id"]
    assert agent.post(f"/contacts/{second}/end", {}).json["case_id"] == case
    # When they are not, and something is told of the second
    agent.as_("admin").delete(f"/merges/{merge['merge_id']}")
    for _ in range(2):
        assert late.catch_up(deps, second)
        chain.go_on(second)
    # Then it comes to rest without that case
    assert not late.catch_up(deps, second)
    assert shown(agent, second)["case_id"] is None


def test_who_rang_back_goes_on_with_a_call_of_which_it_is_told_late_whose_it_was(
    ivr: Api, agent: Api, stream: Stream, clock: Clock
) -> None:
    # Given a landline that two have, and a call from there that dropped; nobody tells which number it was to
    ada = a_customer(agent, phone="+441632960001", account="A-1")
    a_customer(agent, "Bob", phone="+441632960001")
    calls = [a_contact("01632 960001", to=None) for _ in range(2)]
    dropped = ivr.post("/contacts", calls[0]).json["contact_id"]
    agent.post(f"/contacts/{dropped}/end", {})
    # and Ada, who rings from there a minute later
    clock.forward(minutes=1)
    again = ivr.post("/contacts", calls[1]).json["contact_id"]
    assert ivr.patch(f"/contacts/{again}/facts", facts(account_number="A-1")).json["continues"] is None
    # When the first is told to be hers, then she goes on with it
    stream.told(dropped, lambda: belongs_to(agent, ada)(dropped))
    assert stream.deliver() == []
    assert shown(agent, again)["continues"]["contact_id"] == dropped


def test_requests(ivr: Api, agent: Api, deps: Deps, spy: Spy) -> None:
    ada = a_customer(agent, account="A-1")
    call = a_call(ivr, reason="a late parcel")
    agent.post(f"/contacts/{call}/end", {})
    assert not late.catch_up(deps, call)  # nobody's
    belongs_to(agent, ada)(call)
    spy.reset()
    assert late.catch_up(deps, call)
    assert spy.operations == ["GetItem", "Query", "GetItem", "TransactWriteItems"]
    spy.reset()
    assert not late.catch_up(deps, call)
    assert spy.operations == ["GetItem", "Query", "GetItem"]
    assert not late.catch_up(deps, "NOBODY")
