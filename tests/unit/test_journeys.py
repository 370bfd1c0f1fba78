"""What people do by themselves: told in batches, folded on their timeline, and in the pop in words."""

import json
from datetime import datetime, timedelta
from io import StringIO
from itertools import count
from typing import Any

import pytest

from chalicelib.models import keys, store
from chalicelib.models.items import Event, Item, JourneyActs, SiteMinute
from chalicelib.models.requests.journeys import SendJourneyEvents
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.matching import Assurance
from chalicelib.services.deps import Deps
from chalicelib.services.journeys.journeys import Counts, take_in_events
from tests.conftest import Api, Clock, Reply, Spy
from tests.factories import a_contact, an_interaction, facts
from tests.settings import NOW

_ids = count(1)
ADDRESS = "change_address"


def at(ago: timedelta) -> str:
    return (NOW - ago).isoformat().replace("+00:00", "Z")


def minutes(ago: float) -> str:
    return at(timedelta(minutes=ago))


def an_event(type_: str, ago: float, **more: Any) -> dict[str, Any]:
    return {"id": f"e-{next(_ids)}", "type": type_, "at": minutes(ago)} | more


def a_batch(*events: dict[str, Any], screen: str = "tab-1", device: str = "phone", **more: Any) -> dict[str, Any]:
    return {
        "key": "pk_test",
        "channel": "portal",
        "screen": {"id": screen, "device": device, "size": "390x844"},
        "consent": {"journeys": True},
        "sent_at": minutes(0),
        "events": list(events),
    } | more


def failing() -> list[dict[str, Any]]:
    return [
        an_event("step", 9, task=ADDRESS, step="new_address", page="/account/address?id=7"),
        an_event("form_error", 7, task=ADDRESS, field="postcode", error="is not a postcode"),
        an_event("form_error", 6, task=ADDRESS, field="postcode", error="is not a postcode"),
        an_event(
            "form", 5, task=ADDRESS, facts={"postcode": "LS1 4AP", "date_of_birth": "1990-01-31", "hat": "7"}
        ),
        an_event("give_up", 4, task=ADDRESS),
    ]


FAILED = "tried to change address, failed twice at the postcode, gave up 4 minutes ago, on a phone"


@pytest.fixture
def visitor(ivr: Api) -> Api:
    return ivr.as_("visitor")


def tell(api: Api, *events: dict[str, Any], **more: Any) -> dict[str, int]:
    reply = api.post("/journeys/events", a_batch(*events, **more))
    assert reply.status == 202, reply.json
    counts: dict[str, int] = reply.json
    return counts


def popped(visitor: Api, **more: Any) -> Any:
    """The pop of a chat that the visitor begins."""
    begun = visitor.post("/contacts", a_contact(None, channel="chat", provider="web", to=None) | more)
    return visitor.as_("agent").get(f"/contacts/{begun.json['contact_id']}/screen-pop").json


def journeys(visitor: Api) -> list[Any]:
    shown: list[Any] = popped(visitor)["recent_journey"]
    return shown


def as_token(deps: Deps, body: dict[str, Any], caller: Caller, visitor: Caller | None = None) -> Counts:
    """The same as somebody's token says that they are signed in."""
    return take_in_events(deps, caller, visitor, SendJourneyEvents.model_validate(body, strict=False), "c")


def a_customer(agent: Api, name: str, account: str, **more: Any) -> str:
    body = {"name": name, "identifiers": [{"type": "account", "value": account, "verified": True}]}
    return str(agent.post("/customers", body | more).json["customer_id"])


