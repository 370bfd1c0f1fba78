"""The operations on cases: found by what comes in, changed, joined, split, put right, listed with their team."""

from datetime import timedelta
from typing import Any

from chalicelib.models import keys, store
from tests.faults.scenarios import (
    ADA,
    a_customer_with_cases,
    a_customer_with_many_cases,
    a_message,
    call_of,
    image_of,
    must,
    run_schedule,
    said,
    scenario,
    send,
    told,
)
from tests.faults.world import Outcome, World

FIRST = {"If-Match": '"1"'}
TEXT = "My parcel is late, the courier never came"


def written(world: World, event_id: str = "wrote", **changed: Any) -> dict[str, Any]:
    """A message that opens a case."""
    body = a_message(event_id, channel="sms", kind="message", body=TEXT) | changed
    made: dict[str, Any] = must(send(world, "ivr", "POST", "/interactions", body))
    return made


def one_who_wrote(world: World) -> dict[str, Any]:
    call_of(ADA)(world)
    return written(world)


def one_who_was_resolved(world: World) -> dict[str, Any]:
    made = one_who_wrote(world)
    must(send(world, "agent", "PATCH", f"/cases/{made['case_id']}", {"status": "resolved"}, **FIRST))
    return made


@scenario("POST /interactions", call_of(ADA), name="opens a case")
def open_by_message(world: World, _given: str) -> Outcome:
    return send(world, "ivr", "POST", "/interactions", a_message(channel="sms", kind="message", body=TEXT))


@scenario("POST /interactions", one_who_wrote, name="finds its case")
def find_by_words(world: World, _given: dict[str, Any]) -> Outcome:
    body = a_message("again", channel="sms", kind="message", body="The courier has my parcel")
    return send(world, "ivr", "POST", "/interactions", body)


@scenario("POST /interactions", one_who_was_resolved, name="opens its case again")
def reopen_by_message(world: World, _given: dict[str, Any]) -> Outcome:
    at = keys.instant(world.clock.at + timedelta(minutes=5))
    body = a_message("again", channel="sms", kind="message", body="The courier has my parcel", occurred_at=at)
    return send(world, "ivr", "POST", "/interactions", body)


def a_call_with_a_reason(world: World) -> str:
    contact_id = str(call_of(ADA)(world))
    must(send(world, "ivr", "PATCH", f"/contacts/{contact_id}/facts", said(reason="complaint")))
    return contact_id


@scenario("POST /contacts/{contact_id}/end", a_call_with_a_reason, name="opens a case")
def open_by_call(world: World, contact_id: str) -> Outcome:
    return send(world, "agent", "POST", f"/contacts/{contact_id}/end", {"resolved": False})


@scenario("PATCH /cases/{case_id}", a_customer_with_cases)
def change_case(world: World, given: dict[str, str]) -> Outcome:
    body = {"status": "pending", "pending_on": "customer", "owner": "agent-7"}
    return send(world, "agent", "PATCH", f"/cases/{given['case_id']}", body, **FIRST)


@scenario("PATCH /cases/{case_id}", a_customer_with_many_cases, name="resolved")
def resolve_case(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "PATCH", f"/cases/{given['case_id']}", {"status": "resolved"}, **FIRST)


@scenario("GET /cases/{case_id}/history", a_customer_with_cases)
def list_history(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "GET", f"/cases/{given['case_id']}/history")


@scenario("GET /cases", a_customer_with_cases)
def list_queue(world: World, _given: dict[str, str]) -> Outcome:
    return send(world, "agent", "GET", "/cases?team=delivery")


def two_cases(world: World) -> dict[str, str]:
    given = a_customer_with_cases(world, 2)
    path = f"/customers/{given['customer_id']}/cases"
    listed = must(send(world, "agent", "GET", path))["items"]
    return given | {"other_id": listed[1]["case_id"]}


def two_joined(world: World) -> dict[str, str]:
    given = two_cases(world)
    must(send(world, "agent", "POST", f"/cases/{given['case_id']}/join", {"other_case_id": given["other_id"]}))
    return given


@scenario("POST /cases/{case_id}/join", two_cases)
def join(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "POST", f"/cases/{given['case_id']}/join", {"other_case_id": given["other_id"]})


@scenario("DELETE /cases/{case_id}/join", two_joined, ends=frozenset({409}))
def undo_join(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "DELETE", f"/cases/{given['other_id']}/join")


@scenario("POST /cases/{case_id}/split", one_who_wrote, ends=frozenset({422}))
def split(world: World, given: dict[str, Any]) -> Outcome:
    body = {"subject": "A courier", "interaction_ids": [given["interaction_id"]]}
    return send(world, "agent", "POST", f"/cases/{given['case_id']}/split", body)


def one_that_was_split(world: World) -> str:
    return str(must(split(world, one_who_wrote(world)))["case_id"])


@scenario("DELETE /cases/{case_id}/split", one_that_was_split)
def undo_split(world: World, case_id: str) -> Outcome:
    return send(world, "agent", "DELETE", f"/cases/{case_id}/split")


@scenario("POST /cases/{case_id}/links", two_cases)
def link(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "POST", f"/cases/{given['case_id']}/links", {"other_case_id": given["other_id"]})


