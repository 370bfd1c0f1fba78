"""Facts: what counts, what is remembered, and where they go with their contact."""

from chalicelib.models import keys
from chalicelib.models.items import ContactSummary, Item
from tests.conftest import Api, Clock
from tests.factories import a_contact, facts


def a_customer(agent: Api, account: str) -> str:
    body = {"name": account, "identifiers": [{"type": "account", "value": account}]}
    return str(agent.post("/customers", body).json["customer_id"])


def past_contacts(customer_id: str) -> list[str]:
    band = Item.SK.startswith(keys.PAST_CONTACTS)
    return [one.contact_id for one in ContactSummary.query(keys.customer(customer_id), band)]


def test_a_newer_value_counts_and_the_earlier_one_stays_visible(ivr: Api, agent: Api, clock: Clock) -> None:
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    for value in ("one", "two"):
        ivr.patch(f"/contacts/{contact_id}/facts", facts(product=value))
        clock.forward(minutes=1)
    product = agent.get(f"/contacts/{contact_id}/screen-pop").json["facts"]["product"]
    assert product["value"] == "two"
    assert [one["value"] for one in product["earlier"]] == ["one"]


def test_a_verified_value_outweighs_a_newer_one(ivr: Api, agent: Api, clock: Clock) -> None:
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    ivr.patch(f"/contacts/{contact_id}/facts", facts(postcode="EC1A 1BB", verified=True))
    clock.forward(minutes=1)
    ivr.patch(f"/contacts/{contact_id}/facts", facts(postcode="N1 1AA"))
    postcode = agent.get(f"/contacts/{contact_id}/screen-pop").json["facts"]["postcode"]
    assert (postcode["value"], postcode["verified"]) == ("EC1A 1BB", True)


def test_the_order_of_arrival_does_not_matter_on_a_contact_of_nobodys(ivr: Api, agent: Api) -> None:
    known = []
    for order in (("one", "two"), ("two", "one")):
        contact_id = ivr.post("/contacts", a_contact(None)).json["contact_id"]
        for value in order:
            said = facts(product=value)
            said["facts"]["product"]["collected_at"] = f"2026-11-21T0{3 + (value == 'two')}:00:00Z"
            ivr.patch(f"/contacts/{contact_id}/facts", said)
        known.append(agent.get(f"/contacts/{contact_id}/screen-pop").json["facts"]["product"]["value"])
    assert known == ["two", "two"]


def test_all_that_was_said_goes_along_when_it_is_known_who_it_was(ivr: Api, agent: Api, clock: Clock) -> None:
    customer_id = a_customer(agent, "A1")
    contact_id = ivr.post("/contacts", a_contact(None)).json["contact_id"]
    for value in ("one", "two"):
        ivr.patch(f"/contacts/{contact_id}/facts", facts(product=value))
        clock.forward(minutes=1)
    ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="A1"))
    product = agent.get(f"/customers/{customer_id}/facts").json["facts"]["product"]
    assert (product["value"], [one["value"] for one in product["earlier"]]) == ("two", ["one"])


def test_a_contact_that_is_over_is_listed_at_whose_it_was(ivr: Api, agent: Api, clock: Clock) -> None:
    one, two = a_customer(agent, "A1"), a_customer(agent, "A2")
    contact_id = ivr.post("/contacts", a_contact(None)).json["contact_id"]
    ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="A1"))
    ivr.post(f"/contacts/{contact_id}/end", {})
    assert (past_contacts(one), past_contacts(two)) == ([contact_id], [])
    clock.forward(minutes=1)
    ivr.patch(f"/contacts/{contact_id}/facts", facts(account_number="A2"))
    assert (past_contacts(one), past_contacts(two)) == ([], [contact_id])


def test_what_two_contacts_said_is_still_known_when_one_was_somebody_elses(
    ivr: Api, agent: Api, clock: Clock
) -> None:
    # Given a caller whose reason was told on two calls, the second of which turns out to be another's
    other = a_customer(agent, "A2")
    first = ivr.post("/contacts", a_contact()).json
    second = ivr.post("/contacts", a_contact()).json
    for contact in (first, second):
        ivr.patch(f"/contacts/{contact['contact_id']}/facts", facts(reason="billing"))
        clock.forward(minutes=1)
    moved = ivr.patch(f"/contacts/{second['contact_id']}/facts", facts(account_number="A2")).json
    # Then the first is still known to have said it, and it is listed once
    assert moved["customer_id"] == other
    reason = agent.get(f"/customers/{first['customer_id']}/facts").json["facts"]["reason"]
    assert (reason["value"], reason["contact_id"], reason["earlier"]) == ("billing", first["contact_id"], [])
