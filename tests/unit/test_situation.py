"""Where things stand: what is known and by whom it was said, what tells candidates apart, what is written."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.models import keys, store
from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import Contact, KnownFacts
from chalicelib.rules.matching import Assurance, Decision
from chalicelib.services.customers import situation
from chalicelib.services.customers.records import Record
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from tests.settings import NOW, SETTINGS
from tests.unit.test_records import EMAIL, PHONE, a_head, a_profile

AT = keys.instant(NOW)
BEFORE, AFTER = (keys.instant(NOW + timedelta(minutes=by)) for by in (-1, 1))
ONE = Decision("one", "A", (), 0.9, Assurance.CORROBORATED, [{"identifier": "phone", "verified": True}])
MANY = Decision("many", None, ("A", "B"), 0.5, Assurance.CLAIMED)


def said(value: str, contact_id: str = "CALL", expires_at: str | None = None, **given: Any) -> dict[str, Any]:
    entry = {"value": value, "source": "ivr", "collected_at": BEFORE, "verified": False}
    return entry | {"contact_id": contact_id, "expires_at": expires_at} | given


def facts(customer_id: str, **entries: list[dict[str, Any]]) -> KnownFacts:
    return KnownFacts(PK=keys.customer(customer_id), SK=keys.FACTS, entries=entries, version=1)


def a_contact(**given: Any) -> Contact:
    fields: dict[str, Any] = {
        "contact_id": "CALL",
        "customer_id": "A",
        "match": {"result": "one", "confidence": 0.9, "reasons": []},
        "assurance": 1,
    }
    return Contact(PK=keys.contact("CALL"), SK=keys.CONTACT, **(fields | given))


def test_what_is_known_of_the_customer_counts_before_what_the_contact_said() -> None:
    own = {"postcode": said("LS1 4AP"), "reason": said("a parcel"), "name": said("Ada", expires_at=AT)}
    head = a_head("A", [], facts=facts("A", postcode=[said("YO1 7HH")], phone=[said("+441", expires_at=AT)]))
    known = Situation(ONE, [], own, Record(head)).known(AT)
    assert {name: entry["value"] for name, entry in known.items()} == {"postcode": "YO1 7HH", "reason": "a parcel"}
    # of nobody, only what the contact said is known
    nobody = Situation(MANY, [], own).known(BEFORE)
    assert {name: entry["value"] for name, entry in nobody.items()} == {
        "postcode": "LS1 4AP",
        "reason": "a parcel",
        "name": "Ada",
    }
    assert Situation(MANY, [], own).said == {"postcode": "LS1 4AP", "reason": "a parcel", "name": "Ada"}


def test_what_was_said_on_the_contact_that_is_carried_on_is_known_too() -> None:
    carried = {"reason": [said("a parcel", "CHAT")], "name": [said("Ada", "CHAT")]}
    contact = a_contact(customer_id=None, continues={"customer_id": "B"}, carried=carried)
    own = {"name": said("Ada King", verified=True)}
    known = Situation(MANY, [], own, contact=contact).known(AT)
    assert {name: entry["value"] for name, entry in known.items()} == {"reason": "a parcel", "name": "Ada King"}


def test_who_the_customer_is_is_all_of_a_persons_records() -> None:
    first, second = a_head("A"), a_head("B")
    head = Situation(ONE, [], {}, Record(second, [first])).head
    assert head is not None
    assert head.customer_id == "A"
    assert Situation(ONE, [], {}).head is None


def test_only_where_several_may_be_meant_is_a_question_asked_that_tells_them_apart() -> None:
    candidates = [
        (a_profile(name, [], identifiers=[PHONE]), facts(name, postcode=[said(postcode)], date_of_birth=[born]))
        for name, postcode, born in (
            ("A", "LS1 4AP", said("1990-01-31", expires_at=AT)),
            ("B", "YO1 7HH", said("1991-02-28", expires_at=AT)),
        )
    ]
    # what has expired tells nobody apart any more
    assert Situation(MANY, [], {}, candidates=candidates).first_question(AT) == "postcode"
    assert Situation(ONE, [], {}, candidates=candidates).first_question(AT) is None
    nobody = Decision("none", None, (), 0.0, Assurance.NONE)
    assert Situation(nobody, [], {}, candidates=candidates).first_question(AT) is None


def test_all_that_was_ever_said_is_compared_with_but_not_what_the_contact_itself_says() -> None:
    known = facts(
        "A",
        postcode=[said("LS1 4AP", "OTHER"), said("YO1 7HH", "CALL"), said("N1 1AA", "OLD", expires_at=AFTER)],
        reason=[said("a parcel", "OLD", expires_at=AT)],
    )
    head = store.CustomerHead(a_profile("A", [], name="Ada"), known)
    ever = situation.ever_known(head, a_contact(), AT)
    assert ever == {"postcode": ["LS1 4AP", "N1 1AA"], "reason": [], "name": ["Ada"]}
    # where there is no contact yet, everything counts
    assert situation.ever_known(head, None, AT)["postcode"] == ["LS1 4AP", "YO1 7HH", "N1 1AA"]
    # a name that was said is there beside the one on the profile; a nameless profile adds none
    named = store.CustomerHead(a_profile("A", [], name="Ada"), facts("A", name=[said("Augusta", "OTHER")]))
    assert situation.ever_known(named, a_contact(), AT) == {"name": ["Augusta", "Ada"]}
    nameless = store.CustomerHead(a_profile("A", []), facts("A"))
    assert situation.ever_known(nameless, a_contact(), AT) == {}


def test_a_candidate_is_told_by_identifiers_name_and_the_facts_that_count() -> None:
    handle = {"type": "telegram", "scope": "", "value": "ada"}
    account = {"type": "account", "scope": "", "value": "A1"}
    profile = a_profile("A", [], name="Ada", identifiers=[PHONE, EMAIL, handle, account])
    known = facts(
        "A", postcode=[said("LS1 4AP"), said("YO1 7HH")], phone=[said("+442")], reason=[said("x", expires_at=AT)]
    )
    assert situation.telling((profile, known), AT) == {
        "phone": {PHONE["value"], "+442"},
        "email": {EMAIL["value"]},
        "account_number": {"A1"},
        "name": {"Ada"},
        "postcode": {"LS1 4AP"},
    }
    assert situation.telling((a_profile("A", []), facts("A")), AT) == {}


@pytest.mark.parametrize("decision", [ONE, MANY])
def test_a_decision_is_read_as_it_was_written(decision: Decision) -> None:
    contact = a_contact(customer_id=decision.customer_id)
    situation.write_decision(contact, decision)
    assert situation.recorded(contact) == decision


@pytest.mark.parametrize(("decided", "checked", "sure"), [(1, 3, 3), (2, 0, 2), (2, 2, 2), (0, 1, 1)])
def test_a_decision_is_as_sure_as_a_check_of_identity(decided: int, checked: int, sure: int) -> None:
    decision = Decision("one", "A", (), 0.9, Assurance(decided))
    raised = situation.with_check(decision, a_contact(checked=checked))
    assert (raised.assurance, raised.customer_id, raised.result) == (sure, "A", "one")


def test_of_what_the_contact_said_the_best_that_has_not_expired_counts() -> None:
    kept = {"postcode": [said("LS1 4AP", expires_at=AT), said("YO1 7HH")], "reason": [said("x", expires_at=AT)]}
    assert situation.said_on(Deps(SETTINGS, now=lambda: NOW), a_contact(facts=kept)) == {
        "postcode": said("YO1 7HH")
    }


def test_a_contact_stands_as_it_was_left(deps: Deps) -> None:
    # Given two customers, one of them on two records
    for head in (a_head("A"), a_head("B"), a_head("C", [])):
        head.profile.save()
    # Then a contact that is with one has all of the person's records, and no candidates
    mine = situation.of_contact(deps, a_contact(customer_id="B", need=["reason"], facts={"name": [said("Ada")]}))
    assert mine.record is not None
    assert (mine.record.home.customer_id, mine.record.customer_id) == ("B", "A")
    assert (mine.decision.customer_id, mine.need, mine.said) == ("B", ["reason"], {"name": "Ada"})
    assert mine.candidates == []
    assert mine.contact is not None
    # and one that is with nobody has those whom it may be with, each person once
    open_ = situation.of_contact(deps, a_contact(customer_id=None, candidates=["B", "A", "C"]))
    assert open_.record is None
    assert [profile.customer_id for profile, _ in open_.candidates] == ["A", "C"]
    assert situation.candidates_of(a_contact(candidates=[])) == []


def test_what_an_identifier_says_as_a_fact() -> None:
    number = Identifier("phone", "", "+447700900123", "07700 900123")
    for one in (number, replace(number, type="whatsapp")):
        assert situation.said_by(one) == {("phone", "+447700900123")}
    assert situation.said_by(Identifier("email", "", "ada@example.com", "")) == {("email", "ada@example.com")}
    assert situation.said_by(Identifier("telegram", "shop", "ada", "")) == set()
