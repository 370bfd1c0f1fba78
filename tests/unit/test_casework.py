"""What comes of work on a case: how it stands, when it is due, what it learns, in whatever order it is told."""

from typing import Any

import pytest

from chalicelib.models import store
from chalicelib.models.changes import commit
from chalicelib.models.items import Case
from chalicelib.rules.case_finding import Told
from chalicelib.services.cases import casework
from chalicelib.services.cases.casework import MOST_REFERENCES, Work
from chalicelib.services.contacts import silence
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock
from tests.factories import a_contact, an_interaction, facts
from tests.settings import NOW
from tests.unit.test_merges import merged
from tests.unit.test_progress import Line


@pytest.fixture
def customer_id(agent: Api) -> str:
    made = agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "phone", "value": "+447700900123"}]})
    return str(made.json["customer_id"])


@pytest.fixture
def case_id(agent: Api, customer_id: str) -> str:
    return str(agent.post(f"/customers/{customer_id}/cases", {"subject": "A sofa"}).json["case_id"])


def change(agent: Api, case_id: str, **body: Any) -> None:
    tag = agent.get(f"/cases/{case_id}").headers["ETag"]
    assert agent.patch(f"/cases/{case_id}", body, **{"If-Match": tag}).status == 200


def wrote(agent: Api, customer_id: str, case_id: str, hour: int, **more: Any) -> str:
    at = f"2026-11-22T{hour:02d}:00:00Z"
    message = an_interaction(customer_id=customer_id, case_id=case_id, occurred_at=at, **more)
    return str(agent.post("/interactions", message).json["interaction_id"])


def answered(agent: Api, customer_id: str, case_id: str, hour: int, **more: Any) -> str | None:
    """When the customer was first answered, after something was written to them."""
    wrote(agent, customer_id, case_id, hour, direction="outbound", **more)
    first: str | None = agent.get(f"/cases/{case_id}").json["first_answered_at"]
    return first


def test_the_first_answer_is_the_earliest_whenever_it_is_told(agent: Api, customer_id: str, case_id: str) -> None:
    # What the customer writes is no answer, nor is a campaign
    wrote(agent, customer_id, case_id, 5)
    assert answered(agent, customer_id, case_id, 6, kind="campaign.mail") is None
    for hour, expected in ((11, 11), (10, 10), (12, 10)):
        assert answered(agent, customer_id, case_id, hour) == f"2026-11-22T{expected:02d}:00:00Z"


def test_what_is_told_of_the_same_moment_last_is_where_it_was_worked_on(
    agent: Api, customer_id: str, case_id: str
) -> None:
    for channel in ("sms", "email"):
        wrote(agent, customer_id, case_id, 8, channel=channel)
    assert agent.get(f"/cases/{case_id}").json["last_channel"] == "email"


def test_all_the_time_that_it_waited_does_not_count(
    agent: Api, customer_id: str, case_id: str, clock: Clock
) -> None:
    # Given a case that is to be answered within eight hours, and resolved within three days
    for _ in range(2):
        # When it waits for the customer, for an hour each time
        change(agent, case_id, status="pending", pending_on="customer")
        clock.forward(hours=1)
        change(agent, case_id, status="open")
        clock.forward(minutes=1)
    # Then all is due two hours later
    assert agent.get(f"/cases/{case_id}").json["due_at"] == "2026-11-22T19:00:00Z"
    answered(agent, customer_id, case_id, 10)
    assert agent.get(f"/cases/{case_id}").json["due_at"] == "2026-11-25T11:00:00Z"
    # and waiting for somebody else is no excuse
    change(agent, case_id, status="pending", pending_on="third_party")
    assert agent.get(f"/cases/{case_id}").json["due_at"] == "2026-11-25T11:00:00Z"


def test_it_is_watched_for_the_next_warning(agent: Api, customer_id: str, case_id: str) -> None:
    """A fifth of the time before it is due: eight hours to answer, then three days to resolve."""
    assert store.get_case(case_id).watch_at == NOW.replace(hour=15, minute=24)
    answered(agent, customer_id, case_id, 10)
    assert store.get_case(case_id).watch_at == NOW.replace(day=24, hour=18, minute=36)
    change(agent, case_id, status="resolved")
    case = store.get_case(case_id)
    assert (case.watch_at, casework.next_warning(case)) == (None, None)


