"""The packets with which a contact was handed on: why, what was tried, what is known, what was promised.

A packet is a plain dict. A cold transfer is taken as it is; a warm one is offered until somebody decides, and
withdrawn where the contact is handed to somebody else meanwhile. Packets are listed newest first.
"""

from typing import Any

KEPT = 10
"""Packets on a contact: it is read with every screen pop. All of them are on the timeline."""
TAKEN, OFFERED, ACCEPTED, DECLINED, WITHDRAWN = "taken", "offered", "accepted", "declined", "withdrawn"

TOOK = frozenset({TAKEN, ACCEPTED})
"""The contact changed hands."""

Packet = dict[str, Any]


def hand_on(packets: list[Packet], packet: Packet) -> list[Packet]:
    """The packets with a new one; who was offered the contact before is offered it no more."""
    before = [one | {"status": WITHDRAWN} if one["status"] == OFFERED else one for one in packets]
    return [packet, *before][:KEPT]


def find(packets: list[Packet], transfer_id: str) -> Packet | None:
    return next((one for one in packets if one["transfer_id"] == transfer_id), None)


def replaced(packets: list[Packet], packet: Packet) -> list[Packet]:
    """The packets with one of them as it is now."""
    return [packet if one["transfer_id"] == packet["transfer_id"] else one for one in packets]


def joined(own: list[Packet], earlier: list[Packet], contact_id: str) -> list[Packet]:
    """The packets of a contact and of the one that it goes on from, which knows best what became of its own."""
    here = {one["transfer_id"]: one for one in own if one["contact_id"] == contact_id}
    both = {one["transfer_id"]: one for one in [*own, *earlier]} | here
    return sorted(both.values(), key=lambda one: (one["at"], one["transfer_id"]), reverse=True)[:KEPT]
