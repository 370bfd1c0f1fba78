"""Reads of the table. Every one is strongly consistent: what was keyed in a second ago must be there.

`get_` raises `NotFound`, `find_` gives None, `list_` gives a page.
"""

from collections.abc import Callable, Iterable, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition

from chalicelib.errors import NotFound
from chalicelib.models import keys
from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import (
    Case,
    CaseSummary,
    Contact,
    ContactSummary,
    Event,
    FollowUpEntry,
    IdentifierCandidate,
    IdentifierHead,
    IdentifierOwner,
    Interaction,
    Item,
    KnownFacts,
    MailId,
    Merge,
    NextContact,
    Profile,
    Receipt,
    Recognised,
    SaidBy,
)

OWNERS_READ = 10
"""Owners of an identifier that a lookup reads: a switchboard's number stays one small page."""
SAID_BY_READ = 100
"""Customers with one birthday, or one name's initial in one postcode, that are looked through."""
NEXT_READ = 20
"""Contacts that one contact went on as: a transfer is one, a call that rang several agents is several."""
PAGE = 30
"""Items of a screen pop: the head's bands and then the newest of the timeline."""
EXAMINED = 200
"""Items that one page of a filtered list looks at, at most, before it hands out a cursor."""

AnyItem = TypeVar("AnyItem", bound=Item)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Owners:
    """One identifier, its guarding head (None: nobody ever had it), its first owners, and who is none yet.

    `same_number` is the same number on another channel; `variants` own another form of it.
    """

    identifier: Identifier
    head: IdentifierHead | None
    owners: list[IdentifierOwner]
    candidates: list[IdentifierCandidate] = field(default_factory=list)
    same_number: "Owners | None" = None
    variants: list[IdentifierOwner] = field(default_factory=list)

    @property
    def deciding(self) -> "Owners":
        """What says who is known by it: itself, or the same number where only that has owners."""
        return self.same_number if self.same_number and not self.owners else self

    @property
    def known(self) -> list[IdentifierOwner]:
        """Who is known by it."""
        return self.deciding.owners

    @property
    def more(self) -> int:
        """How many owners there are beyond those read."""
        return max(int(self.head.owners) - len(self.owners), 0) if self.head else 0


@dataclass(slots=True)
class CustomerHead:
    """What a customer's collection begins with, and the newest of the timeline if it was read."""

    profile: Profile
    facts: KnownFacts
    cases: list[CaseSummary] = field(default_factory=list)
    contacts: list[ContactSummary] = field(default_factory=list)
    timeline: list[Interaction] = field(default_factory=list)
    follow_ups: list[FollowUpEntry] = field(default_factory=list)

    @property
    def customer_id(self) -> str:
        return str(self.profile.customer_id)


@dataclass(frozen=True, slots=True)
class Page:
    """Items of a band, and the sort key to go on from (None: there is no more)."""

    items: list[Any]
    next_sort_key: str | None


def find_owners(identifier: Identifier) -> Owners:
    """Who has this identifier, and its variants: one query, at most `OWNERS_READ` owners.

    Where a crowd owns the variants, its own may lie behind them: then a query more, for its own alone.
    """
    items = list(Item.query(identifier.partition, consistent_read=True, limit=OWNERS_READ + 1))
    if identifier.prefix and len(items) > OWNERS_READ:
        only = Item.SK.startswith(identifier.prefix)
        own = Item.query(identifier.partition, only, consistent_read=True, limit=OWNERS_READ + 1)
        items = list({item.SK: item for item in [*items, *own]}.values())
    owners, twin = _among(items, identifier), identifier.same_number
    same_number = _among(items, twin) if twin else None
    its = {item.SK for known in (owners, same_number) if known for item in known.owners}
    variants = [item for item in items if isinstance(item, IdentifierOwner) and item.SK not in its]
    return replace(owners, same_number=same_number, variants=variants)


def list_owned(owned: Sequence[tuple[Identifier, str]]) -> list[tuple[Identifier, IdentifierOwner]]:
    """What says that each of these customers has the identifier, where one does: one request for a hundred."""
    of_key = {(one.partition, one.prefix + keys.owner(customer_id)): one for one, customer_id in owned}
    found = Item.batch_get(list(of_key), consistent_read=True) if of_key else []
    return [(of_key[item.PK, item.SK], item) for item in found if isinstance(item, IdentifierOwner)]


