"""Two contacts redeem a code and its link at once: whatever one does between two calls of the other, one wins."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faults.line import Fault, Sent
from tests.faults.scenarios import ADA, STRANGER, a_call, must, send
from tests.faults.scenarios_codes import Codes, an_established_caller, redeem
from tests.faults.world import World

MOST_CALLS = 25
"""At least as many as a redemption makes."""


@pytest.fixture(scope="module")
def codes(world: World) -> Codes:
    """A code and a link of a visit, a call from the number that was announced, and a chat."""
    given = an_established_caller(world)
    chat = {**a_call(None, "chat-1"), "channel": "chat", "from": {"type": "phone", "value": STRANGER}}
    return given | {"chat": must(send(world, "ivr", "POST", "/contacts", chat))["contact_id"], "number": ADA}


@pytest.fixture(scope="module")
def as_it_was(world: World, codes: Codes) -> Callable[[], None]:
    assert codes
    return world.now_and_then()


@settings(max_examples=25)
@given(at=st.integers(0, MOST_CALLS), call_first=st.booleans())
def test_exactly_one_wins(
    world: World, codes: Codes, as_it_was: Callable[[], None], at: int, *, call_first: bool
) -> None:
    # Given who keys in the code, and who taps the link
    ways = [("code", "contact_id"), ("token", "chat")]
    (one, its), (another, others) = ways if call_first else ways[::-1]
    meanwhile = []

    def held_up(sent: Sent) -> dict[str, Any]:
        meanwhile.append(redeem(world, codes[another], codes[others]))
        return sent.go()

    # When the one is held up somewhere, and all of the other happens meanwhile, or after it
    as_it_was()
    world.line.reset(Fault("held up", held_up), at)
    first = redeem(world, codes[one], codes[its])
    second = meanwhile[0] if meanwhile else redeem(world, codes[another], codes[others])
    # Then one carries on, and the other is told that it does not
    assert {first.done, second.done} == {True, False}, (first.answer, second.answer)
    loser = second if first.done else first
    assert loser.answer["status"] == 409
    carrying = [item for item in world.record() if item.get("kind") == "contact" and item.get("continues")]
    assert len(carrying) == 1