def test_what_was_tried_is_in_the_pop_in_words(visitor: Api) -> None:
    # Given a visitor whose form failed
    assert tell(visitor, *failing()) == {"accepted": 5, "duplicates": 0, "ignored": 0}
    # When they begin a chat
    pop = popped(visitor)
    # Then the agent reads what happened, and what was filled in
    (journey,) = pop["recent_journey"]
    assert journey["sentence"] == FAILED
    assert (journey["task"], journey["outcome"], journey["device"]) == (ADDRESS, "gave_up", "phone")
    assert (journey["at"], journey["occurred_at"]) == (minutes(4), minutes(9))
    assert journey["failures"] == [{"place": "postcode", "times": 2, "error": "is not a postcode"}]
    # and it is an entry of the timeline as others are
    assert (journey["channel"], journey["kind"], journey["subject"]) == ("portal", "journey", "change address")
    assert journey["body"] == "tried to change address, failed twice at the postcode, gave up, on a phone"
    assert [entry["interaction_id"] for entry in pop["timeline"]] == [journey["interaction_id"]]
    whole = visitor.as_("agent").get(f"/interactions/{journey['interaction_id']}").json
    assert (whole["body"], whole["customer_id"]) == (journey["body"], pop["customer"]["customer_id"])
    # of the form only what is a fact, and no secret
    assert journey["facts"].keys() == pop["facts"].keys() == {"postcode"}
    known = pop["facts"]["postcode"]
    assert (known["value"], known["source"], known["verified"]) == ("LS1 4AP", "portal", False)
    assert known["collected_at"] == minutes(5)


def test_how_long_ago_is_said_when_it_is_read(visitor: Api, clock: Clock) -> None:
    tell(visitor, an_event("step", 0, task=ADDRESS))
    assert [(one["sentence"], one["outcome"]) for one in journeys(visitor)] == [
        ("tried to change address, was still at it just now, on a phone", "trying")
    ]
    clock.forward(hours=2)
    assert [(one["sentence"], one["outcome"]) for one in journeys(visitor)] == [
        ("tried to change address, stopped 2 hours ago, on a phone", "left")
    ]
    clock.forward(hours=22)
    assert journeys(visitor) == []


def test_what_comes_again_counts_once(visitor: Api, spy: Spy) -> None:
    told = failing()
    tell(visitor, *told[2:])
    assert tell(visitor, *reversed(told), told[0]) == {"accepted": 2, "duplicates": 4, "ignored": 0}
    spy.reset()
    assert tell(visitor, *told) == {"accepted": 0, "duplicates": 5, "ignored": 0}
    assert spy.operations == ["Query", "Query", "BatchGetItem"]
    assert [one["sentence"] for one in journeys(visitor)] == [FAILED]


def test_what_a_batch_costs(visitor: Api, spy: Spy) -> None:
    tell(visitor, *failing())
    assert spy.operations == ["Query", "BatchGetItem", "TransactWriteItems"]
    spy.reset()
    tell(visitor, an_event("page", 1))
    assert spy.operations == ["Query", "Query", "BatchGetItem", "TransactWriteItems"]
    # whose they are is still there when they are written
    (checked,) = (
        one["ConditionCheck"] for one in spy.connection.calls[-1][1]["TransactItems"] if "ConditionCheck" in one
    )
    assert checked["Key"]["SK"] == {"S": keys.PROFILE}
    asked = [table for _, one in spy.reads for table in one.get("RequestItems", {"": one}).values()]
    assert all(one["ConsistentRead"] for one in asked)
    # a hundred clicks are one entry more to nobody
    contact = visitor.post("/contacts", a_contact(None, channel="chat", provider="web", to=None)).json[
        "contact_id"
    ]
    tell(visitor, *(an_event("page", 3, page=f"/{n}") for n in range(100)))
    spy.reset()
    pop = visitor.as_("agent").get(f"/contacts/{contact}/screen-pop").json
    assert spy.operations == ["Query", "Query"]
    assert len(pop["timeline"]) == len(pop["recent_journey"]) == 1


def test_late_events_join_what_seemed_two_visits(visitor: Api) -> None:
    # Given two visits with fifty minutes between them
    tell(visitor, an_event("form_error", 60, task=ADDRESS, field="street"))
    tell(visitor, an_event("give_up", 10, task=ADDRESS))
    assert len(journeys(visitor)) == 2
    # When it turns out that somebody was at it in between
    tell(visitor, an_event("form_error", 35, task=ADDRESS, field="street"))
    # Then it was one, and nothing is left of the other
    (one,) = journeys(visitor)
    assert (
        one["sentence"]
        == "tried to change address, failed twice at the street, gave up 10 minutes ago, on a phone"
    )
    assert [item.body for item in Item.scan() if isinstance(item, Event)] == [one["body"]]


