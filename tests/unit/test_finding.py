"""How contacts and messages find their case over HTTP, and what is asked of the table for it."""

from typing import Any

from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, an_interaction, facts

ADA = "+447700900123"


def a_customer(agent: Api) -> str:
    made = agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "phone", "value": ADA}]})
    return str(made.json["customer_id"])


def a_case(agent: Api, customer_id: str, **body: Any) -> str:
    opened = agent.post(f"/customers/{customer_id}/cases", {"subject": "Something"} | body)
    return str(opened.json["case_id"])


def a_call(ivr: Api, **said: str) -> str:
    contact_id = str(ivr.post("/contacts", a_contact(ADA)).json["contact_id"])
    if said:
        ivr.patch(f"/contacts/{contact_id}/facts", facts("ivr", verified=False, **said))
    return contact_id


def end(agent: Api, contact_id: str, **how: Any) -> tuple[str | None, str]:
    """The case with which a contact ends, and how it was found."""
    ended = agent.post(f"/contacts/{contact_id}/end", how).json
    return ended["case_id"], ended["case"]["by"] if ended["case"] else "-"


def write(ivr: Api, text: str, **more: Any) -> tuple[str | None, str]:
    """The case of a message, and how it was found."""
    written = ivr.post("/interactions", an_interaction(body=text, **more)).json
    return written["case_id"], written["case"]["by"] if written["case"] else "-"


def test_who_asks_in_writing_opens_a_case(ivr: Api, agent: Api, spy: Spy) -> None:
    # Given somebody whom nobody knows, who writes
    case_id, by = write(ivr, "My parcel is late, the courier never came")
    # Then there is a case of theirs, at one read and one transaction
    assert (by, spy.operations) == ("opened", ["Query", "TransactWriteItems"])
    case = agent.get(f"/cases/{case_id}").json
    assert (case["subject"], case["status"], case["last_channel"]) == (
        "My parcel is late, the courier never came",
        "open",
        "sms",
    )
    assert case["opened_by"] == {"role": "system", "subject": "throughline"}
    # and the next who answers sees it
    told = agent.post("/lookup", {"identifiers": [{"type": "phone", "value": ADA}]}).json
    assert [one["case_id"] for one in told["open_cases"]] == [case_id]
    # When they write again, of the same and of something else
    spy.reset()
    assert write(ivr, "Is the courier coming with my parcel?") == (case_id, "words")
    assert spy.operations == ["Query", "Query", "GetItem", "TransactWriteItems"]
    other, by = write(ivr, "I forgot the password of my portal account")
    assert (other != case_id, by) == (True, "opened")


def test_what_is_no_question_of_a_person_opens_nothing(ivr: Api, agent: Api) -> None:
    said = "My parcel is late, the courier never came"
    for more in (
        {"kind": "auto_reply"},
        {"direction": "outbound"},
        {"channel": "portal"},
        {"kind": "campaign.mail"},
    ):
        ends = {"from": None, "to": {"type": "phone", "value": ADA}} if "direction" in more else {}
        sent = {name: value for name, value in an_interaction(body=said, **more, **ends).items() if value}
        assert ivr.post("/interactions", sent).json["case_id"] is None
    assert write(ivr, "Thanks, have a nice day!") == (None, "none")
    assert agent.post("/lookup", {"identifiers": [{"type": "phone", "value": ADA}]}).json["open_cases"] == []


