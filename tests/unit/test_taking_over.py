"""Whether a visitor's record may become a customer's: it is of visits only, and nothing says that it is not."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import commit
from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import Contact, IdentifierCandidate, KnownFacts
from chalicelib.models.requests.customers import LedgerPage
from chalicelib.models.store import CustomerHead
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.grouping import MOST_MEMBERS
from chalicelib.rules.matching import SIGNED_IN, Assurance, Decision, Evidence, Owner
from chalicelib.services.customers.records import Record, read_head, read_members
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from chalicelib.services.identity import binding, ledger, sign_in
from chalicelib.services.identity.binding import MOST_IDENTIFIERS
from chalicelib.services.identity.identify import Claim, check
from tests.conftest import Spy
from tests.settings import NOW
from tests.unit.test_records import MERGES, a_head, a_profile
from tests.unit.test_situation import said

V = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
"""The visitor's record."""
BROWSER = Identifier("visitor", "", "visitor-1", "visitor-1")
DEVICE = Identifier("device", "", "device-1", "device-1")
PHONE = Identifier("phone", "", "+447700900123", "+447700900123")
ADA = Record(a_head("A", []))
PORTAL = Caller(Role.PORTAL, "portal-1", "A")


def listed(*identifiers: Identifier) -> list[dict[str, object]]:
    return [binding.on_profile(one, NOW, verified=False, how="given", contact_id=None) for one in identifiers]


def a_visitor(*identifiers: Identifier, **given: Any) -> None:
    a_profile(V, **{"merges": [], "identifiers": listed(*identifiers)} | given).save()


def a_chat(type_: str = "visitor", **given: Any) -> Contact:
    sender = {"type": type_, "value": BROWSER.value, "scope": ""}
    fields: dict[str, Any] = {"direction": "inbound", "sender": sender, "recipient": None} | given
    return Contact(PK=keys.contact("CHAT"), SK=keys.CONTACT, contact_id="CHAT", **fields)


def of_members(number: int) -> Record:
    """A person on so many records."""
    edges = [{"merge_id": str(n), "kept": "A", "joined": f"A{n}", "at": "2026"} for n in range(number - 1)]
    return Record(a_head("A", edges))


def test_a_record_of_visits_only_may(deps: Deps, spy: Spy) -> None:
    a_visitor(BROWSER, DEVICE)
    spy.reset()
    assert sign_in.may_take_over(deps, a_chat(), V, ADA)
    assert spy.operations == ["Query"] * 3


@pytest.mark.parametrize(
    "held",
    [
        {"identifiers": listed(BROWSER, PHONE)},
        {"identifiers": []},
        {"name": "Bob"},
        {"merges": [{"merge_id": "M", "kept": V, "joined": "W", "at": "2026"}]},
        {"relations": [{"customer_id": "W", "relation": "household"}]},
    ],
)
def test_one_by_which_a_person_is_known_may_not(deps: Deps, held: dict[str, Any]) -> None:
    a_visitor(BROWSER, **held)
    assert not sign_in.may_take_over(deps, a_chat(), V, ADA)


def test_one_that_was_made_for_the_contact_may(deps: Deps) -> None:
    a_visitor(PHONE, met_on="CHAT")
    assert sign_in.may_take_over(deps, a_chat(), V, ADA)
    a_visitor(PHONE, met_on="CALL")
    assert not sign_in.may_take_over(deps, a_chat(), V, ADA)


def test_one_of_theirs_need_not_and_of_many_records_none_may(deps: Deps, spy: Spy) -> None:
    a_visitor(BROWSER)
    assert sign_in.may_take_over(deps, a_chat(), V, of_members(MOST_MEMBERS - 1))
    spy.reset()
    assert not sign_in.may_take_over(deps, a_chat(), V, of_members(MOST_MEMBERS))
    assert not sign_in.may_take_over(deps, a_chat(), "B", Record(a_head("A", MERGES)))
    assert spy.operations == []


@pytest.mark.parametrize(
    ("decided", "other", "may"),
    [("unmerged", "A", False), ("unmerged", "B", False), ("unmerged", "X", True), ("merged", "A", True)],
)
def test_what_was_parted_once_stays_apart(deps: Deps, decided: str, other: str, *, may: bool) -> None:
    a_visitor(BROWSER)
    commit([ledger.note(deps, V, decided, other_customer_id=other)])
    record = Record(a_head("A", MERGES))
    assert sign_in.may_take_over(deps, a_chat(), V, record) is may


