"""After a contact: what is to be done and by whom, how it went, and how the customer found it."""

from typing import Any

import pytest

from chalicelib.models import keys
from chalicelib.models.items import Event, Item
from chalicelib.services.paging import to_cursor
from chalicelib.services.wrap_up import following_up
from tests.channels import amazon_connect as connect
from tests.conftest import Api, Clock, Spy
from tests.events import connect_event
from tests.factories import a_contact
from tests.provider import Provider
from tests.settings import NOW

PHONE = "+447700900123"
RING = {"what": "Ring when it has come", "due_at": "2026-11-23T12:00:00Z", "team": "delivery"}
FOLLOWED = {"X-Correlation-Id": "followed-1"}
WRITE = {"what": "Send the invoice", "due_at": "2026-11-22T12:00:00Z", "agent": "amara"}


def a_customer(agent: Api, **more: Any) -> str:
    listed = [{"type": "phone", "value": PHONE}, {"type": "email", "value": "ada@example.com"}]
    return str(agent.post("/customers", {"name": "Ada", "identifiers": listed} | more).json["customer_id"])


def a_call(ivr: Api, number: str = PHONE, **more: Any) -> str:
    return str(ivr.post("/contacts", a_contact(number, **more)).json["contact_id"])


def ends(agent: Api, contact_id: str, **body: Any) -> Any:
    reply = agent.post(f"/contacts/{contact_id}/end", body)
    assert reply.status == 200, reply
    return reply.json


def pop(agent: Api, contact_id: str) -> Any:
    return agent.get(f"/contacts/{contact_id}/screen-pop").json


# Follow-ups


def test_what_is_to_be_done_is_on_the_screen_and_on_the_teams_list(ivr: Api, agent: Api, clock: Clock) -> None:
    # Given a call after which two things are to be done
    ada = a_customer(agent)
    contact_id = a_call(ivr)
    ends(agent, contact_id, follow_ups=[RING, WRITE])
    # When she rings again, her agent sees both, first due first
    shown = pop(agent, a_call(ivr))["follow_ups"]
    assert [one["what"] for one in shown] == ["Send the invoice", "Ring when it has come"]
    assert {one["contact_id"] for one in shown} == {contact_id}
    assert agent.get(f"/customers/{ada}/follow-ups").json["items"] == shown
    # and so do the team and the agent, once it is due
    later = "&due_until=2026-12-01T00:00:00Z"
    assert agent.get("/follow-ups?team=delivery").json["items"] == []
    assert agent.get(f"/follow-ups?team=delivery{later}").json["items"] == [shown[1]]
    clock.forward(days=2)
    assert agent.get("/follow-ups?team=delivery").json["items"] == [shown[1]]
    assert agent.get("/follow-ups?agent=amara").json["items"] == [shown[0]]


def test_what_is_done_is_gone(ivr: Api, agent: Api) -> None:
    ada = a_customer(agent)
    ends(agent, a_call(ivr), follow_ups=[RING])
    (one,) = agent.get(f"/customers/{ada}/follow-ups").json["items"]
    done = agent.post(f"/follow-ups/{one['follow_up_id']}/done", {})
    assert (done.status, done.json["done_by"]["subject"]) == (200, "agent-1")
    assert agent.post(f"/follow-ups/{one['follow_up_id']}/done", {}).json == done.json
    assert agent.get(f"/customers/{ada}/follow-ups").json["items"] == []
    assert agent.get("/follow-ups?team=delivery&due_until=2026-12-01T00:00:00Z").json["items"] == []
    assert agent.post("/follow-ups/01ARZ3NDEKTSV4RRFFQ69G5FAV/done", {}).status == 404


def test_a_list_goes_on_where_it_stopped(ivr: Api, agent: Api) -> None:
    a_customer(agent)
    ends(
        agent,
        a_call(ivr),
        follow_ups=[RING | {"what": str(n), "due_at": f"2026-11-2{n}T00:00:00Z"} for n in (3, 1, 2)],
    )
    path = "/follow-ups?team=delivery&due_until=2026-12-01T00:00:00Z&limit=2"
    first = agent.get(path).json
    rest = agent.get(f"{path}&cursor={first['next']}").json
    assert [one["what"] for one in (*first["items"], *rest["items"])] == ["1", "2", "3"]
    assert rest["next"] is None


