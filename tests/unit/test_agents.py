"""Agents take contacts, leave them, and say whether they are there; what they were told waits for them."""

from typing import Any

import pytest

from chalicelib import runtime
from chalicelib.models import changes, chats, keys, store
from chalicelib.models.items import Item, Push
from chalicelib.services.chat.agents import MOST_AGENTS, PAGE
from chalicelib.services.chat.pushes import tell_agents
from tests.conftest import Api, Clock
from tests.factories import a_contact
from tests.settings import NOW
from tests.sockets import Socket, Sockets


@pytest.fixture
def screen(sockets: Sockets) -> Socket:
    return sockets.agent()


@pytest.fixture
def call(ivr: Api) -> str:
    return str(ivr.post("/contacts", a_contact()).json["contact_id"])


def agents_of(contact_id: str) -> list[tuple[str, str | None]]:
    return [(one["subject"], one["name"]) for one in store.get_contact(contact_id).agents]


def test_an_agent_takes_a_contact(sockets: Sockets, screen: Socket) -> None:
    # Given a chat in which something was said
    visitor = sockets.visitor()
    chat = visitor.say("start")["contact_id"]
    visitor.say("send", id="1", contact_id=chat, text="Hello?")
    # When an agent takes it, then they are told where it stands, and the visitor that somebody is there
    assert screen.say("take", id="t", contact_id=chat, name="Amara") == {
        "id": "t",
        "type": "taken",
        "contact_id": chat,
        "cursor": 1,
    }
    assert agents_of(chat) == [("agent-1", "Amara")]
    assert visitor.pushed == [{"type": "presence", "contact_id": chat, "side": "agent", "status": "online"}]


def test_agents_beside_each_other(sockets: Sockets, screen: Socket, call: str) -> None:
    # Given a call on which two agents are
    second = sockets.agent("agent-2")
    screen.say("take", contact_id=call, name="Amara")
    second.say("take", contact_id=call)
    assert agents_of(call) == [("agent-1", "Amara"), ("agent-2", None)]
    # When one goes by another name, and the other leaves, then that is of each alone
    screen.say("take", contact_id=call, name="Mrs Osei")
    assert second.say("leave", id="l", contact_id=call) == {"id": "l", "type": "ok"}
    assert agents_of(call) == [("agent-1", "Mrs Osei")]
    # and left again it stays as it is
    version = store.get_contact(call).version
    assert second.say("leave", id="l", contact_id=call) == {"id": "l", "type": "ok"}
    assert store.get_contact(call).version == version


def test_so_many_agents_and_no_more(sockets: Sockets, screen: Socket, call: str) -> None:
    # Given a call on which as many agents are as can be
    contact = store.get_contact(call)
    others = [{"subject": f"other-{number}", "name": None} for number in range(MOST_AGENTS - 1)]
    contact.agents = others
    changes.commit([changes.replace(contact)])
    assert screen.say("take", contact_id=call)["type"] == "taken"
    # When one more comes, then there is no room; who is there already may take it again
    refused = sockets.agent("agent-2").say("take", contact_id=call)["problem"]
    assert (refused["code"], refused["detail"]) == ("conflict", "10 agents are on this contact")
    assert screen.say("take", contact_id=call, name="Amara")["type"] == "taken"
    assert len(agents_of(call)) == MOST_AGENTS


def test_a_contact_that_is_over_cannot_be_taken(screen: Socket, call: str, agent: Api) -> None:
    agent.post(f"/contacts/{call}/end", {})
    refused = screen.say("take", contact_id=call)["problem"]
    assert (refused["code"], refused["detail"]) == ("conflict", "the contact is over")
    assert agents_of(call) == []


def test_who_left_a_chat_hears_nothing_of_it(sockets: Sockets, screen: Socket) -> None:
    visitor = sockets.visitor()
    chat = visitor.say("start")["contact_id"]
    screen.say("take", contact_id=chat)
    screen.say("leave", contact_id=chat)
    visitor.say("send", id="1", contact_id=chat, text="Hello?")
    assert screen.pushed == []


def test_who_is_available_is_listed_as_long_as_they_are_connected(screen: Socket) -> None:
    assert screen.say("presence", id="p", status="available") == {"id": "p", "type": "ok"}
    (listed,) = chats.list_listeners(keys.AVAILABLE)
    assert (listed.connection_id, listed.subject) == (screen.connection_id, "agent-1")
    assert listed.expires_at == NOW + chats.CONNECTION_LIVES
    for status in ("busy", "away"):
        screen.say("presence", status="available")
        screen.say("presence", status=status)
        assert chats.list_listeners(keys.AVAILABLE) == []


# What an agent was told


def caught_up(screen: Socket, after: str | None = None) -> Any:
    return screen.say("catch_up", id="c", **({"after": after} if after else {}))


def test_where_nothing_was_told_the_cursor_is_a_little_behind(screen: Socket, clock: Clock) -> None:
    behind = "2026-11-22T08:59:50.000000Z"
    nothing = {"id": "c", "type": "caught_up", "pushes": [], "cursor": behind, "more": False}
    assert caught_up(screen) == nothing
    # and it stays where it was, if that is earlier
    clock.forward(seconds=5)
    earlier = "2026-11-22T08:59:52.000000Z"
    assert caught_up(screen, earlier) == nothing | {"cursor": earlier}


def test_what_was_told_comes_as_it_was(screen: Socket, clock: Clock) -> None:
    tell_agents(runtime.get_deps(), ["agent-1"], {"type": "assigned", "contact_id": "A"}, "event")
    (pushed,) = screen.pushed
    told = {"type": "assigned", "contact_id": "A", "push_id": pushed["push_id"]}
    assert pushed == told
    clock.forward(minutes=1)
    answer = caught_up(screen)
    assert answer["pushes"] == [told]
    # the newest is further behind than anything that may still come to be read
    assert answer["cursor"] == f"2026-11-22T09:00:00.000000Z#{pushed['push_id']}"
    assert caught_up(screen, answer["cursor"])["pushes"] == []


def test_many_pushes_come_by_pages(screen: Socket, clock: Clock) -> None:
    # Given an agent who was told as much as two pages take
    with Item.batch_write() as batch:
        for number in range(2 * PAGE):
            clock.forward(seconds=1)
            push_id = f"{number:03d}"
            frame = {"type": "assigned", "contact_id": push_id}
            kept_as = keys.push(clock(), push_id)
            batch.save(Push(PK=keys.agent("agent-1"), SK=kept_as, push_id=push_id, frame=frame))
    # When they catch up, then each comes once, in order, however little ago
    answers = [caught_up(screen)]
    while answers[-1]["more"]:
        answers.append(caught_up(screen, answers[-1]["cursor"]))
    assert [len(one["pushes"]) for one in answers] == [PAGE, PAGE, 0]
    seen = [push["contact_id"] for one in answers for push in one["pushes"]]
    assert seen == [f"{number:03d}" for number in range(2 * PAGE)]
