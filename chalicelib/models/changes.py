"""Changes to the table, by name; services compose them and `commit` writes them in one transaction."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.models import keys
from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import (
    Case,
    CaseFields,
    CaseSummary,
    CaseWatch,
    Contact,
    ContactFields,
    ContactSummary,
    Counted,
    Event,
    FollowUp,
    IdentifierCandidate,
    IdentifierHead,
    IdentifierOwner,
    Interaction,
    InteractionFields,
    Item,
    JourneyActs,
    KnownFacts,
    Merge,
    NextContact,
    Profile,
    Receipt,
    Recognised,
    TeamCase,
    Watch,
)
from chalicelib.models.store import Owners
from chalicelib.rules.journeys import slim

Change = Callable[[TransactWrite], None]
Versioned = (
    Contact | Counted | FollowUp | KnownFacts | Case | Merge | IdentifierCandidate | Recognised | JourneyActs
)

ENTRY_BYTES = 1024
"""An entry on a timeline, whatever it previews: a page of them is read with every screen pop."""
SUBJECT_BYTES, ATTRIBUTES_BYTES, JOURNEY_BYTES = 120, 160, 540
"""What the preview keeps of each; the body gets the rest."""
PROFILE_CONTENT = (
    "name",
    "language",
    "identifiers",
    "consent",
    "consent_given_at",
    "attributes",
    "relations",
    "case_resolved_at",
    "updated_at",
)
CUT = ("body", "subject", "attributes")


def commit(changes: Iterable[Change]) -> None:
    """All or nothing, in one request.

    Raises `WriteConflict` where a condition does not hold (any more) or two transactions met,
    `Unavailable` where the store does not answer.
    """
    with TransactWrite(connection=Item.connection().connection) as transaction:
        for change in changes:
            change(transaction)


def add(item: Item) -> Change:
    """Writes an item that must not exist."""
    return lambda transaction: transaction.save(item, condition=Item.PK.does_not_exist())


def add_receipt(receipt: Receipt, now: datetime) -> Change:
    """Writes a receipt, unless there is one that has not expired."""
    absent = Item.PK.does_not_exist() | (Item.expires_at <= now)
    return lambda transaction: transaction.save(receipt, condition=absent)


def put(item: Item) -> Change:
    """Writes an item whatever was there."""
    return lambda transaction: transaction.save(item)


def remove(item: Item) -> Change:
    """Deletes an item, if it is there."""
    return lambda transaction: transaction.delete(item)


def replace(item: Versioned) -> Change:
    """Writes the next version of an item; version 0 is one that is not stored yet."""
    read_version = item.version
    condition = type(item).version == read_version if read_version else Item.PK.does_not_exist()
    item.version = read_version + 1
    return lambda transaction: transaction.save(item, condition=condition)


def claim(owners: Owners, owner: IdentifierOwner) -> list[Change]:
    """Makes a customer an owner of the identifier, unless its ownership changed since it was read."""
    return [_guard(owners, +1), add(owner)]


def disclaim(owners: Owners, customer_id: str) -> list[Change]:
    """Takes an identifier from a customer, unless its ownership changed since it was read."""
    return [_guard(owners, -1), remove(_owner(owners.identifier, customer_id))]


def hand_over(owners: Owners, giver_id: str, taker: IdentifierOwner) -> list[Change]:
    """Gives an identifier from one customer to another, unless its ownership changed since it was read."""
    return [_guard(owners, 0), remove(_owner(owners.identifier, giver_id)), add(taker)]


def count_stranger(owners: Owners, step: int = 1) -> Change:
    """Counts a contact that came from an identifier and was somebody else's than its owners'."""
    head = _head(owners.deciding.identifier)
    return lambda transaction: transaction.update(
        head, actions=[IdentifierHead.strangers.add(step)], condition=Item.PK.exists()
    )


def _head(identifier: Identifier, **counts: Any) -> IdentifierHead:
    return IdentifierHead(PK=identifier.partition, SK=identifier.prefix + keys.IDENTIFIER_HEAD, **counts)


def _guard(owners: Owners, step: int) -> Change:
    head = owners.head
    if head is None:
        return add(_head(owners.identifier, version=1, owners=step))
    return lambda transaction: transaction.update(
        head,
        actions=[IdentifierHead.version.add(1), IdentifierHead.owners.add(step)],
        condition=IdentifierHead.version == head.version,
    )


def seen(owner: IdentifierOwner, at: datetime) -> Change:
    """Notes when an identifier was used by its owner: first, or last."""
    actions: list[Any] = [IdentifierOwner.last_seen_at.set(max(at, owner.last_seen_at))]
    if at < owner.first_seen_at:  # it came late
        actions.append(IdentifierOwner.first_seen_at.set(at))
    return lambda transaction: transaction.update(owner, actions=actions, condition=Item.PK.exists())


def verify_owner(identifier: Identifier, customer_id: str) -> Change:
    """Notes that an identifier was shown to be its owner's."""
    owner = _owner(identifier, customer_id)
    return lambda transaction: transaction.update(
        owner, actions=[IdentifierOwner.verified.set(True)], condition=Item.PK.exists()
    )