def test_screens_of_one_person_are_one_journey(visitor: Api) -> None:
    tell(visitor, an_event("form_error", 9, task=ADDRESS, field="postcode"))
    tell(visitor, an_event("complete", 2, task=ADDRESS), screen="laptop", device="desktop", channel="mobile")
    tried = "tried to change address, failed once at the postcode, succeeded 2 minutes ago"
    assert [one["sentence"] for one in journeys(visitor)] == [f"{tried}, in the app on a desktop and a phone"]


READ = "Searched for “proof of address”, read “Changing your address”, which did not help"


def test_searches_and_articles_of_the_knowledge_base(visitor: Api, agent: Api) -> None:
    reading = [
        an_event("search", 5, query="proof of address"),
        an_event("article", 4, article="Changing your address"),
        an_event("article", 3, article="Changing your address", helped=False),
    ]
    tell(visitor, *reading, channel="knowledge_base")
    tell(visitor, an_event("step", 1, task=ADDRESS))
    pop = popped(visitor)
    assert [(one["channel"], one["sentence"]) for one in pop["recent_journey"]] == [
        ("portal", "tried to change address, was still at it a minute ago, on a phone"),
        ("knowledge_base", f"{READ}, 3 minutes ago, on a phone"),
    ]
    path = f"/customers/{pop['customer']['customer_id']}/timeline?channel=knowledge_base"
    assert [entry["body"] for entry in agent.get(path).json["items"]] == [f"{READ}, on a phone"]


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("search", {"body": "proof of\naddress"}, "Searched for “proof of address”"),
        (
            "article_read",
            {"subject": "Moving", "attributes": {"helped": "no"}},
            "Read “Moving”, which did not help",
        ),
        ("article", {"subject": "Moving", "attributes": {"helped": "true"}}, "Read “Moving”, which helped"),
        ("article", {"body": None}, "Read an article"),
        ("page_viewed", {"body": None}, "Page viewed"),
        ("step", {"subject": "x" * 80}, "x" * 59 + "…"),
    ],
)
def test_what_is_sent_as_interactions_is_in_words_as_well(
    visitor: Api, kind: str, more: dict[str, Any], said: str
) -> None:
    body = an_interaction(channel="knowledge_base", kind=kind, occurred_at=minutes(1), **{"from": None} | more)
    assert visitor.post("/interactions", body).status == 201
    (one,) = journeys(visitor)
    assert (one["sentence"], one["task"], one["at"]) == (f"{said}, a minute ago", None, minutes(1))


def test_marketing_sees_that_something_was_done(visitor: Api) -> None:
    tell(visitor, *failing())
    contact = visitor.post("/contacts", a_contact(None, channel="chat", provider="web", to=None)).json[
        "contact_id"
    ]
    pop = visitor.as_("marketing").get(f"/contacts/{contact}/screen-pop").json
    (one,) = pop["recent_journey"]
    assert (one["sentence"], one["task"], one["facts"], one["failures"]) == (None, None, {}, [])
    assert "postcode" not in str(pop["recent_journey"] + pop["timeline"])


# The clock


def test_a_clock_that_is_wrong_is_put_right(visitor: Api) -> None:
    # Given a browser whose clock is three years late
    told = failing()
    years = timedelta(days=3 * 365)
    for event in told:
        event["at"] = (datetime.fromisoformat(event["at"]) - years).isoformat()
    tell(visitor, *told, sent_at=at(years))
    assert [one["sentence"] for one in journeys(visitor)] == [FAILED]
    # and the same again, a little later by both clocks
    assert tell(visitor, *told, sent_at=at(years)) == {"accepted": 0, "duplicates": 5, "ignored": 0}


def test_nothing_happened_after_it_came(visitor: Api) -> None:
    tell(visitor, an_event("step", -5, task=ADDRESS))
    assert [one["at"] for one in journeys(visitor)] == [minutes(0)]


# Consent and retention


def test_without_consent_nothing_is_kept(visitor: Api) -> None:
    for consent in ({"journeys": False}, None):
        assert tell(visitor, *failing(), consent=consent)["ignored"] == 5
    assert list(Item.scan()) == []


