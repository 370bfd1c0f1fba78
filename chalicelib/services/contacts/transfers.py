"""A contact is handed on to a team or an agent, with what whoever answers next must know."""

from typing import Any

from chalicelib.errors import Conflict, NotFound
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import commit
from chalicelib.models.items import Contact, Event
from chalicelib.models.requests.transfers import TransferContact
from chalicelib.rules import handing_on
from chalicelib.rules.access import Caller
from chalicelib.rules.handing_on import ACCEPTED, DECLINED, OFFERED, TAKEN, Packet
from chalicelib.services.contacts import chain
from chalicelib.services.customers import situation
from chalicelib.services.deps import Deps
from chalicelib.services.once import Once
from chalicelib.services.settle import settled

OVER = "the contact has ended: there is nothing to hand on"


@settled
def transfer_contact(
    deps: Deps,
    caller: Caller,
    contact_id: str,
    request: TransferContact,
    correlation_id: str,
    *,
    key: str | None = None,
) -> tuple[Packet, bool]:
    """Hands a contact on, or gives the transfer that the same key made: (packet, made).

    Two reads and one transaction, with a key a read more. Raises `Conflict` where the contact has ended.
    """
    once = Once.read(deps, caller, key, request, "transfer", contact_id)
    made_before = once.made_before()
    contact = store.get_contact(contact_id)
    if made_before:
        return _packet(contact, made_before), False
    if contact.status == "ended":
        raise Conflict(OVER)
    packet = _new_packet(deps, caller, contact, request)
    contact.transfers = handing_on.hand_on(contact.transfers, packet)
    event = _event(deps, caller, contact, packet, correlation_id)
    commit([changes.replace(contact), *changes.record(event), *once.remember(packet["transfer_id"])])
    return packet, True


def get_transfer(contact_id: str, transfer_id: str) -> Packet:
    """How a contact was handed on once: one read."""
    return _packet(store.get_contact(contact_id), transfer_id)


def decide_on_transfer(deps: Deps, caller: Caller, contact_id: str, transfer_id: str, *, accepted: bool) -> Packet:
    """Accepts or declines a warm transfer; the same decision again changes nothing.

    Two reads and one transaction; what taking over costs more, where the contact goes on from the one that was
    handed on. Raises `Conflict` where it was not offered, or is no more.
    """
    contact = store.get_contact(contact_id)
    packet = _packet(contact, transfer_id)
    if contact.status == "ended" and packet["status"] == OFFERED:
        raise Conflict(OVER)
    decided = _decide(deps, caller, packet["contact_id"], transfer_id, ACCEPTED if accepted else DECLINED)
    if packet["contact_id"] != contact_id:
        chain.go_on(contact_id)
    return decided


@settled
def _decide(deps: Deps, caller: Caller, contact_id: str, transfer_id: str, decision: str) -> Packet:
    """Writes the decision where the contact was handed on."""
    contact = store.get_contact(contact_id)
    packet = _packet(contact, transfer_id)
    if packet["status"] == decision:
        return packet
    if packet["status"] != OFFERED:
        raise Conflict(f"this transfer is {packet['status']}: there is nothing to decide")
    at = keys.instant(deps.now())
    packet = packet | {"status": decision, "decided_at": at, "decided_by": caller.named}
    contact.transfers = handing_on.replaced(contact.transfers, packet)
    commit([changes.replace(contact)])
    return packet


def _packet(contact: Contact, transfer_id: str) -> Packet:
    packet = handing_on.find(contact.transfers, transfer_id)
    if packet is None:
        raise NotFound("no such transfer")
    return packet


def _new_packet(deps: Deps, caller: Caller, contact: Contact, request: TransferContact) -> Packet:
    now = situation.of_contact(deps, contact)
    at = keys.instant(deps.now())
    return {
        "transfer_id": deps.new_id(),
        "contact_id": contact.contact_id,
        "status": OFFERED if request.kind == "warm" else TAKEN,
        **request.model_dump(),
        "known": sorted(now.known(at)),
        "at": at,
        "by": caller.named,
        "decided_at": None,
        "decided_by": None,
    }


def _event(deps: Deps, caller: Caller, contact: Contact, packet: Packet, correlation_id: str) -> Event:
    """What the timeline tells of it."""
    interaction_id = packet["transfer_id"]
    to: dict[str, Any] = {name: packet[name] for name in ("kind", "to_team", "to_agent") if packet[name]}
    told = [f"{name.capitalize()}: {packet[name]}" for name in ("note", "tried", "promised") if packet[name]]
    return Event(
        PK=keys.event(interaction_id),
        SK=keys.EVENT,
        interaction_id=interaction_id,
        channel=contact.channel,
        direction=contact.direction,
        event_kind="transfer",
        occurred_at=deps.now(),
        source="throughline",
        source_event_id=interaction_id,
        subject=packet["reason"],
        body="\n".join(told) or None,
        attributes=to,
        contact_id=contact.contact_id,
        case_id=contact.case_id,
        received_at=deps.now(),
        customer_id=contact.customer_id,
        match=contact.match,
        assurance=contact.assurance,
        captured_by=caller.named,
        correlation_id=correlation_id,
    )