@pytest.mark.parametrize(
    ("customer_id", "rejected", "may"),
    [("A", True, False), ("B", True, False), ("X", True, True), ("A", False, True)],
)
def test_what_was_said_not_to_be_theirs_is_not(deps: Deps, customer_id: str, *, rejected: bool, may: bool) -> None:
    a_visitor(BROWSER)
    partition, sort_key = keys.identifier(*BROWSER.key), keys.candidate(customer_id)
    IdentifierCandidate(
        PK=partition, SK=sort_key, customer_id=customer_id, contact_ids=[], rejected=rejected
    ).save()
    assert sign_in.may_take_over(deps, a_chat(), V, Record(a_head("A", MERGES))) is may


@pytest.mark.parametrize(
    ("contact_id", "expires", "may"),
    [("OTHER", None, False), ("OTHER", NOW - timedelta(1), True), (None, None, True)],
)
def test_what_they_said_of_themselves_must_not_contradict(
    deps: Deps, contact_id: str | None, expires: Any, *, may: bool
) -> None:
    """What was typed into a form may be what is to be changed."""
    expires_at = keys.instant(expires) if expires else None
    told = {"date_of_birth": "1964-07-02", "postcode": "LS2 9JT", "name": "Bob Miller"}
    entries = {
        name: [said(value) | {"contact_id": contact_id, "expires_at": expires_at}] for name, value in told.items()
    }
    a_visitor(BROWSER)
    KnownFacts(PK=keys.customer(V), SK=keys.FACTS, entries=entries, version=1).save()
    own = {"date_of_birth": "1990-01-31", "postcode": "SW1A 1AA", "name": "Ann Ames"}
    theirs = {name: [said(value, "OLD", verified=True)] for name, value in own.items()}
    facts = KnownFacts(PK=keys.customer("A"), SK=keys.FACTS, entries=theirs, version=1)
    record = Record(CustomerHead(a_profile("A", []), facts))
    assert sign_in.may_take_over(deps, a_chat(), V, record) is may


@pytest.mark.parametrize(
    ("said_on", "expires", "may"), [("OLD", None, False), ("CHAT", None, True), ("OLD", NOW - timedelta(1), True)]
)
def test_nor_what_is_known_of_the_customer_but_for_what_this_chat_said_or_is_over(
    deps: Deps, said_on: str, expires: Any, *, may: bool
) -> None:
    # Given a visitor who said who they are, and a customer of whom something else is known
    told = {"date_of_birth": "1964-07-02", "postcode": "LS2 9JT", "name": "Bob Miller"}
    a_visitor(BROWSER)
    entries = {name: [said(value, "EARLIER")] for name, value in told.items()}
    KnownFacts(PK=keys.customer(V), SK=keys.FACTS, entries=entries, version=1).save()
    own = {"date_of_birth": "1990-01-31", "postcode": "SW1A 1AA", "name": "Ann Ames"}
    expires_at = keys.instant(expires) if expires else None
    theirs = {name: [said(value, said_on) | {"expires_at": expires_at}] for name, value in own.items()}
    facts = KnownFacts(PK=keys.customer("A"), SK=keys.FACTS, entries=theirs, version=1)
    assert sign_in.may_take_over(deps, a_chat(), V, Record(CustomerHead(a_profile("A", []), facts))) is may


