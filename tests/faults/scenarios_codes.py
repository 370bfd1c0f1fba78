"""Continuation codes: given out on one contact, redeemed on another, in vain as well."""

from typing import Any

from tests.faults.scenarios import ADA, STRANGER, a_call, a_customer, ada, must, said, scenario, send
from tests.faults.world import Outcome, World
from tests.settings import NOW, SETTINGS

ANNOUNCED = {"from": {"type": "phone", "value": ADA}}
Codes = dict[str, Any]


def a_visit(world: World) -> str:
    """A browser's contact, on which something was said."""
    begun = send(world, "visitor", "POST", "/contacts", {**a_call(None, "visit-1"), "channel": "portal"})
    contact_id: str = must(begun)["contact_id"]
    must(send(world, "visitor", "PATCH", f"/contacts/{contact_id}/facts", said(reason="moving")))
    return contact_id


def codes_for(number: str, world: World, *, role: str = "visitor", contact_id: str | None = None) -> Codes:
    """The codes of a visit, and a call from a number that is to carry it on. They are given out just now."""
    visit = contact_id or a_visit(world)
    world.clock.at = NOW
    issued: Codes = must(send(world, role, "POST", f"/contacts/{visit}/continuation", ANNOUNCED))
    token = issued["link"].removeprefix(SETTINGS.link_prefix)
    call = must(send(world, "ivr", "POST", "/contacts", a_call(number)))["contact_id"]
    return {"code": issued["code"], "token": token, "contact_id": call}


def an_established_caller(world: World) -> Codes:
    ada(world)
    return codes_for(ADA, world)


def two_customers(world: World) -> Codes:
    ada(world)
    a_customer(world, "Bob", ("account", "B2"))
    signed_in = {**a_call(None, "visit-1"), "channel": "portal", "from": {"type": "account", "value": "B2"}}
    visit = must(send(world, "portal", "POST", "/contacts", signed_in))["contact_id"]
    return codes_for(ADA, world, role="portal", contact_id=visit)


def redeem(world: World, code: str, contact_id: str) -> Outcome:
    return send(world, "ivr", "POST", f"/continuations/{code}/redeem", {"contact_id": contact_id})


@scenario("POST /contacts/{contact_id}/continuation", a_visit)
def _(world: World, contact_id: str) -> Outcome:
    return send(world, "visitor", "POST", f"/contacts/{contact_id}/continuation", ANNOUNCED)


@scenario("POST /continuations/{code}/redeem", an_established_caller, name="visits are taken over")
def _(world: World, given: Codes) -> Outcome:
    return redeem(world, given["code"], given["contact_id"])


@scenario("POST /continuations/{code}/redeem", two_customers, name="another customer's, by the link")
def _(world: World, given: Codes) -> Outcome:
    return redeem(world, given["token"], given["contact_id"])


@scenario(
    "POST /continuations/{code}/redeem", lambda world: codes_for("anonymous", world), name="nobody's until then"
)
def _(world: World, given: Codes) -> Outcome:
    return redeem(world, given["token"], given["contact_id"])


@scenario("POST /contacts", lambda world: codes_for(STRANGER, world), name="with a code")
def _(world: World, given: Codes) -> Outcome:
    body = a_call(ADA, "call-2", continuation_code=given["code"], need=["reason"])
    return send(world, "ivr", "POST", "/contacts", body)
