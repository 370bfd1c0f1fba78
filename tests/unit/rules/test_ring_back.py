"""Who rings back soon, from the same number, goes on with the call that was over."""

from datetime import datetime, timedelta

import pytest

from chalicelib.rules.ring_back import WITHIN, is_call, rings_back

ENDED = datetime.fromisoformat("2026-11-22T09:00:00.000000Z")
DROPPED = {"contact_id": "CALL", "came_from": "a-digest", "ended_at": "2026-11-22T09:00:00.000000Z"}
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("channel", "direction", "may_drop"),
    [
        ("voice", "inbound", True),
        ("video", "inbound", True),
        ("voice", "outbound", False),
        ("chat", "inbound", False),
    ],
)
def test_only_calls_of_the_customers_drop(channel: str, direction: str, *, may_drop: bool) -> None:
    assert is_call(channel, direction) is may_drop


@pytest.mark.parametrize(
    ("after", "goes_on"),
    [(timedelta(), True), (WITHIN, True), (WITHIN + MOMENT, False), (-MOMENT, False)],
)
def test_soon_is_within_ten_minutes(after: timedelta, *, goes_on: bool) -> None:
    assert rings_back(DROPPED, "a-digest", ENDED + after) is goes_on


def test_from_another_number_it_is_another_call() -> None:
    assert rings_back(DROPPED, "another", ENDED) is False
