"""The load generator's own judgement: does it notice what is lost, doubled or miscounted?"""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from chalicelib.models.identifiers import normalise
from chalicelib.rules.masking import UNHEARD, mask
from infra.load.chats import difference, something_new
from infra.load.check import faults
from infra.load.ledger import Account
from infra.load.people import PEOPLE, Person
from infra.load.record import Record
from infra.load.report import failures

TRIED = "tried to pay, gave up, on a desktop"
ACCEPTED = Account({"C1"}, {"I1", "I2", "cut off"}, {"I1", "I2"}, {"T1"}, {"K1"}, {TRIED}, {"reason": {"a bill"}})
WHOLE = Record(
    customer_ids=["C1"],
    interactions=Counter(("I1", "I2")),
    ended=Counter(("T1", "of an earlier run")),
    facts={"reason": {"a bill", "an earlier one"}},
    cases=Counter(("K1",)),
    journeys=Counter((TRIED, "of which one batch failed")),
    counters={"live_contacts of C1": (0, 0)},
)


def test_a_whole_record_has_no_faults() -> None:
    """Given a record that holds what was accepted, once, when it is checked, then nothing is wrong."""
    assert faults(ACCEPTED, WHOLE) == []


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (replace(WHOLE, interactions=Counter(("I1",))), "interaction I2 is lost"),
        (replace(WHOLE, interactions=Counter(("I1", "I1", "I2"))), "interaction I1 is there 2 times"),
        (replace(WHOLE, interactions=Counter(("I1", "I2", "I3"))), "interaction I3 was never sent"),
        (replace(WHOLE, ended=Counter()), "ended contact T1 is lost"),
        (replace(WHOLE, ended=Counter(("T1", "T1"))), "ended contact T1 is there 2 times"),
        (replace(WHOLE, cases=Counter(("K1", "K1"))), "case K1 is there 2 times"),
        (replace(WHOLE, journeys=Counter()), f"journey {TRIED} is lost"),
        (replace(WHOLE, facts={"reason": {"an earlier one"}}), "1 values of reason are lost"),
        (replace(WHOLE, customer_ids=["C1", "C2"]), "one number has the customers ['C1', 'C2']"),
        (replace(WHOLE, customer_ids=[]), "one number has the customers []"),
        (replace(WHOLE, counters={"owners": (2, 1)}), "owners is 2, and 1 are there"),
    ],
)
def test_each_kind_of_fault_is_told(record: Record, fault: str) -> None:
    """Given a record with one thing wrong, when it is checked, then that is said, and nothing else."""
    (found,) = faults(ACCEPTED, record)
    assert found.startswith(fault)


def test_what_was_cut_off_may_be_there_or_not() -> None:
    """Given an interaction whose answer nobody heard, when it is there, then that is right as well."""
    assert faults(ACCEPTED, replace(WHOLE, interactions=Counter(("I1", "I2", "cut off")))) == []


def test_a_call_that_was_told_another_customer_is_a_fault() -> None:
    """Given a call that was told nobody, when the number has a customer, then that is a fault."""
    told = replace(ACCEPTED, customer_ids={"C1", "nobody"})
    assert len(faults(told, WHOLE)) == 1


def test_people_are_told_apart() -> None:
    """Given people of all numbers, then each has a telephone number of its own that the product takes."""
    everybody = [Person(number) for number in range(0, PEOPLE, 7)]
    assert len({person.phone for person in everybody}) == len(everybody)
    for person in everybody[::1000]:
        assert normalise("phone", person.phone, region="GB").value == person.phone


def test_what_is_said_in_chats_is_kept_as_it_is_said() -> None:
    """Given many messages, when they are read with nothing heard before, then none is masked, and each is new."""
    chance = Random(1)  # noqa: S311 - of a load
    said = [something_new(number % 60, chance) for number in range(20_000)]
    assert [text for text in said if mask(text, {UNHEARD}).text != text] == []
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (["a", "b"], "2 of 2"),
        (["a"], "1 of 2, and at 2 None for 'b'"),
        (["a", "a", "b"], "3 of 2, and at 2 'a' for 'b'"),
        (["a", "[card number]"], "2 of 2, and at 2 '[card number]' for 'b'"),
    ],
)
def test_what_differs_on_a_screen_is_told(seen: list[str], told: str) -> None:
    assert difference(seen, ["a", "b"]) == told


def test_to_be_told_to_come_again_is_no_failure() -> None:
    """Given a machine that is too slow for some, and breaks for one, then only that one is a failure."""
    slow = ["2 times: POST /contacts: answered with 503", "1 times: LAMBDA lookup: RuntimeError('unavailable')"]
    assert failures([*slow, "1 times: GET /contacts: answered with 500"]) == [
        "1 times: GET /contacts: answered with 500"
    ]
