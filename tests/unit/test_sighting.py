"""Where a contact came from, beside whom it turned out to be with: noted, confirmed, taken or left alone."""

from typing import Any

import pytest

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import commit
from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import CaseSummary, Contact, IdentifierCandidate, LedgerEntry
from chalicelib.models.requests.customers import LedgerPage
from chalicelib.models.store import CustomerHead, find_owners
from chalicelib.rules.matching import ATTRIBUTED, Evidence, Owner
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.identity import binding, ledger, sighting
from chalicelib.services.identity.identify import Checked, Claim, check, to_stored
from chalicelib.services.identity.sighting import Sighting, is_husk, own_end
from tests.conftest import Spy
from tests.settings import NOW
from tests.unit.test_records import MERGES, a_profile
from tests.unit.test_situation import facts, said

NUMBER = Identifier("phone", "", "+447700900123", "+447700900123")
OTHER = Identifier("phone", "", "+447700900124", "+447700900124")
MAIL = Identifier("email", "", "ada@example.com", "ada@example.com")
THEIRS = {"type": "phone", "value": NUMBER.value, "scope": ""}
AGENT = {"role": "agent", "subject": "agent-1"}
OURS = {"type": "phone", "value": "+441632960000", "scope": ""}


def a_contact(contact_id: str = "CALL", **given: Any) -> Contact:
    fields: dict[str, Any] = {"direction": "inbound", "sender": THEIRS, "recipient": OURS} | given
    return Contact(PK=keys.contact(contact_id), SK=keys.CONTACT, contact_id=contact_id, **fields)


def as_listed(*identifiers: Identifier) -> list[dict[str, object]]:
    return [binding.on_profile(one, NOW, verified=False, how="given", contact_id=None) for one in identifiers]


def a_customer(customer_id: str, *identifiers: Identifier, merges: list[Any] | None = None) -> CustomerHead:
    """A customer who is written, too: the ledger is read from the record."""
    profile = a_profile(customer_id, merges or [], identifiers=as_listed(*identifiers))
    profile.save()
    for one in identifiers:
        commit(changes.claim(find_owners(one), changes.new_owner(one, customer_id, NOW, verified=False)))
    return CustomerHead(profile, store.no_facts(customer_id))


def a_husk() -> CustomerHead:
    """The record that was made for the call, when nobody knew who it was."""
    head = a_customer("HUSK", NUMBER)
    head.profile.met_on, head.profile.live_contacts = "CALL", 1
    return head


def met(customer_id: str, *contact_ids: str, rejected: bool = False) -> None:
    IdentifierCandidate(
        PK=keys.identifier(*NUMBER.key),
        SK=keys.candidate(customer_id),
        customer_id=customer_id,
        contact_ids=list(contact_ids),
        rejected=rejected,
    ).save()


def end(deps: Deps) -> Checked:
    return check(deps, [Claim(NUMBER)])[0]


def beside(
    deps: Deps,
    record: Record,
    left: CustomerHead | None = None,
    *,
    contact_id: str = "CALL",
    recognised: bool = True,
) -> Sighting:
    made = sighting.beside(deps, a_contact(contact_id), end(deps), left, record, recognised=recognised)
    commit(made.made)
    return made


def owners() -> list[str]:
    return [one.customer_id for one in find_owners(NUMBER).owners]


def noted() -> dict[str, list[str]]:
    return {one.customer_id: one.contact_ids for one in find_owners(NUMBER).candidates}


def strangers() -> int:
    head = find_owners(NUMBER).head
    return int(head.strangers) if head else 0


def decisions(customer_id: str) -> list[LedgerEntry]:
    return ledger.list_decisions(customer_id, LedgerPage()).items


def test_the_customers_end_of_a_contact(deps: Deps) -> None:
    a_customer("A", NUMBER)
    for contact in (a_contact(), a_contact(direction="outbound", sender=OURS, recipient=THEIRS)):
        found = own_end(deps, contact)
        assert found is not None
        assert found.claim == Claim(NUMBER)
        assert [one.customer_id for one in found.owners.owners] == ["A"]
    # a national number is read in the country of our own end, which need not be there
    american = a_contact(sender=THEIRS | {"value": "(202) 555-0143"}, recipient=OURS | {"value": "+12025550100"})
    found = own_end(deps, american)
    assert found is not None
    assert found.claim.identifier.value == "+12025550143"
    alone = own_end(deps, a_contact(recipient=None))
    assert alone is not None
    assert alone.claim.identifier == NUMBER


