"""Guessing continuation codes: every try is counted before it is looked at, and taken off again if it was right.

Counted first, so that a thousand tries at the same moment are not looked at before any of them counts.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime

from chalicelib.errors import TooManyTries
from chalicelib.models import codes
from chalicelib.models.changes import Change, commit
from chalicelib.models.identifiers import Identifier
from chalicelib.rules.continuation import OVERALL, PER_SOURCE, Form, hashed
from chalicelib.rules.windows import windows
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled

EVERYBODY = "everybody"
IPV6_NETWORK = 64
"""Bits of an IPv6 address that name a household or a site: the rest is its own to choose."""


@dataclass(frozen=True, slots=True)
class Charged:
    """The counters on which a try stands, and in which window."""

    counters: tuple[str, ...]
    window: datetime


def number_of(end: Identifier | None) -> str | None:
    """The phone number that this is, or that it is on WhatsApp."""
    return end.value if end and end.same_number else None


def number_counter(deps: Deps, number: str) -> str:
    """The counter of a phone number: of what is tried from it, and of the codes bound to it."""
    return hashed(deps.settings.continuation_secret, "number", number)


def open_counter(deps: Deps) -> str:
    """The counter of the codes given out that are bound to no number."""
    return hashed(deps.settings.continuation_secret, EVERYBODY, Form.OPEN)


def sources(
    deps: Deps, end: Identifier | None, contact_id: str, subject: str | None, address: str | None
) -> list[str]:
    """The counters of whoever tries: where the contact came from, the token's subject and the internet address.

    Who withheld their number is counted by the contact.
    """
    secret = deps.settings.continuation_secret
    found = [_of_end(deps, end)] if end else []
    found += [hashed(secret, "subject", subject)] if subject else []
    found += [hashed(secret, "address", network)] if address and (network := _network(address)) else []
    return found or [hashed(secret, "contact", contact_id)]


@settled
def charge(deps: Deps, form: Form, whose: list[str], way: str) -> Charged | None:
    """Counts a try, before anything is looked up. Raises `TooManyTries`. One read and one transaction.

    None where nothing can be found: a code of six digits for whose number there is none. Then nothing is
    counted: it costs whoever guesses nothing, and tells nothing.
    """
    life, now = deps.settings.code_life, deps.now()
    counts = codes.read_counts([*whose, overall := _overall(deps, form, way)], now, life)
    if form is Form.BOUND and not any(counts[one][1].both for one in whose):
        return None
    limits = dict.fromkeys(whose, PER_SOURCE) | {overall: OVERALL}
    window, _ = windows(now, life)
    rooms = {one: counts[one][0].room(limit) for one, limit in limits.items()}
    if any(counts[one][0].now >= room for one, room in rooms.items()):
        raise TooManyTries("too many codes were tried: wait a while, or go on without")
    commit(codes.count_try(one, window, life, room=room) for one, room in rooms.items())
    return Charged(tuple(limits), window)


def refund(deps: Deps, charged: Charged | None) -> list[Change]:
    """Takes a try off the counters again: it was right."""
    if charged is None:
        return []
    return [codes.uncount_try(one, charged.window, deps.settings.code_life) for one in charged.counters]


def _overall(deps: Deps, form: Form, way: str) -> str:
    return hashed(deps.settings.continuation_secret, EVERYBODY, form if form is Form.BOUND else way)


def _of_end(deps: Deps, end: Identifier) -> str:
    number = number_of(end)
    if number:
        return number_counter(deps, number)
    return hashed(deps.settings.continuation_secret, *end.key)


def _network(address: str) -> str | None:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(ipaddress.ip_network((found, IPV6_NETWORK), strict=False))
