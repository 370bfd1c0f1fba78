"""What comes in by channels, and what is kept of it."""

from typing import Any

from chalicelib.models import keys
from tests.channels import twilio
from tests.faults.scenarios import (
    ADA,
    a_call,
    image_of,
    kept,
    must,
    one_who_wrote,
    process,
    scenario,
    send,
    told,
)
from tests.faults.world import Outcome, World


def a_call_that_was_reported(world: World) -> dict[str, Any]:
    must(process(world, kept(twilio.SAMPLES["call"])(world)))
    asked = {"need": ["reason"], "attributes": {"language": "cy-GB"}}
    return a_call(ADA, twilio.CALL["CallSid"], provider="twilio", **asked)


@scenario("POST /contacts", a_call_that_was_reported, name="a call that a report began")
def _(world: World, call: dict[str, Any]) -> Outcome:
    return send(world, "ivr", "POST", "/contacts", call)


def something_taken_in(world: World) -> list[dict[str, Any]]:
    event = keys.event(one_who_wrote(world)["interaction_id"])
    return told({"NewImage": image_of(event, keys.EVENT)})


@scenario("follow_contact", something_taken_in, name="an interaction came by the API")
def _(world: World, records: list[dict[str, Any]]) -> Outcome:
    return world.stream("follow_contact", records)
