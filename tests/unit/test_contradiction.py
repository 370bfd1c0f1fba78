"""What is said against what a number says: when it is somebody else, and when it is only misheard."""

import pytest

from chalicelib.rules.contradiction import contradicting
from chalicelib.services.follow import follow_contact
from tests.conftest import Api
from tests.factories import a_contact, an_interaction, facts

ADA = {"date_of_birth": ["1990-01-31"], "name": ["Ada Lovelace"], "postcode": ["SW1A 1AA"]}
STRANGER = {"date_of_birth": "1964-07-02", "name": "Bob Miller", "postcode": "LS2 9JT"}
STRANGERS = facts(date_of_birth="1964-07-02", name="Bob Miller", postcode="LS2 9JT")
SAID_BY_ADA = {"date_of_birth": "1990-01-31", "name": "Ada Lovelace", "postcode": "SW1A 1AA"}


@pytest.mark.parametrize(
    ("said", "against"),
    [
        (STRANGER, ["date_of_birth", "name", "postcode"]),
        ({"name": "Bob Miller", "postcode": "LS2 9JT"}, ["name", "postcode"]),
        ({"date_of_birth": "1964-07-02", "postcode": "LS2 9JT"}, ["date_of_birth", "postcode"]),
        # a relative has the surname and the postcode, and another first name and birthday
        (SAID_BY_ADA | {"date_of_birth": "1964-07-02", "name": "George Lovelace"}, ["date_of_birth", "name"]),
    ],
)
def test_somebody_else(said: dict[str, str], against: list[str]) -> None:
    assert contradicting(ADA, said) == against


@pytest.mark.parametrize(
    "said",
    [
        SAID_BY_ADA,
        {},
        # one fact is never enough: a wrong guess must not be told from a right one
        {"date_of_birth": "1964-07-02"},
        {"name": "Bob Miller"},
        {"postcode": "LS2 9JT"},
        # the date agrees, so the rest was misheard, or she has moved and married
        STRANGER | {"date_of_birth": "1990-01-31"},
        # the name agrees, so the date was misheard
        STRANGER | {"name": "Ada Lovelace"},
        # nearly right is misheard: two parts of three, a digit, day and month swapped
        {"date_of_birth": "1990-01-30", "name": "Ida Loveless"},
        {"date_of_birth": "1980-01-31", "name": "A Lovelace"},
        {"date_of_birth": "1990-02-28", "name": "Ada Lovelace"},
        {"name": "Eida Lovlace", "postcode": "LS2 9JT"},
        {"name": "Bob Miller", "postcode": "SW1A 1AE"},
        {"name": "Mary Lovelace", "postcode": "LS2 9JT"},
        {"reason": "billing", "language": "fr"},
    ],
)
def test_the_same_person_as_far_as_can_be_told(said: dict[str, str]) -> None:
    assert contradicting(ADA, said) == []


def test_day_and_month_swapped_are_not_another_date() -> None:
    known = {"date_of_birth": ["1990-03-05"], "name": ["Ada Lovelace"]}
    assert contradicting(known, {"date_of_birth": "1990-05-03", "name": "Bob Miller"}) == []


def test_any_value_that_was_known_before_counts() -> None:
    known = {"date_of_birth": ["1991-12-24", "1990-01-31"], "name": ["Bea Wilson", "Ada Lovelace"]}
    assert contradicting(known, {"date_of_birth": "1990-01-31", "name": "Bob Miller"}) == []


def test_what_is_not_known_contradicts_nothing() -> None:
    assert contradicting({"name": ["Ada"]}, STRANGER) == []
    assert contradicting({}, STRANGER) == []


def test_a_name_of_one_word_is_compared_with_each() -> None:
    known = {"name": ["Lovelace"], "postcode": ["SW1A 1AA"]}
    assert contradicting(known, {"name": "Ada Lovelace", "postcode": "LS2 9JT"}) == []
    assert contradicting(known, {"name": "Bob Miller", "postcode": "LS2 9JT"}) == ["name", "postcode"]


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
    follow_contact(contact_id, ada)
    assert agent.get(f"/customers/{ada}/timeline").json["items"] == []
    pop = agent.get(f"/contacts/{contact_id}/screen-pop").json
    assert [entry["body"] for entry in pop["timeline"]] == ["It is Bob here"]
