"""Who belongs together, and who stands for all: it follows from the merges, in the order they were made."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.grouping import edges_within, members_of, merged_since, root_of, version_of


def edge(kept: str, joined: str, at: str = "2026-11-22T09:00:00.000000Z") -> dict[str, Any]:
    return {"merge_id": kept + joined, "kept": kept, "joined": joined, "at": at}


@pytest.mark.parametrize(
    ("edges", "members"),
    [
        ([], "A"),
        # the one that was kept comes first, whichever is asked for
        ([edge("A", "B")], "AB"),
        ([edge("B", "A")], "BA"),
        # one after the other into the same, and one into another that is then joined
        ([edge("A", "B"), edge("A", "C")], "ABC"),
        ([edge("A", "B"), edge("C", "A")], "CAB"),
        ([edge("B", "A"), edge("C", "B"), edge("C", "D")], "CBAD"),
        # two groups become one, all of the kept one first, by whichever of its records it is named
        ([edge("A", "B"), edge("C", "D"), edge("A", "C")], "ABCD"),
        ([edge("A", "B"), edge("C", "D"), edge("B", "D")], "ABCD"),
        # merged once more, it is no more than it was
        ([edge("A", "B"), edge("A", "B")], "AB"),
        ([edge("A", "B"), edge("B", "A")], "AB"),
        # others' merges are none of theirs
        ([edge("C", "D"), edge("A", "B")], "AB"),
        ([edge("C", "D")], "A"),
    ],
)
def test_who_belongs_together(edges: list[dict[str, Any]], members: str) -> None:
    assert members_of("A", edges) == tuple(members)
    assert {members_of(one, edges) for one in members} == {tuple(members)}
    assert {root_of(one, edges) for one in members} == {members[0]}


PEOPLE = st.sampled_from("ABCDEF")
MERGES = st.lists(st.builds(edge, PEOPLE, PEOPLE))


@given(MERGES)
def test_everybody_is_in_one_group_once(edges: list[dict[str, Any]]) -> None:
    for one in "ABCDEF":
        members = members_of(one, edges)
        assert one in members
        assert len(members) == len(set(members))
        assert {members_of(other, edges) for other in members} == {members}


def test_taking_a_merge_away_leaves_what_there_would_be_without_it() -> None:
    first, second = edge("A", "B"), edge("A", "C")
    assert members_of("A", [second]) == ("A", "C")
    assert members_of("B", [second]) == ("B",)
    # and a group falls apart where what held it together goes
    assert members_of("C", [first]) == ("C",)


def test_the_merges_of_these_records() -> None:
    mine, others = edge("A", "B"), edge("C", "D")
    assert edges_within(("A", "B"), [mine, others]) == [mine]
    assert edges_within(("A", "B", "C", "D"), [mine, others]) == [mine, others]
    assert edges_within(("B",), [mine, others]) == []


def test_when_the_group_last_grew() -> None:
    assert merged_since([edge("A", "B", "2026-11-22"), edge("A", "C", "2026-11-23")]) == "2026-11-23"
    assert merged_since([edge("A", "B", "2026-11-23"), edge("A", "C", "2026-11-22")]) == "2026-11-23"
    # before every moment where it never did
    assert merged_since([]) == ""


def test_the_version_of_a_group_grows_by_one_with_each_change_of_any_record() -> None:
    assert version_of([5], 5) == 5
    assert version_of([7, 7, 7], 7) == 7
    assert version_of([8, 7, 9], 7) == 10
