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
from chalicelib.services.settle import settled

NONE = "none"
"""The team of a contact that no team has."""
MOST_CONTACTS = 500
"""Of one case, that are counted; so with messages."""


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


@settled
def count_effort(case_id: str, contact_id: str | None = None, message_id: str | None = None) -> bool:
    """Counts what a case cost, once it is resolved, and takes that back where it was opened again.

    `contact_id`: a contact whose case it is, or was; `message_id`: a message on no contact, the same. Two reads,
    one more for the contact or message, and one transaction.
    """
    case = store.find_case(case_id)
    if case is None:
        return False
    counted = tallies.find_counted(case.PK)
    before, contacts = counted.what.get("tallied"), dict(counted.what.get("contacts", {}))
    messages = dict(counted.what.get("messages", {}))
    if contact_id:
        _note(contacts, case_id, contact_id)
    if message_id:
        _note_message(messages, case_id, message_id)
    now = _cost(case, contacts, messages)
    noted = {"contacts": contacts, "messages": messages, "tallied": now}
    if {"messages": {}} | counted.what == noted:
        return False
    counted.what = noted
    commit([changes.replace(counted), *_moved(case_id, before, now)])
    return True


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


def _cost(case: Case, contacts: dict[str, list[int]], messages: dict[str, str]) -> dict[str, Any] | None:
    """What is to be counted of a case: nothing until it is resolved.

    A leg that a provider made of a transfer that was noted over the API is the same hop.
    """
    if case.closed_at is None:
        return None
    noted, legs = (sum(hops[n] for hops in contacts.values()) for n in (0, 1))
    return {
        "day": keys.instant(case.closed_at)[:10],
        "channel": case.last_channel or NONE,
        "contacts": len(contacts) + len(set(messages.values())),
        "hops": max(noted, legs),
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
