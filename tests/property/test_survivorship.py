"""What counts and what is remembered of a fact does not depend on the order in which values came."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.models import keys
from chalicelib.rules import survivorship
from chalicelib.rules.survivorship import KEPT, TELLERS, Entries, Entry

BEGAN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ANY_TIME = keys.instant(BEGAN + timedelta(hours=7))


def at(hour: int) -> str:
    return keys.instant(BEGAN + timedelta(hours=hour))


def an_entry(
    value: str = "a",
    hour: int = 0,
    *,
    verified: bool = False,
    source: str = "ivr",
    contact: str | None = "K1",
    lifetime: int | None = None,
) -> Entry:
    return {
        "value": value,
        "received": value,
        "source": source,
        "collected_at": at(hour),
        "verified": verified,
        "contact_id": contact,
        "expires_at": None if lifetime is None else at(hour + lifetime),
    }


def entries_living(lifetime: int | None) -> st.SearchStrategy[list[Entry]]:
    """Values of one fact, close enough in time and alike enough to meet."""
    entry = st.builds(
        an_entry,
        st.sampled_from("abcdef"),
        st.integers(0, 9),
        verified=st.booleans(),
        source=st.sampled_from(["ivr", "portal"]),
        contact=st.sampled_from([None, "K1", "K2"]),
        lifetime=st.just(lifetime),
    )
    return st.lists(entry, max_size=12)


SAID = st.one_of(entries_living(None), entries_living(3))


def remembered(said: list[Entry]) -> list[Entry]:
    """What is kept after each was said, one after the other."""
    known: Entries = {}
    for entry in said:
        known = survivorship.remember(known, {"product": entry})
    return known.get("product", [])


def shown(kept: list[Entry]) -> list[Entry]:
    """The best entry of each value, and what is shown once the best has expired."""
    values = [entry["value"] for entry in kept]
    counts = [survivorship.current({"product": kept}, at(hour)).get("product") for hour in range(15)]
    return [entry for n, entry in enumerate(kept) if entry["value"] not in values[:n] or entry in counts]


def counting(said: list[Entry], now: str) -> Entry | None:
    return survivorship.current({"product": remembered(said)}, now).get("product")


@given(said=SAID, data=st.data())
def test_neither_order_nor_repetition_matters(said: list[Entry], data: st.DataObject) -> None:
    again = said + data.draw(st.lists(st.sampled_from(said), max_size=4) if said else st.just([]))
    assert shown(remembered(data.draw(st.permutations(again)))) == shown(remembered(said))


@given(said=SAID, hour=st.integers(0, 14))
def test_what_counts_is_the_best_of_all_that_has_not_expired(said: list[Entry], hour: int) -> None:
    # Given everything that was ever said, with nothing forgotten
    living = [entry for entry in said if entry["expires_at"] is None or entry["expires_at"] > at(hour)]
    best = max(((entry["verified"], entry["collected_at"]) for entry in living), default=None)
    # Then what counts at any time is of the best: verified before not, newer before older
    counts = counting(said, at(hour))
    assert (counts and (counts["verified"], counts["collected_at"])) == best
    assert counts is None or counts in living


@given(said=SAID)
def test_what_is_kept_was_said_is_ranked_and_capped(said: list[Entry]) -> None:
    kept = remembered(said)
    assert all(entry in said for entry in kept)
    ranks = [(entry["verified"], entry["collected_at"]) for entry in kept]
    assert ranks == sorted(ranks, reverse=True)
    # the best of each value, by few contacts, and at most one more: what will count once the verified expired
    assert len({entry["value"] for entry in kept}) >= min(KEPT, len({entry["value"] for entry in said}))
    assert len(kept) <= KEPT * TELLERS + 1
    assert len(shown(kept)) <= KEPT + 1
    assert all(one != other for one, other in pairwise(kept))


@given(said=entries_living(None))
def test_what_does_not_expire_is_kept_once_for_each_value_and_contact(said: list[Entry]) -> None:
    kept = remembered(said)
    assert len({(entry["value"], entry["contact_id"]) for entry in kept}) == len(kept)
    assert len({entry["value"] for entry in kept}) <= KEPT


@given(said=SAID, hour=st.integers(0, 14))
def test_what_does_not_count_is_what_was_before(said: list[Entry], hour: int) -> None:
    kept = {"product": remembered(said)}
    counts = survivorship.current(kept, at(hour)).get("product")
    before = survivorship.earlier(kept, "product", at(hour))
    values = [entry["value"] for entry in before]
    assert sorted([*values, *([counts["value"]] if counts else [])]) == sorted(
        {e["value"] for e in kept["product"]}
    )


@given(said=SAID)
def test_a_contact_that_is_taken_away_takes_what_it_said(said: list[Entry]) -> None:
    left = survivorship.forget_contact({"product": remembered(said)}, "K1")
    assert left.get("product", []) == [entry for entry in remembered(said) if entry["contact_id"] != "K1"]
    assert [] not in left.values()


def test_verified_beats_unverified_and_newer_beats_older() -> None:
    old, new = an_entry("old", 1), an_entry("new", 2)
    assert counting([new, old], ANY_TIME) == new
    sure = an_entry("sure", 0, verified=True)
    assert remembered([old, sure, new]) == [sure, new, old]


def test_the_same_value_said_anew_is_as_new_as_that_but_stays_verified() -> None:
    assert remembered([an_entry("a", 1), an_entry("a", 2)]) == [an_entry("a", 2)]
    sure = an_entry("a", 1, verified=True)
    assert remembered([sure, an_entry("a", 2)]) == [sure]


def test_of_values_said_at_once_it_does_not_matter_which_came_first() -> None:
    one, two = an_entry("a", source="ivr"), an_entry("a", source="portal")
    assert remembered([one, two]) == remembered([two, one])


def test_a_verified_value_that_expires_gives_way_to_what_was_said_since() -> None:
    sure = [an_entry(value, hour, verified=True, lifetime=3) for hour, value in enumerate("abcd")]
    said = an_entry("d", 5, lifetime=3)
    assert counting([*sure, said], at(5)) == sure[-1]
    assert counting([*sure, said], at(6)) == said
    assert counting([*sure, said], at(8)) is None


def test_only_the_facts_that_were_said_change() -> None:
    known = {"name": [an_entry("Ada")], "product": [an_entry("a")]}
    after = survivorship.remember(known, {"product": an_entry("b", 1)})
    assert after == {"name": [an_entry("Ada")], "product": [an_entry("b", 1), an_entry("a")]}
    assert known["product"] == [an_entry("a")]
