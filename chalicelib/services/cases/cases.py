"""Cases: what a customer wants resolved. The newest open ones are shown in the head, all are listed."""

from chalicelib.errors import BadInput, NotFound
from chalicelib.models import keys, store
from chalicelib.models.changes import commit
from chalicelib.models.items import Case
from chalicelib.models.requests.base import PageOf
from chalicelib.models.requests.cases import OpenCase
from chalicelib.models.store import Page
from chalicelib.rules.access import Caller
from chalicelib.rules.topic import references_of, remember, words_of
from chalicelib.services.cases import finding
from chalicelib.services.customers import records
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.once import Once
from chalicelib.services.paging import cursor_key
from chalicelib.services.settle import settled

MOST_JOINED = 10
"""Steps from a case to what it was joined into, one into the other."""


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
    case = _case_from(deps, caller, customer_id, request)
    work = finding.opened(head, case)
    commit([*work.whole(), *once.remember(case.case_id)])
    return records.told_as(case, records.members(head.profile)[0]), True


def get_case(case_id: str) -> Case:
    """A case, by the id by which its customer goes. Two reads. Raises `NotFound`."""
    case = store.get_case(case_id)
    return records.told_as(case, records.read_members(case.customer_id)[0])


def get_case_of(record: Record, case_id: str) -> Case:
    """A case of this customer, or what it was joined into. Raises `BadInput` at `case_id` where it is not."""
    case = follow(get_any(case_id, "case_id"), record)
    if case.customer_id not in record.member_ids:
        raise BadInput.at("case_id", "is not a case of this customer")
    return case


def get_any(case_id: str, field: str) -> Case:
    """A case, whoever's. Raises `BadInput` at the field where there is none."""
    try:
        return store.get_case(case_id)
    except NotFound as error:
        raise BadInput.at(field, "there is no such case") from error


def follow(case: Case, record: Record | None = None) -> Case:
    """What a case was joined into, itself where it was not: one read for each step.

    A case of this customer that was joined into one which is somebody else's by now, as where a merge was undone,
    stands by itself, and is to be written so.
    """
    for _ in range(MOST_JOINED):
        if case.joined_into is None:
            break
        further = store.get_case(case.joined_into)
        theirs = record.member_ids if record else ()
        if case.customer_id in theirs and further.customer_id not in theirs:
            case.joined_into = case.before_join = None
            break
        case = further
    return case


def list_cases(customer_id: str, page: PageOf) -> Page:
    """All cases of a customer, newest first."""
    after = cursor_key(page.cursor, keys.ALL_CASES)
    together = records.read_members(customer_id)
    found = records.list_band(together, keys.ALL_CASES, limit=page.limit, after=after)
    return Page([records.told_as(case, together[0]) for case in found.items], found.next_sort_key)


def _case_from(deps: Deps, caller: Caller, customer_id: str, request: OpenCase) -> Case:
    case = finding.new_case(deps, customer_id, request.subject, deps.now())
    case.speak_at, case.priority = request.speak_at, request.priority
    case.reason, case.product, case.description = request.reason, request.product, request.description
    case.owner, case.team = request.owner, request.team
    case.last_channel, case.opened_by = request.channel, caller.named
    case.references = references_of(request.subject, request.description)
    case.gist = remember("", words_of(request.subject, request.reason, request.description))
    return case