@pytest.mark.parametrize(
    "sender", [None, THEIRS | {"value": "anonymous"}, {"type": "account", "value": "A1", "scope": ""}]
)
def test_what_is_withheld_or_the_businesses_own_is_no_end_that_may_be_borrowed(deps: Deps, sender: Any) -> None:
    assert own_end(deps, a_contact(sender=sender)) is None


def test_whose_it_is_already_is_only_seen(deps: Deps) -> None:
    ada, other = a_customer("A", merges=MERGES), a_customer("B", NUMBER, merges=MERGES)
    made = beside(deps, Record(ada, [other]))
    assert (made.made, made.evidence, noted()) == ([], None, {})


def test_the_first_number_of_a_customer_is_taken_at_once(deps: Deps) -> None:
    ada = a_customer("A", MAIL)
    made = beside(deps, Record(ada))
    assert made.evidence == Evidence("phone", (Owner("A", verified=False),))
    assert (owners(), noted()) == (["A"], {})
    entry = ada.profile.identifiers[-1]
    assert (entry["value"], entry["how"], entry["contact_id"], entry["since"]) == (
        NUMBER.value,
        "confirmed",
        "CALL",
        NOW.isoformat(),
    )
    (why,) = decisions("A")
    assert (why.decided, why.contact_id) == ("identifier_confirmed", "CALL")
    assert why.identifier == {"type": "phone", "scope": "", "value": NUMBER.value}


def test_another_number_is_a_candidate_until_a_second_contact_confirms_it(deps: Deps) -> None:
    # Given a customer with a number
    ada = a_customer("A", OTHER)
    # When they are met beside another, it is only noted, once for each contact
    for _ in range(2):
        made = beside(deps, Record(ada))
        assert made.evidence == Evidence("phone", (), candidates=("A",))
        assert (owners(), noted()) == ([], {"A": ["CALL"]})
    (why,) = decisions("A")
    assert (why.decided, why.contact_id) == ("candidate_noted", "CALL")
    assert why.identifier == {"type": "phone", "scope": "", "value": NUMBER.value}
    # and when they are met beside it again, it is theirs
    made = beside(deps, Record(ada), contact_id="AGAIN")
    assert made.evidence == Evidence("phone", (Owner("A", verified=False),))
    assert (owners(), noted()) == (["A"], {})


def test_a_candidate_of_one_record_is_confirmed_by_a_contact_of_another_of_the_person(deps: Deps) -> None:
    ada, other = a_customer("A", OTHER, merges=MERGES), a_customer("B", merges=MERGES)
    met("X", "OLD")
    met("B", "MAIL")
    beside(deps, Record(ada, [other]))
    assert (owners(), noted()) == (["A"], {"X": ["OLD"]})


def test_who_was_said_not_to_be_met_there_never_is(deps: Deps) -> None:
    ada = a_customer("A", MAIL)
    met("A", "MAIL", rejected=True)
    made = beside(deps, Record(ada))
    assert (made.made, made.evidence) == ([], None)
    assert (owners(), noted(), decisions("A")) == ([], {"A": ["MAIL"]}, [])


def test_a_number_alone_that_was_typed_confirms_nothing_and_takes_nothing(deps: Deps) -> None:
    ada = a_customer("A", MAIL)
    met("A", "MAIL")
    made = beside(deps, Record(ada), recognised=False)
    assert made.evidence is None
    assert (owners(), noted(), strangers()) == ([], {"A": ["MAIL", "CALL"]}, 0)


def test_what_somebody_else_owns_stays_theirs_and_a_stranger_is_counted(deps: Deps) -> None:
    ada = a_customer("A", MAIL)
    a_customer("B", NUMBER)
    made = beside(deps, Record(ada), recognised=False)
    assert (made.evidence, strangers(), noted()) == (None, 0, {"A": ["CALL"]})
    made = beside(deps, Record(ada), contact_id="AGAIN")
    assert (made.evidence, strangers(), noted()) == (None, 1, {"A": ["CALL", "AGAIN"]})
    assert owners() == ["B"]


