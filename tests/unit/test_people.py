"""Whom evidence names: several records may be one person's, and some were said not to be meant."""

from typing import Any

from chalicelib.rules.matching import Evidence, Owner
from chalicelib.services.deps import Deps
from chalicelib.services.identity import people
from tests.conftest import Spy
from tests.unit.test_records import a_head

A, B, C = (Owner(name, verified=False) for name in "ABC")


def phone(*owners: Owner, **given: Any) -> Evidence:
    return Evidence("phone", owners, **given)


def test_whom_it_was_said_not_to_be_is_left_out() -> None:
    left = people.without(phone(A, B, candidates=("C", "D"), more=2), ["B", "C"])
    assert left == phone(A, candidates=("D",), more=2)
    assert people.without(phone(A), []) == phone(A)


def test_each_person_is_named_once_by_the_surviving_record() -> None:
    # Given that A and B are one person's records, and C is not known to be anybody's
    named = {"A": a_head("A"), "B": a_head("A")}
    assert people.as_persons(phone(B, C, A), named) == phone(A, C)
    # who is verified on any of the records is verified
    sure = Owner("B", verified=True)
    both = (Owner("A", verified=True),)
    assert people.as_persons(phone(A, sure), named).owners == both
    assert people.as_persons(phone(sure, A), named).owners == both
    assert people.as_persons(phone(candidates=("B", "C", "A"), shared=True), named) == phone(
        candidates=("A", "C"), shared=True
    )


def test_what_is_new_goes_to_the_record_that_the_strongest_evidence_names() -> None:
    named = {name: a_head("A") for name in "AB"}
    account = Evidence("account", (B,))
    assert people.home_of("A", [phone(A), account], named) == "B"
    assert people.home_of("A", [phone(A), phone(B)], named) == "A"
    # of evidence that names others too, the owner who is this person
    assert people.home_of("A", [phone(C, B), phone(A)], named) == "B"
    # where nothing names the person, to the person's own
    assert people.home_of("A", [phone(C)], named) == "A"
    assert people.home_of("A", [], {}) == "A"


def read(evidence: list[Evidence]) -> dict[str, str]:
    return {asked: head.customer_id for asked, head in people.read_people(evidence).items()}


def test_people_are_read_where_evidence_names_several_or_leaves_it_open(deps: Deps, spy: Spy) -> None:
    assert deps
    for head in (a_head("A"), a_head("B"), a_head("C", [])):
        head.profile.save()
    spy.reset()
    # nobody, or one who is named beyond doubt: there is nothing to read yet
    for evidence in ([], [phone()], [phone(A)], [phone(A), Evidence("account", (A,))]):
        assert read(evidence) == {}
    assert spy.operations == []
    # two are read, and one of whom others may be meant
    assert read([phone(B), Evidence("account", (C,))]) == {"B": "A", "C": "C"}
    assert read([phone(A, B)]) == {"A": "A", "B": "A"}
    assert read([phone(C, more=1)]) == read([phone(C, shared=True)]) == {"C": "C"}
    # candidates are read only where nobody owns what was presented
    assert read([phone(candidates=("C", "A"))]) == {"C": "C", "A": "A"}
    assert read([phone(C, candidates=("A",))]) == {}
