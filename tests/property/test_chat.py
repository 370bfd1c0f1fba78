"""Lines that are cut at random, and every frame sent twice: each message is there once, in order, at both ends."""

from itertools import count

from chalice.test import Client
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from moto import mock_aws

from chalicelib import runtime
from chalicelib.models import keys, store
from chalicelib.services.deps import Deps
from infra.ends import End
from tests.fast_moto import create_table
from tests.settings import NOW, SETTINGS
from tests.sockets import Gateway, Sockets

SIDES = ("customer", "agent")
_numbers = count(1)


class Chatting(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.aws = mock_aws()
        self.aws.start()
        from app import app

        runtime.override(Deps(SETTINGS, now=lambda: NOW))
        create_table()
        self.client = Client(app)
        self.client.__enter__()
        sockets = Sockets(self.client, Gateway())
        self.sockets = sockets
        self.ends = {"customer": End(sockets.visitor, "customer"), "agent": End(sockets.agent, "agent")}
        self.said: list[str] = []

    @initialize()
    def begin(self) -> None:
        customer, agent = self.ends["customer"], self.ends["agent"]
        customer.connect()
        agent.contact_id = customer.contact_id
        taking = self.sockets.agent()
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
            assert [message["cursor"] for message in end.shown] == list(range(1, len(end.shown) + 1))

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
        first, second = ([one["client_id"] for one in end.shown] for end in self.ends.values())
        assert first == second
        assert sorted(first) == sorted(self.said)
        contact = store.get_contact(self.ends["customer"].contact_id)
        timeline = store.list_band(keys.customer(contact.customer_id), keys.TIMELINE, limit=200).items
        assert [entry.body for entry in reversed(timeline)] == first


TestChatting = Chatting.TestCase
TestChatting.settings = settings(max_examples=12, stateful_step_count=12, deadline=None)
