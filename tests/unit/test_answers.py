"""What each role is told of what the services found: no store is needed for that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.models import keys, store
from chalicelib.models.items import (
    Case,
    CaseSummary,
    Contact,
    ContactSummary,
    FollowUpEntry,
    Interaction,
    KnownFacts,
)
from chalicelib.models.store import CustomerHead
from chalicelib.models.views.contacts import ContactAnswer
from chalicelib.models.views.customers import CustomerView
from chalicelib.models.views.screen_pop import ScreenPop
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.journeys import Journey
from chalicelib.rules.matching import Assurance, Decision
from chalicelib.services.contacts import answers
from chalicelib.services.customers.records import Record
from chalicelib.services.customers.screen_pop import Pop
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from chalicelib.services.journeys.journeys_shown import Shown
from tests.settings import NOW, SETTINGS
from tests.unit.test_records import MERGES, a_head, a_profile
from tests.unit.test_situation import AFTER, AT, said
from tests.unit.test_situation import facts as known

DEPS = Deps(SETTINGS, now=lambda: NOW)
DESKS, FLOWS = (Role.AGENT, Role.SUPPORT, Role.SOCIAL), (Role.IVR, Role.PORTAL)
REASONS: list[dict[str, object]] = [{"identifier": "phone", "verified": True}]
EARLIER = datetime(2026, 11, 22, 8, 55, tzinfo=UTC)
LINK = "https://meet.example.com"
LIVE: dict[str, Any] = {
    "contact_id": "CALL",
    "channel": "voice",
    "direction": "inbound",
    "status": "live",
    "started_at": NOW,
    "summary": "She was cross",
}


def decided(assurance: Assurance = Assurance.CLAIMED) -> Decision:
    return Decision("one", "A", (), 0.9, assurance, REASONS)


MANY = Decision("many", None, ("A", "B"), 0.5, Assurance.CLAIMED, REASONS)


def a_contact(**given: Any) -> Contact:
    fields: dict[str, Any] = LIVE | {
        "provider": "twilio",
        "provider_contact_id": "CA1",
        "attributes": {"menu": "2"},
        "link": LINK,
        "participants": [{"name": "Ada", "role": "customer", "joined_at": None, "left_at": None}],
        "customer_id": "B",
        "match": {},
        "assurance": 1,
    }
    return Contact(PK=keys.contact("CALL"), SK=keys.CONTACT, **(fields | given))


def a_case(number: int = 1, *, speak_at: int = 1, kind: type[Any] = CaseSummary, **given: Any) -> Any:
    fields: dict[str, Any] = {"case_id": f"CASE{number}", "customer_id": "A", "subject": "A lost parcel"}
    fields |= {"speak_at": speak_at, "status": "open", "opened_at": NOW, "updated_at": NOW} | given
    return kind(PK="C#A", SK=f"Y#{number}", **fields)


def an_entry(kind: str = "message") -> Interaction:
    said: dict[str, Any] = {"subject": "Parcel", "body": "Where is it?", "attributes": {"page": "/a"}}
    return Interaction(
        PK="C#A",
        SK="I#1",
        interaction_id="I1",
        channel="email",
        direction="inbound",
        event_kind=kind,
        occurred_at=NOW,
        source="test",
        **said,
    )


def of_ada(
    *, entries: dict[str, Any] | None = None, counts: tuple[int, int] = (0, 0), **bands: Any
) -> CustomerHead:
    head = a_head("A", [], facts=known("A", **(entries or {})), **bands)
    head.profile.name, head.profile.language = "Ada", "en"
    head.profile.open_cases, head.profile.live_contacts = counts
    return head


def about(head: CustomerHead | None, decision: Decision | None = None, **given: Any) -> Situation:
    fields: dict[str, Any] = {"need": [], "own_facts": {}} | given
    return Situation(decision or decided(), record=Record(head) if head else None, **fields)


def told(role: Role, now: Situation) -> ContactAnswer:
    return answers.answer(DEPS, Caller(role, "somebody"), now)


def popped(
    role: Role, now: Situation, timeline: list[Any] | None = None, tried: list[Shown] | None = None
) -> ScreenPop:
    contact = now.contact or a_contact()
    return answers.screen_pop(Caller(role, "somebody"), Pop(contact, now, timeline or [], NOW, tried or []))


def a_journey() -> Shown:
    """Of somebody who failed with two forms, on a desktop at last."""
    journey = Journey(
        first=[0, "a"],
        last=1,
        since=0,
        until=1,
        channel=[1, "portal"],
        task="pay",
        failed={"card": [2, 1, "is none"], "name": [1, 0, ""]},
        screens={"two": [1, "desktop"], "one": [0, "phone"]},
        facts={"postcode": [1], "phone": [0]},
    )
    return Shown(an_entry("journey"), EARLIER, "tried to pay", journey, "left")


# A flow's answer


def test_who_it_is_and_how_sure_that_is() -> None:
    now = about(of_ada(), decided(Assurance.CORROBORATED), contact=a_contact(), need=["postcode", "reason"])
    answer = told(Role.IVR, now)
    assert (answer.contact_id, answer.customer_id, answer.assurance) == ("CALL", "A", 2)
    assert answer.match.model_dump() == {"result": "one", "confidence": 0.9, "reasons": REASONS}
    assert (answer.known, answer.ask, answer.candidates) == ({}, ["postcode", "reason"], [])
    assert (answer.open_cases, answer.more_open_cases, answer.continues) == ([], 0, None)
    # and of a lookup that names nobody
    nobody = told(Role.IVR, about(None, Decision("none", None, (), 0.0, Assurance.NONE)))
    assert (nobody.contact_id, nobody.customer_id, nobody.assurance) == (None, None, 0)
    assert (nobody.match.result, nobody.open_cases, nobody.more_open_cases) == ("none", [], 0)


def test_what_is_known_is_not_asked_for_and_what_has_expired_is() -> None:
    entries = {"postcode": [said("LS1 4AP")], "reason": [said("a bill", expires_at=AT)]}
    answer = told(Role.AGENT, about(of_ada(entries=entries), need=["postcode", "reason"]))
    assert ({*answer.known}, answer.ask) == ({"postcode"}, ["reason"])


def test_what_tells_the_candidates_apart_is_asked_first() -> None:
    candidates = [
        (a_profile(name, []), known(name, postcode=[said(where)])) for name, where in (("A", "LS1"), ("B", "YO1"))
    ]
    now = about(None, MANY, candidates=candidates, need=["reason"])
    assert told(Role.IVR, now).ask == popped(Role.AGENT, now).ask == ["postcode", "reason"]
    # which what one said for a while only does no more
    candidates[0][1].entries["postcode"][0]["expires_at"] = candidates[1][1].entries["postcode"][0][
        "expires_at"
    ] = AT
    assert told(Role.IVR, now).ask == popped(Role.AGENT, now).ask == ["reason"]


@pytest.mark.parametrize("role", FLOWS)
def test_a_flow_is_told_what_the_assurance_allows_and_of_the_rest_that_it_is_known(role: Role) -> None:
    entries = {"postcode": [said("LS1 4AP", verified=True)], "date_of_birth": [said("1990-01-31")]}
    answer = told(role, about(of_ada(entries=entries), decided(Assurance.CORROBORATED)))
    assert answer.known["postcode"].model_dump() == {
        "value": "LS1 4AP",
        "source": "ivr",
        "collected_at": datetime.fromisoformat(entries["postcode"][0]["collected_at"]).astimezone(UTC),
        "verified": True,
        "withheld": False,
    }
    held_back = answer.known["date_of_birth"]
    assert (held_back.value, held_back.withheld, held_back.source) == (None, True, "ivr")
    # at the next level it is told that too
    sure = told(role, about(of_ada(entries=entries), decided(Assurance.AUTHENTICATED)))
    assert (sure.known["date_of_birth"].value, sure.known["date_of_birth"].withheld) == ("1990-01-31", False)


def test_what_the_contact_itself_said_may_be_said_back_whatever_else_is_known() -> None:
    own = {"date_of_birth": said("1991-02-03")}
    now = about(of_ada(entries={"date_of_birth": [said("1990-01-31", "ANOTHER")]}), own_facts=own)
    assert told(Role.IVR, now).known["date_of_birth"].value == "1991-02-03"
    # while who may see the record sees what counts on it
    assert told(Role.AGENT, now).known["date_of_birth"].value == "1990-01-31"


def test_a_browser_is_told_what_it_said_itself_and_no_more() -> None:
    own = {"date_of_birth": said("1991-02-03")}
    head = of_ada(entries={"postcode": [said("LS1 4AP", "ANOTHER")]}, cases=[a_case()], counts=(3, 0))
    answer = told(Role.VISITOR, about(head, own_facts=own))
    assert {name: fact.value for name, fact in answer.known.items()} == {"date_of_birth": "1991-02-03"}
    assert (answer.open_cases, answer.more_open_cases) == ([], 0)


def test_a_flow_hears_of_a_case_and_what_it_is_about_where_it_is_sure_enough() -> None:
    cases = [a_case(1, speak_at=1), a_case(2, speak_at=2)]
    head = of_ada(cases=cases, counts=(7, 0))
    answer = told(Role.IVR, about(head))
    assert [(case.case_id, case.subject) for case in answer.open_cases] == [
        ("CASE1", "A lost parcel"),
        ("CASE2", None),
    ]
    assert answer.more_open_cases == 5
    assert [case.subject for case in told(Role.AGENT, about(head)).open_cases] == ["A lost parcel"] * 2
    # a count that lags behind is never less than what is shown
    head.profile.open_cases = 1
    assert told(Role.IVR, about(head)).more_open_cases == 0


def test_a_flow_hears_which_case_its_contact_is_about_and_how_that_was_found() -> None:
    found = {"by": "sign", "why": "its contact is about this case"}
    contact = a_contact(case_id="CASE1", case_found=found)
    now = about(of_ada(cases=[a_case()]), contact=contact)
    answer = told(Role.IVR, now).model_dump()
    assert answer["case_id"] == "CASE1"
    assert answer["case_found"].items() >= found.items()
    # also where that is none of those that are shown: it is resolved, or one of many
    assert told(Role.IVR, about(of_ada(), contact=contact)).case_id == "CASE1"
    # but not a visitor, nor of what is nobody's
    for role, other in ((Role.VISITOR, now), (Role.IVR, about(None))):
        assert (told(role, other).case_id, told(role, other).case_found) == (None, None)


def test_what_became_of_a_code_is_told() -> None:
    now = about(of_ada())
    now.continuation = "throttled"
    assert told(Role.IVR, now).continuation == "throttled"


def test_desks_see_who_it_may_be_flows_get_ids_and_others_nothing() -> None:
    ada, bob, nobody = (
        a_profile(name, [], name=called) for name, called in (("A", "Ada"), ("B", None), ("N", None))
    )
    facts = [known("A", name=[said("Augusta")]), known("B", name=[said("Bob"), said("Rob")]), known("N")]
    now = about(None, MANY, candidates=list(zip((ada, bob, nobody), facts, strict=True)))
    names = [{"customer_id": "A", "name": "Ada"}, {"customer_id": "B", "name": "Bob"}]
    names.append({"customer_id": "N", "name": None})  # type: ignore[dict-item]
    for role in DESKS:
        assert told(role, now).candidates == popped(role, now).candidates == names
    for role in FLOWS:
        assert told(role, now).candidates == [{"customer_id": one} for one in "ABN"]
    for role in (Role.VISITOR, Role.MARKETING):
        assert told(role, now).candidates == []


# The screen pop


def test_an_agent_sees_everything() -> None:
    live = ContactSummary(PK="C#A", SK="X#1", **LIVE)
    entries = {"reason": [said("a parcel", "BEFORE"), said("a bill", "ANOTHER")], "postcode": [said("LS1 4AP")]}
    head = of_ada(entries=entries, counts=(3, 5), cases=[a_case(speak_at=3)], contacts=[live])
    now = about(head, decided(Assurance.NONE), contact=a_contact(), need=["product"], own_facts={})
    single = Shown(an_entry("step"), EARLIER, "Opened a page, just now")
    pop = popped(Role.AGENT, now, [an_entry(), an_entry("step")], [single, a_journey()])
    assert (pop.contact.contact_id, pop.contact.customer_id, pop.contact.summary) == ("CALL", "A", "She was cross")
    assert pop.contact.attributes == {"menu": "2"}
    assert (pop.contact.link, [one["name"] for one in pop.contact.participants]) == (LINK, ["Ada"])
    assert pop.customer is not None
    assert (pop.customer["customer_id"], pop.customer["name"]) == ("A", "Ada")
    assert (pop.match.result, pop.match.reasons, pop.assurance, pop.candidates) == ("one", REASONS, 0, [])
    assert (pop.ask, pop.as_of) == (["product"], NOW)
    assert [(case.subject, pop.more_open_cases) for case in pop.open_cases] == [("A lost parcel", 2)]
    assert [(one.summary, pop.more_live_contacts) for one in pop.live_contacts] == [("She was cross", 4)]
    assert [entry.body for entry in pop.timeline] == ["Where is it?"] * 2
    # what the customer did by themselves: the entry, in words, and what of it is known by now
    step, journey = pop.recent_journey
    assert (step.event_kind, step.body, step.at) == ("step", "Where is it?", EARLIER)
    assert (step.sentence, step.task, step.outcome, step.device) == ("Opened a page, just now", None, None, None)
    assert (step.failures, step.facts) == ([], {})
    assert (journey.event_kind, journey.body, journey.at) == ("journey", "Where is it?", EARLIER)
    said_of_it = (journey.sentence, journey.task, journey.outcome, journey.device)
    assert said_of_it == ("tried to pay", "pay", "left", "desktop")
    assert journey.failures == [
        {"place": "card", "times": 2, "error": "is none"},
        {"place": "name", "times": 1, "error": None},
    ]
    assert journey.facts == {"postcode": pop.facts["postcode"]}
    # each fact with where it is from, how it is to be treated, and what was said before
    fact = pop.facts["reason"].model_dump()
    assert (fact["value"], fact["contact_id"], fact["sensitivity"]) == ("a parcel", "BEFORE", "internal")
    assert [(one["value"], one["withheld"]) for one in fact["earlier"]] == [("a bill", False)]
    assert (fact["expires_at"], pop.facts["postcode"].earlier) == (None, [])


def test_of_nobody_an_agent_sees_the_contact_and_what_it_said() -> None:
    own = {"reason": said("a parcel", expires_at=AFTER), "product": said("a phone", expires_at=AT)}
    pop = popped(Role.AGENT, about(None, MANY, own_facts=own, need=["reason", "postcode"]))
    assert (pop.customer, pop.contact.customer_id) == (None, None)
    assert {name: fact.value for name, fact in pop.facts.items()} == {"reason": "a parcel"}
    assert pop.facts["reason"].expires_at == datetime.fromisoformat(AFTER)
    assert pop.ask == ["postcode"]
    assert (pop.open_cases, pop.live_contacts, pop.more_open_cases, pop.more_live_contacts) == ([], [], 0, 0)


def test_what_is_on_the_record_counts_before_what_the_contact_said() -> None:
    own = {"postcode": said("YO1 7HH"), "reason": said("a parcel")}
    head = of_ada(entries={"postcode": [said("LS1 4AP", "ANOTHER")]})
    pop = popped(Role.AGENT, about(head, own_facts=own))
    assert {name: fact.value for name, fact in pop.facts.items()} == {"postcode": "LS1 4AP", "reason": "a parcel"}


def test_who_has_no_name_goes_by_what_they_said_in_the_pop_too() -> None:
    entries = {"name": [said("Augusta")], "language": [said("fr", expires_at=AT)]}
    head = of_ada(entries=entries)
    head.profile.name = head.profile.language = None
    pop = popped(Role.AGENT, about(head))
    assert pop.customer is not None
    assert (pop.customer["name"], pop.customer["language"]) == ("Augusta", None)


def test_what_was_said_on_the_contact_that_is_carried_on_is_in_the_pop() -> None:
    carried = {"reason": [said("a bill", "CHAT")], "product": [said("a phone", "CHAT")]}
    contact = a_contact(continues=carrying_on().continues, carried=carried)
    pop = popped(
        Role.AGENT, about(of_ada(), contact=contact, own_facts={"product": said("a sofa", collected_at=AT)})
    )
    assert {name: fact.value for name, fact in pop.facts.items()} == {"reason": "a bill", "product": "a sofa"}
    assert pop.facts["reason"].contact_id == "CHAT"


def a_follow_up(number: int, due_at: datetime) -> FollowUpEntry:
    said: dict[str, Any] = {"contact_id": "CALL", "what": "Ring back", "team": "billing", "agreed_at": NOW}
    return FollowUpEntry(
        PK="C#A", SK=f"U#{number}", follow_up_id=f"F{number}", customer_id="B", due_at=due_at, **said
    )


def test_what_is_still_to_be_done_is_for_who_may_read_conversations_first_due_first() -> None:
    head = of_ada(follow_ups=[a_follow_up(1, NOW), a_follow_up(2, EARLIER)])
    shown = popped(Role.AGENT, about(head)).follow_ups
    assert [(one.follow_up_id, one.customer_id, one.what) for one in shown] == [
        ("F2", "A", "Ring back"),
        ("F1", "A", "Ring back"),
    ]
    assert popped(Role.MARKETING, about(head)).follow_ups == popped(Role.AGENT, about(None)).follow_ups == []


def test_what_the_customer_says_of_a_contact_is_for_who_may_read_conversations() -> None:
    feedback = {"score": 2, "scale": "csat", "words": "Slow", "case_id": None, "case_status": None, "given_at": AT}
    contact = a_contact(feedback=feedback)
    seen_by = {
        role: answers.contact_view(Caller(role, "x"), contact, None) for role in (Role.AGENT, Role.MARKETING)
    }
    assert [one.feedback for one in seen_by.values()] == [feedback, None]


def test_more_are_never_fewer_than_none() -> None:
    live = [ContactSummary(PK="C#A", SK=f"X#{number}", **LIVE) for number in range(2)]
    pop = popped(Role.AGENT, about(of_ada(cases=[a_case(), a_case()], contacts=live, counts=(1, 1))))
    assert (pop.more_open_cases, pop.more_live_contacts) == (0, 0)


def test_marketing_sees_that_somebody_wrote_and_never_what() -> None:
    live = ContactSummary(PK="C#A", SK="X#1", **LIVE)
    head = of_ada(entries={"postcode": [said("LS1 4AP")]}, contacts=[live])
    pop = popped(Role.MARKETING, about(head), [an_entry(), an_entry("campaign.spring")], [a_journey()])
    (journey,) = pop.recent_journey
    assert (journey.interaction_id, journey.at, journey.body, journey.sentence) == ("I1", EARLIER, None, None)
    assert (journey.task, journey.outcome, journey.device) == (None, None, None)
    assert (journey.failures, journey.facts) == ([], {})
    assert (pop.contact.summary, pop.contact.attributes, pop.facts) == (None, {}, {})
    assert (pop.contact.link, pop.contact.participants) == (None, [])
    assert [one.summary for one in pop.live_contacts] == [None]
    hidden, campaign = pop.timeline
    assert (hidden.subject, hidden.body, hidden.attributes) == (None, None, {})
    assert (hidden.interaction_id, hidden.channel) == ("I1", "email")
    assert (campaign.subject, campaign.body, campaign.attributes) == ("Parcel", "Where is it?", {"page": "/a"})
    assert pop.customer is not None
    assert sorted(pop.customer) == sorted(answers.CUSTOMER_FIELDS[Role.MARKETING])


def test_a_cases_description_is_for_who_may_read_conversations() -> None:
    case = a_case(kind=Case, description="It was to come on Monday", reason="delivery")
    whole = {role: answers.whole_case(Caller(role, "x"), case) for role in (Role.AGENT, Role.MARKETING)}
    assert [one.description for one in whole.values()] == ["It was to come on Monday", None]
    assert [(one.reason, one.subject) for one in whole.values()] == [("delivery", "A lost parcel")] * 2


EARLIER = NOW - timedelta(minutes=5)
DID = "looked at tariffs, 5 minutes ago"


def test_what_the_customer_did_by_themselves_is_told_in_words() -> None:
    journey = Journey(
        first=[1, "act"],
        last=2,
        since=1,
        until=2,
        channel=[1, "portal"],
        task="address",
        failed={"postcode": [2, 1, "is none"], "street": [1, 1, ""]},
        screens={"s1": [1, "phone"], "s2": [2, "desktop"]},
        facts={"postcode": [1, ""], "name": [1, ""]},
    )
    now = about(of_ada(entries={"postcode": [said("LS1 4AP")], "reason": [said("a parcel")]}))
    did = [Shown(an_entry("journey"), EARLIER, DID, journey, "gave_up"), Shown(an_entry("step"), NOW, "looked")]
    tried, looked = popped(Role.AGENT, now, tried=did).recent_journey
    assert (tried.interaction_id, tried.event_kind, tried.sentence, tried.at) == ("I1", "journey", DID, EARLIER)
    assert (tried.task, tried.outcome, tried.device) == ("address", "gave_up", "phone")
    assert tried.failures == [
        {"place": "postcode", "times": 2, "error": "is none"},
        {"place": "street", "times": 1, "error": None},
    ]
    assert {name: fact.value for name, fact in tried.facts.items()} == {"postcode": "LS1 4AP"}
    # what was sent as a step has only that
    assert (looked.sentence, looked.at, looked.body) == ("looked", NOW, "Where is it?")
    assert (looked.task, looked.outcome, looked.device, looked.failures, looked.facts) == (
        None,
        None,
        None,
        [],
        {},
    )
    # of one whose screen is not known, neither is the device
    unseen = Shown(an_entry("journey"), EARLIER, DID, replace(journey, screens={}))
    assert popped(Role.AGENT, now, tried=[unseen]).recent_journey[0].device is None
    # and marketing sees that there was one
    (hidden, _) = popped(Role.MARKETING, now, tried=did).recent_journey
    assert (hidden.interaction_id, hidden.at, hidden.sentence, hidden.task) == ("I1", EARLIER, None, None)


def test_how_it_was_handed_on_is_for_who_may_read_conversations() -> None:
    packet = dict.fromkeys(("to_agent", "note", "tried", "promised", "decided_at", "decided_by")) | {
        "transfer_id": "T2",
        "contact_id": "CALL",
        "kind": "cold",
        "status": "taken",
        "to_team": "billing",
        "reason": "a bill",
        "known": [],
        "at": AT,
        "by": {"role": "agent", "subject": "x"},
    }
    now = about(of_ada(), contact=a_contact(transfers=[packet, packet | {"transfer_id": "T1"}]))
    transfer = popped(Role.AGENT, now).transfer
    assert transfer is not None
    assert (transfer.transfer_id, transfer.reason, transfer.to_team) == ("T2", "a bill", "billing")
    assert [one.transfer_id for one in transfer.earlier] == ["T1"]
    assert popped(Role.MARKETING, now).transfer is None
    assert popped(Role.AGENT, about(of_ada(), contact=a_contact())).transfer is None


# What may have changed


def test_what_is_needed_and_may_have_changed_is_to_be_confirmed() -> None:
    # Given what was said years ago, and what was said just now
    years_ago = keys.instant(NOW - timedelta(days=2000))
    old = {"postcode": [said("LS1 4AP", collected_at=years_ago)], "phone": [said("+441", collected_at=years_ago)]}
    head = of_ada(entries=old | {"email": [said("ada@example.com")]})
    now = about(head, need=["email", "postcode", "reason", "postcode"], own_facts={"name": said("Ada")})
    for answer in (told(Role.IVR, now), popped(Role.AGENT, now)):
        assert (answer.confirm, answer.ask) == (["postcode"], ["reason"])
    # which a browser is not told, as it is not told what is known
    assert told(Role.VISITOR, now).confirm == []


# What is carried on


def carrying_on(**given: Any) -> Contact:
    continues = {"contact_id": "CHAT", "channel": "chat", "case_id": None, "via": "code", "customer_id": "C"}
    return a_contact(continues=continues | {"suggests": {"customer_id": "C", "name": "Cy"}} | given)


def test_who_it_may_be_instead_because_it_carries_on_a_contact_of_theirs() -> None:
    now = about(of_ada(), contact=carrying_on())
    for role in DESKS:
        assert told(role, now).candidates == popped(role, now).candidates == [{"customer_id": "C", "name": "Cy"}]
    for role in FLOWS:
        assert told(role, now).candidates == [{"customer_id": "C"}]
    assert told(Role.VISITOR, now).candidates == []
    # unless it is known to be the same person
    same = about(of_ada(), contact=carrying_on(suggests={"customer_id": "A"}))
    assert told(Role.AGENT, same).candidates == popped(Role.AGENT, same).candidates == []
    assert told(Role.AGENT, about(of_ada(), contact=carrying_on(suggests=None))).candidates == []


def test_what_a_contact_carries_on_is_told_unless_it_is_somebody_elses() -> None:
    continues = carrying_on().continues
    now = about(of_ada(), contact=carrying_on())
    shown = {"contact_id": "CHAT", "channel": "chat", "case_id": None, "via": "code"}
    for view in (told(Role.IVR, now), popped(Role.MARKETING, now).contact):
        assert view.model_dump(mode="json")["continues"] == shown
    other = about(of_ada(), contact=a_contact(continues=continues, rejected=["C"]))
    assert (told(Role.IVR, other).continues, popped(Role.AGENT, other).contact.continues) == (None, None)


# A customer


def seen(role: Role, profile: Any, facts: KnownFacts | None = None) -> dict[str, Any]:
    return answers.customer(Caller(role, "x"), profile, facts, AT)


def test_who_has_no_name_goes_by_the_name_and_language_they_gave() -> None:
    facts = known("A", name=[said("Augusta")], language=[said("fr")])
    nameless = seen(Role.AGENT, a_profile("A", []), facts)
    assert (nameless["name"], nameless["language"]) == ("Augusta", "fr")
    named = seen(Role.AGENT, a_profile("A", [], name="Ada", language="en"), facts)
    assert (named["name"], named["language"]) == ("Ada", "en")
    # what was said for a while only, or never, is none
    old = known("A", name=[said("Augusta", expires_at=AT)])
    for given in (old, store.no_facts("A"), None):
        nobody = seen(Role.AGENT, a_profile("A", []), given)
        assert (nobody["name"], nobody["language"]) == (None, None)


def test_each_role_sees_its_fields() -> None:
    relation: dict[str, Any] = {
        "customer_id": "B",
        "name": "Bob",
        "relation": "household",
        "may_be_told": [],
        "until": None,
        "note": None,
        "since": AT,
        "by": {"role": "agent", "subject": "x"},
    }
    ended = relation | {"customer_id": "C", "until": AT}
    profile = a_profile("A", [], relations=[relation, ended], consent={"calls": True})
    whole = seen(Role.AGENT, profile)
    assert set(whole) == set(CustomerView.model_fields)
    assert [one["customer_id"] for one in whole["relations"]] == ["B"]
    assert (whole["consent"], whole["created_at"], whole["version"]) == (
        {"calls": True},
        "2026-11-22T09:00:00Z",
        1,
    )
    assert set(seen(Role.PORTAL, profile)) == set(whole) - {"relations"}
    assert set(seen(Role.IVR, profile)) == {"customer_id", "name", "language", "version"}


def test_the_records_that_are_one_persons_are_told() -> None:
    assert seen(Role.AGENT, a_profile("A", MERGES))["members"] == ["A", "B"]
    assert seen(Role.AGENT, a_profile("A", []))["members"] == []
