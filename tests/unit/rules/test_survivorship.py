"""Which value of a fact counts and which are remembered, by example; tests/property holds it in general."""

from itertools import permutations

import pytest

from chalicelib.rules import survivorship
from chalicelib.rules.survivorship import Entries, Entry


def at(hour: int) -> str:
    return f"2026-11-22T{hour:02}:00:00.000000Z"


def an_entry(
    value: str,
    hour: int = 0,
    *,
    verified: bool = False,
    source: str = "ivr",
    contact: str | None = "K1",
    until: int | None = None,
) -> Entry:
    return {
        "value": value,
        "source": source,
        "collected_at": at(hour),
        "verified": verified,
        "contact_id": contact,
        "expires_at": None if until is None else at(until),
    }


def remembered(*said: Entry) -> list[Entry]:
    """What is kept after each was said, one after the other."""
    known: Entries = {}
    for entry in said:
        known = survivorship.remember(known, {"product": entry})
    return known["product"]


@pytest.mark.parametrize(("until", "is_current"), [(None, True), (8, False), (9, False), (10, True)])
def test_an_entry_is_current_until_it_expires(until: int | None, is_current: bool) -> None:  # noqa: FBT001
    assert survivorship.is_current(an_entry("a", until=until), at(9)) is is_current


def test_the_first_that_has_not_expired_counts() -> None:
    best, next_best, expired = an_entry("a", until=5), an_entry("b", until=9), an_entry("c", until=1)
    entries = {"product": [best, next_best], "reason": [expired], "name": []}
    assert survivorship.current(entries, at(3)) == {"product": best}
    assert survivorship.current(entries, at(5)) == {"product": next_best}
    assert survivorship.current(entries, at(9)) == {}


def test_what_does_not_count_was_before() -> None:
    best, next_best, other = an_entry("a", until=5), an_entry("b", until=9), an_entry("c")
    entries = {"product": [best, next_best], "name": [other]}
    assert survivorship.earlier(entries, "product", at(3)) == [next_best]
    assert survivorship.earlier(entries, "product", at(5)) == [best]
    assert survivorship.earlier(entries, "product", at(9)) == [best, next_best]
    assert survivorship.earlier(entries, "name", at(3)) == []
    assert survivorship.earlier(entries, "reason", at(3)) == []


def test_verified_beats_unverified_and_newer_beats_older() -> None:
    sure, old, new = an_entry("sure", 0, verified=True), an_entry("old", 1), an_entry("new", 2)
    for order in permutations([sure, old, new]):
        assert remembered(*order) == [sure, new, old]


def test_of_the_same_time_what_lives_longer_is_better() -> None:
    short, long, forever = an_entry("z", until=5), an_entry("m", until=6), an_entry("a")
    for order in permutations([short, long, forever]):
        assert remembered(*order) == [forever, long, short]


def test_a_tie_is_broken_by_the_text_of_the_entry() -> None:
    ivr, portal = an_entry("a", source="ivr"), an_entry("a", source="portal")
    assert remembered(ivr, portal) == remembered(portal, ivr) == [portal]


def test_the_text_of_an_entry_does_not_depend_on_how_it_was_written_down() -> None:
    # Given the same two entries, one of them with its keys in another order
    ivr, portal = an_entry("b", source="ivr"), dict(reversed(an_entry("a", source="portal").items()))
    # Then the same one is best
    assert [entry["value"] for entry in remembered(ivr, portal)] == ["a", "b"]
    assert [entry["value"] for entry in remembered(portal, ivr)] == ["a", "b"]


def test_texts_are_compared_as_text_even_where_one_has_no_contact() -> None:
    without, with_one = an_entry("a", contact=None), an_entry("a", contact="K1")
    # the order is that of the texts, whichever came first; each contact that said it is remembered
    assert remembered(without, with_one) == remembered(with_one, without)
    assert {entry["contact_id"] for entry in remembered(without, with_one)} == {None, "K1"}


def test_the_same_value_said_anew_is_as_new_as_that_but_stays_verified() -> None:
    assert remembered(an_entry("a", 1), an_entry("a", 2)) == [an_entry("a", 2)]
    sure = an_entry("a", 1, verified=True)
    assert remembered(sure, an_entry("a", 2)) == [sure]


def test_the_same_entry_twice_is_one() -> None:
    assert remembered(an_entry("a"), an_entry("a"), an_entry("b"), an_entry("a")) == [an_entry("b"), an_entry("a")]


def test_four_values_are_kept() -> None:
    said = [an_entry(value, hour) for hour, value in enumerate("abcdef")]
    assert remembered(*said) == said[:1:-1]
    assert survivorship.KEPT == 4


def test_four_who_said_the_same_are_remembered() -> None:
    said = [an_entry("a", hour, contact=f"K{hour}") for hour in range(6)]
    assert remembered(*said) == said[:1:-1]
    # and each contact once, with what it said last
    assert remembered(*said[:2], an_entry("a", 8, contact="K1")) == [an_entry("a", 8, contact="K1"), said[0]]


def test_a_verified_value_that_expires_gives_way_to_what_was_said_since() -> None:
    sure = [an_entry(value, hour, verified=True, until=hour + 3) for hour, value in enumerate("abcd")]
    said = an_entry("d", 5, until=8)
    kept = remembered(*sure, said)
    assert kept == [*reversed(sure), said]
    assert survivorship.current({"product": kept}, at(6)) == {"product": said}


def test_what_does_not_outlive_the_better_ones_is_crowded_out() -> None:
    sure = [an_entry(value, hour, verified=True, until=9) for hour, value in enumerate("abcd")]
    assert remembered(*sure, an_entry("e", 5, until=9)) == sure[::-1]
    assert remembered(*sure, an_entry("e", 5, until=10)) == [*sure[::-1], an_entry("e", 5, until=10)]
    # nothing outlives what never expires
    forever = [an_entry(value, hour, verified=True) for hour, value in enumerate("abcd")]
    assert remembered(*forever, an_entry("e", 5)) == forever[::-1]


def test_only_the_facts_that_were_said_change() -> None:
    known = {"name": [an_entry("Ada")], "product": [an_entry("a")]}
    after = survivorship.remember(known, {"product": an_entry("b", 1), "reason": an_entry("c")})
    assert after == {
        "name": [an_entry("Ada")],
        "product": [an_entry("b", 1), an_entry("a")],
        "reason": [an_entry("c")],
    }
    assert known == {"name": [an_entry("Ada")], "product": [an_entry("a")]}


def test_merged_is_as_if_remembered_one_by_one() -> None:
    one = {"name": [an_entry("Ada")], "product": [an_entry("c", 3), an_entry("a", 1)]}
    two = {"product": [an_entry("d", 4), an_entry("b", 2)], "reason": [an_entry("x")]}
    merged = {
        "name": [an_entry("Ada")],
        "product": [an_entry("d", 4), an_entry("c", 3), an_entry("b", 2), an_entry("a", 1)],
        "reason": [an_entry("x")],
    }
    assert survivorship.merge(one, two) == survivorship.merge(two, one) == merged
    assert survivorship.merge(one, {}) == one
    assert survivorship.merge({}, one) == one


def test_a_contact_that_is_taken_away_takes_what_it_said() -> None:
    stays, goes, nobodys = an_entry("a", contact="K1"), an_entry("b", contact="K2"), an_entry("c", contact=None)
    entries = {"product": [goes, stays, nobodys], "reason": [goes]}
    assert survivorship.forget_contact(entries, "K2") == {"product": [stays, nobodys]}
    assert survivorship.forget_contact(entries, "") == entries
