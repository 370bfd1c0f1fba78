"""What customers are to each other: on both records, on the screen, and never a reason to take one for another."""

from collections.abc import Callable
from typing import Any, get_args

import pytest

from chalicelib.models.requests.customers import RelateCustomers
from chalicelib.models.requests.kinds import Relation
from chalicelib.rules.relations import OPPOSITES
from chalicelib.services.deps import Deps
from chalicelib.services.identity import relations
from tests.conftest import Api, Clock, Spy, put_under
from tests.factories import a_contact, facts, phone
from tests.unit.test_races import IVR, OneAtATime, at_once

UNKNOWN = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
LATER = "2026-12-01T00:00:00Z"
NONE = "the customer has no such relation"


def a_customer(agent: Api, name: str = "Ada", **given: Any) -> str:
    return str(agent.post("/customers", {"name": name} | given).json["customer_id"])


def two(agent: Api) -> tuple[str, str]:
    return a_customer(agent, "Ada"), a_customer(agent, "Bob")


def relate(agent: Api, one: str, other: str, relation: str = "household", **more: Any) -> Any:
    return agent.post(f"/customers/{one}/relations", {"customer_id": other, "relation": relation} | more)


def related(agent: Api, customer_id: str) -> list[tuple[str, str]]:
    listed = agent.get(f"/customers/{customer_id}/relations").json["items"]
    assert listed == agent.get(f"/customers/{customer_id}").json["relations"]
    return [(one["relation"], one["customer_id"]) for one in listed]


def merged(agent: Api, kept: str, joined: str) -> str:
    made = agent.post(f"/customers/{kept}/merges", {"other_customer_id": joined})
    assert made.status == 201
    return str(made.json["merge_id"])


def decided(agent: Api, customer_id: str) -> list[str]:
    entries = agent.get(f"/customers/{customer_id}/decisions").json["items"]
    return [entry["decided"] for entry in entries if entry["relation"]]


def test_what_can_be_said_is_what_has_an_opposite() -> None:
    assert get_args(Relation) == tuple(OPPOSITES)


@pytest.mark.parametrize("relation", OPPOSITES)
def test_both_sides_tell_it(agent: Api, relation: str) -> None:
    ada, bob = two(agent)
    made = relate(agent, ada, bob, relation)
    assert (made.status, made.headers["Location"]) == (201, f"/v1/customers/{ada}/relations")
    assert related(agent, ada) == [(relation, bob)]
    assert related(agent, bob) == [(OPPOSITES[relation], ada)]
    # and said from the other side it is the same relation
    assert relate(agent, bob, ada, OPPOSITES[relation]).status == 200
    assert (len(related(agent, ada)), len(related(agent, bob))) == (1, 1)


def test_the_agent_sees_whom_a_caller_speaks_for_and_what_may_be_told(agent: Api, ivr: Api, spy: Spy) -> None:
    # Given a daughter who speaks for her father
    number = phone()
    daughter = a_customer(agent, "Ada", identifiers=[{"type": "phone", "value": number}])
    father = a_customer(agent, "George")
    relate(
        agent,
        daughter,
        father,
        "speaks_for",
        may_be_told=["cases", "billing", "cases"],
        until=LATER,
        note="Letter",
    )
    # When she rings
    call = ivr.post("/contacts", a_contact(number)).json
    spy.reset()
    pop = agent.get(f"/contacts/{call['contact_id']}/screen-pop").json
    # Then the agent sees it, at no request more
    assert pop["customer"]["relations"] == [
        {
            "customer_id": father,
            "name": "George",
            "relation": "speaks_for",
            "may_be_told": ["billing", "cases"],
            "until": LATER,
            "note": "Letter",
            "since": "2026-11-22T09:00:00Z",
            "by": {"role": "agent", "subject": "agent-1"},
        }
    ]
    assert spy.operations == ["Query"] * 2
    # and on the father's record, who may be told what of him
    (told,) = agent.get(f"/customers/{father}").json["relations"]
    assert (told["relation"], told["name"], told["may_be_told"]) == ("spoken_for_by", "Ada", ["billing", "cases"])


def test_a_relation_never_says_who_is_calling(agent: Api, ivr: Api) -> None:
    number = phone()
    daughter = a_customer(agent, "Ada", identifiers=[{"type": "phone", "value": number}])
    father = a_customer(agent, "George")
    before = ivr.post("/contacts", a_contact(number)).json
    relate(agent, daughter, father, "speaks_for", may_be_told=["everything"])
    after = ivr.post("/contacts", a_contact(number)).json
    for told in ("match", "customer_id", "assurance", "candidates"):
        assert after[told] == before[told]
    assert ivr.post("/contacts", a_contact(phone())).json["customer_id"] not in {daughter, father}


