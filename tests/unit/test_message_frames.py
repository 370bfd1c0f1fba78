"""A message as it goes over the socket: who said it, by the name of the chat, and what was said or attached."""

from typing import Any

from chalicelib.models import keys
from chalicelib.models.items import Contact, Event
from chalicelib.services.chat.connections import AGENT, CUSTOMER
from chalicelib.services.chat.message_frames import message_frame, sender
from tests.settings import NOW

AGENTS = [{"subject": "agent-1", "name": "Amara"}, {"subject": "agent-2", "name": None}]
CHAT = Contact(PK=keys.contact("CHAT"), SK=keys.CONTACT, contact_id="CHAT", agents=AGENTS)


def an_event(**given: Any) -> Event:
    fields: dict[str, Any] = {
        "interaction_id": "M1",
        "contact_id": "CHAT",
        "direction": "outbound",
        "occurred_at": NOW,
        "source_event_id": "CHAT:agent-1:c-7",
        "body": "How can I help?",
        "place": 3,
        "captured_by": {"role": "agent", "subject": "agent-1"},
    }
    return Event(PK=keys.event("M1"), SK=keys.EVENT, **(fields | given))


def test_what_an_agent_says_is_told_by_the_name_of_the_chat() -> None:
    assert message_frame(CHAT, an_event()) == {
        "type": "message",
        "contact_id": "CHAT",
        "message_id": "M1",
        "cursor": 3,
        "at": "2026-11-22T09:00:00.000000Z",
        "from": {"side": "agent", "name": "Amara"},
        "client_id": "c-7",
        "text": "How can I help?",
    }


def test_what_a_customer_says_is_told_without_a_name() -> None:
    frame = message_frame(CHAT, an_event(direction="inbound", captured_by={"role": "visitor", "subject": "v"}))
    assert frame["from"] == {"side": "customer"}


def test_who_has_no_name_in_the_chat_is_told_by_none() -> None:
    assert [sender(AGENT, CHAT, subject) for subject in ("agent-1", "agent-2", "agent-3")] == [
        {"side": "agent", "name": "Amara"},
        {"side": "agent"},
        {"side": "agent"},
    ]
    # nor does a customer go by an agent's
    assert sender(CUSTOMER, CHAT, "agent-1") == {"side": "customer"}


def test_what_is_attached_is_told_by_the_id_under_which_it_was_uploaded() -> None:
    listed = {
        "attachment_id": "OTHER",
        "name": "bill.pdf",
        "type": "application/pdf",
        "size": 8,
        "key": "attachments/webchat/CHAT/A1",
    }
    frame = message_frame(CHAT, an_event(body=None, attachments=[listed]))
    assert "text" not in frame
    assert frame["attachment"] == {
        "attachment_id": "A1",
        "name": "bill.pdf",
        "type": "application/pdf",
        "size": 8,
    }
    assert (frame["message_id"], frame["cursor"]) == ("M1", 3)