def test_the_ten_latest_contacts_are_remembered(deps: Deps) -> None:
    ada = a_customer("A", MAIL)
    a_customer("B", NUMBER)
    met("A", *(f"OLD{number}" for number in range(10)))
    beside(deps, Record(ada))
    assert noted()["A"] == [*(f"OLD{number}" for number in range(1, 10)), "CALL"]


def test_a_record_that_was_made_for_the_contact_hands_its_number_over(deps: Deps) -> None:
    husk, ada = a_husk(), a_customer("A", MAIL)
    made = beside(deps, Record(ada), husk)
    assert made.evidence == Evidence("phone", (Owner("A", verified=False),))
    assert (owners(), strangers()) == (["A"], 0)
    assert husk.profile.identifiers == []


def test_a_record_that_was_made_for_the_contact_gives_up_what_is_not_yet_confirmed(deps: Deps) -> None:
    husk, ada = a_husk(), a_customer("A", OTHER)
    beside(deps, Record(ada), husk)
    assert (owners(), noted()) == ([], {"A": ["CALL"]})
    assert husk.profile.identifiers == []


def test_a_record_that_was_made_for_the_contact_and_has_something_else_keeps_it(
    deps: Deps,
) -> None:
    husk, ada = a_customer("HUSK", MAIL), a_customer("A", OTHER)
    husk.profile.met_on = "CALL"
    beside(deps, Record(ada), husk)
    assert (owners(), noted(), find_owners(NUMBER).head) == ([], {"A": ["CALL"]}, None)
    assert husk.profile.identifiers == as_listed(MAIL)


def test_a_record_that_was_made_for_the_contact_gives_up_what_is_said_not_to_be_the_others(deps: Deps) -> None:
    husk, ada = a_husk(), a_customer("A", MAIL)
    met("A", rejected=True)
    beside(deps, Record(ada), husk)
    assert (owners(), husk.profile.identifiers) == ([], [])


def test_a_record_that_holds_more_keeps_its_number(deps: Deps) -> None:
    left, ada = a_husk(), a_customer("A", MAIL)
    left.profile.name = "Bob"
    beside(deps, Record(ada), left)
    assert (owners(), strangers()) == (["HUSK"], 1)
    assert len(left.profile.identifiers) == 1


HUSK: dict[str, Any] = {"met_on": "CALL", "identifiers": as_listed(NUMBER), "live_contacts": 1}


@pytest.mark.parametrize(
    ("changed", "is_one"),
    [
        ({}, True),
        ({"live_contacts": 0}, True),
        ({"met_on": "OTHER"}, False),
        ({"met_on": None}, False),
        ({"name": "Bob"}, False),
        ({"merges": MERGES}, False),
        ({"open_cases": 1}, False),
        ({"identifiers": []}, False),
        ({"identifiers": as_listed(NUMBER, MAIL)}, False),
        ({"live_contacts": 2}, False),
    ],
)
def test_a_husk_holds_nothing_but_the_contact_that_it_was_made_for(changed: Any, *, is_one: bool) -> None:
    given = HUSK | {"merges": []} | changed
    head = CustomerHead(a_profile("A", **given), store.no_facts("A"))
    assert is_husk(head, a_contact()) is is_one


def test_a_husk_knows_only_what_was_said_on_its_contact() -> None:
    mine = facts("A", reason=[said("a parcel")], name=[said("Ada"), said("Eda")])
    assert is_husk(CustomerHead(a_profile("A", [], **HUSK), mine), a_contact())
    others = facts("A", reason=[said("a parcel")], name=[said("Ada"), said("Eda", "OTHER")])
    assert not is_husk(CustomerHead(a_profile("A", [], **HUSK), others), a_contact())


@pytest.mark.parametrize("contact_id", ["CALL", "LEG-1", "MAIL"])
def test_nor_what_was_said_before_a_transfer_or_on_contacts_of_whom_it_turned_out_to_be(contact_id: str) -> None:
    husk = a_profile("A", [], **HUSK | {"met_on": contact_id})
    head = CustomerHead(husk, facts("A", reason=[said("a parcel", contact_id)]))
    later = a_contact(previous_contact_id="LEG-1")
    assert is_husk(head, later, ["MAIL", "CHAT"])
    assert is_husk(head, later) is (contact_id != "MAIL")
    assert is_husk(head, a_contact()) is (contact_id == "CALL")


