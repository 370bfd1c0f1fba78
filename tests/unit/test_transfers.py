"""A contact is handed on: whoever answers next knows why, what was tried, what is known and what was promised."""

from typing import Any

import pytest

from chalicelib.models import keys, store
from chalicelib.models.items import Contact, Item
from chalicelib.models.requests.transfers import TransferContact
from chalicelib.rules import handing_on
from chalicelib.rules.access import Caller, Role
from chalicelib.services.contacts import chain, transfers
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, facts

PACKET = {
    "to_team": "billing",
    "reason": "Charged twice in October",
    "note": "She has both statements",
    "tried": "Explained the statements",
    "promised": "An answer today",
}
WARM = {"to_agent": "amara", "kind": "warm", "reason": "She asks for Amara"}


def a_call(ivr: Api, **more: Any) -> str:
    return str(ivr.post("/contacts", a_contact(**more)).json["contact_id"])


def pop(agent: Api, contact_id: str) -> Any:
    return agent.get(f"/contacts/{contact_id}/screen-pop").json


def test_the_packet_is_on_the_next_agents_screen(ivr: Api, agent: Api) -> None:
    # Given a call on which something was said
    contact_id = a_call(ivr)
    ivr.patch(f"/contacts/{contact_id}/facts", facts(reason="billing", account_number="A-1"))
    # When it is handed on to a team
    handed_on = agent.post(f"/contacts/{contact_id}/transfer", PACKET)
    # Then whoever answers there sees why, and what was tried, is known and was promised
    assert handed_on.status == 201
    shown = pop(agent, contact_id)["transfer"]
    assert shown == handed_on.json | {"earlier": []}
    assert {name: shown[name] for name in PACKET} == PACKET
    assert (shown["status"], shown["known"]) == ("taken", ["account_number", "reason"])
    assert shown["by"] == {"role": "agent", "subject": "agent-1"}
    # and it is on the timeline
    (entry,) = pop(agent, contact_id)["timeline"]
    assert (entry["kind"], entry["subject"]) == ("transfer", "Charged twice in October")
    assert entry["body"].splitlines() == [
        "Note: She has both statements",
        "Tried: Explained the statements",
        "Promised: An answer today",
    ]
    assert entry["attributes"] == {"kind": "cold", "to_team": "billing"}
    assert agent.get(handed_on.headers["Location"].removeprefix("/v1")).json == handed_on.json


def test_its_entry_is_the_contacts_and_says_who_handed_it_on(
    deps: Deps, ivr: Api, agent: Api, clock: Clock
) -> None:
    # Given an outbound call to somebody who is known, about a case of theirs
    ada = [{"type": "phone", "value": "+447700900123", "verified": True}]
    customer_id = agent.post("/customers", {"name": "Ada", "identifiers": ada}).json["customer_id"]
    case_id = agent.post(f"/customers/{customer_id}/cases", {"subject": "Bill"}).json["case_id"]
    ends = {"from": {"type": "phone", "value": "+441632960000"}, "to": {"type": "phone", "value": "+447700900123"}}
    contact_id = a_call(ivr, direction="outbound", **ends)
    agent.post(f"/contacts/{contact_id}/case", {"case_id": case_id})
    # When it is handed on
    clock.forward(minutes=1)
    request = TransferContact.model_validate(PACKET)
    packet, made = transfers.transfer_contact(deps, Caller(Role.AGENT, "amara"), contact_id, request, "r")
    # Then its entry has what the contact has, and who handed it on, and why
    event, contact = store.get_event(packet["transfer_id"]), store.get_contact(contact_id)
    assert (made, event.contact_id, event.customer_id, event.case_id) == (True, contact_id, customer_id, case_id)
    assert (event.channel, event.direction) == ("voice", "outbound")
    assert (event.match, event.assurance) == (contact.match, contact.assurance)
    assert contact.match["result"] == "one"
    assert (event.occurred_at, event.received_at) == (clock(), clock())
    assert (event.source, event.source_event_id) == ("throughline", packet["transfer_id"])
    assert (event.captured_by, event.correlation_id) == ({"role": "agent", "subject": "amara"}, "r")
    assert event.subject == PACKET["reason"]
    assert (packet["at"], packet["decided_at"], packet["decided_by"]) == (keys.instant(clock()), None, None)


