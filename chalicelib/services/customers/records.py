"""A customer's record: one collection or, where several were found to be one person's, several read as one.

A merge moves nothing, so what is written goes to one member and what is read comes from all of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import merge as in_order
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from chalicelib.errors import BadInput, NotFound, WriteConflict
from chalicelib.models import keys, store
from chalicelib.models.items import Case, CaseSummary, Contact, Event, KnownFacts, Profile
from chalicelib.models.store import CustomerHead, Page
from chalicelib.rules import grouping, merging, survivorship
from chalicelib.rules.merging import Part, Survivor
from chalicelib.rules.relations import Entry

Owned = TypeVar("Owned", Case, CaseSummary, Contact, Event)

CASES_SHOWN = CONTACTS_SHOWN = 5
"""Of a person in the head of a record: as many as of one collection."""


@dataclass(slots=True)
class Record:
    """`home` is the member that is written to; `others` are the rest of the person's, if there are any."""

    home: CustomerHead
    others: list[CustomerHead] = field(default_factory=list)

    @property
    def customer_id(self) -> str:
        """The id by which the person goes: the surviving record's."""
        return self.member_ids[0]

    @property
    def member_ids(self) -> tuple[str, ...]:
        return members(self.home.profile)

    @property
    def heads(self) -> list[CustomerHead]:
        """All members, the one that is written to first."""
        return [self.home, *self.others]

    @property
    def whole(self) -> CustomerHead:
        """The person as one record. It is made for reading: of several it has no keys to be written by."""
        if not self.others:
            return self.home
        by_id = {head.customer_id: head for head in self.heads}
        return compose([by_id[member] for member in self.member_ids if member in by_id])

    def at(self, customer_id: str | None) -> "Record":
        """The same person, with this member as the home; as it is where that is not one of them."""
        heads = self.heads
        home = next((head for head in heads if head.customer_id == customer_id), self.home)
        return Record(home, [head for head in heads if head is not home])


def members(profile: Profile) -> tuple[str, ...]:
    """The ids of all records of the person, first the surviving one."""
    return grouping.members_of(profile.customer_id, profile.merges)


def read_members(customer_id: str) -> tuple[str, ...]:
    """The ids of all records of the person, first the surviving one: one read. Raises `NotFound`."""
    return members(store.get_profile(customer_id))


def told_as(item: Owned, customer_id: str) -> Owned:
    """The item as it is answered with: it names its customer by the id by which the person goes."""
    return type(item)(**item.attribute_values | {"customer_id": customer_id})


def read_profiles(customer_id: str) -> list[Profile]:
    """The profiles of all records of a person, the surviving one first. Raises `NotFound`.

    Raises `WriteConflict` where they were merged or parted between the two reads.
    """
    profile = store.get_profile(customer_id)
    together = members(profile)
    if len(together) == 1:
        return [profile]
    group = [found for found, _ in store.list_heads(together)]
    if any(members(found) != together for found in group):
        raise WriteConflict("the group changed while it was read")
    return group


def read_head(customer_id: str) -> Record:
    """The head of a person's record: one query; one round trip more where it is merged."""
    return _read(customer_id, store.get_head)


def read_named(customer_id: str) -> Record:
    """The head of whom a request names. Raises `BadInput` at `customer_id` where there is nobody."""
    try:
        return read_head(customer_id)
    except NotFound as error:
        raise BadInput.at("customer_id", "there is no such customer") from error


def read_customer(customer_id: str) -> Record:
    """The head and the newest of the timeline: one query; one round trip more where it is merged."""
    return _read(customer_id, store.get_customer)


def _read(customer_id: str, read: Callable[[str], CustomerHead]) -> Record:
    home = read(customer_id)
    others = [member for member in members(home.profile) if member != customer_id]
    return Record(home, store.side_by_side(read, others) if others else [])


def list_people(customer_ids: Iterable[str]) -> dict[str, CustomerHead]:
    """Who each of these ids stands for, profile and facts: one request; one more where any is merged.

    Of nobody there is nothing to read.
    """
    asked = list(dict.fromkeys(customer_ids))
    found = {profile.customer_id: (profile, facts) for profile, facts in store.list_heads(asked)}
    missing = {member for profile, _ in found.values() for member in members(profile)} - found.keys()
    if missing:
        found |= {profile.customer_id: (profile, facts) for profile, facts in store.list_heads(sorted(missing))}
    return {one: _person(found, one) for one in asked if one in found}


