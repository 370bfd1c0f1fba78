"""What is remembered act by act, and what is settled."""

import json

from chalicelib.rules.journey_window import MOST_ACTS, MOST_BYTES, MOST_SETTLED, Window, of_stored, take_in
from chalicelib.rules.journeys import fold
from tests.unit.rules.test_journeys import act, of_task

SECOND = 1 / 60


def test_its_bounds() -> None:
    assert (MOST_ACTS, MOST_BYTES, MOST_SETTLED) == (200, 100_000, 3)


def test_what_is_new_and_what_is_known() -> None:
    first = take_in(Window(), [of_task("a", 0), of_task("b", 1), of_task("a", 0)])
    assert [one["id"] for one in first.new] == ["a", "b"]
    assert (first.known, first.late) == (1, 0)
    again = take_in(first.window, [of_task("c", 0.5), of_task("b", 1)])
    assert [one["id"] for one in again.new] == ["c"]
    assert (again.known, again.late) == (1, 0)
    assert [one["id"] for one in again.window.acts] == ["a", "c", "b"]
    assert again.journeys == again.window.journeys == fold([of_task("a", 0), of_task("b", 1), of_task("c", 0.5)])


def test_it_is_stored_as_plain_data() -> None:
    assert of_stored({}) == Window()
    full = take_in(Window(), [of_task(f"{n:03}", n * SECOND) for n in range(MOST_ACTS + 1)]).window
    assert of_stored(json.loads(json.dumps(full.stored()))) == full
    assert full.stored().keys() == {"acts", "settled", "floor"}


def test_what_is_too_much_is_settled_and_goes_on() -> None:
    # Given one act more than is remembered
    told = [of_task(f"{n:03}", n * SECOND, "form_error", field="f") for n in range(MOST_ACTS + 1)]
    full = take_in(Window(), told)
    assert full.window.settled == fold(told[:1])
    assert full.window.floor == (told[0]["at"], "000")
    assert full.window.acts == told[1:]
    # Then nothing is lost of what was counted, and what comes from before is too late
    assert full.journeys == full.window.journeys == fold(told)
    late = take_in(full.window, [told[0], of_task("zzz", -1)])
    assert (late.new, late.known, late.late) == ([], 0, 2)
    assert late.window == full.window
    assert late.journeys == fold(told)
    # but not what happened just after it
    just_after = of_task("000a", 0)
    assert take_in(full.window, [just_after]).new == [just_after]
    # and what is settled next is added to what was
    more = of_task("more", 4, "form_error", field="f")
    assert take_in(full.window, [more]).window.settled == fold(told[:2])


def test_what_may_not_go_on_any_more_is_forgotten() -> None:
    far = [of_task("old", -30), of_task("near", -29.99, task="move")]
    told = [of_task(f"{n:03}", n * SECOND) for n in range(MOST_ACTS)]
    window = take_in(Window(), [*far, *told]).window
    assert [one.task for one in window.settled] == ["move"]
    assert window.acts == told


def test_of_what_is_settled_the_newest_are_kept() -> None:
    tasks = [of_task(f"t{n}", n * SECOND, task=f"t{n}") for n in range(5)]
    told = [act(f"{n:03}", 1 + n * SECOND, "page") for n in range(MOST_ACTS)]
    assert [one.task for one in take_in(Window(), [*tasks, *told]).window.settled] == ["t2", "t3", "t4"]


def test_no_more_bytes_are_remembered_than_an_item_has_room_for() -> None:
    told = [of_task(f"{n:03}", n * SECOND, page="字" * 120, error="字" * 120) for n in range(MOST_ACTS)]
    window = take_in(Window(), told).window
    size = len(json.dumps(told[0]))
    assert len(window.acts) == MOST_BYTES // size < MOST_ACTS
    assert window.acts[-1] == told[-1]
    # but what just fits
    room = MOST_BYTES // MOST_ACTS - len(json.dumps(of_task("000", 0, error="")))
    told = [of_task(f"{n:03}", n * SECOND, error="e" * room) for n in range(MOST_ACTS)]
    assert take_in(Window(), told).window.acts == told
