"""Cases: opened, listed, the newest open ones shown, closed by the contact that resolved them."""

from typing import Any

import pytest

from chalicelib.models import store
from chalicelib.rules.case_finding import number_of
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, an_interaction
from tests.unit.test_merges import merged

NO_CASE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def a_customer(agent: Api, phone: str = "+447700900123") -> str:
    made = agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "phone", "value": phone}]})
    return str(made.json["customer_id"])


def a_case(agent: Api, clock: Clock, customer_id: str, subject: str = "Broken", **more: Any) -> str:
    """A case; the clock moves on, so that each is opened later than the one before."""
    clock.forward(seconds=1)
    reply = agent.post(f"/customers/{customer_id}/cases", {"subject": subject} | more)
    assert reply.status == 201, reply
    return str(reply.json["case_id"])


def a_call(ivr: Api, phone: str = "+447700900123") -> str:
    return str(ivr.post("/contacts", a_contact(phone)).json["contact_id"])


def popped(agent: Api, contact_id: str) -> tuple[list[str], int]:
    """The open cases that a pop shows, and how many more there are."""
    pop = agent.get(f"/contacts/{contact_id}/screen-pop").json
    return [case["case_id"] for case in pop["open_cases"]], pop["more_open_cases"]


def listed(agent: Api, customer_id: str) -> dict[str, str]:
    items = agent.get(f"/customers/{customer_id}/cases").json["items"]
    return {case["case_id"]: case["status"] for case in items}


def fields(reply: Any) -> list[str]:
    return [error["field"] for error in reply.json["errors"]]


def test_a_case_is_opened_and_read_whole(agent: Api) -> None:
    # When a case is opened
    customer_id = a_customer(agent)
    body = {
        "subject": "Router is dead",
        "reason": "fault",
        "product": "Fibre 100",
        "priority": "high",
        "description": "No light since\nMonday.",
        "channel": "portal",
    }
    opened = agent.post(f"/customers/{customer_id}/cases", body)
    # Then it is there, whole
    assert opened.status == 201
    case_id = opened.json["case_id"]
    assert opened.headers["Location"] == f"/v1/cases/{case_id}"
    whole = agent.get(f"/cases/{case_id}")
    assert (whole.status, whole.json) == (200, opened.json)
    assert whole.json == {
        "case_id": case_id,
        "number": number_of(case_id),
        "customer_id": customer_id,
        "subject": "Router is dead",
        "status": "open",
        "pending_on": None,
        "priority": "high",
        "owner": None,
        "team": None,
        "due_at": "2026-11-22T13:00:00Z",
        "late": None,
        "last_channel": "portal",
        "opened_at": "2026-11-22T09:00:00Z",
        "updated_at": "2026-11-22T09:00:00Z",
        "closed_at": None,
        "reason": "fault",
        "product": "Fibre 100",
        "description": "No light since\nMonday.",
        "references": [],
        "opened_by": {"role": "agent", "subject": "agent-1"},
        "joined_into": None,
        "split_off": None,
        "links": [],
        "first_answered_at": None,
        "reopened": 0,
        "version": 1,
    }
    assert whole.headers["ETag"] == '"1"'
    # and the next who looks the customer up is told
    told = agent.post("/lookup", {"identifiers": [{"type": "phone", "value": "+447700900123"}]}).json
    assert [case["case_id"] for case in told["open_cases"]] == [case_id]


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "subject"), ({"subject": ""}, "subject"), ({"subject": "x", "priority": "asap"}, "priority")],
)
def test_a_case_that_is_wrong(agent: Api, body: Any, field: str) -> None:
    reply = agent.post(f"/customers/{a_customer(agent)}/cases", body)
    assert (reply.status, fields(reply)) == (422, [field])


def test_cases_of_nobody(agent: Api) -> None:
    assert agent.post(f"/customers/{NO_CASE}/cases", {"subject": "x"}).status == 404
    assert agent.get(f"/customers/{NO_CASE}/cases").status == 404
    assert agent.get(f"/cases/{NO_CASE}").status == 404
    assert listed(agent, a_customer(agent)) == {}