def change_profile(
    profile: Profile,
    *,
    live_contacts: int = 0,
    open_cases: int = 0,
    content: bool = False,
    dropped: bool = False,
) -> Change:
    """Moves the counters of a customer who must exist and, with `content`, writes what else changed.

    Counters move without the version, so that calls do not get in each other's way; so does the call that dropped,
    with `dropped`. But that is written only where no contact began or ended since it was read, and a contact is
    counted only where no call dropped since: else who rings back at that moment would miss it. Content is written
    only on the version that was read.
    """
    actions: list[Any] = [
        attribute.add(step)
        for attribute, step in ((Profile.live_contacts, live_contacts), (Profile.open_cases, open_cases))
        if step
    ]
    if dropped:
        actions.append(_set_or_remove(Profile, "dropped_call", profile.dropped_call))
    condition: Condition = Item.PK.exists()
    if content:
        actions += [_set_or_remove(Profile, name, getattr(profile, name)) for name in PROFILE_CONTENT]
        actions.append(Profile.version.add(1))
        condition = Profile.version == profile.version
    if dropped:
        condition &= Profile.live_contacts == profile.live_contacts
    elif live_contacts > 0:
        condition &= _is_as_read(Profile.dropped_call, profile.dropped_call)
    return lambda transaction: transaction.update(profile, actions=actions, condition=condition)


def _is_as_read(attribute: Any, value: Any) -> Condition:
    as_read: Condition = attribute.does_not_exist() if value is None else attribute == value
    return as_read


def regroup(profile: Profile, merges: list[Any], version: int) -> Change:
    """Writes which records are the same person's, on the version that was read: the group moves as one."""
    read_version, profile.merges, profile.version = profile.version, merges, version
    actions: list[Any] = [
        Profile.merges.set(merges),
        Profile.version.set(version),
        Profile.grouped_at.set(version),
    ]
    return lambda transaction: transaction.update(
        profile, actions=actions, condition=Profile.version == read_version
    )


def _set_or_remove(kind: type[Item], name: str, value: Any) -> Any:
    attribute = getattr(kind, name)
    return attribute.remove() if value is None else attribute.set(value)


def note_failed_check(profile: Profile, at: datetime, window: timedelta) -> Change:
    """Counts a failed identity check; the count begins anew when the window is over.

    Conditioned on the count that was read, so that checks made at once cannot slip under a limit.
    """
    read, since = profile.failed_checks, profile.failed_checks_since
    fresh = since is None or since <= at - window
    actions: list[Any] = [Profile.failed_checks.add(1)]
    if fresh:
        actions = [Profile.failed_checks.set(1), Profile.failed_checks_since.set(at)]
    condition = Profile.failed_checks == read
    return lambda transaction: transaction.update(profile, actions=actions, condition=condition)


def require_customer(customer_id: str) -> Change:
    """Lets the transaction through only if the customer is there."""
    partition = keys.customer(customer_id)
    return lambda transaction: transaction.condition_check(
        Profile, partition, keys.PROFILE, condition=Item.PK.exists()
    )


def require_same_owner(contact: Contact) -> Change:
    """Lets the transaction through only if the contact still belongs to whom it did when it was read."""
    return lambda transaction: transaction.condition_check(
        Contact, contact.PK, contact.SK, condition=_same_owner(contact)
    )


def require_as_read(contact: Contact) -> Change:
    """Lets the transaction through only if nothing of the contact changed since it was read."""
    return lambda transaction: transaction.condition_check(
        Contact, contact.PK, contact.SK, condition=Contact.version == contact.version
    )


def require_same_case(contact: Contact) -> Change:
    """Lets the transaction through only if the contact still has the case and the owner that were read."""
    same = Contact.case_id == contact.case_id if contact.case_id else Contact.case_id.does_not_exist()
    return lambda transaction: transaction.condition_check(
        Contact, contact.PK, contact.SK, condition=_same_owner(contact) & same
    )


def note_delivery(event: Event, delivery: str) -> list[Change]:
    """Says how far a message of ours got, unless somebody else did since it was read, or it changed hands."""
    condition = (Event.attributes == event.attributes) & _same_owner(event)
    event.attributes = event.attributes | {"delivery": delivery}
    actions: list[Any] = [Event.attributes.set(event.attributes)]
    return [
        lambda transaction: transaction.update(event, actions=actions, condition=condition),
        put(timeline_entry(event)),
    ]


