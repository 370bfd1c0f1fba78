"""A customer's timeline, by page, channel and time."""

from datetime import datetime
from functools import reduce
from operator import and_

from chalicelib.errors import BadInput
from chalicelib.models import keys, store
from chalicelib.models.requests import TimelinePage
from chalicelib.models.store import Page
from chalicelib.rules.consent import hides_journeys
from chalicelib.services import records
from chalicelib.services.paging import cursor_key


def list_timeline(customer_id: str, page: TimelinePage) -> Page:
    """Newest first, `since` and `until` included; a filtered page may hold less than asked for.

    One read of who it is, two where that is several records, and a query for each record, side by side.

    Raises `NotFound`, or `BadInput` at `until` where it is before `since`.
    """
    if page.since and page.until and page.until < page.since:
        raise BadInput.at("until", "is before since")
    first = keys.TIMELINE + _instant(page.since)
    last = keys.TIMELINE + _instant(page.until) + keys.AFTER_ALL
    profiles = records.read_profiles(customer_id)
    wanted = [store.on_channel(page.channel)] if page.channel else []
    if hides_journeys(records.compose_profile(profiles).consent):
        wanted.append(store.no_journeys())
    return records.list_band(
        tuple(profile.customer_id for profile in profiles),
        first,
        last,
        limit=page.limit,
        after=cursor_key(page.cursor, first, last),
        only=reduce(and_, wanted) if wanted else None,
    )


def _instant(at: datetime | None) -> str:
    return keys.instant(at) if at else ""
