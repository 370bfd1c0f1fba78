"""Facts: what counts, what is remembered, and where they go with their contact."""

from typing import Any

import pytest

from chalicelib.errors import Forbidden, NotFound
from chalicelib.models import keys, store
from chalicelib.models.identifiers import normalise
from chalicelib.models.items import Contact, ContactSummary, Item
from chalicelib.models.requests.contacts import ReportContact
from chalicelib.models.requests.facts import SaveFacts
from chalicelib.rules.access import Caller, Role
from chalicelib.services.contacts.progress import report_contact
from chalicelib.services.deps import Deps
from chalicelib.services.facts.facts import save_facts
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, facts
from tests.settings import NOW

IVR = Caller(Role.IVR, "ivr-1")
PHONE, OTHER = "+447700900123", "+447700900124"


def a_customer(agent: Api, account: str, *phones: str, **more: Any) -> str:
    listed = [{"type": "account", "value": account}, *({"type": "phone", "value": one} for one in phones)]
    body = {"name": account, "identifiers": listed} | more
    return str(agent.post("/customers", body).json["customer_id"])


def a_call(ivr: Api, number: str | None = PHONE, **more: Any) -> str:
    return str(ivr.post("/contacts", a_contact(number, **more)).json["contact_id"])


def says(ivr: Api, contact_id: str, *, verified: bool = False, **said: str) -> Any:
    reply = ivr.patch(f"/contacts/{contact_id}/facts", facts(verified=verified, **said))
    assert reply.status == 200, reply.json
    return reply.json


def live(customer_id: str) -> tuple[int, list[str]]:
    """How many live contacts are counted, and which are shown."""
    head = store.get_head(customer_id)
    return int(head.profile.live_contacts), [one.contact_id for one in head.contacts]


def version(customer_id: str) -> int:
    return int(store.get_profile(customer_id).version)


def strangers(number: str = PHONE) -> int:
    """How many contacts of somebody else's came from there."""
    head = store.find_owners(normalise("phone", number)).head
    assert head
    return int(head.strangers)


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


# What is said, and where


def test_a_number_that_is_said_is_read_in_the_country_that_was_called(ivr: Api, agent: Api) -> None:
    contact_id = a_call(ivr, to={"type": "phone", "value": "+12025550100"})
    says(ivr, contact_id, phone="(202) 555-0143")
    phone = agent.get(f"/contacts/{contact_id}/screen-pop").json["facts"]["phone"]
    assert (phone["value"], phone["contact_id"]) == ("+12025550143", contact_id)


def test_what_is_needed_is_what_was_said_last_to_be(ivr: Api) -> None:
    contact_id = a_call(ivr, need=["reason", "product"])
    assert says(ivr, contact_id, reason="billing")["ask"] == ["product"]
    needs = facts(product="broadband") | {"need": ["postcode"]}
    assert ivr.patch(f"/contacts/{contact_id}/facts", needs).json["ask"] == ["postcode"]
    assert says(ivr, contact_id, reason="billing")["ask"] == ["postcode"]
    assert ivr.patch(f"/contacts/{contact_id}/facts", facts(reason="x") | {"need": []}).json["ask"] == []


def test_who_is_asked_for_what_another_call_said_is_asked_again(ivr: Api) -> None:
    # Given a caller who is known, and whose account nobody knew until it was keyed in
    says(ivr, a_call(ivr), postcode="EC1A 1BB")
    contact_id = a_call(ivr)
    says(ivr, contact_id, postcode="EC1A 1BB", reason="billing")
    assert {key: one["repeated"] for key, one in store.get_contact(contact_id).asked.items()} == {
        "ivr:postcode": True,
        "ivr:reason": False,
    }


def test_what_says_who_it_is_makes_nothing_known_that_was_asked_with_it(ivr: Api, agent: Api) -> None:
    # Given Ada, whose postcode is known, on a withheld number
    ada = a_customer(agent, "A1")
    says(ivr, a_call(ivr, "anonymous"), account_number="A1", postcode="EC1A 1BB")
    contact_id = a_call(ivr, "anonymous")
    # When she keys in her account with it, then nobody knew it before
    assert says(ivr, contact_id, account_number="A1", postcode="EC1A 1BB")["customer_id"] == ada
    assert not any(one["repeated"] for one in store.get_contact(contact_id).asked.values())


# A flow that knows nothing of a contact but its id


