"""What was said names who it is: whoever the index finds, if the record itself agrees."""

from typing import Any

import pytest

from chalicelib.models import keys
from chalicelib.models.items import Contact, KnownFacts
from chalicelib.rules.matching import NOBODY, Assurance, Decision
from chalicelib.services.customers import records
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from chalicelib.services.identity.recognising import recognise
from chalicelib.services.identity.recognition import index_customer
from tests.conftest import Spy
from tests.unit.test_records import a_profile
from tests.unit.test_situation import AFTER, AT, BEFORE, a_contact, said

ADA = {"name": "Ada Lovelace", "date_of_birth": "1990-01-31", "postcode": "LS1 4AP"}
BY_NUMBER: dict[str, object] = {"identifier": "phone", "verified": True}


def known(deps: Deps, customer_id: str, told: dict[str, str], **given: Any) -> None:
    """A customer of whom this is known, and by which they are found again."""
    a_profile(customer_id, []).save()
    entries = {name: [said(value, "ANOTHER", **given)] for name, value in told.items()}
    KnownFacts(PK=keys.customer(customer_id), SK=keys.FACTS, entries=entries, version=1).save()
    index_customer(deps, customer_id)


def heard(told: dict[str, str], decision: Decision = NOBODY, contact: Contact | None = None) -> Situation:
    """Where things stand before it is asked who says so."""
    situation = Situation(decision, [], {name: said(value) for name, value in told.items()}, contact=contact)
    if decision.customer_id:
        situation.record = records.read_head(decision.customer_id)
    return situation


def reasons(*facts: tuple[str, bool]) -> list[dict[str, object]]:
    return [{"fact": fact, "verified": verified} for fact, verified in facts]


@pytest.mark.parametrize("verified", [False, True])
def test_who_is_named_by_what_was_said_and_by_what_of_it(deps: Deps, *, verified: bool) -> None:
    # Given Ada, on whose record all is verified or nothing is
    known(deps, "A", ADA, verified=verified)
    now = heard({"date_of_birth": "1990-01-31", "postcode": "LS1 4AP", "reason": "a parcel"})
    # When somebody says so much of themselves
    recognise(now, None, AT)
    # Then it is she, as sure as words are, by what was said of what tells people apart
    by = reasons(("date_of_birth", verified), ("postcode", verified))
    assert now.decision == Decision("one", "A", (), 0.8, Assurance.CLAIMED, by)
    assert now.record is not None
    assert now.record.customer_id == "A"
    assert (now.recognised, now.doubted, now.candidates) == (True, False, [])


def test_what_was_said_but_is_not_known_is_not_verified(deps: Deps) -> None:
    known(deps, "A", {"date_of_birth": "1990-01-31", "name": "Ada Lovelace"}, verified=True)
    now = heard(ADA)
    recognise(now, None, AT)
    assert now.decision.reasons == reasons(("date_of_birth", True), ("name", True), ("postcode", False))


def test_whom_the_number_named_instead_is_told_as_a_conflict(deps: Deps) -> None:
    # Given Bob, whose number it is and of whom nothing that was said is known, and who may be somebody else
    known(deps, "A", ADA)
    known(deps, "B", {"reason": "a parcel"})
    number = Decision("one", "B", (), 0.95, Assurance.CLAIMED, [BY_NUMBER, {"signed_in": True}])
    now = heard(ADA, number)
    now.doubted = True
    now.candidates = [(a_profile("B", []), KnownFacts(PK="C#B", SK=keys.FACTS, entries={}, version=1))]
    # When what was said is Ada's
    recognise(now, a_contact(), AT)
    # Then it is she, the number speaks against it, and nobody else is asked about
    assert now.decision.customer_id == "A"
    assert now.decision.reasons[3:] == [{"identifier": "phone", "verified": False, "conflicts": True}]
    assert (now.recognised, now.doubted, now.candidates) == (True, False, [])