def test_opening_costs_one_read_and_one_transaction(agent: Api, spy: Spy) -> None:
    customer_id = a_customer(agent)
    spy.reset()
    agent.post(f"/customers/{customer_id}/cases", {"subject": "x"})
    assert spy.operations == ["Query", "TransactWriteItems"]


def test_the_list_goes_on_by_page_newest_first(agent: Api, clock: Clock) -> None:
    # Given seven cases
    customer_id = a_customer(agent)
    opened = [a_case(agent, clock, customer_id, f"No. {n}") for n in range(7)]
    # When they are read three at a time
    read: list[str] = []
    cursor = ""
    for _ in range(3):
        page = agent.get(f"/customers/{customer_id}/cases?limit=3{cursor}").json
        read += [case["case_id"] for case in page["items"]]
        cursor = f"&cursor={page['next']}"
    # Then each is there once, and there is no more
    assert read == sorted(opened, reverse=True)
    assert page["next"] is None


def test_a_cursor_leads_on_in_its_own_list_only(agent: Api) -> None:
    from chalicelib.services.paging import to_cursor

    customer_id = a_customer(agent)
    for sort_key in ("I#2026", "H#CONTACT#", "Z#PROFILE", "H#CASE#\u00e9", "H#CASE#\x00"):
        reply = agent.get(f"/customers/{customer_id}/cases?cursor={to_cursor(sort_key)}")
        assert (reply.status, fields(reply)) == (422, ["cursor"])


