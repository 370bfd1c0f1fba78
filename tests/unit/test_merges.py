"""Two records found to be one person's, and found not to be: read as one, undone, nothing moved."""

from itertools import pairwise
from typing import Any

import pytest

from chalicelib.errors import WriteConflict
from chalicelib.models.requests.customers import MergeCustomers
from chalicelib.services.customers.records import read_profiles
from chalicelib.services.deps import Deps
from chalicelib.services.identity import merges
from tests.conftest import Api, Clock, Spy, put_under
from tests.factories import a_contact, an_interaction, facts, phone
from tests.unit.test_chat_meanwhile import HeldUp
from tests.unit.test_races import AGENT


def a_customer(agent: Api, **given: Any) -> str:
    return str(agent.post("/customers", {"name": "Ada Lovelace"} | given).json["customer_id"])


def with_phone(agent: Api, number: str, **given: Any) -> str:
    return a_customer(agent, identifiers=[{"type": "phone", "value": number, "verified": True}], **given)


def merged(agent: Api, kept: str, joined: str) -> str:
    reply = agent.post(f"/customers/{kept}/merges", {"other_customer_id": joined, "reason": "the same person"})
    assert reply.status == 201
    return str(reply.json["merge_id"])


def a_call(ivr: Api, number: str, **given: Any) -> Any:
    return ivr.post("/contacts", a_contact(number, **given)).json


def entries(agent: Api, customer_id: str, query: str = "") -> list[str]:
    return [entry["body"] for entry in agent.get(f"/customers/{customer_id}/timeline?{query}").json["items"]]


def test_two_records_are_read_as_one(agent: Api, ivr: Api) -> None:
    # Given one person on two records, each with a number and a history
    home, mobile = phone(), phone()
    ada, other = with_phone(agent, home), with_phone(agent, mobile, language="en-GB")
    ivr.post("/interactions", an_interaction(body="from home", **{"from": {"type": "phone", "value": home}}))
    ivr.post("/interactions", an_interaction(body="on the way", **{"from": {"type": "phone", "value": mobile}}))
    agent.post(f"/customers/{ada}/cases", {"subject": "Late parcel"})
    agent.post(f"/customers/{other}/cases", {"subject": "Wrong bill"})
    # When they are merged
    merge_id = merged(agent, ada, other)
    # Then either id gives the one person, with everything
    for customer_id in (ada, other):
        person = agent.get(f"/customers/{customer_id}").json
        assert (person["customer_id"], person["members"], person["language"]) == (ada, [ada, other], "en-GB")
        assert [one["value"] for one in person["identifiers"]] == [home, mobile]
        assert sorted(entries(agent, customer_id)) == ["from home", "on the way"]
        cases = agent.get(f"/customers/{customer_id}/cases").json["items"]
        assert {case["subject"] for case in cases} == {"Late parcel", "Wrong bill"}
    # and so does either number
    for number in (home, mobile):
        answer = a_call(ivr, number)
        assert (answer["match"]["result"], answer["customer_id"]) == ("one", ada)
        assert len(answer["open_cases"]) == 2
        pop = agent.get(f"/contacts/{answer['contact_id']}/screen-pop").json
        assert pop["customer"]["customer_id"] == pop["contact"]["customer_id"] == ada
        assert len(pop["timeline"]) == 2
    # When it is undone
    assert agent.delete(f"/merges/{merge_id}").json["undone_by"] == {"role": "agent", "subject": "agent-1"}
    # Then each is by itself again
    assert entries(agent, ada) == ["from home"]
    assert entries(agent, other) == ["on the way"]
    assert a_call(ivr, mobile)["customer_id"] == other
    assert agent.get(f"/customers/{other}").json["members"] == []


