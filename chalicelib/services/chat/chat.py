"""A chat begins or is taken up, is caught up with, and ends. What is said on it: `services.messages`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.errors import Conflict, NotFound, WriteConflict
from chalicelib.models import chats, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.chats import Room
from chalicelib.models.frames import Resume, Start
from chalicelib.models.items import Connection, Contact
from chalicelib.models.requests.contacts import StartContact
from chalicelib.models.requests.facts import FactGiven, SaveFacts
from chalicelib.models.requests.identifiers import IdentifierGiven
from chalicelib.models.requests.kinds import Channel, IdentifierType
from chalicelib.rules.access import Caller, Scope
from chalicelib.services.chat import fan_out
from chalicelib.services.chat.connections import AGENT, side_of
from chalicelib.services.chat.message_frames import message_frame
from chalicelib.services.contacts import contacts, ending
from chalicelib.services.continuation import carrying_on
from chalicelib.services.customers import records
from chalicelib.services.deps import Deps
from chalicelib.services.facts import facts
from chalicelib.services.settle import settled

PROVIDER = "webchat"
ENDED_BY = "ended_by"
"""The attribute of a chat that says which side ended it."""
PAGE = 50
PAGE_CHARACTERS = 24_000
"""Of what was said, in one answer: 128 KB is the most that API Gateway takes, and a letter may have 4 bytes."""


@dataclass(frozen=True, slots=True)
class Here:
    """Who says something, by which connection, and what that is traced by."""

    caller: Caller
    connection: Connection
    correlation_id: str

    @property
    def side(self) -> str:
        return side_of(self.connection)


def get_room(here: Here, contact_id: str) -> Room:
    """The chat, if it is there for the caller. Raises `NotFound`: another's does not exist."""
    room = chats.get_room(contact_id)
    require_own(here, room)
    return room


def require_own(here: Here, room: Room) -> None:
    """Raises `NotFound` where it is the chat of another customer."""
    own = here.caller.scope("chat:talk") is Scope.OWN
    if own and (room.contact.provider != PROVIDER or room.contact.started_by != here.caller.named):
        raise NotFound("no such contact")


def require_talking(here: Here, room: Room) -> None:
    """Raises `Conflict` where the chat is over, or the agent has not taken it."""
    contact = room.contact
    if here.side == AGENT and all(one["subject"] != here.caller.subject for one in contact.agents):
        raise Conflict("take the contact first")
    if contact.status != "live":
        raise Conflict("the chat is over")


def start(deps: Deps, here: Here, request: Start) -> dict[str, Any]:
    """Begins a customer's chat, or takes up the one that is live; the connection listens to it.

    As `contacts.start_contact`, and 2 reads and 2 writes; with facts as `facts.save_facts` as well.
    """
    contact, new, continuation = _begin(deps, here, request)
    said = request.facts | ({"name": request.name} if request.name else {})
    if said:
        given = {name: FactGiven(value=value, source="chat") for name, value in said.items()}
        facts.save_facts(deps, here.caller, contact.contact_id, SaveFacts(facts=given))
    room = enter(deps, here, contact.contact_id)
    return {
        "type": "started",
        "contact_id": contact.contact_id,
        "cursor": int(room.chat.messages),
        "status": "new" if new else "taken_up",
        **({"continuation": continuation} if continuation else {}),
    }


@settled
def _begin(deps: Deps, here: Here, request: Start) -> tuple[Contact, bool, str | None]:
    """The visitor's latest chat, or the next where that is over: two windows that begin at once begin the same.

    A continuation code carries on, on a chat that began before as well.
    """
    visit = chats.find_visit(here.caller.role, here.caller.subject)
    latest = _find_chat(here.caller, int(visit.number))
    live = bool(latest and latest.status == "live")
    if live and latest and not request.continuation_code:
        return latest, False, None
    number = int(visit.number) + (0 if live else 1)
    now, new = carrying_on.start_contact(
        deps, here.caller, _as_contact(here.caller, request, number), here.correlation_id
    )
    if not live:
        commit([chats.set_visit(visit, number)])
    if now.contact is None or now.contact.status != "live":
        raise WriteConflict("begun and over, before it was counted")
    return now.contact, new, now.continuation


def _find_chat(caller: Caller, number: int) -> Contact | None:
    contact_id = contacts.contact_id_for(PROVIDER, _number_of(caller, number), caller)
    return store.find_contact(contact_id) if number else None


def _number_of(caller: Caller, number: int) -> str:
    return keys.derived_id("chat", caller.role, caller.subject, str(number))


def _as_contact(caller: Caller, request: Start, number: int) -> StartContact:
    visitor = IdentifierGiven(type=IdentifierType.VISITOR, value=request.visitor or caller.subject)
    return StartContact.model_validate(
        {
            "channel": Channel.CHAT,
            "provider": PROVIDER,
            "provider_contact_id": _number_of(caller, number),
            "from": visitor,
            "attributes": {"subject": request.subject} if request.subject else {},
            "continuation_code": request.continuation_code,
        }
    )


@settled
def enter(deps: Deps, here: Here, contact_id: str) -> Room:
    """The chat, to which the connection listens from now on: 1 query, and 1 transaction where it did not yet."""
    room = get_room(here, contact_id)
    listen(deps, here, room)
    return room


def listen(deps: Deps, here: Here, room: Room, *, beside: Sequence[Change] = ()) -> None:
    """Puts the connection among those to which the chat is pushed, and says so: a write, where it was not yet.

    `beside` is written in the same transaction, and where it listens already by itself.
    """
    connection, listed = here.connection, list[Change]()
    if all(one.connection_id != connection.connection_id for one in room.listeners):
        until = deps.now() + chats.CONNECTION_LIVES
        listed = chats.listen_to(room, connection, here.side, until)
    if listed or beside:
        commit([*beside, *listed])
    if listed:
        fan_out.tell_presence(deps, room, connection, "online")


def resume(deps: Deps, here: Here, request: Resume) -> dict[str, Any]:
    """What was said after a message: 3 reads, and a write where the connection did not listen yet.

    It listens before what was said is read, so that nothing falls between.
    """
    room, after = enter(deps, here, request.contact_id), request.after
    messages, characters = list[dict[str, Any]](), 0
    found = chats.list_messages(request.contact_id, after, PAGE)
    for message, event in found:
        characters += len(event.body or "")
        if messages and characters > PAGE_CHARACTERS:
            break
        messages.append(message_frame(room.contact, event))
        after = int(message.place)
    return {
        "type": "resumed",
        "contact_id": request.contact_id,
        "messages": messages,
        "cursor": after,
        "more": len(messages) < len(found) or len(found) == PAGE,
        "status": room.contact.status,
        "read": {"customer": int(room.chat.read_by_customer), "agent": int(room.chat.read_by_agent)},
    }


@settled
def end(deps: Deps, here: Here, contact_id: str) -> dict[str, Any]:
    """Ends the chat, for both: 2 reads and a transaction. Ending it again changes nothing.

    To the record it is as if its provider told: an agent may still wrap it up.
    """
    contact = get_room(here, contact_id).contact
    if contact.status == "live":
        record = records.read_head(contact.customer_id) if contact.customer_id else None
        contact.phase, contact.attributes = "ended", contact.attributes | {ENDED_BY: here.side}
        commit(ending.close(deps, contact, record, deps.now(), here.correlation_id))
    return {"type": "ok"}