def test_a_message_opens_a_case_again_that_was_resolved_lately(
    ivr: Api, agent: Api, clock: Clock, spy: Spy
) -> None:
    # Given a case that was resolved
    case_id, _ = write(ivr, "My parcel is late, the courier never came")
    clock.forward(hours=1)
    assert end(agent, a_call(ivr), resolved=True, case_id=case_id) == (case_id, "named")
    # When an auto-reply comes, it stays so; when the customer writes of it again, it is open again
    for n, (kind, status) in enumerate((("auto_reply", "resolved"), ("message", "open")), 11):
        at = f"2026-11-22T{n}:00:00Z"
        clock.forward(hours=2)
        spy.reset()
        write(ivr, "The courier never came with the parcel", kind=kind, occurred_at=at)
        assert agent.get(f"/cases/{case_id}").json["status"] == status
    # for which the list is read, as it is not shown any more
    assert spy.operations[:5] == ["Query", "Query", "Query", "GetItem", "TransactWriteItems"]
    history = agent.get(f"/cases/{case_id}/history").json["items"]
    assert [change["changed"]["status"] for change in history] == [
        {"before": "resolved", "after": "open"},
        {"before": "open", "after": "resolved"},
    ]
    assert history[0]["interaction_id"]
    assert history[1]["contact_id"]


def test_a_call_finds_the_case_by_what_is_keyed_in(ivr: Api, agent: Api, clock: Clock) -> None:
    customer_id = a_customer(agent)
    order = a_case(agent, customer_id, subject="Where is order AB-10023?")
    bill = a_case(agent, customer_id, reason="billing")
    # an order number, a reason, a case number: while the call goes on, at no request more
    for said, expected in (
        ({"order_number": "ab 10023"}, (order, "fact")),
        ({"reason": "Billing"}, (bill, "reason")),
    ):
        contact_id = a_call(ivr)
        saved = ivr.patch(f"/contacts/{contact_id}/facts", facts("ivr", verified=False, **said)).json
        assert (saved["case_id"], saved["case"]["by"]) == expected
        assert end(agent, contact_id) == expected
        clock.forward(hours=1)  # nobody rings back
    number = agent.get(f"/cases/{order}").json["number"]
    assert end(agent, a_call(ivr, case_number=number)) == (order, "fact")


def test_what_says_too_little_goes_on_with_the_one_case_that_is_open(ivr: Api, agent: Api) -> None:
    # Given two cases, of which one was resolved lately
    customer_id = a_customer(agent)
    lamp, sofa = (a_case(agent, customer_id, subject=thing) for thing in ("A lamp", "A sofa"))
    assert agent.patch(f"/cases/{sofa}", {"status": "resolved"}, **{"If-Match": '"1"'}).status == 200
    # When something is written that says little, then it is of the other
    assert write(ivr, "Tuesday afternoon") == (lamp, "conversation")


def test_a_case_is_answered_by_our_first_message(ivr: Api, agent: Api) -> None:
    # Given what somebody wrote
    case_id = ivr.post("/interactions", an_interaction()).json["case_id"]
    ours, theirs = ({"type": "phone", "value": one} for one in ("+441632960000", "+447700900123"))
    for kind, minute, answered_at in (
        # When somebody notes what was done, then that is no answer
        ("note", 10, None),
        # and when we write, then it is, the first time
        ("message", 20, "2026-11-22T08:20:00Z"),
        ("message", 30, "2026-11-22T08:20:00Z"),
    ):
        told = {"kind": kind, "case_id": case_id, "direction": "outbound", "from": ours, "to": theirs}
        sent = agent.post("/interactions", an_interaction(occurred_at=f"2026-11-22T08:{minute}:00Z", **told))
        assert (sent.status, sent.json["case_id"]) == (201, case_id)
        assert agent.get(f"/cases/{case_id}").json["first_answered_at"] == answered_at


