"""A frame goes to all who listen; who turns out to be gone is taken off, and whoever talked with them is told."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pytest

from chalicelib.errors import Unavailable
from chalicelib.models import changes, chats, keys
from chalicelib.models.connection import StoreConnection
from chalicelib.models.items import Connection, Listener
from chalicelib.models.requests.contacts import StartContact
from chalicelib.models.requests.kinds import Channel
from chalicelib.rules.access import Caller, Role
from chalicelib.services.chat import fan_out
from chalicelib.services.chat.connections import connect, who_is_on
from chalicelib.services.contacts.contacts import start_contact
from chalicelib.services.deps import Deps
from tests.conftest import Clock, Spy, put_under

SAID = {"type": "message", "text": "Grüße"}
A_CHAT = StartContact(channel=Channel.CHAT, provider="webchat", provider_contact_id="1")


@dataclass
class Post:
    """Posts to whoever is there, and remembers what; does not know of those whom it cannot reach."""

    gone: set[str] = field(default_factory=set)
    unreachable: set[str] = field(default_factory=set)
    posted: list[tuple[str, str, str, str]] = field(default_factory=list)

    def __call__(self, url: str, region: str, connection_id: str, text: str) -> bool:
        if connection_id in self.unreachable:
            raise Unavailable("PostToConnection")
        self.posted.append((url, region, connection_id, text))
        return connection_id not in self.gone

    def frames(self, connection_id: str) -> list[object]:
        return [json.loads(text) for _, _, one, text in self.posted if one == connection_id]


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def posting(deps: Deps, post: Post) -> Deps:
    """The product, which posts through `post`."""
    return replace(deps, post=post, settings=replace(deps.settings, socket_url="https://socket.example.com/api"))


@pytest.fixture
def chat(deps: Deps) -> str:
    """A chat on which nobody listens yet: its id."""
    begun, _ = start_contact(deps, Caller(Role.VISITOR, "visitor-1"), A_CHAT, "c")
    assert begun.contact
    return str(begun.contact.contact_id)


def enter(deps: Deps, chat: str, connection_id: str, subject: str, role: Role = Role.VISITOR) -> Connection:
    """Connects somebody, who listens on the chat from then on."""
    who_is_on.cache_clear()  # other tests use the same ids
    connect(deps, Caller(role, subject), connection_id)
    connection, _ = who_is_on(connection_id)
    side = "agent" if role is Role.AGENT else "customer"
    changes.commit(chats.listen_to(chats.get_room(chat), connection, side, deps.now() + chats.CONNECTION_LIVES))
    return connection


def listening(chat: str) -> list[Listener]:
    return sorted(chats.get_room(chat).listeners, key=lambda one: one.connection_id)


def ids(listeners: Iterable[Listener]) -> list[str]:
    return [one.connection_id for one in listeners]


def test_a_frame_goes_to_all_but_its_sender(posting: Deps, post: Post, chat: str) -> None:
    for number in range(3):
        enter(posting, chat, f"c-{number}", f"visitor-{number}")
    reached = fan_out.push(posting, listening(chat), SAID, but="c-1")
    text = '{"type": "message", "text": "Grüße"}'
    assert post.posted == [
        ("https://socket.example.com/api", "eu-west-1", connection_id, text) for connection_id in ("c-0", "c-2")
    ]
    assert (reached.subjects, reached.unsure) == ({"visitor-0", "visitor-2"}, False)


def test_who_could_not_be_reached_stays_and_the_others_are_reached(posting: Deps, post: Post, chat: str) -> None:
    for number in range(3):
        enter(posting, chat, f"c-{number}", f"visitor-{number}")
    post.unreachable = {"c-1"}
    reached = fan_out.push(posting, listening(chat), SAID)
    assert (reached.subjects, reached.unsure) == ({"visitor-0", "visitor-2"}, True)
    assert ids(listening(chat)) == ["c-0", "c-1", "c-2"]


def test_who_is_gone_is_taken_off_after_all_were_reached(posting: Deps, post: Post, chat: str) -> None:
    # Given a room that this process remembers, of whose connections two are gone
    for number in range(4):
        enter(posting, chat, f"c-{number}", f"visitor-{number}")
    posting.rooms.keep(chats.get_room(chat))
    post.gone = {"c-0", "c-2"}
    # When something is pushed
    reached = fan_out.push(posting, listening(chat), SAID)
    # Then it reached the others, who are told after it that somebody went
    assert (reached.subjects, reached.unsure) == ({"visitor-1", "visitor-3"}, False)
    went = {"type": "presence", "contact_id": chat, "side": "customer", "status": "offline"}
    for connection_id in ("c-1", "c-3"):
        assert post.frames(connection_id) == [SAID, went, went]
    # and nothing of those is left, nor the room as it was
    assert ids(listening(chat)) == ["c-1", "c-3"]
    assert chats.find_connection("c-0") is None
    assert posting.rooms.take(keys.contact(chat)) is None


def test_whether_an_agents_connection_is_opening(posting: Deps, post: Post, chat: str, clock: Clock) -> None:
    # Given an agent whose connection is not there for API Gateway
    enter(posting, chat, "c-agent", "agent-1", Role.AGENT)
    post.gone = {"c-agent"}
    # When they are pushed something while it may be opening, then it stays
    clock.forward(seconds=9.999)
    fan_out.push(posting, chats.list_listeners(keys.agent("agent-1")), SAID)
    assert chats.find_connection("c-agent")
    # and later it is gone
    clock.forward(seconds=0.001)
    fan_out.push(posting, chats.list_listeners(keys.agent("agent-1")), SAID)
    assert chats.find_connection("c-agent") is None


def test_a_connection_on_a_chat_has_been_open(posting: Deps, post: Post, chat: str) -> None:
    """Given one that began to listen on a chat this moment, then it is gone where it is not there."""
    enter(posting, chat, "c-agent", "agent-1", Role.AGENT)
    post.gone = {"c-agent"}
    fan_out.push(posting, listening(chat), SAID)
    assert chats.find_connection("c-agent") is None


class Down(StoreConnection):
    """A store that does not answer."""

    def _make_api_call(self, operation_name: str, _asked: dict[str, object]) -> dict[str, object]:
        raise Unavailable(operation_name)


def test_who_cannot_be_taken_off_now_is_another_time(posting: Deps, post: Post, chat: str, deps: Deps) -> None:
    enter(posting, chat, "c-0", "visitor-0")
    enter(posting, chat, "c-1", "visitor-1")
    listeners = listening(chat)
    post.gone = {"c-0"}
    put_under(Down, deps)
    # it is no failure of what is pushed
    assert fan_out.push(posting, listeners, SAID).subjects == {"visitor-1"}


def test_who_has_another_window_open_is_still_there(posting: Deps, post: Post, chat: str) -> None:
    # Given a visitor with two windows, and an agent whose subject is the same word
    first, second = enter(posting, chat, "c-0", "somebody"), enter(posting, chat, "c-1", "somebody")
    enter(posting, chat, "c-2", "somebody", Role.AGENT)
    # When one is closed, then nobody is told; when the other is, the agent is
    fan_out.forget(posting, first.connection_id)
    assert post.posted == []
    fan_out.forget(posting, second.connection_id)
    went = {"type": "presence", "contact_id": chat, "side": "customer", "status": "offline"}
    assert post.frames("c-2") == [went]
    # and being told of it again tells nobody
    fan_out.forget(posting, second.connection_id)
    assert len(post.posted) == 1


def test_who_comes_is_told_of_to_the_others(posting: Deps, post: Post, chat: str) -> None:
    enter(posting, chat, "c-0", "visitor-0")
    agent = enter(posting, chat, "c-1", "agent-1", Role.AGENT)
    fan_out.tell_presence(posting, chats.get_room(chat), agent, "online")
    came = {"type": "presence", "contact_id": chat, "side": "agent", "status": "online"}
    assert post.frames("c-0") == [came]
    assert post.frames("c-1") == []


def test_nobody_who_listens_costs_nothing(posting: Deps, post: Post, spy: Spy) -> None:
    assert fan_out.push(posting, [], SAID).subjects == set()
    assert (post.posted, spy.operations) == ([], [])
