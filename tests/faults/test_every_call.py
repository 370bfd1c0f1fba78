"""Each single call to DynamoDB, of each operation, fails in each way: nothing is lost, nothing doubled.

Whatever fails, the answer is right or says clearly that it is to be tried again; and once the same
request has been sent again, the record is what it would have been without the failure.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from app import app
from chalicelib.errors import ThroughlineError
from chalicelib.models.changes import commit, put
from chalicelib.models.items import Receipt
from chalicelib.runtime import ENDPOINTS
from chalicelib.socket_runtime import ACTIONS
from tests.faults.collected import SCENARIOS
from tests.faults.line import FAULTS, SAME, Fault
from tests.faults.record import Content
from tests.faults.scenarios import Scenario
from tests.faults.world import Outcome, World
from tests.settings import NOW

UNHURRIED = frozenset({"follow_contact"})
"""What nobody waits for has no time budget."""
OF_A_REPETITION = ("throttled", "conflict", "answer-lost")
ANY_OF_THEM = ("POST /contacts (a known number)", "connect_save_facts (on a contact)")
OF_AN_OUTAGE = "throttled"


@dataclass
class Recorded:
    """An operation that went well: its calls and what came of it, and the calls of its repetition."""

    scenario: Scenario
    before: Callable[[], None]
    given: Any
    items_before: list[dict[str, Any]]
    calls: list[str]
    unhurried: list[str]
    outcome: Outcome
    record: Content
    after: Callable[[], None]
    items_after: list[dict[str, Any]]
    calls_again: list[str]
    again: Outcome
    record_again: Content


_recorded: dict[str, Recorded] = {}


@pytest.fixture(scope="module")
def empty(world: World) -> Iterator[Callable[[], None]]:
    yield world.now_and_then()
    _recorded.clear()


@pytest.fixture(params=SCENARIOS)
def recorded(world: World, empty: Callable[[], None], request: pytest.FixtureRequest) -> Recorded:
    """Each operation, recorded once, on a table of its own."""
    name: str = request.param
    if name not in _recorded:
        empty()
        _recorded[name] = record(world, SCENARIOS[name])
    return _recorded[name]


def record(world: World, scenario: Scenario) -> Recorded:
    world.line.reset()
    world.clock.at = NOW - timedelta(hours=1)
    given = scenario.given(world)
    world.clock.at = NOW
    before, items_before = world.now_and_then(), world.items()
    world.line.reset()
    outcome = scenario.when(world, given)
    calls, unhurried, table = world.line.calls, world.line.unhurried, world.record()
    after, items_after = world.now_and_then(), world.items()
    again, calls_again = repeat(world, scenario, given)
    return Recorded(
        scenario=scenario,
        before=before,
        given=given,
        items_before=items_before,
        calls=calls,
        unhurried=unhurried,
        outcome=outcome,
        record=table,
        after=after,
        items_after=items_after,
        calls_again=calls_again,
        again=again,
        record_again=world.record(),
    )


def repeat(world: World, scenario: Scenario, given: Any) -> tuple[Outcome, list[str]]:
    """The same request once more, a little later."""
    world.line.reset()
    world.clock.forward(seconds=5)
    outcome = scenario.when(world, given)
    return outcome, world.line.calls


def test_every_operation_has_a_scenario() -> None:
    operations = {f"{one.method} {one.path}" for one in ENDPOINTS}
    functions: list[Any] = [*app.pure_lambda_functions, *app.event_sources]
    operations |= {function.name for function in functions}
    operations |= {f"socket {name}" for name in (*ACTIONS, "connect", "disconnect")}
    assert operations == {scenario.covers for scenario in SCENARIOS.values()}


def test_an_operation_goes_well_within_a_time_budget(recorded: Recorded) -> None:
    assert recorded.outcome.done, recorded.outcome.answer
    assert not recorded.unhurried or recorded.scenario.covers in UNHURRIED


def test_an_operation_that_is_repeated_changes_nothing(recorded: Recorded) -> None:
    assert recorded.record_again == recorded.record
    assert_right_in_the_end(recorded, recorded.again)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_call_fails(world: World, recorded: Recorded, fault: str) -> None:
    struck(world, recorded, FAULTS[fault])


@pytest.mark.parametrize("recorded", ANY_OF_THEM, indirect=True)
@pytest.mark.parametrize("fault", SAME, ids=lambda fault: fault.name)
def test_a_failure_by_another_name(world: World, recorded: Recorded, fault: Fault) -> None:
    struck(world, recorded, fault)


@pytest.mark.slow
@pytest.mark.parametrize("fault", SAME, ids=lambda fault: fault.name)
def test_any_call_fails_by_another_name(world: World, recorded: Recorded, fault: Fault) -> None:
    struck(world, recorded, fault)


@pytest.mark.parametrize("fault", SAME, ids=lambda fault: fault.name)
def test_it_is_the_same_failure_to_the_product(world: World, fault: Fault) -> None:
    assert what_it_is(world, fault) is what_it_is(world, FAULTS[SAME[fault]])


def what_it_is(world: World, fault: Fault) -> type[BaseException]:
    """What the product is told where a transaction fails so."""
    world.line.reset(fault)
    with pytest.raises(ThroughlineError) as told:
        commit([put(Receipt(key, "RECEIPT", made="", said="")) for key in ("R#one", "R#another")])
    return told.type


@pytest.mark.parametrize("fault", OF_A_REPETITION)
def test_a_call_of_the_repetition_fails(world: World, recorded: Recorded, fault: str) -> None:
    struck(world, recorded, FAULTS[fault], repetition=True)


def test_the_store_goes_away_half_way(world: World, recorded: Recorded) -> None:
    struck(world, recorded, FAULTS[OF_AN_OUTAGE], from_there_on=True)


def struck(
    world: World, recorded: Recorded, fault: Fault, *, repetition: bool = False, from_there_on: bool = False
) -> None:
    """Plays the operation once for each of its calls, with that call failing, and then sends it again."""
    scenario, given = recorded.scenario, recorded.given
    calls, put_back = (recorded.calls_again, recorded.after) if repetition else (recorded.calls, recorded.before)
    for number, operation in enumerate(calls):
        if not fault.can_strike(operation):
            continue
        # Given the record as it was, and a line on which this call will fail
        put_back()
        world.line.reset(fault, number, from_there_on=from_there_on)
        # When the operation is tried
        outcome = scenario.when(world, given)
        # Then it is right, or is clearly to be tried again
        where = f"call {number} ({operation}) of {calls}: {outcome.answer}"
        assert outcome.done or outcome.again or (repetition and ended(recorded, outcome)), where
        if outcome.done:
            assert outcome.content == recorded.outcome.content, where
            assert world.record() == recorded.record, where
            continue
        # and ends, once it is tried again, in the right record: trying again where nothing was written
        # is what was recorded
        if world.items() == (recorded.items_after if repetition else recorded.items_before):
            continue
        again, _ = repeat(world, scenario, given)
        assert_right_in_the_end(recorded, again)
        assert world.record() == recorded.record, where


def assert_right_in_the_end(recorded: Recorded, again: Outcome) -> None:
    assert again.done or ended(recorded, again), again.answer
    if again.done:
        assert again.content == recorded.outcome.content


def ended(recorded: Recorded, outcome: Outcome) -> bool:
    return outcome.answer.get("status") in recorded.scenario.ends