def saved(deps: Deps, contact_id: str, begun_with: dict[str, str] | None, **said: str) -> Contact:
    request = SaveFacts.model_validate(facts("ivr", verified=False, **said), strict=False)
    now = save_facts(deps, IVR, contact_id, request, begun_with=begun_with)
    assert now.contact
    return now.contact


def test_a_flow_adds_what_it_knows_of_the_contact_but_not_where_it_has_not_begun(ivr: Api, deps: Deps) -> None:
    contact_id = a_call(ivr, attributes={"queue": "sales"})
    saved(deps, contact_id, {"queue": "support", "language": "fr"}, reason="billing")
    assert store.get_contact(contact_id).attributes == {"queue": "sales", "language": "fr"}
    # Given a call of which only its provider has told
    told = {"channel": "voice", "provider": "twilio", "provider_contact_id": "CA1", "at": NOW, "phase": "ringing"}
    heard = report_contact(deps, IVR, ReportContact.model_validate(told, strict=False), "r", archive_key="KEY")
    with pytest.raises(NotFound, match="has not begun"):
        saved(deps, heard.contact_id, {}, reason="billing")
    assert store.get_contact(heard.contact_id).facts == {}
    # while one who says no more than what was said is heard
    assert saved(deps, heard.contact_id, None, reason="billing").facts.keys() == {"reason"}


# Who says it


def test_a_visitor_says_of_itself_what_names_nobody(ivr: Api, agent: Api) -> None:
    ada = a_customer(agent, "A1", name="Ada")
    visitor = ivr.as_("visitor")
    begun = visitor.post("/contacts", a_contact(None, channel="chat", provider="web", to=None)).json
    told = visitor.patch(f"/contacts/{begun['contact_id']}/facts", facts(account_number="A1")).json
    assert told["customer_id"] == begun["customer_id"] != ada
    assert told["known"]["account_number"]["value"] == "A1"
    # and of another's contact nothing
    assert visitor.patch(f"/contacts/{a_call(ivr)}/facts", facts(reason="x")).status == 404


def test_a_token_of_one_customer_names_nobody_else(ivr: Api, agent: Api, deps: Deps) -> None:
    ada, _bob = a_customer(agent, "A1", PHONE), a_customer(agent, "B2")
    contact_id = a_call(ivr)
    hers = Caller(Role.PORTAL, "portal-1", ada)
    said = SaveFacts.model_validate(facts("portal", account_number="B2", verified=True), strict=False)
    with pytest.raises(Forbidden):
        save_facts(deps, hers, contact_id, said)
    assert store.get_contact(contact_id).customer_id == ada
    said = SaveFacts.model_validate(facts("portal", reason="billing"), strict=False)
    now = save_facts(deps, hers, contact_id, said)
    assert (now.contact and now.contact.contact_id, now.decision.customer_id) == (contact_id, ada)


# Whose the contact is by then