def test_consent_that_is_withdrawn_hides_what_was_kept(visitor: Api, agent: Api, clock: Clock) -> None:
    # Given a journey
    tell(visitor, *failing())
    before = popped(visitor)
    customer = f"/customers/{before['customer']['customer_id']}"
    entry = before["recent_journey"][0]["interaction_id"]
    # When consent is withdrawn
    assert tell(visitor, *failing(), consent={"journeys": False})["ignored"] == 5
    # Then nothing shows it any more
    pop = popped(visitor)
    assert (pop["recent_journey"], pop["timeline"]) == ([], [])
    assert agent.get(f"{customer}/timeline").json["items"] == []
    assert agent.get(f"/interactions/{entry}").status == 404
    assert agent.get(customer).json["consent"] == {"journeys": False}
    assert not [item for item in Item.scan() if isinstance(item, JourneyActs)]
    # nor is anything kept by a browser that has not heard of it
    assert tell(visitor, *failing())["ignored"] == 5
    assert tell(visitor, *failing(), consent={"journeys": True, "given_at": minutes(0)})["ignored"] == 5
    # until consent is given anew
    clock.forward(minutes=1)
    assert tell(visitor, *failing(), consent={"journeys": True, "given_at": minutes(-1)})["accepted"] == 5
    assert agent.get(customer).json["consent"] == {"journeys": True}
    assert len(journeys(visitor)) == 1


def test_withdrawing_twice_writes_once(visitor: Api, spy: Spy) -> None:
    tell(visitor, *failing())
    for operations in (["Query", "Query", "TransactWriteItems"], ["Query", "Query"]):
        spy.reset()
        tell(visitor, *failing(), consent={"journeys": False})
        assert spy.operations == operations


def test_what_is_older_than_journeys_are_kept_is_ignored(visitor: Api) -> None:
    old = an_event("step", 31 * 24 * 60, task=ADDRESS)
    assert tell(visitor, old, an_event("step", 1, task=ADDRESS)) == {"accepted": 1, "duplicates": 0, "ignored": 1}
    kept = [item for item in Item.scan() if item.expires_at and not isinstance(item, SiteMinute)]
    assert {item.expires_at for item in kept} == {NOW + timedelta(days=30, minutes=-1), NOW + timedelta(days=30)}
    assert len(kept) == 3


# Who it is


def signed_in(customer_id: str, subject: str = "visitor-1", role: Role = Role.VISITOR) -> Caller:
    return Caller(role, subject, customer_id)


def test_the_visits_before_a_sign_in_are_the_customers(visitor: Api, agent: Api, deps: Deps) -> None:
    # Given Ann, whose old postcode is known, and a visitor who types a new one
    ann = a_customer(agent, "Ann", "A1", **facts("crm", verified=True, postcode="AB1 2CD"))
    tell(visitor, *failing())
    # When Ann signs in on that browser, and goes on
    counts = as_token(deps, a_batch(an_event("complete", 1, task=ADDRESS), device="desktop"), signed_in(ann))
    assert counts == Counts(accepted=1)
    # Then it is one journey of hers
    pop = agent.get(f"/contacts/{call(agent, ann)}/screen-pop").json
    assert pop["customer"]["customer_id"] == ann
    assert [one["sentence"] for one in pop["recent_journey"]] == [
        "tried to change address, failed twice at the postcode, succeeded a minute ago, on a desktop"
    ]
    assert [one["value"] for one in pop["facts"]["postcode"]["earlier"]] == ["LS1 4AP"]


def call(agent: Api, customer_id: str) -> str:
    """A contact from the customer's own number."""
    number = {"type": "phone", "value": "+447700900555"}
    agent.post(f"/customers/{customer_id}/identifiers", number | {"verified": True})
    return str(agent.post("/contacts", a_contact("+447700900555")).json["contact_id"])


