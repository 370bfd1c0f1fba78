"""What agents do on the socket beside talking: they take contacts, leave them, and say whether they are there."""

from datetime import timedelta
from typing import Any

from chalicelib.errors import Conflict
from chalicelib.models import changes, chats, keys
from chalicelib.models.changes import Change, commit
from chalicelib.models.frames import CatchUp, OnContact, SetPresence, Take
from chalicelib.models.items import Contact
from chalicelib.services.chat import chat
from chalicelib.services.chat.chat import Here
from chalicelib.services.chat.connections import AGENT
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled

MOST_AGENTS = 10
PAGE = 100
WRITTEN_LATE = timedelta(seconds=10)
Frame = dict[str, Any]


@settled
def take(deps: Deps, here: Here, request: Take) -> Frame:
    """Puts the agent among those who work on a contact, on any channel; the connection listens to it.

    1 query, and 1 transaction where that is news.
    """
    room = chat.get_room(here, request.contact_id)
    chat.listen(deps, here, room, beside=_join(here, room.contact, request.name))
    return {"type": "taken", "contact_id": request.contact_id, "cursor": int(room.chat.messages)}


def _join(here: Here, contact: Contact, name: str | None) -> list[Change]:
    subject = here.caller.subject
    if contact.status != "live":
        raise Conflict("the contact is over")
    others = [one for one in contact.agents if one["subject"] != subject]
    if len(others) >= MOST_AGENTS:
        raise Conflict(f"{MOST_AGENTS} agents are on this contact")
    agents = [*others, {"subject": subject, "name": name}]
    if agents == contact.agents:
        return []
    contact.agents = agents
    return [changes.replace(contact)]


@settled
def leave(here: Here, request: OnContact) -> Frame:
    """Takes the agent off a contact: 1 query and 1 transaction. Done again, it changes nothing."""
    room = chat.get_room(here, request.contact_id)
    contact = room.contact
    made: list[Change] = chats.stop_listening(room, here.connection.connection_id)
    left = [one for one in contact.agents if one["subject"] != here.caller.subject]
    if left != contact.agents:
        contact.agents = left
        made.append(changes.replace(contact))
    commit(made)
    return {"type": "ok"}


def set_presence(deps: Deps, here: Here, request: SetPresence) -> Frame:
    """Says whether the agent takes what comes in; who is available is told of what waits: 1 transaction."""
    connection = here.connection
    if request.status == "available":
        listed = chats.listen(keys.AVAILABLE, connection, AGENT, deps.now() + chats.CONNECTION_LIVES)
    else:
        listed = chats.leave(keys.AVAILABLE, connection.connection_id)
    commit(listed)
    return {"type": "ok"}


def catch_up(deps: Deps, here: Here, request: CatchUp) -> Frame:
    """What the agent was told since: 1 query.

    Whoever writes pushes does so side by side, so one may come to be read later than another of a later moment:
    at the end the cursor stays a little behind, and some come again.
    """
    found = chats.list_pushes(here.caller.subject, request.after or "", PAGE, deps.now())
    more = len(found) == PAGE
    newest = chats.push_cursor(found[-1]) if found else request.after
    late = keys.instant(deps.now() - WRITTEN_LATE)
    return {
        "type": "caught_up",
        "pushes": [one.frame | {"push_id": one.push_id} for one in found],
        "cursor": newest if more else min(newest or late, late),
        "more": more,
    }