def test_a_contact_stays_whose_it_is_while_nothing_names_another(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a withheld call that an account number gave to Ada
    ada = a_customer(agent, "A1")
    contact_id = a_call(ivr, "anonymous")
    before = says(ivr, contact_id, account_number="A1")
    clock.forward(minutes=1)
    # When it is put right to one that nobody has
    after = says(ivr, contact_id, account_number="A9")
    # Then it still is hers, as it was decided
    assert (after["customer_id"], after["match"], after["candidates"]) == (ada, before["match"], [])
    assert live(ada) == (1, [contact_id])
    assert store.get_contact(contact_id).evidence[0]["owners"] == []


@pytest.mark.parametrize("status", ["live", "ended"])
def test_a_contact_is_counted_where_it_is(ivr: Api, agent: Api, clock: Clock, status: str) -> None:
    # Given Ada's phone, and Bob's account
    ada, bob = a_customer(agent, "A1", PHONE), a_customer(agent, "B2", OTHER)
    contact_id = a_call(ivr)
    says(ivr, contact_id, reason="billing")
    if status == "ended":
        agent.post(f"/contacts/{contact_id}/end", {})
    before = {one: version(one) for one in (ada, bob)}
    # When Bob keys in his account on it
    clock.forward(minutes=1)
    said = says(ivr, contact_id, account_number="B2", product="broadband")
    # Then it is his, with all that was said
    assert (said["customer_id"], said["match"]["result"], said["assurance"]) == (bob, "one", 1)
    assert live(ada) == (0, [])
    assert live(bob) == ((1, [contact_id]) if status == "live" else (0, []))
    assert past_contacts(bob) == ([] if status == "live" else [contact_id])
    assert past_contacts(ada) == []
    assert agent.get(f"/customers/{ada}/facts").json["facts"] == {}
    known = agent.get(f"/customers/{bob}/facts").json["facts"]
    assert set(known) == {"reason", "account_number", "product"}
    # and stays so, whatever else is said
    assert says(ivr, contact_id, reason="a bill")["customer_id"] == bob
    # and what is known of either is not another thing for that
    if status == "live":
        assert {one: version(one) for one in (ada, bob)} == before


def test_an_identity_check_of_one_customer_is_none_of_another(ivr: Api, agent: Api) -> None:
    known = {"postcode": "EC1A 1BB", "date_of_birth": "1980-01-02"}
    a_customer(agent, "A1", PHONE, **facts("crm", verified=True, **known))
    bob = a_customer(agent, "B2")
    contact_id = a_call(ivr)
    checked = {"facts": {name: {"value": value} for name, value in known.items()}}
    assert ivr.post(f"/contacts/{contact_id}/verify", checked).json["assurance"] == 3
    # what else is said leaves it as it is
    assert says(ivr, contact_id, reason="billing")["assurance"] == 3
    said = says(ivr, contact_id, account_number="B2")
    assert (said["customer_id"], said["assurance"]) == (bob, 1)
    assert store.get_contact(contact_id).checked == 0


def test_who_turns_out_to_be_somebody_else_has_not_rung_back(ivr: Api, agent: Api) -> None:
    a_customer(agent, "A1", PHONE)
    a_customer(agent, "B2")
    dropped = a_call(ivr)
    ivr.post(f"/contacts/{dropped}/end", {})
    again = a_call(ivr)
    assert says(ivr, again, reason="billing")["continues"]["contact_id"] == dropped
    assert says(ivr, again, account_number="B2")["continues"] is None


def test_what_is_said_names_the_case_that_it_is_about(ivr: Api, agent: Api, spy: Spy) -> None:
    # Given Ada, who has two open cases, and rings
    ada = a_customer(agent, "A1", PHONE)
    bill, _noise = (
        agent.post(f"/customers/{ada}/cases", {"subject": subject, "reason": reason}).json["case_id"]
        for subject, reason in (("A bill", "billing"), ("Noise", "complaint"))
    )
    contact_id = a_call(ivr)
    assert store.get_contact(contact_id).case_id is None
    # When she says why
    says(ivr, contact_id, reason="billing")
    contact = store.get_contact(contact_id)
    assert (contact.case_id, contact.case_found["by"]) == (bill, "reason")
    # and while the call goes on the case is not even looked at, where it turns out to be somebody else's
    bob = a_customer(agent, "B2")
    spy.reset()
    assert says(ivr, contact_id, account_number="B2")["customer_id"] == bob
    assert spy.operations.count("GetItem") == 1
    assert store.get_contact(contact_id).case_id is None


# What is vouched for


def test_what_is_vouched_for_is_bound_and_is_evidence_from_then_on(ivr: Api, agent: Api) -> None:
    ada = a_customer(agent, "A1", PHONE)
    contact_id = a_call(ivr)
    said = says(ivr, contact_id, verified=True, email="ada@example.com")
    assert (said["customer_id"], said["assurance"]) == (ada, 3)
    # it is bound once, on this contact
    listed = {one["type"]: one for one in agent.get(f"/customers/{ada}/identifiers").json["items"]}
    email = listed["email"]
    assert (email["value"], email["how"], email["contact_id"]) == ("ada@example.com", "vouched", contact_id)
    assert (email["verified"], version(ada)) == (True, 2)
    evidence = {one["type"]: one for one in store.get_contact(contact_id).evidence}
    assert [one["owners"] for one in evidence.values()] == [[[ada, False]], [[ada, True]]]
    # and weighs the same when it is weighed again
    assert says(ivr, contact_id, reason="billing")["match"] == said["match"]
    assert version(ada) == 2


@pytest.mark.parametrize("status", ["live", "ended"])
def test_who_is_vouched_for_and_new_is_a_customer_of_their_own(ivr: Api, agent: Api, status: str) -> None:
    # Given a withheld call, on which something was said
    contact_id = a_call(ivr, "anonymous")
    says(ivr, contact_id, reason="billing")
    if status == "ended":
        agent.post(f"/contacts/{contact_id}/end", {})
    # When a trusted flow says which account it is, that nobody has yet
    said = says(ivr, contact_id, verified=True, account_number="Z9")
    # Then there is a customer with it, with the contact and what was said on it
    new = said["customer_id"]
    assert (said["match"]["result"], said["assurance"]) == ("one", 3)
    profile = store.get_profile(new)
    known = [(one["how"], one["contact_id"]) for one in profile.identifiers]
    assert (profile.met_on, known) == (contact_id, [("vouched", contact_id)])
    assert live(new) == ((1, [contact_id]) if status == "live" else (0, []))
    assert past_contacts(new) == ([] if status == "live" else [contact_id])
    assert set(agent.get(f"/customers/{new}/facts").json["facts"]) == {"reason", "account_number"}
    assert store.get_contact(contact_id).evidence[-1]["owners"] == [[new, True]]


def test_who_is_only_said_to_be_on_a_browser_is_no_stranger_there(ivr: Api, agent: Api) -> None:
    # Given a browser of Ada's, who has an account as Bob has
    browser = {"type": "visitor", "value": "V-9"}
    known = [browser, {"type": "account", "value": "A1"}]
    agent.post("/customers", {"name": "Ada", "identifiers": known})
    bob = a_customer(agent, "B2")

    def a_chat() -> str:
        body = a_contact(None, channel="chat", provider="web", to=None, **{"from": browser})
        return str(ivr.post("/contacts", body).json["contact_id"])

    def shared() -> int:
        head = store.find_owners(normalise("visitor", "V-9")).head
        return int(head.strangers) if head else -1

    # When his account is typed there, then it is his; only where it is vouched for others use the browser
    for verified, times in ((False, 0), (True, 1)):
        assert says(ivr, a_chat(), account_number="B2", verified=verified)["customer_id"] == bob
        assert shared() == times


def test_an_account_that_is_vouched_for_leaves_the_lender_of_the_phone(ivr: Api, agent: Api) -> None:
    # Given Ada's phone, on which a stranger spoke
    ada = a_customer(agent, "A1", PHONE)
    contact_id = a_call(ivr)
    says(ivr, contact_id, reason="billing")
    before = version(ada)
    # When the stranger's account, which nobody has, is vouched for
    new = says(ivr, contact_id, verified=True, account_number="Z9")["customer_id"]
    # Then all of it is theirs, and nothing of it Ada's
    assert new not in {None, ada}
    assert (live(ada), live(new)) == ((0, []), (1, [contact_id]))
    assert (store.get_profile(new).met_on, version(ada)) == (contact_id, before)
    assert set(agent.get(f"/customers/{new}/facts").json["facts"]) == {"reason", "account_number"}


def known_by(customer_id: str) -> list[tuple[str, str, bool]]:
    listed = store.get_profile(customer_id).identifiers
    return [(one["value"], one["how"], one["verified"]) for one in listed]


def owners(contact_id: str) -> list[list[Any]]:
    """Who is known by what speaks for whom the contact is with."""
    return [one["owners"] for one in store.get_contact(contact_id).evidence]


def test_who_is_vouched_for_takes_a_first_number_with_them(ivr: Api, agent: Api) -> None:
    # Given Ada by her account, and a call from a number that was met for the first time
    ada = a_customer(agent, "A1")
    contact_id = a_call(ivr, to=None)
    husk = store.get_contact(contact_id).customer_id
    # When her account is vouched for, with an address
    said = says(ivr, contact_id, verified=True, account_number="A1", email="ada@example.com")
    # Then the number and the address are hers, and nobody else's
    assert known_by(ada) == [
        ("A1", "given", True),
        (PHONE, "confirmed", False),
        ("ada@example.com", "vouched", True),
    ]
    assert (known_by(husk), version(ada), version(husk)) == ([], 2, 2)
    for one in ({"type": "phone", "value": PHONE}, {"type": "email", "value": "ada@example.com"}):
        assert ivr.post("/lookup", {"identifiers": [one]}).json["customer_id"] == ada
    assert owners(contact_id) == [[[ada, False]], [[ada, False]], [[ada, True]]]
    # and it is said as it will be when it is weighed again
    assert says(ivr, contact_id, reason="billing")["match"] == said["match"]
    assert version(ada) == 2


def test_a_number_alone_that_is_taken_with_them_is_listed(ivr: Api, agent: Api) -> None:
    listed = [{"type": "account", "value": "A1", "verified": True}]
    ada = agent.post("/customers", {"name": "Ada", "identifiers": listed}).json["customer_id"]
    assert says(ivr, a_call(ivr), verified=True, account_number="A1")["customer_id"] == ada
    assert known_by(ada) == [("A1", "given", True), (PHONE, "confirmed", False)]
    assert version(ada) == 2


def test_what_is_vouched_for_is_bound_where_it_is_free_or_theirs(ivr: Api, agent: Api) -> None:
    # Given Ada, and Bob's address
    listed = [{"type": "account", "value": "A1"}, {"type": "phone", "value": PHONE}]
    ada = agent.post("/customers", {"name": "Ada", "identifiers": listed}).json["customer_id"]
    agent.post("/customers", {"name": "Bob", "identifiers": [{"type": "email", "value": "bob@example.com"}]})
    contact_id = a_call(ivr)
    # When her account is vouched for, with his address
    said = says(ivr, contact_id, verified=True, account_number="A1", email="bob@example.com")
    # Then her account is verified now, and the address is not hers
    assert said["customer_id"] == ada
    assert known_by(ada) == [("A1", "given", True), (PHONE, "given", False)]


def test_who_is_met_on_a_later_leg_was_met_on_the_first(ivr: Api) -> None:
    first = a_call(ivr, "anonymous", provider_contact_id="leg-1")
    leg = a_call(ivr, "anonymous", provider_contact_id="leg-2", previous_provider_contact_id="leg-1")
    new = says(ivr, leg, verified=True, account_number="Z9")["customer_id"]
    assert store.get_profile(new).met_on == first


def test_of_a_person_on_two_records_what_is_said_stays_where_the_contact_is(
    ivr: Api, agent: Api, deps: Deps
) -> None:
    # Given a call of one of Ada's records, which was merged into the other
    ada, other = a_customer(agent, "A1"), a_customer(agent, "A2", PHONE)
    contact_id = a_call(ivr)
    agent.post(f"/customers/{ada}/merges", {"other_customer_id": other})
    # Then what is said and vouched for is that record's, and answered with the person's id
    given = SaveFacts.model_validate(facts(verified=True, email="ada@example.com"), strict=False)
    assert save_facts(deps, IVR, contact_id, given).decision.customer_id == ada
    said = says(ivr, contact_id, verified=True, email="ada@example.com")
    assert (said["customer_id"], store.get_contact(contact_id).customer_id) == (ada, other)
    assert store.get_head(other).facts.entries.keys() == {"email"}
    assert ("ada@example.com", "vouched", True) in known_by(other)
    # also where it is the other record that it names
    says(ivr, contact_id, account_number="A1")
    assert store.get_head(other).facts.entries.keys() == {"email", "account_number"}
    assert store.get_head(ada).facts.entries == {}
    # and known to whoever asks on the next call
    again = a_call(ivr)
    says(ivr, again, email="ada@example.com")
    assert [one["repeated"] for one in store.get_contact(again).asked.values()] == [True]


def test_saving_what_changes_nothing_else_costs_two_reads(ivr: Api, agent: Api, spy: Spy) -> None:
    a_customer(agent, "A1", PHONE)
    contact_id = a_call(ivr)
    spy.reset()
    says(ivr, contact_id, reason="billing")
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]