def test_what_came_meanwhile_is_where_it_belongs(agent: Api, ivr: Api) -> None:
    # Given two records that are merged
    home, mobile = phone(), phone()
    ada, other = with_phone(agent, home), with_phone(agent, mobile)
    merge_id = merged(agent, ada, other)
    # When things come in for both, and by the id of either
    ivr.post("/interactions", an_interaction(body="on the way", **{"from": {"type": "phone", "value": mobile}}))
    ivr.post("/interactions", an_interaction(body="by id", customer_id=other))
    call = a_call(ivr, mobile)
    ivr.patch(f"/contacts/{call['contact_id']}/facts", facts(reason="on the way"))
    ivr.patch(f"/contacts/{a_call(ivr, home)['contact_id']}/facts", facts(product="phone"))
    assert len(entries(agent, ada)) == 2
    assert agent.get(f"/customers/{ada}/facts").json["facts"].keys() == {"reason", "product"}
    # Then after the undo each has its own
    agent.delete(f"/merges/{merge_id}")
    assert sorted(entries(agent, other)) == ["by id", "on the way"]
    assert entries(agent, ada) == []
    assert agent.get(f"/customers/{ada}/facts").json["facts"].keys() == {"product"}
    assert agent.get(f"/customers/{other}/facts").json["facts"].keys() == {"reason"}
    assert agent.get(f"/contacts/{call['contact_id']}/screen-pop").json["customer"]["customer_id"] == other


def test_a_dry_run_tells_all_and_does_nothing(agent: Api) -> None:
    ada = a_customer(
        agent, language="en-GB", consent={"marketing": True, "calls": True}, attributes={"tier": "gold"}
    )
    other = a_customer(
        agent,
        name="Ada King",
        language="fr",
        consent={"marketing": False},
        attributes={"tier": "tin", "since": "1840"},
    )
    body = {"other_customer_id": other, "reason": "same?", "dry_run": True}
    reply = agent.post(f"/customers/{ada}/merges", body)
    assert (reply.status, reply.json["merge_id"]) == (200, None)
    effects = reply.json["effects"]
    assert effects["members"] == [ada, other]
    assert {one["field"]: (one["kept"], one["dropped"], one["rule"]) for one in effects["fields"]} == {
        "name": ("Ada Lovelace", ["Ada King"], "surviving_record"),
        "language": ("en-GB", ["fr"], "surviving_record"),
        "attributes.tier": ("gold", ["tin"], "surviving_record"),
        "attributes.since": ("1840", [], "only_value"),
        "consent.marketing": (False, [True], "stricter"),
        "consent.calls": (True, [], "only_value"),
    }
    assert agent.get(f"/customers/{ada}").json["members"] == []
    # and what it told is what happens
    merged(agent, ada, other)
    person = agent.get(f"/customers/{ada}").json
    assert person["consent"] == {"marketing": False, "calls": True}
    assert person["attributes"] == {"tier": "gold", "since": "1840"}