def test_a_clock_that_goes_back_turns_nothing_back(agent: Api, case_id: str, clock: Clock) -> None:
    # Given a case that was changed, and somebody whose clock is an hour behind
    change(agent, case_id, owner="agent-7")
    clock.forward(hours=-1)
    # When they resolve it, then it is resolved, and no earlier than it was changed
    change(agent, case_id, status="resolved")
    case = agent.get(f"/cases/{case_id}").json
    assert (case["status"], case["updated_at"], case["closed_at"]) == ("resolved", *["2026-11-22T09:00:00Z"] * 2)


def test_a_contact_resolves_what_came_by_a_clock_that_is_ahead(
    agent: Api, ivr: Api, customer_id: str, case_id: str
) -> None:
    # Given a case that waited, and goes on since an hour from now, as the clock of a phone says
    change(agent, case_id, status="pending", pending_on="customer")
    wrote(agent, customer_id, case_id, 10)
    assert agent.get(f"/cases/{case_id}").json["status"] == "open"
    # When a call resolves it now, then it is
    call = ivr.post("/contacts", a_contact()).json["contact_id"]
    agent.post(f"/contacts/{call}/end", {"resolved": True, "case_id": case_id})
    assert agent.get(f"/cases/{case_id}").json["status"] == "resolved"
    assert store.get_case(case_id).status_at == NOW.replace(hour=10)


def test_only_who_rings_goes_on_with_what_waits_for_them(agent: Api, ivr: Api, case_id: str, clock: Clock) -> None:
    ends = {"from": {"type": "phone", "value": "+441632960000"}, "to": {"type": "phone", "value": "+447700900123"}}
    change(agent, case_id, status="pending", pending_on="customer")
    for direction, status in (("outbound", "pending"), ("inbound", "open")):
        clock.forward(hours=1)
        by = ends if direction == "outbound" else {}
        call = ivr.post("/contacts", a_contact(direction=direction) | by).json["contact_id"]
        agent.post(f"/contacts/{call}/end", {"case_id": case_id})
        assert agent.get(f"/cases/{case_id}").json["status"] == status


def test_when_one_was_resolved_last_is_known_of_its_customer(customer_id: str) -> None:
    for hour, latest in ((10, 10), (12, 12), (11, 12)):
        head = store.get_head(customer_id)
        work = Work(head, resolved_at=NOW.replace(hour=hour))
        assert work.moves_profile
        commit([work.change_profile()])
        assert store.get_profile(customer_id).case_resolved_at == NOW.replace(hour=latest)
    assert not Work(store.get_head(customer_id)).moves_profile


def test_only_what_is_resolved_now_tells_when_that_was(agent: Api, customer_id: str, case_id: str) -> None:
    # Given a case that waits, and goes on
    for status in ({"status": "pending", "pending_on": "us"}, {"status": "open"}):
        change(agent, case_id, **status)
        assert store.get_profile(customer_id).case_resolved_at is None
    # When one is changed that is resolved, then nothing of its customer is
    change(agent, case_id, status="resolved")
    before = store.get_profile(customer_id)
    change(agent, case_id, subject="A lamp")
    assert store.get_profile(customer_id).attribute_values == before.attribute_values


def test_what_is_written_to_a_case_that_waits_is_one_more_edition(
    agent: Api, customer_id: str, case_id: str
) -> None:
    change(agent, case_id, status="pending", pending_on="customer")
    before = store.get_case(case_id).edition
    wrote(agent, customer_id, case_id, 10)
    case = store.get_case(case_id)
    assert (case.status, case.edition) == ("open", before + 1)


def test_work_on_a_case_leaves_the_call_that_dropped_meanwhile(agent: Api, customer_id: str) -> None:
    work = Work(store.get_head(customer_id), step=1)
    call = agent.post("/contacts", a_contact()).json["contact_id"]
    agent.post(f"/contacts/{call}/end", {})
    commit([work.change_profile()])
    profile = store.get_profile(customer_id)
    assert (profile.dropped_call["contact_id"], profile.open_cases) == (call, 1)


def told(**what: Any) -> Told:
    return Told(NOW, "sms", **what)