def _among(items: list[Item], identifier: Identifier) -> Owners:
    """What these items of its partition say of an identifier."""
    prefix = identifier.prefix
    own = [item for item in items if _begins(item.SK, prefix)]
    return Owners(
        identifier,
        head=next((item for item in own if isinstance(item, IdentifierHead)), None),
        owners=[item for item in own if isinstance(item, IdentifierOwner)],
        candidates=[item for item in own if isinstance(item, IdentifierCandidate)],
    )


def _begins(sort_key: str, prefix: str) -> bool:
    """Whether this is the sort key of an identifier with this prefix; a variant's never is of one without."""
    return sort_key.startswith(prefix) if prefix else not sort_key.startswith(keys.VARIANTS)


def list_said_by(partition: str) -> list[SaidBy]:
    """Who may be meant by what was said: one query; nobody where too many share it to tell."""
    items = list(Item.query(partition, consistent_read=True, limit=SAID_BY_READ + 1))
    found = [item for item in items if isinstance(item, SaidBy)]
    return found if len(found) <= SAID_BY_READ else []


def find_recognised(customer_id: str) -> Recognised:
    """Under what a customer was last found by what they say; version 0 says that it is not stored."""
    partition = keys.customer(customer_id)
    nothing = Recognised(PK=partition, SK=keys.RECOGNISED, customer_id=customer_id, told={}, version=0)
    return _find(Recognised, partition, keys.RECOGNISED) or nothing


def find_contact(contact_id: str) -> Contact | None:
    return _find(Contact, keys.contact(contact_id), keys.CONTACT)


def get_contact(contact_id: str) -> Contact:
    return _required(find_contact(contact_id), "contact")


def get_contact_with_timeline(contact_id: str) -> tuple[Contact, list[Interaction]]:
    """A contact and what hangs on it while it has no customer: one query."""
    items = list(Item.query(keys.contact(contact_id), consistent_read=True, scan_index_forward=False, limit=PAGE))
    contact = next((item for item in items if isinstance(item, Contact)), None)
    return _required(contact, "contact"), [item for item in items if isinstance(item, Interaction)]


def list_next_contacts(contact_id: str) -> list[str]:
    """What a contact went on as: one query."""
    went_on = Item.SK.startswith(keys.NEXT_CONTACTS)
    items = Item.query(keys.contact(contact_id), went_on, consistent_read=True, limit=NEXT_READ)
    return [item.contact_id for item in items if isinstance(item, NextContact)]


def find_event(interaction_id: str) -> Event | None:
    return _find(Event, keys.event(interaction_id), keys.EVENT)


def find_mail(message_id: str) -> MailId | None:
    return _find(MailId, keys.mail(message_id), keys.MAIL)


def find_case(case_id: str) -> Case | None:
    return _find(Case, keys.case(case_id), keys.CASE)


def get_event(interaction_id: str) -> Event:
    found = find_event(interaction_id)
    return _required(next(iter(unexpired([found])), None) if found else None, "interaction")


def get_case(case_id: str) -> Case:
    return _required(_find(Case, keys.case(case_id), keys.CASE), "case")


def get_merge(merge_id: str) -> Merge:
    return _required(_find(Merge, keys.merge(merge_id), keys.MERGE), "merge")


def find_receipt(request_id: str) -> Receipt | None:
    return _find(Receipt, keys.receipt(request_id), keys.RECEIPT)


def get_head(customer_id: str) -> CustomerHead:
    """The head of a customer's collection, without the timeline: one query of a few items."""
    return _read_customer(customer_id, keys.FOLLOW_UPS)


def get_customer(customer_id: str) -> CustomerHead:
    """The screen pop's query: the head and the newest of the timeline, backward, in one page."""
    return _read_customer(customer_id, keys.TIMELINE)


def side_by_side(read: Callable[[str], Answer], ids: Sequence[str]) -> list[Answer]:
    """What `read` gives for each, in their order, at the same time: one round trip, within the same deadline."""
    from concurrent.futures import ThreadPoolExecutor

    if len(ids) == 1:
        return [read(ids[0])]
    with ThreadPoolExecutor(max_workers=len(ids)) as workers:
        return [one.result() for one in [workers.submit(copy_context().run, read, id_) for id_ in ids]]


def get_profile(customer_id: str) -> Profile:
    return _required(_find(Profile, keys.customer(customer_id), keys.PROFILE), "customer")


