"""Which relations hold, how a side keeps its own, and that the two sides never disagree."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules import relations
from chalicelib.rules.relations import OPPOSITES, SPEAKING, Entry


def at(hour: int) -> str:
    return f"2026-11-22T{hour:02}:00:00.000000Z"


def an_entry(
    customer_id: str = "bob", relation: str = "household", *, until: int | None = None, note: str | None = None
) -> Entry:
    return {
        "customer_id": customer_id,
        "relation": relation,
        "name": customer_id.title(),
        "may_be_told": ["cases"] if relation in SPEAKING else [],
        "until": None if until is None else at(until),
        "note": note,
        "since": at(0),
        "by": {"role": "agent", "subject": "agent-1"},
    }


ENTRIES = st.builds(
    an_entry,
    st.sampled_from(["bob", "eve", "joe"]),
    st.sampled_from(sorted(OPPOSITES)),
    until=st.none() | st.integers(1, 9),
    note=st.sampled_from([None, "a", "b"]),
)
HOURS = st.integers(0, 10).map(at)


def test_what_the_one_is_to_the_other() -> None:
    assert OPPOSITES == {
        "household": "household",
        "member_of": "has_member",
        "has_member": "member_of",
        "speaks_for": "spoken_for_by",
        "spoken_for_by": "speaks_for",
    }
    assert {"speaks_for", "spoken_for_by"} == SPEAKING
    assert relations.MOST == 20


def test_the_other_side_keeps_the_same_but_for_whom_it_names() -> None:
    entry = an_entry("bob", "speaks_for", until=3, note="Letter")
    mirrored = relations.opposite(entry, "ada", "Ada")
    assert mirrored == {**entry, "customer_id": "ada", "name": "Ada", "relation": "spoken_for_by"}
    assert relations.opposite(mirrored, "bob", "Bob") == entry


def test_it_holds_until_the_moment_that_was_said() -> None:
    forever, until_three = an_entry(), an_entry(until=3)
    assert relations.in_force([until_three, forever], at(2)) == [until_three, forever]
    assert relations.in_force([until_three, forever], at(3)) == [forever]


def test_of_two_records_of_one_person_the_first_that_holds_is_shown() -> None:
    first, second = an_entry(until=3, note="first"), an_entry(note="second")
    assert relations.shown([first, second], at(2)) == [first]
    assert relations.shown([first, second], at(3)) == [second]
    others = [an_entry("eve"), an_entry("bob", "member_of")]
    assert relations.shown([first, *others, second], at(2)) == [first, *others]


def test_it_is_found_by_its_kind_and_any_record_of_the_other() -> None:
    gone, bob, eve = an_entry("joe", until=1), an_entry("bob"), an_entry("eve", "member_of")
    entries = [gone, bob, eve]
    assert relations.find(entries, "household", ("joe", "bob"), at(2)) == bob
    assert relations.find(entries, "household", ("joe", "eve"), at(2)) is None
    assert relations.find(entries, "household", ("joe", "eve"), at(0)) == gone
    assert relations.find(entries, "member_of", ["eve"], at(2)) == eve


def test_what_is_said_anew_takes_the_place_of_what_was() -> None:
    gone, bob, eve = an_entry("joe", until=1), an_entry("bob"), an_entry("eve")
    anew, other_kind = an_entry("bob", note="Moved in"), an_entry("bob", "speaks_for")
    assert relations.put([gone, bob, eve], anew, at(2)) == [anew, eve]
    assert relations.put([bob, eve], other_kind, at(2)) == [bob, eve, other_kind]


def test_what_ended_is_taken_out_alone() -> None:
    gone, bob, speaks, eve = an_entry("joe", until=1), an_entry(), an_entry("bob", "speaks_for"), an_entry("eve")
    assert relations.without([gone, bob, speaks, eve], [an_entry(note="other")], at(2)) == [speaks, eve]


@given(said=st.lists(ENTRIES, max_size=12), ended=st.lists(ENTRIES, max_size=3), now=HOURS)
def test_both_sides_agree_whatever_is_said_and_ended(said: list[Entry], ended: list[Entry], now: str) -> None:
    # Given Ada's side, and the sides of the others, each told the same
    own: list[Entry] = []
    theirs: dict[str, list[Entry]] = {"bob": [], "eve": [], "joe": []}
    for entry in said:
        own = relations.put(own, entry, at(0))
        other = theirs[entry["customer_id"]]
        theirs[entry["customer_id"]] = relations.put(other, relations.opposite(entry, "ada", "Ada"), at(0))
    own = relations.without(own, ended, at(0))
    for name, entries in theirs.items():
        of_them = [relations.opposite(one, "ada", "Ada") for one in ended if one["customer_id"] == name]
        theirs[name] = relations.without(entries, of_them, at(0))
    # Then at any time they tell the same, each relation once
    seen_from_there = [
        relations.opposite(entry, name, name.title())
        for name, entries in theirs.items()
        for entry in relations.shown(entries, now)
    ]
    seen = relations.shown(own, now)
    assert sorted(seen, key=repr) == sorted(seen_from_there, key=repr)
    assert len({(one["customer_id"], one["relation"]) for one in seen}) == len(seen)