def test_a_call_opens_a_case_when_it_is_over(ivr: Api, agent: Api, clock: Clock) -> None:
    # a reason is known
    case_id, by = end(agent, a_call(ivr, reason="complaint"), summary="Was shouted at", resolved=False)
    assert by == "opened"
    case = agent.get(f"/cases/{case_id}").json
    assert (case["subject"], case["reason"], case["status"]) == ("complaint", "complaint", "open")
    assert case["first_answered_at"] == "2026-11-22T09:00:00Z"
    # or it ended without what it was for
    clock.forward(hours=1)
    unresolved, by = end(agent, a_call(ivr), summary="Could not find the invoice", resolved=False)
    assert (by, agent.get(f"/cases/{unresolved}").json["subject"]) == ("opened", "Could not find the invoice")
    # nothing is known of it: none
    clock.forward(hours=1)
    assert end(agent, a_call(ivr)) == (None, "none")
    # it was resolved at once: a case that is resolved
    resolved, by = end(agent, a_call(ivr, reason="opening hours"), resolved=True)
    assert (by, agent.get(f"/cases/{resolved}").json["status"]) == ("opened", "resolved")


def test_what_was_said_on_a_chat_finds_its_case(ivr: Api, agent: Api) -> None:
    customer_id = a_customer(agent)
    case_id = a_case(agent, customer_id, subject="Washing machine leaks water")
    contact_id = ivr.post("/contacts", a_contact(ADA, channel="chat")).json["contact_id"]
    for text in ("Hello there", "My washing machine still leaks"):
        ivr.post("/interactions", an_interaction(contact_id=contact_id, channel="chat", body=text))
    assert end(agent, contact_id) == (case_id, "words")


def test_several_that_fit_are_asked_about(ivr: Api, agent: Api) -> None:
    customer_id = a_customer(agent)
    fit = sorted(a_case(agent, customer_id, reason="delivery") for _ in range(2))
    contact_id = a_call(ivr, reason="delivery")
    ended = agent.post(f"/contacts/{contact_id}/end", {}).json
    assert (ended["case_id"], ended["case"]["by"], ended["case"]["may_be"]) == (None, "asked", fit)


def test_two_changes_at_once_are_not_lost(agent: Api) -> None:
    # Given two agents who read the same case
    case_id = a_case(agent, a_customer(agent))
    tag = agent.get(f"/cases/{case_id}").headers["ETag"]
    # When one changes it, and then the other
    waits = {"status": "pending", "pending_on": "customer", "because": "Asked for a photo"}
    first = agent.patch(f"/cases/{case_id}", waits, **{"If-Match": tag})
    other = agent.patch(f"/cases/{case_id}", {"owner": "agent-7"}, **{"If-Match": tag})
    # Then the other is told who changed what
    assert (first.status, first.json["pending_on"], first.json["due_at"]) == (200, "customer", None)
    assert other.status == 412
    assert "agent agent-1 changed pending_on, status" in other.json["detail"]
    # and the first may say it again, its answer was lost
    again = agent.patch(f"/cases/{case_id}", waits, **{"If-Match": tag})
    assert (again.status, again.headers["ETag"]) == (200, first.headers["ETag"])
    (change,) = agent.get(f"/cases/{case_id}/history").json["items"]
    assert (change["changed_by"]["subject"], change["reason"]) == ("agent-1", "Asked for a photo")


def test_a_message_does_not_get_in_the_way_of_a_change(ivr: Api, agent: Api) -> None:
    case_id, _ = write(ivr, "My parcel is late, the courier never came")
    tag = agent.get(f"/cases/{case_id}").headers["ETag"]
    write(ivr, "The courier has my parcel")
    changed = agent.patch(f"/cases/{case_id}", {"team": "delivery"}, **{"If-Match": tag})
    assert (changed.status, changed.json["team"]) == (200, "delivery")


