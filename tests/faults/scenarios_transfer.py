"""A contact goes on as another: a transfer, by the provider or by an agent, and what comes of it."""

from typing import Any

from chalicelib.models import keys
from tests.faults.scenarios import a_call, ada, image_of, must, said, scenario, send, told
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
