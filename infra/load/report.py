"""The report: for each route how often, how fast, how many errors."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # locust puts other sockets under whoever imports it
    from locust.env import Environment
    from locust.stats import StatsEntry

HEAD = ("route", "requests", "per s", "p50 ms", "p99 ms", "errors")
TOO_BUSY = ("answered with 503", repr(RuntimeError("unavailable")))
ROW = "  {:38} {:>8} {:>7} {:>7} {:>7} {:>7}"


def report(environment: "Environment") -> str:
    """A table of all routes and their sum, and what the errors were."""
    stats = environment.stats
    seconds = max((stats.total.last_request_timestamp or 0) - stats.total.start_time, 1)
    routes = sorted(stats.entries.values(), key=lambda entry: (entry.name, entry.method))
    rows = [ROW.format(*HEAD)]
    rows += [ROW.format(f"{entry.method} {entry.name}", *_figures(entry, seconds)) for entry in routes]
    rows.append(ROW.format("all", *_figures(stats.total, seconds)))
    return "\n".join(rows + [f"  {error}" for error in errors(environment)])


def errors(environment: "Environment") -> list[str]:
    """What was not accepted, and what went wrong in the players themselves."""
    refused = [f"{e.occurrences} times: {e.method} {e.name}: {e.error}" for e in environment.stats.errors.values()]
    raised = environment.runner.exceptions.values() if environment.runner else ()
    return refused + [f"{error['count']} times: {error['msg']}" for error in raised]


def failures(told: list[str]) -> list[str]:
    """Those of the errors that no machine gives only because it is too slow for so many."""
    return [error for error in told if not error.endswith(TOO_BUSY)]


def _figures(entry: "StatsEntry", seconds: float) -> tuple[object, ...]:
    halfway, worst = (round(entry.get_response_time_percentile(part)) for part in (0.5, 0.99))
    return entry.num_requests, f"{entry.num_requests / seconds:.1f}", halfway, worst, entry.num_failures
