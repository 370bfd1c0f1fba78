"""A chat that nobody answered goes on: by e-mail where an address is known, else where the customer comes back."""

from typing import Any

import pytest

from chalicelib.models import changes, chats, keys, store
from chalicelib.services.chat.unanswered import leave_to_team
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock
from tests.sockets import Sockets


def unanswered(sockets: Sockets, clock: Clock, **said: Any) -> str:
    """A visitor's chat, which began, in which something was said, and which ended, each a minute later."""
    visitor = sockets.visitor()
    contact_id = str(visitor.say("start", **said)["contact_id"])
    clock.forward(minutes=1)
    visitor.say("send", id="1", contact_id=contact_id, text="Anybody?")
    clock.forward(minutes=1)
    visitor.say("end", contact_id=contact_id)
    clock.forward(minutes=1)
    return contact_id


def left(agent: Api, contact_id: str) -> list[Any]:
    """What was left to a team, as it is on the customer's timeline."""
    customer_id = store.get_contact(contact_id).customer_id
    items = agent.get(f"/customers/{customer_id}/timeline").json["items"]
    return [one for one in items if one["kind"] == "follow_up" and one["contact_id"] == contact_id]


def test_what_is_left_to_a_team(sockets: Sockets, agent: Api, deps: Deps, clock: Clock) -> None:
    contact_id = unanswered(sockets, clock)
    contact = store.get_contact(contact_id)
    for _ in range(2):
        leave_to_team(deps, contact_id)
    (entry,) = left(agent, contact_id)
    whole = agent.get(f"/interactions/{entry['interaction_id']}").json
    expected = {
        "channel": "chat",
        "kind": "follow_up",
        "source": "throughline",
        "contact_id": contact_id,
        "customer_id": contact.customer_id,
        "occurred_at": "2026-11-22T09:02:00Z",  # when the chat ended
        "body": "Nobody answered this chat, and no address is known: it goes on where the customer comes back.",
        "attributes": {"goes_on_by": "code"},
    }
    assert whole.items() >= expected.items()
    event = store.get_event(entry["interaction_id"])
    assert event.captured_by == {"role": "admin", "subject": "throughline"}
    assert event.correlation_id == contact.correlation_id


def test_each_chat_is_left_by_itself(sockets: Sockets, agent: Api, deps: Deps, clock: Clock) -> None:
    contact_ids = [unanswered(sockets, clock) for _ in range(2)]
    for contact_id in contact_ids:
        leave_to_team(deps, contact_id)
    assert [len(left(agent, contact_id)) for contact_id in contact_ids] == [1, 1]


def by(agent: Api, contact_id: str) -> tuple[str, str]:
    (entry,) = left(agent, contact_id)
    return entry["attributes"]["goes_on_by"], entry["body"]


BY_EMAIL = ("email", "Nobody answered this chat. It goes on by e-mail: the address is on the record.")


def test_an_address_that_was_said_before(sockets: Sockets, agent: Api, deps: Deps, clock: Clock) -> None:
    unanswered(sockets, clock, facts={"email": "ada@example.com"})
    contact_id = unanswered(sockets, clock)
    leave_to_team(deps, contact_id)
    assert by(agent, contact_id) == BY_EMAIL


def test_an_address_that_the_customer_goes_by(sockets: Sockets, agent: Api, deps: Deps, clock: Clock) -> None:
    contact_id = unanswered(sockets, clock)
    path = f"/customers/{store.get_contact(contact_id).customer_id}/identifiers"
    assert agent.post(path, {"type": "email", "value": "ada@example.com", "verified": True}).status == 201
    leave_to_team(deps, contact_id)
    assert by(agent, contact_id) == BY_EMAIL


@pytest.mark.parametrize(("said", "goes_on_by"), [({"email": "ada@example.com"}, "email"), ({}, "code")])
def test_a_chat_of_nobody(
    sockets: Sockets, deps: Deps, clock: Clock, said: dict[str, str], goes_on_by: str
) -> None:
    # Given a chat that is nobody's by now
    contact_id = unanswered(sockets, clock, facts=said)
    contact = store.get_contact(contact_id)
    contact.customer_id = None
    changes.commit([changes.replace(contact)])
    # When it is left to a team, then what was said on it is all that is known
    leave_to_team(deps, contact_id)
    (entry,) = store.list_band(keys.contact(contact_id), keys.TIMELINE, limit=5).items
    assert (entry.event_kind, entry.attributes) == ("follow_up", {"goes_on_by": goes_on_by})


def test_nothing_is_left_where_nothing_was_said_or_somebody_answered(
    sockets: Sockets, agent: Api, deps: Deps
) -> None:
    silent, answered = sockets.visitor("silent"), sockets.visitor("answered")
    contact_ids = [visitor.say("start")["contact_id"] for visitor in (silent, answered)]
    desk = sockets.agent()
    desk.say("take", contact_id=contact_ids[1])
    desk.say("send", id="1", contact_id=contact_ids[1], text="Hello, can I help?")
    for contact_id in contact_ids:
        leave_to_team(deps, contact_id)
        assert left(agent, contact_id) == []
    assert chats.get_room(contact_ids[1]).chat.answered
