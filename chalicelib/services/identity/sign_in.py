"""Who browsed without a name signs in: the visitor's record becomes the customer's, with the visits before.

A record that holds nothing but browsers' ids is merged into the customer's, which moves nothing and can be
undone. One that is somebody's already is not: a browser is shared, and who signs in second is not the first.
"""

from chalicelib.models import keys, store
from chalicelib.models.changes import Change
from chalicelib.models.items import Contact
from chalicelib.models.requests.customers import MergeCustomers
from chalicelib.models.store import CustomerHead
from chalicelib.rules import contradiction, grouping, survivorship
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.matching import SIGNED_IN, Assurance, Evidence, Owner
from chalicelib.services.customers.records import Record
from chalicelib.services.customers.situation import Situation, ever_known
from chalicelib.services.deps import Deps
from chalicelib.services.identity import binding, merges, sighting
from chalicelib.services.identity.identify import Checked

BROWSERS = frozenset({"visitor", "device"})
"""Types of identifiers that name a browser or an app, and nobody in particular."""
SITES = frozenset({Role.PORTAL, Role.VISITOR})
"""Whose tokens are given out where people sign in."""
REASON = "sign-in"
DECISIONS_READ = 50
"""Of the visitor's record: it was parted from the customer's in one of the latest, or never."""


def evidence_of(caller: Caller, contact: Contact) -> list[Evidence]:
    """What a portal's or a browser's token says of who is there: of a contact from a browser, who is signed in."""
    return signed_in(caller) if came_from_browser(contact) else []


def signed_in(caller: Caller) -> list[Evidence]:
    """Who the issuer of the token says is signed in, if it says so."""
    if caller.role not in SITES or caller.customer_id is None:
        return []
    return [Evidence(SIGNED_IN, (Owner(caller.customer_id, verified=True),), verified=True)]


def keep_browser(deps: Deps, contact: Contact, browser: Checked, record: Record) -> list[Change]:
    """Gives a browser that is nobody's yet to who signed in on it; what is somebody else's is shared.

    The caller writes the profile, where what it lists has changed.
    """
    profile = record.home.profile
    met = any(one.customer_id in record.member_ids for one in browser.owners.candidates)
    if browser.owners.known or met or not binding.has_room(profile):
        return sighting.beside(deps, contact, browser, None, record, recognised=True).made
    return binding.bind(profile, [browser], contact.started_at, how="signed_in", contact_id=contact.contact_id)


def take_over_visits(deps: Deps, caller: Caller, contact: Contact, visitor_id: str | None, now: Situation) -> bool:
    """Merges the visitor's record into that of the customer who turned out to be there: whether it did.

    Only where that is corroborated. Costs nothing unless a contact from a browser is with one customer's
    record and turns out to be another's: then three reads, and the merge.
    """
    sure = now.decision.assurance >= Assurance.CORROBORATED
    if not (sure and now.record and visitor_id and came_from_browser(contact)):
        return False
    return take_over(deps, caller, contact, visitor_id, now.record, reason=REASON)


def take_over(
    deps: Deps, caller: Caller, contact: Contact, visitor_id: str, record: Record, *, reason: str
) -> bool:
    """Merges the record of a contact of nobody in particular into a customer's: whether it did.

    Where it is not hers, it is left alone. For those who try again where two writers meet: raises `WriteConflict`.
    """
    if not may_take_over(deps, contact, visitor_id, record):
        return False
    request = MergeCustomers(other_customer_id=visitor_id, reason=reason)
    merges.merge_once(deps, caller, record.home.customer_id, request)
    return True


def may_take_over(deps: Deps, contact: Contact, visitor_id: str, record: Record) -> bool:
    """Whether a record is of nobody in particular, and nothing says that it is not this customer's. Three reads.

    A customer of so many records that no more can be merged does not take it over: it stays a candidate.
    """
    if visitor_id in record.member_ids or len(record.member_ids) >= grouping.MOST_MEMBERS:
        return False
    return _may_be_hers(deps, visitor_id, record, contact)


def came_from_browser(contact: Contact) -> bool:
    """Whether the contact's own end is a browser or an app."""
    return bool(contact.sender and contact.sender["type"] in BROWSERS)


def _may_be_hers(deps: Deps, visitor_id: str, record: Record, contact: Contact) -> bool:
    visitor = store.get_head(visitor_id)
    if (
        not _is_nobodys(visitor, contact)
        or _were_parted(visitor_id, record)
        or _is_not_hers(deps, contact, record)
    ):
        return False
    now = keys.instant(deps.now())
    # what was typed into a form may be what is to be changed: an address that is new contradicts nothing
    said = survivorship.forget_contact(visitor.facts.entries, None)
    told = {name: entry["value"] for name, entry in survivorship.current(said, now).items()}
    return not contradiction.contradicting(ever_known(record.whole, contact, now), told)


def _is_nobodys(head: CustomerHead, contact: Contact) -> bool:
    """Whether a record is of visits only, or was made for the contact: nothing that a person is known by."""
    profile = head.profile
    types = {identifier["type"] for identifier in profile.identifiers}
    visits = bool(types) and types <= BROWSERS and not (profile.name or profile.merges or profile.relations)
    return visits or sighting.is_husk(head, contact)


def _were_parted(visitor_id: str, record: Record) -> bool:
    """Whether they were merged, and somebody said that they are not the same."""
    decided = store.list_band(keys.customer(visitor_id), keys.LEDGER, limit=DECISIONS_READ).items
    return any(one.decided == "unmerged" and one.other_customer_id in record.member_ids for one in decided)


def _is_not_hers(deps: Deps, contact: Contact, record: Record) -> bool:
    """Whether somebody said of an earlier contact from this browser that it was not this customer's."""
    end = sighting.own_end(deps, contact)
    return bool(
        end and any(one.rejected and one.customer_id in record.member_ids for one in end.owners.candidates)
    )