def test_what_is_known_for_a_while_only_is_known_no_more(ivr: Api, agent: Api, clock: Clock) -> None:
    contact_id = a_call(ivr)
    ivr.patch(f"/contacts/{contact_id}/facts", facts(reason="billing", account_number="A-1"))
    clock.forward(days=4000)
    assert agent.post(f"/contacts/{contact_id}/transfer", PACKET).json["known"] == ["account_number"]


def test_a_reason_alone_will_do(ivr: Api) -> None:
    handed_on = ivr.post(f"/contacts/{a_call(ivr)}/transfer", {"to_team": "billing", "reason": "bill"})
    assert (handed_on.status, handed_on.json["kind"], handed_on.json["tried"]) == (201, "cold", None)
    (contact,) = (item for item in Item.scan() if isinstance(item, Contact))
    assert store.get_event(contact.transfers[0]["transfer_id"]).body is None


def test_twice_is_a_chain_newest_first(ivr: Api, agent: Api, clock: Clock) -> None:
    contact_id = a_call(ivr)
    for team in ("billing", "retention"):
        clock.forward(minutes=1)
        agent.post(f"/contacts/{contact_id}/transfer", PACKET | {"to_team": team})
    shown = pop(agent, contact_id)["transfer"]
    assert [shown["to_team"], *(one["to_team"] for one in shown["earlier"])] == ["retention", "billing"]


def test_the_packet_goes_on_with_the_providers_own_transfer(ivr: Api, agent: Api) -> None:
    first = a_call(ivr, caller="anonymous", provider_contact_id="leg-1")
    offered = agent.post(f"/contacts/{first}/transfer", WARM).json
    second = a_call(ivr, caller="anonymous", provider_contact_id="leg-2", previous_provider_contact_id="leg-1")
    assert pop(agent, second)["transfer"]["transfer_id"] == offered["transfer_id"]
    # and is accepted where it arrived
    accepted = agent.post(f"/contacts/{second}/transfers/{offered['transfer_id']}/accept", {})
    assert (accepted.status, accepted.json["status"]) == (200, "accepted")
    assert [pop(agent, one)["transfer"]["status"] for one in (first, second)] == ["accepted"] * 2
    # what is decided on the first reaches the second off the stream
    again = agent.post(f"/contacts/{first}/transfer", WARM).json
    chain.pass_on(first)
    agent.post(f"/contacts/{first}/transfers/{again['transfer_id']}/decline", {})
    chain.pass_on(first)
    assert pop(agent, second)["transfer"]["status"] == "declined"


@pytest.mark.parametrize(("decision", "status"), [("accept", "accepted"), ("decline", "declined")])
def test_a_warm_transfer_is_decided_once(ivr: Api, agent: Api, clock: Clock, decision: str, status: str) -> None:
    contact_id = a_call(ivr)
    offered = agent.post(f"/contacts/{contact_id}/transfer", WARM).json
    assert (offered["status"], offered["decided_at"]) == ("offered", None)
    path = f"/contacts/{contact_id}/transfers/{offered['transfer_id']}"
    clock.forward(minutes=1)
    decided = agent.post(f"{path}/{decision}", {})
    assert decided.json["decided_at"] == "2026-11-22T09:01:00.000000Z"
    assert (decided.json["status"], decided.json["decided_by"]["subject"]) == (status, "agent-1")
    assert agent.post(f"{path}/{decision}", {}).json == decided.json
    other = "decline" if decision == "accept" else "accept"
    refused = agent.post(f"{path}/{other}", {})
    told = f"this transfer is {status}: there is nothing to decide"
    assert (refused.status, refused.json["detail"]) == (409, told)
    # once the call is over its answer is the same still
    ivr.post(f"/contacts/{contact_id}/end", {})
    assert agent.post(f"{path}/{decision}", {}).json == decided.json


