"""A visitor chats and an agent answers: each message once, in order, to whoever is there, on the timeline."""

import json
from io import StringIO
from typing import Any

import pytest

from chalicelib.models import changes, chats, keys, store
from chalicelib.models.items import Interaction
from chalicelib.services.chat.chat import PAGE, PAGE_CHARACTERS
from tests.conftest import Api, Clock, Spy
from tests.factories import a_contact, an_interaction
from tests.settings import NOW
from tests.sockets import Socket, Sockets
from tests.unit.test_uploads import upload


@pytest.fixture
def visitor(sockets: Sockets) -> Socket:
    return sockets.visitor()


@pytest.fixture
def contact_id(visitor: Socket) -> str:
    return str(visitor.say("start", id="s")["contact_id"])


@pytest.fixture
def agent_on(sockets: Sockets, contact_id: str, visitor: Socket) -> Socket:
    agent = sockets.agent()
    agent.say("take", id="t", contact_id=contact_id, name="Amara")
    came = visitor.pushed[0]
    assert (came["type"], came["side"], came["status"]) == ("presence", "agent", "online")
    return agent


def texts(frames: list[Any]) -> list[tuple[int, str]]:
    return [(frame["cursor"], frame["text"]) for frame in frames if frame["type"] == "message"]


def resumed(socket: Socket, contact_id: str, after: int = 0) -> list[Any]:
    """All that was said after a cursor."""
    messages: list[Any] = []
    while True:
        answer = socket.say("resume", id="r", contact_id=contact_id, after=after)
        messages += answer["messages"]
        after = answer["cursor"]
        if not answer["more"]:
            return messages


def test_a_chat_is_a_contact_and_each_message_an_interaction(
    visitor: Socket, contact_id: str, agent_on: Socket, agent: Api
) -> None:
    # Given a chat that an agent took, when both write
    first = visitor.say("send", id="m-1", contact_id=contact_id, text="Where is my order?")
    second = agent_on.say("send", id="m-1", contact_id=contact_id, text="Let me look.")
    # Then each is told its message's place, and what the other wrote, by the name that it goes by
    assert (first["type"], first["id"], first["cursor"]) == ("ack", "m-1", 1)
    assert (second["type"], second["cursor"]) == ("ack", 2)
    (to_agent,), (to_visitor,) = agent_on.pushed, visitor.pushed
    assert to_agent == {
        "type": "message",
        "contact_id": contact_id,
        "message_id": first["message_id"],
        "cursor": 1,
        "at": first["at"],
        "from": {"side": "customer"},
        "client_id": "m-1",
        "text": "Where is my order?",
    }
    assert to_visitor["from"] == {"side": "agent", "name": "Amara"}
    # and it is the contact of a customer, whose timeline has it
    contact = store.get_contact(contact_id)
    assert (contact.channel, contact.provider, contact.status) == ("chat", "webchat", "live")
    timeline = agent.get(f"/customers/{contact.customer_id}/timeline").json["items"]
    assert [(one["direction"], one["body"]) for one in timeline] == [
        ("outbound", "Let me look."),
        ("inbound", "Where is my order?"),
    ]


def test_a_frame_that_comes_again_changes_nothing(visitor: Socket, contact_id: str, agent_on: Socket) -> None:
    # Given a message, when it is sent again, on this connection and on another
    ack = visitor.say("send", id="m-1", contact_id=contact_id, text="Hello?")
    again = [visitor.say("send", id="m-1", contact_id=contact_id, text="Hello?") for _ in range(2)]
    # Then the answer is the same, and the agent is told once
    assert again == [ack, ack]
    assert texts(agent_on.pushed) == [(1, "Hello?")]
    assert texts(resumed(visitor, contact_id)) == [(1, "Hello?")]


