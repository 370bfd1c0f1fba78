"""Two at once on one person: whatever one does between two calls of the other, it is as if one was first.

Each call to DynamoDB of the one is held up while all of the other happens. What is in the table then is
what it would be had one of them been over before the other began, and each was answered accordingly.
"""

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import pytest

from tests.faults.line import Fault, Sent
from tests.faults.record import Content
from tests.faults.scenarios import ADA, STRANGER, a_call, a_customer, merged, must, said, send
from tests.faults.scenarios_journeys import FAILED, GAVE_UP, tell
from tests.faults.scenarios_transfer import FOLLOW_UP
from tests.faults.world import Outcome, World
from tests.settings import SETTINGS

People = dict[str, str]
Operation = Callable[[World, People], Outcome]

A_MESSAGE = {
    "channel": "sms",
    "from": {"type": "phone", "value": STRANGER},
    "occurred_at": "2026-11-20T08:00:00Z",
    "source": "test",
    "source_event_id": "event-1",
    "kind": "message",
}
RESOLVED_BY_ME = {"owner": "me", "status": "resolved"}
ABOUT_IT = {"body": "The lamp is broken, the shade has a crack", "occurred_at": "2026-11-22T09:30:00Z"}
ABOUT_WHOSE: dict[str, Operation] = {
    "merge": lambda world, who: _merge(world, who["ada"], who["third"]),
    "merge the other way": lambda world, who: _merge(world, who["third"], who["ada"]),
    "merge by the other member": lambda world, who: _merge(world, who["third"], who["other"]),
    "undo": lambda world, who: send(world, "agent", "DELETE", f"/merges/{who['merge_id']}"),
    "attribute": lambda world, who: _attribute(world, who, customer_id=who["third"]),
    "attribute to somebody new": lambda world, who: _attribute(world, who, new=True),
    "attribute to nobody": lambda world, who: _attribute(world, who, not_customer_id=who["other"]),
}
"""What says who is who."""
ANY: dict[str, Operation] = ABOUT_WHOSE | {
    "a call begins": lambda world, _who: send(world, "ivr", "POST", "/contacts", a_call(STRANGER, "call-2")),
    "facts are saved": lambda world, who: _on_the_call(world, who, "PATCH", "facts", said(reason="a bill")),
    "an account is keyed in": lambda world, who: _on_the_call(
        world, who, "PATCH", "facts", said(account_number="B2")
    ),
    "the call is handed on": lambda world, who: _on_the_call(
        world, who, "POST", "transfer", {"to_team": "billing", "reason": "Charged twice"}
    ),
    "the call ends": lambda world, who: _on_the_call(world, who, "POST", "end", {"summary": "Told the day"}),
    "a message comes": lambda world, _who: send(world, "ivr", "POST", "/interactions", A_MESSAGE),
    "a case is opened": lambda world, who: send(
        world, "agent", "POST", f"/customers/{who['other']}/cases", {"subject": "Late parcel"}
    ),
    "an identifier is added": lambda world, who: send(
        world, "agent", "POST", f"/customers/{who['other']}/identifiers", {"type": "email", "value": "a@b.example"}
    ),
    "a code is redeemed": lambda world, who: send(
        world, "ivr", "POST", f"/continuations/{who['token']}/redeem", {"contact_id": who["contact_id"]}
    ),
    "they are related": lambda world, who: send(
        world,
        "agent",
        "POST",
        f"/customers/{who['other']}/relations",
        {"customer_id": who["third"], "relation": "household"},
    ),
}
ABOUT_A_CASE: dict[str, Operation] = {
    "a case is changed": lambda world, who: send(
        world,
        "agent",
        "PATCH",
        f"/cases/{who['case_id']}",
        RESOLVED_BY_ME,
        **{"If-Match": '"1"'},
    ),
    "cases are joined": lambda world, who: send(
        world, "agent", "POST", f"/cases/{who['case_id']}/join", {"other_case_id": who["other_case_id"]}
    ),
    "the call resolves a case": lambda world, who: _on_the_call(
        world, who, "POST", "end", {"resolved": True, "case_id": who["case_id"]}
    ),
    "a message finds its case": lambda world, _who: send(
        world, "ivr", "POST", "/interactions", A_MESSAGE | ABOUT_IT
    ),
}
ANY |= ABOUT_A_CASE
AFTERWARDS: dict[str, Operation] = {
    "a follow-up is done": lambda world, who: send(
        world, "agent", "POST", f"/follow-ups/{who['follow_up_id']}/done", {}
    ),
    "feedback is given": lambda world, who: send(
        world, "ivr", "POST", f"/contacts/{who['over']}/feedback", {"score": 5, "words": "Kind"}
    ),
}
"""What comes after a contact."""
MOVED: dict[str, Operation] = {
    "attribute what is over": lambda world, who: _attribute(world, who | {"contact_id": who["over"]}, new=True)
}
ANY |= (
    AFTERWARDS
    | MOVED
    | {
        "the call ends with more to do": lambda world, who: _on_the_call(
            world, who, "POST", "end", {"follow_ups": [FOLLOW_UP], "ask_feedback": True}
        ),
        "a browser tells": lambda world, _who: tell(world, FAILED, GAVE_UP),
    }
)
MAIN = ("merge", "undo", "attribute")
PAIRS = [
    *product(MAIN, ANY),
    *product((name for name in ANY if name not in ABOUT_WHOSE), MAIN),
    *product(ABOUT_A_CASE, ABOUT_A_CASE),
    *product(MOVED, AFTERWARDS),
    *product(AFTERWARDS, MOVED),
    ("a code is redeemed", "a browser tells"),
    ("a browser tells", "a code is redeemed"),
    ("the call ends", "a call begins"),  # from the same number: it rings back
    ("a call begins", "the call ends"),
]
LESS_SURE = {"merge", "an account is keyed in"}
"""Whose account is keyed in may be weighed as before the merge: less sure then, never of somebody else."""


