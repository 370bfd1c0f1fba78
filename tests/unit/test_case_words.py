"""What of a message, a contact and a case counts when it is told which belongs to which, and what is opened."""

from typing import Any

import pytest

from chalicelib.models import store
from chalicelib.rules.case_finding import number_of
from chalicelib.services.cases import finding
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, an_interaction, facts
from tests.settings import NOW
from tests.unit.test_finding import a_call, a_case, a_customer, end, write
from tests.unit.test_merges import merged

MAIL: dict[str, Any] = {"channel": "email", "from": {"type": "email", "value": "ada@example.com"}}
LEAK = "The washing machine leaks"


def mail(ivr: Api, subject: str | None, text: str | None) -> tuple[str | None, str]:
    return write(ivr, text, **MAIL, subject=subject)  # type: ignore[arg-type]


def whole(case_id: str | None) -> dict[str, Any]:
    """All that is stored of a case, but for what is made up."""
    assert case_id
    stored = store.get_case(case_id).attribute_values
    made_up = {"PK", "SK", "case_id", "number", "customer_id", "version", "kind"}
    return {name: value for name, value in stored.items() if name not in made_up and value not in (None, [], {})}


def test_the_case_that_a_message_opens_is_whole(ivr: Api, clock: Clock) -> None:
    clock.forward(hours=1)
    case_id, _ = write(ivr, "The washing machine with number WM-2023 leaks", subject="A leak")
    eight, ten = NOW.replace(hour=8), NOW.replace(hour=10)
    assert whole(case_id) == {
        "subject": "A leak",
        "speak_at": 2,
        "status": "open",
        "status_at": eight,
        "priority": "normal",
        "began_at": eight,
        "opened_at": ten,
        "updated_at": ten,
        "due_at": NOW.replace(hour=16),
        "watch_at": NOW.replace(hour=14, minute=24),
        "last_channel": "sms",
        "last_event_at": eight,
        "opened_by": {"role": "system", "subject": "throughline"},
        "references": ["WM2023"],
        "gist": "leak washin machin number leaks",
        "paused": 0,
        "reopened": 0,
        "edition": 1,
    }
    assert store.get_case(str(case_id)).number == number_of(str(case_id))


def test_the_case_that_a_call_opens_is_whole(ivr: Api, agent: Api, clock: Clock) -> None:
    call = a_call(ivr, reason="refund; delivery", product="sofa")
    clock.forward(hours=1)
    case_id, _ = end(agent, call, summary="It came twice", disposition="call_back")
    ten = NOW.replace(hour=10)
    assert whole(case_id) == {
        "subject": "delivery, refund",
        "speak_at": 1,
        "status": "open",
        "status_at": NOW,
        "reason": "delivery, refund",
        "product": "sofa",
        "priority": "normal",
        "began_at": NOW,
        "opened_at": ten,
        "updated_at": ten,
        "first_answered_at": ten,
        "due_at": NOW.replace(day=25),
        "watch_at": NOW.replace(day=24, hour=18, minute=36),
        "last_channel": "voice",
        "last_event_at": NOW,
        "opened_by": {"role": "system", "subject": "throughline"},
        "gist": "refund delive came twice",
        "only_contact": call,
        "paused": 0,
        "reopened": 0,
        "edition": 1,
    }


@pytest.mark.parametrize(
    ("said", "how", "subject"),
    [
        ({"product": "sofa"}, {"summary": "Broken", "disposition": "sold"}, "Broken"),
        ({"product": "sofa"}, {"disposition": "sold"}, "sofa"),
        ({"free_text": LEAK}, {"disposition": "sold"}, "sold"),
        ({"order_number": "AB-10023"}, {}, "No subject"),
        ({"free_text": LEAK}, {}, "No subject"),
        # what says too little opens none, unless it was not resolved
        ({"free_text": "washing machine"}, {}, None),
        ({"free_text": "washing machine"}, {"resolved": True}, None),
        ({"free_text": "washing machine"}, {"resolved": False}, "No subject"),
        ({}, {"disposition": "sold"}, None),
    ],
)
def test_what_a_call_opens_a_case_about(
    ivr: Api, agent: Api, said: dict[str, str], how: dict[str, Any], subject: str | None
) -> None:
    case_id, by = end(agent, a_call(ivr, **said), **how)
    if subject is None:
        assert (case_id, by) == (None, "none" if not said else "-")
    else:
        assert (by, agent.get(f"/cases/{case_id}").json["subject"]) == ("opened", subject)


