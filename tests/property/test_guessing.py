"""1,000 sources guess codes against the rules that the services use: what docs/adr/0024 derives, simulated."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.rules.continuation import (
    DIGITS,
    LIVE_OF_NUMBER,
    MOST_OPEN,
    OVERALL,
    PER_SOURCE,
    Counted,
    Form,
    forms_for,
)
from chalicelib.rules.windows import windows

LIFE = timedelta(minutes=15)
SOURCES = 1_000
WAYS = 2
"""Keyed in and written: each is counted by itself."""
BEGIN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class Counters:
    """The counts of the table, in memory: the same rules say whether a try is looked up."""

    failed: dict[tuple[object, datetime], int] = field(default_factory=lambda: defaultdict(int))

    def may_be_looked_up(self, at: datetime, *limits: tuple[object, int]) -> bool:
        this, before = windows(at, LIFE)
        for whose, limit in limits:
            counted = Counted(self.failed[whose, this], self.failed[whose, before])
            if counted.now >= counted.room(limit):
                return False
        for whose, _ in limits:
            self.failed[whose, this] += 1
        return True


def attack(rng: random.Random, space: int, codes: set[int], offset: float, ways: int) -> tuple[int, bool]:
    """All sources try what they may while the codes live, never the same twice: (tries looked up, found one)."""
    counters, looked_up = Counters(), 0
    guesses = iter(rng.sample(range(space), min(space, SOURCES * PER_SOURCE * 2)))
    begin = BEGIN + offset * LIFE
    for n in range(SOURCES * PER_SOURCE):
        at = begin + LIFE * (n / (SOURCES * PER_SOURCE))
        for way in range(ways):
            if counters.may_be_looked_up(at, (n % SOURCES, PER_SOURCE), (f"way {way}", OVERALL)):
                looked_up += 1
                if next(guesses) in codes:
                    return looked_up, True
    return looked_up, False


@pytest.mark.parametrize("offset", [0.0, 0.25, 0.5, 0.99])
def test_all_together_are_stopped_wherever_a_life_lies_in_the_windows(offset: float) -> None:
    rng = random.Random(24)  # noqa: S311 - seeded, so that it ends the same
    looked_up, found = attack(rng, 10**9, {rng.randrange(10**9) for _ in range(MOST_OPEN)}, offset, WAYS)
    assert looked_up == OVERALL * WAYS
    assert not found


def test_one_source_is_stopped_by_itself() -> None:
    counters = Counters()
    tried = [counters.may_be_looked_up(BEGIN + LIFE * n / 20, ("one", PER_SOURCE)) for n in range(20)]
    assert sum(tried) == PER_SOURCE
    # and may try again in two windows
    assert counters.may_be_looked_up(BEGIN + 2 * LIFE, ("one", PER_SOURCE))


def test_the_probability_is_at_most_one_in_ten_thousand() -> None:
    bound = OVERALL * LIVE_OF_NUMBER / 10 ** DIGITS[Form.BOUND]
    opened = WAYS * OVERALL * MOST_OPEN / 10 ** DIGITS[Form.OPEN]
    assert bound + opened <= 1e-4
    # however many codes are asked for, no more of nine digits are live
    live = 0
    for asked in range(3 * MOST_OPEN):
        live += forms_for(announced=False, of_number=0, open_codes=min(asked, live))[0] is Form.OPEN
    assert live == MOST_OPEN


@pytest.mark.parametrize(("space", "live", "ways"), [(5_000, 1, 1), (50_000, 10, 2)])
def test_hits_are_as_often_as_derived_where_there_are_enough_to_count(space: int, live: int, ways: int) -> None:
    """The same rules in a space of fewer digits: as derived, within four deviations."""
    rng, runs = random.Random(4711), 1_000  # noqa: S311 - seeded as well
    hits = sum(attack_briefly(rng, space, {rng.randrange(space) for _ in range(live)}, ways) for _ in range(runs))
    probability = ways * OVERALL * live / space
    deviation = (runs * probability * (1 - probability)) ** 0.5
    assert abs(hits - runs * probability) <= 4 * deviation
    assert hits > 0


def attack_briefly(rng: random.Random, space: int, codes: set[int], ways: int) -> bool:
    """The same attack, once nothing more is looked up: what is refused then finds nothing."""
    counters, offset = Counters(), rng.random()
    guesses = iter(rng.sample(range(space), OVERALL * ways))
    for n in range(OVERALL + 5):
        at = BEGIN + (offset + n / (OVERALL + 5)) * LIFE
        for way in range(ways):
            limits = ((n, PER_SOURCE), (f"way {way}", OVERALL))
            if counters.may_be_looked_up(at, *limits) and next(guesses) in codes:
                return True
    return False
