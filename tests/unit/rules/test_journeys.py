"""Acts folded into journeys."""

import json
from typing import Any

import pytest

from chalicelib.rules.journeys import GAP, Act, Journey, distinct, fold, join, join_near, order, slim, stored

MINUTE = 60_000
T = 1_790_000_000_000


def act(id_: str, minute: float, type_: str = "step", **more: Any) -> Act:
    base = {"id": id_, "at": T + int(minute * MINUTE), "type": type_, "channel": "portal", "screen": "s1"}
    return base | {"device": "phone"} | more


def of_task(id_: str, minute: float, type_: str = "step", task: str = "pay", **more: Any) -> Act:
    return act(id_, minute, type_, task=task, **more)


def at(minute: float) -> int:
    return T + int(minute * MINUTE)


def spans(journeys: list[Journey]) -> list[tuple[str | None, str, float]]:
    """Of each the task, its first act, and the minute of the last."""
    return [(one.task, one.first[1], (one.last - T) / MINUTE) for one in journeys]


def test_half_an_hour_is_thirty_minutes() -> None:
    assert GAP == 30 * MINUTE


def test_what_one_act_is() -> None:
    told = of_task("a", 1, "form_error", step="s", field="f", error="no", page="/p", facts=["name", "phone"])
    (one,) = fold([told])
    assert one == Journey(
        first=[at(1), "a"],
        last=at(1),
        since=at(1),
        until=at(1),
        channel=[at(1), "portal"],
        task="pay",
        tried=at(1),
        failed={"f": [1, at(1), "no"]},
        pages={"/p": [at(1)]},
        screens={"s1": [at(1), "phone"]},
        facts={"name": [at(1)], "phone": [at(1)]},
    )


@pytest.mark.parametrize(
    ("type_", "more", "told"),
    [
        ("step", {}, {"tried": at(1)}),
        ("form", {}, {"tried": at(1)}),
        ("rage_click", {"step": "s", "page": "/p"}, {"tried": at(1), "clicked": {"s": [1, at(1)]}}),
        ("rage_click", {"page": "/p"}, {"tried": at(1), "clicked": {"/p": [1, at(1)]}}),
        ("rage_click", {}, {"tried": at(1), "clicked": {"": [1, at(1)]}}),
        ("form_error", {"step": "s"}, {"tried": at(1), "failed": {"s": [1, at(1), ""]}}),
        ("give_up", {}, {"gave_up": at(1)}),
        ("complete", {}, {"completed": at(1)}),
        ("search", {"query": "q"}, {"searched": {"q": [at(1)]}}),
        ("article", {"article": "a"}, {"read": {"a": [at(1)]}}),
        ("article", {"article": "a", "helped": False}, {"read": {"a": [at(1)]}, "helped": {"a": [at(1), False]}}),
        ("page", {}, {}),
        ("page", {"task": "pay"}, {"tried": at(1), "task": "pay"}),
    ],
)
def test_what_each_type_says(type_: str, more: dict[str, Any], told: dict[str, Any]) -> None:
    said = stored(fold([act("a", 1, type_, **more)])[0])
    rest = {"first", "last", "since", "until", "channel", "screens", "pages"}
    assert {name: value for name, value in said.items() if name not in rest} == told


def test_it_ends_with_a_gap() -> None:
    told = [of_task("a", 0), of_task("b", 29.9), of_task("c", 59.9)]
    assert spans(fold(told)) == [("pay", "a", 29.9), ("pay", "c", 59.9)]


def test_tasks_at_once_are_journeys_of_their_own() -> None:
    told = [of_task("a", 0), of_task("b", 1, task="move"), of_task("c", 2), of_task("d", 3, task="move")]
    assert spans(fold(told)) == [("pay", "a", 2), ("move", "b", 3)]