def test_a_visitors_token_beside_that_of_who_is_signed_in(visitor: Api, agent: Api, deps: Deps, spy: Spy) -> None:
    ann = a_customer(agent, "Ann", "A1")
    tell(visitor, an_event("form_error", 9, task=ADDRESS, field="postcode"))
    shown = Caller(Role.VISITOR, "visitor-1")
    for role in (Role.PORTAL, Role.VISITOR):
        as_token(deps, a_batch(an_event("give_up", 2, task=ADDRESS)), signed_in(ann, "user-7", role), shown)
    (one,) = agent.get(f"/contacts/{call(agent, ann)}/screen-pop").json["recent_journey"]
    assert one["sentence"].startswith(
        "tried to change address, failed once at the postcode, gave up 2 minutes ago"
    )
    # who needs no visits before costs no browser
    spy.reset()
    as_token(deps, a_batch(an_event("page", 1)), signed_in(ann, "user-7", Role.PORTAL))
    assert spy.operations == ["Query", "Query", "BatchGetItem", "TransactWriteItems"]


def test_a_browser_that_two_sign_in_on_is_nobodys(visitor: Api, agent: Api, deps: Deps) -> None:
    ann, bob = a_customer(agent, "Ann", "A1"), a_customer(agent, "Bob", "B2")
    as_token(deps, a_batch(an_event("give_up", 9, task="of_ann")), signed_in(ann))
    for _ in range(2):
        as_token(deps, a_batch(an_event("give_up", 5, task="of_bob")), signed_in(bob))
    shown = {
        name: [entry["subject"] for entry in agent.get(f"/customers/{one}/timeline").json["items"]]
        for name, one in (("ann", ann), ("bob", bob))
    }
    assert shown == {"ann": ["of ann"], "bob": ["of bob"]}
    # it is noted once, and who is not signed in on it is nobody
    decided = [one["decided"] for one in agent.get(f"/customers/{bob}/decisions").json["items"]]
    assert decided == ["candidate_noted"]
    assert tell(visitor, *failing()) == {"accepted": 0, "duplicates": 0, "ignored": 5}


def test_the_browser_that_somebody_signs_in_on_first_is_theirs(visitor: Api, agent: Api, deps: Deps) -> None:
    ann = a_customer(agent, "Ann", "A1")
    as_token(deps, a_batch(an_event("give_up", 4, task=ADDRESS)), signed_in(ann))
    listed = agent.get(f"/customers/{ann}/identifiers").json["items"]
    assert [(one["type"], one["how"], one["contact_id"]) for one in listed[1:]] == [("visitor", "signed_in", None)]
    tell(visitor, an_event("give_up", 1, task="pay_bill"))
    assert [one["task"] for one in journeys(visitor)] == ["pay_bill", ADDRESS]


# Who may not


def refused(visitor: Api, body: dict[str, Any], **headers: str) -> Reply:
    return visitor.post("/journeys/events", body, **headers)


def test_a_key_that_is_not_known_or_not_for_this_page(visitor: Api, ivr: Api) -> None:
    unknown = refused(visitor, a_batch(*failing(), key="pk_other"))
    elsewhere = refused(visitor, a_batch(*failing()), Origin="https://evil.example")
    assert (unknown.status, elsewhere.status) == (403, 403)
    assert unknown.json["detail"] == "key: is not known"
    assert elsewhere.json["detail"] == "key: does not allow this origin"
    assert "Access-Control-Allow-Origin" not in elsewhere.headers
    portal = refused(ivr.as_("portal"), a_batch(*failing()))
    assert (portal.status, portal.json["detail"]) == (
        403,
        "token: this one says of nobody that they are signed in",
    )
    assert list(Item.scan()) == []


def test_a_token_of_somebody_who_is_not_there(deps: Deps) -> None:
    from chalicelib.errors import BadInput, Forbidden

    with pytest.raises(Forbidden, match="no such customer"):
        as_token(deps, a_batch(*failing()), signed_in("01ARZ3NDEKTSV4RRFFQ69G5FAV"))
    with pytest.raises(BadInput, match="visitor_token: is not a token of a visitor"):
        as_token(deps, a_batch(*failing()), signed_in("01ARZ3NDEKTSV4RRFFQ69G5FAV"), Caller(Role.AGENT, "a"))


