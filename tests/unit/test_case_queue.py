"""A team's open cases, what is due first, and the warning before a case is late."""

from typing import Any

import pytest

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import commit
from chalicelib.services.cases.case_queue import Stood, follow_case, warn_late
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock, Spy


@pytest.fixture
def customer_id(agent: Api) -> str:
    return str(agent.post("/customers", {"name": "Ada"}).json["customer_id"])


def a_case(agent: Api, customer_id: str, **body: Any) -> str:
    whole = {"subject": "Late parcel", "team": "delivery"} | body
    case_id = str(agent.post(f"/customers/{customer_id}/cases", whole).json["case_id"])
    follow_case(case_id, None)
    return case_id


def change(agent: Api, case_id: str, **body: Any) -> None:
    """Changes a case, and does what the stream then does."""
    before = Stood.of(store.get_case(case_id))
    tag = agent.get(f"/cases/{case_id}").headers["ETag"]
    assert agent.patch(f"/cases/{case_id}", body, **{"If-Match": tag}).status == 200
    follow_case(case_id, before)
    follow_case(case_id, before)  # a stream may tell twice


def queue(agent: Api, team: str = "delivery", status: str = "open") -> list[str]:
    return [case["case_id"] for case in agent.get(f"/cases?team={team}&status={status}").json["items"]]


def watched() -> list[str]:
    """The cases that are looked at one day, once for each moment."""
    return [one.case_id for each in keys.CASE_WATCHES for one in store.list_due(each, keys.NO_DUE, 99)]


def test_what_is_due_first_comes_first(agent: Api, customer_id: str) -> None:
    low, urgent, high = (a_case(agent, customer_id, priority=one) for one in ("low", "urgent", "high"))
    a_case(agent, customer_id, team="billing")
    assert queue(agent) == [urgent, high, low]
    # and a change moves it
    change(agent, low, priority="urgent")
    change(agent, high, team="billing")
    assert sorted(queue(agent)) == sorted([urgent, low])
    assert len(queue(agent, "billing")) == 2
    # and each is watched for one moment
    assert sorted(watched()) == sorted([*queue(agent), *queue(agent, "billing")])
    assert agent.get("/cases?team=").status == agent.get("/cases").status == 422


def test_what_waits_is_listed_without_what_is_open_in_the_same_part_of_the_list(
    agent: Api, customer_id: str
) -> None:
    waits = a_case(agent, customer_id)
    change(agent, waits, status="pending", pending_on="customer")
    opened = a_case(agent, customer_id)
    while keys.queue("delivery", opened) != keys.queue("delivery", waits):
        opened = a_case(agent, customer_id)
    assert queue(agent, status="pending") == [waits]


def test_what_waits_is_listed_apart_and_what_is_resolved_not_at_all(agent: Api, customer_id: str) -> None:
    waits, done = a_case(agent, customer_id), a_case(agent, customer_id)
    change(agent, waits, status="pending", pending_on="customer")
    change(agent, done, status="resolved")
    assert (queue(agent), queue(agent, status="pending")) == ([], [waits])
    assert watched() == []
    # and whoever has no team is in no list
    change(agent, waits, status="open", team=None)
    assert queue(agent) == queue(agent, status="pending") == []
    change(agent, waits, team="delivery")
    assert queue(agent) == [waits]