def test_what_names_no_task_belongs_to_the_one_in_course() -> None:
    # of several the one that began last, before and while it goes on
    told = [of_task("a", 0), of_task("b", 5, task="move"), of_task("c", 20), act("p", 6, "page", page="/x")]
    assert [one.pages for one in fold(told)] == [{}, {"/x": [at(6)]}]
    # from its first moment on
    assert spans(fold([of_task("a", 0), act("p", 0, "page")])) == [("pay", "a", 0)]
    told = [of_task("a", 0), of_task("b", 5, task="move"), act("p", 5, "page", page="/x")]
    assert [one.pages for one in fold(told)] == [{}, {"/x": [at(5)]}]
    # whichever of them began first in another visit
    told = [of_task("a", 0), of_task("b", 50, task="move"), of_task("c", 60), act("p", 61, "page")]
    assert spans(fold(told)) == [("pay", "a", 0), ("move", "b", 50), ("pay", "c", 61)]
    told = [of_task("a", 0), of_task("b", 60, task="move"), of_task("c", 50), act("p", 61, "page")]
    assert spans(fold(told)) == [("pay", "a", 0), ("pay", "c", 50), ("move", "b", 61)]
    # or shortly after
    assert spans(fold([of_task("a", 0), act("p", 29.9, "page")])) == [("pay", "a", 29.9)]
    assert spans(fold([of_task("a", 0), act("p", 30, "page")])) == [("pay", "a", 0), (None, "p", 30)]


def test_what_comes_shortly_before_a_task_belongs_to_the_next_one() -> None:
    told = [act("p", 0, "page"), of_task("b", 20, task="move"), of_task("a", 10)]
    assert spans(fold(told)) == [("pay", "p", 10), ("move", "b", 20)]
    assert spans(fold([act("p", 0, "page"), of_task("a", 30)])) == [(None, "p", 0), ("pay", "a", 30)]
    told = [of_task("a", 0), of_task("c", 100), of_task("b", 90, task="move"), act("p", 80, "page")]
    assert spans(fold(told)) == [("pay", "a", 0), ("move", "p", 90), ("pay", "c", 100)]
    # and does not make it begin sooner or last longer: what follows is measured from the task
    (one,) = fold([act("p", 0, "page"), of_task("a", 10), act("q", 20, "page")])
    assert (one.first, one.since, one.until, one.last) == ([at(0), "p"], at(10), at(10), at(20))
    told = [of_task("a", 0), act("p", 20, "page"), of_task("b", 40)]
    assert spans(fold(told)) == [("pay", "a", 20), ("pay", "b", 40)]


def test_what_began_at_the_same_moment_is_told_apart_by_its_task() -> None:
    told = [of_task("a", 0, task="a"), of_task("b", 0, task="b")]
    assert spans(fold([*told, act("p", 1, "page")])) == [("a", "a", 0), ("b", "b", 1)]
    assert spans(fold([*told, act("p", -1, "page")])) == [("a", "p", 0), ("b", "b", 0)]


def test_looking_around_is_a_journey_as_well() -> None:
    told = [act("p", 0, "page"), act("q", 10, "page"), act("r", 50, "page")]
    assert spans(fold(told)) == [(None, "p", 10), (None, "r", 50)]


def test_a_visit_to_the_knowledge_base_stays_one_of_its_own() -> None:
    help_ = {"channel": "knowledge_base"}
    told = [
        of_task("a", 0),
        act("h", 1, "search", query="q", **help_),
        act("p", 2, "page"),
        of_task("b", 3, **help_),
    ]
    assert spans(fold(told)) == [("pay", "a", 3), (None, "h", 1)]
    # but for what is not there
    assert spans(fold([act("h", 0, "page", **help_), act("p", 1, "page")])) == [(None, "h", 0), (None, "p", 1)]


def test_what_comes_twice_counts_once() -> None:
    told = of_task("a", 0, "form_error", field="f")
    assert fold([told, dict(told)]) == fold([told])
    # told otherwise, the earliest counts, and of the same moment always the same
    later = of_task("a", 1, "form_error", field="g")
    assert distinct([later, told]) == distinct([told, later]) == {"a": told}
    other = of_task("a", 0, "form_error", field="e")
    assert distinct([other, told]) == distinct([told, other]) == {"a": other}
    # in whatever order its fields are told
    turned = dict(reversed(told.items()))
    assert distinct([other, turned]) == distinct([turned, other]) == {"a": other}


def test_order_is_of_time_and_then_of_ids() -> None:
    assert order(act("b", 1)) > order(act("a", 1)) > order(act("z", 0))