def test_two_who_fit_may_be_either(deps: Deps) -> None:
    known(deps, "A", ADA)
    known(deps, "B", ADA)
    known(deps, "N", {"reason": "a parcel"})
    now = heard(ADA, Decision("one", "N", (), 0.95, Assurance.CORROBORATED, [BY_NUMBER]))
    recognise(now, None, AT)
    assert now.decision == Decision("many", None, ("A", "B"), 0.5, Assurance.CLAIMED, [BY_NUMBER])
    assert [(profile.customer_id, facts.PK) for profile, facts in now.candidates] == [("A", "C#A"), ("B", "C#B")]
    assert (now.record, now.recognised) == (None, False)
    # and of three it is less likely to be either, as a figure of two digits
    known(deps, "C", ADA)
    now = heard(ADA)
    recognise(now, None, AT)
    assert now.decision.confidence == 0.33


def test_who_was_said_not_to_be_here_is_not_found_again(deps: Deps) -> None:
    known(deps, "A", ADA)
    contact = a_contact(rejected=["A"])
    now = heard(ADA, contact=contact)
    recognise(now, contact, AT)
    assert now.decision == NOBODY
    # while somebody who fits as well is
    known(deps, "B", ADA)
    recognise(now, contact, AT)
    assert now.decision.customer_id == "B"


def test_what_the_record_does_not_hold_any_more_names_nobody(deps: Deps) -> None:
    # Given Ada as she is found by the index, of whom all that is known is soon forgotten
    known(deps, "A", ADA, expires_at=AFTER)
    told = {name: ADA[name] for name in ("date_of_birth", "postcode")}
    now = heard(told)
    recognise(now, None, AFTER)
    assert now.decision == NOBODY
    recognise(now, None, AT)
    assert now.decision.customer_id == "A"
    # and what this very contact said is not known from elsewhere
    now = heard(told, contact=a_contact(contact_id="ANOTHER"))
    recognise(now, now.contact, BEFORE)
    assert now.decision == NOBODY


@pytest.mark.parametrize(
    "told", [ADA | {"name": "Ada Lovelock"}, ADA | {"name": "Bob", "date_of_birth": "1950-02-03"}]
)
def test_whom_the_number_names_is_asked_no_further_where_anything_agrees(
    deps: Deps, spy: Spy, told: dict[str, str]
) -> None:
    # Given Ada, whose number it is, and of whom something that was said is known, or nearly
    known(deps, "A", {"postcode": "LS1 4AP"})
    known(deps, "B", told)
    now = heard(told, Decision("one", "A", (), 0.95, Assurance.CLAIMED, [BY_NUMBER]))
    spy.reset()
    # Then she it is, and nobody is looked for
    recognise(now, None, AT)
    assert (now.decision.customer_id, spy.operations) == ("A", [])


def test_what_agrees_must_be_known_from_elsewhere_and_still_count(deps: Deps) -> None:
    # Given Bob, of whom nothing is known but what this contact said, or what has expired, and Ada whom it fits
    known(deps, "A", ADA)
    number = Decision("one", "B", (), 0.95, Assurance.CLAIMED, [BY_NUMBER])
    for contact, expires_at in ((a_contact(contact_id="ANOTHER"), None), (a_contact(), AT)):
        known(deps, "B", {"postcode": ADA["postcode"]}, expires_at=expires_at)
        KnownFacts(
            PK=keys.customer("A"),
            SK=keys.FACTS,
            entries={name: [said(value, "OLD")] for name, value in ADA.items()},
            version=1,
        ).save()
        now = heard(ADA, number, contact)
        # Then it is Ada
        recognise(now, contact, AT)
        assert now.decision.customer_id == "A"


def test_too_little_is_not_looked_for(deps: Deps, spy: Spy) -> None:
    known(deps, "A", ADA)
    spy.reset()
    recognise(heard({"name": "Ada Lovelace", "reason": "a parcel"}), None, AT)
    assert spy.operations == []


def test_one_person_on_two_records_is_one(deps: Deps) -> None:
    edges = [{"merge_id": "M", "kept": "A", "joined": "B", "at": AT}]
    for customer_id in "AB":
        known(deps, customer_id, ADA)
        a_profile(customer_id, edges).save()
    now = heard(ADA)
    recognise(now, None, AT)
    assert (now.decision.result, now.decision.customer_id) == ("one", "A")
    assert now.decision.reasons == reasons(("date_of_birth", False), ("name", False), ("postcode", False))