def test_what_was_missed_is_caught_up_with(
    sockets: Sockets, visitor: Socket, contact_id: str, agent_on: Socket
) -> None:
    # Given a visitor whose line was cut after the first message
    agent_on.say("send", id="1", contact_id=contact_id, text="one")
    visitor.cut()
    for word in ("two", "three"):
        agent_on.say("send", id=word, contact_id=contact_id, text=word)
    # When it connects again
    back = sockets.visitor()
    started = back.say("start", id="s")
    # Then it is the same chat, and the rest comes, once, and what is said from now on
    assert started == {"id": "s", "type": "started", "contact_id": contact_id, "cursor": 3, "status": "taken_up"}
    assert texts(resumed(back, contact_id, after=1)) == [(2, "two"), (3, "three")]
    agent_on.say("send", id="four", contact_id=contact_id, text="four")
    assert texts(back.pushed) == [(4, "four")]


def test_a_connection_that_is_gone_is_taken_off(visitor: Socket, contact_id: str, agent_on: Socket) -> None:
    # Given a visitor's line that was cut, when the agent writes
    visitor.cut()
    agent_on.say("send", id="1", contact_id=contact_id, text="Are you there?")
    # Then the agent is told that nobody is there, and nobody is posted to any more
    assert [(one["type"], one["side"], one["status"]) for one in agent_on.pushed] == [
        ("presence", "customer", "offline")
    ]
    listening = [one.connection_id for one in chats.get_room(contact_id).listeners]
    assert listening == [agent_on.connection_id]
    assert chats.find_connection(visitor.connection_id) is None
    # and being told of it as well changes nothing
    visitor.close()
    assert agent_on.pushed == []


def test_another_visitor_opens_nothing(sockets: Sockets, visitor: Socket, contact_id: str) -> None:
    # Given somebody's chat, when another visitor names it
    stranger = sockets.visitor("visitor-2")
    said = {"contact_id": contact_id}
    answers = [
        stranger.say("send", id="m", text="let me in", **said),
        stranger.say("resume", id="r", **said),
        stranger.say("read", id="r", up_to=1, **said),
        stranger.say("typing", id="r", **said),
        stranger.say("upload", id="r", name="a", type="image/png", size=1, **said),
        stranger.say("end", id="r", **said),
    ]
    # Then it does not exist
    assert [answer["problem"]["code"] for answer in answers] == ["not_found"] * 6
    answers = [stranger.say("take", id="r", **said), stranger.say("leave", id="r", **said)]
    assert [answer["problem"]["code"] for answer in answers] == ["forbidden"] * 2
    assert visitor.pushed == []
    assert store.get_contact(contact_id).status == "live"


def test_an_agent_talks_where_it_took_the_contact(sockets: Sockets, contact_id: str, agent_on: Socket) -> None:
    other = sockets.agent("agent-2")
    refused = other.say("send", id="1", contact_id=contact_id, text="hi")
    assert refused["problem"]["detail"] == "take the contact first"
    # and beside others who took it
    other.say("take", contact_id=contact_id)
    assert other.say("send", id="1", contact_id=contact_id, text="hi")["type"] == "ack"
    agent_on.say("leave", id="l", contact_id=contact_id)
    assert agent_on.say("send", id="1", contact_id=contact_id, text="hi")["problem"]["code"] == "conflict"
    assert other.say("send", id="2", contact_id=contact_id, text="hi")["type"] == "ack"


def test_signs_of_life(visitor: Socket, contact_id: str, agent_on: Socket) -> None:
    visitor.say("send", id="1", contact_id=contact_id, text="hi")
    agent_on.pushed  # noqa: B018 - read off
    assert agent_on.say("typing", contact_id=contact_id) is None
    assert agent_on.say("read", id="r", contact_id=contact_id, up_to=9) == {"id": "r", "type": "ok"}
    assert agent_on.say("read", id="r", contact_id=contact_id, up_to=1)["type"] == "ok"
    assert visitor.pushed == [
        {"type": "typing", "contact_id": contact_id, "from": {"side": "agent", "name": "Amara"}},
        {"type": "read", "contact_id": contact_id, "side": "agent", "up_to": 1},
    ]
    assert visitor.say("resume", contact_id=contact_id)["read"] == {"customer": 0, "agent": 1}
    assert visitor.say("ping", id="p") == {"id": "p", "type": "pong"}