@pytest.mark.parametrize(
    ("opened_by", "is_one"),
    [([], False), ([ledger.SYSTEM], True), ([AGENT], False), ([ledger.SYSTEM, AGENT], False)],
)
def test_a_case_that_was_opened_by_itself_is_nothing_that_it_holds(opened_by: list[Any], *, is_one: bool) -> None:
    cases = [CaseSummary(case_id=str(number), opened_by=one) for number, one in enumerate(opened_by)]
    profile = a_profile("A", [], open_cases=max(len(cases), 1), **HUSK)
    assert is_husk(CustomerHead(profile, store.no_facts("A"), cases=cases), a_contact()) is is_one


def test_a_record_that_was_made_for_an_earlier_contact_of_theirs_hands_its_number_over(deps: Deps) -> None:
    husk, ada = a_husk(), a_customer("A", OTHER)
    husk.profile.met_on = "MAIL"
    met("A", "MAIL")
    beside(deps, Record(ada), husk)
    assert (owners(), husk.profile.identifiers) == (["A"], [])


@pytest.mark.parametrize("before", ["never", "met beside it", "husk"])
def test_who_has_as_many_as_there_may_be_is_only_noted_beside_one_more(deps: Deps, before: str) -> None:
    # Given a customer with as many identifiers as there may be, none a number or each another one
    kind, value = ("email", "{}@example.com") if before == "never" else ("phone", "+4477009{:05d}")
    known = [Identifier(kind, "", value.format(one), "") for one in range(binding.MOST_IDENTIFIERS)]
    ada = CustomerHead(a_profile("A", [], identifiers=as_listed(*known)), store.no_facts("A"))
    husk = a_husk() if before == "husk" else None
    earlier = [] if before == "never" else ["MAIL"]
    if earlier:
        met("A", *earlier)
    # When they are met beside a number, then it is noted, and they are asked for by it
    made = beside(deps, Record(ada), husk)
    assert made.evidence == Evidence("phone", (), candidates=("A",))
    assert (owners(), noted()) == ([], {"A": [*earlier, "CALL"]})
    assert len(ada.profile.identifiers) == binding.MOST_IDENTIFIERS
    # and where there is room for it again, it is theirs with the next contact
    ada.profile.identifiers = ada.profile.identifiers[1:]
    assert beside(deps, Record(ada), contact_id="AGAIN").evidence == Evidence(
        "phone", (Owner("A", verified=False),)
    )
    assert owners() == ["A"]


def test_a_person_on_two_records_has_the_numbers_of_both(deps: Deps) -> None:
    ada, other = a_customer("A", MAIL, merges=MERGES), a_customer("B", OTHER, merges=MERGES)
    made = beside(deps, Record(ada, [other]))
    assert made.evidence == Evidence("phone", (), candidates=("A",))


def confirmed(record: Record, deps: Deps, *evidence: Evidence, **given: Any) -> Sighting:
    """What an identity check that succeeds makes of where the contact came from."""
    contact = a_contact(evidence=to_stored(evidence), **given)
    seen = sighting.confirm(deps, contact, record)
    if seen.made:
        commit(seen.made)
    return seen


NOTHING = Sighting()
CALLED = Evidence("phone", ())


def test_an_identity_check_confirms_where_the_customer_was_only_met(deps: Deps) -> None:
    # Given a customer who was met beside a number, on this call only
    ada = a_customer("A", OTHER)
    met("A", "CALL")
    # When they are shown to be who they say, Then it is shown to be theirs
    made = confirmed(Record(ada), deps, CALLED)
    assert made.evidence == Evidence("phone", (Owner("A", verified=True),))
    (owner,) = find_owners(NUMBER).owners
    assert (owner.customer_id, owner.verified, noted()) == ("A", True, {})
    assert store.get_profile("A").identifiers == [
        *as_listed(OTHER),
        binding.on_profile(NUMBER, NOW, verified=True, how="checked", contact_id="CALL"),
    ]
    (why,) = decisions("A")
    assert (why.decided, why.contact_id) == ("identifier_confirmed", "CALL")
    assert why.identifier == {"type": "phone", "scope": "", "value": NUMBER.value}