def test_the_newest_open_cases_are_shown_and_the_others_counted(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given eight open cases
    customer_id = a_customer(agent)
    opened = [a_case(agent, clock, customer_id, f"No. {n}") for n in range(8)]
    # When the customer rings
    contact_id = a_call(ivr)
    # Then five are shown, and three more said to be there
    assert popped(agent, contact_id) == (sorted(opened, reverse=True)[:5], 3)
    told = agent.post("/lookup", {"identifiers": [{"type": "phone", "value": "+447700900123"}]}).json
    assert (len(told["open_cases"]), told["more_open_cases"]) == (5, 3)
    assert set(listed(agent, customer_id).values()) == {"open"}


def test_the_place_of_a_resolved_case_is_taken_by_the_next(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given eight open cases
    customer_id = a_customer(agent)
    newest_first = sorted((a_case(agent, clock, customer_id) for _ in range(8)), reverse=True)
    # When contacts resolve them one after the other, a shown one each time
    for n in range(8):
        clock.forward(minutes=1)
        resolved = newest_first.pop(min(2, len(newest_first) - 1))
        contact_id = a_call(ivr)
        ended = agent.post(f"/contacts/{contact_id}/end", {"resolved": True, "case_id": resolved})
        assert (ended.status, ended.json["resolved"], ended.json["case_id"]) == (200, True, resolved)
        # Then it is closed, and the newest five of those that are left are shown
        whole = agent.get(f"/cases/{resolved}").json
        assert (whole["status"], whole["last_channel"]) == ("resolved", "voice")
        assert whole["closed_at"] == whole["updated_at"] == ended.json["ended_at"]
        assert listed(agent, customer_id)[resolved] == "resolved"
        assert popped(agent, contact_id) == (newest_first[:5], max(7 - n - 5, 0))
        assert store.get_profile(customer_id).live_contacts == 0


def test_a_hidden_case_that_is_resolved_leaves_the_shown_ones(agent: Api, ivr: Api, clock: Clock) -> None:
    customer_id = a_customer(agent)
    newest_first = sorted((a_case(agent, clock, customer_id) for _ in range(7)), reverse=True)
    contact_id = a_call(ivr)
    agent.post(f"/contacts/{contact_id}/end", {"resolved": True, "case_id": newest_first[6]})
    assert popped(agent, contact_id) == (newest_first[:5], 1)
    # nor does what is written about one that is not shown show it
    write = an_interaction(case_id=newest_first[5])
    assert ivr.post("/interactions", write).json["case_id"] == newest_first[5]
    assert popped(agent, contact_id) == (newest_first[:5], 1)
    # and a new one takes the place of the oldest that is shown
    newest = a_case(agent, clock, customer_id)
    assert popped(agent, contact_id) == ([newest, *newest_first[:4]], 2)


def test_a_contact_that_did_not_resolve_its_case_leaves_it_open(agent: Api, ivr: Api, clock: Clock) -> None:
    customer_id = a_customer(agent)
    case_id = a_case(agent, clock, customer_id, channel="portal")
    clock.forward(hours=1)
    contact_id = a_call(ivr)
    agent.post(f"/contacts/{contact_id}/end", {"resolved": False, "case_id": case_id})
    pop = agent.get(f"/contacts/{contact_id}/screen-pop").json
    (case,) = pop["open_cases"]
    assert (case["status"], case["last_channel"], case["updated_at"]) == ("open", "voice", "2026-11-22T10:00:01Z")
    assert pop["timeline"][0]["case_id"] == case_id


def test_a_case_that_two_contacts_resolved_is_closed_once(agent: Api, ivr: Api, clock: Clock) -> None:
    customer_id = a_customer(agent)
    first, other = a_case(agent, clock, customer_id), a_case(agent, clock, customer_id)
    contacts = [a_call(ivr), a_call(ivr)]
    for contact_id in contacts:
        assert agent.post(f"/contacts/{contact_id}/end", {"resolved": True, "case_id": first}).status == 200
        clock.forward(minutes=1)
    assert popped(agent, contacts[0]) == ([other], 0)
    assert agent.get(f"/cases/{first}").json["closed_at"] == "2026-11-22T09:00:02Z"


def test_a_case_of_somebody_else(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given a call of Ada's, and a case of Bob's
    ada, bob = a_customer(agent), a_customer(agent, "+447700900777")
    theirs = a_case(agent, clock, bob)
    contact_id = a_call(ivr)
    # Then the call does not end with it, nor is anything captured to it
    for case_id in (theirs, NO_CASE):
        ended = agent.post(f"/contacts/{contact_id}/end", {"resolved": True, "case_id": case_id})
        assert (ended.status, fields(ended)) == (422, ["case_id"])
        captured = agent.post("/interactions", an_interaction(customer_id=ada, case_id=case_id))
        assert (captured.status, fields(captured)) == (422, ["case_id"])
    assert listed(agent, bob) == {theirs: "open"}
    pop = agent.get(f"/contacts/{contact_id}/screen-pop").json
    assert (pop["contact"]["status"], pop["timeline"]) == ("live", [])


def test_what_has_no_customer_has_no_case(agent: Api, ivr: Api, clock: Clock) -> None:
    case_id = a_case(agent, clock, a_customer(agent))
    contact_id = ivr.post("/contacts", a_contact(None)).json["contact_id"]
    captured = ivr.post("/interactions", an_interaction(contact_id=contact_id, case_id=case_id))
    assert (captured.status, fields(captured)) == (422, ["case_id"])
    assert agent.post(f"/contacts/{contact_id}/end", {"case_id": case_id}).status in {409, 422}


def test_what_is_captured_to_a_case_is_seen_at_it(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given a case from the portal
    customer_id = a_customer(agent)
    case_id = a_case(agent, clock, customer_id, channel="portal")
    contact_id = a_call(ivr)
    clock.forward(hours=1)
    # When the customer writes about it
    wrote = ivr.post("/interactions", an_interaction(channel="whatsapp", case_id=case_id))
    # Then the pop shows where and when it was last worked on
    assert (wrote.status, wrote.json["case_id"]) == (201, case_id)
    pop = agent.get(f"/contacts/{contact_id}/screen-pop").json
    (case,) = pop["open_cases"]
    assert (case["last_channel"], case["updated_at"]) == ("whatsapp", "2026-11-22T10:00:01Z")
    assert (pop["timeline"][0]["case_id"], pop["more_open_cases"]) == (case_id, 0)
    assert agent.get(f"/cases/{case_id}").json["last_channel"] == "whatsapp"
    assert agent.get(f"/customers/{customer_id}/cases").json["items"] == pop["open_cases"]


def test_a_reply_follows_the_case(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given a mail about a case
    customer_id = a_customer(agent)
    case_id = a_case(agent, clock, customer_id)
    mail = an_interaction(channel="email", source="mail", source_event_id="<1@a>", case_id=case_id)
    ivr.post("/interactions", mail | {"customer_id": customer_id})
    # When it is replied to, and the reply too
    replies = [
        an_interaction(channel="email", source="mail", source_event_id=f"<{n}@a>", in_reply_to=f"<{n - 1}@a>")
        for n in (2, 3)
    ]
    made = [ivr.post("/interactions", reply).json for reply in replies]
    # Then all are of that case
    assert [one["case_id"] for one in made] == [case_id, case_id]
    assert [one["case"]["by"] for one in made] == ["sign", "sign"]
    # but not what replies to something of another source, or to nothing that is known
    for source, to in (("sms", "<1@a>"), ("mail", "<9@a>")):
        assert (
            ivr.post("/interactions", an_interaction(source=source, in_reply_to=to)).json["case"]["by"] != "sign"
        )


def test_a_reply_by_somebody_else_joins_the_case_but_not_the_customer(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given a mail of Ada's about a case
    ada = a_customer(agent)
    case_id = a_case(agent, clock, ada, channel="email")
    ivr.post("/interactions", an_interaction(source="mail", source_event_id="<1@a>", case_id=case_id))
    before = agent.get(f"/cases/{case_id}").json
    clock.forward(hours=1)
    # When a colleague replies
    colleague = {"type": "email", "value": "bob@example.com"}
    reply = an_interaction(
        channel="email", source="mail", source_event_id="<2@b>", in_reply_to="<1@a>", **{"from": colleague}
    )
    made = ivr.post("/interactions", reply).json
    # Then the reply is of the case, which stands as it stood, and the colleague a customer of their own without it
    assert made["case_id"] == case_id
    assert made["case"] == {"by": "sign", "reason": "it answers what is of this case", "may_be": []}
    assert agent.get(f"/cases/{case_id}").json == before
    assert made["customer_id"] not in {ada, None}
    assert agent.get(f"/interactions/{made['interaction_id']}").json["case_id"] == case_id
    assert listed(agent, made["customer_id"]) == {}
    assert [i["type"] for i in agent.get(f"/customers/{ada}/identifiers").json["items"]] == ["phone"]


def test_a_late_reply_to_a_resolved_case_does_not_open_it(agent: Api, ivr: Api, clock: Clock) -> None:
    customer_id = a_customer(agent)
    case_id = a_case(agent, clock, customer_id)
    contact_id = a_call(ivr)
    clock.forward(hours=1)
    agent.post(f"/contacts/{contact_id}/end", {"resolved": True, "case_id": case_id})
    clock.forward(hours=1)
    # What was written before it was resolved, and is told only now, is no news
    late = an_interaction(case_id=case_id, occurred_at="2026-11-22T09:30:00Z")
    assert ivr.post("/interactions", late).status == 201
    assert popped(agent, contact_id) == ([], 0)
    whole = agent.get(f"/cases/{case_id}").json
    assert (whole["status"], whole["closed_at"]) == ("resolved", "2026-11-22T10:00:01Z")
    assert whole["last_channel"] == "sms"
    # and what is written afterwards opens it again
    again = an_interaction(case_id=case_id, occurred_at="2026-11-22T10:30:00Z")
    assert ivr.post("/interactions", again).status == 201
    assert popped(agent, contact_id) == ([case_id], 0)
    whole = agent.get(f"/cases/{case_id}").json
    assert (whole["status"], whole["closed_at"], whole["reopened"]) == ("open", None, 1)


def test_the_last_channel_is_that_of_the_latest_event_not_of_the_last_told(agent: Api) -> None:
    last = []
    for order in ((("sms", 1), ("email", 2)), (("email", 2), ("sms", 1))):
        customer_id = agent.post("/customers", {"name": "Ada"}).json["customer_id"]
        case = agent.post(f"/customers/{customer_id}/cases", {"subject": "x"}).json["case_id"]
        for channel, hour in order:
            at = f"2026-11-22T0{hour}:00:00Z"
            agent.post(
                "/interactions",
                an_interaction(customer_id=customer_id, channel=channel, case_id=case, occurred_at=at),
            )
        last.append(agent.get(f"/cases/{case}").json["last_channel"])
    assert last == ["email", "email"]


def test_all_that_is_said_of_a_case_is_kept(agent: Api) -> None:
    # Given a case with all that one may have, under a key
    customer_id = a_customer(agent)
    said = {"subject": "Sofa WM-2023", "reason": "delivery", "product": "sofa", "priority": "low", "speak_at": 2}
    said |= {"description": "Order AB-10023 came twice", "owner": "agent-7", "team": "delivery"}
    body = said | {"channel": "sms"}
    opened = agent.post(f"/customers/{customer_id}/cases", body, **{"Idempotency-Key": "one"})
    # When that is said again, Then it is the same one
    again = agent.post(f"/customers/{customer_id}/cases", body, **{"Idempotency-Key": "one"})
    assert (opened.status, again.status, again.json) == (201, 200, opened.json)
    assert listed(agent, customer_id) == {opened.json["case_id"]: "open"}
    assert store.get_profile(customer_id).open_cases == 1
    # and all of it is kept
    case = store.get_case(opened.json["case_id"])
    assert {name: getattr(case, name) for name in said} == said
    assert (case.last_channel, case.references) == ("sms", ["WM2023", "AB10023"])
    assert case.gist == "sofa delive order came twice"
    # and under the same key nothing else may be said of them; of somebody else it is another
    for whose, what, status in (
        (customer_id, {"subject": "x"}, 422),
        (a_customer(agent, "+447700900777"), body, 201),
    ):
        assert agent.post(f"/customers/{whose}/cases", what, **{"Idempotency-Key": "one"}).status == status


def test_the_history_names_what_led_to_it(agent: Api, ivr: Api, clock: Clock) -> None:
    # Given a case that is resolved
    customer_id = a_customer(agent)
    case_id = a_case(agent, clock, customer_id)
    agent.patch(f"/cases/{case_id}", {"status": "resolved"}, **{"If-Match": '"1"'})
    clock.forward(hours=1)
    # When somebody writes about it
    made = ivr.post("/interactions", an_interaction(case_id=case_id, occurred_at="2026-11-22T09:30:00Z")).json
    # Then it is open again, and by which message
    assert popped(agent, a_call(ivr)) == ([case_id], 0)
    assert store.get_profile(customer_id).open_cases == 1
    change = agent.get(f"/cases/{case_id}/history").json["items"][0]
    assert (change["interaction_id"], change["contact_id"]) == (made["interaction_id"], None)
    # as it is told by which call
    clock.forward(hours=1)
    contact_id = a_call(ivr)
    agent.post(f"/contacts/{contact_id}/end", {"case_id": case_id, "resolved": True})
    change = agent.get(f"/cases/{case_id}/history").json["items"][0]
    assert (change["interaction_id"], change["contact_id"]) == (None, contact_id)


def test_the_cases_of_two_records_are_one_list(agent: Api, clock: Clock) -> None:
    ada, other = a_customer(agent), a_customer(agent, "+447700900777")
    opened = [a_case(agent, clock, one) for one in (ada, other, ada)]
    merged(agent, ada, other)
    items = agent.get(f"/customers/{other}/cases").json["items"]
    assert [one["case_id"] for one in items] == opened[::-1]
    assert {one["customer_id"] for one in items} == {ada}


def test_the_next_to_be_shown_is_looked_for_only_where_there_is_one(agent: Api, clock: Clock, spy: Spy) -> None:
    customer_id = a_customer(agent)
    opened = [a_case(agent, clock, customer_id) for _ in range(6)]
    looked_for = []
    for case_id in opened[-1], opened[-2]:
        spy.reset()
        assert agent.patch(f"/cases/{case_id}", {"status": "resolved"}, **{"If-Match": '"1"'}).status == 200
        looked_for.append(spy.operations.count("Query") - 1)
    assert looked_for == [1, 0]
