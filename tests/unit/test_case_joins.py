"""Cases are joined, split and linked, and it is undone as if it had never been."""

from typing import Any

import pytest

from chalicelib.models import store
from chalicelib.services.cases import cases
from chalicelib.services.cases.case_joins import MOST_LINKS
from chalicelib.services.cases.entry_cases import put_entries
from tests.conftest import Api, Clock, Reply
from tests.factories import a_contact, an_interaction, facts
from tests.unit.test_merges import merged

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


def refused(reply: Reply) -> tuple[int, str | None, str]:
    """The status, the field that is wrong and what is said of it, or of the whole."""
    errors = reply.json.get("errors")
    return (
        (reply.status, errors[0]["field"], errors[0]["message"])
        if errors
        else (reply.status, None, reply.json["detail"])
    )


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
    before, stood = agent.get(f"/cases/{other}").json, store.get_case(other)
    # When they are joined, and that is said again
    for _ in range(2):
        clock.forward(minutes=1)
        joined = agent.post(f"/cases/{one}/join", {"other_case_id": other, "reason": "One parcel"})
        assert (joined.status, joined.json["case_id"]) == (200, one)
    # Then one is left, and what names the other goes to it
    assert agent.get(f"/cases/{other}").json["version"] == before["version"] + 1
    assert (shown(agent), status(agent, other)) == ([one], ("resolved", one))
    assert cases.follow(store.get_case(other)).case_id == one
    named = write(ivr, "Anything new?", case_id=other, occurred_at="2026-11-22T09:30:00Z")
    assert named["case_id"] == one
    # When that is undone, the other stands as it stood
    assert agent.delete(f"/cases/{other}/join").status == 200
    after = agent.get(f"/cases/{other}").json
    assert (after["version"], store.get_case(other).status_at) == (before["version"] + 2, stood.status_at)
    assert store.get_case(other).before_join is None
    moved = {"version", "updated_at"}
    assert {n: v for n, v in after.items() if n not in moved} == {
        n: v for n, v in before.items() if n not in moved
    }
    assert sorted(shown(agent)) == sorted([one, other])
    assert refused(agent.delete(f"/cases/{other}/join")) == (
        409,
        None,
        "the case was not joined, or that was undone",
    )
    changes = agent.get(f"/cases/{other}/history").json["items"][:2]
    assert [change["other_case_id"] for change in changes] == [one, one]
    assert [change["reason"] for change in changes] == [None, "One parcel"]
    assert [change["changed_by"]["subject"] for change in changes] == ["agent-1", "agent-1"]


def test_what_cannot_be_joined(agent: Api, customer_id: str) -> None:
    one, two, three = (a_case(agent, customer_id) for _ in range(3))
    bob = agent.post("/customers", {"name": "Bob"}).json["customer_id"]
    for other, said in (
        (one, "is the same case"),
        (a_case(agent, bob), "is not a case of this customer"),
        (NOBODYS, "there is no such case"),
    ):
        reply = agent.post(f"/cases/{one}/join", {"other_case_id": other})
        assert refused(reply) == (422, "other_case_id", said)
    assert agent.post(f"/cases/{one}/join", {"other_case_id": two}).status == 200
    # neither into a joined one, nor a joined one anew
    before = (409, None, "one of them was joined before: undo that first")
    assert refused(agent.post(f"/cases/{two}/join", {"other_case_id": three})) == before
    assert refused(agent.post(f"/cases/{three}/join", {"other_case_id": two})) == before
    assert status(agent, two) == ("resolved", one)


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
    ids = [message["interaction_id"]]
    reply = agent.post(f"/cases/{case_id}/split", {"subject": "x", "interaction_ids": ids})
    assert refused(reply) == (422, "interaction_ids", "names what is not of this case")
    not_split = (409, None, "the case was not split off another")
    assert refused(agent.delete(f"/cases/{case_id}/split")) == not_split


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
    for other, message in ((bill, "is the same case"), (NOBODYS, "there is no such case")):
        reply = agent.post(f"/cases/{bill}/links", {"other_case_id": other})
        assert refused(reply) == (422, "other_case_id", message)
    # and the history of both tells of it
    for case_id, other in ((bill, outage), (outage, bill)):
        case, history = agent.get(f"/cases/{case_id}").json, agent.get(f"/cases/{case_id}/history").json["items"]
        assert (case["version"], len(history)) == (4, 3)
        assert {(one["changed_by"]["subject"], one["other_case_id"]) for one in history} == {("agent-1", other)}
        assert history[0]["changed"]["links"]["after"] == []


@pytest.mark.parametrize(
    ("relation", "opposite"),
    [("duplicate_of", "has_duplicate"), ("has_duplicate", "duplicate_of"), ("causes", "caused_by")],
)
def test_what_a_case_is_to_another(agent: Api, customer_id: str, relation: str, opposite: str) -> None:
    one, other = a_case(agent, customer_id), a_case(agent, customer_id)
    said = agent.post(f"/cases/{one}/links", {"other_case_id": other, "relation": relation})
    assert (said.json["case_id"], said.json["links"]) == (one, [{"case_id": other, "relation": relation}])
    assert agent.get(f"/cases/{other}").json["links"] == [{"case_id": one, "relation": opposite}]


