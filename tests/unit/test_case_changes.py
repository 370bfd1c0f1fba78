"""A case is changed by hand, on the version that was read: what is not given stays, and nothing is lost."""

from typing import Any

import pytest

from chalicelib.models import store
from tests.conftest import Api, Clock, Reply, Spy
from tests.unit.test_merges import merged

WHOLE: dict[str, Any] = {
    "subject": "A sofa",
    "speak_at": 1,
    "reason": "delivery",
    "product": "sofa",
    "priority": "normal",
    "description": "It was to come on Monday",
    "owner": "agent-1",
    "team": "delivery",
}
OTHER: dict[str, Any] = {
    "subject": "Two sofas",
    "speak_at": 0,
    "reason": "billing",
    "product": "sofas",
    "priority": "high",
    "description": "They came twice",
    "owner": "agent-2",
    "team": "billing",
}
TAKEN_AWAY = {"reason", "product", "description", "owner", "team"}


@pytest.fixture
def customer_id(agent: Api) -> str:
    return str(agent.post("/customers", {"name": "Ada"}).json["customer_id"])


@pytest.fixture
def case_id(agent: Api, customer_id: str) -> str:
    return str(agent.post(f"/customers/{customer_id}/cases", WHOLE).json["case_id"])


def change(agent: Api, case_id: str, version: int | None = None, **body: Any) -> Reply:
    tag = f'"{version}"' if version else agent.get(f"/cases/{case_id}").headers["ETag"]
    return agent.patch(f"/cases/{case_id}", body, **{"If-Match": tag})


def stored(case_id: str) -> dict[str, Any]:
    case = store.get_case(case_id)
    return {name: getattr(case, name) for name in WHOLE}


def history(agent: Api, case_id: str) -> list[Any]:
    items: list[Any] = agent.get(f"/cases/{case_id}/history").json["items"]
    return items


def test_what_is_given_is_changed_and_the_rest_stays(agent: Api, customer_id: str, case_id: str, spy: Spy) -> None:
    record = agent.get(f"/customers/{customer_id}").headers["ETag"]
    # When one field after the other is changed, then that is, and no other
    stands = dict(WHOLE)
    for version, (name, value) in enumerate(OTHER.items(), 1):
        spy.reset()
        changed = change(agent, case_id, version, **{name: value})
        assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]
        stands[name] = value
        assert (changed.status, changed.headers["ETag"]) == (200, f'"{version + 1}"')
        assert stored(case_id) == stands
        (told, *_) = history(agent, case_id)
        assert told["changed"][name] == {"before": WHOLE[name], "after": value}
    # and of its customer's record nothing has changed
    assert agent.get(f"/customers/{customer_id}").headers["ETag"] == record


def test_null_takes_away_what_a_case_may_be_without(agent: Api, case_id: str) -> None:
    assert change(agent, case_id, **dict.fromkeys(WHOLE), because="Started anew").status == 200
    left = {name: None if name in TAKEN_AWAY else value for name, value in WHOLE.items()}
    assert stored(case_id) == left
    (told,) = history(agent, case_id)
    assert (told["reason"], told["changed_by"]) == ("Started anew", {"role": "agent", "subject": "agent-1"})


def test_what_is_so_already_changes_nothing(agent: Api, case_id: str, spy: Spy) -> None:
    first = change(agent, case_id, 1, team="billing")
    spy.reset()
    # When it is said again, on the version that was read then or on the one that it has now
    for version in (1, 2):
        again = change(agent, case_id, version, team="billing")
        assert (again.status, again.headers["ETag"], again.json) == (200, '"2"', first.json)
    assert "TransactWriteItems" not in spy.operations
    # but nobody has read a version that there was not yet
    assert change(agent, case_id, 3, team="billing").status == 412


def test_who_comes_second_is_told_who_was_first(agent: Api, case_id: str, clock: Clock) -> None:
    clock.forward(minutes=1)
    assert change(agent, case_id, 1, team="billing", owner="agent-7").status == 200
    late = change(agent, case_id, 1, team="sales")
    assert late.status == 412
    assert late.json["detail"] == (
        "the case is at version 2: agent agent-1 changed owner, team at 2026-11-22T09:01:00.000000Z"
    )
    # and of a case that nobody changed there is nobody to tell of
    assert change(agent, case_id, 9, team="sales").status == 412
    assert agent.get(f"/cases/{case_id}").json["team"] == "billing"


def test_a_case_waits_goes_on_is_resolved_and_opened_again(
    agent: Api, customer_id: str, case_id: str, clock: Clock
) -> None:
    def counted() -> int:
        return int(store.get_profile(customer_id).open_cases)

    assert counted() == 1
    steps: list[tuple[dict[str, Any], int, int]] = [
        ({"status": "pending", "pending_on": "customer"}, 1, 0),
        ({"status": "pending", "pending_on": "third_party"}, 1, 0),
        ({"status": "open"}, 1, 0),
        ({"status": "resolved"}, 0, 0),
        ({"status": "open"}, 1, 1),
        ({"status": "resolved"}, 0, 1),
    ]
    for body, open_cases, reopened in steps:
        clock.forward(minutes=1)
        stands = change(agent, case_id, **body).json
        assert (stands["status"], stands["pending_on"]) == (body["status"], body.get("pending_on"))
        assert (counted(), stands["reopened"]) == (open_cases, reopened)
        assert store.get_case(case_id).status_at == clock()
    # what waits for nobody yet cannot: it is to be opened first
    refused = change(agent, case_id, status="pending", pending_on="us")
    assert (refused.status, refused.json["detail"]) == (
        409,
        "a case that is resolved cannot become pending: open it first",
    )


def test_a_case_that_moved_at_a_later_moment_moves_on_from_there(agent: Api, case_id: str, clock: Clock) -> None:
    change(agent, case_id, status="pending", pending_on="us")
    # Given a clock that is a minute behind the one by which it came to wait
    clock.forward(minutes=-1)
    # When it goes on, then it does
    assert change(agent, case_id, status="open").json["status"] == "open"


def test_it_is_told_by_the_id_by_which_its_customer_goes(agent: Api, customer_id: str, case_id: str) -> None:
    # Given a case of a record that was joined into another
    bob = agent.post("/customers", {"name": "Bob"}).json["customer_id"]
    merged(agent, bob, customer_id)
    # When it is changed, and that is said again
    for _ in range(2):
        assert change(agent, case_id, 1, team="billing").json["customer_id"] == bob


def test_no_such_case(agent: Api) -> None:
    assert change(agent, "01ARZ3NDEKTSV4RRFFQ69G5FAV", 1, team="billing").status == 404