def test_every_bad_event_is_named(visitor: Api) -> None:
    good = an_event("page", 1)
    bad = [
        good,
        an_event("dance", 1),
        an_event("search", 1),
        an_event("article", 1, article=""),
        an_event("form_error", 1),
        an_event("page", 1) | {"at": "yesterday"},
        an_event("page", 1, page="/\x00"),
        an_event("step", 1, task="t" * 65),
        an_event("form", 1, facts={"postcode": 7}),
    ]
    reply = refused(visitor, a_batch(*bad))
    assert reply.status == 422
    named = ["1.type", "2.query", "3.article", "4.field", "5.at", "6.page", "7.task", "8.facts.postcode"]
    assert [error["field"] for error in reply.json["errors"]] == [f"events.{name}" for name in named]
    for body, field in (
        (a_batch(), "events"),
        (a_batch(*([good] * 101)), "events"),
        (a_batch(good, screen="x" * 65), "screen.id"),
        (a_batch(good, device="fridge"), "screen.device"),
        (a_batch(good, channel="voice"), "channel"),
        (a_batch(good, sent_at="now"), "sent_at"),
    ):
        assert [error["field"] for error in refused(visitor, body).json["errors"]] == [field]
    assert list(Item.scan()) == []


def test_fields_that_are_not_known_are_ignored(visitor: Api) -> None:
    body = a_batch(an_event("page", 1, color="red", page="/a"), brand="x")
    body["screen"]["shape"] = "round"
    assert refused(visitor, body).status == 202


HOSTILE = "<script>alert(1)</script>'\"`${7*7}{{7*7}}%0a; DROP TABLE x--"


def test_hostile_text_is_text(visitor: Api) -> None:
    told = [
        an_event("form_error", 5, task=HOSTILE, field=HOSTILE, error=HOSTILE, page=HOSTILE, step=HOSTILE),
        an_event("search", 4, query=HOSTILE),
        an_event("article", 3, article=HOSTILE, facts={HOSTILE: HOSTILE, "name": HOSTILE}),
    ]
    for event in told:
        event["id"] += HOSTILE[:40]
    tell(visitor, *told, screen=HOSTILE)
    pop = popped(visitor)
    (one,) = pop["recent_journey"]
    assert one["task"] == HOSTILE
    assert "<script>alert(1)</script>" in one["sentence"]
    assert pop["facts"]["name"]["value"] == HOSTILE
    assert {item.PK.partition("#")[0] for item in Item.scan()} <= {"C", "E", "ID", "CT", "SITE"}


def test_card_numbers_are_masked(visitor: Api) -> None:
    number = "4111 1111 1111 1111"
    told = [
        an_event(
            "form_error", 5, task="pay", field="card", error=f"{number} is not valid", page=f"/pay?card={number}"
        ),
        an_event("search", 4, query=f"card {number}"),
        an_event("form", 3, task="pay", facts={"card_number": number, "reason": f"my card {number}"}),
    ]
    tell(visitor, *told)
    assert "1111 1111" not in str([item.to_simple_dict() for item in Item.scan()])


def test_a_journey_as_it_is_kept(visitor: Api, agent: Api, trail: StringIO) -> None:
    tell(visitor, *failing(), channel="mobile")
    correlation_id = json.loads(trail.getvalue().splitlines()[-1])["correlation_id"]
    (event,) = (item for item in Item.scan() if isinstance(item, Event))
    customer_id = popped(visitor)["customer"]["customer_id"]
    begun, ended = NOW - timedelta(minutes=9), NOW - timedelta(minutes=4)
    assert (event.customer_id, event.captured_by) == (customer_id, {"role": "visitor", "subject": "visitor-1"})
    assert (event.occurred_at, event.received_at) == (begun, NOW)
    assert event.expires_at == ended + timedelta(days=30)
    assert event.correlation_id == correlation_id
    assert event.source_event_id == event.journey["first"][1]
    assert (event.match["result"], event.assurance) == ("none", Assurance.CLAIMED)
    shown = agent.get(f"/interactions/{event.interaction_id}").json
    said = {
        "channel": "mobile",
        "direction": "inbound",
        "kind": "journey",
        "source": "journey",
        "subject": "change address",
        "body": "tried to change address, failed twice at the postcode, gave up, in the app on a phone",
    }
    assert shown.items() >= said.items()
    # what is no task has no subject
    tell(visitor, an_event("search", 1, query="moving"), channel="knowledge_base")
    assert {item.subject for item in Item.scan() if isinstance(item, Event)} == {"change address", None}


