"""The main job: what the caller keyed in is on the agent's screen."""

from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, an_interaction, facts


def test_an_unknown_caller_becomes_a_customer_once(ivr: Api) -> None:
    # Given a call from a number that nobody has
    body = a_contact(need=["account_number", "reason"])
    # When it begins, and is announced again
    first, again = ivr.post("/contacts", body), ivr.post("/contacts", body)
    # Then it is one contact of one new customer, of whom everything is to be asked
    assert (first.status, again.status) == (201, 200)
    assert first.json["match"]["result"] == "none"
    assert first.json["customer_id"]
    assert first.json["ask"] == ["account_number", "reason"]
    assert first.headers["Location"] == f"/v1/contacts/{first.json['contact_id']}"
    assert again.json == first.json


def test_what_was_keyed_in_is_in_the_very_next_screen_pop(ivr: Api, agent: Api) -> None:
    # Given a call
    contact_id = ivr.post("/contacts", a_contact(need=["account_number", "reason"])).json["contact_id"]
    # When the IVR saves what was keyed in
    saved = ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="1234 5678"))
    # Then it is known, no longer asked for, and on the agent's screen
    assert saved.json["known"]["account_number"]["value"] == "12345678"
    assert saved.json["ask"] == ["reason"]
    pop = agent.get(f"/contacts/{contact_id}/screen-pop")
    assert pop.status == 200
    assert pop.json["facts"]["account_number"]["value"] == "12345678"
    assert pop.json["customer"]["customer_id"] == saved.json["customer_id"]
    assert pop.json["ask"] == ["reason"]


def test_a_caller_who_rings_again_is_not_asked_again(ivr: Api, clock: Clock) -> None:
    # Given a caller who keyed in an account number yesterday
    first = ivr.post("/contacts", a_contact()).json
    ivr.patch(f"/contacts/{first['contact_id']}/facts", facts(account_number="12345678"))
    clock.forward(days=1)
    # When they ring again
    again = ivr.post("/contacts", a_contact(need=["account_number", "date_of_birth"])).json
    # Then it is the same customer, and only what is not known is to be asked
    assert again["customer_id"] == first["customer_id"]
    assert again["match"] == {
        "result": "one",
        "confidence": 0.85,
        "reasons": [{"identifier": "phone", "verified": False}],
    }
    assert again["known"]["account_number"]["value"] == "12345678"
    assert again["ask"] == ["date_of_birth"]


def test_the_pop_shows_history_over_channels(ivr: Api, agent: Api) -> None:
    # Given a customer who wrote and used the portal before
    ivr.post("/interactions", an_interaction(occurred_at="2026-11-21T08:00:00Z"))
    ivr.post(
        "/interactions",
        an_interaction(
            channel="portal", kind="step", body="Failed at the postcode", occurred_at="2026-11-22T08:56:00Z"
        ),
    )
    # When they ring
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    pop = agent.get(f"/contacts/{contact_id}/screen-pop").json
    # Then the newest comes first, and what they tried by themselves stands out
    assert [entry["channel"] for entry in pop["timeline"]] == ["portal", "sms"]
    assert [entry["body"] for entry in pop["recent_journey"]] == ["Failed at the postcode"]
    assert [contact["contact_id"] for contact in pop["live_contacts"]] == [contact_id]


def test_the_pop_is_found_by_the_providers_own_id(ivr: Api, agent: Api) -> None:
    contact_id = ivr.post("/contacts", a_contact(provider_contact_id="abc-1")).json["contact_id"]
    pop = agent.get("/screen-pop?provider=amazon-connect&provider_contact_id=abc-1")
    assert pop.json["contact"]["contact_id"] == contact_id


def test_a_withheld_number_identifies_nobody_until_a_fact_does(ivr: Api, agent: Api) -> None:
    # Given a customer with an account, and a call from a withheld number
    made = agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "account", "value": "A-1"}]})
    contact = ivr.post("/contacts", a_contact("anonymous", need=["account_number"])).json
    assert (contact["customer_id"], contact["assurance"]) == (None, 0)
    # When the account number is keyed in
    saved = ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(account_number="a-1")).json
    # Then the contact is that customer's, but only claimed to be
    assert saved["customer_id"] == made.json["customer_id"]
    assert saved["assurance"] == 1
    assert agent.get(f"/contacts/{contact['contact_id']}/screen-pop").json["customer"]["name"] == "Ada"
    assert agent.get("/customers?identifier_type=phone&identifier=anonymous").json["items"] == []


def test_requests_of_the_main_job(ivr: Api, agent: Api, spy: Spy) -> None:
    # An unknown number: one read; then one transaction that makes the customer and the contact
    ivr.post("/contacts", a_contact())
    assert spy.operations == ["Query", "TransactWriteItems"]
    # A known one: two reads
    spy.reset()
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    assert spy.operations == ["Query", "Query", "TransactWriteItems"]
    # Facts: two reads and a transaction
    spy.reset()
    ivr.patch(f"/contacts/{contact_id}/facts", facts(reason="billing"))
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]
    # and a query for each identifier among them
    spy.reset()
    ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="1", email="a@example.com"))
    assert spy.operations == ["GetItem", "Query", "Query", "Query", "TransactWriteItems"]
    # A pop: two reads
    spy.reset()
    agent.get(f"/contacts/{contact_id}/screen-pop")
    assert spy.operations == ["Query", "Query"]
    # A capture: two reads and a transaction
    spy.reset()
    ivr.post("/interactions", an_interaction())
    assert spy.operations == ["Query", "Query", "TransactWriteItems"]
    # A lookup: one read for an unknown number, two for a known one
    spy.reset()
    ivr.post("/lookup", {"identifiers": [{"type": "phone", "value": "+447700900999"}]})
    assert spy.operations == ["Query"]
    spy.reset()
    ivr.post("/lookup", {"identifiers": [{"type": "phone", "value": "+447700900123"}]})
    assert spy.operations == ["Query", "Query"]


def test_every_read_is_consistent(ivr: Api, agent: Api, spy: Spy) -> None:
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    ivr.post("/contacts", a_contact())
    ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="1"))
    ivr.post("/interactions", an_interaction())
    agent.get(f"/contacts/{contact_id}/screen-pop")
    assert spy.reads
    assert all(asked["ConsistentRead"] for _, asked in spy.reads)


def test_asked_again_for_more_it_says_what_of_that_is_left_to_ask(ivr: Api) -> None:
    body = a_contact()
    assert ivr.post("/contacts", body).json["ask"] == []
    again = ivr.post("/contacts", body | {"need": ["reason", "postcode"]})
    assert (again.status, again.json["ask"]) == (200, ["reason", "postcode"])