def test_it_confirms_what_any_record_of_the_person_was_met_beside(deps: Deps) -> None:
    ada, other = a_customer("A", merges=MERGES), a_customer("B", merges=MERGES)
    met("B", "CALL")
    confirmed(Record(ada, [other]), deps, CALLED)
    assert (owners(), noted()) == (["A"], {})


@pytest.mark.parametrize(
    ("evidence", "asked"),
    [
        (Evidence("phone", (Owner("B", verified=False),)), False),
        (Evidence("phone", (Owner("X", verified=False), Owner("A", verified=True))), False),
        # what was typed, or what somebody decided, is not where it came from
        (Evidence("phone", (Owner("A", verified=False),), typed=True), True),
        (Evidence(ATTRIBUTED, (Owner("A", verified=True),)), True),
        (Evidence("phone", (Owner("X", verified=False),)), True),
    ],
)
def test_what_is_known_to_be_theirs_is_not_looked_up(
    deps: Deps, spy: Spy, evidence: Evidence, *, asked: bool
) -> None:
    ada, other = a_customer("A", merges=MERGES), a_customer("B", merges=MERGES)
    spy.reset()
    assert confirmed(Record(ada, [other]), deps, evidence) == NOTHING
    assert spy.operations == (["Query"] if asked else [])


def test_what_nobody_was_met_beside_or_was_said_not_to_be_theirs_is_not_confirmed(deps: Deps) -> None:
    ada = a_customer("A")
    met("X", "CALL")
    assert confirmed(Record(ada), deps, CALLED) == NOTHING
    met("A", "CALL", rejected=True)
    assert confirmed(Record(ada), deps, CALLED) == NOTHING
    # nor is a number that was withheld
    assert confirmed(Record(ada), deps, CALLED, sender=THEIRS | {"value": "anonymous"}) == NOTHING
    assert (owners(), decisions("A")) == ([], [])


def test_a_customer_who_has_as_many_as_there_may_be_gets_no_more(deps: Deps) -> None:
    numbers = [Identifier("phone", "", f"+4477009{number:05d}", "") for number in range(40)]
    ada = CustomerHead(a_profile("A", [], identifiers=as_listed(*numbers)), store.no_facts("A"))
    ada.profile.save()
    met("A", "CALL")
    assert confirmed(Record(ada), deps, CALLED) == NOTHING
    ada.profile.identifiers = as_listed(*numbers[1:])
    assert confirmed(Record(ada), deps, CALLED).evidence is not None


def a_stored_husk(**changed: Any) -> None:
    head = a_husk()
    for name, value in changed.items():
        setattr(head.profile, name, value)
    head.profile.save()


def test_a_record_that_was_made_for_the_contact_gives_up_what_is_confirmed(deps: Deps) -> None:
    a_stored_husk()
    ada = a_customer("A", OTHER)
    met("A", "CALL")
    made = confirmed(Record(ada), deps, CALLED)
    assert made.evidence == Evidence("phone", (Owner("A", verified=True),))
    (owner,) = find_owners(NUMBER).owners
    assert (owner.customer_id, owner.verified) == ("A", True)
    assert store.get_profile("HUSK").identifiers == []
    assert [one["value"] for one in store.get_profile("A").identifiers] == [OTHER.value, NUMBER.value]


@pytest.mark.parametrize("husk", [{"name": "Bob"}, {"met_on": "OTHER"}])
def test_what_somebody_else_has_is_not_confirmed(deps: Deps, husk: dict[str, str]) -> None:
    a_stored_husk(**husk)
    ada = a_customer("A", OTHER)
    met("A", "CALL")
    assert confirmed(Record(ada), deps, CALLED) == NOTHING
    assert (owners(), noted()) == (["HUSK"], {"A": ["CALL"]})


def test_nor_is_what_two_have_or_was_shown_to_be_anothers(deps: Deps) -> None:
    a_stored_husk()
    ada = a_customer("A", OTHER)
    met("A", "CALL")
    a_customer("Z", NUMBER)
    assert confirmed(Record(ada), deps, CALLED) == NOTHING
    commit(binding.unbind(store.get_profile("Z"), end(deps)))
    commit([changes.verify_owner(NUMBER, "HUSK")])
    assert confirmed(Record(ada), deps, CALLED) == NOTHING
    assert owners() == ["HUSK"]
