"""Off the table's stream: what changed is told to who is on the contact, and kept for agents who are away (D7).

A record of the stream may come again: whoever is told twice knows it by `push_id`, or by a message's cursor.
"""

import json
from collections.abc import Iterable
from typing import Any

from chalicelib.errors import WriteConflict
from chalicelib.models import chats, keys, store
from chalicelib.models.changes import commit
from chalicelib.models.items import ChatMessage
from chalicelib.services.chat import fan_out, messages
from chalicelib.services.chat.chat import ENDED_BY, PROVIDER
from chalicelib.services.chat.connections import AGENT
from chalicelib.services.chat.unanswered import leave_to_team
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled

Image = dict[str, Any]
Frame = dict[str, Any]

NOTED_WITHIN = (0.05, 0.1, 0.2, 0.0)
"""Seconds between looks at a message that is not pushed yet: the stream may be faster than who pushes it."""
SHOWN_OF_CASE = ("status", "pending_on", "subject", "priority", "owner", "team", "late", "joined_into")
"""What of a case an agent who is on the phone with its customer is told of."""


def tell(deps: Deps, old: Image, new: Image, event_id: str) -> None:
    """Tells of one change of an item, by its images. Costs nothing where nobody is on the contact."""
    kind = new.get("kind")
    if kind == "contact":
        _contact(deps, old, new, event_id)
    elif kind == "chat_message":
        _message(deps, old, new, event_id)
    elif kind == "case" and any(old.get(name) != new.get(name) for name in SHOWN_OF_CASE):
        _case(deps, new, event_id)


def _contact(deps: Deps, old: Image, new: Image, event_id: str) -> None:
    contact_id, before, after = new["contact_id"], _agents(old), _agents(new)
    is_chat = new["provider"] == PROVIDER
    ended = bool(after or is_chat) and new["status"] == "ended" and old.get("status") == "live"
    told = [*_of_agents(before, after), *([_ended(new)] if ended else [])]
    if told:
        room = chats.get_room(contact_id)
        for frame in told:
            fan_out.push(deps, room.listeners, {"contact_id": contact_id} | frame)
    for frame in _of_record(old, new):
        tell_agents(deps, after, {"contact_id": contact_id} | frame, event_id)
    tell_agents(deps, after.keys() - before.keys(), {"contact_id": contact_id, "type": "assigned"}, event_id)
    if not is_chat:
        return
    if not old and new["status"] == "live":
        waiting = {"type": "pop_ready", "contact_id": contact_id, "push_id": _push_id(event_id, "waiting")}
        fan_out.push(deps, chats.list_listeners(keys.AVAILABLE), waiting)
    if ended:
        leave_to_team(deps, contact_id)


def _agents(image: Image) -> dict[str, str | None]:
    """Who works on it: subject -> the name that they go by there."""
    return {one["subject"]: one["name"] for one in json.loads(image.get("agents") or "[]")}


def _of_agents(before: dict[str, str | None], after: dict[str, str | None]) -> list[Frame]:
    joined = [{"type": "joined", "from": _who(after[one])} for one in after.keys() - before.keys()]
    return joined + [{"type": "left", "from": _who(before[one])} for one in before.keys() - after.keys()]


def _who(name: str | None) -> dict[str, str]:
    return {"side": AGENT, "name": name} if name else {"side": AGENT}


def _ended(new: Image) -> Frame:
    by = json.loads(new["attributes"]).get(ENDED_BY)
    return {"type": "ended", "by": by or new.get("ended_by") or AGENT}


def _of_record(old: Image, new: Image) -> list[Frame]:
    """What the screen pop of a contact shows anew: never a value, for who sees which is the API's to say."""
    facts, facts_before = json.loads(new.get("facts") or "{}"), json.loads(old.get("facts") or "{}")
    saved = sorted(name for name, entries in facts.items() if entries != facts_before.get(name))
    frames: list[Frame] = [{"type": "facts_saved", "facts": saved}] if saved else []
    if new.get("customer_id") != old.get("customer_id"):
        frames.append({"type": "pop_ready"})
    return frames


def _message(deps: Deps, old: Image, new: Image, event_id: str) -> None:
    contact_id, place = new["contact_id"], int(new["place"])
    missed_by = json.loads(new.get("missed_by") or "[]")
    if missed_by and not old.get("pushed"):
        missed = {"type": "missed", "contact_id": contact_id, "cursor": place}
        tell_agents(deps, missed_by, missed, event_id)
    if old:
        return
    message = _unless_pushed(deps, contact_id, place)
    if message:
        event = store.get_event(message.interaction_id)
        messages.push(deps, chats.get_room(contact_id), event, message)


def _unless_pushed(deps: Deps, contact_id: str, place: int) -> ChatMessage | None:
    """A message that nobody pushed: who took it in notes that they did, some ms after they wrote it."""
    for seconds in NOTED_WITHIN:
        message = chats.find_message(contact_id, place)
        if message is None or message.pushed:
            return None
        deps.pause(seconds)
    return message


def _case(deps: Deps, new: Image, event_id: str) -> None:
    for shown in store.get_head(new["customer_id"]).contacts:
        contact = store.get_contact(shown.contact_id)
        frame = {
            "type": "case_changed",
            "contact_id": contact.contact_id,
            "case_id": new["case_id"],
            "status": new["status"],
        }
        tell_agents(deps, [one["subject"] for one in contact.agents], frame, event_id)


def tell_agents(deps: Deps, subjects: Iterable[str], frame: Frame, event_id: str) -> None:
    """Keeps what agents are told and pushes it to wherever each is connected: a write and a query for each."""
    push_id = _push_id(event_id, frame["type"], frame["contact_id"])
    for subject in subjects:
        _keep(deps, subject, push_id, frame)
        fan_out.push(deps, chats.list_listeners(keys.agent(subject)), frame | {"push_id": push_id})


@settled
def _keep(deps: Deps, subject: str, push_id: str, frame: Frame) -> None:
    try:
        commit(chats.keep_push(subject, push_id, frame, deps.now()))
    except WriteConflict:
        if not chats.is_kept(subject, push_id):
            raise


def _push_id(event_id: str, *of_what: str) -> str:
    return keys.derived_id("push", event_id, *of_what)