def test_the_other_goes_by_the_name_they_gave(agent: Api) -> None:
    ada = a_customer(agent)
    said = agent.post("/customers", facts(source="agent", name="B" * 100)).json["customer_id"]
    nameless = agent.post("/customers", facts(source="agent", reason="a bill")).json["customer_id"]
    assert relate(agent, ada, said).json["name"] == "B" * 64
    assert relate(agent, ada, nameless).json["name"] is None
    # and so does this side, on the other's record
    assert relate(agent, nameless, said).json["name"] == "B" * 64
    names = {one["customer_id"]: one["name"] for one in agent.get(f"/customers/{said}/relations").json["items"]}
    assert names == {ada: "Ada", nameless: None}


def test_the_same_again_writes_nothing_and_other_details_change_it(agent: Api, clock: Clock, spy: Spy) -> None:
    ada, bob = two(agent)
    first = relate(agent, ada, bob, "speaks_for", may_be_told=["cases"])
    clock.forward(minutes=1)
    spy.reset()
    again = relate(agent, ada, bob, "speaks_for", may_be_told=["cases"])
    assert (again.status, again.json) == (200, first.json)
    assert spy.operations == ["Query", "Query"]
    # not even where somebody else says it
    spy.reset()
    assert relate(agent.as_("support"), ada, bob, "speaks_for", may_be_told=["cases"]).json == first.json
    assert spy.operations == ["Query", "Query"]
    # When it is said otherwise, by somebody else
    changed = relate(agent.as_("support"), ada, bob, "speaks_for", may_be_told=["orders"], until=LATER)
    # Then it is that, since when it was
    assert changed.status == 200
    assert changed.json == first.json | {
        "may_be_told": ["orders"],
        "until": LATER,
        "by": {"role": "support", "subject": "support-1"},
    }
    (mirrored,) = agent.get(f"/customers/{bob}/relations").json["items"]
    assert (mirrored["may_be_told"], mirrored["until"]) == (["orders"], LATER)


def test_the_copied_name_is_made_anew_where_the_same_is_said_again(agent: Api) -> None:
    ada, bob = two(agent)
    relate(agent, ada, bob)
    etag = agent.get(f"/customers/{bob}").headers["ETag"]
    agent.patch(f"/customers/{bob}", {"name": "Robert"}, **{"If-Match": etag})
    assert agent.get(f"/customers/{ada}/relations").json["items"][0]["name"] == "Bob"
    assert relate(agent, ada, bob).json["name"] == "Robert"


def test_two_may_have_several_relations_which_end_one_by_one_or_all(agent: Api) -> None:
    ada, bob = two(agent)
    for relation in ("household", "speaks_for", "spoken_for_by"):
        relate(agent, ada, bob, relation)
    left = agent.delete(f"/customers/{ada}/relations/{bob}?relation=speaks_for")
    assert (left.status, [one["relation"] for one in left.json["items"]]) == (200, ["household", "spoken_for_by"])
    assert related(agent, bob) == [("household", ada), ("speaks_for", ada)]
    assert agent.delete(f"/customers/{bob}/relations/{ada}").json["items"] == []
    assert related(agent, ada) == related(agent, bob) == []


def test_what_is_not_there_cannot_be_ended(agent: Api) -> None:
    ada, bob = two(agent)
    for other, why in ((bob, NONE), (ada, NONE), (UNKNOWN, "no such customer")):
        reply = agent.delete(f"/customers/{ada}/relations/{other}")
        assert (reply.status, reply.json["detail"]) == (404, why)
    relate(agent, ada, bob)
    assert agent.delete(f"/customers/{ada}/relations/{bob}?relation=member_of").status == 404
    assert agent.delete(f"/customers/{ada}/relations/{bob}?relation=friend").status == 422
    assert related(agent, ada) == [("household", bob)]


def test_it_ends_by_itself(agent: Api, clock: Clock) -> None:
    ada, bob = two(agent)
    relate(agent, ada, bob, "speaks_for", until="2026-11-22T10:00:00Z")
    clock.forward(minutes=59)
    assert related(agent, bob) == [("spoken_for_by", ada)]
    clock.forward(minutes=1)
    assert related(agent, ada) == related(agent, bob) == []
    assert agent.delete(f"/customers/{ada}/relations/{bob}").status == 404
    # and can begin anew
    assert relate(agent, ada, bob, "speaks_for").status == 201
    assert related(agent, ada) == [("speaks_for", bob)]