def test_what_two_say_by_the_same_ids_is_of_each(deps: Deps, agent: Api) -> None:
    # Given two browsers, and two who are signed in by a portal, whose pages make the same ids
    ann, bob = a_customer(agent, "Ann", "A1"), a_customer(agent, "Bob", "B2")
    portals = [Caller(Role.PORTAL, "web-portal", one) for one in (ann, bob)]
    callers = [Caller(Role.VISITOR, "visitor-1"), Caller(Role.VISITOR, "visitor-2"), *portals]
    told = failing()
    # When each of them sends the same, then each has a journey
    assert [as_token(deps, a_batch(*told), caller) for caller in callers] == [Counts(accepted=5)] * 4
    kept = [item for item in Item.scan() if isinstance(item, Event)]
    assert len({item.customer_id for item in kept}) == len(kept) == 4


def test_what_is_too_old_counts_with_what_is_not_to_be_kept(deps: Deps, agent: Api) -> None:
    # Given a browser that several use
    for name, account in (("Ann", "A1"), ("Bob", "B2")):
        as_token(deps, a_batch(an_event("page", 1)), signed_in(a_customer(agent, name, account)))
    # When it sends what is too old, and what is not
    old, new = an_event("page", 31 * 24 * 60), an_event("page", 1)
    nobody = Caller(Role.VISITOR, "visitor-1")
    assert as_token(deps, a_batch(old, new), nobody) == Counts(ignored=2)
    assert as_token(deps, a_batch(old), nobody) == Counts(ignored=1)


def test_what_was_filled_in_is_known_once(visitor: Api) -> None:
    # Given a form whose facts are known, of which one is put right since
    form = an_event("form", 5, task=ADDRESS, facts={"postcode": "LS1 4AP", "name": "Ada"})
    tell(visitor, form)
    tell(visitor, an_event("form", 2, task=ADDRESS, facts={"postcode": "AB1 2CD"}))
    # When the first comes again beside another event, then it is as it was
    tell(visitor, form, an_event("page", 1))
    known = popped(visitor)["facts"]
    assert {name: one["value"] for name, one in known.items()} == {"postcode": "AB1 2CD", "name": "Ada"}
    assert [one["value"] for one in known["postcode"]["earlier"]] == ["LS1 4AP"]


def test_what_comes_later_than_what_is_remembered(visitor: Api) -> None:
    tell(visitor, *(an_event("page", 60 - n / 10, page=f"/{n}") for n in range(100)))
    tell(visitor, *(an_event("page", 40 - n / 10, page=f"/{n}") for n in range(100)))
    assert tell(visitor, an_event("page", 1))["accepted"] == 1
    late, new = an_event("form", 61, facts={"name": "Ada"}), an_event("form", 0.5, facts={"postcode": "LS1 4AP"})
    assert tell(visitor, late, new) == {"accepted": 1, "duplicates": 0, "ignored": 1}
    # what was filled in so late is not known, either
    assert popped(visitor)["facts"].keys() == {"postcode"}


def test_a_batch_of_as_many_visits_as_go_into_one_transaction(visitor: Api, spy: Spy) -> None:
    tell(visitor, an_event("page", 60))
    spy.reset()
    assert tell(visitor, *(an_event("give_up", n + 1, task=f"task-{n}") for n in range(40)))["accepted"] == 40
    assert spy.operations.count("TransactWriteItems") == 1


def test_a_batch_of_many_visits_is_taken_in_parts(visitor: Api, spy: Spy) -> None:
    told = [an_event("give_up", n + 1, task=f"task-{n}") for n in range(50)]
    assert tell(visitor, *told)["accepted"] == 50
    assert all(len(asked["TransactItems"]) <= 100 for name, asked in spy.connection.calls if "Transact" in name)
    assert tell(visitor, *told)["duplicates"] == 50
    customer = popped(visitor)["customer"]["customer_id"]
    assert len(store.list_band(keys.customer(customer), keys.TIMELINE, limit=200).items) == 50


