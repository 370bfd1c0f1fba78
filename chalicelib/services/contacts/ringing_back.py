"""The call dropped, and the customer rings back: straight back to where they were.

Only from the same number, and only where that number's customer is who is on the line now; of a number that
several share, whoever is not decided yet goes on with nothing. It costs no request: the last call that was over
and resolved nothing is on its customer's profile. It proves nothing, so nothing is bound by it (D9).
"""

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change
from chalicelib.models.items import Contact
from chalicelib.models.store import CustomerHead
from chalicelib.rules.ring_back import VIA, WITHIN, Dropped, is_call, rings_back
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.identity import identify


def note_end(deps: Deps, contact: Contact, home: CustomerHead) -> bool:
    """Notes a call that is over on the profile, which the caller writes: whether it says something new."""
    before = home.profile.dropped_call
    came_from = _came_from(deps, contact)
    if came_from and not contact.resolved:
        later = before is not None and before["ended_at"] > keys.instant(contact.ended_at)
        home.profile.dropped_call = before if later else _dropped(contact, came_from)
    elif before and before["contact_id"] == contact.contact_id:
        home.profile.dropped_call = None
    return bool(before != home.profile.dropped_call)


def go_on(deps: Deps, contact: Contact, record: Record | None) -> None:
    """Says on a contact which call it goes on with; no more, where it turned out to be somebody else's."""
    continues = contact.continues
    if continues and (continues["via"] != VIA or _is_theirs(continues["customer_id"], record)):
        return
    contact.continues = None
    came_from = _came_from(deps, contact)
    if record is None or came_from is None or contact.previous_contact_id:
        return
    calls = [head.profile.dropped_call for head in record.heads if head.profile.dropped_call]
    back_to = [one for one in calls if rings_back(one, came_from, contact.started_at)]
    if back_to:
        _go_on_with(contact, max(back_to, key=lambda one: str(one["ended_at"])), record)


def tell_who_rang_back(deps: Deps, contact: Contact, record: Record) -> list[Change]:
    """The end of a call is told after its customer rang back: the call that goes on with it is told so now.

    One read for each live call of the customer that began within ten minutes of that end; else none.
    """
    came_from = _came_from(deps, contact)
    if came_from is None or contact.resolved:
        return []
    dropped, since = _dropped(contact, came_from), contact.ended_at
    told: list[Change] = []
    for live in (one for head in record.heads for one in head.contacts):
        if live.contact_id == contact.contact_id or not since <= live.started_at <= since + WITHIN:
            continue
        later = store.find_contact(live.contact_id)
        end = _came_from(deps, later) if later and _goes_on_with_nothing(later, record) else None
        if later and end and rings_back(dropped, end, later.started_at):
            _go_on_with(later, dropped, record)
            told.append(changes.replace(later))
    return told


def _goes_on_with_nothing(contact: Contact, record: Record) -> bool:
    theirs = contact.customer_id in record.member_ids
    return theirs and not (contact.continues or contact.previous_contact_id)


def _go_on_with(contact: Contact, dropped: Dropped, record: Record) -> None:
    contact.continues = {
        **{name: dropped[name] for name in ("contact_id", "channel", "case_id")},
        "via": VIA,
        "customer_id": record.customer_id,
        "code": None,
        "suggests": None,
    }
    contact.case_id = contact.case_id or dropped["case_id"]


def _is_theirs(customer_id: str | None, record: Record | None) -> bool:
    return bool(record and customer_id in record.member_ids)


def _dropped(contact: Contact, came_from: str) -> Dropped:
    return {
        "contact_id": contact.contact_id,
        "came_from": came_from,
        "channel": contact.channel,
        "case_id": contact.case_id,
        "ended_at": keys.instant(contact.ended_at),
    }


def _came_from(deps: Deps, contact: Contact) -> str | None:
    """The number that a call came from, as a digest; None where it was withheld, or it is no call."""
    end = identify.own_end(deps, contact) if is_call(contact.channel, contact.direction) else None
    return keys.derived_id("end", *end.key) if end else None
