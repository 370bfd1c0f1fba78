"""Continuation codes in the table: read and written by their keyed hashes, and how often they were tried."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.models import keys
from chalicelib.models.changes import Change
from chalicelib.models.items import ContinuationCode, Item, Tries
from chalicelib.rules.continuation import Counted
from chalicelib.rules.windows import windows


def find_code(hashed: str, now: datetime) -> ContinuationCode | None:
    """A code that lives, whether it was redeemed or not: one read."""
    return find_codes([hashed], now).get(hashed)


def find_codes(hashes: Iterable[str], now: datetime) -> dict[str, ContinuationCode]:
    """Those of these codes that live: one request."""
    named = {keys.continuation(one): one for one in hashes}
    found = Item.batch_get([(key, keys.CODE) for key in named], consistent_read=True)
    codes = [item for item in found if isinstance(item, ContinuationCode)]
    return {named[item.PK]: item for item in codes if item.expires_at > now}


def add_code(code: ContinuationCode, now: datetime) -> Change:
    """Writes a code, unless there is one that lives."""
    free = Item.PK.does_not_exist() | (Item.expires_at <= now)
    return lambda transaction: transaction.save(code, condition=free)


def use_up(code: ContinuationCode, contact_id: str) -> list[Change]:
    """Redeems a code and its twin, unless either was redeemed or has expired since it was read."""
    unused = Item.PK.exists() & ContinuationCode.redeemed_by.does_not_exist()
    actions: list[Any] = [ContinuationCode.redeemed_by.set(contact_id)]
    twin = ContinuationCode(
        PK=keys.continuation(code.twin),
        SK=keys.CODE,
        contact_id=code.contact_id,
        form=code.form,
        twin=code.PK.removeprefix(keys.continuation("")),
        twin_expires_at=code.expires_at,
        issued_by=code.issued_by,
        issued_at=code.issued_at,
        redeemed_by=contact_id,
        expires_at=code.twin_expires_at,
    )
    return [
        lambda transaction: transaction.update(code, actions=actions, condition=unused),
        # it may be deleted already, so it is written whole; whoever redeems it meanwhile meets the condition above
        lambda transaction: transaction.save(twin),
    ]


def read_counts(whose: Iterable[str], at: datetime, life: timedelta) -> dict[str, tuple[Counted, Counted]]:
    """What was counted of each, by its hash: (tries that failed, codes given out). One request."""
    named, both = list(whose), windows(at, life)
    wanted = [(keys.tries(one), keys.instant(begin)) for one in named for begin in both]
    found = {(item.PK, item.SK): item for item in Item.batch_get(wanted, consistent_read=True)}
    counts = {}
    for one in named:
        now, before = (found.get((keys.tries(one), keys.instant(begin))) for begin in both)
        counts[one] = (
            Counted(_count(now, "tries_failed"), _count(before, "tries_failed")),
            Counted(_count(now, "issued"), _count(before, "issued")),
        )
    return counts


def count_try(whose: str, window: datetime, life: timedelta, *, room: int) -> Change:
    """Counts a try as failed, unless there is no room for another one in this window."""
    below = Tries.tries_failed.does_not_exist() | (Tries.tries_failed < room)
    return _count_in(whose, window, life, Tries.tries_failed.add(1), below)


def uncount_try(whose: str, window: datetime, life: timedelta) -> Change:
    """A try that was counted as failed was right."""
    return _count_in(whose, window, life, Tries.tries_failed.add(-1), None)


def count_issued(whose: str, window: datetime, life: timedelta) -> Change:
    return _count_in(whose, window, life, Tries.issued.add(1), None)


def _count_in(whose: str, window: datetime, life: timedelta, counted: Any, condition: Any) -> Change:
    item = Tries(PK=keys.tries(whose), SK=keys.instant(window))
    # looked at until the window after it is over
    actions = [counted, Tries.kind.set(Tries), Tries.expires_at.set(window + 3 * life)]
    return lambda transaction: transaction.update(item, actions=actions, condition=condition)


def _count(item: Item | None, name: str) -> int:
    return int(getattr(item, name)) if item else 0
