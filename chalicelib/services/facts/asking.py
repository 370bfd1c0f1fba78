"""Asking for what is known: noted on the contact as a fact is saved, at no request, and counted off the stream."""

from collections.abc import Iterable

from chalicelib.models import keys
from chalicelib.models.fact_kinds import FACT_KINDS
from chalicelib.models.items import Contact
from chalicelib.rules import asking, handing_on, legs, survivorship
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.survivorship import Entries, Entry
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps


def note(
    deps: Deps, caller: Caller, contact: Contact, *, said: Entries, news: Iterable[str], record: Record | None
) -> None:
    """Notes on a contact which facts were asked for; `said` is what was said on it before, `news` what is saved.

    `record` is whom the contact was with when it was asked. A browser's visitor asks itself, and is shown nothing.
    """
    if caller.role is Role.VISITOR:
        return
    at = keys.instant(deps.now())
    known = _known(contact.contact_id, said, record, at)
    contact.asked = asking.note(contact.asked, news, str(caller.role), known, at=at, team=team_of(contact))


def team_of(contact: Contact) -> str | None:
    """Who has the contact: the team that it was handed on to last, else the queue that its provider told of."""
    taken = (one["to_team"] for one in contact.transfers if one["status"] in handing_on.TOOK and one["to_team"])
    team: str | None = next(taken, None) or contact.attributes.get("queue")
    return team


def _known(contact_id: str, said: Entries, record: Record | None, at: str) -> set[str]:
    """What whoever asks was shown, but for what was said on this very contact, and what is to be confirmed."""
    kept = record.whole.facts.entries if record else {}
    elsewhere = survivorship.merge(survivorship.forget_contact(kept, contact_id), legs.taken_over(said))
    return {name for name, entry in survivorship.current(elsewhere, at).items() if not is_due(name, entry, at)}


def is_due(name: str, entry: Entry, at: str) -> bool:
    """Whether a fact is so old that it is to be confirmed."""
    due_at = FACT_KINDS[name].due(keys.moment(entry["collected_at"]), verified=entry["verified"])
    return due_at is not None and keys.instant(due_at) <= at
