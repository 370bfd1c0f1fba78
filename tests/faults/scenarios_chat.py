"""What is said on the socket, as operations: each of its calls to DynamoDB is made to fail."""

import json
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from chalicelib import runtime
from chalicelib.errors import Unavailable
from chalicelib.models import chats, keys
from chalicelib.models.chats import Room
from chalicelib.models.connection import deadline
from chalicelib.rules.access import Caller, Role
from chalicelib.services.chat import connections
from chalicelib.socket_runtime import BUDGET_SECONDS
from tests.faults.scenarios import ADA, a_call, image_of, must, nothing, scenario, send, told
from tests.faults.world import Outcome, World
from tests.sockets import event_of

VISITOR, AGENT = "connection-visitor", "connection-agent"


@dataclass(frozen=True)
class Chat:
    """A visitor's chat that an agent is on; both are connected."""

    contact_id: str


def say(world: World, connection_id: str, action: str, **fields: Any) -> Outcome:
    """Says a frame, in a process that knows neither connection nor chat. Done is any answer but a problem."""
    connections.who_is_on.cache_clear()
    runtime.get_deps().rooms.take(keys.contact(fields.get("contact_id", "")))
    return say_again(world, connection_id, action, **fields)


def say_again(world: World, connection_id: str, action: str, **fields: Any) -> Outcome:
    """The same, in a process that may know both."""
    event = event_of(connection_id, body=json.dumps({"action": action, "id": "1", **fields}))
    body = world.client.lambda_.invoke("websocket_message", event).payload.get("body")
    answer = json.loads(body) if body else {}
    problem = answer.get("problem", {})
    return Outcome(not problem, problem.get("code") == "unavailable", problem or answer)


def connected(_world: World) -> None:
    connections.connect(runtime.get_deps(), Caller(Role.VISITOR, "visitor-1"), VISITOR)
    connections.connect(runtime.get_deps(), Caller(Role.AGENT, "agent-1"), AGENT)


def begun(world: World) -> Chat:
    connected(world)
    return Chat(must(say(world, VISITOR, "start"))["contact_id"])


def taken(world: World) -> Chat:
    chat = begun(world)
    must(say(world, AGENT, "take", contact_id=chat.contact_id, name="Amara"))
    return chat


def talking(world: World) -> Chat:
    chat = taken(world)
    must(say(world, VISITOR, "send", id="first", contact_id=chat.contact_id, text="hello"))
    return chat


def over(world: World) -> Chat:
    chat = talking(world)
    must(say(world, VISITOR, "end", contact_id=chat.contact_id))
    return chat


@scenario("socket connect", nothing)
def _(world: World, _given: Any) -> Outcome:
    try:
        with deadline(BUDGET_SECONDS):
            connected(world)
    except Unavailable:
        return Outcome(done=False, again=True, answer={})
    return Outcome(done=True, again=False, answer={})


@scenario("socket disconnect", talking)
def _(world: World, _chat: Chat) -> Outcome:
    try:
        world.client.lambda_.invoke("websocket_disconnect", event_of(AGENT))
    except Unavailable:
        return Outcome(done=False, again=True, answer={})
    return Outcome(done=True, again=False, answer={})


@scenario("socket start", connected)
def _(world: World, _given: Any) -> Outcome:
    return without(say(world, VISITOR, "start", name="Ada Byron"), "status")


@scenario("socket start", talking, name="taken up")
def _(world: World, _chat: Chat) -> Outcome:
    return say(world, VISITOR, "start")


@scenario("socket start", over, name="after the end")
def _(world: World, _chat: Chat) -> Outcome:
    return without(say(world, VISITOR, "start"), "status")


def without(outcome: Outcome, name: str) -> Outcome:
    """The outcome but for what tells the first try from another."""
    return Outcome(outcome.done, outcome.again, {key: one for key, one in outcome.answer.items() if key != name})


@scenario("socket send", taken)
def _(world: World, chat: Chat) -> Outcome:
    return say(world, VISITOR, "send", contact_id=chat.contact_id, text="hello")


def remembered(world: World) -> Room:
    return chats.get_room(talking(world).contact_id)


@scenario("socket send", remembered, name="to a room that is remembered")
def _(world: World, room: Room) -> Outcome:
    contact_id = room.contact.contact_id
    runtime.get_deps().rooms.keep(deepcopy(room))
    return say_again(world, VISITOR, "send", id="second", contact_id=contact_id, text="hello?")


@scenario("socket send", remembered, name="to a room that changed since")
def _(world: World, room: Room) -> Outcome:
    contact_id, old = room.contact.contact_id, deepcopy(room)
    old.chat.messages -= 1
    runtime.get_deps().rooms.keep(old)
    return say_again(world, VISITOR, "send", id="second", contact_id=contact_id, text="hello?")


