"""What counts of a flow's event, and what the flow is told: flat, and in words that it can branch on."""

from typing import Any

import pytest

from chalicelib.models import keys, store
from chalicelib.models.requests.contacts import ReportContact
from chalicelib.rules.access import Caller, Role
from chalicelib.services.contacts import connect_flows
from chalicelib.services.contacts.connect_flows import FlowEvent
from chalicelib.services.contacts.progress import report_contact
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock, Spy
from tests.events import connect_event
from tests.factories import an_interaction, facts
from tests.settings import NOW, SETTINGS
from tests.unit.test_continuation import a_code, a_visit

DEPS = Deps(SETTINGS, now=lambda: NOW)
ADA, OURS = ({"type": "phone", "value": value} for value in ("+447700900123", "+441632960000"))
ARN = "arn:aws:connect:eu-west-2:111122223333:instance/0a1b2c3d"
BLANK = {
    "contact_id": "",
    "matched": "none",
    "customer_id": "",
    "customer_name": "",
    "confidence": "0.00",
    "ask": "",
    "confirm": "",
    "open_case_id": "",
    "open_case_subject": "",
    "preferred_language": "",
    "continuation": "",
    "continues_contact_id": "",
    "continues_channel": "",
    "continues_case_id": "",
    "reason": "",
}


def read(**changed: Any) -> FlowEvent:
    return FlowEvent.read(connect_event("CALL", **changed))


def given(identifier: Any) -> Any:
    return identifier and {"type": str(identifier.type), "value": identifier.value}


# What counts of an event


def test_what_counts_of_a_call() -> None:
    flow = read(Attributes={"menu": "2"}, parameters={"need": "reason", "postcode": "LS1 4AP"})
    assert (flow.contact_id, flow.channel, flow.direction, flow.instance) == ("CALL", "voice", "inbound", ARN)
    assert (given(flow.customer), given(flow.system)) == (ADA, OURS)
    assert flow.attributes == {"menu": "2", "language": "en-GB"}
    assert flow.parameters == {"need": "reason", "postcode": "LS1 4AP"}
    assert (flow.caller.role, flow.caller.subject) == ("ivr", ARN)
    assert read(InstanceARN=None).caller.subject == "amazon-connect"
    # which contacts it goes on from, and what code was keyed in
    assert (flow.previous, flow.initial, flow.code) == ("CALL", "CALL", None)
    goes_on = read(
        PreviousContactId="BEFORE", InitialContactId="FIRST", parameters={"continuation_code": "123456"}
    )
    assert (goes_on.previous, goes_on.initial, goes_on.code) == ("BEFORE", "FIRST", "123456")


@pytest.mark.parametrize(
    ("told", "channel"),
    [("VOICE", "voice"), ("CHAT", "chat"), ("EMAIL", "email"), ("TASK", "other"), (None, "other")],
)
def test_the_channel(told: Any, channel: str) -> None:
    assert read(Channel=told).channel == channel


@pytest.mark.parametrize(
    ("told", "direction"),
    [("INBOUND", "inbound"), ("OUTBOUND", "outbound"), ("CALLBACK", "outbound"), (None, "inbound")],
)
def test_the_direction(told: Any, direction: str) -> None:
    assert read(InitiationMethod=told).direction == direction


def test_an_address_is_a_number_or_a_mails_and_nothing_else_is_one() -> None:
    mail = {"Type": "EMAIL_ADDRESS", "Address": "ada@example.com"}
    assert given(read(CustomerEndpoint=mail).customer) == {"type": "email", "value": "ada@example.com"}
    for none in ({"Type": "VOIP", "Address": "x"}, {"Type": "EMAIL_ADDRESS"}, {"Address": "x"}, "x", None):
        assert read(CustomerEndpoint=none).customer is None
        assert read(SystemEndpoint=none).system is None


def test_the_language_of_a_flow_is_one_of_its_attributes() -> None:
    assert read(LanguageCode=None).attributes == {}
    assert read(Attributes={"language": "fr"}).attributes == {"language": "fr"}