def test_at_most_twenty_and_what_has_expired_makes_room(agent: Api, clock: Clock) -> None:
    # Given somebody with twenty relations, of which one ends soon
    ada = a_customer(agent)
    relate(agent, ada, a_customer(agent), until="2026-11-22T10:00:00Z")
    for _ in range(19):
        relate(agent, ada, a_customer(agent))
    # Then there is no room for one more, from either side
    bob = a_customer(agent, "Bob")
    for reply in (relate(agent, ada, bob), relate(agent, bob, ada)):
        full = f"customer {ada} has 20 relations, and cannot have more"
        assert (reply.status, reply.json["code"], reply.json["detail"]) == (409, "conflict", full)
    assert (related(agent, bob), len(related(agent, ada))) == ([], 20)
    # until that one has ended
    clock.forward(hours=2)
    assert relate(agent, ada, bob).status == 201
    assert len(related(agent, ada)) == 20


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"customer_id": None}, "customer_id"),
        ({"customer_id": "C#1"}, "customer_id"),
        ({"customer_id": UNKNOWN}, "customer_id"),
        ({"relation": "friend"}, "relation"),
        ({"relation": None}, "relation"),
        ({"may_be_told": "cases"}, "may_be_told"),
        ({"may_be_told": [f"topic_{number}" for number in range(11)]}, "may_be_told"),
        ({"may_be_told": ["Every Thing"]}, "may_be_told.0"),
        ({"may_be_told": [1]}, "may_be_told.0"),
        ({"relation": "household", "may_be_told": ["cases"]}, "may_be_told"),
        ({"relation": "member_of", "may_be_told": ["cases"]}, "may_be_told"),
        ({"until": "2026-11-22T09:00:00Z"}, "until"),
        ({"until": "tomorrow"}, "until"),
        ({"until": "2027-01-01T00:00:00"}, "until"),
        ({"until": "9999-12-31T23:59:59-12:00"}, "until"),
        ({"until": "0001-01-01T00:00:00+12:00"}, "until"),
        ({"note": "\x07"}, "note"),
        ({"note": " "}, "note"),
        ({"note": "x" * 201}, "note"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_the_field_that_is_wrong_is_named_and_nothing_is_kept(
    agent: Api, changed: dict[str, Any], field: str
) -> None:
    ada, bob = two(agent)
    body = {"customer_id": bob, "relation": "speaks_for", "may_be_told": ["cases"]} | changed
    reply = agent.post(f"/customers/{ada}/relations", body)
    assert (reply.status, {one["field"] for one in reply.json["errors"]}) == (422, {field})
    assert related(agent, ada) == related(agent, bob) == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"relation": "household"}, "is only for speaks_for and spoken_for_by"),
        ({"until": "2026-11-22T09:00:00Z"}, "must be in the future"),
        ({"customer_id": UNKNOWN}, "there is no such customer"),
    ],
)
def test_what_is_wrong_is_said(agent: Api, changed: dict[str, Any], why: str) -> None:
    ada, bob = two(agent)
    body = {"customer_id": bob, "relation": "speaks_for", "may_be_told": ["cases"]} | changed
    (error,) = agent.post(f"/customers/{ada}/relations", body).json["errors"]
    assert error["message"] == why


def test_nobody_is_related_to_themselves_by_any_of_their_records(agent: Api) -> None:
    ada, other = two(agent)
    itself = [{"field": "customer_id", "message": "is this customer"}]
    assert relate(agent, ada, ada).json["errors"] == itself
    merged(agent, ada, other)
    for one, another in ((ada, other), (other, ada), (other, other)):
        reply = relate(agent, one, another)
        assert (reply.status, reply.json["errors"]) == (422, itself)
    assert relate(agent, UNKNOWN, ada).status == 404


def test_relations_of_all_records_of_a_person_are_shown_once_each(agent: Api) -> None:
    # Given two records that are in one household with Bob, one of which speaks for him and one for Eve
    ada, other, bob, eve = (a_customer(agent, name) for name in ("Ada", "Ada King", "Bob", "Eve"))
    for one in (other, ada):
        relate(agent, one, bob)
    relate(agent, ada, bob, "speaks_for", may_be_told=["cases"])
    relate(agent, other, bob, "speaks_for", may_be_told=["everything"])
    relate(agent, other, eve, "speaks_for", may_be_told=["orders"])
    # When they turn out to be one person's
    merge_id = merged(agent, ada, other)
    # Then each is shown once, and nobody may be told more by that
    expected = [("household", bob), ("speaks_for", bob), ("speaks_for", eve)]
    assert related(agent, ada) == related(agent, other) == expected
    listed = agent.get(f"/customers/{other}/relations").json["items"]
    assert [one["may_be_told"] for one in listed] == [[], ["cases"], ["orders"]]
    # and undone, each has its own
    agent.delete(f"/merges/{merge_id}")
    assert related(agent, ada) == [("household", bob), ("speaks_for", bob)]
    assert related(agent, other) == expected


