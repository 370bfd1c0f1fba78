"""Two records are one person's, or turn out not to be: merged and undone at a cost that no history changes.

A merge moves nothing. It is an edge, kept on the profile of each record of the person and in an item of
its own; undoing it takes the edge away, and all that came in meanwhile is where it belongs already.
"""

from collections.abc import Sequence
from typing import Any

from chalicelib.errors import BadInput, Conflict, NotFound, WriteConflict
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Merge, Profile
from chalicelib.models.requests.customers import MergeCustomers
from chalicelib.rules import grouping, merging
from chalicelib.rules.access import Caller
from chalicelib.services.customers import records
from chalicelib.services.deps import Deps
from chalicelib.services.identity import ledger
from chalicelib.services.settle import settled


@settled
def merge(deps: Deps, caller: Caller, customer_id: str, request: MergeCustomers) -> tuple[Merge, bool]:
    """Merges another record into a customer's, or tells what that would do: (merge, made).

    The same again gives the merge that is there. Three to five reads and one transaction, whatever the
    records hold. Raises `BadInput` at `other_customer_id`, `Conflict` where the group would be too large.
    """
    return merge_once(deps, caller, customer_id, request)


def merge_once(
    deps: Deps, caller: Caller, customer_id: str, request: MergeCustomers, *, beside: Sequence[Change] = ()
) -> tuple[Merge, bool]:
    """The same for who tries again from further back. `beside` is written in the same transaction.

    Raises `WriteConflict`.
    """
    kept, joined = records.read_profiles(customer_id), _read_other(request.other_customer_id)
    if earlier := _edge_between(kept[0].merges, customer_id, request.other_customer_id):
        return store.get_merge(earlier["merge_id"]), False
    ids = {profile.customer_id for profile in kept}
    if request.other_customer_id == customer_id:
        raise BadInput.at("other_customer_id", "is this customer")
    if request.other_customer_id in ids:
        raise BadInput.at("other_customer_id", "is this customer already, by other merges")
    if any(profile.customer_id in ids for profile in joined):
        raise WriteConflict("they were merged while this one read them")
    if len(kept) + len(joined) > grouping.MOST_MEMBERS:
        raise Conflict(f"at most {grouping.MOST_MEMBERS} records can be one customer's")
    made = _merge_from(deps, caller, customer_id, request, [*kept, *joined])
    if request.dry_run:
        return made, False
    edge = {
        "merge_id": made.merge_id,
        "kept": customer_id,
        "joined": request.other_customer_id,
        "at": keys.instant(made.merged_at),
    }
    edges = [*kept[0].merges, *joined[0].merges, edge]
    version = max(records.version_of(kept), records.version_of(joined)) + 1
    commit(
        [
            changes.add(made),
            *(changes.regroup(profile, edges, version) for profile in (*kept, *joined)),
            *_explained(deps, made, "merged", caller),
            *beside,
        ]
    )
    return made, True


@settled
def undo(deps: Deps, caller: Caller, merge_id: str) -> Merge:
    """Takes a merge back; again, it stays taken back. Two or three reads and one transaction."""
    undone = store.get_merge(merge_id)
    if undone.undone_at:
        return undone
    group = records.read_profiles(undone.customer_id)
    edges = [edge for edge in group[0].merges if edge["merge_id"] != merge_id]
    undone.undone_at, undone.undone_by = deps.now(), caller.named
    version = records.version_of(group) + 1  # later than any that the group was seen at
    parted = [changes.regroup(profile, _edges_of(profile.customer_id, edges), version) for profile in group]
    commit([changes.replace(undone), *parted, *_explained(deps, undone, "unmerged", caller)])
    return undone


def get_merge(merge_id: str) -> Merge:
    """Raises `NotFound`."""
    return store.get_merge(merge_id)


def _edges_of(customer_id: str, edges: list[Any]) -> list[Any]:
    return grouping.edges_within(grouping.members_of(customer_id, edges), edges)


def _read_other(customer_id: str) -> list[Profile]:
    try:
        return records.read_profiles(customer_id)
    except NotFound as error:
        raise BadInput.at("other_customer_id", "there is no such customer") from error


def _edge_between(edges: list[Any], *pair: str) -> Any | None:
    return next((edge for edge in edges if {edge["kept"], edge["joined"]} == set(pair)), None)


def _merge_from(
    deps: Deps, caller: Caller, customer_id: str, request: MergeCustomers, profiles: list[Profile]
) -> Merge:
    merge_id = deps.new_id()
    return Merge(
        PK=keys.merge(merge_id),
        SK=keys.MERGE,
        merge_id=merge_id,
        customer_id=customer_id,
        other_customer_id=request.other_customer_id,
        reason=request.reason,
        merged_at=deps.now(),
        merged_by=caller.named,
        effects=_effects(profiles, keys.instant(deps.now())),
    )


def _effects(profiles: list[Profile], merged_at: str) -> dict[str, Any]:
    """What merging these does to what is read, the surviving record first. Nothing of it is written."""
    whole = records.compose_profile(profiles)
    facts = [facts.entries for _, facts in store.list_heads([profile.customer_id for profile in profiles])]
    survivors = [*records.surviving(profiles, merged_at), *merging.surviving_facts(facts, merged_at)]
    return {
        "customer_id": profiles[0].customer_id,
        "members": [profile.customer_id for profile in profiles],
        "fields": [
            {"field": one.field, "kept": one.kept, "dropped": list(one.dropped), "rule": one.rule}
            for one in survivors
        ],
        "identifiers": whole.identifiers,
        "open_cases": whole.open_cases,
        "live_contacts": whole.live_contacts,
    }


def _explained(deps: Deps, merge: Merge, decided: str, caller: Caller) -> list[Change]:
    """The same decision in the ledger of both."""
    pair = (merge.customer_id, merge.other_customer_id)
    return [
        ledger.note(
            deps, one, decided, by=caller, reason=merge.reason, merge_id=merge.merge_id, other_customer_id=other
        )
        for one, other in (pair, pair[::-1])
    ]
