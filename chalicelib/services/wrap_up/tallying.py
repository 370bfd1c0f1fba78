"""Off the table's stream: what was asked for though it was known, and what resolved cases cost, day by day.

What is counted follows from how a contact or a case stands, and what is counted already is kept beside it, in the
same transaction: however often and in whatever order it is told, it comes to the same.
"""

from collections import Counter
from typing import Any

from chalicelib.models import changes, keys, store, tallies
from chalicelib.models.changes import commit
from chalicelib.models.items import AskTally, Case, EffortTally
from chalicelib.rules import asking, handing_on
from chalicelib.services.cases.cases import MOST_JOINED
from chalicelib.services.settle import settled

NONE = "none"
"""The team of a contact that no team has."""
MOST_CONTACTS = 500
"""Of one case, that are counted; so with messages."""
MOST_PARTS = 20
"""Cases that were joined into one, that are counted with it."""
NOTHING: dict[str, Any] = {"contacts": {}, "messages": {}, "parts": {}, "tallied": None}
"""What is kept of a case of which nothing was counted."""


@settled
def count_asks(contact_id: str) -> int:
    """Counts what was asked for on a contact since it was counted last: two reads, and one transaction."""
    contact = store.find_contact(contact_id)
    if contact is None:
        return 0
    counted = tallies.find_counted(contact.PK)
    news = {key: asked for key, asked in contact.asked.items() if key not in counted.what}
    if not news:
        return 0
    cells: Counter[tuple[str, str, str]] = Counter()
    repeated: Counter[tuple[str, str, str]] = Counter()
    for key, asked in news.items():
        day = asked["at"][:10]
        values = {"fact": asking.fact_of(key), "team": asked["team"] or NONE, "channel": contact.channel}
        for by, value in values.items():
            cells[by, day, value] += 1
            repeated[by, day, value] += bool(asked["repeated"])
    counted.what = dict.fromkeys([*counted.what, *news])
    added = [
        tallies.add(AskTally, contact_id, *cell, asked_for=count, repeated=repeated[cell])
        for cell, count in cells.items()
    ]
    commit([changes.replace(counted), *added])
    return len(news)


def count_effort(
    case_id: str, contact_id: str | None = None, message_id: str | None = None, part_id: str | None = None
) -> bool:
    """Counts what a case cost, once it is resolved, and takes that back where it was opened again.

    `contact_id`: a contact whose case it is, or was; `message_id`: a message on no contact, `part_id`: a case that
    was joined into it, the same. What was joined into another is counted as a part of that. Two reads, one more
    for the contact or message, two for the part, and one transaction; as much for each that it was joined into.
    """
    changed, into = _count_effort(case_id, contact_id, message_id, part_id)
    part_id = case_id
    for _ in range(MOST_JOINED):
        if into is None:
            break
        (_, further), part_id = _count_effort(into, part_id=part_id), into
        into = further
    return changed


@settled
def _count_effort(
    case_id: str, contact_id: str | None = None, message_id: str | None = None, part_id: str | None = None
) -> tuple[bool, str | None]:
    """Whether that changed anything, and which case this one was joined into."""
    case = store.find_case(case_id)
    if case is None:
        return False, None
    counted = tallies.find_counted(case.PK)
    stood = NOTHING | counted.what
    contacts, messages, parts = (dict(stood[name]) for name in ("contacts", "messages", "parts"))
    if contact_id:
        _note(contacts, case_id, contact_id)
    if message_id:
        _note_message(messages, case_id, message_id)
    if part_id:
        _note_part(parts, case_id, part_id)
    now = _cost(case, _summed_up(contacts, messages, parts))
    noted = {"contacts": contacts, "messages": messages, "parts": parts, "tallied": now}
    if stood == noted:
        return False, case.joined_into
    counted.what = noted
    commit([changes.replace(counted), *_moved(case_id, stood["tallied"], now)])
    return True, case.joined_into


def _note(contacts: dict[str, list[int]], case_id: str, contact_id: str) -> None:
    """How often a contact of the case changed hands: by a transfer noted over the API, and as a provider's leg."""
    contact = store.find_contact(contact_id)
    if contact is None or contact.case_id != case_id:
        contacts.pop(contact_id, None)
        return
    own = [one for one in contact.transfers if one["contact_id"] == contact_id]
    handed_on = sum(one["status"] in handing_on.TOOK for one in own)
    if contact_id in contacts or len(contacts) < MOST_CONTACTS:
        contacts[contact_id] = [handed_on, int(contact.previous_contact_id is not None)]


def _note_message(messages: dict[str, str], case_id: str, message_id: str) -> None:
    """On which channel and day a message came: all of a day are one exchange, as a call has many sentences."""
    event = store.find_event(message_id)
    if event is None or event.case_id != case_id:
        messages.pop(message_id, None)
    elif message_id in messages or len(messages) < MOST_CONTACTS:
        messages[message_id] = f"{event.channel} {keys.instant(event.occurred_at)[:10]}"


def _note_part(parts: dict[str, Any], case_id: str, part_id: str) -> None:
    """What a case that was joined into this one came to by itself."""
    part = store.find_case(part_id)
    if part is None or part.joined_into != case_id:
        parts.pop(part_id, None)
    elif part_id in parts or len(parts) < MOST_PARTS:
        counted = NOTHING | tallies.find_counted(part.PK).what
        parts[part_id] = _summed_up(counted["contacts"], counted["messages"], counted["parts"])


def _summed_up(contacts: dict[str, list[int]], messages: dict[str, str], parts: dict[str, Any]) -> dict[str, Any]:
    """How many contacts, hops and legs there were, and on which days was written, with all parts."""
    noted, legs = (sum(hops[n] for hops in contacts.values()) for n in (0, 1))
    own: dict[str, Any] = {
        "contacts": len(contacts),
        "noted": noted,
        "legs": legs,
        "written": sorted(set(messages.values())),
    }
    for part in parts.values():
        own |= {name: own[name] + part[name] for name in ("contacts", "noted", "legs")}
        own["written"] = sorted({*own["written"], *part["written"]})
    return own


def _cost(case: Case, came_to: dict[str, Any]) -> dict[str, Any] | None:
    """What is to be counted of a case: nothing until it is resolved, or where it is a part of another.

    A leg that a provider made of a transfer that was noted over the API is the same hop.
    """
    if case.closed_at is None or case.joined_into:
        return None
    return {
        "day": keys.instant(case.closed_at)[:10],
        "channel": case.last_channel or NONE,
        "contacts": came_to["contacts"] + len(came_to["written"]),
        "hops": max(came_to["noted"], came_to["legs"]),
    }


def _moved(case_id: str, before: dict[str, Any] | None, now: dict[str, Any] | None) -> list[changes.Change]:
    """The tallies without what was counted, and with what is."""
    cells: dict[tuple[str, str, str], Counter[str]] = {}
    for cost, step in ((before, -1), (now, 1)):
        if cost:
            steps = cells.setdefault(("channel", cost["day"], cost["channel"]), Counter())
            steps.update({"cases": step, "contacts": step * cost["contacts"], "hops": step * cost["hops"]})
    moved = ((cell, steps) for cell, steps in cells.items() if any(steps.values()))
    return [tallies.add(EffortTally, case_id, by, day, value, **steps) for (by, day, value), steps in moved]