def test_a_chat_that_is_over(visitor: Socket, agent: Api, clock: Clock) -> None:
    # Given a chat that its visitor ended, twice
    contact_id = visitor.say("start", subject="A bill")["contact_id"]
    clock.forward(minutes=5)
    assert [visitor.say("end", id="e", contact_id=contact_id) for _ in range(2)] == [{"id": "e", "type": "ok"}] * 2
    contact = store.get_contact(contact_id)
    assert (contact.status, contact.phase, contact.ended_at) == ("ended", "ended", clock())
    assert contact.attributes == {"subject": "A bill", "ended_by": "customer"}
    head = store.get_head(contact.customer_id)
    assert (head.profile.live_contacts, head.contacts) == (0, [])
    # When something is said on it, then that is refused; and start begins another one
    assert visitor.say("send", id="1", contact_id=contact_id, text="hi")["problem"]["detail"] == "the chat is over"
    again = visitor.say("start", id="s")
    assert (again["status"], again["contact_id"] != contact_id) == ("new", True)
    assert chats.find_visit("visitor", "visitor-1").number == 2
    # and an agent may still wrap the first up
    assert agent.post(f"/contacts/{contact_id}/end", {"disposition": "sold"}).json["disposition"] == "sold"


def test_a_chat_of_nobody_ends_as_well(visitor: Socket, contact_id: str) -> None:
    contact = store.get_contact(contact_id)
    contact.customer_id = None
    changes.commit([changes.replace(contact)])
    assert visitor.say("end", contact_id=contact_id)["type"] == "ok"
    assert store.get_contact(contact_id).status == "ended"


def test_what_was_said_elsewhere_meanwhile_is_not_forgotten(visitor: Socket, contact_id: str, ivr: Api) -> None:
    # Given a chat, on which something is captured by the API after what was written there
    visitor.say("send", id="1", contact_id=contact_id, text="A parcel")
    said = an_interaction(contact_id=contact_id, channel="chat", body="A broken sofa")
    assert ivr.post("/interactions", said).status == 201
    # When more is written there, then all of it is what the chat is about
    visitor.say("send", id="2", contact_id=contact_id, text="The courier")
    assert {"parcel", "sofa", "courie"} <= set(store.get_contact(contact_id).gist.split())


def test_windows_that_begin_at_once_begin_the_same(sockets: Sockets) -> None:
    both = [sockets.visitor().say("start", id="s") for _ in range(2)]
    assert both[0]["contact_id"] == both[1]["contact_id"]


def test_a_chat_that_begins(visitor: Socket) -> None:
    started = visitor.say("start", id="s")
    contact_id = started["contact_id"]
    assert started == {"id": "s", "type": "started", "contact_id": contact_id, "cursor": 0, "status": "new"}
    (listener,) = chats.get_room(contact_id).listeners
    assert (listener.connection_id, listener.side) == (visitor.connection_id, "customer")
    assert listener.expires_at == NOW + chats.CONNECTION_LIVES
    assert chats.find_visit("visitor", "visitor-1").number == 1


def test_what_a_visitor_says_of_itself_is_known(visitor: Socket, agent: Api) -> None:
    facts = {"postcode": "LS1 4AP"}
    answer = visitor.say("start", id="s", name="Ada Byron", subject="A bill", facts=facts)
    pop = agent.get(f"/contacts/{answer['contact_id']}/screen-pop").json
    known = {name: (fact["value"], fact["source"]) for name, fact in pop["facts"].items()}
    assert known == {"name": ("Ada Byron", "chat"), "postcode": ("LS1 4AP", "chat")}
    contact = store.get_contact(answer["contact_id"])
    assert contact.attributes == {"subject": "A bill"}
    assert (contact.sender["type"], contact.sender["value"]) == ("visitor", "visitor-1")