def test_what_ended_is_wrapped_up_once(provider: Provider, ivr: Api, agent: Api) -> None:
    ada = a_customer(agent)
    contact_id = a_call(ivr, provider_contact_id=connect.CONTACT_ID)
    provider.client.lambda_.invoke("take_in_connect", connect.LIFE[-1])
    provider.process()
    for _ in range(2):
        ends(agent, contact_id, follow_ups=[RING])
    assert len(agent.get(f"/customers/{ada}/follow-ups").json["items"]) == 1


def test_it_goes_with_its_contact(ivr: Api, agent: Api) -> None:
    ada = a_customer(agent)
    contact_id = a_call(ivr)
    ends(agent, contact_id, follow_ups=[RING, WRITE])
    bob = agent.post("/customers", {"name": "Bob"}).json["customer_id"]
    agent.post(f"/contacts/{contact_id}/attribution", {"customer_id": bob, "reason": "it was Bob"})
    assert [following_up.move_with(contact_id, ada) for _ in range(2)] == [2, 0]
    assert agent.get(f"/customers/{ada}/follow-ups").json["items"] == []
    assert len(agent.get(f"/customers/{bob}/follow-ups").json["items"]) == 2
    (listed,) = agent.get("/follow-ups?team=delivery&due_until=2026-12-01T00:00:00Z").json["items"]
    assert listed["customer_id"] == bob


def test_a_follow_up_says_all_that_it_belongs_to(ivr: Api, agent: Api, clock: Clock) -> None:
    ada = a_customer(agent)
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "Late parcel"}).json["case_id"]
    contact_id = a_call(ivr)
    clock.forward(minutes=5)
    ends(agent, contact_id, case_id=case_id, follow_ups=[RING])
    (one,) = agent.get(f"/customers/{ada}/follow-ups").json["items"]
    assert one == RING | {
        "follow_up_id": one["follow_up_id"],
        "customer_id": ada,
        "contact_id": contact_id,
        "case_id": case_id,
        "agent": None,
        "agreed_at": "2026-11-22T09:05:00Z",
        "done_at": None,
        "done_by": None,
    }
    # and when it is done, by whom and when, however often that is said
    clock.forward(minutes=5)
    done = agent.post(f"/follow-ups/{one['follow_up_id']}/done", {}).json
    by = {"role": "agent", "subject": "agent-1"}
    assert done == one | {"done_at": "2026-11-22T09:10:00Z", "done_by": by}
    clock.forward(minutes=5)
    assert agent.post(f"/follow-ups/{one['follow_up_id']}/done", {}).json == done


def test_of_a_person_on_two_records_all_is_listed_first_due_first(ivr: Api, agent: Api) -> None:
    # Given two records of one person, each with as much to do as one may have
    numbers = PHONE, "+447700900124"
    ada, other = (a_customer(agent, identifiers=[{"type": "phone", "value": one}]) for one in numbers)
    for number in numbers:
        for _ in range(2):
            ends(agent, a_call(ivr, number), follow_ups=[RING, WRITE, RING, WRITE, RING])
    agent.post(f"/customers/{ada}/merges", {"other_customer_id": other})
    # Then all of it is hers by either, what is due at one moment by its id
    listed = agent.get(f"/customers/{other}/follow-ups").json["items"]
    assert listed == agent.get(f"/customers/{ada}/follow-ups").json["items"]
    assert [one["due_at"] for one in listed] == [WRITE["due_at"]] * 8 + [RING["due_at"]] * 12
    assert listed == sorted(listed, key=lambda one: (one["due_at"], one["follow_up_id"]))
    assert {one["customer_id"] for one in listed} == {ada}


def test_what_is_done_stays_where_it_was_done(ivr: Api, agent: Api) -> None:
    # Given a contact of Ada's, after which one thing is done, and another is to be
    ada = a_customer(agent)
    contact_id = a_call(ivr)
    ends(agent, contact_id, follow_ups=[RING, WRITE])
    write, ring = (one["follow_up_id"] for one in agent.get(f"/customers/{ada}/follow-ups").json["items"])
    agent.post(f"/follow-ups/{ring}/done", {})
    # When it turns out to be Bob's
    bob = agent.post("/customers", {"name": "Bob"}).json["customer_id"]
    agent.post(f"/contacts/{contact_id}/attribution", {"customer_id": bob, "reason": "it was Bob"})
    assert following_up.move_with(contact_id, ada) == 1
    # Then only what is to be done is his
    assert [one["follow_up_id"] for one in agent.get(f"/customers/{bob}/follow-ups").json["items"]] == [write]
    assert agent.post(f"/follow-ups/{ring}/done", {}).json["customer_id"] == ada


