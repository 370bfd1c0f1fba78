"""What comes in by channels, and what is kept of it."""

from dataclasses import replace
from typing import Any

from chalicelib.models import keys
from chalicelib.models.archive import Archive
from tests.channels import email, twilio
from tests.faults.scenarios import (
    ADA,
    a_call,
    image_of,
    kept,
    mails,
    must,
    one_who_wrote,
    process,
    scenario,
    send,
    told,
)
from tests.faults.world import Outcome, World
from tests.settings import SETTINGS


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


def a_mail_with_a_file(world: World) -> str:
    key = Archive(SETTINGS.archive_bucket, SETTINGS.region).put_attachment("email", "0", 1, b"%PDF-1.4")
    attached = [{"name": "order.pdf", "type": "application/pdf", "size": 8, "key": key}]
    must(process(world, mails(email.KEPT | {"attachments": attached})(world)))
    interaction_id = keys.derived_id("event", "email", "0")
    return f"/interactions/{interaction_id}/attachments/{keys.derived_id('attachment', interaction_id, '1')}"


@scenario("GET /interactions/{interaction_id}/attachments/{attachment_id}", a_mail_with_a_file)
def _(world: World, path: str) -> Outcome:
    found = send(world, "agent", "GET", path)
    # a link is signed for the moment at which it is made
    return replace(found, answer=found.answer | {"link": ""}) if found.done else found
