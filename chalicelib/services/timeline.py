"""A customer's timeline, by page, channel and time."""

from datetime import datetime

from chalicelib.errors import BadInput
from chalicelib.models import keys, store
from chalicelib.models.requests import TimelinePage
from chalicelib.models.store import Page
from chalicelib.services import records
from chalicelib.services.paging import cursor_key


def list_timeline(customer_id: str, page: TimelinePage) -> Page:
    """Newest first, `since` and `until` included. One request; a filtered page may hold less than asked for.

    Raises `NotFound`, or `BadInput` at `until` where it is before `since`.
    """
    if page.since and page.until and page.until < page.since:
        raise BadInput.at("until", "is before since")
    first = keys.TIMELINE + _instant(page.since)
    last = keys.TIMELINE + _instant(page.until) + keys.AFTER_ALL
    return records.list_band(
        records.read_members(customer_id),
        first,
        last,
        limit=page.limit,
        after=cursor_key(page.cursor, first, last),
        only=store.on_channel(page.channel) if page.channel else None,
    )


def _instant(at: datetime | None) -> str:
    return keys.instant(at) if at else ""