def test_a_cold_transfer_is_nothing_to_decide_on(ivr: Api, agent: Api) -> None:
    contact_id = a_call(ivr)
    taken = agent.post(f"/contacts/{contact_id}/transfer", PACKET).json["transfer_id"]
    assert agent.post(f"/contacts/{contact_id}/transfers/{taken}/accept", {}).status == 409
    assert agent.post(f"/contacts/{contact_id}/transfers/01ARZ3NDEKTSV4RRFFQ69G5FAV/accept", {}).status == 404
    missing = agent.get(f"/contacts/{contact_id}/transfers/01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert (missing.status, missing.json["detail"]) == (404, "no such transfer")


def test_who_was_offered_it_before_is_offered_it_no_more(ivr: Api, agent: Api) -> None:
    contact_id = a_call(ivr)
    first = agent.post(f"/contacts/{contact_id}/transfer", WARM).json["transfer_id"]
    agent.post(f"/contacts/{contact_id}/transfer", PACKET)
    assert agent.get(f"/contacts/{contact_id}/transfers/{first}").json["status"] == "withdrawn"
    assert agent.post(f"/contacts/{contact_id}/transfers/{first}/accept", {}).status == 409


def test_what_has_ended_is_not_handed_on(ivr: Api, agent: Api) -> None:
    contact_id = a_call(ivr)
    offered = agent.post(f"/contacts/{contact_id}/transfer", WARM).json["transfer_id"]
    ivr.post(f"/contacts/{contact_id}/end", {})
    over = "the contact has ended: there is nothing to hand on"
    for path, body in (("transfer", PACKET), (f"transfers/{offered}/accept", {})):
        refused = agent.post(f"/contacts/{contact_id}/{path}", body)
        assert (refused.status, refused.json["detail"]) == (409, over)


def test_the_same_key_hands_on_once(ivr: Api, agent: Api) -> None:
    contact_id = a_call(ivr)
    key = {"Idempotency-Key": '"one"'}
    first, again = (agent.post(f"/contacts/{contact_id}/transfer", PACKET, **key) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    assert pop(agent, contact_id)["transfer"]["earlier"] == []
    assert agent.post(f"/contacts/{contact_id}/transfer", WARM, **key).status == 422
    # while another contact may be handed on under it as well
    assert agent.post(f"/contacts/{a_call(ivr)}/transfer", PACKET, **key).status == 201


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"to_agent": "amara"}, "body"),
        ({"to_team": None}, "body"),
        ({"kind": "hot"}, "kind"),
        ({"reason": ""}, "reason"),
        ({"note": "x" * 1_001}, "note"),
        ({"tried": "\x00"}, "tried"),
    ],
)
def test_bad_input_names_the_field(ivr: Api, changed: dict[str, Any], field: str) -> None:
    reply = ivr.post(f"/contacts/{a_call(ivr)}/transfer", PACKET | changed)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


def test_a_card_number_is_not_kept(ivr: Api) -> None:
    told = {"note": "Card 4242 4242 4242 4242", "tried": "4242424242424242 by phone"}
    handed_on = ivr.post(f"/contacts/{a_call(ivr)}/transfer", PACKET | told).json
    assert (handed_on["note"], handed_on["tried"]) == ("Card [card number]", "[card number] by phone")


def test_marketing_does_not_read_it(ivr: Api, agent: Api) -> None:
    contact_id = a_call(ivr)
    agent.post(f"/contacts/{contact_id}/transfer", PACKET)
    assert pop(ivr.as_("marketing"), contact_id)["transfer"] is None


def test_requests_of_a_transfer(ivr: Api, agent: Api, spy: Spy) -> None:
    contact_id = a_call(ivr)
    spy.reset()
    offered = agent.post(f"/contacts/{contact_id}/transfer", WARM).json["transfer_id"]
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]
    spy.reset()
    agent.post(f"/contacts/{contact_id}/transfer", PACKET, **{"Idempotency-Key": "1"})
    assert spy.operations == ["GetItem", "GetItem", "Query", "TransactWriteItems"]
    spy.reset()
    agent.post(f"/contacts/{contact_id}/transfers/{offered}/accept", {})
    assert spy.operations == ["GetItem", "GetItem"]
    spy.reset()
    pop(agent, contact_id)
    assert spy.operations == ["Query", "Query"]


def test_only_the_latest_are_kept_on_the_contact(ivr: Api, agent: Api, clock: Clock) -> None:
    contact_id = a_call(ivr)
    for n in range(handing_on.KEPT + 2):
        clock.forward(minutes=1)
        agent.post(f"/contacts/{contact_id}/transfer", PACKET | {"to_team": f"team-{n}"})
    (contact,) = (item for item in Item.scan() if isinstance(item, Contact))
    assert [one["to_team"] for one in contact.transfers] == [f"team-{n}" for n in range(11, 1, -1)]
    assert len(pop(agent, contact_id)["timeline"]) == handing_on.KEPT + 2