def test_numbers_that_are_never_kept_are_masked_in_attributes() -> None:
    flow = read(Attributes={"note": "my card is 4242 4242 4242 4242", "id": "4242424242424242"}, LanguageCode=None)
    assert flow.attributes == {"note": "my card is [card number]", "id": "4242424242424242"}


def test_text_is_one_line_and_bounded_and_what_is_none_is_left_out() -> None:
    odd = {
        "long": "x" * 300,
        "lines": " a\n b\x00c ",
        "number": 7,
        "yes": True,
        "list": [1],
        "empty": " ",
        " ": "x",
    }
    flow = FlowEvent.read(connect_event(parameters=odd, LanguageCode=None, ContactId=None))
    assert flow.parameters == {"long": "x" * 256, "lines": "a b c", "number": "7"}
    assert flow.contact_id == ""


def test_only_so_many_attributes_are_kept() -> None:
    flow = read(Attributes={f"a{number}": "x" for number in range(60)}, LanguageCode=None)
    assert list(flow.attributes) == [f"a{number}" for number in range(50)]


def test_what_is_needed_and_what_is_said() -> None:
    parameters = {
        "need": " reason,, shoe_size ,postcode",
        "verified": "postcode, name",
        "postcode": "LS1 4AP",
        "reason": "a parcel",
        "shoe_size": "9",
    }
    flow = read(parameters=parameters)
    assert flow.need == ["reason", "postcode"]
    assert {name: (fact.value, fact.source, fact.verified) for name, fact in flow.facts.items()} == {
        "postcode": ("LS1 4AP", "ivr", True),
        "reason": ("a parcel", "ivr", False),
    }
    assert (read().need, read().facts) == ([], {})


@pytest.mark.parametrize("event", [None, [], {}, {"Details": 1}, {"Details": {"ContactData": "x"}}])
def test_an_odd_event_is_an_empty_one(event: Any) -> None:
    flow = FlowEvent.read(event)
    assert (flow.contact_id, flow.channel, flow.direction, flow.instance) == ("", "other", "inbound", "")
    assert (flow.customer, flow.system, flow.attributes, flow.parameters) == (None, None, {}, {})


# What a flow is told


def look_up(deps: Deps, **changed: Any) -> dict[str, str]:
    return connect_flows.look_up(deps, FlowEvent.read(connect_event(**changed)), "trace")


def save(deps: Deps, **changed: Any) -> dict[str, str]:
    return connect_flows.save(deps, FlowEvent.read(connect_event(**changed)), "trace")


def test_of_somebody_new_there_is_a_contact_and_what_to_ask(deps: Deps) -> None:
    answer = look_up(deps, parameters={"need": "reason,postcode"}, Attributes={"menu": "2"})
    contact = store.get_contact(answer["contact_id"])
    assert answer == BLANK | {
        "contact_id": contact.contact_id,
        "matched": "none",
        "customer_id": contact.customer_id,
        "ask": "reason,postcode",
        "preferred_language": "en-GB",
    }
    # as the flow told it
    assert (contact.channel, contact.direction, contact.provider) == ("voice", "inbound", "amazon-connect")
    assert (contact.provider_contact_id, contact.started_at) == (
        connect_event()["Details"]["ContactData"]["ContactId"],
        NOW,
    )
    assert (contact.sender["value"], contact.recipient["value"]) == (ADA["value"], OURS["value"])
    assert (contact.attributes, contact.need) == ({"menu": "2", "language": "en-GB"}, ["reason", "postcode"])
    assert (contact.correlation_id, contact.started_by) == ("trace", {"role": "ivr", "subject": ARN})


def test_of_a_call_out_the_customer_is_the_one_called(deps: Deps) -> None:
    contact = store.get_contact(look_up(deps, InitiationMethod="OUTBOUND")["contact_id"])
    assert (contact.sender["value"], contact.recipient["value"]) == (OURS["value"], ADA["value"])
    assert contact.direction == "outbound"
    # and an end that is none of ours is left out
    odd = look_up(deps, contact_id="odd", SystemEndpoint={"Type": "TELEPHONE_NUMBER", "Address": "sip:us"})
    assert store.get_contact(odd["contact_id"]).recipient is None


