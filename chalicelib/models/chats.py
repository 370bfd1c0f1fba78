"""Reads of chats, connections and what agents were told, and the changes to them by name."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition

from chalicelib.errors import NotFound, WriteConflict
from chalicelib.models import changes, keys
from chalicelib.models.changes import Change
from chalicelib.models.items import (
    Chat,
    ChatMessage,
    Connection,
    Contact,
    Event,
    Item,
    Listener,
    Listening,
    Push,
    PushKept,
    Visit,
)
from chalicelib.models.requests.kinds import Direction
from chalicelib.models.store import unexpired

CONNECTION_LIVES = timedelta(hours=2, minutes=5)
"""API Gateway closes a connection after two hours."""
MESSAGES_KEPT = timedelta(days=30)
"""How long a message has its place in the dialogue; what was said stays on the timeline."""
PUSHES_KEPT = timedelta(days=1)
LISTENERS_READ = 50
"""Connections to which one thing is pushed, at most."""


@dataclass(frozen=True, slots=True)
class Room:
    """A contact, how far its chat is (0 messages where nothing was said yet), and who listens.

    Whether a connection still is there only API Gateway knows: one that is gone comes out when it is posted to.
    """

    contact: Contact
    chat: Chat
    listeners: list[Listener]


def get_room(contact_id: str) -> Room:
    """One query. Raises `NotFound`."""
    partition = keys.contact(contact_id)
    band = Item.SK.between(keys.LISTENERS, keys.AFTER_ALL)
    items = list(
        Item.query(partition, band, consistent_read=True, scan_index_forward=False, limit=LISTENERS_READ + 2)
    )
    contact = next((item for item in items if isinstance(item, Contact)), None)
    if contact is None:
        raise NotFound("no such contact")
    chat = next((item for item in items if isinstance(item, Chat)), None)
    listeners = [item for item in items if isinstance(item, Listener)]
    return Room(contact, chat or Chat(PK=partition, SK=keys.CHAT), listeners)


def list_listeners(partition: str) -> list[Listener]:
    """Who listens at a place that is not a contact: one query."""
    band = Item.SK.startswith(keys.LISTENERS)
    items = list(Item.query(partition, band, consistent_read=True, limit=LISTENERS_READ))
    return [item for item in items if isinstance(item, Listener)]


def find_connection(connection_id: str) -> Connection | None:
    try:
        return Connection.get(keys.connection(connection_id), keys.CONNECTION, consistent_read=True)
    except DoesNotExist:
        return None


def list_of_connection(connection_id: str) -> list[Item]:
    """The connection's own item, and what says where it listens: one query."""
    return list(Item.query(keys.connection(connection_id), consistent_read=True))


def find_visit(role: str, subject: str) -> Visit:
    """The latest chat of a visitor; number 0 says that there was none."""
    partition = keys.visits(role, subject)
    try:
        return Visit.get(partition, keys.VISIT, consistent_read=True)
    except DoesNotExist:
        return Visit(PK=partition, SK=keys.VISIT, number=0)


def find_message(contact_id: str, place: int) -> ChatMessage | None:
    try:
        return ChatMessage.get(keys.dialogue(contact_id), keys.place(place), consistent_read=True)
    except DoesNotExist:
        return None


def list_messages(contact_id: str, after: int, limit: int) -> list[tuple[ChatMessage, Event]]:
    """The messages after a place, in order, with what was said: one query and, if there are any, one batch get.

    Raises `WriteConflict` where the store does not give all of them at once.
    """
    onward = Item.SK >= keys.place(after + 1)  # noqa: SIM300 - a condition of PynamoDB
    found = list(Item.query(keys.dialogue(contact_id), onward, consistent_read=True, limit=limit))
    messages = [item for item in found if isinstance(item, ChatMessage)]
    if not messages:
        return []
    wanted = [(keys.event(one.interaction_id), keys.EVENT) for one in messages]
    events = {
        item.interaction_id: item
        for item in Item.batch_get(wanted, consistent_read=True)
        if isinstance(item, Event)
    }
    if len(events) < len(messages):
        raise WriteConflict("not all messages were given")
    return [(one, events[one.interaction_id]) for one in messages]


def list_pushes(subject: str, after: str, limit: int, now: datetime) -> list[Push]:
    """What an agent was told after a cursor, in order: one query."""
    band = Item.SK.between(keys.PUSHES + after + keys.BEFORE_NEXT, keys.PUSHES + keys.AFTER_ALL)
    found = list(Item.query(keys.agent(subject), band, consistent_read=True, limit=limit))
    return unexpired([item for item in found if isinstance(item, Push)], now)