def test_an_entry_has_at_most_a_kilobyte(visitor: Api) -> None:
    long = "字" * 200
    told = [
        an_event("form_error", n + 1, task="t" * 64, field=f"{n}" * 60, error=long, page=long) for n in range(8)
    ]
    told += [an_event("article", 2, article=f"{n}{long}", helped=True) for n in range(8)]
    tell(visitor, *told)
    customer = popped(visitor)["customer"]["customer_id"]
    (entry,) = store.list_band(keys.customer(customer), keys.TIMELINE, limit=200).items
    from chalicelib.models.changes import _size

    assert _size(entry) <= 1024
    assert len(journeys(visitor)) == 1


def test_what_is_sent_again_after_signing_in_counts_once(visitor: Api, agent: Api, deps: Deps) -> None:
    # Given events that were sent as a page was left, which led to the sign-in
    ann = a_customer(agent, "Ann", "A1")
    told = failing()
    tell(visitor, *told)
    # When the next page sends them again, beside its own
    shown = Caller(Role.VISITOR, "visitor-1")
    counts = as_token(deps, a_batch(*told, an_event("page", 1)), signed_in(ann, "user-7"), shown)
    # Then they are known
    assert counts == Counts(accepted=1, duplicates=5)
    (one,) = agent.get(f"/contacts/{call(agent, ann)}/screen-pop").json["recent_journey"]
    assert one["sentence"] == FAILED


# Carried on to a call


def a_code(api: Api, **contact: Any) -> str:
    """The code of a contact that is given out on it, for a call from a number."""
    begun = api.post("/contacts", a_contact(None, channel="chat", provider="web", to=None) | contact).json
    body = {"to": "voice", "from": {"type": "phone", "value": "+447700900777"}}
    return str(api.post(f"/contacts/{begun['contact_id']}/continuation", body).json["code"])


def called(ivr: Api, code: str, *customers: str) -> Any:
    """The pop of a call on which the code was keyed in."""
    for customer_id in customers:
        number = {"type": "phone", "value": "+447700900777", "verified": True}
        ivr.as_("agent").post(f"/customers/{customer_id}/identifiers", number)
    call = ivr.post("/contacts", a_contact("+447700900777", continuation_code=code, need=["postcode"])).json
    assert call["ask"] == []
    return ivr.as_("agent").get(f"/contacts/{call['contact_id']}/screen-pop").json


def test_who_rings_up_with_the_code_need_not_say_it_again(visitor: Api, ivr: Api) -> None:
    tell(visitor, *failing())
    pop = called(ivr, a_code(visitor))
    assert [one["sentence"] for one in pop["recent_journey"]] == [FAILED]
    assert pop["facts"]["postcode"]["value"] == "LS1 4AP"


def test_nor_who_turns_out_to_be_a_customer(visitor: Api, ivr: Api, agent: Api) -> None:
    bob = a_customer(agent, "Bob", "B2")
    tell(visitor, *failing())
    pop = called(ivr, a_code(visitor), bob)
    assert (pop["customer"]["customer_id"], pop["recent_journey"][0]["sentence"]) == (bob, FAILED)
    assert pop["recent_journey"][0]["facts"]["postcode"]["value"] == "LS1 4AP"


def test_of_another_customer_the_journey_is_carried_and_nothing_else(
    visitor: Api, ivr: Api, agent: Api, deps: Deps
) -> None:
    # Given Ann, who tried as somebody signed in, and Bob, from whose phone she rings up
    ann, bob = a_customer(agent, "Ann", "A1", **facts("crm", name="Ann Osei")), a_customer(agent, "Bob", "B2")
    as_token(deps, a_batch(*failing()), signed_in(ann))
    pop = called(ivr, a_code(visitor), bob)
    assert (pop["customer"]["customer_id"], pop["recent_journey"][0]["sentence"]) == (bob, FAILED)
    assert pop["facts"].keys() == {"postcode"}
    assert pop["timeline"] == []
