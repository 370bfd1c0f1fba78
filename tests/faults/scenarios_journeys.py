"""Browsers and apps tell what people do by themselves."""

from typing import Any

from tests.faults.scenarios import nothing, scenario, send
from tests.faults.world import Outcome, World

PATH = "/journeys/events"


def a_batch(*events: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "key": "pk_test",
        "channel": "portal",
        "screen": {"id": "tab-1", "device": "phone"},
        "consent": {"journeys": True},
        "sent_at": "2026-11-22T09:00:00Z",
        "events": list(events),
    } | changed


def an_event(id_: str, type_: str, minute: int, **more: Any) -> dict[str, Any]:
    at = f"2026-11-22T08:{minute:02}:00Z"
    return {"id": id_, "type": type_, "at": at, "task": "change_address"} | more


FAILED = an_event("1", "form_error", 10, field="postcode", facts={"postcode": "LS1 4AP"})
GAVE_UP = an_event("2", "give_up", 50)
BETWEEN = an_event("3", "form_error", 30, field="postcode", facts={"postcode": "LS1 4AQ"})


def a_visit(world: World) -> None:
    """Two, as it seems until it is told what happened between them."""
    assert tell(world, FAILED, GAVE_UP).done


def tell(world: World, *events: dict[str, Any], **changed: Any) -> Outcome:
    """What was taken in before is counted as such: that both are there is all that is to be the same."""
    outcome = send(world, "visitor", "POST", PATH, a_batch(*events, **changed))
    if not outcome.done:
        return outcome
    counts = outcome.answer
    there = {"there": counts["accepted"] + counts["duplicates"], "ignored": counts["ignored"]}
    return Outcome(done=True, again=False, answer=there)


@scenario("POST /journeys/events", nothing, name="of a visitor who is new")
def _(world: World, _given: Any) -> Outcome:
    return tell(world, FAILED, GAVE_UP)


@scenario("POST /journeys/events", a_visit, name="that make one visit of two")
def _(world: World, _given: Any) -> Outcome:
    return tell(world, GAVE_UP, BETWEEN)


@scenario("POST /journeys/events", a_visit, name="with consent withdrawn")
def _(world: World, _given: Any) -> Outcome:
    return tell(world, BETWEEN, consent={"journeys": False})