def _person(found: dict[str, tuple[Profile, KnownFacts]], customer_id: str) -> CustomerHead:
    together = members(found[customer_id][0])
    return compose([CustomerHead(*found[member]) for member in together if member in found])


def compose(heads: list[CustomerHead]) -> CustomerHead:
    """Several collections read as one, the surviving one first. It has no keys: it cannot be written."""
    if len(heads) == 1:
        return heads[0]
    facts: survivorship.Entries = {}
    for head in heads:
        facts = survivorship.merge(facts, head.facts.entries)
    cases = _newest([head.cases for head in heads], CASES_SHOWN)
    return CustomerHead(
        profile=compose_profile([head.profile for head in heads]),
        facts=KnownFacts(entries=facts),
        cases=[told_as(case, heads[0].customer_id) for case in cases],
        contacts=_newest([head.contacts for head in heads], CONTACTS_SHOWN),
        timeline=_newest([head.timeline for head in heads], store.PAGE),
        follow_ups=[one for head in heads for one in head.follow_ups],
    )


def _newest(bands: list[list[Any]], most: int | None = None) -> list[Any]:
    """The first of several bands of which each is newest first, or all that there are."""
    merged = in_order(*bands, key=attrgetter("SK"), reverse=True)
    return list(islice(merged, most))


def compose_profile(profiles: list[Profile]) -> Profile:
    """Several profiles read as one, the surviving one first, not to be written. Its version moves with theirs."""
    first = profiles[0]
    survivors = surviving(profiles, grouping.merged_since(first.merges))
    counts = {survivor.field: survivor.kept for survivor in survivors}
    return Profile(
        customer_id=first.customer_id,
        name=counts.get("name"),
        language=counts.get("language"),
        identifiers=_identifiers(profiles),
        consent=_under("consent.", counts),
        attributes=_under("attributes.", counts),
        merges=first.merges,
        relations=_relations(profiles),
        open_cases=sum(int(profile.open_cases) for profile in profiles),
        live_contacts=sum(int(profile.live_contacts) for profile in profiles),
        version=version_of(profiles),
        created_at=min(profile.created_at for profile in profiles),
        updated_at=max(profile.updated_at for profile in profiles),
    )


def version_of(profiles: list[Profile]) -> int:
    """The version of several records as one."""
    return grouping.version_of([int(profile.version) for profile in profiles], int(profiles[0].grouped_at))


def surviving(profiles: list[Profile], merged_since: str) -> list[Survivor]:
    """What counts of each field, and by which rule, where these are one person's since then."""
    return merging.survivors([_part(one) for one in profiles], merged_since)


def _part(profile: Profile) -> Part:
    return Part(
        {name: getattr(profile, name) for name in merging.FIELDS},
        profile.attributes,
        profile.consent,
        profile.consent_given_at,
    )


def _under(prefix: str, counts: dict[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in counts.items() if name.startswith(prefix)}


def _relations(profiles: list[Profile]) -> list[Entry]:
    """All relations of the person, without those between records that are one person's meanwhile."""
    own = {profile.customer_id for profile in profiles}
    return [entry for profile in profiles for entry in profile.relations if entry["customer_id"] not in own]


def _identifiers(profiles: list[Profile]) -> list[dict[str, Any]]:
    """All that the person is known by, each once, verified if it is on any of the records."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for profile in profiles:
        for one in profile.identifiers:
            key = (one["type"], one["scope"], one["value"])
            if key not in found or (one["verified"] and not found[key]["verified"]):
                found[key] = one
    return list(found.values())


def list_band(together: tuple[str, ...], first: str, last: str | None = None, **page: Any) -> Page:
    """A page of one band of a person's record, newest first: as `store.list_band`, over all members.

    One request for each member, side by side.
    """
    pages = store.side_by_side(lambda one: store.list_band(keys.customer(one), first, last, **page), together)
    return _merge_pages(pages, page["limit"])


def _merge_pages(pages: list[Page], limit: int) -> Page:
    """Several pages as one: only as far down as all of them have been looked at."""
    reached = max((page.next_sort_key for page in pages if page.next_sort_key), default="")
    found = [item for item in _newest([page.items for page in pages]) if reached <= item.SK]
    if len(found) > limit:
        return Page(found[:limit], found[limit - 1].SK)
    return Page(found, reached or None)
