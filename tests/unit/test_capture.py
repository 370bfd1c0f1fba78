"""What happened is taken in once and whole: whose it is, how that is known, and of which case it is."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.errors import BadInput, Forbidden, NotFound
from chalicelib.models import changes, keys, store
from chalicelib.models.items import Event, Item, MailId
from chalicelib.models.requests.interactions import Attached, CaptureInteraction
from chalicelib.rules.access import Caller, Role
from chalicelib.services.cases.message_cases import OF_CONTACT
from chalicelib.services.contacts import capture
from chalicelib.services.deps import Deps
from chalicelib.services.inbound import keeping
from tests.conftest import Api, Clock, Spy, put_under
from tests.factories import a_contact, an_interaction, facts
from tests.settings import NOW
from tests.unit.test_stream import Faulty

IVR, VISITOR = Caller(Role.IVR, "ivr-1"), Caller(Role.VISITOR, "V-1")
MOBILE, LANDLINE = "+447700900123", "+441632960001"
OURS = {"type": "phone", "value": "+441632960000"}
NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
CLAIMED, CORROBORATED, AUTHENTICATED = 1, 2, 3

Take = Callable[..., tuple[Event, bool]]


def a_number(value: str) -> dict[str, str]:
    return {"type": "phone", "value": value}


@pytest.fixture
def take(deps: Deps) -> Take:
    """Takes an interaction in: what is told of it, and whether it was news."""

    def take(by: Caller = IVR, beside: Any = None, **body: Any) -> tuple[Event, bool]:
        request = CaptureInteraction.model_validate(an_interaction(**body), strict=False)
        return capture.capture(deps, by, request, "trace", **(beside or {}))

    return take


def a_customer(agent: Api, name: str = "Ada", **identifiers: str) -> str:
    listed = [{"type": type_, "value": value} for type_, value in identifiers.items()]
    return str(agent.post("/customers", {"name": name, "identifiers": listed}).json["customer_id"])


def a_case(agent: Api, customer_id: str) -> str:
    return str(agent.post(f"/customers/{customer_id}/cases", {"subject": "Late parcel"}).json["case_id"])


def two_who_are_one(agent: Api) -> list[str]:
    ids = [a_customer(agent, phone=MOBILE), a_customer(agent, "Bob", phone=LANDLINE)]
    assert agent.post(f"/customers/{ids[0]}/merges", {"other_customer_id": ids[1], "reason": "one"}).status == 201
    return ids


def wrong(error: Any) -> list[tuple[str, str]]:
    return [(one.field, one.message) for one in error.value.fields]


def test_it_is_kept_whole(take: Take, clock: Clock) -> None:
    told, created = take(
        subject="My order",
        body="Where is order 12345?",
        attributes={"page": "/a"},
        to=OURS,
        source="test",
        source_event_id="1",
        in_reply_to="0",
        beside={
            "archive_key": "A1",
            "attached": [Attached(name="a.pdf", type="application/pdf", size=8, key="K1")],
        },
    )
    assert created
    kept = store.get_event(told.interaction_id)
    assert (kept.channel, kept.direction, kept.event_kind) == ("sms", "inbound", "message")
    assert (kept.occurred_at.isoformat(), kept.received_at) == ("2026-11-22T08:00:00+00:00", clock())
    assert (kept.source, kept.source_event_id, kept.in_reply_to) == ("test", "1", "0")
    assert (kept.subject, kept.body, kept.attributes) == ("My order", "Where is order 12345?", {"page": "/a"})
    assert kept.sender == a_number(MOBILE) | {"scope": ""}
    assert kept.recipient == OURS | {"scope": ""}
    assert (kept.captured_by, kept.correlation_id) == ({"role": "ivr", "subject": "ivr-1"}, "trace")
    assert (kept.archive_key, kept.named, kept.contact_id) == ("A1", None, None)
    (one,) = kept.attachments
    assert {**one, "attachment_id": ""} == {
        "attachment_id": "",
        "name": "a.pdf",
        "type": "application/pdf",
        "size": 8,
        "key": "K1",
    }
    # and it is on the timeline of somebody new, from then on, who has a case
    head = store.get_head(kept.customer_id)
    (identifier,) = head.profile.identifiers
    assert (identifier["value"], identifier["how"], identifier["contact_id"]) == (MOBILE, "came_from", None)
    assert identifier["since"] == kept.occurred_at.isoformat()
    assert (head.profile.open_cases, [case.case_id for case in head.cases]) == (1, [kept.case_id])
    assert [entry.interaction_id for entry in store.get_customer(kept.customer_id).timeline] == [
        told.interaction_id
    ]


def test_it_goes_by_an_id_that_no_release_may_change(take: Take) -> None:
    # What was taken in before is found by it again, and so is what it is held by.
    told, _ = take(source="test", source_event_id="1")
    assert told.interaction_id == capture.interaction_id_for(IVR, "test", "1") == "3TIO27RS3N5RU5CCVQFCOM4T6T"
    assert capture.interaction_id_for(VISITOR, "test", "1") == "BOE4LLKHZOWVOLYPKJC62DRZ7G"
    assert capture.home_id(told.interaction_id) == "OUPB55KMJA3JZGSN5PGFW2QEKH"


def test_what_comes_by_the_api_is_kept_off_the_stream(take: Take) -> None:
    told, _ = take()
    assert told.archive_key == keeping.key_of(told)
    assert told.attachments is None


def test_it_is_taken_in_once(take: Take, agent: Api, spy: Spy) -> None:
    ada = a_customer(agent, phone=MOBILE)
    spy.reset()
    first, created = take(source_event_id="1")
    assert spy.operations == ["Query", "Query", "TransactWriteItems"]
    again, anew = take(source_event_id="1", body="Another")
    assert (created, anew, again.interaction_id, again.body) == (True, False, first.interaction_id, first.body)
    assert (again.customer_id, len(store.get_customer(ada).timeline)) == (ada, 1)


def test_when_somebody_was_last_heard_of(take: Take, agent: Api) -> None:
    ada = a_customer(agent, phone=MOBILE)
    take(occurred_at="2026-11-22T11:00:00Z")
    (known,) = agent.get(f"/customers/{ada}/identifiers").json["items"]
    assert known["last_seen_at"] == "2026-11-22T11:00:00.000000Z"


# Who says so


def test_marketing_captures_campaigns(take: Take) -> None:
    marketing = Caller(Role.MARKETING, "m-1")
    with pytest.raises(Forbidden, match=r"^kind: this role captures campaign touches only$"):
        take(marketing)
    assert take(marketing, kind="campaign.opened")[1]


@pytest.mark.parametrize("named", ["customer_id", "case_id"])
def test_a_visitor_names_no_one(take: Take, named: str) -> None:
    with pytest.raises(Forbidden, match=r"^customer_id, case_id: a visitor names its own contact, or nothing$"):
        take(VISITOR, **{"from": None}, **{named: NOBODY})


def test_a_visitor_speaks_for_itself_and_on_its_own_contacts(take: Take, ivr: Api) -> None:
    mine, _ = take(VISITOR, channel="portal", **{"from": None})
    (known,) = store.get_head(mine.customer_id).profile.identifiers
    assert (known["type"], known["value"]) == ("visitor", "V-1")
    # also from a device of its own, and from nowhere else
    phone, _ = take(VISITOR, channel="mobile", **{"from": {"type": "device", "value": "D-1"}})
    (known,) = store.get_head(phone.customer_id).profile.identifiers
    assert (known["type"], known["scope"], known["value"]) == ("device", "V-1", "D-1")
    with pytest.raises(Forbidden, match=r"^from: a visitor comes from"):
        take(VISITOR, channel="portal", **{"from": a_number(MOBILE)})
    # a case that another's event of the same source has is none of its own
    first, _ = take(source="web", source_event_id="1")
    reply, _ = take(VISITOR, channel="portal", source="web", in_reply_to="1", body="Ok", **{"from": None})
    assert first.case_id
    assert reply.case_id != first.case_id
    # and what somebody else began is not there for it
    theirs = ivr.post("/contacts", a_contact()).json["contact_id"]
    with pytest.raises(BadInput) as error:
        take(VISITOR, contact_id=theirs)
    assert wrong(error) == [("contact_id", "there is no such contact")]


# Whose it is


@pytest.mark.parametrize(("direction", "field"), [("inbound", "from"), ("outbound", "to")])
def test_it_says_whose_it_is(take: Take, direction: str, field: str) -> None:
    other = "to" if field == "from" else "from"
    with pytest.raises(BadInput) as error:
        take(direction=direction, **{field: None, other: OURS})
    assert wrong(error) == [(field, "is needed where no customer_id or contact_id is given")]
    with pytest.raises(BadInput) as error:
        take(direction=direction, **{field: a_number("x"), other: OURS})
    assert [one for one, _ in wrong(error)] == [f"{field}.value"]


def test_to_whom_we_wrote_is_whose_it_is(take: Take, agent: Api) -> None:
    ada = a_customer(agent, phone=MOBILE)
    assert take(direction="outbound", to=a_number(MOBILE), **{"from": OURS})[0].customer_id == ada


def test_a_national_number_is_read_in_the_country_that_was_written_to(take: Take, agent: Api) -> None:
    american = {"from": a_number("(201) 555-0123"), "to": a_number("+12015550100")}
    (known,) = store.get_head(take(**american)[0].customer_id).profile.identifiers
    assert known["value"] == "+12015550123"
    # and one that is none there is wrong, whoever is named beside it
    icelandic = {"from": a_number("32 12 34 56"), "to": a_number("+3545812345")}
    with pytest.raises(BadInput) as error:
        take(**icelandic, customer_id=a_customer(agent))
    assert [field for field, _ in wrong(error)] == ["from.value"]


def test_a_customer_who_is_named_is_believed(take: Take, agent: Api) -> None:
    ada, bob = two_who_are_one(agent)
    told, _ = take(customer_id=bob)
    kept = store.get_event(told.interaction_id)
    # it is on the record that was named, and told by the id by which the person goes
    assert (kept.customer_id, told.customer_id) == (bob, ada)
    assert (kept.match, kept.assurance) == (
        {"result": "one", "confidence": 1.0, "reasons": [{"customer_id": "named by the caller"}]},
        CLAIMED,
    )
    assert kept.named == {"customer_id": bob}
    with pytest.raises(BadInput) as error:
        take(customer_id=NOBODY)
    assert [field for field, _ in wrong(error)] == ["customer_id"]


def test_a_token_writes_for_the_customer_that_it_names(take: Take, agent: Api) -> None:
    ada, bob = a_customer(agent, phone=MOBILE), a_customer(agent, "Bob")
    assert take(Caller(Role.PORTAL, "portal-1", ada), channel="portal")[0].customer_id == ada
    with pytest.raises(Forbidden):
        take(Caller(Role.PORTAL, "portal-1", bob), channel="portal")


@pytest.mark.parametrize("whose", [{"from": a_number(MOBILE)}, {"customer_id": ""}])
def test_who_is_gone_when_it_is_written_has_nothing(take: Take, agent: Api, deps: Deps, whose: Any) -> None:
    # Given Ada, who is erased between the look at her and what would be written
    ada = a_customer(agent, phone=MOBILE)
    seam = put_under(Faulty, deps)
    seam.interloper = lambda: store.get_profile(ada).delete()
    # Then nothing is
    with pytest.raises((BadInput, NotFound)):
        take(kind="note", **({"customer_id": ada} if "customer_id" in whose else whose))
    assert not [item for item in Item.scan() if isinstance(item, Event)]


def test_what_is_said_on_a_contact_is_whose_that_is(take: Take, ivr: Api, agent: Api) -> None:
    # Given a call of Ada's, and one of nobody's
    ada, bob = a_customer(agent, phone=MOBILE), a_customer(agent, "Bob")
    call, nobodys = (
        ivr.post("/contacts", a_contact(number)).json["contact_id"] for number in (MOBILE, "anonymous")
    )
    told, _ = take(contact_id=call, customer_id=ada)
    contact = store.get_contact(call)
    assert (told.customer_id, told.contact_id, told.named) == (ada, call, {"contact_id": call, "customer_id": ada})
    assert (told.match, told.assurance) == (contact.match, contact.assurance)
    # what was said is remembered of the contact
    assert "order" in contact.gist
    # and nobody else's is said there
    for contact_id, customer_id in ((call, bob), (nobodys, ada)):
        with pytest.raises(BadInput) as error:
            take(contact_id=contact_id, customer_id=customer_id)
        assert wrong(error) == [("customer_id", "is not the customer of this contact")]
    with pytest.raises(BadInput) as error:
        take(contact_id=NOBODY)
    assert wrong(error) == [("contact_id", "there is no such contact")]
    with pytest.raises(BadInput) as error:
        take(contact_id=call, **{"from": a_number("x")})
    assert [field for field, _ in wrong(error)] == ["from.value"]
    said, _ = take(contact_id=nobodys)
    assert (said.customer_id, said.match["result"], said.assurance) == (None, "none", 0)


@pytest.mark.parametrize(("number", "result"), [(LANDLINE, "many"), ("anonymous", "none")])
def test_what_cannot_be_said_whose_it_is_has_a_home(take: Take, agent: Api, number: str, result: str) -> None:
    # Given a landline that two have
    both = {a_customer(agent, name, phone=LANDLINE) for name in ("Ada", "Bob")}
    told, _ = take(to=OURS, source_event_id="1", **{"from": a_number(number)})
    # Then it hangs on a contact that is over, and is there to hold it
    home = store.get_contact(told.contact_id)
    assert (told.customer_id, told.case_id, home.customer_id) == (None, None, None)
    assert (home.contact_id, home.status) == (capture.home_id(told.interaction_id), "ended")
    assert (home.channel, home.direction, home.provider, home.provider_contact_id) == (
        "sms",
        "inbound",
        "test",
        "1",
    )
    assert (home.sender, home.recipient) == (told.sender, told.recipient)
    assert (home.started_at, home.ended_at, home.received_at) == (told.occurred_at, told.occurred_at, NOW)
    assert (home.started_by, home.correlation_id) == (told.captured_by, "trace")
    assert (home.match, home.assurance, home.match["result"]) == (told.match, told.assurance, result)
    assert set(home.candidates) == (both if result == "many" else set())
    assert len(home.evidence) == (1 if result == "many" else 0)
    assert [entry.interaction_id for entry in store.get_contact_with_timeline(home.contact_id)[1]] == [
        told.interaction_id
    ]


# How sure it is


@pytest.mark.parametrize(
    ("verified", "own", "sure"), [(True, True, CORROBORATED), (True, False, CLAIMED), (False, True, CLAIMED)]
)
def test_an_address_that_was_shown_to_be_its_own_corroborates(
    take: Take,
    agent: Api,
    verified: bool,  # noqa: FBT001
    own: bool,  # noqa: FBT001
    sure: int,
) -> None:
    agent.post("/customers", {"name": "Ada", "identifiers": [a_number(MOBILE) | {"verified": verified}]})
    beside: dict[str, bool] = {"own_address": True} if own else {}  # it is not, unless that was shown
    assert take(beside=beside)[0].assurance == sure


def test_what_is_surer_stays_so(take: Take, ivr: Api, agent: Api) -> None:
    # Given a call of somebody whose number was verified, and whose identity was checked
    known = facts("crm", verified=True, date_of_birth="1990-01-31", postcode="EC1A 1BB")
    agent.post("/customers", {"name": "Ada", "identifiers": [a_number(MOBILE) | {"verified": True}]} | known)
    call = ivr.post("/contacts", a_contact(MOBILE)).json
    said = {"facts": {"date_of_birth": {"value": "1990-01-31"}, "postcode": {"value": "EC1A 1BB"}}}
    assert agent.post(f"/contacts/{call['contact_id']}/verify", said).json["assurance"] == AUTHENTICATED
    told, _ = take(contact_id=call["contact_id"], beside={"own_address": True})
    assert told.assurance == AUTHENTICATED


# Of which case it is


def found(event: Event) -> tuple[str | None, str, str]:
    kept = store.get_event(event.interaction_id)
    return kept.case_id, kept.case_found["by"], kept.case_found["reason"]


def test_by_what_it_is_of_a_case(take: Take, agent: Api, ivr: Api) -> None:
    # Given Ada, who has four cases
    ada = a_customer(agent, phone=MOBILE)
    named, of_another, token, of_call = (a_case(agent, ada) for _ in range(4))
    # Then the one that is named counts first
    first, _ = take(case_id=named, source_event_id="1", body="Hello")
    assert found(first) == (named, "named", "it was named by whoever captured it")
    assert first.named == {"case_id": named}
    # and else that of what it answers, that of our own token, and that of its contact
    other, _ = take(case_id=of_another, source_event_id="2")
    call = ivr.post("/contacts", a_contact(MOBILE)).json["contact_id"]
    assert agent.post(f"/contacts/{call}/case", {"case_id": of_call}).status == 200
    by_token = {"thread_case": token}
    answer, _ = take(in_reply_to="2", body="Yes", contact_id=call, beside=by_token)
    assert found(answer) == (of_another, "sign", "it answers what is of this case")
    threaded, _ = take(in_reply_to="unknown", body="Yes", contact_id=call, beside=by_token)
    assert found(threaded) == (token, "sign", "it has the token of this case")
    said, _ = take(body="Yes", contact_id=call)
    assert found(said) == (of_call, "sign", OF_CONTACT)
    assert other.case_id == of_another
    # an answer is one to what the same source told
    elsewhere, _ = take(in_reply_to="2", source="another", body="Yes", contact_id=call)
    assert found(elsewhere)[0] == of_call


@pytest.mark.parametrize("how", ["it answers what is of it", "it has its token", "its contact is about it"])
def test_a_case_that_stands_by_itself_again_is_the_one(take: Take, agent: Api, ivr: Api, how: str) -> None:
    # Given a case of Ada's that was joined into one of who was one with her, and is not any more
    ada, bob = two_who_are_one(agent)
    hers, his = a_case(agent, ada), a_case(agent, bob)
    take(case_id=hers, source_event_id="1", body="Hello")
    call = ivr.post("/contacts", a_contact(MOBILE)).json["contact_id"]
    assert agent.post(f"/contacts/{call}/case", {"case_id": hers}).status == 200
    assert agent.post(f"/cases/{his}/join", {"other_case_id": hers}).status == 200
    (merge,) = store.get_profile(ada).merges
    assert agent.as_("admin").delete(f"/merges/{merge['merge_id']}").status == 200
    # When something comes that is of it, then it is of that
    ways: dict[str, dict[str, Any]] = {
        "it answers what is of it": {"in_reply_to": "1"},
        "it has its token": {"beside": {"thread_case": hers}},
        "its contact is about it": {"contact_id": call},
    }
    assert found(take(body="Yes", **ways[how])[0])[:2] == (hers, "sign")


def test_what_changes_no_count_leaves_the_profile_alone(take: Take, agent: Api) -> None:
    ada = a_customer(agent, phone=MOBILE)
    case_id = a_case(agent, ada)
    before = store.get_profile(ada).attribute_values
    take(case_id=case_id, body="Hello")
    assert store.get_profile(ada).attribute_values == before


def test_a_case_is_the_customers(take: Take, agent: Api, ivr: Api) -> None:
    ada, bob = a_customer(agent, phone=MOBILE), a_customer(agent, "Bob")
    hers, his = a_case(agent, ada), a_case(agent, bob)
    with pytest.raises(BadInput) as error:
        take(case_id=his)
    assert [field for field, _ in wrong(error)] == ["case_id"]
    nobodys = ivr.post("/contacts", a_contact("anonymous")).json["contact_id"]
    with pytest.raises(BadInput) as error:
        take(case_id=hers, contact_id=nobodys)
    assert wrong(error) == [("case_id", "what has no customer yet has no case")]


@pytest.mark.parametrize("whose", ["its own", "the other"])
def test_the_open_cases_of_a_person_are_counted_where_they_are(
    take: Take, agent: Api, clock: Clock, whose: str
) -> None:
    # Given Ada, who has two records, and a case on one of them that is resolved
    ada, bob = two_who_are_one(agent)
    home = bob if whose == "its own" else ada
    case_id = a_case(agent, home)
    edition = agent.get(f"/cases/{case_id}").headers["ETag"]
    agent.patch(f"/cases/{case_id}", {"status": "resolved"}, **{"If-Match": edition})
    assert [store.get_profile(one).open_cases for one in (ada, bob)] == [0, 0]
    # When she writes from the number of the second again, then it is open again, and is counted
    clock.forward(hours=1)
    take(case_id=case_id, occurred_at=clock().isoformat(), **{"from": a_number(LANDLINE)})
    assert agent.get(f"/cases/{case_id}").json["status"] == "open"
    assert {one: store.get_profile(one).open_cases for one in (ada, bob)} == {ada: 0, bob: 0} | {home: 1}


def test_what_is_written_beside_it_is_written_with_it(take: Take) -> None:
    mail = MailId(PK=keys.mail("<1@x>"), SK=keys.MAIL, interaction_id="1")
    take(source_event_id="1", beside={"beside": [changes.add(mail)]})
    assert store.find_mail("<1@x>") is not None


def test_an_interaction_is_told_as_its_customer_goes(take: Take, agent: Api, spy: Spy) -> None:
    ada, bob = two_who_are_one(agent)
    told, _ = take(customer_id=bob)
    spy.reset()
    assert capture.get_interaction(told.interaction_id).customer_id == ada
    assert spy.operations == ["GetItem", "GetItem"]
    with pytest.raises(NotFound):
        capture.get_interaction(NOBODY)


def test_a_journey_is_not_there_of_who_does_not_want_that_to_be_seen(take: Take, agent: Api) -> None:
    # Given a journey on one of the two records that are Ada's
    ada, bob = two_who_are_one(agent)
    told, _ = take(customer_id=bob, kind="journey")
    event = store.get_event(told.interaction_id)
    event.journey = {"first": [1, "a"]}
    event.save()
    assert capture.get_interaction(told.interaction_id).customer_id == ada
    # When she does not want what she does to be seen
    tag = agent.get(f"/customers/{ada}").headers["ETag"]
    assert agent.patch(f"/customers/{ada}", {"consent": {"journeys": False}}, **{"If-Match": tag}).status == 200
    # Then it is not there
    with pytest.raises(NotFound, match="no such interaction"):
        capture.get_interaction(told.interaction_id)


def test_a_card_is_masked_in_a_message_by_itself_and_on_a_contact(take: Take, ivr: Api) -> None:
    call = ivr.post("/contacts", a_contact(MOBILE)).json["contact_id"]
    for whose in ({}, {"contact_id": call}):
        assert take(body="It is 4242 4242 4242 4242", **whose)[0].body == "It is [card number]"