def test_what_is_done_can_be_traced(visitor: Socket, trail: StringIO) -> None:
    """Given a chat, then it, its message and its end name the frames that made them in the audit log."""
    contact_id = visitor.say("start")["contact_id"]
    message_id = visitor.say("send", id="1", contact_id=contact_id, text="Hello?")["message_id"]
    visitor.say("end", contact_id=contact_id)
    audited = [json.loads(line) for line in trail.getvalue().splitlines()]
    told = {line["purpose"]: line["correlation_id"] for line in audited}
    contact = store.get_contact(contact_id)
    (ending,) = [
        item
        for item in store.list_band(keys.customer(contact.customer_id), keys.TIMELINE, limit=5).items
        if isinstance(item, Interaction) and item.interaction_id != message_id
    ]
    made = (contact, store.get_event(message_id), store.get_event(ending.interaction_id))
    assert [one.correlation_id for one in made] == [told["chat:start"], told["chat:send"], told["chat:end"]]


def test_a_chat_that_was_over_before_it_was_counted(sockets: Sockets, visitor: Socket, contact_id: str) -> None:
    # Given a chat that is over, of which it could not be noted any more that it is the visitor's latest
    visitor.say("end", contact_id=contact_id)
    chats.find_visit("visitor", "visitor-1").delete()
    # When the visitor is back, then another one begins
    started = sockets.visitor().say("start")
    assert (started["status"], started["contact_id"] != contact_id) == ("new", True)
    assert store.get_contact(started["contact_id"]).status == "live"
    assert chats.find_visit("visitor", "visitor-1").number == 2


def test_what_is_no_chat_is_not_reached(sockets: Sockets, ivr: Api) -> None:
    """Given a visitor's contact on another way than this socket, then to the socket it does not exist."""
    api = ivr.as_("visitor")
    body = a_contact(None, channel="chat", provider="web", to=None)
    other = api.post("/contacts", body).json["contact_id"]
    assert store.get_contact(other).started_by == {"role": "visitor", "subject": "visitor-1"}
    refused = sockets.visitor().say("resume", contact_id=other)["problem"]
    assert (refused["code"], refused["detail"]) == ("not_found", "no such contact")
    # but an agent works on any
    assert sockets.agent().say("resume", contact_id=other)["type"] == "resumed"


def test_markup_and_card_numbers(visitor: Socket, contact_id: str, agent_on: Socket) -> None:
    """Given markup, then it comes out as the data that it is; given a card number, then it is masked."""
    markup = "<script>alert(1)</script>\n\"'><img src=x onerror=alert(1)> {{7*7}} ${7*7}"
    visitor.say("send", id="1", contact_id=contact_id, text=markup)
    visitor.say("send", id="2", contact_id=contact_id, text="4111 1111 1111 1111")
    assert [text for _, text in texts(agent_on.pushed)] == [markup, "[card number]"]


def test_a_long_message_is_whole(visitor: Socket, contact_id: str, agent_on: Socket) -> None:
    """Given the longest message, then it arrives and stays whole, and its entry is a preview."""
    text = "ü" * 15_000
    visitor.say("send", id="1", contact_id=contact_id, text=text)
    assert texts(agent_on.pushed) == [(1, text)] == texts(resumed(visitor, contact_id))
    contact = store.get_contact(contact_id)
    (entry,) = store.list_band(keys.customer(contact.customer_id), keys.TIMELINE, limit=5).items
    assert isinstance(entry, Interaction)
    assert entry.truncated


def test_many_messages_come_by_pages(visitor: Socket, contact_id: str) -> None:
    for number in range(PAGE + 1):
        visitor.say("send", id=str(number), contact_id=contact_id, text=f"{number}")
    page = visitor.say("resume", id="r", contact_id=contact_id)
    assert [cursor for cursor, _ in texts(page.pop("messages"))] == list(range(1, PAGE + 1))
    assert page == {
        "id": "r",
        "type": "resumed",
        "contact_id": contact_id,
        "cursor": PAGE,
        "more": True,
        "status": "live",
        "read": {"customer": 0, "agent": 0},
    }
    rest = visitor.say("resume", contact_id=contact_id, after=PAGE)
    assert (texts(rest["messages"]), rest["cursor"], rest["more"]) == ([(PAGE + 1, f"{PAGE}")], PAGE + 1, False)
    nothing = visitor.say("resume", contact_id=contact_id, after=PAGE + 1)
    assert (nothing["messages"], nothing["cursor"], nothing["more"]) == ([], PAGE + 1, False)


