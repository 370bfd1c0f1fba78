"""What the agent sees: where things stand, and what the customer did by themselves not long ago."""

from datetime import timedelta
from typing import Any

from chalicelib.models import keys, store
from chalicelib.models.items import Interaction
from chalicelib.services.continuation import carried
from chalicelib.services.customers.screen_pop import Pop, get_screen_pop
from chalicelib.services.deps import Deps
from tests.conftest import Api
from tests.factories import a_contact, an_interaction, facts
from tests.settings import NOW


def did(ivr: Api, body: str, *, ago: timedelta, channel: str = "portal", **more: Any) -> None:
    at = (NOW - ago).isoformat().replace("+00:00", "Z")
    reply = ivr.post("/interactions", an_interaction(channel=channel, body=body, occurred_at=at, **more))
    assert reply.status == 201, reply.json


def popped(ivr: Api, deps: Deps, caller: str | None = "+447700900123", **more: Any) -> Pop:
    contact = ivr.post("/contacts", a_contact(caller, **more)).json["contact_id"]
    ivr.patch(f"/contacts/{contact}/facts", facts(reason="a parcel"))
    return get_screen_pop(deps, contact)


def journey(pop: Pop) -> list[str | None]:
    return [shown.entry.body for shown in pop.recent_journey]


def test_the_journey_is_what_they_did_by_themselves_within_a_day(ivr: Api, deps: Deps) -> None:
    did(ivr, "in the app", ago=timedelta(hours=1), channel="mobile")
    did(ivr, "in the portal", ago=timedelta(hours=23, minutes=59))
    did(ivr, "yesterday", ago=timedelta(days=1))
    did(ivr, "by text", ago=timedelta(minutes=1), channel="sms")
    did(ivr, "in an article", ago=timedelta(minutes=2), channel="knowledge_base")
    pop = popped(ivr, deps)
    assert journey(pop) == ["in an article", "in the app", "in the portal"]
    assert len(pop.timeline) == 5
    assert pop.as_of == NOW


def test_of_a_long_journey_the_newest_five_steps_are_shown(ivr: Api, deps: Deps) -> None:
    for step in range(6):
        did(ivr, f"step {step}", ago=timedelta(minutes=6 - step))
    assert journey(popped(ivr, deps)) == [f"step {step}" for step in (5, 4, 3, 2, 1)]


def test_what_was_tried_on_the_way_to_the_contact_that_is_carried_on_is_shown(ivr: Api, deps: Deps) -> None:
    # Given a call of nobody known, which carries on a chat, on the way to which somebody read an article
    contact = store.get_contact(ivr.post("/contacts", a_contact("anonymous")).json["contact_id"])
    step = Interaction(
        interaction_id="STEP",
        channel="portal",
        direction="inbound",
        event_kind="step",
        source="test",
        body="on the way",
        occurred_at=NOW - timedelta(days=2),
    )
    contact.continues, contact.carried_journey = {"customer_id": "SOMEBODY"}, carried.kept_journey([step])
    contact.save()
    # Then it is shown, however long ago it was
    assert journey(get_screen_pop(deps, contact.contact_id)) == ["on the way"]


def test_where_things_stand_with_the_contact_and_its_customer(ivr: Api, deps: Deps) -> None:
    pop = popped(ivr, deps, need=["postcode"])
    now = pop.situation
    assert now.record is not None
    assert now.record.customer_id == pop.contact.customer_id == now.decision.customer_id
    assert (now.need, now.said, now.contact) == (["postcode"], {"reason": "a parcel"}, pop.contact)
    assert now.decision.reasons == pop.contact.match["reasons"] != []
    assert now.candidates == []


def test_where_it_is_not_known_who_it_is_who_it_may_be_and_what_the_contact_said(
    agent: Api, ivr: Api, deps: Deps
) -> None:
    two = [
        agent.post("/customers", {"name": name, "identifiers": [{"type": "phone", "value": "+447700900123"}]}).json
        for name in ("Ada", "Bob")
    ]
    pop = popped(ivr, deps)
    assert pop.situation.record is None
    assert [profile.customer_id for profile, _ in pop.situation.candidates] == [one["customer_id"] for one in two]
    # what is written on a contact of nobody's is its own timeline
    did(ivr, "hello", ago=timedelta(0), contact_id=pop.contact.contact_id)
    assert [entry.body for entry in get_screen_pop(deps, pop.contact.contact_id).timeline] == ["hello"]


def test_what_was_done_on_the_way_to_what_it_carries_on_is_part_of_the_journey(ivr: Api, deps: Deps) -> None:
    # Given a call that carries on somebody else's visit
    contact = popped(ivr, deps).contact
    step: dict[str, Any] = {
        "interaction_id": "I1",
        "channel": "portal",
        "direction": "inbound",
        "event_kind": "step",
        "source": "web",
    }
    step |= {"subject": None, "body": "gave up", "attributes": {}, "journey": None}
    contact.carried_journey = [step | {"occurred_at": keys.instant(NOW - timedelta(hours=1))}]
    contact.continues = {"contact_id": "VISIT", "customer_id": "OTHER", "suggests": None}
    contact.save()
    # Then the agent sees what was tried on it
    assert journey(get_screen_pop(deps, contact.contact_id)) == ["gave up"]
