"""A code that is written: as a text message, as the subject of a mail, in a chat, or by tapping our link."""

from datetime import UTC, datetime
from typing import Any

from chalicelib.models import codes, store
from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.continuation import hashed
from chalicelib.services.continuation.carrying_on import KEYED, WRITTEN
from chalicelib.services.continuation.code_tries import EVERYBODY
from chalicelib.services.continuation.coded_messages import carried_on
from chalicelib.services.deps import Deps
from tests.channels import twilio
from tests.channels.email import a_mail
from tests.conftest import Api
from tests.factories import a_contact, an_interaction
from tests.provider import Provider
from tests.settings import SETTINGS
from tests.unit.test_continuation import OTHER, PHONE, a_call, a_code, failed_tries
from tests.unit.test_email import receive

WRITTEN_AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
WHATSAPP = {"type": "whatsapp", "value": PHONE}


def a_message(body: str, **changed: Any) -> dict[str, Any]:
    return an_interaction(channel="whatsapp", body=body, **{"from": WHATSAPP} | changed)


def timeline(agent: Api, customer_id: str) -> list[Any]:
    items: list[Any] = agent.get(f"/customers/{customer_id}/timeline").json["items"]
    return items


def text_of(told: Any) -> Any:
    """What is kept of a message."""
    return store.get_event(told["interaction_id"]).body


def tried(deps: Deps, way: str) -> int:
    """How many tries of all together stand, of what was keyed in or written."""
    counter = hashed(SETTINGS.continuation_secret, EVERYBODY, way)
    return codes.read_counts([counter], deps.now(), SETTINGS.code_life)[counter][0].both


def test_a_text_that_is_a_code_carries_on_and_is_not_kept(ivr: Api, agent: Api) -> None:
    # Given a call that is to go on by text, from the same number
    call = a_call(ivr)
    code = a_code(ivr, call["contact_id"], PHONE)["code"]
    body = a_message(code, to={"type": "phone", "value": "+441632960000"})
    # When the code is texted, twice
    told, again = ivr.post("/interactions", body), ivr.post("/interactions", body)
    # Then it is on a contact that carries on the call
    assert (told.status, again.status) == (201, 200)
    assert again.json == told.json
    assert told.json["customer_id"] == call["customer_id"]
    pop = agent.get(f"/contacts/{told.json['contact_id']}/screen-pop").json
    assert pop["contact"]["continues"]["contact_id"] == call["contact_id"]
    assert pop["assurance"] == 2
    assert [entry["body"] for entry in timeline(agent, call["customer_id"])] == ["…"]
    # which began with the message, where that came from
    contact = store.get_contact(told.json["contact_id"])
    assert (contact.channel, contact.direction, contact.started_at) == ("whatsapp", "inbound", WRITTEN_AT)
    assert (contact.provider, contact.provider_contact_id) == ("test", body["source_event_id"])
    assert (contact.sender["value"], contact.recipient["value"]) == (PHONE, "+441632960000")
    assert (contact.attributes, contact.need) == ({}, [])
    assert contact.correlation_id == store.get_event(told.json["interaction_id"]).correlation_id


def test_our_link_counts_wherever_it_stands(ivr: Api, agent: Api) -> None:
    call = a_call(ivr)
    link = a_code(ivr, call["contact_id"])["link"]
    body = a_message(f"Hello, I go on here: {link}", **{"from": {"type": "phone", "value": OTHER}})
    told = ivr.post("/interactions", body | {"channel": "sms"}).json
    assert told["customer_id"] == call["customer_id"]
    (entry,) = timeline(agent, call["customer_id"])
    assert entry["body"] == "Hello, I go on here: https://www.example.com/continue#…"


def test_what_only_looks_like_a_code_is_a_message_as_any_other(ivr: Api, agent: Api, deps: Deps) -> None:
    said = ("482913", "482 913 570", "482913570012", "Where is it?")
    sent = [ivr.post("/interactions", a_message(body)).json for body in said]
    assert {one["contact_id"] for one in sent} == {None}
    assert {entry["body"] for entry in timeline(agent, sent[0]["customer_id"])} == set(said)
    # of six digits nothing is counted where there is no code for the number, and none as keyed in
    assert failed_tries() == {2}
    assert [tried(deps, way) for way in (KEYED, WRITTEN)] == [0, 2]


def test_where_it_broke_off_after_the_contact_had_begun_it_goes_on_there(ivr: Api, deps: Deps) -> None:
    # Given a text that is a code, of which only the contact came to be
    call = a_call(ivr)
    body = a_message(a_code(ivr, call["contact_id"], PHONE)["code"])
    message = CaptureInteraction.model_validate(body, strict=False)
    begun = carried_on(deps, Caller(Role.IVR, "ivr-1"), message, "broken-off")
    # When it comes again, then it is there
    told = ivr.post("/interactions", body).json
    assert (told["contact_id"], text_of(told)) == (begun.contact_id, "…")