def list_heads(customer_ids: Iterable[str]) -> list[tuple[Profile, KnownFacts]]:
    """Profiles and facts of several customers (at most 50): one request, in the order asked for."""
    wanted = list(customer_ids)
    pairs = [(keys.customer(c), key) for c in wanted for key in (keys.PROFILE, keys.FACTS)]
    found = {(item.PK, item.SK): item for item in Item.batch_get(pairs, consistent_read=True)}
    heads = []
    for customer_id in wanted:
        partition = keys.customer(customer_id)
        profile = found.get((partition, keys.PROFILE))
        if isinstance(profile, Profile):
            facts = cast(KnownFacts | None, found.get((partition, keys.FACTS)))
            heads.append((profile, facts or no_facts(customer_id)))
    return heads


def list_band(
    partition: str,
    first: str,
    last: str | None = None,
    *,
    limit: int,
    after: str | None = None,
    only: Condition | None = None,
    forward: bool = False,
) -> Page:
    """A page of one band, newest first; with a filter it may hold fewer than `limit` and still go on.

    The sort keys lie between `first` and `last`, or all begin with `first`. `forward`: lowest key first.
    """
    results = Item.query(
        partition,
        range_key_condition=Item.SK.between(first, last or first + keys.AFTER_ALL),
        filter_condition=only,
        consistent_read=True,
        scan_index_forward=forward,
        page_size=limit + 1 if only is None else EXAMINED,
        last_evaluated_key={"PK": {"S": partition}, "SK": {"S": after}} if after else None,
    )
    raw = next(results.page_iter)  # one request a page: PynamoDB goes on by itself to fill a limit
    items = [Item.from_raw_data(data) for data in raw["Items"]]
    if len(items) > limit:
        return Page(unexpired(items[:limit]), items[limit - 1].SK)
    more = raw.get("LastEvaluatedKey")
    return Page(unexpired(items), more["SK"]["S"] if more else None)


def list_due(watches: str, now: datetime, limit: int) -> list[Any]:
    """What of one partition of watches is to be looked at by now, longest due first: one query."""
    due = Item.SK < keys.instant(now) + keys.AFTER_ALL  # noqa: SIM300 - a condition of PynamoDB
    return list(Item.query(watches, range_key_condition=due, consistent_read=True, limit=limit))


def find_newest(home: str, contact_id: str, since: datetime, until: datetime) -> Interaction | None:
    """The newest entry between two moments that hangs on a contact: one query for each `EXAMINED` entries."""
    first, last = keys.TIMELINE + keys.instant(since), keys.TIMELINE + keys.instant(until) + keys.AFTER_ALL
    after: str | None = None
    while True:
        page = list_band(home, first, last, limit=1, after=after, only=of_contact(contact_id))
        if page.items or page.next_sort_key is None:
            return next(iter(page.items), None)
        after = page.next_sort_key


def on_channel(channel: str) -> Condition:
    """Filter: entries of the timeline on one channel."""
    return cast(Condition, Interaction.channel == channel)


def of_contact(contact_id: str) -> Condition:
    """Filter: entries of the timeline that hang on one contact."""
    return cast(Condition, Interaction.contact_id == contact_id)


def no_facts(customer_id: str) -> KnownFacts:
    """What is known of a customer of whom nothing is: version 0 says that it is not stored."""
    return KnownFacts(PK=keys.customer(customer_id), SK=keys.FACTS, entries={}, version=0)


def unexpired(items: list[AnyItem], now: datetime | None = None) -> list[AnyItem]:
    """The engine deletes what has expired days later; until then it is treated as absent."""
    now = now or datetime.now(UTC)
    return [item for item in items if item.expires_at is None or item.expires_at > now]


def _read_customer(customer_id: str, first_band: str) -> CustomerHead:
    partition = keys.customer(customer_id)
    items = unexpired(
        list(
            Item.query(
                partition,
                range_key_condition=Item.SK.between(first_band, keys.AFTER_ALL),
                consistent_read=True,
                scan_index_forward=False,
                limit=PAGE,
            )
        )
    )
    profile = next((item for item in items if isinstance(item, Profile)), None)
    facts = next((item for item in items if isinstance(item, KnownFacts)), None)
    return CustomerHead(
        profile=_required(profile, "customer"),
        facts=facts or no_facts(customer_id),
        cases=[item for item in items if isinstance(item, CaseSummary)],
        contacts=[item for item in items if isinstance(item, ContactSummary)],
        timeline=[item for item in items if isinstance(item, Interaction)],
        follow_ups=[item for item in items if isinstance(item, FollowUpEntry)],
    )


def _find(kind: type[AnyItem], partition: str, sort_key: str) -> AnyItem | None:
    try:
        return kind.get(partition, sort_key, consistent_read=True)
    except DoesNotExist:
        return None


def _required(item: AnyItem | None, what: str) -> AnyItem:
    if item is None:
        raise NotFound(f"no such {what}")
    return item