def note_heard(contact: Contact, *, as_read: bool = False) -> Change:
    """Remembers what may be said next, and what was said, on a contact that still belongs to whom it did.

    `as_read`: of which nothing else changed either since it was read.
    """
    condition = Contact.version == contact.version if as_read else _same_owner(contact)
    contact.version += 1
    actions: list[Any] = [
        Contact.asked_for.set(contact.asked_for),
        Contact.gist.set(contact.gist),
        Contact.references.set(contact.references),
        Contact.version.add(1),
    ]
    return lambda transaction: transaction.update(contact, actions=actions, condition=condition)


def _same_owner(item: Contact | Event) -> Condition:
    owner, attribute = item.customer_id, type(item).customer_id
    same = attribute == owner if owner else attribute.does_not_exist()
    both: Condition = Item.PK.exists() & same
    return both


def link_next(contact: Contact) -> list[Change]:
    """Says that a contact went on as this one, in its own partition, whether it is there yet or not."""
    if contact.previous_contact_id is None:
        return []
    partition, sort_key = keys.contact(contact.previous_contact_id), keys.next_contact(contact.contact_id)
    return [put(NextContact(PK=partition, SK=sort_key, contact_id=contact.contact_id))]


def show_live(contact: Contact) -> Change:
    """Puts a live contact into the head of its customer's collection."""
    sort_key = keys.live_contact(contact.started_at, contact.contact_id)
    return put(_summary(contact, contact.customer_id, sort_key))


def hide_live(contact: ContactFields, customer_id: str) -> Change:
    """Takes a contact out of the head of a customer's collection."""
    sort_key = keys.live_contact(contact.started_at, contact.contact_id)
    return remove(Item(PK=keys.customer(customer_id), SK=sort_key))


def file_past(contact: ContactFields, customer_id: str) -> Change:
    """Puts a contact that left the head into the list of past ones."""
    sort_key = keys.past_contact(contact.started_at, contact.contact_id)
    return put(_summary(contact, customer_id, sort_key))


def unfile_past(contact: ContactFields, customer_id: str) -> Change:
    """Takes a contact off the list of a customer's past ones, if it is there."""
    sort_key = keys.past_contact(contact.started_at, contact.contact_id)
    return remove(Item(PK=keys.customer(customer_id), SK=sort_key))


def watch(contact_id: str, due_at: datetime) -> Change:
    """Puts a contact among those that are looked at, by then, for whether they still are heard of."""
    return put(_watch(contact_id, due_at))


def unwatch(contact_id: str, due_at: datetime) -> Change:
    """Takes a contact off those that are looked at, if it is there for that moment."""
    return remove(_watch(contact_id, due_at))


def _watch(contact_id: str, due_at: datetime) -> Watch:
    return Watch(PK=keys.watches(contact_id), SK=keys.watch(due_at, contact_id), contact_id=contact_id)


def _summary(contact: ContactFields, customer_id: str, sort_key: str) -> ContactSummary:
    return ContactSummary(PK=keys.customer(customer_id), SK=sort_key, **_shared(ContactFields, contact))


def file_case(case: CaseFields) -> Change:
    """Puts a case, open or closed, into the list of all of its customer's cases."""
    return put(_case_summary(case, keys.any_case(case.case_id)))


def unfile_case(case: CaseFields) -> Change:
    """Takes a case off the list of its customer's cases."""
    return remove(Item(PK=keys.customer(case.customer_id), SK=keys.any_case(case.case_id)))


def show_case(case: CaseFields) -> Change:
    """Puts an open case into the head of its customer's collection."""
    return put(_case_summary(case, keys.open_case(case.case_id)))


def hide_case(case: CaseFields) -> Change:
    """Takes a case out of the head of its customer's collection."""
    return remove(Item(PK=keys.customer(case.customer_id), SK=keys.open_case(case.case_id)))


def watch_case(case_id: str, at: datetime) -> Change:
    """Puts a case among those that are looked at, by then, for whether they are about to be late."""
    return put(_case_watch(case_id, at))


def unwatch_case(case_id: str, at: datetime) -> Change:
    """Takes a case off those that are looked at, if it is there for that moment."""
    return remove(_case_watch(case_id, at))


def _case_watch(case_id: str, at: datetime) -> CaseWatch:
    return CaseWatch(PK=keys.case_watches(case_id), SK=keys.watch(at, case_id), case_id=case_id)


def queue_case(case: Case) -> Change:
    """Puts an open case into its team's list."""
    partition, sort_key = keys.queue(case.team, case.case_id), keys.queued(case.status, case.due_at, case.case_id)
    return put(TeamCase(PK=partition, SK=sort_key, **_shared(CaseFields, case)))


def unqueue_case(partition: str, sort_key: str) -> Change:
    """Takes a case out of a team's list, if it is there."""
    return remove(Item(PK=partition, SK=sort_key))