def test_a_case_is_linked_to_so_many(agent: Api, customer_id: str) -> None:
    one, last = a_case(agent, customer_id), a_case(agent, customer_id)
    others = [a_case(agent, customer_id) for _ in range(MOST_LINKS)]
    for other in others:
        assert agent.post(f"/cases/{one}/links", {"other_case_id": other}).status == 200
    full = (409, None, "a case has at most 20 links")
    assert refused(agent.post(f"/cases/{one}/links", {"other_case_id": last})) == full
    assert refused(agent.post(f"/cases/{last}/links", {"other_case_id": one})) == full
    assert agent.get(f"/cases/{last}").json["links"] == []
    # where one goes, there is room for another
    agent.delete(f"/cases/{one}/links/{others[0]}")
    assert agent.post(f"/cases/{one}/links", {"other_case_id": last}).status == 200


def test_a_case_that_is_resolved_is_so_again_after_it_was_joined(
    agent: Api, customer_id: str, clock: Clock
) -> None:
    one, other = a_case(agent, customer_id), a_case(agent, customer_id)
    agent.patch(f"/cases/{other}", {"status": "resolved"}, **{"If-Match": '"1"'})
    clock.forward(hours=1)
    agent.post(f"/cases/{one}/join", {"other_case_id": other})
    assert agent.get(f"/cases/{other}").json["version"] == 3
    agent.delete(f"/cases/{other}/join")
    case = agent.get(f"/cases/{other}").json
    assert (case["status"], case["closed_at"], case["version"]) == ("resolved", "2026-11-22T09:00:00Z", 4)
    assert shown(agent) == [one]


def test_what_changes_no_count_leaves_the_profile_alone(agent: Api, customer_id: str) -> None:
    # Given two cases, of which one is resolved
    one, other = a_case(agent, customer_id), a_case(agent, customer_id)
    agent.patch(f"/cases/{other}", {"status": "resolved"}, **{"If-Match": '"1"'})
    read = store.get_profile(customer_id)
    # When it is joined into the other, and that is undone, then nothing of the profile changes
    assert agent.post(f"/cases/{one}/join", {"other_case_id": other}).status == 200
    assert store.get_profile(customer_id).attribute_values == read.attribute_values
    assert agent.delete(f"/cases/{other}/join").status == 200
    assert store.get_profile(customer_id).attribute_values == read.attribute_values


def test_cases_that_were_joined_go_with_no_contact(ivr: Api, agent: Api, customer_id: str, clock: Clock) -> None:
    # Given a case that a call opened, to which another was joined, and one that was joined to another
    cases, calls = list[str](), list[str]()
    for reason in ("complaint", "refund"):
        call = ivr.post("/contacts", a_contact()).json["contact_id"]
        ivr.patch(f"/contacts/{call}/facts", facts("ivr", verified=False, reason=reason))
        agent.post(f"/contacts/{call}/end", {})
        clock.forward(hours=2)
        calls.append(call)
        cases.append(store.get_contact(call).case_id)
    assert [store.get_case(one).only_contact for one in cases] == calls
    assert agent.post(f"/cases/{cases[0]}/join", {"other_case_id": cases[1]}).status == 200
    assert [store.get_case(one).only_contact for one in cases] == [None, None]
    # When the calls turn out to be Bob's, then the cases are of more than these
    for call in calls:
        agent.post(f"/contacts/{call}/attribution", {"new": True, "reason": "a neighbour"})
    assert {agent.get(f"/cases/{one}").json["customer_id"] for one in cases} == {customer_id}


def test_one_joined_into_the_other_and_that_into_a_third_is_the_third(
    ivr: Api, agent: Api, customer_id: str
) -> None:
    one, two, three = (a_case(agent, customer_id) for _ in range(3))
    agent.post(f"/cases/{two}/join", {"other_case_id": one})
    agent.post(f"/cases/{three}/join", {"other_case_id": two})
    assert write(ivr, "Anything new?", case_id=one)["case_id"] == three


