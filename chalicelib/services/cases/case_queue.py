"""The open cases of a team, what is due first, and who is warned before a case is late.

Both are written off the table's stream, from how the case stands by then: told twice, late or out of order it
comes to the same.
"""

from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from operator import attrgetter

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Case, CaseWatch
from chalicelib.models.requests.cases import QueuePage
from chalicelib.models.store import Page
from chalicelib.services.cases import casework
from chalicelib.services.chat.watching import look_at_due
from chalicelib.services.customers import records
from chalicelib.services.deps import Deps
from chalicelib.services.paging import cursor_key
from chalicelib.services.settle import settled


@dataclass(frozen=True, slots=True)
class Stood:
    """How a case stood: where it is listed, and when it is looked at, unless it stands so still."""

    team: str | None
    status: str
    due_at: datetime | None
    watch_at: datetime | None

    @classmethod
    def of(cls, case: Case) -> "Stood":
        return cls(case.team, case.status, case.due_at, case.watch_at)

    def place(self, case_id: str) -> tuple[str, str] | None:
        """Its key in the list of its team, if it is in one."""
        if self.team is None or self.status == "resolved":
            return None
        return keys.queue(self.team, case_id), keys.queued(self.status, self.due_at, case_id)


def follow_case(case_id: str, before: Stood | None) -> None:
    """Lists a case with its team and watches it as it stands now, no more as it stood: a read, a transaction."""
    case = store.get_case(case_id)
    now = Stood.of(case)
    made: list[Change] = []
    if before and (left := before.place(case_id)) and left != now.place(case_id):
        made.append(changes.unqueue_case(*left))
    if now.place(case_id):
        made.append(changes.queue_case(case))
    if before and before.watch_at and before.watch_at != now.watch_at:
        made.append(changes.unwatch_case(case_id, before.watch_at))
    if now.watch_at:
        made.append(changes.watch_case(case_id, now.watch_at))
    if made:
        commit(made)


def list_queue(page: QueuePage) -> Page:
    """The open or pending cases of a team, what is due first: one query for each partition, side by side."""
    prefix = f"{page.status}#"
    after = cursor_key(page.cursor, prefix)
    first = f"{after}\x00" if after else prefix  # the key itself is behind us
    pages = store.side_by_side(
        lambda one: store.list_band(one, first, prefix + keys.AFTER_ALL, limit=page.limit, forward=True),
        keys.queues(page.team),
    )
    found = merge(*(one.items for one in pages), key=attrgetter("SK"))
    items = list(islice(found, page.limit))
    more = next(found, None) is not None or any(one.next_sort_key for one in pages)
    return Page(items, items[-1].SK if items and more else None)


def warn_late(deps: Deps) -> int:
    """Marks the cases that are about to be late: how many. For each that is due two reads and a transaction."""
    return look_at_due(deps, keys.CASE_WATCHES, lambda watched: _look_at(deps, watched))


@settled
def _look_at(deps: Deps, watched: CaseWatch) -> bool:
    """Whether the case was marked. One that moved on meanwhile is watched for another moment."""
    case = store.find_case(watched.case_id)
    if case is None or case.watch_at is None or case.watch_at > deps.now():
        commit([changes.remove(watched)])
        return False
    record, before = records.read_head(case.customer_id), casework.as_read(case)
    case.late = casework.next_warning(case)
    commit([changes.remove(watched), *casework.written(deps, record, case, before).made])
    return True