def two_linked(world: World) -> dict[str, str]:
    given = two_cases(world)
    must(link(world, given))
    return given


@scenario("DELETE /cases/{case_id}/links/{other_id}", two_linked)
def unlink(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "DELETE", f"/cases/{given['case_id']}/links/{given['other_id']}")


@scenario("POST /contacts/{contact_id}/case", a_customer_with_cases)
def put_contact(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "POST", f"/contacts/{given['contact_id']}/case", {"case_id": given["case_id"]})


def a_contact_put_to_a_case(world: World) -> dict[str, str]:
    given = a_customer_with_cases(world)
    must(put_contact(world, given))
    return given


@scenario("DELETE /contacts/{contact_id}/case", a_contact_put_to_a_case, ends=frozenset({409}))
def take_contact_back(world: World, given: dict[str, str]) -> Outcome:
    return send(world, "agent", "DELETE", f"/contacts/{given['contact_id']}/case")


@scenario("POST /interactions/{interaction_id}/case", one_who_wrote)
def put_message(world: World, given: dict[str, Any]) -> Outcome:
    return send(world, "agent", "POST", f"/interactions/{given['interaction_id']}/case", {"none": True})


def a_message_put_to_none(world: World) -> dict[str, Any]:
    given = one_who_wrote(world)
    must(put_message(world, given))
    return given


@scenario("DELETE /interactions/{interaction_id}/case", a_message_put_to_none, ends=frozenset({409}))
def take_message_back(world: World, given: dict[str, Any]) -> Outcome:
    return send(world, "agent", "DELETE", f"/interactions/{given['interaction_id']}/case")


def a_case_that_got_a_team(world: World) -> list[dict[str, Any]]:
    given = a_customer_with_cases(world)
    before = image_of(keys.case(given["case_id"]), keys.CASE)
    must(send(world, "agent", "PATCH", f"/cases/{given['case_id']}", {"team": "delivery"}, **FIRST))
    return told({"OldImage": before, "NewImage": image_of(keys.case(given["case_id"]), keys.CASE)})


@scenario("follow_contact", a_case_that_got_a_team, name="a case is listed with its team")
def follow_case(world: World, events: list[dict[str, Any]]) -> Outcome:
    return world.stream("follow_contact", events)


def a_case_about_to_be_late(world: World) -> None:
    world.stream("follow_contact", a_case_that_got_a_team(world))
    world.clock.forward(hours=7)


@scenario("end_silent", a_case_about_to_be_late, name="a case is about to be late")
def warn_late(world: World, given: None) -> Outcome:
    return run_schedule(world, given)


def a_chat_that_opened_its_case(world: World) -> list[dict[str, Any]]:
    """Messages on a contact that got its case at its end, as the stream tells it."""
    contact_id = a_call_with_a_reason(world)
    for n in range(2):
        message = a_message(f"said-{n}", None, contact_id=contact_id, channel="chat", kind="message", body=TEXT)
        must(send(world, "ivr", "POST", "/interactions", message))
    before = image_of(keys.contact(contact_id), keys.CONTACT)
    must(open_by_call(world, contact_id))
    return told({"OldImage": before, "NewImage": image_of(keys.contact(contact_id), keys.CONTACT)})


@scenario("follow_contact", a_chat_that_opened_its_case, name="gets its case")
def put_what_was_said(world: World, records: list[dict[str, Any]]) -> Outcome:
    return world.stream("follow_contact", records)


def a_call_that_opened_a_case(world: World) -> str:
    contact_id = a_call_with_a_reason(world)
    must(open_by_call(world, contact_id))
    return contact_id


@scenario("POST /contacts/{contact_id}/attribution", a_call_that_opened_a_case, name="with its case")
def move_with_its_case(world: World, contact_id: str) -> Outcome:
    return send(
        world, "agent", "POST", f"/contacts/{contact_id}/attribution", {"new": True, "reason": "a neighbour"}
    )


def one_that_moved_with_its_case(world: World) -> str:
    contact_id = a_call_that_opened_a_case(world)
    must(move_with_its_case(world, contact_id))
    return contact_id


def a_call_that_left_its_case(world: World) -> dict[str, str]:
    """A call that left the case that it opened when it was said not to be this customer's."""
    contact_id = a_call_that_opened_a_case(world)
    customer_id = store.get_contact(contact_id).customer_id
    body = {"not_customer_id": customer_id}
    must(send(world, "agent", "POST", f"/contacts/{contact_id}/attribution", body))
    return {"contact_id": contact_id, "customer_id": customer_id}


@scenario("POST /contacts/{contact_id}/attribution", a_call_that_left_its_case, name="back to its case")
def come_back_to_its_case(world: World, given: dict[str, str]) -> Outcome:
    body = {"customer_id": given["customer_id"], "reason": "it was her after all"}
    return send(world, "agent", "POST", f"/contacts/{given['contact_id']}/attribution", body)


@scenario(
    "DELETE /contacts/{contact_id}/attribution",
    one_that_moved_with_its_case,
    name="with its case",
    ends=frozenset({409}),
)
def move_back_with_its_case(world: World, contact_id: str) -> Outcome:
    return send(world, "agent", "DELETE", f"/contacts/{contact_id}/attribution")
