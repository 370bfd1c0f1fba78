"""What is said in a chat: who is told of it, what is kept, and how far each side has read."""

from collections.abc import Callable

import pytest

from chalicelib.models import chats, store
from chalicelib.models.items import ChatMessage
from tests.conftest import Api, Clock
from tests.sockets import Socket, Sockets

Send = Callable[[Socket, str], str]


@pytest.fixture
def visitor(sockets: Sockets) -> Socket:
    return sockets.visitor()


@pytest.fixture
def contact_id(visitor: Socket) -> str:
    return str(visitor.say("start")["contact_id"])


@pytest.fixture
def desk(sockets: Sockets, visitor: Socket, contact_id: str) -> Socket:
    """An agent who took the chat."""
    desk = take(sockets, contact_id, "agent-1")
    assert visitor.pushed
    return desk


def take(sockets: Sockets, contact_id: str, subject: str) -> Socket:
    desk = sockets.agent(subject)
    desk.say("take", contact_id=contact_id)
    return desk


@pytest.fixture
def send(contact_id: str) -> Send:
    """Says something on the chat: the message's id."""

    def say(socket: Socket, text: str) -> str:
        return str(socket.say("send", id="m", contact_id=contact_id, text=text)["message_id"])

    return say


def message(contact_id: str, place: int) -> ChatMessage:
    found = chats.find_message(contact_id, place)
    assert found
    return found


def test_what_is_said_is_answered_with_its_place_and_moment(visitor: Socket, contact_id: str) -> None:
    acks = [visitor.say("send", id=id_, contact_id=contact_id, text="Hello?") for id_ in ("a", "b")]
    for number, ack in enumerate(acks):
        assert ack == {
            "id": "ab"[number],
            "type": "ack",
            "contact_id": contact_id,
            "message_id": ack["message_id"],
            "cursor": number + 1,
            # each is after the one before, on a clock that stands still as well
            "at": f"2026-11-22T09:00:00.00000{number}Z",
        }


def test_what_is_said_is_an_interaction(
    visitor: Socket, desk: Socket, send: Send, agent: Api, clock: Clock
) -> None:
    asked = send(visitor, "Where is it?")
    clock.forward(seconds=7)
    answered = send(desk, "Let me look.")
    contact_id = store.get_event(asked).contact_id
    customer_id = store.get_contact(contact_id).customer_id
    shown = [agent.get(f"/interactions/{message_id}").json for message_id in (asked, answered)]
    both = {"channel": "chat", "kind": "message", "source": "webchat", "contact_id": contact_id}
    expected = (
        {"direction": "inbound", "body": "Where is it?", "occurred_at": "2026-11-22T09:00:00Z"},
        {"direction": "outbound", "body": "Let me look.", "occurred_at": "2026-11-22T09:00:07Z"},
    )
    for view, one in zip(shown, expected, strict=True):
        assert view.items() >= (both | one | {"customer_id": customer_id}).items()
    captured = [store.get_event(message_id).captured_by for message_id in (asked, answered)]
    assert captured == [{"role": "visitor", "subject": "visitor-1"}, {"role": "agent", "subject": "agent-1"}]


def test_each_sender_has_ids_of_its_own(sockets: Sockets, agent: Api) -> None:
    # Given a customer who is signed in and goes by the same word as an agent, and another agent
    word = str(agent.post("/customers", {"name": "Ada"}).json["customer_id"])
    visitor = sockets.portal(word)
    contact_id = visitor.say("start", visitor="browser-1")["contact_id"]
    desks = [take(sockets, contact_id, subject) for subject in (word, "agent-2")]
    # When each sends something by the same id, then all of it is said
    acks = [
        socket.say("send", id="m", contact_id=contact_id, text=f"{number}")
        for number, socket in enumerate((visitor, *desks))
    ]
    assert [ack["cursor"] for ack in acks] == [1, 2, 3]
    messages = visitor.say("resume", contact_id=contact_id)["messages"]
    assert [(one["text"], one["client_id"]) for one in messages] == [("0", "m"), ("1", "m"), ("2", "m")]


def test_what_is_said_is_pushed_to_all_but_its_sender(
    sockets: Sockets, visitor: Socket, desk: Socket, send: Send, contact_id: str
) -> None:
    # Given an agent with two screens, when they write on one, then the other shows it too
    screen = take(sockets, contact_id, "agent-1")
    send(desk, "Let me look.")
    assert [one["text"] for one in screen.pushed] == [one["text"] for one in visitor.pushed] == ["Let me look."]
    assert desk.pushed == []


def test_who_missed_it_is_noted(
    sockets: Sockets, visitor: Socket, desk: Socket, send: Send, contact_id: str
) -> None:
    # Given two agents on the chat, of whom one is away
    away = take(sockets, contact_id, "agent-2")
    away.cut()
    # When something is said, then it is they who missed it, and nobody who said it
    send(visitor, "Hello?")
    send(desk, "Hello!")
    noted = [message(contact_id, place) for place in (1, 2)]
    assert [(one.pushed, one.missed_by) for one in noted] == [(True, ["agent-2"])] * 2


def test_what_nobody_could_be_told_of_is_not_noted_as_pushed(
    sockets: Sockets, visitor: Socket, desk: Socket, send: Send, contact_id: str
) -> None:
    # Given a message that could not be pushed, when it is sent again
    sockets.gateway.refuses = True
    send(visitor, "Hello?")
    assert not message(contact_id, 1).pushed
    sockets.gateway.refuses = False
    send(visitor, "Hello?")
    # Then it is pushed, though not to its sender
    assert message(contact_id, 1).pushed
    assert [one["text"] for one in desk.pushed] == ["Hello?"]
    assert visitor.pushed == []


def test_that_somebody_writes(sockets: Sockets, visitor: Socket, desk: Socket, contact_id: str) -> None:
    assert visitor.say("typing", contact_id=contact_id) is None
    assert desk.pushed == [{"type": "typing", "contact_id": contact_id, "from": {"side": "customer"}}]
    assert visitor.pushed == []
    # who may not talk there cannot say so
    refused = sockets.agent("agent-2").say("typing", contact_id=contact_id)
    assert refused["problem"]["detail"] == "take the contact first"


def test_how_far_each_side_has_read(visitor: Socket, desk: Socket, contact_id: str) -> None:
    # Given three messages
    for text in "abc":
        desk.say("send", id=text, contact_id=contact_id, text=text)
    visitor.pushed  # noqa: B018 - read off
    # When the visitor has read two, then the agent is told, once
    for up_to in (2, 2, 1):
        assert visitor.say("read", id="r", contact_id=contact_id, up_to=up_to) == {"id": "r", "type": "ok"}
    read = {"type": "read", "contact_id": contact_id, "side": "customer", "up_to": 2}
    assert (desk.pushed, visitor.pushed) == ([read], [])
    # and of each side it is known by itself, as far as something was said
    visitor.say("read", contact_id=contact_id, up_to=4)
    desk.say("read", contact_id=contact_id, up_to=1)
    assert visitor.say("resume", contact_id=contact_id)["read"] == {"customer": 3, "agent": 1}