def test_only_what_a_customer_writes_to_us_carries_on(ivr: Api, agent: Api) -> None:
    # Given a link, and a customer who is somebody else
    call = a_call(ivr)
    link = a_code(ivr, call["contact_id"])["link"]
    bob = agent.post("/customers", {"name": "Bob"}).json["customer_id"]
    ours = {"direction": "outbound", "from": {"type": "phone", "value": "+441632960000"}, "to": WHATSAPP}
    # When it is in what we write, in a note, in what a browser says, or in what is said to be somebody's
    for api, body in (
        (agent, a_message(link, **ours)),
        (agent, a_message(link, kind="note")),
        (ivr.as_("visitor"), an_interaction(channel="chat", body=link, **{"from": None})),
        (agent, an_interaction(channel="whatsapp", body=link, customer_id=bob)),
    ):
        told = api.post("/interactions", body)
        # Then it is kept as it is, and no contact begins
        assert (told.status, told.json["contact_id"], text_of(told.json)) == (201, None, link)
    # and it is good still
    assert a_call(ivr, OTHER, continuation_code=link)["continuation"] == "accepted"


def test_in_a_chat_of_somebody_elses_and_after_too_many_it_is_a_message_as_any_other(ivr: Api, deps: Deps) -> None:
    # Given a code that one chat carries on with, and a chat that carries on already
    links = [a_code(ivr, a_call(ivr, number)["contact_id"])["link"] for number in (PHONE, OTHER)]
    chat, other = (a_call(ivr, None, channel="chat", to=None)["contact_id"] for _ in range(2))

    def says(text: str, chat: str = chat) -> Any:
        return text_of(ivr.post("/interactions", an_interaction(channel="chat", body=text, contact_id=chat)).json)

    assert says(links[0]) == "https://www.example.com/continue#…"
    assert says(links[1]) == links[1]
    # nor is one that is none kept from being written, however often
    assert [tried(deps, way) for way in (KEYED, WRITTEN)] == [0, 0]
    assert [says("482 913 570", other) for _ in range(7)] == ["482 913 570"] * 7
    # nor do those count among the tries of what is keyed in
    assert [tried(deps, way) for way in (KEYED, WRITTEN)] == [0, 5]


def test_what_is_written_does_not_use_up_the_tries_of_what_is_keyed_in(ivr: Api) -> None:
    # Given fifty people who write an order number of nine digits
    for n in range(50):
        writer = {"type": "phone", "value": f"+4477009010{n:02}"}
        ivr.post("/interactions", a_message("482 913 570", **{"from": writer}))
    # Then a code that is keyed in goes through
    code = a_code(ivr, a_call(ivr)["contact_id"])["code"]
    assert a_call(ivr, OTHER, continuation_code=code)["continuation"] == "accepted"


def test_in_a_chat_it_carries_on_on_the_chats_contact(ivr: Api) -> None:
    call = a_call(ivr)
    link = a_code(ivr, call["contact_id"])["link"]
    chat = a_call(ivr, None, channel="chat", to=None)
    told = ivr.post("/interactions", an_interaction(channel="chat", body=link, contact_id=chat["contact_id"])).json
    assert (told["contact_id"], told["customer_id"]) == (chat["contact_id"], call["customer_id"])
    # another contact cannot have it, and its message is kept as it is
    other = a_call(ivr, None, channel="chat", to=None)
    late = ivr.post("/interactions", an_interaction(channel="chat", body=link, contact_id=other["contact_id"]))
    assert (late.status, late.json["customer_id"]) == (201, None)


def test_by_the_providers_own_messages(ivr: Api, agent: Api, provider: Provider) -> None:
    call = a_call(ivr)
    code = a_code(ivr, call["contact_id"], PHONE)["code"]
    for _ in range(2):
        provider.send(twilio.a_form(twilio.WHATSAPP, Body=code))
    assert provider.process() == []
    pop = agent.get("/screen-pop?provider=twilio&provider_contact_id=" + twilio.WHATSAPP["MessageSid"]).json
    assert pop["contact"]["continues"]["contact_id"] == call["contact_id"]
    assert pop["contact"]["channel"] == "whatsapp"


def test_the_subject_of_a_mail(ivr: Api, agent: Api, provider: Provider) -> None:
    # Given a chat, which is to go on by mail
    chat = ivr.as_("visitor").post("/contacts", a_contact(None, channel="chat", provider="web", to=None)).json
    token = a_code(ivr, chat["contact_id"])["link"].partition("#")[2]
    receive(provider, "ses-1", a_mail("Here is the receipt.", subject=f"Re: our chat [#{token}]"))
    (entry,) = timeline(agent, chat["customer_id"])
    assert (entry["subject"], entry["body"]) == ("Re: our chat [#…]", "Here is the receipt.")
    pop = agent.get("/screen-pop?provider=email&provider_contact_id=ses-1").json
    assert pop["contact"]["continues"]["contact_id"] == chat["contact_id"]


def test_a_forged_mail_carries_nothing_on(ivr: Api, agent: Api, provider: Provider) -> None:
    call = a_call(ivr)
    token = a_code(ivr, call["contact_id"])["link"].partition("#")[2]
    receive(provider, "ses-1", a_mail(token, dmarc="fail"))
    assert timeline(agent, call["customer_id"]) == []
