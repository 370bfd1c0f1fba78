"""Plays the hour: as many at once as at that time of it, for as long as it lasts."""

import gevent
from locust import LoadTestShape
from locust.env import Environment

from infra.load.browsers import Browser
from infra.load.centre import Centre
from infra.load.journeys import PLAYERS as PEOPLE
from infra.load.journeys import Player

PLAYERS: tuple[type[Player], ...] = (*PEOPLE, Browser)
MOST_AT_ONCE = 12
QUARTERS = (0.5, 0.75, 1.0, 0.6)
"""How busy each quarter of the hour is, of the busiest."""
MOST_REQUESTS = 100_000
FINISH_SECONDS = 30
"""For what was begun when the hour is over: a journey that is cut off says nothing."""


class Hour(LoadTestShape):
    """A contact centre's hour in `seconds`: quiet, then busier, a peak, and over."""

    def __init__(self, seconds: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seconds = seconds

    def tick(self) -> tuple[int, float] | None:
        gone = self.get_run_time() / self.seconds  # type: ignore[no-untyped-call]
        requests = self.runner.environment.stats.total.num_requests if self.runner else 0
        if gone >= 1 or requests >= MOST_REQUESTS:
            return None
        at_once = round(MOST_AT_ONCE * QUARTERS[int(gone * len(QUARTERS))])
        return max(at_once, len(PLAYERS)), MOST_AT_ONCE  # one of each kind at least


def play(centre: Centre, seconds: int) -> Environment:
    """Plays it to its end. What it measured is in the environment's statistics."""
    players = [type(kind.__name__, (kind,), {"centre": centre}) for kind in PLAYERS]
    environment = Environment(
        user_classes=players,
        shape_class=Hour(seconds),
        host=centre.stack["api_url"],
        stop_timeout=FINISH_SECONDS,
    )
    runner = environment.create_local_runner()
    runner.start_shape()
    gevent.joinall([runner.shape_greenlet])
    runner.quit()
    return environment
