"""A contact goes on as another: a transfer, by the provider or by an agent, and what comes of it."""

from typing import Any

from chalicelib.models import keys
from tests.faults.scenarios import ADA, a_call, ada, call_of, image_of, must, said, scenario, send, told
from tests.faults.world import Outcome, World


def a_withheld_call_that_said_who_it_is(world: World) -> str:
    """Ada's, by the account that was keyed in."""
    ada(world)
    call = must(send(world, "ivr", "POST", "/contacts", a_call("anonymous")))
    must(send(world, "ivr", "PATCH", f"/contacts/{call['contact_id']}/facts", said(account_number="A1")))
    return str(call["contact_id"])


@scenario("POST /contacts", a_withheld_call_that_said_who_it_is, name="goes on from another")
def _(world: World, _given: Any) -> Outcome:
    body = a_call("anonymous", "call-2", previous_provider_contact_id="call-1")
    return send(world, "ivr", "POST", "/contacts", body)


def a_call_that_went_on_before_it_said_who_it_is(world: World) -> list[dict[str, Any]]:
    """What Ada keyed in on the first leg, when the second had begun."""
    ada(world)
    first = must(send(world, "ivr", "POST", "/contacts", a_call("anonymous")))["contact_id"]
    second = a_call("anonymous", "call-2", previous_provider_contact_id="call-1")
    must(send(world, "ivr", "POST", "/contacts", second))
    before = image_of(keys.contact(first), keys.CONTACT)
    must(send(world, "ivr", "PATCH", f"/contacts/{first}/facts", said(account_number="A1")))
    return told({"OldImage": before, "NewImage": image_of(keys.contact(first), keys.CONTACT)})


@scenario("follow_contact", a_call_that_went_on_before_it_said_who_it_is, name="to what a contact went on as")
def _(world: World, records: list[dict[str, Any]]) -> Outcome:
    return world.stream("follow_contact", records)


PACKET = {"to_team": "billing", "reason": "Charged twice", "tried": "Explained the bill", "promised": "A call"}
WARM = {"to_agent": "amara", "kind": "warm", "reason": "She asks for Amara"}


@scenario("POST /contacts/{contact_id}/transfer", call_of(ADA, ada))
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "agent", "POST", f"/contacts/{contact_id}/transfer", PACKET, **{"Idempotency-Key": "t-1"})


def an_offered_call(world: World) -> str:
    """The path of a warm transfer that nobody has decided on."""
    contact_id = str(call_of(ADA, ada)(world))
    offered = must(send(world, "agent", "POST", f"/contacts/{contact_id}/transfer", WARM))
    return f"/contacts/{contact_id}/transfers/{offered['transfer_id']}"


@scenario("GET /contacts/{contact_id}/transfers/{transfer_id}", an_offered_call)
def _(world: World, path: str) -> Outcome:
    return send(world, "agent", "GET", path)


@scenario("POST /contacts/{contact_id}/transfers/{transfer_id}/accept", an_offered_call)
def _(world: World, path: str) -> Outcome:
    return send(world, "agent", "POST", f"{path}/accept", {})


@scenario("POST /contacts/{contact_id}/transfers/{transfer_id}/decline", an_offered_call)
def _(world: World, path: str) -> Outcome:
    return send(world, "agent", "POST", f"{path}/decline", {})


def a_call_that_dropped(world: World) -> str:
    """Ada's, four minutes ago."""
    contact_id = str(call_of(ADA, ada)(world))
    must(send(world, "agent", "POST", f"/contacts/{contact_id}/end", {}))
    return contact_id


@scenario("POST /contacts", a_call_that_dropped, name="rings back")
def _(world: World, _given: Any) -> Outcome:
    return send(world, "ivr", "POST", "/contacts", a_call(ADA, "call-2", started_at="2026-11-22T08:05:00Z"))


def a_call_whose_customer_rang_back(world: World) -> str:
    """Before its end was told."""
    contact_id = str(call_of(ADA, ada)(world))
    must(send(world, "ivr", "POST", "/contacts", a_call(ADA, "call-2", started_at="2026-11-22T09:00:05Z")))
    return contact_id