def test_of_somebody_known_who_what_is_open_and_what_is_known(deps: Deps, agent: Api) -> None:
    born = facts("crm", verified=True, date_of_birth="1990-01-31")
    ada = {"name": "Ada", "language": "fr", "identifiers": [ADA]} | born
    made = agent.post("/customers", ada).json["customer_id"]
    assert look_up(deps, contact_id="first")["open_case_id"] == ""
    case = agent.post(f"/customers/{made}/cases", {"subject": "Late parcel"}).json["case_id"]
    look_up(deps, contact_id="first", parameters={"product": "a phone"})
    answer = look_up(deps, contact_id="second")
    assert (answer["matched"], answer["customer_id"], answer["customer_name"]) == ("one", made, "Ada")
    assert (answer["confidence"], answer["preferred_language"], answer["reason"]) == ("0.85", "fr", "")
    assert (answer["open_case_id"], answer["open_case_subject"]) == (case, "Late parcel")
    # what may not be spoken yet is only known
    known = {name: value for name, value in answer.items() if name.startswith("known_")}
    assert known == {"known_product": "a phone", "known_date_of_birth": "yes"}


def test_why_nobody_is_known_is_told(deps: Deps) -> None:
    withheld = look_up(deps, contact_id="1", address="anonymous")
    assert (withheld["reason"], withheld["customer_id"], withheld["preferred_language"]) == ("withheld", "", "")
    nowhere = look_up(deps, contact_id="2", address=None)
    assert nowhere["reason"] == "no_customer_endpoint"
    assert store.get_contact(nowhere["contact_id"]).sender is None
    unusable = look_up(deps, contact_id="3", address="sip:x")
    assert unusable["reason"] == "unusable_customer_endpoint"
    assert store.get_contact(unusable["contact_id"]).sender is None
    # also where all that is saved is a code
    coded = save(deps, contact_id="4", address="anonymous", parameters={"continuation_code": "999999999"})
    assert (coded["continuation"], coded["reason"]) == ("unknown", "withheld")
    # a withheld number is kept as it came
    assert store.get_contact(look_up(deps, contact_id="1", address="anonymous")["contact_id"]).sender == {
        "type": "phone",
        "value": "anonymous",
        "scope": "",
    }


def test_a_national_number_is_read_in_the_country_that_was_called(deps: Deps) -> None:
    american = {"SystemEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+12015550100"}}
    answer = look_up(deps, address="(201) 555-0123", **american)
    (known,) = store.get_head(answer["customer_id"]).profile.identifiers
    assert (answer["reason"], known["value"]) == ("", "+12015550123")
    # and one that is none there is unusable
    icelandic = {"SystemEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+3545812345"}}
    answer = look_up(deps, contact_id="2", address="32 12 34 56", **icelandic)
    assert answer["reason"] == "unusable_customer_endpoint"


def test_a_lookup_that_says_something_saves_it(deps: Deps) -> None:
    answer = look_up(deps, parameters={"reason": "a parcel", "need": "reason,postcode"})
    assert (answer["known_reason"], answer["ask"], answer["reason"]) == ("a parcel", "postcode", "")


def test_what_is_saved_is_what_is_valid_and_the_rest_is_named(deps: Deps) -> None:
    parameters = {"reason": "a parcel", "postcode": "?", "date_of_birth": "x", "need": "reason,postcode"}
    answer = save(deps, parameters=parameters)
    assert (answer["known_reason"], answer["ask"]) == ("a parcel", "postcode")
    assert answer["reason"] == "invalid_postcode_and_date_of_birth"
    assert "known_postcode" not in answer
    contact = store.get_contact(answer["contact_id"])
    assert (contact.correlation_id, contact.sender["value"]) == ("trace", ADA["value"])
    # on a contact that goes on it is saved as well
    more = save(deps, parameters={"name": "Ada"})
    assert (more["contact_id"], more["known_name"], more["ask"]) == (contact.contact_id, "Ada", "postcode")
    assert more["reason"] == ""