def test_how_it_was_found_is_told(ivr: Api, agent: Api, clock: Clock) -> None:
    def told(contact_id: str, **how: Any) -> Any:
        return agent.post(f"/contacts/{contact_id}/end", how).json["case"]

    opened = "it was about something else than the cases there are"
    first = a_call(ivr, reason="refund")
    assert told(first) == {"by": "opened", "reason": opened, "may_be": []}
    case_id = store.get_contact(first).case_id
    clock.forward(hours=1)
    named = {"by": "named", "reason": "it was named by whoever took the contact", "may_be": []}
    assert told(a_call(ivr), case_id=case_id) == named
    message = ivr.post("/interactions", an_interaction(case_id=case_id)).json["case"]
    assert message == {"by": "named", "reason": "it was named by whoever captured it", "may_be": []}


def test_whoever_goes_on_from_another_contact_is_about_its_case(ivr: Api, agent: Api) -> None:
    first = ivr.post("/contacts", a_contact(provider_contact_id="leg-1")).json["contact_id"]
    ivr.patch(f"/contacts/{first}/facts", facts(reason="refund"))
    case_id, _ = end(agent, first)
    second = ivr.post("/contacts", a_contact(previous_provider_contact_id="leg-1")).json["contact_id"]
    ended = agent.post(f"/contacts/{second}/end", {}).json
    assert (ended["case_id"], ended["case"]["by"]) == (case_id, "sign")


def test_a_contact_that_names_what_was_joined_is_of_what_it_was_joined_into(ivr: Api, agent: Api) -> None:
    customer_id = a_customer(agent)
    one, other = a_case(agent, customer_id), a_case(agent, customer_id)
    agent.post(f"/cases/{one}/join", {"other_case_id": other})
    assert end(agent, a_call(ivr), case_id=other) == (one, "named")


def test_two_mails_of_one_subject_are_about_what_is_in_them(ivr: Api, agent: Api) -> None:
    # Given a mail, when another has the same subject, then it is about something else
    late, _ = mail(ivr, "Customer service portal", "My parcel has not come with the courier")
    assert mail(ivr, "Customer service portal", "I forgot a password for the account")[1] == "opened"
    # but not where it is about the same
    assert mail(ivr, "Other", "Courier, where is my parcel") == (late, "words")
    # and of a mail without a text the subject counts, with its number and its question
    assert mail(ivr, "Parcel courier", None) == (late, "words")
    garden, by = mail(ivr, "My garden fence fell", None)
    assert (by, agent.get(f"/cases/{garden}").json["subject"]) == ("opened", "My garden fence fell")


@pytest.mark.parametrize("where", ["subject", "body"])
def test_a_question_or_a_number_counts_wherever_it_is(ivr: Api, agent: Api, where: str) -> None:
    said: dict[str, Any] = {"subject": "Hello", "body": "Hello"} | MAIL

    def found(text: str) -> Any:
        return ivr.post("/interactions", an_interaction(**said | {where: text})).json

    opened = found("Garden?")
    assert opened["case"]["by"] == "opened"
    a_case(agent, opened["customer_id"], subject="A lamp")
    order = found("#123456?")
    assert (order["case"]["by"], order["case_id"] != opened["case_id"]) == ("opened", True)
    assert found("#123456")["case_id"] == order["case_id"]
    assert found("#123456")["case"]["by"] == "fact"


def test_what_others_wrote_in_a_mail_does_not_count(ivr: Api, agent: Api) -> None:
    machine, _ = mail(ivr, "Leak", LEAK + " since Monday")
    quoted = "My parcel did not come with the courier\n\nOn 20 Nov 2026 Bob wrote:\n> " + LEAK + " since Monday\n"
    parcel, by = mail(ivr, None, quoted)
    assert (by, parcel != machine) == ("opened", True)
    assert agent.get(f"/cases/{parcel}").json["subject"] == "My parcel did not come with the courier"
    # in a text message there is nothing quoted
    by_text, _ = write(ivr, quoted)
    assert agent.get(f"/cases/{by_text}").json["subject"].startswith("My parcel did not come with the courier On")


@pytest.mark.parametrize("told", ["free_text", "summary", "reason"])
def test_all_that_is_told_of_a_call_counts_in_its_words(ivr: Api, agent: Api, told: str) -> None:
    customer_id = a_customer(agent)
    case_id = a_case(agent, customer_id, subject=LEAK)
    a_case(agent, customer_id, subject="A lamp")
    said, how = ({}, {told: LEAK}) if told == "summary" else ({told: LEAK}, {})
    assert end(agent, a_call(ivr, **said), **how) == (case_id, "words")


