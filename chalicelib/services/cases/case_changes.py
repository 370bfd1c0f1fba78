"""Changing a case by hand, on the version that was read: no change is lost, and who was first is told."""

from chalicelib.errors import Conflict, VersionMismatch
from chalicelib.models import store
from chalicelib.models.changes import commit
from chalicelib.models.items import Case
from chalicelib.models.requests.cases import ChangeCase
from chalicelib.rules.access import Caller
from chalicelib.rules.case_states import Happening, PendingOn
from chalicelib.services.cases import case_history, casework
from chalicelib.services.customers import records
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled

SET = ("reason", "product", "description", "owner", "team")
"""Fields that null takes away."""
KEPT = ("subject", "speak_at", "priority")
"""Fields that a case always has: null leaves them as they are."""
BY_STATUS = {"pending": Happening.WAITS, "resolved": Happening.RESOLVES}


@settled
def change_case(deps: Deps, caller: Caller, case_id: str, request: ChangeCase, version: int) -> Case:
    """Changes what is given, if nobody changed the case since the caller read it. Two reads and a transaction.

    What has been changed already is not refused: its answer was lost (RFC 9110, 13.1.1). Raises
    `VersionMismatch`, which tells who changed what, and `Conflict` where it may not come to stand so.
    """
    case = store.get_case(case_id)
    record = records.read_head(case.customer_id)
    before = casework.as_read(case)
    _change(deps, case, request)
    same = case.attribute_values == before.attribute_values
    if same and version <= before.edition:
        return records.told_as(case, record.customer_id)
    if version != before.edition:
        raise VersionMismatch(f"the case is at version {before.edition}{case_history.tell_last(case_id)}")
    case.edition = int(before.edition) + 1
    work = casework.written(deps, record, case, before, by=caller.named, reason=request.because)
    commit(work.whole())
    return records.told_as(case, record.customer_id)


def _change(deps: Deps, case: Case, request: ChangeCase) -> None:
    given = request.model_fields_set
    for name in (*SET, *KEPT):
        value = getattr(request, name)
        if name in given and (name in SET or value is not None):
            setattr(case, name, value)
    if request.status and (request.status, request.pending_on) != (case.status, case.pending_on):
        _move(deps, case, request)


def _move(deps: Deps, case: Case, request: ChangeCase) -> None:
    """Somebody says how it stands now: no message is later than that."""
    is_open = casework.is_open(case)
    happening = BY_STATUS.get(str(request.status)) or (Happening.GOES_ON if is_open else Happening.REOPENS)
    on = PendingOn(request.pending_on) if request.pending_on else None
    at = max(deps.now(), casework.state_of(case).since)
    if not casework.move(deps, case, happening, at, on):
        raise Conflict(f"a case that is {case.status} cannot become {request.status}: open it first")
