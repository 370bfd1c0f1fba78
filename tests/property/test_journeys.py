"""However acts come, the journey is the same: in any order, again and again, in any batches."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.journey_window import MOST_ACTS, Window, of_stored, take_in
from chalicelib.rules.journey_words import sentence
from chalicelib.rules.journeys import GAP, Act, fold, join_near

TASKS = ["change_address", "pay_bill"]
START = 1_790_000_000_000
MINUTE = 60_000


def optional(**of: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=of)


acts = st.builds(
    lambda needed, more: needed | more,
    st.fixed_dictionaries(
        {
            "id": st.integers(0, 60).map(str),
            "at": st.integers(0, 200).map(lambda minute: START + minute * MINUTE),
            "type": st.sampled_from(["page", "step", "form", "form_error", "rage_click", "give_up", "complete"]),
            "channel": st.sampled_from(["portal", "mobile", "knowledge_base"]),
            "screen": st.sampled_from(["one", "two", "three"]),
            "device": st.sampled_from(["phone", "tablet", "desktop"]),
        }
    ),
    optional(
        task=st.sampled_from(TASKS),
        field=st.sampled_from(["postcode", "street"]),
        page=st.sampled_from(["/a", "/b"]),
        error=st.text(max_size=5),
        facts=st.lists(st.sampled_from(["postcode", "name"]), max_size=2),
    ),
) | st.builds(
    lambda n, minute, title, helped: {
        "id": f"read-{n}",
        "at": START + minute * MINUTE,
        "type": "article",
        "channel": "portal",
        "screen": "one",
        "device": "phone",
        "article": title,
        **({} if helped is None else {"helped": helped}),
    },
    st.integers(0, 20),
    st.integers(0, 200),
    st.sampled_from(["Moving", "Paying"]),
    st.none() | st.booleans(),
)
visits = st.lists(acts, min_size=1, max_size=60)


def batched(draw: st.DrawFn, told: list[Act]) -> list[list[Act]]:
    """The same acts shuffled, some of them again, cut into batches."""
    again = draw(st.lists(st.sampled_from(told), max_size=20))
    shuffled = draw(st.permutations([*told, *again]))
    size = draw(st.integers(1, len(shuffled)))
    return [list(shuffled[start : start + size]) for start in range(0, len(shuffled), size)]


@given(st.data(), visits)
def test_in_any_order_repetition_and_batching(data: st.DataObject, told: list[Act]) -> None:
    # Given what comes of all of it at once
    whole = fold(told)
    # When it comes otherwise, and what is remembered is stored between
    window, news = Window(), 0
    for batch in data.draw(st.composite(batched)(told)):
        taken = take_in(of_stored(window.stored()), batch)
        window, news = taken.window, news + len(taken.new)
        assert (len(taken.new) + taken.known + taken.late, taken.late) == (len(batch), 0)
    # Then it comes to the same, in the same words
    assert window.journeys == whole
    now = START + 300 * MINUTE
    assert [sentence(one, now) for one in window.journeys] == [sentence(one, now) for one in whole]
    assert news == len({act["id"] for act in told})


@given(visits)
def test_a_visit_has_one_task_and_no_gap(told: list[Act]) -> None:
    journeys = fold(told)
    assert journeys == sorted(journeys, key=lambda one: one.first)
    assert len({tuple(one.first) for one in journeys}) == len(journeys)
    for task in TASKS:
        visits = [one for one in journeys if one.task == task]
        for one, other in pairwise(visits):
            assert other.until - one.until >= GAP
    assert join_near(journeys) == journeys


@pytest.mark.parametrize(("times", "size"), [(1, 100), (2, 33), (3, 100)])
def test_a_visit_longer_than_is_remembered_stays_one(times: int, size: int) -> None:
    # Given somebody who never stops, act after act
    told = [
        {
            "id": f"{n:04}",
            "at": START + n * 1000,
            "type": "form_error",
            "channel": "portal",
            "screen": "one",
            "device": "phone",
            "task": "pay_bill",
            "field": "card",
        }
        for n in range(times * MOST_ACTS)
    ]
    window = Window()
    for start in range(0, len(told), size):
        window = take_in(window, told[start : start + size]).window
    # Then it is one journey of all of them, and what was settled is not counted again
    assert len(window.acts) == min(len(told), MOST_ACTS)
    again = take_in(window, told)
    assert (again.new, again.late) == ([], len(told) - MOST_ACTS)
    for journeys in (window.journeys, again.journeys):
        assert [one.failed for one in journeys] == [{"card": [len(told), told[-1]["at"], ""]}]
        assert journeys[0].first == [START, "0000"]