@scenario("socket send", talking, name="an answer")
def _(world: World, chat: Chat) -> Outcome:
    return say(world, AGENT, "send", contact_id=chat.contact_id, text="hello yourself")


@scenario("socket resume", talking)
def _(world: World, chat: Chat) -> Outcome:
    return say(world, AGENT, "resume", contact_id=chat.contact_id)


@scenario("socket typing", talking)
def _(world: World, chat: Chat) -> Outcome:
    return say(world, AGENT, "typing", contact_id=chat.contact_id)


@scenario("socket read", talking)
def _(world: World, chat: Chat) -> Outcome:
    return say(world, AGENT, "read", contact_id=chat.contact_id, up_to=1)


@scenario("socket upload", talking)
def _(world: World, chat: Chat) -> Outcome:
    asked = say(world, VISITOR, "upload", contact_id=chat.contact_id, name="a.png", type="image/png", size=4)
    return without(without(asked, "url"), "attachment_id")


@scenario("socket download", talking)
def _(world: World, chat: Chat) -> Outcome:
    return without(say(world, VISITOR, "download", contact_id=chat.contact_id, attachment_id="A" * 26), "url")


@scenario("socket end", talking)
def _(world: World, chat: Chat) -> Outcome:
    return say(world, VISITOR, "end", contact_id=chat.contact_id)


@scenario("socket ping", connected)
def _(world: World, _given: Any) -> Outcome:
    return say(world, VISITOR, "ping")


@scenario("socket take", begun)
def _(world: World, chat: Chat) -> Outcome:
    return say(world, AGENT, "take", contact_id=chat.contact_id, name="Amara")


@scenario("socket leave", taken)
def _(world: World, chat: Chat) -> Outcome:
    return say(world, AGENT, "leave", contact_id=chat.contact_id)


@scenario("socket presence", connected)
def _(world: World, _given: Any) -> Outcome:
    return say(world, AGENT, "presence", status="available")


@scenario("socket catch_up", connected)
def _(world: World, _given: Any) -> Outcome:
    return without(say(world, AGENT, "catch_up"), "cursor")


# What hangs on it off the stream


def contact_image(contact_id: str) -> dict[str, Any]:
    return image_of(keys.contact(contact_id), keys.CONTACT)


def place_image(contact_id: str) -> dict[str, Any]:
    return image_of(keys.dialogue(contact_id), keys.place(1))


def a_message_that_was_not_pushed(world: World) -> list[dict[str, Any]]:
    chat = taken(world)
    world.gateway.refuses = True
    must(say(world, VISITOR, "send", contact_id=chat.contact_id, text="hello"))
    world.gateway.refuses = False
    return told({"NewImage": place_image(chat.contact_id)})


def a_message_that_an_agent_missed(world: World) -> list[dict[str, Any]]:
    chat = taken(world)
    connections.disconnect(AGENT)
    must(say(world, VISITOR, "send", contact_id=chat.contact_id, text="hello"))
    pushed = place_image(chat.contact_id)
    return told({"OldImage": {**pushed, "pushed": {"BOOL": False}}, "NewImage": pushed})


def an_agent_who_joined(world: World) -> list[dict[str, Any]]:
    chat = begun(world)
    before = contact_image(chat.contact_id)
    must(say(world, AGENT, "take", contact_id=chat.contact_id))
    return told({"OldImage": before, "NewImage": contact_image(chat.contact_id)})


def a_chat_that_nobody_answered(world: World) -> list[dict[str, Any]]:
    chat = begun(world)
    must(say(world, VISITOR, "send", contact_id=chat.contact_id, text="anybody?"))
    before = contact_image(chat.contact_id)
    must(say(world, VISITOR, "end", contact_id=chat.contact_id))
    return told({"OldImage": before, "NewImage": contact_image(chat.contact_id)})


def a_case_of_who_is_on_the_phone(world: World) -> list[dict[str, Any]]:
    connected(world)
    contact = must(send(world, "ivr", "POST", "/contacts", a_call(ADA)))
    must(say(world, AGENT, "take", contact_id=contact["contact_id"]))
    case = must(send(world, "agent", "POST", f"/customers/{contact['customer_id']}/cases", {"subject": "A bill"}))
    return told({"NewImage": image_of(keys.case(case["case_id"]), keys.CASE)})


@scenario("follow_contact", a_message_that_was_not_pushed, name="a message that was not pushed")
@scenario("follow_contact", a_message_that_an_agent_missed, name="a message that was missed")
@scenario("follow_contact", an_agent_who_joined, name="an agent joined")
@scenario("follow_contact", a_chat_that_nobody_answered, name="nobody answered")
@scenario("follow_contact", a_case_of_who_is_on_the_phone, name="a case of who is there")
def _(world: World, records: list[dict[str, Any]]) -> Outcome:
    return world.stream("follow_contact", records)
