"""What is said against what a number says: when it is somebody else, and when it is only misheard."""

from chalicelib.runtime import get_deps
from chalicelib.services.contacts.follow import follow_contact
from tests.conftest import Api
from tests.factories import a_contact, an_interaction, facts

STRANGERS = facts(date_of_birth="1964-07-02", name="Bob Miller", postcode="LS2 9JT")


def ada_of(agent: Api) -> str:
    made = {
        "name": "Ada Lovelace",
        "identifiers": [{"type": "phone", "value": "+447700900123", "verified": True}],
        **facts("crm", verified=True, date_of_birth="1990-01-31", postcode="SW1A 1AA"),
    }
    return str(agent.post("/customers", made).json["customer_id"])


def test_who_borrows_a_phone_is_not_its_owner(ivr: Api, agent: Api) -> None:
    # Given Ada, whose phone a stranger uses
    ada = ada_of(agent)
    contact = ivr.post("/contacts", a_contact("+447700900123")).json
    assert contact["customer_id"] == ada
    # When what the stranger says is somebody else's
    said = ivr.patch(f"/contacts/{contact['contact_id']}/facts", STRANGERS).json
    # Then Ada is a candidate only, and nothing of it is hers
    assert (said["customer_id"], said["match"]["result"]) == (None, "many")
    assert said["candidates"] == [{"customer_id": ada}]
    assert {"fact": "date_of_birth", "conflicts": True} in said["match"]["reasons"]
    assert said["known"]["name"]["value"] == "Bob Miller"
    kept = agent.get(f"/customers/{ada}/facts").json["facts"]
    assert kept["date_of_birth"]["value"] == "1990-01-31"
    assert kept["date_of_birth"]["earlier"] == []
    pop = agent.get(f"/contacts/{contact['contact_id']}/screen-pop").json
    assert (pop["customer"], pop["contact"]["customer_id"]) == (None, None)
    # and the phone is still hers
    assert ivr.post("/contacts", a_contact("+447700900123")).json["customer_id"] == ada
    live = agent.get(
        f"/contacts/{ivr.post('/contacts', a_contact('+447700900123')).json['contact_id']}/screen-pop"
    )
    assert contact["contact_id"] not in [one["contact_id"] for one in live.json["live_contacts"]]


def test_what_was_misheard_can_be_put_right(ivr: Api, agent: Api) -> None:
    ada = ada_of(agent)
    contact_id = ivr.post("/contacts", a_contact("+447700900123")).json["contact_id"]
    ivr.patch(f"/contacts/{contact_id}/facts", STRANGERS)
    corrected = ivr.patch(f"/contacts/{contact_id}/facts", facts(date_of_birth="1990-01-31")).json
    assert (corrected["customer_id"], corrected["match"]["result"]) == (ada, "one")


def test_facts_come_one_by_one_and_do_not_vouch_for_themselves(ivr: Api, agent: Api) -> None:
    ada = ada_of(agent)
    contact_id = ivr.post("/contacts", a_contact("+447700900123")).json["contact_id"]
    # one alone is not enough, and goes to Ada's facts for now
    first = ivr.patch(f"/contacts/{contact_id}/facts", facts(date_of_birth="1964-07-02")).json
    assert first["customer_id"] == ada
    second = ivr.patch(f"/contacts/{contact_id}/facts", facts(name="Bob Miller")).json
    assert second["customer_id"] is None
    assert agent.get(f"/customers/{ada}/facts").json["facts"]["date_of_birth"]["earlier"] == []


def test_an_account_number_or_a_check_outweighs_what_was_misheard(ivr: Api, agent: Api) -> None:
    ada = ada_of(agent)
    agent.post(f"/customers/{ada}/identifiers", {"type": "account", "value": "A1"})
    keyed = ivr.post("/contacts", a_contact("+447700900123")).json["contact_id"]
    said = ivr.patch(
        f"/contacts/{keyed}/facts", {"facts": facts(account_number="A1")["facts"] | STRANGERS["facts"]}
    ).json
    assert said["customer_id"] == ada
    checked = ivr.post("/contacts", a_contact("+447700900123")).json["contact_id"]
    agent.post(f"/contacts/{checked}/verify", facts(date_of_birth="1990-01-31", postcode="SW1A 1AA"))
    said = ivr.patch(f"/contacts/{checked}/facts", STRANGERS).json
    assert said["customer_id"] == ada


def test_a_lookup_says_the_same_as_the_contact(ivr: Api, agent: Api) -> None:
    ada = ada_of(agent)
    asked = {"identifiers": [{"type": "phone", "value": "+447700900123"}], **STRANGERS}
    found = ivr.post("/lookup", asked).json
    assert (found["customer_id"], found["match"]["result"]) == (None, "many")
    assert found["candidates"] == [{"customer_id": ada}]


def test_what_a_stranger_wrote_before_leaves_with_them(ivr: Api, agent: Api) -> None:
    ada = ada_of(agent)
    contact_id = ivr.post("/contacts", a_contact("+447700900123", channel="chat")).json["contact_id"]
    ivr.post("/interactions", an_interaction(contact_id=contact_id, body="It is Bob here"))
    ivr.patch(f"/contacts/{contact_id}/facts", STRANGERS)
    follow_contact(get_deps(), contact_id, ada)
    assert agent.get(f"/customers/{ada}/timeline").json["items"] == []
    pop = agent.get(f"/contacts/{contact_id}/screen-pop").json
    assert [entry["body"] for entry in pop["timeline"]] == ["It is Bob here"]