def test_of_several_who_share_a_number_none_is_given_a_new_account(ivr: Api, agent: Api) -> None:
    ada, bob = a_customer(agent, "A1", PHONE), a_customer(agent, "B2", PHONE)
    contact_id = a_call(ivr)
    said = says(ivr, contact_id, verified=True, account_number="Z9")
    assert (said["customer_id"], said["match"]["result"]) == (None, "many")
    assert {one["customer_id"] for one in said["candidates"]} == {ada, bob}
    assert ivr.post("/lookup", {"identifiers": [{"type": "account", "value": "Z9"}]}).json["customer_id"] is None


# Who was only met there


def test_nobody_is_left_whom_it_could_be(ivr: Api, agent: Api) -> None:
    # Given a number beside which Ada, who has another, was met once
    known = facts("crm", verified=True, date_of_birth="1990-01-31", postcode="SW1A 1AA")
    ada = a_customer(agent, "A1", OTHER, name="Ada Lovelace", **known)
    says(ivr, a_call(ivr, to=None), verified=True, account_number="A1")
    contact_id = a_call(ivr, to=None)
    # When who calls says nothing that tells, then it may be her
    said = says(ivr, contact_id, reason="billing")
    assert (said["customer_id"], said["match"]["result"]) == (None, "many")
    # When they say that they are somebody else
    said = says(ivr, contact_id, date_of_birth="1964-07-02", name="Bob Miller", postcode="LS2 9JT")
    # Then they are somebody new, known by the number that they came from
    new = said["customer_id"]
    assert new not in {None, ada}
    assert (said["match"]["result"], said["assurance"], said["candidates"]) == ("one", 1, [])
    assert known_by(new) == [(PHONE, "came_from", False)]
    assert owners(contact_id) == [[[new, False]]]
    assert (live(new), store.get_profile(new).met_on) == ((1, [contact_id]), contact_id)
    assert agent.get(f"/customers/{new}/facts").json["facts"].keys() == {
        "reason",
        "date_of_birth",
        "name",
        "postcode",
    }
    assert says(ivr, contact_id, reason="billing")["match"] == said["match"]