def test_nothing_moves_with_a_contact_that_stays_or_is_nobodys(ivr: Api, agent: Api, spy: Spy) -> None:
    ada = a_customer(agent)
    contact_id = a_call(ivr)
    ends(agent, contact_id, follow_ups=[RING])
    # and of one after which nothing is to be done
    nothing = a_call(ivr)
    spy.reset()
    moved = [("01ARZ3NDEKTSV4RRFFQ69G5FAV", ada), (contact_id, ada), (nothing, "SOMEBODY")]
    assert [following_up.move_with(*one) for one in moved] == [0, 0, 0]
    assert spy.operations == ["GetItem"] * 3
    agent.post(f"/contacts/{contact_id}/attribution", {"not_customer_id": ada, "reason": "it was not she"})
    assert following_up.move_with(contact_id, ada) == 0
    assert len(agent.get(f"/customers/{ada}/follow-ups").json["items"]) == 1


@pytest.mark.parametrize("cursor", ["?", to_cursor("I#2026")])
def test_a_list_goes_on_in_itself_only(agent: Api, cursor: str) -> None:
    assert agent.get(f"/follow-ups?team=delivery&cursor={cursor}").status == 422


def test_there_is_a_limit_and_somebody_to_do_them_for(ivr: Api, agent: Api) -> None:
    a_customer(agent)
    for _ in range(2):
        ends(agent, a_call(ivr), follow_ups=[RING] * 5)
    assert agent.post(f"/contacts/{a_call(ivr)}/end", {"follow_ups": [RING]}).status == 409
    assert agent.post(f"/contacts/{a_call(ivr, 'anonymous')}/end", {"follow_ups": [RING]}).status == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"follow_ups": [RING | {"agent": "amara"}]}, "follow_ups.0"),
        ({"follow_ups": [{"what": "x", "team": "y"}]}, "follow_ups.0.due_at"),
        ({"follow_ups": [RING] * 6}, "follow_ups"),
    ],
)
def test_bad_follow_ups_are_named(ivr: Api, agent: Api, body: Any, field: str) -> None:
    reply = agent.post(f"/contacts/{a_call(ivr)}/end", body)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


def test_of_whom_is_to_be_said(agent: Api) -> None:
    assert agent.get("/follow-ups").status == 422
    assert agent.get("/follow-ups?team=a&agent=b").status == 422


# The summary


@pytest.mark.parametrize("told_first", ["the summary", "the end"])
def test_a_summary_that_was_handed_over_stands_until_an_agent_writes_one(
    provider: Provider, agent: Api, told_first: str
) -> None:
    # Given a call that Contact Lens sums up, before or after its end is told
    handed_over = {"ContactSummary": {"PostContactSummary": {"Content": "The parcel is late."}}}
    told = [connect.LIFE[-1], connect.TRANSCRIPT | {"ConversationCharacteristics": handed_over}]
    provider.client.lambda_.invoke("connect_lookup", connect_event(connect.CONTACT_ID, PHONE))
    for content in told if told_first == "the end" else told[::-1]:
        provider.client.lambda_.invoke("take_in_connect", content)
        assert provider.process() == []
    which = f"/screen-pop?provider=amazon-connect&provider_contact_id={connect.CONTACT_ID}"
    shown = agent.get(which).json
    assert shown["contact"]["summary"] == "The parcel is late."
    assert "The parcel is late." in [entry["body"] for entry in shown["timeline"]]
    # then an agent still has the last word
    contact_id = shown["contact"]["contact_id"]
    assert ends(agent, contact_id, disposition="answered")["summary"] == "The parcel is late."
    assert ends(agent, contact_id, summary="Too late")["summary"] == "The parcel is late."


# Feedback


def test_it_is_asked_where_the_customer_likes_it_once(ivr: Api, agent: Api) -> None:
    a_customer(agent, attributes={"preferred_channel": "email"})
    contact_id = a_call(ivr)
    ended = ends(agent, contact_id, ask_feedback=True)
    ends(agent, contact_id, ask_feedback=True)
    assert ended["feedback_due"]["channel"] == "email"
    assert ended["feedback_due"]["to"]["value"] == "ada@example.com"
    asked = [entry for entry in pop(agent, contact_id)["timeline"] if entry["kind"] == "feedback_request"]
    assert [(one["channel"], one["direction"]) for one in asked] == [("email", "outbound")]