def test_a_dry_run_tells_which_facts_contradict_each_other(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given two records that know another birthday, one of them checked by an agent, and one a postcode
    numbers = phone(), phone()
    ada, other = (with_phone(agent, number) for number in numbers)
    first, second = (a_call(ivr, number)["contact_id"] for number in numbers)
    agent.patch(f"/contacts/{second}/facts", facts(date_of_birth="1955-12-10", verified=True))
    clock.forward(minutes=1)
    ivr.patch(f"/contacts/{first}/facts", facts(date_of_birth="1985-12-10"))
    ivr.patch(f"/contacts/{first}/facts", facts(postcode="LS1 4AP"))
    # When it is asked what merging them does
    body = {"other_customer_id": other, "reason": "same?", "dry_run": True}
    told = agent.post(f"/customers/{ada}/merges", body).json["effects"]["fields"]
    # Then what was verified counts, though it is older and not the surviving record's
    assert {
        one["field"]: (one["kept"], one["dropped"], one["rule"]) for one in told if "facts." in one["field"]
    } == {
        "facts.date_of_birth": ("1955-12-10", ["1985-12-10"], "verified_then_newest"),
        "facts.postcode": ("LS1 4AP", [], "only_value"),
    }
    # and that is what is read afterwards
    merged(agent, ada, other)
    assert agent.get(f"/customers/{ada}/facts").json["facts"]["date_of_birth"]["value"] == "1955-12-10"


def test_a_dry_run_tells_no_fact_that_counts_no_more(agent: Api, ivr: Api, clock: Clock) -> None:
    numbers = phone(), phone()
    ada, other = (with_phone(agent, number) for number in numbers)
    call = a_call(ivr, numbers[0])["contact_id"]
    ivr.patch(f"/contacts/{call}/facts", facts(reason="a bill", date_of_birth="1985-12-10"))
    clock.forward(days=400)
    body = {"other_customer_id": other, "reason": "same?", "dry_run": True}
    told = agent.post(f"/customers/{ada}/merges", body).json["effects"]["fields"]
    assert [one["field"] for one in told if "facts." in one["field"]] == ["facts.date_of_birth"]


def test_consent_that_is_given_after_the_merge_counts_and_is_gone_with_it(agent: Api, clock: Clock) -> None:
    ada, other = a_customer(agent, consent={"marketing": True}), a_customer(agent, consent={"marketing": False})
    merge_id = merged(agent, ada, other)
    clock.forward(minutes=1)
    person = agent.get(f"/customers/{other}")
    changed = agent.patch(
        f"/customers/{other}", {"consent": {"marketing": True}}, **{"If-Match": person.headers["ETag"]}
    )
    assert (changed.status, changed.json["consent"]) == (200, {"marketing": True})
    agent.delete(f"/merges/{merge_id}")
    assert agent.get(f"/customers/{other}").json["consent"] == {"marketing": False}


def test_a_merge_is_made_once(agent: Api) -> None:
    ada, other = a_customer(agent), a_customer(agent)
    merge_id = merged(agent, ada, other)
    for kept, joined in ((ada, other), (other, ada)):
        again = agent.post(f"/customers/{kept}/merges", {"other_customer_id": joined})
        assert (again.status, again.json["merge_id"]) == (200, merge_id)
    undone = [agent.delete(f"/merges/{merge_id}").json for _ in range(2)]
    assert undone[0] == undone[1] == agent.get(f"/merges/{merge_id}").json


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_chains_are_undone_in_any_order(agent: Api, order: tuple[int, ...]) -> None:
    # Given a chain of four: b into a, c into b, d into c
    people = [a_customer(agent, name=f"Person {letter}") for letter in "abcd"]
    chain = [merged(agent, kept, joined) for kept, joined in pairwise(people)]
    assert agent.get(f"/customers/{people[3]}").json["customer_id"] == people[0]
    # When its links are taken away in any order
    left = set(chain)
    for link in order:
        agent.delete(f"/merges/{chain[link]}")
        left.discard(chain[link])
        # Then who is still linked is one person, by the record into which the others were merged
        for number, person in enumerate(people):
            root = number
            while root > 0 and chain[root - 1] in left:
                root -= 1
            assert agent.get(f"/customers/{person}").json["customer_id"] == people[root]


def test_an_etag_never_comes_back(agent: Api) -> None:
    ada, other = a_customer(agent), a_customer(agent)
    seen = [agent.get(f"/customers/{ada}").headers["ETag"]]
    for number in range(3):
        merge_id = merged(agent, ada, other)
        seen.append(agent.get(f"/customers/{ada}").headers["ETag"])
        agent.delete(f"/merges/{merge_id}")
        seen.append(agent.get(f"/customers/{ada}").headers["ETag"])
        # nor when the record goes on by itself
        changed = agent.patch(f"/customers/{ada}", {"name": f"Ada {number}"}, **{"If-Match": seen[-1]})
        seen.append(changed.headers["ETag"])
    assert len(set(seen)) == len(seen)


def test_an_etag_grows_with_the_changes_however_often_records_are_merged_and_parted(agent: Api) -> None:
    # Given a person of several records
    ada, others = a_customer(agent), [a_customer(agent) for _ in range(4)]
    for _ in range(3):
        # When all are merged, and all of it is undone
        for merge_id in [merged(agent, ada, other) for other in others]:
            agent.delete(f"/merges/{merge_id}")
    # Then each merge and undo counted as one change, and the record can be changed by its ETag
    etag = agent.get(f"/customers/{ada}").headers["ETag"]
    assert etag == '"25"'
    assert agent.patch(f"/customers/{ada}", {"name": "Ada"}, **{"If-Match": etag}).status == 200


def test_a_change_of_any_record_is_a_change_of_the_whole(agent: Api) -> None:
    ada, other = a_customer(agent), a_customer(agent)
    merged(agent, ada, other)
    read = agent.get(f"/customers/{ada}").headers["ETag"]
    agent.post(f"/customers/{other}/relations", {"customer_id": a_customer(agent), "relation": "household"})
    assert int(agent.get(f"/customers/{ada}").headers["ETag"].strip('"')) == int(read.strip('"')) + 1
    assert agent.patch(f"/customers/{ada}", {"name": "Ada"}, **{"If-Match": read}).status == 412


def test_nobody_is_merged_with_themselves_or_with_nobody(agent: Api) -> None:
    ada, other, third = a_customer(agent), a_customer(agent), a_customer(agent)
    merged(agent, ada, other)
    merged(agent, other, third)
    # Who names the same record twice is not told of merges
    for wrong, why in (
        (ada, "is this customer"),
        (third, "is this customer already, by other merges"),
        ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "there is no such customer"),
    ):
        reply = agent.post(f"/customers/{ada}/merges", {"other_customer_id": wrong})
        assert (reply.status, reply.json["errors"]) == (422, [{"field": "other_customer_id", "message": why}])
    assert agent.delete("/merges/01ARZ3NDEKTSV4RRFFQ69G5FAV").status == 404