def test_a_relation_between_two_records_of_one_person_is_not_shown_while_they_are_merged(agent: Api) -> None:
    ada, other = two(agent)
    relate(agent, ada, other, "speaks_for")
    merge_id = merged(agent, ada, other)
    assert related(agent, ada) == related(agent, other) == []
    assert agent.delete(f"/customers/{ada}/relations/{other}").status == 404
    agent.delete(f"/merges/{merge_id}")
    assert related(agent, ada) == [("speaks_for", other)]
    assert related(agent, other) == [("spoken_for_by", ada)]


def test_of_a_merged_customer_it_is_changed_where_it_is_and_ended_everywhere(agent: Api) -> None:
    # Given Ada on two records, of which the second is in a household with the second of Bob's
    ada, other, bob, rob = (a_customer(agent, name) for name in ("Ada", "Ada King", "Bob", "Rob"))
    relate(agent, other, rob)
    own, theirs = merged(agent, ada, other), merged(agent, bob, rob)
    # When it is said of their surviving records, with a note
    changed = relate(agent, ada, bob, note="Moved in")
    # Then it is the same relation, and says so after both merges are undone
    assert (changed.status, changed.json["customer_id"], changed.json["name"]) == (200, rob, "Bob")
    for merge_id in (own, theirs):
        agent.delete(f"/merges/{merge_id}")
    assert (related(agent, ada), related(agent, bob)) == ([], [])
    assert agent.get(f"/customers/{rob}/relations").json["items"][0]["note"] == "Moved in"
    # When both of Ada's records have it, and it is ended
    relate(agent, ada, rob)
    again = merged(agent, ada, other)
    assert agent.delete(f"/customers/{ada}/relations/{rob}").json["items"] == []
    # Then it is gone from each of them, and from the other side
    agent.delete(f"/merges/{again}")
    assert related(agent, ada) == related(agent, other) == related(agent, rob) == []


def test_it_is_ended_by_any_id_of_the_other(agent: Api) -> None:
    # Given Ada in a household with each of two records, which are Bob's
    ada, bob, rob = (a_customer(agent, name) for name in ("Ada", "Bob", "Rob"))
    relate(agent, ada, rob)
    relate(agent, ada, bob, "speaks_for")
    merge_id = merged(agent, bob, rob)
    # When it is ended by the id by which Bob goes
    assert (
        agent.delete(f"/customers/{ada}/relations/{bob}?relation=household").json["items"][0]["customer_id"] == bob
    )
    assert agent.delete(f"/customers/{ada}/relations/{rob}").json["items"] == []
    # Then it is gone from all of them, and there is nothing more to end
    assert agent.delete(f"/customers/{ada}/relations/{bob}").status == 404
    agent.delete(f"/merges/{merge_id}")
    assert related(agent, ada) == related(agent, bob) == related(agent, rob) == []


def test_the_ledger_of_both_explains(agent: Api, clock: Clock) -> None:
    ada, bob = two(agent)
    steps: list[Callable[[], Any]] = [
        lambda: relate(agent, ada, bob, "speaks_for", may_be_told=["cases"], note="Letter"),
        lambda: relate(agent, ada, bob, "speaks_for", may_be_told=["cases"], until=LATER, note="Letter"),
        lambda: agent.delete(f"/customers/{bob}/relations/{ada}"),
    ]
    for step in steps:
        assert step().status in {200, 201}
        clock.forward(minutes=1)
    for one, another, relation in ((ada, bob, "speaks_for"), (bob, ada, "spoken_for_by")):
        entries = agent.get(f"/customers/{one}/decisions").json["items"]
        assert [entry["decided"] for entry in entries] == ["unrelated", "relation_changed", "related"]
        assert {entry["other_customer_id"] for entry in entries} == {another}
        assert {entry["reason"] for entry in entries} == {"Letter"}
        assert [entry["relation"]["until"] for entry in entries] == ["2026-12-01T00:00:00.000000Z"] * 2 + [None]
        assert {entry["relation"]["relation"] for entry in entries} == {relation}
        assert entries[0]["relation"].keys() == {"relation", "may_be_told", "until"}
        assert entries[0]["relation"]["may_be_told"] == ["cases"]
        assert {entry["decided_by"]["subject"] for entry in entries} == {"agent-1"}
    # and of what was said again, nothing
    relate(agent, ada, bob)
    relate(agent, ada, bob)
    assert decided(agent, ada).count("related") == 2


