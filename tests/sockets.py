"""Connections that a test opens for whom it names."""

from dataclasses import dataclass, field, replace
from itertools import count

from chalice.test import Client

from chalicelib import runtime
from chalicelib.rules.access import Caller, Role
from chalicelib.services.chat.connections import connect
from infra.sockets import Frame, Gateway, Socket, event_of

__all__ = ["Frame", "Gateway", "Socket", "Sockets", "event_of"]
_numbers = count(1)


@dataclass
class Sockets:
    """Opens connections for whom a test names, past the token, which has tests of its own."""

    client: Client
    gateway: Gateway = field(default_factory=Gateway)

    def __post_init__(self) -> None:
        runtime.override(replace(runtime.get_deps(), post=self.gateway.post, pause=lambda _seconds: None))

    def open(self, role: Role, subject: str, customer_id: str | None = None) -> Socket:
        connection_id = f"test-{next(_numbers)}"  # the product remembers who is on a connection
        connect(runtime.get_deps(), Caller(role, subject, customer_id), connection_id)
        self.gateway.open[connection_id] = []
        return Socket(self.client, self.gateway, connection_id)

    def visitor(self, subject: str = "visitor-1") -> Socket:
        return self.open(Role.VISITOR, subject)

    def agent(self, subject: str = "agent-1") -> Socket:
        return self.open(Role.AGENT, subject)

    def portal(self, customer_id: str) -> Socket:
        return self.open(Role.PORTAL, "web-portal", customer_id)
