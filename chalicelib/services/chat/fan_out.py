"""Pushing a frame to all who listen; connections that turn out to be gone are taken off."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.models import chats, keys
from chalicelib.models.chats import Room
from chalicelib.models.items import Connection, Listener
from chalicelib.services.chat import connections
from chalicelib.services.chat.connections import side_of
from chalicelib.services.deps import Deps

Frame = dict[str, Any]
HANDSHAKE = timedelta(seconds=10)
"""The longest that the function of a handshake runs."""


@dataclass(slots=True)
class Reached:
    """Whom a frame reached, and whether it could not be said of somebody."""

    subjects: set[str] = field(default_factory=set)
    unsure: bool = False


def push(deps: Deps, listeners: Iterable[Listener], frame: Frame, *, but: str | None = None) -> Reached:
    """Posts a frame to each listener but one connection. Costs nothing where nobody listens."""
    text, reached, gone = json.dumps(frame, ensure_ascii=False), Reached(), list[Listener]()
    for listener in listeners:
        if listener.connection_id == but:
            continue
        try:
            there = deps.post(deps.settings.socket_url, deps.settings.region, listener.connection_id, text)
        except Unavailable:
            reached.unsure = True
            continue
        if there:
            reached.subjects.add(listener.subject)
        elif not _is_opening(deps, listener):
            gone.append(listener)
    for listener in gone:
        deps.rooms.take(listener.PK)
        _forget_if_possible(deps, listener.connection_id)
    return reached


def _is_opening(deps: Deps, listener: Listener) -> bool:
    """Whether it may not be there yet: an agent's listens from its handshake on, and is `gone` until that is over.

    What it is not pushed meanwhile it catches up with.
    """
    at_its_agents = keys.agent(listener.subject) == listener.PK
    return bool(at_its_agents and deps.now() < listener.expires_at - chats.CONNECTION_LIVES + HANDSHAKE)


def _forget_if_possible(deps: Deps, connection_id: str) -> None:
    try:
        forget(deps, connection_id)
    except Unavailable:
        return  # the next push finds it gone again, and at last it expires


def forget(deps: Deps, connection_id: str) -> None:
    """A connection is gone, however that came out: whoever it talked with is told.

    As `connections.disconnect`, and one query for each contact on which it listened.
    """
    connection, contact_ids = connections.disconnect(connection_id)
    if connection is None:
        return
    for contact_id in contact_ids:
        tell_presence(deps, chats.get_room(contact_id), connection, "offline")


def tell_presence(deps: Deps, room: Room, connection: Connection, status: str) -> None:
    """Says on a contact that somebody came or went, unless they are there by another connection as well."""
    others = [one for one in room.listeners if one.connection_id != connection.connection_id]
    if any(one.subject == connection.subject and one.side == side_of(connection) for one in others):
        return
    frame = {
        "type": "presence",
        "contact_id": room.contact.contact_id,
        "side": side_of(connection),
        "status": status,
    }
    push(deps, others, frame)