def test_who_refused_is_not_asked(ivr: Api, agent: Api) -> None:
    a_customer(agent, consent={"feedback": False})
    assert ends(agent, a_call(ivr), ask_feedback=True)["feedback_due"] is None
    assert ends(agent, a_call(ivr, "anonymous"), ask_feedback=True)["feedback_due"] is None


def test_what_they_say_is_on_the_record_with_the_outcome(ivr: Api, agent: Api) -> None:
    ada = a_customer(agent)
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "Late parcel"}).json["case_id"]
    contact_id = a_call(ivr)
    ends(agent, contact_id, case_id=case_id, resolved=True)
    said = {"score": 9, "scale": "nps", "words": "Quick and kind"}
    given = ivr.post(f"/contacts/{contact_id}/feedback", said)
    assert given.status == 201
    kept = given.json["feedback"]
    assert {name: kept[name] for name in said} == said
    assert (kept["case_id"], kept["case_status"]) == (case_id, "resolved")
    (entry,) = (one for one in pop(agent, contact_id)["timeline"] if one["kind"] == "feedback")
    assert (entry["subject"], entry["body"]) == ("9 of 10 (nps)", "Quick and kind")
    # The same again is the same, anything else is refused
    again = ivr.post(f"/contacts/{contact_id}/feedback", said)
    assert (again.status, again.json) == (200, given.json)
    assert ivr.post(f"/contacts/{contact_id}/feedback", said | {"score": 1}).status == 409


def entry_of(kind: str) -> dict[str, Any]:
    """The one entry of this kind, as it is kept."""
    (event,) = (one for one in Item.scan() if isinstance(one, Event) and one.event_kind == kind)
    return {name: value for name, value in event.attribute_values.items() if name != "kind"}


def test_the_question_is_an_entry_of_the_contacts(ivr: Api, agent: Api) -> None:
    # Given Ada's call about a case
    ada = a_customer(agent)
    case_id = agent.post(f"/customers/{ada}/cases", {"subject": "Late parcel"}).json["case_id"]
    contact_id = a_call(ivr)
    # When she is to be asked how it was
    body = {"case_id": case_id, "ask_feedback": True}
    due = agent.post(f"/contacts/{contact_id}/end", body, **FOLLOWED).json["feedback_due"]
    # Then it says where, and stands on the record with all that it belongs to, to be sent from there
    to = {"type": "phone", "value": PHONE, "scope": ""}
    assert due == {"channel": "sms", "to": to, "asked_at": keys.instant(NOW)}
    entry = entry_of("feedback_request")
    assert {name: value for name, value in entry.items() if value not in (None, [], {})} == {
        "PK": keys.event(entry["interaction_id"]),
        "SK": keys.EVENT,
        "interaction_id": entry["interaction_id"],
        "channel": "sms",
        "direction": "outbound",
        "event_kind": "feedback_request",
        "occurred_at": NOW,
        "received_at": NOW,
        "source": "throughline",
        "source_event_id": f"{contact_id}:feedback_request",
        "recipient": to,
        "contact_id": contact_id,
        "case_id": case_id,
        "customer_id": ada,
        "match": {"result": "one", "confidence": 0.85, "reasons": [{"identifier": "phone", "verified": False}]},
        "assurance": 1,
        "captured_by": {"role": "system", "subject": "throughline"},
        "correlation_id": FOLLOWED["X-Correlation-Id"],
    }
    # and what she answers is another one, which came in where the contact was
    ivr.post(f"/contacts/{contact_id}/feedback", {"score": 5}, **FOLLOWED)
    answer = entry_of("feedback")
    assert answer["interaction_id"] != entry["interaction_id"]
    assert (answer["channel"], answer["direction"], answer.get("recipient")) == ("voice", "inbound", None)
    assert (answer["source_event_id"], answer["case_id"]) == (f"{contact_id}:feedback", case_id)
    assert (answer["captured_by"]["role"], answer["correlation_id"]) == ("ivr", FOLLOWED["X-Correlation-Id"])


