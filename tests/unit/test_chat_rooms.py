"""A process remembers the rooms that it wrote to: what it remembers may be old, and then it does no wrong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import runtime
from chalicelib.models import changes, store
from chalicelib.models.chats import Room
from chalicelib.models.items import Chat, Contact
from chalicelib.services.chat.rooms import REMEMBERED, Rooms
from chalicelib.services.deps import Deps
from tests.conftest import RecordingConnection, put_under
from tests.sockets import Socket, Sockets

SENT = ["TransactWriteItems", "UpdateItem"]
OLD = ["TransactWriteItems", "GetItem", "Query"]


class Scene:
    """A chat that this process remembers: a visitor on it, an agent, and another one who is not."""

    def __init__(self, client: Client) -> None:
        self.sockets = Sockets(client)
        self.visitor, self.agent, self.other = (
            self.sockets.visitor(),
            self.sockets.agent(),
            self.sockets.agent("agent-2"),
        )
        self.contact_id = self.visitor.say("start")["contact_id"]
        self.agent.say("take", contact_id=self.contact_id)
        for socket in (self.visitor, self.agent, self.other):
            socket.say("ping")
        self.send(self.visitor, "first")

    def send(self, socket: Socket, client_id: str) -> Any:
        return socket.say("send", id=client_id, contact_id=self.contact_id, text=client_id)

    def shown(self, socket: Socket) -> list[str]:
        return [frame["client_id"] for frame in socket.pushed if frame["type"] == "message"]


@pytest.fixture
def scene(client: Client) -> Scene:
    return Scene(client)


@contextmanager
def another_process() -> Iterator[None]:
    """What is done within is done by a process that remembers nothing."""
    deps = runtime.get_deps()
    runtime.override(replace(deps, rooms=Rooms()))
    yield
    runtime.override(deps)


def asked(deps: Deps, what: Callable[[], Any]) -> tuple[Any, list[str]]:
    """The answer to what is said, and the requests that it took."""
    seam = put_under(RecordingConnection, deps)
    seam.calls = []
    return what(), [name for name, _ in seam.calls]


def test_somebody_wrote_meanwhile(scene: Scene, deps: Deps) -> None:
    with another_process():
        scene.send(scene.agent, "answer")
    ack, requests = asked(deps, lambda: scene.send(scene.visitor, "second"))
    assert (ack["cursor"], requests) == (3, [*OLD, *SENT])
    assert asked(deps, lambda: scene.send(scene.visitor, "third"))[1] == SENT
    assert scene.shown(scene.agent) == ["first", "second", "third"]
    assert scene.shown(scene.visitor) == ["answer"]


def test_another_window_was_opened(scene: Scene) -> None:
    with another_process():
        window = scene.sockets.visitor()
        window.say("start")
    scene.send(scene.agent, "answer")
    assert scene.shown(window) == scene.shown(scene.visitor) == ["answer"]


def test_another_agent_took_it(scene: Scene) -> None:
    with another_process():
        scene.other.say("take", contact_id=scene.contact_id, name="Ben")
    # by what is remembered they would be turned away
    assert scene.send(scene.other, "answer")["type"] == "ack"
    (message,) = (frame for frame in scene.visitor.pushed if frame["type"] == "message")
    assert message["from"] == {"side": "agent", "name": "Ben"}


def test_the_agent_left(scene: Scene) -> None:
    with another_process():
        scene.agent.say("leave", contact_id=scene.contact_id)
    refused = scene.send(scene.agent, "answer")
    assert refused["problem"]["detail"] == "take the contact first"
    scene.send(scene.visitor, "second")
    assert scene.shown(scene.agent) == ["first"]


def test_one_of_an_agents_screens_left_after_the_agent_had(scene: Scene) -> None:
    # Given an agent on two screens who left on one
    screen = scene.sockets.agent()
    screen.say("take", contact_id=scene.contact_id)
    screen.say("leave", contact_id=scene.contact_id)
    scene.send(scene.visitor, "second")
    # When they leave on the other one too
    with another_process():
        scene.agent.say("leave", contact_id=scene.contact_id)
    scene.send(scene.visitor, "third")
    # Then nothing more is pushed there
    assert scene.shown(scene.agent) == ["first", "second"]


def test_the_chat_is_over(scene: Scene) -> None:
    with another_process():
        scene.visitor.say("end", contact_id=scene.contact_id)
    assert scene.send(scene.visitor, "second")["problem"]["detail"] == "the chat is over"


def test_something_else_of_the_contact_changed(scene: Scene, deps: Deps) -> None:
    """Given a contact that is somebody else's by now, then what is said is theirs."""
    contact = store.get_contact(scene.contact_id)
    contact.customer_id, contact.asked_for = None, ["card"]
    changes.commit([changes.replace(contact)])
    ack, requests = asked(deps, lambda: scene.send(scene.visitor, "second"))
    assert requests == [*OLD, *SENT]
    assert store.get_event(ack["message_id"]).customer_id is None


def test_what_was_said_is_remembered_as_it_is_kept(scene: Scene, deps: Deps) -> None:
    """Given a message of which more is noted on the contact, then the next one still needs no read."""
    said = {"contact_id": scene.contact_id, "text": "Where is order W4435622, please?"}
    assert asked(deps, lambda: scene.visitor.say("send", id="second", **said))[1] == SENT
    assert asked(deps, lambda: scene.send(scene.visitor, "third"))[1] == SENT
    assert store.get_contact(scene.contact_id).references == ["W4435622"]


def test_it_was_taken_in_by_another_process(scene: Scene, deps: Deps) -> None:
    with another_process():
        window = scene.sockets.visitor()
        window.say("start")
        scene.sockets.gateway.refuses = True
        first = scene.send(scene.visitor, "second")
        scene.sockets.gateway.refuses = False
    # When the same frame comes here, then who listens is read before it is pushed
    ack, requests = asked(deps, lambda: scene.send(scene.visitor, "second"))
    assert (ack, requests) == (first, [*OLD, "GetItem", "UpdateItem"])
    assert scene.shown(scene.agent) == ["first", "second"]
    assert scene.shown(window) == ["second"]


def test_a_connection_that_is_gone_is_forgotten(scene: Scene, deps: Deps) -> None:
    scene.agent.cut()
    scene.send(scene.visitor, "second")
    assert asked(deps, lambda: scene.send(scene.visitor, "third"))[1] == ["Query", *SENT]
    assert asked(deps, lambda: scene.send(scene.visitor, "fourth"))[1] == SENT


def test_a_stranger_opens_nothing(scene: Scene) -> None:
    stranger = scene.sockets.visitor("visitor-2")
    assert scene.send(stranger, "mine")["problem"]["code"] == "not_found"
    assert scene.send(scene.other, "mine")["problem"]["code"] == "conflict"
    assert scene.send(scene.visitor, "second")["cursor"] == 2


def test_the_oldest_goes_first() -> None:
    rooms = Rooms()
    for number in range(REMEMBERED + 1):
        rooms.keep(Room(Contact(PK=f"{number}", SK=""), Chat(PK=f"{number}", SK=""), []))
    assert rooms.take("0") is None
    assert rooms.take("1") is not None
    assert rooms.take("1") is None
