"""Card and social security numbers and one-time codes reach neither the table nor the logs."""

import json
from typing import Any

import pytest

from chalicelib.models.items import Item
from tests.conftest import Api, Spy
from tests.factories import a_contact, an_interaction, facts

VISA, NOT_LUHN = "4242 4242 4242 4242", "4000123412341235"
HIDDEN = "[card number]"


def stored() -> str:
    return json.dumps([item.serialize() for item in Item.scan()])


def nowhere(*values: str) -> bool:
    table = stored()
    return not any(value in table for value in values)


def taken_in(agent: Api, **changed: Any) -> Any:
    reply = agent.post("/interactions", an_interaction(**changed))
    assert reply.status == 201, reply
    return agent.get(f"/interactions/{reply.json['interaction_id']}").json


def test_what_is_captured_is_masked_first(agent: Api, capfd: pytest.CaptureFixture[str]) -> None:
    # When somebody writes numbers that must not be kept, beside one that must be
    event = taken_in(agent, subject=f"Card {VISA}", body=f"My card is {NOT_LUHN}, ssn 123-45-6789, order {VISA}.")
    # Then they are in neither the table nor the logs
    assert event["subject"] == f"Card {HIDDEN}"
    assert event["body"] == f"My card is {HIDDEN}, ssn [social security number], order {VISA}."
    assert nowhere(NOT_LUHN, "123-45-6789", f"Card {VISA}")
    out, err = capfd.readouterr()
    assert NOT_LUHN not in out + err


def test_a_number_stands_where_it_was_asked_for(ivr: Api, agent: Api) -> None:
    # Given a chat on which an agent asks for an order number, and later for a card
    contact_id = ivr.post("/contacts", a_contact(channel="chat")).json["contact_id"]

    def said(body: str, direction: str = "inbound") -> str:
        return str(taken_in(agent, contact_id=contact_id, body=body, direction=direction)["body"])

    said("What is your order number?", "outbound")
    assert said(NOT_LUHN) == NOT_LUHN
    said("And the card that you paid with?", "outbound")
    # Then the same digits are a card's
    assert said(NOT_LUHN) == HIDDEN


def test_where_only_the_customer_is_heard_a_bare_number_may_be_a_card(ivr: Api, agent: Api) -> None:
    contact_id = ivr.post("/contacts", a_contact(channel="chat")).json["contact_id"]
    assert taken_in(agent, contact_id=contact_id, body=NOT_LUHN)["body"] == HIDDEN
    assert taken_in(agent, body=NOT_LUHN)["body"] == HIDDEN
    # what we wrote ourselves asked for nothing
    to = {"type": "phone", "value": "+447700900123"}
    sent = an_interaction(direction="outbound", to=to, body=NOT_LUHN)
    del sent["from"]
    reply = agent.post("/interactions", sent)
    assert agent.get(f"/interactions/{reply.json['interaction_id']}").json["body"] == NOT_LUHN


def test_remembering_what_was_asked_costs_no_request(ivr: Api, agent: Api, spy: Spy) -> None:
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    spy.reset()
    agent.post("/interactions", an_interaction(contact_id=contact_id, body="I lost my card"))
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]


def test_facts_that_are_free_text(ivr: Api, agent: Api) -> None:
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    said = facts(reason=f"lost card {NOT_LUHN}", free_text=VISA, product=f"card {NOT_LUHN}", order_number=VISA)
    assert ivr.patch(f"/contacts/{contact_id}/facts", said).status == 200
    known = agent.get(f"/contacts/{contact_id}/screen-pop").json["facts"]
    assert known["reason"]["value"] == f"lost card {HIDDEN}"
    assert known["free_text"]["value"] == HIDDEN
    # an id is left as it is
    assert known["order_number"]["value"] == VISA.replace(" ", "")
    assert nowhere(NOT_LUHN, VISA + '"}, "source')


def test_kinds_of_facts_that_are_never_kept(ivr: Api) -> None:
    # When a flow hands over what was keyed in: a card, a one-time code and a reason
    contact_id = ivr.post("/contacts", a_contact(need=["one_time_code", "reason"])).json["contact_id"]
    said = facts(card_number=NOT_LUHN, one_time_code="918273", reason="billing")
    answer = ivr.patch(f"/contacts/{contact_id}/facts", said)
    # Then it is taken in, and only the reason is known
    assert answer.status == 200
    assert answer.json["known"].keys() == {"reason"}
    assert answer.json["ask"] == ["one_time_code"]
    assert nowhere(NOT_LUHN, "918273")
    # and nothing was proved by it
    verified = ivr.post(f"/contacts/{contact_id}/verify", facts(one_time_code="918273"))
    assert verified.json == {"assurance": 1, "matched": 0, "of": 0}


def test_notes_reasons_and_attributes(ivr: Api, agent: Api) -> None:
    attributes = {"comment": f"paid with {VISA}", "card_number": NOT_LUHN, "trace": NOT_LUHN + "5"}
    contact = ivr.post("/contacts", a_contact(attributes=attributes)).json
    case = {"subject": f"Card {NOT_LUHN} lost", "reason": f"card {NOT_LUHN}", "description": f"It was {VISA}"}
    assert agent.post(f"/customers/{contact['customer_id']}/cases", case).status == 201
    ended = agent.post(f"/contacts/{contact['contact_id']}/end", {"summary": f"Gave card {NOT_LUHN}"})
    assert ended.json["summary"] == f"Gave card {HIDDEN}"
    changed = {"attributes": {"card": NOT_LUHN, "gone": None}}
    version = agent.get(f"/customers/{contact['customer_id']}").headers["ETag"]
    agent.patch(f"/customers/{contact['customer_id']}", changed, **{"If-Match": version})
    assert nowhere(VISA, f"{NOT_LUHN} ", f'{NOT_LUHN}"')
    assert NOT_LUHN + "5" in stored()