def test_a_number_that_was_only_said_makes_nobody(ivr: Api, agent: Api) -> None:
    # Given a number beside which Ada, who has another, was met once, and a withheld call on which it is said
    known = facts("crm", verified=True, date_of_birth="1990-01-31", postcode="SW1A 1AA")
    ada = a_customer(agent, "A1", OTHER, name="Ada Lovelace", **known)
    says(ivr, a_call(ivr), verified=True, account_number="A1")
    contact_id = a_call(ivr, "anonymous")
    said = says(ivr, contact_id, phone=PHONE)
    assert (said["match"]["result"], said["candidates"]) == ("many", [{"customer_id": ada}])
    # When it is not her, then it is nobody
    said = says(ivr, contact_id, date_of_birth="1964-07-02", name="Bob Miller", postcode="LS2 9JT")
    assert (said["customer_id"], said["match"]["result"], said["candidates"]) == (None, "none", [])


# Who is doubted


def test_a_stranger_whose_account_is_vouched_for_is_somebody_new(ivr: Api, agent: Api) -> None:
    known = facts("crm", verified=True, date_of_birth="1990-01-31", postcode="SW1A 1AA")
    ada = agent.post(
        "/customers", {"name": "Ada Lovelace", "identifiers": [{"type": "phone", "value": PHONE}]} | known
    ).json["customer_id"]
    contact_id = a_call(ivr)
    says(ivr, contact_id, date_of_birth="1964-07-02", name="Bob Miller", postcode="LS2 9JT")
    new = says(ivr, contact_id, verified=True, email="bob@example.com")["customer_id"]
    assert new not in {None, ada}
    assert known_by(new) == [("bob@example.com", "vouched", True)]
    assert (live(ada), live(new)) == ((0, []), (1, [contact_id]))


