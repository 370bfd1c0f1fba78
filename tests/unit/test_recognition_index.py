"""The index by what customers say of themselves: it follows the record, and finds whom what was said fits."""

from typing import Any

from chalicelib.models import keys, store
from chalicelib.models.items import KnownFacts
from chalicelib.services.deps import Deps
from chalicelib.services.identity.recognition import find_by_what_was_said, index_customer
from tests.conftest import Clock, Spy
from tests.unit.test_records import a_profile
from tests.unit.test_situation import AFTER, said

ADA = {"name": "Ada Lovelace", "date_of_birth": "1990-01-31", "postcode": "LS1 4AP"}
BY_BIRTHDAY = ("date_of_birth", "1990-01-31")
BY_ADDRESS = ("postcode", "LS14AP", "l")


def known(told: dict[str, str], customer_id: str = "A", name: str | None = None, **given: Any) -> None:
    """What is on a customer's record."""
    a_profile(customer_id, [], name=name).save()
    entries = {fact: [said(value, **given)] for fact, value in told.items()}
    KnownFacts(PK=keys.customer(customer_id), SK=keys.FACTS, entries=entries, version=1).save()


def under(*key: str) -> list[tuple[str, dict[str, str]]]:
    return [(one.customer_id, one.told) for one in store.list_said_by(keys.said(*key))]


def test_a_customer_is_found_under_what_they_say(deps: Deps, spy: Spy) -> None:
    # Given Ada's record, with more on it than tells people apart
    known(ADA | {"reason": "a parcel"})
    spy.reset()
    # When it is indexed
    assert index_customer(deps, "A") is True
    # Then she stands under her birthday and her address, with what tells her from others there
    assert spy.operations == ["BatchGetItem", "GetItem", "TransactWriteItems"]
    assert under(*BY_BIRTHDAY) == under(*BY_ADDRESS) == [("A", ADA)]
    # and indexing her again changes nothing
    spy.reset()
    assert index_customer(deps, "A") is False
    assert spy.operations == ["BatchGetItem", "GetItem"]


def test_the_index_follows_what_changes(deps: Deps) -> None:
    known(ADA)
    index_customer(deps, "A")
    # Given that she moved
    known(ADA | {"postcode": "YO1 7HH"})
    assert index_customer(deps, "A") is True
    # Then she is found at her new address only, and by her birthday with that
    moved = [("A", ADA | {"postcode": "YO1 7HH"})]
    assert under(*BY_ADDRESS) == []
    assert under("postcode", "YO17HH", "l") == under(*BY_BIRTHDAY) == moved
    # and back
    known(ADA)
    assert index_customer(deps, "A") is True
    assert (under(*BY_ADDRESS), under("postcode", "YO17HH", "l")) == ([("A", ADA)], [])


def test_the_name_on_the_record_counts_before_the_one_that_was_said(deps: Deps) -> None:
    known(ADA, name="Augusta King")
    index_customer(deps, "A")
    assert under("postcode", "LS14AP", "k") == [("A", ADA | {"name": "Augusta King"})]
    assert under(*BY_ADDRESS) == []


def test_what_is_not_true_any_more_is_not_found_by(deps: Deps, clock: Clock) -> None:
    known(ADA, expires_at=AFTER)
    assert index_customer(deps, "A") is True
    clock.forward(minutes=1)
    assert index_customer(deps, "A") is True
    assert under(*BY_BIRTHDAY) == under(*BY_ADDRESS) == []


def test_of_nobody_nothing_is_written(deps: Deps, spy: Spy) -> None:
    assert index_customer(deps, "A") is False
    assert spy.operations == ["BatchGetItem", "GetItem"]


def test_whom_what_was_said_fits_is_found(deps: Deps, spy: Spy) -> None:
    # Given Ada, her neighbour, who shares her initial, and somebody with her birthday
    known(ADA)
    known({"name": "Bob Lane", "date_of_birth": "1950-02-03", "postcode": "LS1 4AP"}, "B")
    known({"name": "Cy Miller", "date_of_birth": "1990-01-31", "postcode": "YO1 7HH"}, "C")
    for one in "ABC":
        index_customer(deps, one)
    # Then each is found by what is said of them, and nobody by half of it
    spy.reset()
    assert find_by_what_was_said(ADA) == ["A"]
    assert spy.operations == ["Query"] * 2
    assert find_by_what_was_said({"name": "Bob Lane", "postcode": "LS1 4AP"}) == ["B"]
    assert find_by_what_was_said({"name": "Cy Miller", "date_of_birth": "1990-01-31"}) == ["C"]
    assert find_by_what_was_said({"name": "Dan Moore", "date_of_birth": "1990-01-31"}) == []


def test_what_nobody_is_found_by_is_not_looked_for(deps: Deps, spy: Spy) -> None:
    known(ADA)
    index_customer(deps, "A")
    spy.reset()
    assert find_by_what_was_said({"name": "Ada Lovelace"}) == []
    assert spy.operations == []
