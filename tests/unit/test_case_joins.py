"""Cases are joined, split and linked, and it is undone as if it had never been."""

from typing import Any

import pytest

from tests.conftest import Api, Clock
from tests.factories import an_interaction

NOBODYS = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
LATE, BILL = "My parcel is late, the courier never came", "The bill has a wrong sum in it"


@pytest.fixture
def customer_id(agent: Api) -> str:
    made = agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "phone", "value": "+447700900123"}]})
    return str(made.json["customer_id"])


def a_case(agent: Api, customer_id: str, **body: Any) -> str:
    return str(agent.post(f"/customers/{customer_id}/cases", {"subject": "A sofa"} | body).json["case_id"])


def write(ivr: Api, text: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = ivr.post("/interactions", an_interaction(body=text) | more).json
    return made


def shown(agent: Api) -> list[str]:
    known_by = {"identifiers": [{"type": "phone", "value": "+447700900123"}]}
    return [case["case_id"] for case in agent.post("/lookup", known_by).json["open_cases"]]


def status(agent: Api, case_id: str) -> tuple[str, str | None]:
    case = agent.get(f"/cases/{case_id}").json
    return case["status"], case["joined_into"]


def test_a_joined_case_is_found_as_the_other_and_stands_by_itself_again(
    ivr: Api, agent: Api, customer_id: str, clock: Clock
) -> None:
    # Given two cases about the same, the later of which waits for the customer
    one = write(ivr, LATE)["case_id"]
    other = a_case(agent, customer_id, reason="delivery")
    agent.patch(f"/cases/{other}", {"status": "pending", "pending_on": "customer"}, **{"If-Match": '"1"'})
    before = agent.get(f"/cases/{other}").json
    # When they are joined, and that is said again
    for _ in range(2):
        clock.forward(minutes=1)
        joined = agent.post(f"/cases/{one}/join", {"other_case_id": other, "reason": "One parcel"})
        assert (joined.status, joined.json["case_id"]) == (200, one)
    # Then one is left, and what names the other goes to it
    assert (shown(agent), status(agent, other)) == ([one], ("resolved", one))
    named = write(ivr, "Anything new?", case_id=other, occurred_at="2026-11-22T09:30:00Z")
    assert named["case_id"] == one
    # When that is undone, the other stands as it stood
    assert agent.delete(f"/cases/{other}/join").status == 200
    after = agent.get(f"/cases/{other}").json
    moved = {"version", "updated_at"}
    assert {n: v for n, v in after.items() if n not in moved} == {
        n: v for n, v in before.items() if n not in moved
    }
    assert sorted(shown(agent)) == sorted([one, other])
    assert agent.delete(f"/cases/{other}/join").status == 409
    changes = agent.get(f"/cases/{other}/history").json["items"]
    assert [change["other_case_id"] for change in changes[:2]] == [one, one]


def test_what_cannot_be_joined(agent: Api, customer_id: str) -> None:
    one, two, three = (a_case(agent, customer_id) for _ in range(3))
    bob = agent.post("/customers", {"name": "Bob"}).json["customer_id"]
    for other in (one, a_case(agent, bob), NOBODYS):
        assert agent.post(f"/cases/{one}/join", {"other_case_id": other}).status == 422
    assert agent.post(f"/cases/{one}/join", {"other_case_id": two}).status == 200
    # neither into a joined one, nor a joined one anew
    assert agent.post(f"/cases/{two}/join", {"other_case_id": three}).status == 409
    assert agent.post(f"/cases/{three}/join", {"other_case_id": two}).status == 409


def test_some_of_a_case_is_split_off_and_goes_back(ivr: Api, agent: Api) -> None:
    # Given two messages in one case
    first = write(ivr, LATE)
    second = write(ivr, BILL, case_id=first["case_id"])
    # When one of them is put to a case of its own
    split = {"subject": "A wrong bill", "interaction_ids": [second["interaction_id"]], "reason": "not the parcel"}
    new = agent.post(f"/cases/{first['case_id']}/split", split)
    assert (new.status, new.json["status"], new.headers["Location"]) == (
        201,
        "open",
        f"/v1/cases/{new.json['case_id']}",
    )

    def case_of(message: dict[str, Any]) -> str:
        return str(agent.get(f"/interactions/{message['interaction_id']}").json["case_id"])

    assert (case_of(first), case_of(second)) == (first["case_id"], new.json["case_id"])
    assert sorted(shown(agent)) == sorted([first["case_id"], new.json["case_id"]])
    # Then what is written of the bill goes there
    assert write(ivr, "The sum of the bill is still wrong")["case_id"] == new.json["case_id"]
    # and undone, the message goes back, and the new case is a part of the old
    for _ in range(2):
        back = agent.delete(f"/cases/{new.json['case_id']}/split")
        assert (back.status, back.json["case_id"]) == (200, first["case_id"])
    assert case_of(second) == first["case_id"]
    assert status(agent, new.json["case_id"]) == ("resolved", first["case_id"])
    assert shown(agent) == [first["case_id"]]
    assert write(ivr, "The sum of the bill is wrong")["case_id"] == first["case_id"]


def test_what_cannot_be_split(ivr: Api, agent: Api, customer_id: str) -> None:
    message, case_id = write(ivr, LATE), a_case(agent, customer_id)
    for ids in ([message["interaction_id"]], [NOBODYS], []):
        split = {"subject": "x", "interaction_ids": ids}
        assert agent.post(f"/cases/{case_id}/split", split).status == 422
    assert agent.delete(f"/cases/{case_id}/split").status == 409


def test_links_are_kept_on_both(agent: Api, customer_id: str) -> None:
    outage, bill = a_case(agent, customer_id), a_case(agent, customer_id)

    def links(case_id: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = agent.get(f"/cases/{case_id}").json["links"]
        return found

    said = {"other_case_id": outage, "relation": "caused_by"}
    tags = {agent.post(f"/cases/{bill}/links", said).headers["ETag"] for _ in range(2)}
    assert len(tags) == 1
    assert links(bill) == [{"case_id": outage, "relation": "caused_by"}]
    assert links(outage) == [{"case_id": bill, "relation": "causes"}]
    # said otherwise from the other end, it is so on both
    agent.post(f"/cases/{outage}/links", {"other_case_id": bill})
    assert links(bill) == [{"case_id": outage, "relation": "related"}]
    assert agent.delete(f"/cases/{outage}/links/{bill}").status == 200
    assert links(bill) == links(outage) == []
    for other in (bill, NOBODYS):
        assert agent.post(f"/cases/{bill}/links", {"other_case_id": other}).status == 422