def test_words_tell_only_when_it_is_over(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given cases, and a call on which words are said that are about one
    customer_id = a_customer(agent)
    a_case(agent, customer_id, subject=LEAK)
    bill, _ = (a_case(agent, customer_id, reason=reason) for reason in ("billing", "refund"))
    call = a_call(ivr)

    def say(**what: str) -> Any:
        return ivr.patch(f"/contacts/{call}/facts", facts("ivr", verified=False, **what)).json["case_id"]

    # Then it has no case yet; a reason names one, and what is said after that no other
    assert say(free_text=LEAK) is None
    assert say(reason="billing") == bill
    assert say(reason="refund") == bill
    assert end(agent, call) == (bill, "reason")
    # and where one is over, nothing names one at once: it is done off the stream
    clock.forward(hours=1)
    call = a_call(ivr)
    end(agent, call)
    assert say(reason="refund") is None


def test_a_number_is_understood_as_people_write_it(ivr: Api, agent: Api) -> None:
    customer_id = a_customer(agent)
    case_id = a_case(agent, customer_id)
    a_case(agent, customer_id)
    number = agent.get(f"/cases/{case_id}").json["number"]
    assert end(agent, a_call(ivr, case_number=f"{number[:4]}-{number[4:]}")) == (case_id, "fact")


def test_what_was_written_on_a_chat_counts_with_its_numbers(ivr: Api, agent: Api) -> None:
    customer_id = a_customer(agent)
    case_id = a_case(agent, customer_id, subject="Order WM-2023")
    a_case(agent, customer_id, subject="A lamp")
    chat = ivr.post("/contacts", a_contact("+447700900123", channel="chat")).json["contact_id"]
    ivr.post("/interactions", an_interaction(contact_id=chat, channel="chat", body="It is wm WM-2023"))
    assert end(agent, chat) == (case_id, "fact")


def test_another_product_is_another_matter(ivr: Api, agent: Api, clock: Clock) -> None:
    customer_id = a_customer(agent)
    lamp = a_case(agent, customer_id, reason="repair", product="lamp")
    assert end(agent, a_call(ivr, reason="repair", product="Lamp")) == (lamp, "reason")
    clock.forward(hours=1)
    sofa, by = end(agent, a_call(ivr, reason="repair", product="sofa"))
    assert (by, sofa != lamp) == ("opened", True)


def test_what_says_too_little_goes_on_where_it_was_just_written(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given two cases that were opened days ago, about which it was written lately on two channels
    customer_id = a_customer(agent)
    sofa, lamp = a_case(agent, customer_id, subject="A sofa"), a_case(agent, customer_id, subject="A lamp")
    clock.forward(days=3)
    for case_id, channel in ((sofa, "sms"), (lamp, "whatsapp")):
        write(ivr, "x", case_id=case_id, channel=channel, occurred_at="2026-11-25T09:00:00Z")
    # When something short comes on one of them, then it is of that
    for case_id, channel, text in ((lamp, "whatsapp", "Monday"), (sofa, "sms", "Friday")):
        more = {"channel": channel, "occurred_at": "2026-11-25T10:00:00Z"}
        assert write(ivr, text, **more) == (case_id, "conversation")


def test_a_case_that_was_opened_without_words_is_known_by_its_subject(ivr: Api, agent: Api) -> None:
    # Given a call of which nothing is known, that is put to a new case
    a_case(agent, a_customer(agent), subject="A lamp")
    call = a_call(ivr)
    end(agent, call)
    case_id = agent.post(f"/contacts/{call}/case", {"new_subject": LEAK}).json["case_id"]
    # Then what is written about it finds that
    assert write(ivr, "Is the washing machine done?") == (case_id, "words")


def test_to_have_no_subject_is_none(ivr: Api, agent: Api) -> None:
    call = a_call(ivr, order_number="AB-10023")
    end(agent, call)
    a_case(agent, store.get_contact(call).customer_id, subject="A lamp")
    assert write(ivr, "Subject?") == (None, "asked")


def test_one_that_is_not_shown_is_found_as_well(ivr: Api, agent: Api, clock: Clock, spy: Spy) -> None:
    # Given six open cases, of which five are shown
    customer_id, cases = a_customer(agent), list[str]()
    for thing in ("washing machine", "sofa", "lamp", "bicycle", "garden", "tractor"):
        clock.forward(seconds=1)
        cases.append(a_case(agent, customer_id, subject=f"Broken {thing}", reason=f"{thing} repair"))
    # When it is written about the one that is not shown, then it is found
    assert write(ivr, "The washing machine is broken again") == (cases[0], "words")
    assert end(agent, a_call(ivr, reason="washing machine repair")) == (cases[0], "reason")
    # and the list is read for that, but not where a shown one is certain, nor where nothing was said
    for said, expected in (
        ({"reason": "lamp repair"}, (cases[2], "reason")),
        ({}, (None, "none")),
    ):
        clock.forward(hours=1)
        call = ivr.post("/contacts", a_contact("+447700900123")).json["contact_id"]
        if said:
            ivr.patch(f"/contacts/{call}/facts", facts("ivr", verified=False, **said))
        spy.reset()
        assert end(agent, call) == expected
        assert spy.operations.count("Query") == 1


def a_case_behind(agent: Api, clock: Clock, customer_id: str, *newer: str) -> str:
    """A case about a drum, and newer ones, of which five are shown."""
    hidden = a_case(agent, customer_id, subject="Washing machine drum noise")
    for subject in newer:
        clock.forward(seconds=1)
        a_case(agent, customer_id, subject=subject)
    return hidden


def test_one_that_a_merged_record_does_not_show_is_found(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a record of six cases, of which five are shown, that was merged into another
    customer_id = a_customer(agent)
    hidden = a_case_behind(agent, clock, customer_id, "Tractor", "Sofa", "Lamp", "Bicycle", "Garden")
    landline = {"type": "phone", "value": "+441632960001"}
    kept = agent.post("/customers", {"name": "Ada", "identifiers": [landline]}).json["customer_id"]
    merged(agent, kept, customer_id)
    # When it is written from the other's number about the one that is not, then it is found
    assert write(ivr, "Noise of the washing machine drum", **{"from": landline}) == (hidden, "words")


def test_one_that_is_not_shown_is_found_before_one_that_is_less_alike(ivr: Api, agent: Api, clock: Clock) -> None:
    customer_id = a_customer(agent)
    nearly = "Washing machine delivery"
    hidden = a_case_behind(agent, clock, customer_id, nearly, "Sofa", "Lamp", "Bicycle", "Garden")
    assert write(ivr, "Noise of the washing machine drum") == (hidden, "words")


@pytest.mark.parametrize(("days", "found"), [(14, True), (15, False)])
def test_what_was_resolved_is_found_for_a_fortnight(
    ivr: Api, agent: Api, clock: Clock, spy: Spy, days: int, *, found: bool
) -> None:
    case_id, _ = end(agent, a_call(ivr, reason="refund"), resolved=True)
    clock.forward(days=days)
    call = a_call(ivr, reason="refund")
    spy.reset()
    again, by = end(agent, call)
    assert (again == case_id, by) == (found, "reason" if found else "opened")
    assert spy.operations.count("Query") == (2 if found else 1)


@pytest.mark.parametrize(
    ("texts", "subject"),
    [
        ((None, " \n", "It  is\nlate"), "It is late"),
        (("first", "second"), "first"),
        ((None, ""), "No subject"),
        ((), "No subject"),
        (("x" * 120,), "x" * 120),
        (("x" * 121,), "x" * 119 + "…"),
    ],
)
def test_a_subject_is_one_line(texts: tuple[str | None, ...], subject: str) -> None:
    assert finding.subject_of(*texts) == subject


def test_what_is_written_on_a_contact_opens_no_case(ivr: Api, agent: Api) -> None:
    """The contact does, when it is over."""
    chat = ivr.post("/contacts", a_contact("+447700900123", channel="whatsapp")).json["contact_id"]
    message = an_interaction(contact_id=chat, channel="whatsapp", body="My washing machine leaks a lot")
    assert ivr.post("/interactions", message).json["case"] is None
    assert end(agent, chat)[1] == "opened"


def test_what_only_holds_a_message_answers_nobody(ivr: Api, agent: Api, clock: Clock) -> None:
    answered = []
    for minutes, channel in ((0, "whatsapp"), (1, "whatsapp"), (0, "voice")):
        clock.forward(hours=1)
        contact = ivr.post("/contacts", a_contact(channel=channel)).json["contact_id"]
        ivr.patch(f"/contacts/{contact}/facts", facts("ivr", reason=f"{channel} {minutes}"))
        clock.forward(minutes=minutes)
        case_id, by = end(agent, contact)
        assert by == "opened"
        answered.append(agent.get(f"/cases/{case_id}").json["first_answered_at"])
    assert answered == [None, "2026-11-22T11:01:00Z", "2026-11-22T12:01:00Z"]
