"""A customer's timeline, by page, channel and time."""

from dataclasses import replace
from datetime import datetime

from chalicelib.errors import BadInput
from chalicelib.models import keys, store
from chalicelib.models.requests.interactions import TimelinePage
from chalicelib.models.store import Page
from chalicelib.services.customers import records
from chalicelib.services.journeys import journeys_shown
from chalicelib.services.paging import cursor_key


def list_timeline(customer_id: str, page: TimelinePage) -> Page:
    """Newest first, `since` and `until` included; a filtered page may hold less than asked for.

    One read of who it is, and a query for each record, side by side; where several records are the customer's and
    there are journeys, a read more of whether they may be shown.
    Raises `NotFound`, or `BadInput` at `until` where it is before `since`.
    """
    if page.since and page.until and page.until < page.since:
        raise BadInput.at("until", "is before since")
    first = keys.TIMELINE + _instant(page.since)
    last = keys.TIMELINE + _instant(page.until) + keys.AFTER_ALL
    profile = store.get_profile(customer_id)
    found = records.list_band(
        records.members(profile),
        first,
        last,
        limit=page.limit,
        after=cursor_key(page.cursor, first, last),
        only=store.on_channel(page.channel) if page.channel else None,
    )
    if not any(entry.journey for entry in found.items):
        return found
    whole = records.compose_profile(records.read_profiles(customer_id)) if profile.merges else profile
    return replace(found, items=journeys_shown.permitted(found.items, whole))


def _instant(at: datetime | None) -> str:
    return keys.instant(at) if at else ""