def test_the_newest_and_the_sum_count() -> None:
    told = [
        of_task("a", 0, "form_error", field="f", error="first", screen="s1"),
        of_task("b", 2, "form_error", field="f", error="last", screen="s2", device="desktop", channel="mobile"),
        of_task("c", 1, "form_error", field="g", error="once"),
        of_task("d", 3, "article", article="x", helped=True),
        of_task("e", 2.5, "article", article="x", helped=False),
    ]
    (one,) = fold(told)
    assert one.failed == {"f": [2, at(2), "last"], "g": [1, at(1), "once"]}
    assert list(one.failed) == ["f", "g"]
    assert one.helped == {"x": [at(3), True]}
    assert one.channel == [at(3), "portal"]
    assert one.screens == {"s1": [at(3), "phone"], "s2": [at(2), "desktop"]}
    assert (one.first, one.last, one.since, one.until, one.tried) == ([at(0), "a"], at(3), at(0), at(3), at(2))


def test_of_many_things_the_newest_six_are_remembered() -> None:
    told = [of_task(f"{n}", n, "form_error", field=f"f{n}", page=f"/{n}") for n in range(9)]
    (one,) = fold(told)
    assert list(one.failed) == [f"f{n}" for n in range(8, 2, -1)]
    assert list(one.pages) == [f"/{n}" for n in range(8, 2, -1)]
    same = [of_task(f"{n}", 0, "form_error", field=f"f{n}") for n in range(9)]
    assert list(fold(same)[0].failed) == [f"f{n}" for n in range(6)]


def test_parts_that_were_folded_apart_are_joined() -> None:
    told = [of_task("a", 0, "form_error", field="f"), of_task("b", 20, "give_up"), of_task("c", 80)]
    apart = [*fold(told[:1]), *fold(told[1:])]
    assert join_near(reversed(apart)) == fold(told)
    assert join(*apart[:2]) == join(*apart[1::-1]) == fold(told)[0]


def test_what_is_empty_is_not_stored() -> None:
    (one,) = fold([of_task("a", 1)])
    kept = stored(one)
    assert kept.keys() == {"first", "last", "since", "until", "channel", "task", "tried", "screens"}
    assert Journey(**kept) == one


def test_no_more_is_kept_than_there_is_room_for() -> None:
    told = [of_task(f"{n}", n, "form_error", field=f"f{n}", page=f"/{n}", error="e" * 50) for n in range(9)]
    told += [of_task("s", 9, "search", query="q" * 50), of_task("t", 9, "article", article="a" * 50, helped=True)]
    kept = stored(fold(told)[0])
    assert slim(kept, len(json.dumps(kept))) == kept
    sizes = [10_000, 900, 700, 600, 550, 480, 430, 380, 330, 300]
    kinds = ("failed", "pages", "helped", "read", "searched")
    slimmed = [slim(kept, size) for size in sizes]
    assert all(len(json.dumps(one)) <= size for one, size in zip(slimmed, sizes, strict=True))
    left = [[len(one.get(kind, ())) for kind in kinds] for one in slimmed]
    assert left[0] == [6, 6, 1, 1, 1]
    assert left == sorted(left, reverse=True)
    assert [3, 3, 1, 1, 1] in left
    assert [1, 1, 1, 1, 1] in left
    # the texts go before what happened does: pages first, then what was read and searched
    assert [1, 0, 1, 1, 1] in left
    assert left[-1] == [1, 0, 0, 0, 0]
    assert slimmed[-1]["failed"] == {"f8": [1, at(8), ""]}
    assert {name: slimmed[-1][name] for name in ("first", "task", "tried", "screens")} == {
        name: kept[name] for name in ("first", "task", "tried", "screens")
    }
    assert kept["failed"]["f8"][2]


def test_as_much_is_kept_as_there_is_room_for() -> None:
    told = [of_task(f"{n}", n, "form_error", field=f"f{n}", page=f"/{n}", error="e" * 50) for n in range(9)]
    kept = stored(fold(told)[0])
    for most in (3, 2, 1):
        less = kept | {name: dict(list(kept[name].items())[:most]) for name in ("failed", "pages")}
        assert slim(kept, len(json.dumps(less))) == less
    # of what is not there nothing is left out
    less.pop("pages")
    assert slim(kept, len(json.dumps(less))) == less
    less["failed"] = {place: [1, told[1], ""] for place, told in less["failed"].items()}
    assert slim(kept, len(json.dumps(less))) == slim(kept, 0) == less
