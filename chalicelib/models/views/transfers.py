"""What goes out of how a contact was handed on."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.models.views.base import CallerName, Documented, FactName, Instant, View


class PacketView(View):
    """What whoever answers next is told: why, what was tried, what is known, what was promised."""

    transfer_id: str
    contact_id: str = Field(
        description="The contact that was handed on; those that go on from it have the packet, too."
    )
    kind: Annotated[str, Documented(Literal["warm", "cold"])]
    status: Annotated[str, Documented(Literal["taken", "offered", "accepted", "declined", "withdrawn"])] = Field(
        description="A cold transfer is taken as it is. A warm one is offered, until it is accepted, declined or "
        "withdrawn by another transfer."
    )
    to_team: str | None
    to_agent: str | None
    reason: str
    note: str | None
    tried: str | None
    promised: str | None
    known: list[FactName] = Field(description="The facts that were known; their values are among the facts.")
    at: Instant
    by: CallerName
    decided_at: Instant | None
    decided_by: CallerName | None


class TransferView(PacketView):
    """How a contact was handed on last, and before that, newest first."""

    earlier: list[PacketView] = []