def test_what_is_split_off_is_whole(ivr: Api, agent: Api) -> None:
    # Given a case of three messages, with a team
    first = write(ivr, LATE, occurred_at="2026-11-22T06:00:00Z")
    case_id = first["case_id"]
    changed = {"team": "delivery", "priority": "high"}
    assert agent.patch(f"/cases/{case_id}", changed, **{"If-Match": '"1"'}).status == 200
    on_it: dict[str, Any] = {"case_id": case_id}
    ids = [
        write(ivr, f"{BILL} {number}", **on_it, channel=channel, occurred_at=f"2026-11-22T0{hour}:00:00Z")[
            "interaction_id"
        ]
        for number, channel, hour in (("WM-2023", "whatsapp", 8), ("AB-10023", "sms", 7))
    ]
    # When two are split off, one of them named twice
    split = {"subject": "A wrong bill", "interaction_ids": [*ids, ids[0]], "reason": "not the parcel"}
    new = agent.post(f"/cases/{case_id}/split", split).json
    # Then the new case is about these, with the same team, since the first of them
    assert (new["subject"], new["status"], new["version"]) == ("A wrong bill", "open", 1)
    assert (new["team"], new["priority"]) == ("delivery", "high")
    assert new["opened_by"] == {"role": "agent", "subject": "agent-1"}
    assert new["split_off"] == {"case_id": case_id, "interaction_ids": ids}
    assert (new["last_channel"], new["references"]) == ("whatsapp", ["WM2023", "AB10023"])
    assert new["due_at"] == "2026-11-22T11:00:00Z"
    assert "bill" in store.get_case(new["case_id"]).gist
    # and its history says so
    (told,) = agent.get(f"/cases/{new['case_id']}/history").json["items"]
    assert told["changed"] == {"split_off": {"before": None, "after": case_id}}
    assert (told["reason"], told["other_case_id"]) == ("not the parcel", case_id)
    assert told["changed_by"] == {"role": "agent", "subject": "agent-1"}
    found = agent.get(f"/interactions/{ids[0]}").json
    assert (found["case_id"], found["case"]["by"]) == (new["case_id"], "corrected")
    assert store.get_profile(found["customer_id"]).open_cases == 2
    # and what was put elsewhere since stays there when it goes back
    elsewhere = agent.post(f"/interactions/{ids[1]}/case", {"new_subject": "Elsewhere"}).json["case_id"]
    back = agent.delete(f"/cases/{new['case_id']}/split").json
    assert back["case_id"] == case_id
    assert [agent.get(f"/interactions/{one}").json["case_id"] for one in ids] == [case_id, elsewhere]
    (undone, _) = agent.get(f"/cases/{new['case_id']}/history").json["items"]
    assert (undone["other_case_id"], undone["changed"]["joined_into"]["after"]) == (case_id, case_id)


def a_split(ivr: Api, agent: Api) -> tuple[str, str]:
    """A case, and what was split off it."""
    first = write(ivr, LATE)
    second = write(ivr, BILL, case_id=first["case_id"])
    split = {"subject": "A bill", "interaction_ids": [second["interaction_id"]]}
    return first["case_id"], agent.post(f"/cases/{first['case_id']}/split", split).json["case_id"]


@pytest.mark.parametrize("which", ["the case", "the new one"])
def test_a_split_is_not_undone_where_one_was_joined_since(
    ivr: Api, agent: Api, customer_id: str, which: str
) -> None:
    case_id, new = a_split(ivr, agent)
    other = a_case(agent, customer_id)
    agent.post(f"/cases/{other}/join", {"other_case_id": case_id if which == "the case" else new})
    reply = agent.delete(f"/cases/{new}/split")
    assert refused(reply) == (409, None, "one of them was joined since: undo that first")


def test_a_split_is_not_undone_where_the_case_is_somebody_elses(ivr: Api, agent: Api) -> None:
    # Given a call of Ada's that opened a case, off which what was said on it was split
    call = ivr.post("/contacts", a_contact()).json["contact_id"]
    said = ivr.post("/interactions", an_interaction(contact_id=call, channel="voice", body=BILL)).json
    ivr.patch(f"/contacts/{call}/facts", facts("ivr", verified=False, reason="complaint"))
    case_id = agent.post(f"/contacts/{call}/end", {}).json["case_id"]
    assert put_entries(call, None) == 1
    split = {"subject": "A bill", "interaction_ids": [said["interaction_id"]]}
    new = agent.post(f"/cases/{case_id}/split", split).json["case_id"]
    # When the call, and the case with it, turns out to be somebody else's
    agent.post(f"/contacts/{call}/attribution", {"new": True, "reason": "a neighbour"})
    # Then the other cannot go back to it
    reply = agent.delete(f"/cases/{new}/split")
    assert refused(reply) == (409, None, "what it was split off is of another customer by now")


def test_all_of_it_is_of_who_was_merged(ivr: Api, agent: Api, customer_id: str) -> None:
    # Given cases of a record that was merged into another
    case_id, other = write(ivr, LATE)["case_id"], a_case(agent, customer_id)
    message = write(ivr, BILL, case_id=case_id)["interaction_id"]
    kept = str(agent.post("/customers", {"name": "Ada"}).json["customer_id"])
    merged(agent, kept, customer_id)
    # Then whatever is done to them is answered by the id of the person
    path, body = f"/cases/{case_id}", {"other_case_id": other}
    done = [agent.post(f"{path}/join", body) for _ in range(2)]
    done += [agent.delete(f"/cases/{other}/join"), agent.post(f"{path}/links", body)]
    split = agent.post(f"{path}/split", {"subject": "x", "interaction_ids": [message]})
    done += [split, *(agent.delete(f"/cases/{split.json['case_id']}/split") for _ in range(2))]
    assert [one.json["customer_id"] for one in done] == [kept] * 7
    assert [one.status for one in done] == [200, 200, 200, 200, 201, 200, 200]
