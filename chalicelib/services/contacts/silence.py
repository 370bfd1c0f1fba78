"""Contacts whose end nobody tells are ended once nothing was heard of them for long.

Off the table's stream a contact is watched from its beginning to its end. What is watched is looked at
when it has been silent for as long as its channel allows since it came in: then it is ended, or looked at
again as long after it was last heard of.
"""

from datetime import datetime

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Contact, Watch
from chalicelib.services.chat.watching import LOOKED_AT, look_at_due
from chalicelib.services.contacts import ending
from chalicelib.services.customers import records
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled


def watch(deps: Deps, contact_id: str, channel: str, received_at: datetime, *, live: bool) -> None:
    """Watches a contact that came to be live, or no more one that is over: one transaction.

    One that was heard of later than it came in is watched for another moment by then: that goes when it is due.
    """
    due_at = received_at + deps.settings.silence(channel)
    change = changes.watch if live else changes.unwatch
    commit([change(contact_id, due_at)])


def end_silent(deps: Deps, looked_at: int = LOOKED_AT) -> int:
    """Looks at what is due, and ends what fell silent: how many.

    One query for each partition; for each contact that is due at most 4 reads (more only where a customer
    has hundreds of entries since) and a transaction.
    """
    return look_at_due(deps, keys.WATCHES, lambda watched: _look_at(deps, watched), looked_at)


@settled
def _look_at(deps: Deps, watched: Watch) -> bool:
    """Whether the contact that is watched was ended, as nothing was heard of it for long.

    Nobody asked for that, so it is traced to what began the contact.
    """
    contact = store.find_contact(watched.contact_id)
    done: list[Change] = [changes.remove(watched)]
    if contact is None or contact.status != "live":
        commit(done)
        return False
    heard_at = _last_heard_of(deps, contact)
    due_at = heard_at + deps.settings.silence(contact.channel)
    if due_at > deps.now():
        commit([*done, changes.watch(contact.contact_id, due_at)])
        return False
    record = records.read_head(contact.customer_id) if contact.customer_id else None
    contact.ended_by = ending.SCHEDULE
    commit([*done, *ending.close(deps, contact, record, heard_at, contact.correlation_id)])
    return True


def _last_heard_of(deps: Deps, contact: Contact) -> datetime:
    """When anything was last told, said or keyed in; what is dated later than now says nothing of that."""
    now = deps.now()
    told = [at for at, _ in contact.reported.values()]
    keyed = [entry["collected_at"] for entries in contact.facts.values() for entry in entries]
    moments = [datetime.fromisoformat(at) for at in (*told, *keyed)] + [contact.received_at]
    home = keys.customer(contact.customer_id) if contact.customer_id else contact.PK
    said = store.find_newest(home, contact.contact_id, contact.received_at, now)
    return max(at for at in (*moments, said.occurred_at if said else contact.received_at) if at <= now)
