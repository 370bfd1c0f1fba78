"""Lines that are cut at random, and every frame sent twice: each message is there once, in order, at both ends."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from chalice.test import Client
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from moto import mock_aws

from chalicelib import runtime
from chalicelib.models import keys, store
from chalicelib.models.items import Item
from chalicelib.services.deps import Deps
from tests.settings import NOW, SETTINGS
from tests.sockets import Frame, Gateway, Socket, Sockets

SIDES = ("customer", "agent")
_numbers = count(1)


@dataclass
class End:
    """One end as docs/chat.md tells a client to be: it shows each message once, in order, and sends again."""

    sockets: Sockets
    side: str
    contact_id: str = ""
    socket: Socket | None = None
    shown: list[tuple[int, str]] = field(default_factory=list)
    unsent: dict[str, str] = field(default_factory=dict)

    def connect(self) -> None:
        self.socket = self.sockets.visitor() if self.side == "customer" else self.sockets.agent()
        if self.side == "customer":
            self.contact_id = self.say("start")["contact_id"]
        self.resume()
        for client_id, text in list(self.unsent.items()):
            self.send(client_id, text)

    def say(self, action: str, **fields: Any) -> Frame:
        """Says a frame twice; both answers are the same but where the second finds that it was done."""
        assert self.socket
        first, _second = (self.socket.say(action, id=fields.pop("id", "x"), **fields) for _ in range(2))
        answer: Frame = first
        return answer

    def send(self, client_id: str, text: str, *, cut: bool = False) -> None:
        assert self.socket
        self.unsent[client_id] = text
        frames = [self.socket.say("send", id=client_id, contact_id=self.contact_id, text=text) for _ in range(2)]
        assert frames[0] == frames[1], frames
        if cut:  # before the answer came
            self.cut()
            return
        assert frames[0]["type"] == "ack", frames
        del self.unsent[client_id]
        self.take(frames[0] | {"text": text})

    def cut(self) -> None:
        assert self.socket
        self.socket.cut()
        self.socket = None

    def hear(self) -> None:
        if self.socket:
            for frame in self.socket.pushed:
                if frame["type"] == "message":
                    self.take(frame)

    def take(self, message: Frame) -> None:
        if message["cursor"] == len(self.shown) + 1:
            self.shown.append((message["cursor"], message["text"]))
        elif message["cursor"] > len(self.shown) + 1:
            self.resume()

    def resume(self) -> None:
        assert self.socket
        answer = self.socket.say("resume", contact_id=self.contact_id, after=len(self.shown))
        for message in answer["messages"]:
            self.take(message)


class Chatting(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.aws = mock_aws()
        self.aws.start()
        from app import app

        runtime.override(Deps(SETTINGS, now=lambda: NOW))
        Item.create_table(wait=True)
        self.client = Client(app)
        self.client.__enter__()
        sockets = Sockets(self.client, Gateway())
        self.ends = {side: End(sockets, side) for side in SIDES}
        self.said: list[str] = []

    @initialize()
    def begin(self) -> None:
        customer, agent = self.ends["customer"], self.ends["agent"]
        customer.connect()
        agent.contact_id = customer.contact_id
        taking = agent.sockets.agent()
        taking.say("take", contact_id=agent.contact_id)
        agent.connect()

    @rule(side=st.sampled_from(SIDES), cut=st.booleans())
    def send(self, side: str, cut: bool) -> None:  # noqa: FBT001 - Hypothesis gives it
        end, text = self.ends[side], f"m{next(_numbers)}"
        if end.socket:
            self.said.append(text)
            end.send(text, text, cut=cut)

    @rule(side=st.sampled_from(SIDES))
    def cut(self, side: str) -> None:
        if self.ends[side].socket:
            self.ends[side].cut()

    @precondition(lambda self: any(end.socket is None for end in self.ends.values()))
    @rule(side=st.sampled_from(SIDES))
    def come_back(self, side: str) -> None:
        if self.ends[side].socket is None:
            self.ends[side].connect()

    @invariant()
    def what_is_shown_is_in_order(self) -> None:
        for end in self.ends.values():
            end.hear()
            assert [cursor for cursor, _ in end.shown] == list(range(1, len(end.shown) + 1))

    def teardown(self) -> None:
        try:
            if self.ends["customer"].contact_id:
                self.all_is_there_once()
        finally:
            self.client.__exit__(None, None, None)
            self.aws.stop()

    def all_is_there_once(self) -> None:
        for end in self.ends.values():
            if end.socket is None:
                end.connect()
        for end in self.ends.values():
            end.hear()
            end.resume()
        first, second = (end.shown for end in self.ends.values())
        assert first == second
        assert sorted(text for _, text in first) == sorted(self.said)
        contact = store.get_contact(self.ends["customer"].contact_id)
        timeline = store.list_band(keys.customer(contact.customer_id), keys.TIMELINE, limit=200).items
        assert [entry.body for entry in reversed(timeline)] == [text for _, text in first]


TestChatting = Chatting.TestCase
TestChatting.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