def test_what_was_not_known_is_learned_and_the_rest_stays() -> None:
    # Given a case of which nothing is known, to which something is told, and then something else
    case = Case(gist="", references=[])
    casework.learn(case, told())
    assert (case.reason, case.product, case.gist, case.references) == (None, None, "", [])
    first = told(reasons=frozenset({"refund", "delivery"}), product="sofa", words=("sofa", "late"))
    for news in (first, told(reasons=frozenset({"billing"}), product="lamp", words=("lamp", "sofa"))):
        casework.learn(case, news)
    # Then what it is about is what was told first, in all words
    assert (case.reason, case.product, case.gist) == ("delivery, refund", "sofa", "sofa late lamp")


def test_the_latest_references_are_kept_each_once() -> None:
    case = Case(gist="", references=["OLD1", "OLD2"])
    casework.learn(case, told(references=frozenset({"B2", "A1", "OLD2"})))
    assert case.references == ["OLD1", "OLD2", "A1", "B2"]
    numbers = [f"N{n:02d}" for n in range(MOST_REFERENCES - 1)]
    casework.learn(case, told(references=frozenset(numbers)))
    assert case.references == ["B2", *numbers]


def test_a_reason_is_as_long_as_one_may_be() -> None:
    case = Case(gist="", references=[])
    casework.learn(case, told(reasons=frozenset({"x" * 300})))
    assert case.reason == "x" * 256


@pytest.mark.parametrize(("ended", "is_answered"), [("ended", True), ("missed", False), ("nobody told", False)])
def test_a_call_that_nobody_took_answers_nobody(
    deps: Deps, agent: Api, clock: Clock, ended: str, *, is_answered: bool
) -> None:
    # Given a call on which a reason was keyed in
    line = Line(deps)
    contact_id = line.tells("ringing", 0).contact_id
    silence.watch(deps, contact_id, "voice", clock(), live=True)
    agent.patch(f"/contacts/{contact_id}/facts", facts("ivr", verified=False, reason="refund"))
    clock.forward(hours=9)
    # When it is over
    if ended == "nobody told":
        assert silence.end_silent(deps) == 1
    else:
        line.tells(ended, 60)
    # Then it has opened a case, and whoever took it has answered its customer
    contact = store.get_contact(contact_id)
    assert (contact.status, contact.case_found["by"]) == ("ended", "opened")
    assert (store.get_case(contact.case_id).first_answered_at is not None) == is_answered


def test_who_rings_back_is_taken_to_the_case_that_the_call_opened(ivr: Api, agent: Api, clock: Clock) -> None:
    first = ivr.post("/contacts", a_contact()).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts("ivr", verified=False, reason="refund"))
    case_id = agent.post(f"/contacts/{first}/end", {}).json["case_id"]
    assert case_id
    clock.forward(minutes=1)
    continues = ivr.post("/contacts", a_contact()).json["continues"]
    assert (continues["contact_id"], continues["case_id"]) == (first, case_id)


def test_whoever_took_a_call_says_what_it_was_and_its_case_is_still_its_own(deps: Deps, agent: Api) -> None:
    # Given a call that its provider told to be over, and that opened a case
    line = Line(deps)
    call = line.tells("ringing", 0).contact_id
    agent.patch(f"/contacts/{call}/facts", facts("ivr", verified=False, reason="refund"))
    case_id = line.tells("ended", 60).case_id
    # When its agent says what it was
    assert agent.post(f"/contacts/{call}/end", {"summary": "She wants her money back"}).status == 200
    # Then the case has learned that, and nothing but the call is on it: it goes where that goes
    case = store.get_case(case_id)
    assert (case.only_contact, "money" in case.gist.split()) == (call, True)


def test_a_case_counts_with_the_record_that_it_came_to(agent: Api, customer_id: str, case_id: str) -> None:
    # Given a record with a case, that was merged into another
    landline = {"type": "phone", "value": "+441632960001"}
    kept = str(agent.post("/customers", {"name": "Ada", "identifiers": [landline]}).json["customer_id"])
    merged(agent, kept, customer_id)
    # When a call from the other's number resolves it, then it is one less of the record that it is of
    call = agent.post("/contacts", a_contact("+441632960001")).json["contact_id"]
    assert agent.post(f"/contacts/{call}/end", {"resolved": True, "case_id": case_id}).status == 200
    profiles = [store.get_profile(one) for one in (kept, customer_id)]
    assert [(one.open_cases, one.case_resolved_at) for one in profiles] == [(0, None), (0, NOW)]
    assert store.get_head(customer_id).cases == []
