"""A contact goes on as another, as when it is transferred: what was found out on one is known on the other.

Who tells of either may come first, or late. So the next contact takes over when it is told what it goes on
from and, off the table's stream, whenever one of the two changes; what it takes over depends on how they
stand, not on what happened in which order. It is one conversation with one person: whom the earlier contact is
with, how sure that is and what was said go on, and where only the later one found out who it is, the earlier
one is theirs as well. A number is seen once in all of it, so that no transfer confirms anything (ADR 25).
"""

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Contact
from chalicelib.rules import handing_on, legs, survivorship
from chalicelib.services.cases import cases
from chalicelib.services.customers import records
from chalicelib.services.customers.records import Record
from chalicelib.services.identity import joining
from chalicelib.services.identity.identify import from_stored
from chalicelib.services.settle import settled

STANDING = ("customer_id", "evidence", "match", "assurance", "checked", "candidates", "rejected")
GONE_ON_WITH = ("continues", "carried", "carried_journey")
CARRIED = (*STANDING, *GONE_ON_WITH, "facts", "transfers", "case_id")
"""What of a contact is news for those beside it."""


def go_on(contact_id: str) -> Contact:
    """Takes over between a contact and the one it goes on from, whichever knows more: the contact as it is then.

    Two reads and, where there is news, at most four reads and one transaction; where only this one is with a
    customer as much again.
    """
    contact, earlier = _take_over(contact_id)
    if earlier and contact.customer_id and earlier.customer_id is None:
        _give_back(earlier.contact_id, contact_id)
    return contact


def pass_on(contact_id: str) -> int:
    """Passes what changed on a contact on to what it went on as: how many. One query, and `go_on` of each."""
    went_on = store.list_next_contacts(contact_id)
    for one in went_on:
        go_on(one)
    return len(went_on)


@settled
def _take_over(contact_id: str) -> tuple[Contact, Contact | None]:
    """What was said on the earlier contact is as if it had been said here; so is who it turned out to be."""
    contact = store.get_contact(contact_id)
    earlier = store.find_contact(contact.previous_contact_id) if contact.previous_contact_id else None
    if earlier is None:
        return contact, None
    before = _carried(contact)
    contact.facts = survivorship.merge(contact.facts, legs.carried(earlier.facts, contact_id))
    contact.transfers = handing_on.joined(contact.transfers, earlier.transfers, contact_id)
    if _says_who(earlier, contact):
        made = _follow(contact, earlier)
        _go_on_with(contact, earlier)
    else:
        made = _tell(contact, earlier, before)
    if _carried(contact) != before:
        commit([changes.replace(contact), *made])
    return contact, earlier


@settled
def _give_back(earlier_id: str, contact_id: str) -> None:
    """Where nobody found out on the earlier contact who it was, it is with whom the later one is."""
    earlier, contact = store.find_contact(earlier_id), store.get_contact(contact_id)
    unknown = earlier is not None and earlier.customer_id is None and not earlier.attributions
    if earlier and unknown and contact.customer_id and contact.customer_id not in earlier.rejected:
        commit([*_follow(earlier, contact), changes.replace(earlier)])


def _carried(contact: Contact) -> dict[str, object]:
    return {name: getattr(contact, name) for name in CARRIED}


def _says_who(earlier: Contact, contact: Contact) -> bool:
    """Whether it is for the earlier contact to say who it is, rather than for what was found out since."""
    if contact.attributions:
        return False
    if earlier.customer_id is None:
        return contact.customer_id is None and bool(earlier.evidence) and not _found_out(contact)
    return contact.customer_id is None or not _found_out(contact)


def _found_out(contact: Contact) -> bool:
    """Whether what was said on the contact itself says who it is."""
    if contact.taken_over:
        return bool(contact.taken_over != _digest(contact))
    named = any(item.typed and item.owners for item in from_stored(contact.evidence))
    return named or any("fact" in reason for reason in contact.match["reasons"])


def _follow(contact: Contact, other: Contact) -> list[Change]:
    """The contact is with whom the other is with, as surely; what it said itself goes there with it."""
    record = records.read_head(other.customer_id) if other.customer_id else None
    made = _move(contact, record) if record and _is_new(contact, record) else []
    typed = [item for item in contact.evidence if item["typed"] and item not in other.evidence]
    contact.evidence = [*other.evidence, *typed]
    contact.match, contact.candidates = other.match, other.candidates
    theirs = record.member_ids if record else ()  # whom it was said not to be may be who it is after all
    contact.rejected = [one for one in dict.fromkeys([*contact.rejected, *other.rejected]) if one not in theirs]
    contact.checked = max(contact.checked, other.checked)
    contact.assurance = max(other.assurance, contact.checked)
    contact.case_id = contact.case_id or _case_of(contact, other, record)
    contact.taken_over = _digest(contact)
    return made


def _case_of(contact: Contact, other: Contact, record: Record | None) -> str | None:
    """The case of the other, unless that is somebody else's by now: a read where the contact is over.

    Off the stream that would give the case up, take it over again, and so on for ever.
    """
    case_id: str | None = other.case_id
    if record is None or case_id is None or contact.status != "ended":
        return case_id
    case = store.find_case(case_id)
    is_theirs = case and cases.follow(case, record).customer_id in record.member_ids
    return case_id if is_theirs else None


def _go_on_with(contact: Contact, earlier: Contact) -> None:
    """What the earlier contact went on with, by a code or by ringing back, this one goes on with."""
    if earlier.continues and not contact.continues:
        for name in GONE_ON_WITH:
            setattr(contact, name, getattr(earlier, name))


def _is_new(contact: Contact, record: Record) -> bool:
    return contact.customer_id not in record.member_ids


def _move(contact: Contact, record: Record) -> list[Change]:
    """Takes the contact to a customer, from whom it was taken to be with; an identity check stays behind."""
    home, live = record.home, contact.status == "live"
    made = joining.leave(contact, store.get_head(contact.customer_id)) if contact.customer_id else []
    contact.customer_id, contact.checked = home.customer_id, 0
    there = changes.require_customer(home.customer_id)
    counted = changes.change_profile(home.profile, live_contacts=1) if live else there
    return [*made, *joining.place(contact, home), counted, *joining.remember(home, legs.own(contact.facts))]


def _tell(contact: Contact, earlier: Contact, before: dict[str, object]) -> list[Change]:
    """What the earlier contact said is known of whom this one is with, where that is somebody else."""
    if contact.facts == before["facts"] or contact.customer_id in {None, earlier.customer_id}:
        return []
    if earlier.customer_id is None:
        return []  # it will be with the same customer, and what it said with it
    return joining.remember(store.get_head(contact.customer_id), contact.facts)


def _digest(contact: Contact) -> str:
    """Whom a contact is with, and by which evidence."""
    return keys.derived_id(str(contact.customer_id), repr(contact.evidence))
