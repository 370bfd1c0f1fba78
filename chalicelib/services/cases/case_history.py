"""The history of a case: who changed what, when and why. It is written in one transaction with the change."""

from datetime import datetime
from typing import Any

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change
from chalicelib.models.items import Case, CaseChange
from chalicelib.models.requests.base import PageOf
from chalicelib.models.store import Page
from chalicelib.services.deps import Deps
from chalicelib.services.identity import ledger
from chalicelib.services.paging import cursor_key

Named = dict[str, str]
TOLD = (
    "customer_id",
    "subject",
    "speak_at",
    "reason",
    "product",
    "priority",
    "description",
    "owner",
    "team",
    "status",
    "pending_on",
    "late",
    "joined_into",
    "links",
)
"""The fields whose changes are told; when it was last written about, its timeline tells."""


def noted(deps: Deps, before: Case, after: Case, *, by: Named | None = None, **why: Any) -> list[Change]:
    """What has changed of a case, nothing where nothing has; `why`: a reason, or what led to it."""
    changed = {
        name: {"before": plain(getattr(before, name)), "after": plain(getattr(after, name))}
        for name in TOLD
        if getattr(before, name) != getattr(after, name)
    }
    if not changed:
        return []
    return [_change(deps, after, changed, by=by, **why)]


def said(deps: Deps, case: Case, after: dict[str, Any], *, by: Named | None = None, **why: Any) -> Change:
    """What is told of a case that is new."""
    return _change(
        deps, case, {name: {"before": None, "after": value} for name, value in after.items()}, by=by, **why
    )


def _change(deps: Deps, case: Case, changed: dict[str, Any], *, by: Named | None, **why: Any) -> Change:
    change_id, at = deps.new_id(), deps.now()
    change = CaseChange(
        PK=case.PK,
        SK=keys.case_change(at, change_id),
        change_id=change_id,
        case_id=case.case_id,
        edition=case.edition,
        changed=changed,
        changed_at=at,
        changed_by=by or ledger.SYSTEM,
        **why,
    )
    return changes.put(change)


def plain(value: Any) -> Any:
    """A value of a case as JSON has it."""
    return keys.instant(value) if isinstance(value, datetime) else value


def list_changes(case_id: str, page: PageOf) -> Page:
    """What was changed of a case, newest first: two reads. Raises `NotFound`."""
    store.get_case(case_id)
    after = cursor_key(page.cursor, keys.LEDGER)
    return store.list_band(keys.case(case_id), keys.LEDGER, limit=page.limit, after=after)


def tell_last(case_id: str) -> str:
    """Who changed what last, in words: one read."""
    listed = store.list_band(keys.case(case_id), keys.LEDGER, limit=1).items
    if not listed:
        return ""
    (last,) = listed
    who = f"{last.changed_by['role']} {last.changed_by['subject']}"
    return f": {who} changed {', '.join(sorted(last.changed))} at {keys.instant(last.changed_at)}"