def test_where_nothing_valid_is_said_the_contact_is_begun_and_that_is_told(deps: Deps) -> None:
    assert save(deps, contact_id="1")["reason"] == "no_facts"
    assert save(deps, contact_id="2", address="anonymous")["reason"] == "withheld"
    wrong = save(deps, contact_id="3", address="anonymous", parameters={"postcode": "?"})
    assert wrong["reason"] == "invalid_postcode"
    contact = store.get_contact(wrong["contact_id"])
    assert (contact.customer_id, contact.correlation_id) == (None, "trace")


def test_a_flow_may_only_say_what_it_needs(deps: Deps) -> None:
    look_up(deps, parameters={"need": "reason"})
    answer = save(deps, parameters={"need": "postcode"})
    assert (answer["ask"], answer["reason"]) == ("postcode", "")
    # and what it does not name again stays needed
    assert save(deps, parameters={"name": "Ada"})["ask"] == "postcode"
    assert save(deps, parameters={"need": ""})["ask"] == "postcode"


@pytest.mark.parametrize("ask", [look_up, save])
@pytest.mark.parametrize("said", [{}, {"reason": "a parcel"}])
def test_a_call_carries_on_whatever_its_code_is_from(
    deps: Deps, ivr: Api, clock: Clock, ask: Any, said: dict[str, str]
) -> None:
    # Given a visit on which a postcode was typed, and the code that was given out on it
    visit = a_visit(ivr.as_("visitor"))
    code = a_code(ivr.as_("visitor"), visit["contact_id"], ADA["value"])["code"]
    # When it is keyed in on a call, a little later
    clock.forward(minutes=1)
    answer = ask(deps, parameters={"continuation_code": code, "need": "postcode,product"} | said)
    # Then the call goes on from there
    assert (answer["continuation"], answer["continues_contact_id"]) == ("accepted", visit["contact_id"])
    assert (answer["continues_channel"], answer["continues_case_id"]) == ("portal", "")
    assert (answer["ask"], answer.get("known_reason")) == ("product", said.get("reason", "moving"))
    # and a code that is none is told, without keeping a call from beginning
    wrong = ask(deps, contact_id="other", parameters={"continuation_code": "999999999"} | said)
    assert (wrong["continuation"], wrong["continues_contact_id"], wrong["contact_id"] != "") == (
        "unknown",
        "",
        True,
    )


@pytest.mark.parametrize("told", ["PreviousContactId", "InitialContactId"])
def test_a_call_that_was_transferred_goes_on_from_the_one_before(deps: Deps, told: str) -> None:
    nothing = {"PreviousContactId": None, "InitialContactId": None}
    before = look_up(deps, contact_id="BEFORE", **nothing)["contact_id"]
    after = look_up(deps, contact_id="AFTER", **nothing | {told: "BEFORE"})["contact_id"]
    assert store.get_contact(after).previous_contact_id == before
    assert store.get_contact(before).previous_contact_id is None


def test_what_a_flow_has_verified_is_vouched_for(deps: Deps) -> None:
    answer = save(deps, parameters={"account_number": "A-1", "reason": "a parcel", "verified": "account_number"})
    said = store.get_contact(answer["contact_id"]).facts
    assert {name: entries[-1]["verified"] for name, entries in said.items()} == {
        "account_number": True,
        "reason": False,
    }
    assert [entries[-1]["source"] for entries in said.values()] == ["ivr", "ivr"]