def _case_summary(case: CaseFields, sort_key: str) -> CaseSummary:
    return CaseSummary(PK=keys.customer(case.customer_id), SK=sort_key, **_shared(CaseFields, case))


def record(event: Event) -> list[Change]:
    """Writes an event, whole and once, and its preview on the timeline of whom it belongs to."""
    return [add(event), put(timeline_entry(event))]


def record_journey(event: Event) -> list[Change]:
    """Writes a journey as it is by now, and its entry on the timeline."""
    return [put(event), put(timeline_entry(event))]


def forget_journey(event: Event) -> list[Change]:
    """Takes a journey away that turned out to be part of another."""
    return [remove(event), remove(timeline_entry(event))]


def reassign(event: Event, customer_id: str | None) -> Change:
    """Says whose an event is; None where nobody can be named any more. Its case is the one it has there."""
    whose = Event.customer_id.set(customer_id) if customer_id else Event.customer_id.remove()
    names = ("case_id", "case_found", "earlier_cases", "left_cases")
    actions: list[Any] = [whose, *(_set_or_remove(Event, name, getattr(event, name)) for name in names)]
    return lambda transaction: transaction.update(event, actions=actions, condition=Item.PK.exists())


def rewrite(event: Event) -> Change:
    """Writes an event as it is now, unless it changed hands since it was read."""
    condition = _same_owner(event)
    return lambda transaction: transaction.save(event, condition=condition)


def put_to_case(event: Event, read_case_id: str | None) -> list[Change]:
    """Says which case an event belongs to, unless it changed its case or hands since it was read."""
    before = Event.case_id == read_case_id if read_case_id else Event.case_id.does_not_exist()
    actions: list[Any] = [
        _set_or_remove(Event, name, getattr(event, name)) for name in ("case_id", "case_found", "earlier_cases")
    ]
    condition = _same_owner(event) & before
    return [
        lambda transaction: transaction.update(event, actions=actions, condition=condition),
        put(timeline_entry(event)),
    ]


def timeline_entry(event: Event) -> Interaction:
    """The preview of an event: on its customer's timeline, or on its contact while there is no customer."""
    home = keys.customer(event.customer_id) if event.customer_id else keys.contact(event.contact_id)
    entry = Interaction(
        PK=home, SK=keys.timeline(event.occurred_at, event.interaction_id), **_shared(InteractionFields, event)
    )
    entry.expires_at = event.expires_at
    entry.body, entry.subject = None, _cut(event.subject, SUBJECT_BYTES)
    entry.attributes = _fitting(event.attributes)
    entry.journey = event.journey and slim(event.journey, JOURNEY_BYTES)
    entry.body = _cut(event.body, ENTRY_BYTES - _size(entry) - len("body"))
    entry.truncated = any(getattr(entry, name) != getattr(event, name) for name in CUT)
    return entry


def _size(item: Item) -> int:
    """What DynamoDB counts of an item: the bytes of names and values, one for a boolean."""
    stored = item.serialize().items()
    values = ((name, value) for name, typed in stored for value in typed.values())
    return sum(len(name) + (len(value.encode()) if isinstance(value, str) else 1) for name, value in values)


def new_owner(identifier: Identifier, customer_id: str, at: datetime, *, verified: bool) -> IdentifierOwner:
    """The item that says that a customer is known by an identifier."""
    return _owner(
        identifier,
        customer_id,
        received=identifier.received,
        verified=verified,
        first_seen_at=at,
        last_seen_at=at,
    )


def _owner(identifier: Identifier, customer_id: str, **what: Any) -> IdentifierOwner:
    sort_key = identifier.prefix + keys.owner(customer_id)
    return IdentifierOwner(PK=identifier.partition, SK=sort_key, customer_id=customer_id, **what)


def new_candidate(identifier: Identifier, customer_id: str) -> IdentifierCandidate:
    """The item that says that a customer was met beside an identifier, or that it is not theirs."""
    return IdentifierCandidate(
        PK=identifier.partition,
        SK=identifier.prefix + keys.candidate(customer_id),
        customer_id=customer_id,
        version=0,
    )


def _fitting(attributes: dict[str, str]) -> dict[str, str]:
    """The first of them, as many as the preview has room for."""
    kept = dict(attributes)
    while len(json.dumps(kept)) > ATTRIBUTES_BYTES:
        kept.popitem()
    return kept


def _cut(text: str | None, size: int) -> str | None:
    if text is None or len(text.encode()) <= size:
        return text
    return text.encode()[: size - 3].decode(errors="ignore") + "…"


def _shared(fields: type[Item], item: Item) -> dict[str, Any]:
    """The values of the attributes that an item shares with its projections."""
    own = set(fields.get_attributes()) - set(Item.get_attributes())
    return {name: getattr(item, name) for name in own}