def listen(partition: str, connection: Connection, side: str, until: datetime) -> list[Change]:
    """Lists a connection at a place, so that what happens there is pushed to it."""
    listed_as = keys.listener(connection.connection_id)
    listener = Listener(
        PK=partition,
        SK=listed_as,
        connection_id=connection.connection_id,
        side=side,
        subject=connection.subject,
        expires_at=until,
    )
    listening = Listening(
        PK=connection.PK,
        SK=keys.listening(partition),
        listed_at=partition,
        listed_as=listed_as,
        expires_at=until,
    )
    return [changes.put(listener), changes.put(listening)]


def leave(partition: str, connection_id: str) -> list[Change]:
    """Takes a connection off the list of a place."""
    return [
        changes.remove(Item(PK=partition, SK=keys.listener(connection_id))),
        changes.remove(Item(PK=keys.connection(connection_id), SK=keys.listening(partition))),
    ]


def listen_to(room: Room, connection: Connection, side: str, until: datetime) -> list[Change]:
    """Lists a connection on a chat, and counts it: a message that read before who listens is taken in anew."""
    return [*listen(room.contact.PK, connection, side, until), _count_listening(room.chat)]


def stop_listening(room: Room, connection_id: str) -> list[Change]:
    """Takes a connection that is still there off a chat, and counts it as well, where it listened."""
    listened = any(one.connection_id == connection_id for one in room.listeners)
    return [*leave(room.contact.PK, connection_id), *([_count_listening(room.chat)] if listened else [])]


def _count_listening(chat: Chat) -> Change:
    actions: list[Any] = [Chat.kind.set(Chat), Chat.listened.add(1)]
    return lambda transaction: transaction.update(chat, actions=actions)


def set_visit(visit: Visit, number: int) -> Change:
    """Says which of a visitor's chats is the latest, unless somebody else did since it was read."""
    condition = Visit.number == visit.number if visit.number else Item.PK.does_not_exist()
    latest = Visit(PK=visit.PK, SK=visit.SK, number=number)
    return lambda transaction: transaction.save(latest, condition=condition)


def add_message(room: Room, event: Event) -> list[Change]:
    """Gives an event its place in the dialogue: the next one. The room is then as it is once that is written.

    Does not go through where somebody took it since it was read, or began to listen: they are to be told as well.
    """
    event.place = int(room.chat.messages) + 1
    return [changes.add(message_of(event)), _count_on(room.chat, event)]


def message_of(event: Event) -> ChatMessage:
    """A message's place in the dialogue, as it is written first."""
    return ChatMessage(
        PK=keys.dialogue(event.contact_id),
        SK=keys.place(int(event.place)),
        contact_id=event.contact_id,
        interaction_id=event.interaction_id,
        place=event.place,
        expires_at=event.received_at + MESSAGES_KEPT,
    )


def _count_on(chat: Chat, event: Event) -> Change:
    condition = _is(Chat.messages, chat.messages) & _is(Chat.listened, chat.listened)
    chat.messages, chat.last_at = event.place, event.occurred_at
    chat.answered = chat.answered or event.direction == Direction.OUTBOUND
    actions: list[Any] = [
        Chat.kind.set(Chat),
        Chat.messages.set(chat.messages),
        Chat.last_at.set(chat.last_at),
        Chat.answered.set(chat.answered),
    ]
    return lambda transaction: transaction.update(chat, actions=actions, condition=condition)


def _is(count: Any, as_read: float) -> Condition:
    same: Condition = count == as_read if as_read else count.does_not_exist()
    return same


def note_pushed(message: ChatMessage, missed_by: list[str]) -> None:
    """Remembers that a message was pushed, and which agents were not there: one request."""
    actions: list[Any] = [ChatMessage.pushed.set(True), ChatMessage.missed_by.set(missed_by)]
    message.update(actions=actions, condition=Item.PK.exists())


def read_by(chat: Chat, side: str) -> int:
    return int(chat.read_by_customer if side == "customer" else chat.read_by_agent)


def note_read(chat: Chat, side: str, up_to: int) -> None:
    """Remembers how far a side has read: one request. Raises `WriteConflict` where it had read further."""
    attribute = Chat.read_by_customer if side == "customer" else Chat.read_by_agent
    further = attribute.does_not_exist() | (attribute < up_to)
    chat.update(actions=[attribute.set(up_to)], condition=further)


def keep_push(subject: str, push_id: str, frame: dict[str, object], now: datetime) -> list[Change]:
    """Keeps what an agent is told, by when it was kept: who was away asks for what came since. Once."""
    partition, until = keys.agent(subject), now + PUSHES_KEPT
    push = Push(PK=partition, SK=keys.push(now, push_id), push_id=push_id, frame=frame, expires_at=until)
    return [changes.add(PushKept(PK=partition, SK=keys.push_kept(push_id), expires_at=until)), changes.put(push)]


def is_kept(subject: str, push_id: str) -> bool:
    try:
        PushKept.get(keys.agent(subject), keys.push_kept(push_id), consistent_read=True)
    except DoesNotExist:
        return False
    return True


def push_cursor(push: Push) -> str:
    return str(push.SK.removeprefix(keys.PUSHES))
