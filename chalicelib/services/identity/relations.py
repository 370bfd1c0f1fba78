"""Customers who have to do with each other: a household, an organisation, somebody who speaks for another.

It is kept on the profiles of both, written in one transaction, so that a screen pop tells it at no
request more. It says who may be told what; whom a number identifies it never changes.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any

from chalicelib.errors import BadInput, Conflict, NotFound
from chalicelib.models import changes, keys
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Profile
from chalicelib.models.requests.customers import RelateCustomers, WhichRelation
from chalicelib.models.store import CustomerHead
from chalicelib.rules import relations, survivorship
from chalicelib.rules.access import Caller
from chalicelib.rules.relations import Entry
from chalicelib.services.customers import records
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.identity import ledger
from chalicelib.services.settle import settled

NAME_KEPT = 64
"""Characters of the other's name that are copied."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two records between which a relation is or is to be, and how the first one keeps it, if it does."""

    own: Record
    other: Record
    earlier: Entry | None = None


@settled
def relate(deps: Deps, caller: Caller, customer_id: str, request: RelateCustomers) -> tuple[Entry, bool]:
    """Says what a customer is to another, or says it anew: (the entry, whether it is a new relation).

    Where it is there just so, nothing is written. Two reads (each one round trip more where it is merged)
    and one transaction. Raises `BadInput` at what is wrong, `Conflict` where either has too many.
    """
    now = keys.instant(deps.now())
    own, other = records.read_head(customer_id), records.read_named(request.customer_id)
    if request.customer_id in own.member_ids:
        raise BadInput.at("customer_id", "is this customer")
    if request.may_be_told and request.relation not in relations.SPEAKING:
        raise BadInput.at("may_be_told", f"is only for {' and '.join(sorted(relations.SPEAKING))}")
    pair = _pair(own, other, request.relation, now)
    entry = _entry(pair, request, caller, now)
    if pair.earlier and _content(pair.earlier) == _content(entry):
        return pair.earlier, False
    first, second = pair.own.home.profile, pair.other.home.profile
    mirrored = relations.opposite(entry, first.customer_id, _name_of(pair.own.whole, now))
    decided = "relation_changed" if pair.earlier else "related"
    commit(
        [
            _keep(deps, first, relations.put(first.relations, entry, now)),
            _keep(deps, second, relations.put(second.relations, mirrored, now)),
            _explained(deps, first, entry, decided, caller),
            _explained(deps, second, mirrored, decided, caller),
        ]
    )
    return entry, pair.earlier is None


@settled
def end(deps: Deps, caller: Caller, customer_id: str, other_id: str, which: WhichRelation) -> CustomerHead:
    """Ends what a customer is to another, all of it or the one relation that is named.

    Either may be named by any of their records, and it is ended on all. Two reads (a round trip more where
    one is merged) and one transaction. Raises `NotFound` where there is none, or none any more.
    """
    now = keys.instant(deps.now())
    record = records.read_head(customer_id)
    others = records.read_profiles(other_id) if other_id not in record.member_ids else []
    made: list[Change] = []
    changed: dict[str, Profile] = {}
    for own, other in product([head.profile for head in record.heads], others):
        gone = _between(own, other.customer_id, which, now)
        mirrored = [relations.opposite(entry, own.customer_id, None) for entry in gone]
        for profile, entries in ((own, gone), (other, mirrored)) if gone else ():
            made += [_explained(deps, profile, entry, "unrelated", caller) for entry in entries]
            profile.relations = relations.without(profile.relations, entries, now)
            changed[profile.customer_id] = profile
    if not changed:
        raise NotFound("the customer has no such relation")
    commit([*made, *(_keep(deps, profile, profile.relations) for profile in changed.values())])
    return record.whole


def _pair(own: Record, other: Record, relation: str, now: str) -> _Pair:
    """The records that keep the relation already, else those that were named."""
    for head in own.heads:
        if earlier := relations.find(head.profile.relations, relation, other.member_ids, now):
            return _Pair(own.at(head.customer_id), other.at(earlier["customer_id"]), earlier)
    return _Pair(own, other)


def _entry(pair: _Pair, request: RelateCustomers, caller: Caller, now: str) -> Entry:
    until = keys.instant(request.until) if request.until else None
    if until is not None and until <= now:
        raise BadInput.at("until", "must be in the future")
    return {
        "customer_id": pair.other.home.customer_id,
        "relation": request.relation,
        "name": _name_of(pair.other.whole, now),
        "may_be_told": sorted(set(request.may_be_told)),
        "until": until,
        "note": request.note,
        "since": pair.earlier["since"] if pair.earlier else now,
        "by": caller.named,
    }


def _content(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "by"}


def _name_of(person: CustomerHead, now: str) -> str | None:
    said = survivorship.current(person.facts.entries, now).get("name")
    name = person.profile.name or (said["value"] if said else None)
    return name[:NAME_KEPT] if name else None


def _between(profile: Profile, other_id: str, which: WhichRelation, now: str) -> list[Entry]:
    return [
        entry
        for entry in relations.in_force(profile.relations, now)
        if entry["customer_id"] == other_id and which.relation in (None, entry["relation"])
    ]


def _keep(deps: Deps, profile: Profile, entries: list[Entry]) -> Change:
    """Writes the relations of one side, on the version that was read."""
    if len(entries) > relations.MOST:
        raise Conflict(f"customer {profile.customer_id} has {relations.MOST} relations, and cannot have more")
    profile.relations, profile.updated_at = entries, deps.now()
    return changes.change_profile(profile, content=True)


def _explained(deps: Deps, profile: Profile, entry: Entry, decided: str, caller: Caller) -> Change:
    return ledger.note(
        deps,
        profile.customer_id,
        decided,
        by=caller,
        reason=entry["note"],
        other_customer_id=entry["customer_id"],
        relation={name: entry[name] for name in ("relation", "may_be_told", "until")},
    )
