"""Whatever happens between two calls of one message: each is once, in order, on every screen that is open."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.models.connection import StoreConnection
from chalicelib.services.deps import Deps
from infra.ends import End
from tests.conftest import put_under
from tests.sockets import Sockets

_numbers = count(1)


class HeldUp(StoreConnection):
    """The real seam, which does something else first when it comes to a call."""

    at: int | None = None
    meanwhile: Callable[[], Any]

    def hold_up(self, at: int, meanwhile: Callable[[], Any]) -> None:
        self.at, self.meanwhile = at, meanwhile

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        if self.at is not None:
            self.at -= 1
            if self.at < 0:
                self.at = None
                self.meanwhile()
        return super()._make_api_call(operation_name, operation_kwargs)


@dataclass
class Chat:
    """A chat with a visitor and an agent, and whoever comes to it."""

    sockets: Sockets
    subject: str = field(default_factory=lambda: f"visitor-of-meanwhile-{next(_numbers)}")

    def __post_init__(self) -> None:
        self.visitor = End(lambda: self.sockets.visitor(self.subject), "customer")
        self.visitor.connect()
        self.agent = self.take("agent-1")
        self.ends = [self.visitor, self.agent]

    def take(self, subject: str) -> End:
        """An agent's screen, once they took the chat and saw what was said before."""
        agent = End(lambda: self.sockets.agent(subject), "agent", self.visitor.contact_id)
        agent.socket = agent.enter()
        agent.say("take", contact_id=agent.contact_id)
        agent.resume()
        return agent


def _answers(chat: Chat) -> None:
    chat.agent.send("answer", "Let me look.")


def _opens_another_window(chat: Chat) -> None:
    window = End(chat.visitor.enter, "customer")
    window.connect()
    chat.ends.append(window)


def _sends_it_from_there(chat: Chat) -> None:
    """The line is slow, so the client says the same on another."""
    _opens_another_window(chat)
    chat.ends[-1].send("question", "Where is it?")


def _another_agent_takes_it(chat: Chat) -> None:
    chat.ends.append(chat.take("agent-2"))


def _agent_is_back(chat: Chat) -> None:
    chat.agent.cut()
    chat.agent.connect()


def _reads(chat: Chat) -> None:
    chat.agent.say("read", contact_id=chat.agent.contact_id, up_to=1)


MEANWHILE = [
    _answers,
    _opens_another_window,
    _sends_it_from_there,
    _another_agent_takes_it,
    _agent_is_back,
    _reads,
]
CALLS = 5
"""Those that a message makes, and the first of its doubled frame."""


@pytest.mark.parametrize("before", [None, "Hello!"], ids=["the first", "a later one"])
@pytest.mark.parametrize("meanwhile", MEANWHILE, ids=lambda one: one.__name__.strip("_"))
def test_a_message_is_on_every_screen(
    client: Client, deps: Deps, meanwhile: Callable[[Chat], None], before: str | None
) -> None:
    sockets, seam = Sockets(client), put_under(HeldUp, deps)
    for at in range(CALLS):
        # Given a chat, in which something may have been said
        chat = Chat(sockets)
        if before:
            chat.agent.send("hello", before)
        # When something else happens before a call of a message
        seam.hold_up(at, partial(meanwhile, chat))
        chat.visitor.send("question", "Where is it?")
        # Then whoever has the chat open sees all of it, once, in one order, without asking
        for end in chat.ends:
            end.hear()
        shown = [[message["client_id"] for message in end.shown] for end in chat.ends]
        assert all(one == shown[0] for one in shown), f"before call {at}: {shown}"
        assert sorted(shown[0]) == sorted({*shown[0], "question"}), f"before call {at}: {shown}"
        assert [message["cursor"] for message in chat.visitor.shown] == list(range(1, len(shown[0]) + 1))
