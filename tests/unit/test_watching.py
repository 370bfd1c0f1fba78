"""What is watched is looked at when it is due, and one that fails does not keep the others from that."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import NotFound, Unavailable
from chalicelib.models import changes, keys
from chalicelib.models.changes import commit
from chalicelib.services.chat.watching import look_at_due
from chalicelib.services.deps import Deps
from tests.conftest import Spy
from tests.settings import NOW

MINUTE = timedelta(minutes=1)


def watch(*contact_ids: str, minutes: int = 0) -> None:
    commit([changes.watch(one, NOW + minutes * MINUTE) for one in contact_ids])


def looked_at(deps: Deps, **how: Any) -> list[str]:
    """What is looked at in a run, in which nothing is taken off."""
    seen: list[str] = []

    def look_at(watched: Any) -> bool:
        seen.append(watched.contact_id)
        return False

    assert look_at_due(deps, keys.WATCHES, look_at, **how) == 0
    return seen


def alike(number: int) -> list[str]:
    """Ids that are watched in one partition."""
    ids = (f"CALL{n}" for n in range(1000))
    return [one for one in ids if keys.watches(one) == keys.WATCHES[0]][:number]


def test_what_is_due_is_looked_at_longest_due_first(deps: Deps, spy: Spy) -> None:
    # Given three that are due, since a while, since now, and in a minute
    first, second, later = alike(3)
    watch(second)
    watch(first, minutes=-5)
    watch(later, minutes=1)
    # When a run looks, then it looks at what is due, at one query for each partition
    spy.reset()
    assert looked_at(deps) == [first, second]
    assert spy.operations == ["Query"] * len(keys.WATCHES)


def test_a_run_looks_at_so_many_in_each_partition(deps: Deps) -> None:
    ids = alike(4)
    for minute, one in enumerate(ids):
        watch(one, minutes=minute - 5)
    assert looked_at(deps, looked_at=3) == ids[:3]
    assert looked_at(deps) == ids


def test_how_many_came_to_something_is_told(deps: Deps) -> None:
    watch(*(f"CALL{n}" for n in range(5)))
    assert look_at_due(deps, keys.WATCHES, lambda watched: watched.contact_id in {"CALL1", "CALL3"}) == 2
    assert look_at_due(deps, [], lambda _: True) == 0


def test_one_that_fails_does_not_keep_the_others_from_being_looked_at(deps: Deps) -> None:
    # Given several, of which two fail
    ids = alike(4)
    for minute, one in enumerate(ids):
        watch(one, minutes=minute - 5)
    failures, seen = {ids[1]: Unavailable("first"), ids[2]: NotFound("second")}, list[str]()

    def look_at(watched: Any) -> bool:
        seen.append(watched.contact_id)
        if watched.contact_id in failures:
            raise failures[watched.contact_id]
        return True

    # When a run looks at them, then all are looked at, and the first failure is raised
    with pytest.raises(Unavailable, match="first"):
        look_at_due(deps, keys.WATCHES, look_at)
    assert seen == ids
