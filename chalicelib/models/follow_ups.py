"""Follow-ups in the table: each by its id, among its customer's open ones, and on its team's or agent's list."""

from datetime import datetime
from typing import Any

from chalicelib.errors import NotFound
from chalicelib.models import keys
from chalicelib.models.changes import Change, add, put, remove, replace
from chalicelib.models.items import FollowUp, FollowUpEntry, FollowUpFields, Item
from chalicelib.models.store import Page


def get(follow_up_id: str) -> FollowUp:
    """One follow-up. Raises `NotFound`."""
    for item in Item.query(keys.follow_up(follow_up_id), Item.SK == keys.FOLLOW_UP, consistent_read=True, limit=1):
        if isinstance(item, FollowUp):
            return item
    raise NotFound("no such follow-up")


def list_of(assignee: str, until: datetime, *, limit: int, after: str | None) -> Page:
    """What a team or an agent has to do until then, first due first: one query."""
    results = Item.query(
        assignee,
        Item.SK.between(keys.FOLLOW_UP_DUE, keys.FOLLOW_UP_DUE + keys.instant(until) + keys.AFTER_ALL),
        consistent_read=True,
        page_size=limit + 1,
        last_evaluated_key={"PK": {"S": assignee}, "SK": {"S": after}} if after else None,
    )
    raw = next(results.page_iter)["Items"]
    items = [Item.from_raw_data(data) for data in raw]
    return Page(items[:limit], items[limit - 1].SK if len(items) > limit else None)


def open_one(follow_up: FollowUp) -> list[Change]:
    return [add(follow_up), *(put(entry) for entry in _entries(follow_up))]


def close_one(follow_up: FollowUp) -> list[Change]:
    """It is done: it leaves the lists."""
    return [replace(follow_up), *(remove(entry) for entry in _entries(follow_up))]


def move_one(follow_up: FollowUp, customer_id: str) -> list[Change]:
    """It is another customer's, with its contact."""
    left, _ = _entries(follow_up)
    follow_up.customer_id = customer_id
    return [replace(follow_up), remove(left), *(put(entry) for entry in _entries(follow_up))]


def assignee_of(fields: Any) -> str:
    """Where the list of a team's or an agent's follow-ups is."""
    return keys.follow_ups_of("team", fields.team) if fields.team else keys.follow_ups_of("agent", fields.agent)


def _entries(follow_up: FollowUp) -> list[FollowUpEntry]:
    own = set(FollowUpFields.get_attributes()) - set(Item.get_attributes())
    shared = {name: getattr(follow_up, name) for name in own}
    band, due = keys.FOLLOW_UPS, keys.due(follow_up.due_at, follow_up.follow_up_id)
    return [
        FollowUpEntry(PK=keys.customer(follow_up.customer_id), SK=band + due, **shared),
        FollowUpEntry(PK=assignee_of(follow_up), SK=keys.FOLLOW_UP_DUE + due, **shared),
    ]