def test_what_a_flow_notes_is_told_with_what_it_saves(deps: Deps) -> None:
    # Given a call of which Connect has told that there is one
    told = {"provider": "amazon-connect", "provider_contact_id": "CALL", "channel": "voice", "at": NOW}
    request = ReportContact.model_validate(told | {"phase": "ringing"}, strict=False)
    heard = report_contact(deps, Caller(Role.IVR, "connect"), request, "told", archive_key="A1")
    assert heard.sender is None
    # When a flow saves what was said, then between whom it is is known as well
    answer = save(deps, contact_id="CALL", parameters={"reason": "a parcel"}, Attributes={"menu": "2"})
    contact = store.get_contact(heard.contact_id)
    assert (answer["contact_id"], contact.sender["value"]) == (contact.contact_id, ADA["value"])
    assert (answer["known_reason"], contact.attributes["menu"]) == ("a parcel", "2")
    # and what it notes later
    save(deps, contact_id="CALL", parameters={"product": "a phone"}, Attributes={"menu": "3", "queue": "A"})
    assert store.get_contact(heard.contact_id).attributes == {"menu": "2", "language": "en-GB", "queue": "A"}


def test_who_has_no_name_goes_by_the_one_they_gave(deps: Deps) -> None:
    save(deps, contact_id="1", parameters={"name": "Ada"})
    assert look_up(deps, contact_id="2")["customer_name"] == "Ada"


def test_that_a_case_is_open_is_told_and_not_what_it_is_about(deps: Deps, ivr: Api) -> None:
    # Given what somebody wrote, which may be spoken only to who is known better than by a number
    wrote = ivr.post("/interactions", an_interaction(body="Where is my divorce file?")).json
    answer = look_up(deps)
    assert (answer["open_case_id"], answer["open_case_subject"]) == (wrote["case_id"], "")


def test_what_may_have_changed_is_to_be_confirmed(deps: Deps, clock: Clock) -> None:
    look_up(
        deps,
        contact_id="1",
        parameters={"postcode": "LS1 4AP", "account_number": "A1", "email": "ada@example.com"},
    )
    clock.forward(days=800)
    answer = look_up(deps, contact_id="2", parameters={"need": "postcode,account_number,reason,email"})
    assert (answer["confirm"], answer["ask"]) == ("postcode,email", "reason")


@pytest.mark.parametrize("ask", [look_up, save])
def test_without_a_contact_somebody_is_only_looked_up(deps: Deps, agent: Api, spy: Spy, ask: Any) -> None:
    account = {"type": "account", "value": "A1"}
    made = agent.post("/customers", {"name": "Ada", "identifiers": [account]}).json["customer_id"]
    spy.reset()
    parameters = {"account_number": "A1", "postcode": "?", "need": "reason"}
    answer = ask(deps, contact_id=None, parameters=parameters)
    assert (answer["contact_id"], answer["customer_id"], answer["matched"]) == ("", made, "one")
    assert (answer["ask"], answer["reason"]) == ("reason", "no_contact_id")
    assert "TransactWriteItems" not in spy.operations
    # and where nothing is said, there is nobody to look up
    spy.reset()
    assert ask(deps, contact_id=None, parameters={"need": "reason"}) == BLANK | {
        "ask": "reason",
        "reason": "no_contact_id",
    }
    assert spy.operations == []


def test_where_nothing_can_be_said_the_flow_goes_on_and_asks() -> None:
    flow = read(parameters={"need": "reason,postcode"})
    contact_id = keys.derived_id("contact", "amazon-connect", "CALL")
    assert connect_flows.nobody(flow, "unavailable") == BLANK | {
        "contact_id": contact_id,
        "ask": "reason,postcode",
        "reason": "unavailable",
    }
    without = FlowEvent.read(connect_event(contact_id=None))  # type: ignore[arg-type]
    assert connect_flows.nobody(without, "x") == BLANK | {"reason": "x"}


def test_what_is_not_true_any_more_is_not_told(deps: Deps, clock: Clock) -> None:
    look_up(deps, contact_id="1", parameters={"reason": "a parcel", "product": "a phone"})
    clock.forward(days=1)
    answer = look_up(deps, contact_id="2")
    assert ("known_reason" in answer, answer["known_product"]) == (False, "a phone")