def test_time_does_not_count_while_it_waits_for_the_customer(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a case that waits for the customer
    case_id, _ = write(ivr, "My parcel is late, the courier never came")
    case = agent.get(f"/cases/{case_id}")
    assert case.json["due_at"] == "2026-11-22T16:00:00Z"
    waits = {"status": "pending", "pending_on": "customer"}
    agent.patch(f"/cases/{case_id}", waits, **{"If-Match": case.headers["ETag"]})
    # When the customer answers two hours later
    clock.forward(hours=2)
    write(ivr, "Here is the number of my parcel", occurred_at="2026-11-22T11:00:00Z")
    # Then it is open again, and due two hours later
    case = agent.get(f"/cases/{case_id}")
    assert (case.json["status"], case.json["due_at"]) == ("open", "2026-11-22T18:00:00Z")


def test_what_may_not_follow_is_a_conflict(agent: Api) -> None:
    case_id = a_case(agent, a_customer(agent))
    agent.patch(f"/cases/{case_id}", {"status": "resolved"}, **{"If-Match": '"1"'})
    waits = {"status": "pending", "pending_on": "us"}
    tag = agent.get(f"/cases/{case_id}").headers["ETag"]
    assert agent.patch(f"/cases/{case_id}", waits, **{"If-Match": tag}).status == 409
    assert agent.patch(f"/cases/{case_id}", {"status": "pending"}, **{"If-Match": tag}).status == 422
    opened = agent.patch(f"/cases/{case_id}", {"status": "open"}, **{"If-Match": tag})
    assert (opened.status, opened.json["status"], opened.json["reopened"]) == (200, "open", 1)


def test_a_call_of_which_nothing_is_known_opens_no_case(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a call that ended without what it was for, and nobody says what that was
    assert end(agent, a_call(ivr), resolved=False) == (None, "none")
    # Then there is no case that nobody could work on
    assert agent.post("/lookup", {"identifiers": [{"type": "phone", "value": ADA}]}).json["open_cases"] == []
    # but where a word is said, there is
    clock.forward(hours=1)
    opened, by = end(agent, a_call(ivr), resolved=False, disposition="call_back")
    assert (by, agent.get(f"/cases/{opened}").json["subject"]) == ("opened", "call_back")


def test_an_order_on_one_channel_and_a_reason_on_the_next_are_one_case(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a chat of which only the order is known
    chat = ivr.post("/contacts", a_contact(ADA, channel="chat")).json["contact_id"]
    ivr.patch(f"/contacts/{chat}/facts", facts("ivr", verified=False, order_number="AB-10023"))
    case_id, by = end(agent, chat, resolved=False)
    assert by == "opened"
    # When the customer rings the day after and says only why
    clock.forward(days=1)
    assert end(agent, a_call(ivr, reason="delivery")) == (case_id, "conversation")
    # Then the case has both, and is found by either
    case = agent.get(f"/cases/{case_id}").json
    assert (case["reason"], case["references"]) == ("delivery", ["AB10023"])
    clock.forward(days=1)
    assert end(agent, a_call(ivr, reason="billing")) != (case_id, "conversation")


def test_a_reason_finds_what_was_written_about_in_words(ivr: Api, agent: Api) -> None:
    case_id, _ = write(ivr, "The delivery of my lamp is late")
    assert end(agent, a_call(ivr, reason="Delivery")) == (case_id, "words")


def test_a_case_that_is_opened_and_resolved_in_one_is_nowhere_an_open_one(
    ivr: Api, agent: Api, clock: Clock, spy: Spy
) -> None:
    # Given a call that was resolved at once
    customer_id = a_customer(agent)
    contact_id = a_call(ivr, reason="opening hours")
    spy.reset()
    case_id, by = end(agent, contact_id, resolved=True)
    assert (by, spy.operations) == ("opened", ["GetItem", "Query", "TransactWriteItems"])
    # Then its case is listed as resolved, not shown among the open ones, and not due
    (listed,) = agent.get(f"/customers/{customer_id}/cases").json["items"]
    assert (listed["case_id"], listed["status"], listed["due_at"]) == (case_id, "resolved", None)
    told = agent.post("/lookup", {"identifiers": [{"type": "phone", "value": ADA}]}).json
    assert (told["open_cases"], told["more_open_cases"]) == ([], 0)
    # and who asks the same within days opens it again
    clock.forward(hours=1)
    assert end(agent, a_call(ivr, reason="opening hours"), resolved=False) == (case_id, "reason")