def test_who_typed_a_number_that_is_not_theirs_came_from_nowhere(ivr: Api, agent: Api) -> None:
    # Given a withheld call, on which Ada's number was said
    known = facts("crm", verified=True, date_of_birth="1990-01-31", postcode="SW1A 1AA")
    ada = a_customer(agent, "A1", PHONE, name="Ada Lovelace", **known)
    contact_id = a_call(ivr, "anonymous")
    assert says(ivr, contact_id, phone=PHONE)["customer_id"] == ada
    # When what is said then is not hers
    said = says(ivr, contact_id, date_of_birth="1964-07-02", name="Bob Miller", postcode="LS2 9JT")
    # Then it is nobody's, and no stranger was on her phone
    assert (said["customer_id"], live(ada), strangers()) == (None, (0, []), 0)


def test_a_stranger_on_somebodys_phone_is_counted_once(ivr: Api, agent: Api) -> None:
    # Given Ada, of whom more is known than her number
    known = facts("crm", verified=True, date_of_birth="1990-01-31", postcode="SW1A 1AA")
    ada = a_customer(agent, "A1", PHONE, name="Ada Lovelace", **known)
    contact_id = a_call(ivr, to=None)
    # When somebody says on it what is not hers, and then more
    said = says(ivr, contact_id, date_of_birth="1964-07-02", name="Bob Miller", postcode="LS2 9JT")
    assert (said["customer_id"], said["candidates"]) == (None, [{"customer_id": ada}])
    assert (live(ada), strangers()) == ((0, []), 1)
    says(ivr, contact_id, reason="billing")
    assert strangers() == 1