def _merge(world: World, kept: str, joined: str) -> Outcome:
    body = {"other_customer_id": joined, "reason": "the same person"}
    return send(world, "agent", "POST", f"/customers/{kept}/merges", body)


def _attribute(world: World, who: People, **to: Any) -> Outcome:
    return _on_the_call(world, who, "POST", "attribution", {"reason": "a neighbour"} | to)


def _on_the_call(world: World, who: People, method: str, what: str, body: Any) -> Outcome:
    return send(world, "agent", method, f"/contacts/{who['contact_id']}/{what}", body)


@pytest.fixture(scope="module")
def people(world: World) -> People:
    """A person of two records, who is on the phone from the number of the second, and a third record."""
    who = merged(world) | {"third": a_customer(world, "Bob", ("account", "B2"), ("phone", "+447700900778"))}
    call = must(send(world, "ivr", "POST", "/contacts", a_call(STRANGER)))
    must(send(world, "ivr", "POST", "/contacts", a_call(ADA, "call-of-ada")))
    visit = must(send(world, "visitor", "POST", "/contacts", {**a_call(None, "visit-1"), "channel": "portal"}))
    issued = must(send(world, "visitor", "POST", f"/contacts/{visit['contact_id']}/continuation"))
    token = issued["link"].removeprefix(SETTINGS.link_prefix)
    cases = [
        must(send(world, "agent", "POST", f"/customers/{who['other']}/cases", {"subject": subject}))["case_id"]
        for subject in ("Lamp broken, shade cracked", "Late sofa")
    ]
    in_cases = {"case_id": cases[0], "other_case_id": cases[1]}
    return who | in_cases | _over(world) | {"contact_id": call["contact_id"], "token": token}


def _over(world: World) -> People:
    """A call of the second record that is over, after which there is something to do."""
    over = must(send(world, "ivr", "POST", "/contacts", a_call(STRANGER, "call-over")))["contact_id"]
    must(send(world, "agent", "POST", f"/contacts/{over}/end", {"follow_ups": [FOLLOW_UP], "ask_feedback": True}))
    (one,) = must(send(world, "agent", "GET", "/follow-ups?team=delivery&due_until=2026-12-01T00:00:00Z"))["items"]
    return {"over": over, "follow_up_id": one["follow_up_id"]}


@pytest.fixture(scope="module")
def as_it_was(world: World, people: People) -> Callable[[], None]:
    assert people
    return world.now_and_then()


InTurn = Callable[[str, str], tuple[dict[str, bool], Content]]


@pytest.fixture(scope="module")
def in_turn(world: World, people: People, as_it_was: Callable[[], None]) -> InTurn:
    """How it ends where one is over before the other begins: whether each is done, and what is in the table."""

    @cache
    def ending(first: str, second: str) -> tuple[dict[str, bool], Content]:
        as_it_was()
        world.line.reset()
        done = {name: ANY[name](world, people).done for name in (first, second)}
        return done, content(world, first, second)

    return ending


def content(world: World, *pair: str) -> Content:
    """The table, without what may be a moment old where two meet."""
    record = world.record()
    for item in record:
        effects = item.get("effects", {})
        effects.pop("live_contacts", None)  # counters and facts move without the version of their record
        if "fields" in effects:
            effects["fields"] = [one for one in effects["fields"] if not one["field"].startswith("facts.")]
        if item["kind"] == "contact" and set(pair) == LESS_SURE:
            del item["match"], item["assurance"]
    return record


@pytest.mark.parametrize("pair", PAIRS, ids=[" while ".join(pair) for pair in PAIRS])
def test_two_at_once_are_one_after_the_other(
    world: World, people: People, as_it_was: Callable[[], None], in_turn: InTurn, pair: tuple[str, str]
) -> None:
    one, another = pair
    ends = [in_turn(one, another), in_turn(another, one)]
    # Given the calls that one makes
    as_it_was()
    world.line.reset()
    ANY[one](world, people)
    for number, operation in enumerate(world.line.calls):
        # When it is held up at one of them, and all of the other happens meanwhile
        meanwhile: list[Outcome] = []

        def held_up(sent: Sent, meanwhile: list[Outcome] = meanwhile) -> dict[str, Any]:
            meanwhile.append(ANY[another](world, people))
            return sent.go()

        as_it_was()
        world.line.reset(Fault("held up", held_up), number)
        first = ANY[one](world, people)
        # Then it ended as if one had been first
        done = {one: first.done, another: meanwhile[0].done}
        where = f"held up at call {number} ({operation}): {first.answer}, {meanwhile[0].answer}"
        assert not first.again, where
        assert (done, content(world, one, another)) in ends, where
