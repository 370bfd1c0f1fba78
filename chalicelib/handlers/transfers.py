"""Handing a contact on, over HTTP."""

from chalice.app import Blueprint

from chalicelib.errors import Conflict
from chalicelib.models.requests.transfers import TransferContact
from chalicelib.models.views.transfers import PacketView
from chalicelib.observability import count
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.contacts import transfers

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/contacts/{contact_id}/transfer",
    "contacts:transfer",
    body=TransferContact,
    once=True,
    answers={201: PacketView, 200: PacketView},
    problems=(Conflict,),
)
def transfer_contact(call: Call, contact_id: str) -> Answer:
    """Hand a contact on to a team or an agent; the same again under one Idempotency-Key gives the first."""
    packet, made = transfers.transfer_contact(
        call.deps, call.caller, contact_id, call.body, call.correlation_id, key=call.idempotency_key
    )
    count("Transfers", 1 if made else 0)
    location = {"Location": f"/v1/contacts/{contact_id}/transfers/{packet['transfer_id']}"}
    return Answer(PacketView.model_validate(packet), 201 if made else 200, location)


@endpoint(
    blueprint,
    "GET",
    "/contacts/{contact_id}/transfers/{transfer_id}",
    "contacts:transfer",
    answers={200: PacketView},
)
def get_transfer(_call: Call, contact_id: str, transfer_id: str) -> Answer:
    """How a contact was handed on once, and what became of it."""
    return Answer(PacketView.model_validate(transfers.get_transfer(contact_id, transfer_id)))


@endpoint(
    blueprint,
    "POST",
    "/contacts/{contact_id}/transfers/{transfer_id}/accept",
    "contacts:transfer",
    answers={200: PacketView},
    problems=(Conflict,),
)
def accept_transfer(call: Call, contact_id: str, transfer_id: str) -> Answer:
    """Take a contact that was offered by a warm transfer."""
    return _decided(call, contact_id, transfer_id, accepted=True)


@endpoint(
    blueprint,
    "POST",
    "/contacts/{contact_id}/transfers/{transfer_id}/decline",
    "contacts:transfer",
    answers={200: PacketView},
    problems=(Conflict,),
)
def decline_transfer(call: Call, contact_id: str, transfer_id: str) -> Answer:
    """Leave a contact that was offered by a warm transfer where it is."""
    return _decided(call, contact_id, transfer_id, accepted=False)


def _decided(call: Call, contact_id: str, transfer_id: str, *, accepted: bool) -> Answer:
    packet = transfers.decide_on_transfer(call.deps, call.caller, contact_id, transfer_id, accepted=accepted)
    return Answer(PacketView.model_validate(packet))