def test_the_list_goes_on_by_page(agent: Api, customer_id: str, spy: Spy) -> None:
    opened = {a_case(agent, customer_id) for _ in range(7)}
    read, cursor = list[str](), ""
    for _ in range(4):
        spy.reset()
        page = agent.get(f"/cases?team=delivery&limit=2{cursor}").json
        assert spy.operations == ["Query"] * 4
        read += [case["case_id"] for case in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert (set(read), len(read), page["next"]) == (opened, 7, None)


def test_a_case_is_marked_before_it_is_late(deps: Deps, agent: Api, customer_id: str, clock: Clock) -> None:
    case_id = a_case(agent, customer_id, priority="urgent")

    def late() -> str | None:
        marked: str | None = agent.get(f"/cases/{case_id}").json["late"]
        return marked

    # an hour to answer, eight to resolve: a fifth before each
    for minutes, expected in ((47, None), (2, "first_answer"), (4 * 60, "first_answer"), (2 * 60, "resolution")):
        clock.forward(minutes=minutes)
        before = late()
        assert warn_late(deps) == (before != expected)
        assert late() == expected
        follow_case(case_id, Stood.of(store.get_case(case_id)))
    history = agent.get(f"/cases/{case_id}/history").json["items"]
    assert [one["changed"]["late"]["after"] for one in history] == ["resolution", "first_answer"]
    # nothing is left to look at
    clock.forward(days=9)
    assert warn_late(deps) == 0
    assert not [one for partition in keys.CASE_WATCHES for one in store.list_due(partition, keys.NO_DUE, 9)]


def test_what_waits_for_the_customer_is_not_late(deps: Deps, agent: Api, customer_id: str, clock: Clock) -> None:
    case_id = a_case(agent, customer_id, priority="urgent")
    change(agent, case_id, status="pending", pending_on="customer")
    clock.forward(days=1)
    assert warn_late(deps) == 0
    assert agent.get(f"/cases/{case_id}").json["late"] is None


def test_of_what_is_resolved_nothing_is_written(agent: Api, customer_id: str, spy: Spy) -> None:
    case_id = a_case(agent, customer_id)
    change(agent, case_id, status="resolved")
    spy.reset()
    follow_case(case_id, None)
    assert spy.operations == ["GetItem"]


def test_what_stands_as_it_stood_keeps_its_place(agent: Api, customer_id: str) -> None:
    case_id = a_case(agent, customer_id)
    stood = Stood.of(store.get_case(case_id))
    change(agent, case_id, owner="agent-7")
    follow_case(case_id, stood)
    assert (queue(agent), watched()) == ([case_id], [case_id])
    (shown,) = agent.get("/cases?team=delivery").json["items"]
    assert shown["owner"] == "agent-7"


def test_the_last_of_a_partition_is_on_a_page_of_its_own(agent: Api, customer_id: str) -> None:
    # Given two cases in one partition of their team's list, and none in the others
    by_partition: dict[str, str] = {}
    for _ in range(5):
        case_id = str(agent.post(f"/customers/{customer_id}/cases", {"subject": "x"}).json["case_id"])
        other = by_partition.setdefault(keys.queue("repairs", case_id), case_id)
        if other != case_id:
            break
    for one in (case_id, other):
        change(agent, one, team="repairs")
    # When the list is read one by one
    first = agent.get("/cases?team=repairs&limit=1").json
    second = agent.get(f"/cases?team=repairs&limit=1&cursor={first['next']}").json
    # Then both are there
    assert {one["items"][0]["case_id"] for one in (first, second)} == {case_id, other}
    assert agent.get("/cases?team=repairs&limit=2").json["next"] is None


def test_what_is_no_more_is_watched_no_more(deps: Deps, agent: Api, customer_id: str, clock: Clock) -> None:
    # Given a case that is watched also for a moment of which it is not due any more, and one that is gone
    case_id = a_case(agent, customer_id)
    commit([changes.watch_case(one, clock()) for one in (case_id, "GONE")])
    assert len(watched()) == 3
    # When that moment comes, then both are looked at, and nobody is warned
    assert warn_late(deps) == 0
    assert watched() == [case_id]
    assert agent.get(f"/cases/{case_id}").json["late"] is None
    # which is not so at the very moment that it is watched for
    clock.at = store.get_case(case_id).watch_at
    assert warn_late(deps) == 1


def test_what_is_due_later_is_late_no_more(deps: Deps, agent: Api, customer_id: str, clock: Clock) -> None:
    # Given a case that is about to be late
    case_id = a_case(agent, customer_id, priority="urgent")
    clock.forward(minutes=50)
    assert warn_late(deps) == 1
    # When it is less urgent, then it is not, and somebody is warned when it is due by then
    change(agent, case_id, priority="low")
    case = agent.get(f"/cases/{case_id}").json
    assert (case["late"], case["due_at"]) == (None, "2026-11-23T09:00:00Z")
    clock.forward(hours=20)
    assert warn_late(deps) == 1
    assert agent.get(f"/cases/{case_id}").json["late"] == "first_answer"
