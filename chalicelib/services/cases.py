"""Cases: what a customer wants resolved. The newest open ones are shown in the head, all are listed."""

from datetime import datetime

from chalicelib.errors import BadInput, NotFound
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Case, CaseSummary
from chalicelib.models.requests import OpenCase, PageOf
from chalicelib.models.store import CustomerHead, Page
from chalicelib.rules.access import Caller
from chalicelib.services import records
from chalicelib.services.deps import Deps
from chalicelib.services.once import Once
from chalicelib.services.paging import cursor_key
from chalicelib.services.records import Record
from chalicelib.services.settle import settled

OPEN, RESOLVED = "open", "resolved"
OPEN_SHOWN = 5
"""Open cases in the head of a customer's collection; "and n more" are in the list."""
MOST_LOOKED_AT = 100
"""Of the list, when a place in the head is free and the next open case is to be shown."""


@settled
def open_case(
    deps: Deps, caller: Caller, customer_id: str, request: OpenCase, key: str | None = None
) -> tuple[Case, bool]:
    """Opens a case, or gives the one that was opened under the same key: (case, opened).

    One read and one transaction; with a key a read more, and where it was opened before, two.
    """
    once = Once.read(deps, caller, key, request, "case", customer_id)
    if earlier := once.made_before():
        return get_case(earlier), False
    head = store.get_head(customer_id)
    case = _case_from(deps, customer_id, request)
    hidden = [changes.hide_case(old) for old in head.cases[OPEN_SHOWN - 1 :]]
    commit(
        [
            changes.add(case),
            changes.file_case(case),
            changes.show_case(case),
            *hidden,
            changes.change_profile(head.profile, open_cases=1, content=True),
            *once.remember(case.case_id),
        ]
    )
    return records.told_as(case, records.members(head.profile)[0]), True


def get_case(case_id: str) -> Case:
    """A case, by the id by which its customer goes. Two reads. Raises `NotFound`."""
    case = store.get_case(case_id)
    return records.told_as(case, records.read_members(case.customer_id)[0])


def get_case_of(record: Record, case_id: str) -> Case:
    """A case of this customer. Raises `BadInput` at `case_id` where it is not."""
    try:
        case = store.get_case(case_id)
    except NotFound as error:
        raise BadInput.at("case_id", "there is no such case") from error
    if case.customer_id not in record.member_ids:
        raise BadInput.at("case_id", "is not a case of this customer")
    return case


def worked_on(
    deps: Deps, record: Record, case: Case, channel: str, at: datetime, *, closes: bool = False
) -> list[Change]:
    """The changes that note work on a case, on a channel at a time, and, with `closes`, close it.

    What is told late is no news: the last channel is that of the latest event, not of the last told.
    The caller writes the profile of whose case it is: with `closes`, with one open case less and as content.
    """
    head = record.at(case.customer_id).home
    case.updated_at = max(deps.now(), case.updated_at)
    if case.last_event_at is None or at >= case.last_event_at:
        case.last_channel, case.last_event_at = channel, at
    if closes:
        case.status, case.closed_at = RESOLVED, case.updated_at
        shown = [changes.hide_case(case), *_promoted(head, case)]
    else:
        shown = [changes.show_case(case)] if _is_shown(head, case) else []
    return [changes.replace(case), changes.file_case(case), *shown]


def list_cases(customer_id: str, page: PageOf) -> Page:
    """All cases of a customer, newest first."""
    after = cursor_key(page.cursor, keys.ALL_CASES)
    together = records.read_members(customer_id)
    found = records.list_band(together, keys.ALL_CASES, limit=page.limit, after=after)
    return Page([records.told_as(case, together[0]) for case in found.items], found.next_sort_key)


def _is_shown(head: CustomerHead, case: Case) -> bool:
    return any(shown.case_id == case.case_id for shown in head.cases)


def _promoted(head: CustomerHead, closed: Case) -> list[Change]:
    """Gives the place of a closed case to the newest open one that is not shown."""
    if head.profile.open_cases <= OPEN_SHOWN or not _is_shown(head, closed):
        return []
    shown = {case.case_id for case in head.cases}
    listed: list[CaseSummary] = store.list_band(
        keys.customer(head.customer_id), keys.ALL_CASES, limit=MOST_LOOKED_AT
    ).items
    waiting = (case for case in listed if case.status == OPEN and case.case_id not in shown)
    return [changes.show_case(case) for case in waiting][:1]


def _case_from(deps: Deps, customer_id: str, request: OpenCase) -> Case:
    case_id = deps.new_id()
    return Case(
        PK=keys.case(case_id),
        SK=keys.CASE,
        case_id=case_id,
        customer_id=customer_id,
        subject=request.subject,
        speak_at=request.speak_at,
        status=OPEN,
        last_channel=request.channel,
        opened_at=deps.now(),
        updated_at=deps.now(),
        reason=request.reason,
        product=request.product,
        priority=request.priority,
        description=request.description,
    )
