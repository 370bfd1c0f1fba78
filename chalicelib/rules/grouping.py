"""Records that were found to be one person's: who belongs together, and who stands for all.

A merge is an edge between two records. Nothing else is kept: groups and roots follow from the edges,
in the order in which they were made, so that taking any one edge away gives what there would be
without it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MOST_MEMBERS = 20
"""Of one group: each is read, side by side, with every screen pop."""

Edge = Mapping[str, Any]
"""`merge_id`, `kept` and `joined` (customer ids) and `at` (fixed-width UTC text)."""


def members_of(customer_id: str, edges: Iterable[Edge]) -> tuple[str, ...]:
    """All records of the person, first the one that stands for all; a record without edges is alone."""
    groups: dict[str, tuple[str, ...]] = {}
    for edge in edges:
        kept = groups.get(edge["kept"], (edge["kept"],))
        joined = groups.get(edge["joined"], (edge["joined"],))
        group = kept if edge["joined"] in kept else kept + joined
        groups.update(dict.fromkeys(group, group))
    return groups.get(customer_id, (customer_id,))


def root_of(customer_id: str, edges: Iterable[Edge]) -> str:
    """The record that stands for all: the one into which the others were merged."""
    return members_of(customer_id, edges)[0]


def edges_within(members: Iterable[str], edges: Iterable[Edge]) -> list[Edge]:
    """The edges between these records."""
    inside = set(members)
    return [edge for edge in edges if edge["kept"] in inside]


def version_of(versions: Sequence[int], common: int) -> int:
    """The version of a group, all of whose records were at `common` when it last changed.

    It grows by one with each change of any of them: it cannot come back, and grows no faster than a record's.
    """
    return sum(versions) - (len(versions) - 1) * common


def merged_since(edges: Iterable[Edge]) -> str:
    """When the group last grew, as fixed-width UTC text; before every moment where it never did."""
    return max((str(edge["at"]) for edge in edges), default="")