@pytest.mark.usefixtures("provider")  # an archive to upload to
def test_a_page_has_no_more_than_one_answer_takes(visitor: Socket, contact_id: str) -> None:
    # Given what was said: long messages, which come to as much as there may be, a picture between them, and more
    visitor.say("send", id="1", contact_id=contact_id, text="a" * 16_000)
    upload(visitor, contact_id, id="2")
    visitor.say("send", id="3", contact_id=contact_id, text="b" * (PAGE_CHARACTERS - 16_000))
    for number in (4, 5):
        visitor.say("send", id=f"{number}", contact_id=contact_id, text="c" * 15_000)
    # Then a page has what goes into it, and one message at least
    pages = [visitor.say("resume", contact_id=contact_id)]
    while pages[-1]["more"]:
        pages.append(visitor.say("resume", contact_id=contact_id, after=pages[-1]["cursor"]))
    assert [[one["cursor"] for one in page["messages"]] for page in pages] == [[1, 2, 3], [4], [5]]
    assert [page["cursor"] for page in pages] == [3, 4, 5]


def test_the_order_is_that_of_the_dialogue(
    visitor: Socket, contact_id: str, agent_on: Socket, clock: Clock, agent: Api
) -> None:
    """Given clocks that differ, then the timeline has the order of the dialogue."""
    for number in range(3):
        (visitor, agent_on)[number % 2].say("send", id=f"{number}", contact_id=contact_id, text=f"{number}")
        clock.forward(seconds=-1)
    customer_id = store.get_contact(contact_id).customer_id
    timeline = agent.get(f"/customers/{customer_id}/timeline").json["items"]
    assert [one["body"] for one in timeline] == ["2", "1", "0"]


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("nonsense", "malformed_request", "frame"),
        ("[1]", "malformed_request", "frame"),
        ("[" * 30_000, "malformed_request", "frame"),
        ('{"action": "dance"}', "invalid_input", "action"),
        ('{"action": ["send"]}', "invalid_input", "action"),
        ('{"action": "send", "contact_id": "x", "id": "1", "text": "a"}', "invalid_input", "contact_id"),
        ('{"action": "ping", "id": "a b"}', "invalid_input", "id"),
        ('{"action": "ping", "more": 1}', "invalid_input", "more"),
        ('{"action": "ping", "id": "' + "x" * 33_000 + '"}', "body_too_large", "frame"),
        (
            '{"action": "send", "contact_id": "' + "A" * 26 + '", "id": "1", "text": " "}',
            "invalid_input",
            "text",
        ),
    ],
)
def test_bad_frames_are_told_where(visitor: Socket, text: str, code: str, field: str) -> None:
    answer = visitor.say_raw(text)
    assert answer["type"] == "error"
    assert answer["problem"]["code"] == code
    assert answer["problem"]["errors"][0]["field"] == field


