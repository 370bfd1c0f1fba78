"""Follow-ups: what is still to be done for a customer once a contact is over, by whom and until when."""

from collections.abc import Sequence

from chalicelib.errors import Conflict
from chalicelib.models import follow_ups, keys, store
from chalicelib.models.changes import Change, commit, require_same_owner
from chalicelib.models.items import Contact, FollowUp, FollowUpEntry
from chalicelib.models.requests.wrap_up import FollowUpsOf, NewFollowUp
from chalicelib.models.store import Page
from chalicelib.rules.access import Caller
from chalicelib.services.customers import records
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.paging import cursor_key
from chalicelib.services.settle import settled

MOST_OPEN = 10
"""Of one record: they are all in every screen pop."""


def agree(deps: Deps, contact: Contact, record: Record | None, wanted: Sequence[NewFollowUp]) -> list[Change]:
    """The changes that note what is to be done after a contact; it lists them, and the caller writes it."""
    if not wanted:
        return []
    if record is None:
        raise Conflict("a contact without a customer has no follow-ups: nobody to do them for")
    if len(record.home.follow_ups) + len(wanted) > MOST_OPEN:
        raise Conflict(f"a customer has at most {MOST_OPEN} open follow-ups: some are to be done first")
    made = [_new(deps, contact, one) for one in wanted]
    contact.follow_ups = [one.follow_up_id for one in made]
    return [change for one in made for change in follow_ups.open_one(one)]


def list_for_customer(customer_id: str) -> list[FollowUpEntry]:
    """What is to be done for a customer, first due first: one query for each of their records, and one read."""
    together = records.read_members(customer_id)
    page = records.list_band(together, keys.FOLLOW_UPS, limit=MOST_OPEN * len(together))
    return in_order(page.items, together[0])


def in_order(entries: Sequence[FollowUpEntry], customer_id: str) -> list[FollowUpEntry]:
    """First due first, by the id by which the customer goes."""
    told = [type(one)(**one.attribute_values | {"customer_id": customer_id}) for one in entries]
    return sorted(told, key=lambda one: (one.due_at, one.follow_up_id))


def list_for_assignee(deps: Deps, query: FollowUpsOf) -> Page:
    """What a team or an agent has to do: without `due_until` what is due by now. One query."""
    after = cursor_key(query.cursor, keys.FOLLOW_UP_DUE)
    until = query.until(deps.now())
    return follow_ups.list_of(follow_ups.assignee_of(query), until, limit=query.limit, after=after)


@settled
def finish(deps: Deps, caller: Caller, follow_up_id: str) -> FollowUp:
    """Notes that a follow-up is done, and by whom, once. One read and one transaction."""
    follow_up = follow_ups.get(follow_up_id)
    if follow_up.done_at is None:
        follow_up.done_at, follow_up.done_by = deps.now(), caller.named
        commit(follow_ups.close_one(follow_up))
    return follow_up


@settled
def move_with(contact_id: str, left_customer_id: str) -> int:
    """What was to be done after a contact is its new customer's: how many. Off the stream."""
    contact = store.find_contact(contact_id)
    if contact is None or contact.customer_id in {None, left_customer_id} or not contact.follow_ups:
        return 0
    found = [follow_ups.get(one) for one in contact.follow_ups]
    left = [one for one in found if one.customer_id != contact.customer_id and one.done_at is None]
    moved = [change for one in left for change in follow_ups.move_one(one, contact.customer_id)]
    if moved:
        commit([*moved, require_same_owner(contact)])
    return len(left)


def _new(deps: Deps, contact: Contact, wanted: NewFollowUp) -> FollowUp:
    follow_up_id = deps.new_id()
    return FollowUp(
        PK=keys.follow_up(follow_up_id),
        SK=keys.FOLLOW_UP,
        follow_up_id=follow_up_id,
        customer_id=contact.customer_id,
        contact_id=contact.contact_id,
        case_id=contact.case_id,
        what=wanted.what,
        due_at=wanted.due_at,
        team=wanted.team,
        agent=wanted.agent,
        agreed_at=deps.now(),
    )
