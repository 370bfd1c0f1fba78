"""A contact's life as it is reported: in any order, and however often, it comes to the same."""

from itertools import permutations

import pytest

from chalicelib.rules.progress import DELIVERIES, Reported, advance, further, over_since, phase_of


def told(*reports: tuple[str, dict[str, str]]) -> Reported:
    reported: Reported = {}
    for at, news in reports:
        reported = advance(reported, at, news)
    return reported


LIFE: list[tuple[str, dict[str, str]]] = [
    ("1", {"phase": "ringing"}),
    ("2", {"phase": "connected", "agent": "amara"}),
    ("3", {"phase": "on_hold"}),
    ("4", {"phase": "connected", "agent": "jonas"}),
    ("5", {"phase": "ended", "queue": "sales"}),
]


def test_any_order_comes_to_the_same() -> None:
    for order in permutations(LIFE):
        assert told(*order, *order[:2]) == {
            "phase": ["5", "ended"],
            "agent": ["4", "jonas"],
            "queue": ["5", "sales"],
        }


@pytest.mark.parametrize(
    ("first", "second", "phase"),
    [
        # the later one counts
        (("1", "connected"), ("2", "on_hold"), "on_hold"),
        (("2", "connected"), ("1", "on_hold"), "connected"),
        # of one moment, the one that comes after the other in a contact's life
        (("1", "queued"), ("1", "ringing"), "ringing"),
        (("1", "transferred"), ("1", "connected"), "transferred"),
        # who has met somebody waits no more, even where another clock says so
        (("2", "ringing"), ("1", "connected"), "connected"),
        (("2", "queued"), ("1", "on_hold"), "on_hold"),
        # what is over stays over, even where a later moment is told
        (("1", "ended"), ("2", "connected"), "ended"),
        (("2", "connected"), ("1", "missed"), "missed"),
        (("1", "missed"), ("2", "ended"), "ended"),
        (("1", "abandoned"), ("1", "ended"), "ended"),
    ],
)
def test_which_phase_counts(first: tuple[str, str], second: tuple[str, str], phase: str) -> None:
    for order in ((first, second), (second, first)):
        assert phase_of(told(*((at, {"phase": told_phase}) for at, told_phase in order))) == phase


def test_what_was_reported_before_is_left_as_it_was() -> None:
    before = told(("1", {"agent": "amara"}))
    assert advance(before, "2", {"agent": "jonas"}) == {"agent": ["2", "jonas"]}
    assert before == {"agent": ["1", "amara"]}
    # of two values for one moment one counts, whichever comes first
    assert told(("1", {"agent": "b"}), ("1", {"agent": "a"})) == {"agent": ["1", "b"]}


def test_since_when_it_is_over() -> None:
    assert over_since({}) is None
    assert phase_of({}) is None
    assert over_since(told(("1", {"phase": "connected"}))) is None
    for phase in ("ended", "missed", "abandoned"):
        assert over_since(told(("1", {"phase": phase}))) == "1"


def test_deliveries_move_forward() -> None:
    assert further(None, "sent") == "sent"
    for at, known in enumerate(DELIVERIES):
        assert [further(known, news) for news in DELIVERIES] == [known] * (at + 1) + list(DELIVERIES[at + 1 :])