def test_requests_are_counted(visitor: Socket, contact_id: str, agent_on: Socket, spy: Spy) -> None:
    """What docs/table.md says: exact figures."""
    visitor.say("ping")  # who is on a connection is read once

    def asked(socket: Socket, action: str, **fields: Any) -> list[str]:
        spy.reset()
        socket.say(action, contact_id=contact_id, **fields)
        return spy.operations

    write = ["TransactWriteItems"]
    assert asked(visitor, "send", id="1", text="hi") == ["Query", *write, "UpdateItem"]
    again = asked(visitor, "send", id="1", text="hi")
    assert again == [*write, "GetItem", "Query", "GetItem"]
    assert asked(visitor, "send", id="2", text="hi") == ["Query", *write, "UpdateItem"]
    assert asked(visitor, "send", id="3", text="hi") == [*write, "UpdateItem"]
    assert asked(agent_on, "send", id="4", text="hello") == [*write, "UpdateItem"]
    assert asked(agent_on, "typing") == ["Query"]
    assert asked(agent_on, "read", up_to=1) == ["Query", "UpdateItem"]
    assert asked(agent_on, "read", up_to=1) == ["Query"]
    assert asked(agent_on, "resume") == ["Query", "Query", "BatchGetItem"]
    assert asked(agent_on, "resume", after=9) == ["Query", "Query"]
    assert asked(agent_on, "take", name="Amara") == ["Query"]
    assert asked(agent_on, "leave") == ["Query", *write]
    assert asked(agent_on, "take") == ["Query", *write]
    assert asked(visitor, "end") == ["Query", "Query", *write]
    spy.reset()
    visitor.close()
    assert spy.operations == ["Query", *write, "Query"]
    assert all(asked["ConsistentRead"] for name, asked in spy.reads if name == "Query")
    assert chats.list_of_connection(visitor.connection_id) == []
    assert {one.side for one in chats.get_room(contact_id).listeners} == {"agent"}


def test_what_it_costs_to_begin_a_chat(visitor: Socket, sockets: Sockets, spy: Spy) -> None:
    """As docs/table.md has it: as a contact, 1 get, 1 write, 1 query and 1 transaction; taken up less."""
    visitor.say("ping")
    again = sockets.visitor()
    again.say("ping")
    spy.reset()
    visitor.say("start")
    begun = ["GetItem", "Query", "TransactWriteItems", "TransactWriteItems", "Query", "TransactWriteItems"]
    assert spy.operations == begun
    spy.reset()
    again.say("start")
    assert spy.operations == ["GetItem", "GetItem", "Query", "TransactWriteItems"]
    spy.reset()
    again.say("start")
    assert spy.operations == ["GetItem", "GetItem", "Query"]


def test_a_chat_carries_on_what_was_begun_elsewhere(sockets: Sockets, ivr: Api, agent: Api) -> None:
    # Given two calls, on each of which a link was given out
    calls = [ivr.post("/contacts", a_contact(number)).json for number in ("+447700900123", "+447700900124")]
    path = "/contacts/{contact_id}/continuation"
    links = [ivr.post(path.format(**call), {}).json["link"] for call in calls]
    # When a chat begins with the one, and is begun again with the other
    first = sockets.visitor().say("start", id="s", continuation_code=links[0])
    second = sockets.visitor().say("start", id="s", continuation_code=links[1])
    # Then it is the first that it carries on
    assert (first["continuation"], second["continuation"]) == ("accepted", "used")
    pop = agent.get(f"/contacts/{first['contact_id']}/screen-pop").json
    assert pop["contact"]["continues"]["contact_id"] == calls[0]["contact_id"]
    assert pop["customer"]["customer_id"] == calls[0]["customer_id"]


def test_a_chat_that_is_live_carries_on_from_then_on(visitor: Socket, contact_id: str, ivr: Api) -> None:
    call = ivr.post("/contacts", a_contact("+447700900123")).json
    link = ivr.post(f"/contacts/{call['contact_id']}/continuation", {}).json["link"]
    started = visitor.say("start", id="s2", continuation_code=link)
    assert (started["contact_id"], started["status"]) == (contact_id, "taken_up")
    assert started["continuation"] == "accepted"


def test_a_message_is_of_the_case_that_its_chat_is_about(
    visitor: Socket, contact_id: str, agent_on: Socket, agent: Api
) -> None:
    # Given a chat that turned out to be about a case
    contact = store.get_contact(contact_id)
    case_id = agent.post(f"/customers/{contact.customer_id}/cases", {"subject": "A bill"}).json["case_id"]
    contact.case_id = case_id
    changes.commit([changes.replace(contact)])
    # When somebody writes, then the message is of that case, and still has its place
    ack = visitor.say("send", id="1", contact_id=contact_id, text="About my bill")
    assert ack["cursor"] == 1
    assert agent.get(f"/interactions/{ack['message_id']}").json["case_id"] == case_id
    assert texts(agent_on.pushed) == [(1, "About my bill")]
