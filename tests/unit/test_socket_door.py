"""Who may connect: a good token of a role that chats; a portal's token names the customer who is signed in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import runtime
from chalicelib.models import chats
from chalicelib.settings import Settings
from infra.sockets import event_of
from tests.conftest import Api
from tests.sockets import Sockets
from tests.unit.test_authentication import OTHER_KEY, configured, token

__all__ = ["configured"]
Connect = Callable[..., int]


@pytest.fixture
def connect(client: Client, configured: Settings) -> Connect:
    """`connect(token)` shakes hands and gives the status."""
    runtime.override(replace(runtime.get_deps(), settings=configured))

    def shake_hands(*, connection_id: str = "c-1", **query: str) -> int:
        event = event_of(connection_id, queryStringParameters=query or None)
        status: int = client.lambda_.invoke("websocket_connect", event).payload["statusCode"]
        return status

    return shake_hands


@pytest.mark.parametrize("role", ["visitor", "agent", "support", "social", "admin"])
def test_who_chats_comes_in(connect: Connect, configured: Settings, role: str) -> None:
    assert connect(token=token(configured, role=role), connection_id=role) == 200
    found = chats.find_connection(role)
    assert found
    assert (found.role, found.subject) == (role, "someone")


def test_who_does_not_stays_out(connect: Connect, configured: Settings) -> None:
    assert connect() == 401
    assert connect(token="nonsense") == 401
    assert connect(token=token(configured, key=OTHER_KEY)) == 401
    assert [connect(token=token(configured, role=role)) for role in ("ivr", "marketing")] == [403, 403]
    assert connect(token=token(configured, role="portal")) == 403
    assert chats.find_connection("c-1") is None


def test_customers_of_one_portal_have_a_chat_each(client: Client, agent: Api) -> None:
    # Given two customers who are signed in by a portal whose tokens have one subject
    sockets, contact_ids = Sockets(client), []
    for name in ("Ada", "Bob"):
        customer_id = agent.post("/customers", {"name": name}).json["customer_id"]
        end = sockets.portal(customer_id)
        contact_ids.append(end.say("start", visitor=f"browser-of-{name}")["contact_id"])
        # When each begins a chat, then it is that customer's
        pop = agent.get(f"/contacts/{contact_ids[-1]}/screen-pop").json
        assert pop["customer"]["customer_id"] == customer_id
    # and the other's does not exist
    assert end.say("resume", contact_id=contact_ids[0])["problem"]["code"] == "not_found"


def test_a_connection_that_is_not_known(client: Client) -> None:
    event = event_of("never-connected", body='{"action": "ping"}')
    body: Any = client.lambda_.invoke("websocket_message", event).payload["body"]
    assert '"code": "unauthenticated"' in body