def test_it_is_a_change_of_both_records(agent: Api, clock: Clock) -> None:
    ada, bob = two(agent)
    for change in (
        lambda: relate(agent, ada, bob),
        lambda: relate(agent, ada, bob, note="Moved in"),
        lambda: agent.delete(f"/customers/{ada}/relations/{bob}"),
    ):
        clock.forward(minutes=1)
        change()
        now = clock.at.isoformat().replace("+00:00", "Z")
        assert [agent.get(f"/customers/{one}").json["updated_at"] for one in (ada, bob)] == [now, now]


def test_only_desks_see_it_and_the_social_team_only_reads(agent: Api, ivr: Api) -> None:
    ada, bob = two(agent)
    relate(agent, ada, bob, "speaks_for", may_be_told=["cases"], note="my secret")
    own = f"/customers/{ada}"
    for role in ("ivr", "portal", "marketing", "visitor"):
        assert ivr.as_(role).get(f"{own}/relations").status == 403
        assert relate(ivr.as_(role), ada, bob).status == 403
        assert "my secret" not in str(ivr.as_(role).get(own).json)
    portal = ivr.as_("portal")
    listed = [{"type": "account", "value": "A1"}]
    signed_in = agent.post("/customers", {"name": "Eve", "identifiers": listed}).json["customer_id"]
    relate(agent, signed_in, bob)
    portal.post("/contacts", a_contact(None, channel="portal", **{"from": listed[0]}))
    assert "relations" not in portal.get(f"/customers/{signed_in}").json
    for role in ("agent", "support", "admin", "social"):
        assert len(ivr.as_(role).get(f"{own}/relations").json["items"]) == 1
    assert relate(ivr.as_("social"), ada, bob).status == 403
    assert ivr.as_("social").delete(f"{own}/relations/{bob}").status == 403
    # and marketing's screen pop has none either
    call = ivr.post("/contacts", a_contact()).json
    relate(agent, call["customer_id"], bob)
    path = f"/contacts/{call['contact_id']}/screen-pop"
    assert "relations" not in ivr.as_("marketing").get(path).json["customer"]


def test_a_change_of_the_customer_does_not_undo_it(agent: Api, ivr: Api) -> None:
    number = phone()
    ada, bob = a_customer(agent, identifiers=[{"type": "phone", "value": number}]), a_customer(agent, "Bob")
    read = agent.get(f"/customers/{ada}")
    relate(agent, ada, bob)
    # A change on the version before is refused, and another one leaves it there
    assert agent.patch(f"/customers/{ada}", {"name": "A"}, **{"If-Match": read.headers["ETag"]}).status == 412
    etag = agent.get(f"/customers/{ada}").headers["ETag"]
    assert agent.patch(f"/customers/{ada}", {"name": "A"}, **{"If-Match": etag}).status == 200
    agent.post(f"/customers/{ada}/identifiers", {"type": "email", "value": "ada@example.com"})
    ivr.post("/contacts", a_contact(number))
    assert related(agent, ada) == [("household", bob)]


def test_many_at_once_lose_none_and_both_sides_agree(agent: Api, deps: Deps) -> None:
    put_under(OneAtATime, deps)
    hub, *others = (a_customer(agent, f"Person {number}") for number in range(9))
    requests = [RelateCustomers(customer_id=other, relation="has_member") for other in others]
    made = at_once(16, lambda number: relations.relate(deps, IVR, hub, requests[number % 8]))
    assert sum(new for _, new in made) == 8
    assert sorted(other for _, other in related(agent, hub)) == sorted(others)
    assert all(related(agent, other) == [("member_of", hub)] for other in others)


def test_what_it_costs(agent: Api, spy: Spy) -> None:
    ada, bob = two(agent)
    spy.reset()
    relate(agent, ada, bob)
    assert spy.operations == ["Query", "Query", "TransactWriteItems"]
    spy.reset()
    related(agent, ada)
    assert spy.operations == ["Query", "Query"]
    spy.reset()
    agent.delete(f"/customers/{ada}/relations/{bob}")
    assert spy.operations == ["Query", "GetItem", "TransactWriteItems"]
