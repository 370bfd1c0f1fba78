"""Windows in which things are counted."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.rules.windows import seconds_left, windows

MINUTE = timedelta(minutes=1)


def at(second: float) -> datetime:
    return datetime(2026, 11, 22, 9, 7, tzinfo=UTC) + timedelta(seconds=second)


@pytest.mark.parametrize("second", [0, 0.001, 59.999])
def test_a_window_and_the_one_before(second: float) -> None:
    assert windows(at(second), MINUTE) == (at(0), at(-60))


@pytest.mark.parametrize(("second", "left"), [(0, 60), (0.5, 60), (1, 59), (58.5, 2), (59.2, 1), (59.999999, 1)])
def test_the_next_window_has_begun_when_one_waited(second: float, left: int) -> None:
    assert seconds_left(at(second), MINUTE) == left
    assert windows(at(second + left), MINUTE)[1] == at(0)