def test_one_who_was_met_in_writing_is_asked_there(ivr: Api, agent: Api) -> None:
    a_customer(
        agent, identifiers=[{"type": "phone", "value": PHONE}, {"type": "line", "value": "U1", "scope": "p"}]
    )
    call, chat = (
        a_call(ivr),
        a_contact(None, channel="line", **{"from": {"type": "line", "value": "U1", "scope": "p"}}),
    )
    assert ends(agent, call, ask_feedback=True)["feedback_due"]["channel"] == "sms"
    due = ends(agent, ivr.post("/contacts", chat).json["contact_id"], ask_feedback=True)["feedback_due"]
    assert due == {
        "channel": "line",
        "to": {"type": "line", "value": "U1", "scope": "p"},
        "asked_at": keys.instant(NOW),
    }


def test_of_a_person_on_two_records_all_that_is_known_counts(ivr: Api, agent: Api) -> None:
    # Given Ada, who called from a number of one record and refused to be asked on the other
    ada = a_customer(agent)
    other = agent.post("/customers", {"name": "Ada", "consent": {"feedback": False}}).json["customer_id"]
    agent.post(f"/customers/{ada}/merges", {"other_customer_id": other})
    # Then she is not asked
    assert ends(agent, a_call(ivr), ask_feedback=True)["feedback_due"] is None


def test_feedback_on_what_is_nobodys_and_of_no_case(ivr: Api, clock: Clock) -> None:
    contact_id = a_call(ivr, "anonymous")
    clock.forward(minutes=1)
    kept = ivr.post(f"/contacts/{contact_id}/feedback", {"score": 4})
    assert (kept.status, kept.json["customer_id"]) == (201, None)
    assert kept.json["feedback"] == {
        "score": 4,
        "scale": "csat",
        "words": None,
        "case_id": None,
        "case_status": None,
        "given_at": keys.instant(clock.at),
    }
    assert entry_of("feedback")["subject"] == "4 of 5 (csat)"
    assert ivr.post(f"/contacts/{contact_id}/feedback", {"score": 4}).json == kept.json


@pytest.mark.parametrize("other", [{"score": 1}, {"scale": "nps"}, {"words": "Rude"}])
def test_anything_else_is_refused(ivr: Api, other: dict[str, Any]) -> None:
    contact_id = a_call(ivr)
    said = {"score": 5, "scale": "csat", "words": "Kind"}
    assert ivr.post(f"/contacts/{contact_id}/feedback", said).status == 201
    assert ivr.post(f"/contacts/{contact_id}/feedback", said | other).status == 409


def test_the_answer_names_the_customer_as_the_person_goes(ivr: Api, agent: Api) -> None:
    other = a_customer(agent)
    ada = agent.post("/customers", {"name": "Ada"}).json["customer_id"]
    agent.post(f"/customers/{ada}/merges", {"other_customer_id": other})
    given = ivr.post(f"/contacts/{a_call(ivr)}/feedback", {"score": 5})
    assert given.json["customer_id"] == ada


@pytest.mark.parametrize(("score", "scale"), [(0, "csat"), (6, "csat"), (-1, "nps"), (11, "nps")])
def test_a_score_is_on_its_scale(ivr: Api, score: int, scale: str) -> None:
    assert ivr.post(f"/contacts/{a_call(ivr)}/feedback", {"score": score, "scale": scale}).status == 422


def test_a_visitor_speaks_of_its_own_contact_only(ivr: Api) -> None:
    visitor = ivr.as_("visitor")
    own = visitor.post("/contacts", a_contact(None, provider="web", to=None, channel="chat")).json["contact_id"]
    assert visitor.post(f"/contacts/{own}/feedback", {"score": 5}).status == 201
    assert visitor.post(f"/contacts/{a_call(ivr)}/feedback", {"score": 5}).status == 404


def test_requests_of_wrapping_up(ivr: Api, agent: Api, spy: Spy) -> None:
    a_customer(agent)
    contact_id = a_call(ivr)
    spy.reset()
    ends(agent, contact_id, follow_ups=[RING, WRITE], ask_feedback=True)
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]
    spy.reset()
    shown = pop(agent, contact_id)["follow_ups"]
    assert spy.operations == ["Query", "Query"]
    spy.reset()
    agent.post(f"/follow-ups/{shown[0]['follow_up_id']}/done", {})
    assert spy.operations == ["Query", "TransactWriteItems"]
    spy.reset()
    agent.get("/follow-ups?team=delivery")
    assert spy.operations == ["Query"]
    spy.reset()
    agent.post(f"/contacts/{contact_id}/feedback", {"score": 5})
    assert spy.operations == ["GetItem", "TransactWriteItems", "GetItem"]
    assert all(asked["ConsistentRead"] for _, asked in spy.reads)
