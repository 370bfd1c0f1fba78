"""What is watched is looked at when it is due: by partition, longest due first, a bounded number in each run."""

from collections.abc import Callable, Iterable
from typing import Any

from chalicelib.errors import ThroughlineError
from chalicelib.models import store
from chalicelib.services.deps import Deps

LOOKED_AT = 50
"""What one run looks at in each partition; the next run goes on."""


def look_at_due(
    deps: Deps, partitions: Iterable[str], look_at: Callable[[Any], bool], looked_at: int = LOOKED_AT
) -> int:
    """Looks at all that is due: for how many `look_at` did something. One query for each partition.

    One that fails does not keep the others from being looked at; then the first failure is raised.
    """
    done, failures = 0, list[ThroughlineError]()
    for partition in partitions:
        for watched in store.list_due(partition, deps.now(), looked_at):
            try:
                done += look_at(watched)
            except ThroughlineError as error:
                failures.append(error)
    if failures:
        raise failures[0]
    return done