@pytest.mark.parametrize(
    ("met", "number", "kept"),
    [
        ({}, 0, True),
        ({}, MOST_IDENTIFIERS - 1, True),
        ({}, MOST_IDENTIFIERS, False),
        ({"customer_id": "X", "rejected": True}, 0, True),
        ({"customer_id": "A", "rejected": True}, 0, False),
        ({"customer_id": "B", "rejected": True}, 0, False),
    ],
)
def test_a_browser_that_is_nobodys_is_kept_with_who_signed_in(
    deps: Deps, met: dict[str, Any], number: int, *, kept: bool
) -> None:
    # Given a customer on two records with so many identifiers, and who was met beside the browser
    phones = [Identifier("phone", "", f"+4477009{one:05d}", "") for one in range(number)]
    profile = a_profile("A", MERGES, identifiers=listed(*phones))
    if met:
        partition, sort_key = keys.identifier(*BROWSER.key), keys.candidate(met["customer_id"])
        IdentifierCandidate(PK=partition, SK=sort_key, contact_ids=[], **met).save()
    (browser,) = check(deps, [Claim(BROWSER)])
    # When they sign in on it
    began = NOW - timedelta(minutes=5)
    record = Record(CustomerHead(profile, store.no_facts("A")))
    commit(sign_in.keep_browser(deps, a_chat(started_at=began), browser, record))
    # Then it is theirs since the contact began, unless it was said not to be, or there are too many
    entry = binding.on_profile(BROWSER, began, verified=False, how="signed_in", contact_id="CHAT")
    assert profile.identifiers[number:] == ([entry] if kept else [])
    assert [one.customer_id for one in store.find_owners(BROWSER).owners] == (["A"] if kept else [])


def test_a_browser_that_is_somebody_elses_is_shared(deps: Deps) -> None:
    commit(changes.claim(store.find_owners(BROWSER), changes.new_owner(BROWSER, "X", NOW, verified=False)))
    (browser,) = check(deps, [Claim(BROWSER)])
    commit(sign_in.keep_browser(deps, a_chat(started_at=NOW), browser, ADA))
    owners = store.find_owners(BROWSER)
    assert [one.customer_id for one in owners.owners] == ["X"]
    assert ([one.customer_id for one in owners.candidates], owners.head and owners.head.strangers) == (["A"], 1)


def test_it_is_merged_into_the_customers_and_the_ledger_says_why(deps: Deps) -> None:
    a_visitor(BROWSER)
    ADA.home.profile.save()
    assert sign_in.take_over(deps, PORTAL, a_chat(), V, ADA, reason="sign-in")
    assert read_members(V) == ("A", V)
    why = [one for one in ledger.list_decisions("A", LedgerPage()).items if one.other_customer_id == V]
    assert [(one.decided, one.reason, one.decided_by) for one in why] == [("merged", "sign-in", PORTAL.named)]
    # and what is theirs already is not merged again
    assert not sign_in.take_over(deps, PORTAL, a_chat(), V, read_head("A"), reason="sign-in")


@pytest.mark.parametrize(
    ("assurance", "record", "visitor_id", "came_from", "taken"),
    [
        (Assurance.CORROBORATED, ADA, V, "visitor", True),
        (Assurance.AUTHENTICATED, ADA, V, "device", True),
        (Assurance.CLAIMED, ADA, V, "visitor", False),
        (Assurance.CORROBORATED, None, V, "visitor", False),
        (Assurance.CORROBORATED, ADA, None, "visitor", False),
        (Assurance.CORROBORATED, ADA, V, "phone", False),
    ],
)
def test_visits_are_taken_over_where_it_is_sure_who_is_there(  # noqa: PLR0917
    deps: Deps,
    assurance: Assurance,
    record: Record | None,
    visitor_id: str | None,
    came_from: str,
    taken: Any,
) -> None:
    a_visitor(BROWSER)
    ADA.home.profile.save()
    now = Situation(Decision("one", "A", (), 0.9, assurance), [], {}, record)
    assert sign_in.take_over_visits(deps, PORTAL, a_chat(came_from), visitor_id, now) is taken


@pytest.mark.parametrize(
    ("caller", "vouches"),
    [
        (PORTAL, True),
        (Caller(Role.VISITOR, "portal-1", "A"), True),
        (Caller(Role.PORTAL, "portal-1", None), False),
        (Caller(Role.AGENT, "agent-1", "A"), False),
    ],
)
def test_a_token_says_who_is_signed_in(caller: Caller, *, vouches: bool) -> None:
    evidence = [Evidence(SIGNED_IN, (Owner("A", verified=True),), verified=True)] if vouches else []
    assert sign_in.signed_in(caller) == evidence
    # which tells of a contact only where it came from a browser
    assert sign_in.evidence_of(caller, a_chat()) == sign_in.evidence_of(caller, a_chat("device")) == evidence
    assert sign_in.evidence_of(caller, a_chat("phone")) == sign_in.evidence_of(caller, a_chat(sender=None)) == []