def test_who_was_merged_meanwhile_is_found_merged(agent: Api, deps: Deps) -> None:
    # Given two records, which another merges between the two reads of this
    ada, other = a_customer(agent), a_customer(agent)
    request = MergeCustomers(other_customer_id=other)
    seam = put_under(HeldUp, deps)
    seam.hold_up(1, lambda: merges.merge(deps, AGENT, ada, request))
    # Then it is known that they were, and tried again it is that merge
    with pytest.raises(WriteConflict, match="they were merged while this one read them"):
        merges.merge_once(deps, AGENT, ada, request)
    (edge,) = read_profiles(ada)[0].merges
    found, made = merges.merge(deps, AGENT, ada, request)
    assert (found.merge_id, made) == (edge["merge_id"], False)


def test_at_most_twenty_records_are_one_person(agent: Api) -> None:
    # Given twenty records, merged by twos
    people = [a_customer(agent) for _ in range(20)]
    ada = people[0]
    while len(people) > 1:
        for kept, joined in zip(people[::2], people[1::2], strict=False):
            merged(agent, kept, joined)
        people = people[::2]
    # Then they are one person, whom nobody else can be
    refused = agent.post(f"/customers/{ada}/merges", {"other_customer_id": a_customer(agent)})
    assert (refused.status, refused.json["detail"]) == (409, "at most 20 records can be one customer's")
    assert len(agent.get(f"/customers/{ada}").json["members"]) == 20


def test_a_number_of_both_is_nobody_elses(agent: Api, ivr: Api) -> None:
    # Given a number that two customers share
    number = phone()
    ada, other = with_phone(agent, number), with_phone(agent, number)
    assert a_call(ivr, number)["match"]["result"] == "many"
    # When they turn out to be one
    merged(agent, ada, other)
    # Then the number is that one's
    answer = a_call(ivr, number)
    assert (answer["match"]["result"], answer["customer_id"]) == ("one", ada)


def test_a_case_of_one_is_closed_on_a_contact_of_the_other(agent: Api, ivr: Api) -> None:
    number = phone()
    ada, other = a_customer(agent), with_phone(agent, number)
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "Late parcel"}).json["case_id"]
    merge_id = merged(agent, ada, other)
    call = a_call(ivr, number)
    assert agent.post(f"/contacts/{call['contact_id']}/end", {"resolved": True, "case_id": case_id}).status == 200
    assert agent.get(f"/customers/{other}").json["customer_id"] == ada
    assert a_call(ivr, number)["open_cases"] == []
    # and after the undo the case is still its own customer's
    agent.delete(f"/merges/{merge_id}")
    assert [case["status"] for case in agent.get(f"/customers/{ada}/cases").json["items"]] == ["resolved"]
    assert agent.get(f"/customers/{other}/cases").json["items"] == []


