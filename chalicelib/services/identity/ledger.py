"""The ledger: what was decided about a customer, by whom and why. It answers "why is this number hers?"."""

from typing import Any

from chalicelib.models import changes, keys
from chalicelib.models.changes import Change
from chalicelib.models.items import LedgerEntry
from chalicelib.models.requests.customers import LedgerPage
from chalicelib.models.store import Page
from chalicelib.rules.access import Caller
from chalicelib.services.customers import records
from chalicelib.services.deps import Deps
from chalicelib.services.paging import cursor_key

SYSTEM = {"role": "system", "subject": "throughline"}
"""Who decides where a rule does, and nobody asked for it."""


def note(deps: Deps, customer_id: str, decided: str, *, by: Caller | None = None, **why: Any) -> Change:
    """Writes a decision, in the same transaction as what was decided."""
    decision_id, at = deps.new_id(), deps.now()
    return changes.put(
        LedgerEntry(
            PK=keys.customer(customer_id),
            SK=keys.ledger(at, decision_id),
            decision_id=decision_id,
            decided=decided,
            decided_at=at,
            decided_by=by.named if by else SYSTEM,
            **why,
        )
    )


def list_decisions(customer_id: str, page: LedgerPage) -> Page:
    """What was decided about a customer, newest first. Raises `NotFound`."""
    after = cursor_key(page.cursor, keys.LEDGER)
    return records.list_band(records.read_members(customer_id), keys.LEDGER, limit=page.limit, after=after)