@scenario("POST /contacts/{contact_id}/end", a_call_whose_customer_rang_back, name="after a ring-back")
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "agent", "POST", f"/contacts/{contact_id}/end", {})


@scenario("GET /reports/repeat-asks", call_of(ADA, ada))
def _(world: World, _given: Any) -> Outcome:
    return send(world, "agent", "GET", "/reports/repeat-asks")


@scenario("GET /reports/effort", call_of(ADA, ada))
def _(world: World, _given: Any) -> Outcome:
    return send(world, "agent", "GET", "/reports/effort")


def a_call_on_which_was_asked(world: World) -> list[dict[str, Any]]:
    """The image of a call of Ada's, on which she was asked for what is known and what is not."""
    contact_id = str(call_of(ADA, ada)(world))
    must(send(world, "ivr", "PATCH", f"/contacts/{contact_id}/facts", said(postcode="AB1 2CD", reason="a bill")))
    image = image_of(keys.contact(contact_id), keys.CONTACT)
    return told({"OldImage": {**image, "asked": {"S": "{}"}}, "NewImage": image})


@scenario("follow_contact", a_call_on_which_was_asked, name="counts what was asked for")
def _(world: World, records: list[dict[str, Any]]) -> Outcome:
    return world.stream("follow_contact", records)


FOLLOW_UP = {"what": "Ring when it has come", "due_at": "2026-11-23T12:00:00Z", "team": "delivery"}


@scenario("POST /contacts/{contact_id}/end", call_of(ADA, ada), name="with follow-ups, and asking for feedback")
def _(world: World, contact_id: str) -> Outcome:
    body = {"disposition": "promised", "follow_ups": [FOLLOW_UP, FOLLOW_UP | {"team": None, "agent": "amara"}]}
    return send(world, "agent", "POST", f"/contacts/{contact_id}/end", body | {"ask_feedback": True})


def a_follow_up(world: World) -> dict[str, str]:
    """What is to be done for Ada."""
    contact_id = str(call_of(ADA, ada)(world))
    must(send(world, "agent", "POST", f"/contacts/{contact_id}/end", {"follow_ups": [FOLLOW_UP]}))
    (one,) = must(send(world, "agent", "GET", "/follow-ups?team=delivery&due_until=2026-12-01T00:00:00Z"))["items"]
    return {name: one[name] for name in ("customer_id", "follow_up_id", "contact_id")}


@scenario("GET /follow-ups", a_follow_up)
def _(world: World, _given: Any) -> Outcome:
    return send(world, "agent", "GET", "/follow-ups?team=delivery&due_until=2026-12-01T00:00:00Z")


@scenario("GET /customers/{customer_id}/follow-ups", a_follow_up)
def _(world: World, one: dict[str, str]) -> Outcome:
    return send(world, "agent", "GET", f"/customers/{one['customer_id']}/follow-ups")


@scenario("POST /follow-ups/{follow_up_id}/done", a_follow_up)
def _(world: World, one: dict[str, str]) -> Outcome:
    return send(world, "agent", "POST", f"/follow-ups/{one['follow_up_id']}/done", {})


@scenario("POST /contacts/{contact_id}/feedback", a_follow_up)
def _(world: World, one: dict[str, str]) -> Outcome:
    return send(world, "ivr", "POST", f"/contacts/{one['contact_id']}/feedback", {"score": 5, "words": "Kind"})


def one_who_moved_with_a_follow_up(world: World) -> list[dict[str, Any]]:
    """A call of Ada's, after which something was to be done, turned out to be somebody else's."""
    contact_id = a_follow_up(world)["contact_id"]
    before = image_of(keys.contact(contact_id), keys.CONTACT)
    must(
        send(world, "agent", "POST", f"/contacts/{contact_id}/attribution", {"new": True, "reason": "a neighbour"})
    )
    return told({"OldImage": before, "NewImage": image_of(keys.contact(contact_id), keys.CONTACT)})


@scenario("follow_contact", one_who_moved_with_a_follow_up, name="with a follow-up")
def _(world: World, records: list[dict[str, Any]]) -> Outcome:
    return world.stream("follow_contact", records)