def test_a_merge_tells_who_made_it_when_and_what_it_does(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given two records with a number each, one with an open case and the other on the phone
    home, mobile = phone(), phone()
    ada, other = with_phone(agent, home), with_phone(agent, mobile)
    agent.post(f"/customers/{ada}/cases", {"subject": "Late parcel"})
    a_call(ivr, mobile)
    # When they are merged, and that is undone a minute later
    merge_id = merged(agent, ada, other)
    made = agent.get(f"/merges/{merge_id}").json
    clock.forward(minutes=1)
    undone = agent.delete(f"/merges/{merge_id}").json
    # Then the merge tells all of it
    effects = made.pop("effects")
    assert [one["value"] for one in effects.pop("identifiers")] == [home, mobile]
    assert effects.pop("fields") == [
        {"field": "name", "kept": "Ada Lovelace", "dropped": [], "rule": "surviving_record"}
    ]
    assert effects == {"customer_id": ada, "members": [ada, other], "open_cases": 1, "live_contacts": 1}
    by = {"role": "agent", "subject": "agent-1"}
    assert made == {
        "merge_id": merge_id,
        "customer_id": ada,
        "other_customer_id": other,
        "reason": "the same person",
        "merged_at": "2026-11-22T09:00:00Z",
        "merged_by": by,
        "undone_at": None,
        "undone_by": None,
    }
    undone.pop("effects")
    assert undone == made | {"undone_at": "2026-11-22T09:01:00Z", "undone_by": by}


def test_the_ledger_of_both_explains(agent: Api, clock: Clock) -> None:
    ada, other = a_customer(agent), a_customer(agent)
    merge_id = merged(agent, ada, other)
    clock.forward(minutes=1)
    agent.delete(f"/merges/{merge_id}")
    for one, another in ((ada, other), (other, ada)):
        decisions = agent.get(f"/customers/{one}/decisions").json["items"]
        assert [entry["decided"] for entry in decisions] == ["unmerged", "merged"]
        assert {entry["other_customer_id"] for entry in decisions} == {another}
        assert {entry["reason"] for entry in decisions} == {"the same person"}
        assert [entry["merge_id"] for entry in decisions] == [merge_id, merge_id]
        assert [entry["decided_by"] for entry in decisions] == [{"role": "agent", "subject": "agent-1"}] * 2


def test_a_long_timeline_of_several_is_one_in_order(agent: Api, ivr: Api) -> None:
    # Given three records whose entries alternate
    people = [with_phone(agent, phone()) for _ in range(3)]
    for minute in range(24):
        at = f"2026-11-22T08:{minute:02d}:00Z"
        channel = "chat" if minute % 5 == 0 else "sms"
        who = people[minute * minute % 3]
        ivr.post(
            "/interactions", an_interaction(customer_id=who, occurred_at=at, body=str(minute), channel=channel)
        )
    merged(agent, people[0], people[1])
    merged(agent, people[2], people[0])
    # When it is read page by page, whole and filtered
    for query, expected in (("", range(23, -1, -1)), ("channel=chat&", (20, 15, 10, 5, 0))):
        found, cursor = [], ""
        while True:
            page = agent.get(f"/customers/{people[1]}/timeline?{query}limit=5{cursor}").json
            found += [int(entry["body"]) for entry in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        # Then every entry is there once, newest first
        assert found == list(expected)


def test_what_it_costs(agent: Api, ivr: Api, spy: Spy) -> None:
    number = phone()
    ada, other = a_customer(agent), with_phone(agent, number)
    spy.reset()
    merge_id = merged(agent, ada, other)
    assert spy.operations == ["GetItem", "GetItem", "BatchGetItem", "TransactWriteItems"]
    spy.reset()
    call = a_call(ivr, number)
    assert spy.operations == ["Query", "Query", "Query", "TransactWriteItems"]
    spy.reset()
    agent.get(f"/contacts/{call['contact_id']}/screen-pop")
    assert spy.operations == ["Query"] * 3
    assert all(asked["ConsistentRead"] for _, asked in spy.reads)
    spy.reset()
    agent.delete(f"/merges/{merge_id}")
    assert spy.operations == ["GetItem", "GetItem", "BatchGetItem", "TransactWriteItems"]


def test_visitors_and_the_social_team_merge_nobody(agent: Api) -> None:
    ada, other = a_customer(agent), a_customer(agent)
    for role in ("social", "marketing", "ivr"):
        assert agent.as_(role).post(f"/customers/{ada}/merges", {"other_customer_id": other}).status == 403
