"""Whose the journeys of a browser or app are: of the visitor that its token stands for, or of who is signed in."""

from dataclasses import dataclass, field

from chalicelib.errors import BadInput, Forbidden, NotFound
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change
from chalicelib.models.items import Contact, Profile
from chalicelib.models.requests.identifiers import IdentifierGiven
from chalicelib.models.requests.kinds import IdentifierType
from chalicelib.models.store import CustomerHead
from chalicelib.rules.access import Caller, Role
from chalicelib.rules.matching import Decision
from chalicelib.services.contacts import contacts
from chalicelib.services.customers.customer_items import new_profile
from chalicelib.services.customers.records import Record
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from chalicelib.services.identity import binding, sign_in, weighing
from chalicelib.services.identity.identify import Checked, Claim, check, read_identifier


@dataclass(slots=True)
class Home:
    """Whose it is, and what must be written for it to be so.

    `changed` is the profile whose content changed, or that is new: the caller writes the changed one.
    """

    decision: Decision
    record: Record
    made: list[Change] = field(default_factory=list)
    changed: list[Profile] = field(default_factory=list)
    new: bool = False


def browser_of(caller: Caller, visitor: Caller | None) -> str | None:
    """The visitor id of who sends: the one that is shown beside the token of who is signed in, else its own.

    Raises `Forbidden` where the token is a portal's own, and says of nobody that they are signed in.
    """
    if visitor and visitor.role is not Role.VISITOR:
        raise BadInput.at("visitor_token", "is not a token of a visitor")
    if visitor and caller.customer_id:
        return visitor.subject
    if caller.role is Role.VISITOR:
        return caller.subject
    if caller.customer_id is None:
        raise Forbidden("token: this one says of nobody that they are signed in")
    return None


def find_home(deps: Deps, caller: Caller, browser: str | None) -> Home | None:
    """Whose it is; None where several use the browser.

    Who is met for the first time gets a record, and who signs in gets the visits before.

    Costs a query for the browser and one for the record; at the first sign-in on it a merge more.
    Raises `Forbidden` where the token names nobody who is known.
    """
    checked = _who_has(deps, browser)
    visit = _visit(deps, caller, browser)
    now = _weigh(deps, caller, checked)
    if caller.customer_id and sign_in.take_over_visits(deps, caller, visit, contacts.only_owner(checked), now):
        checked = _who_has(deps, browser)
        now = _weigh(deps, caller, checked)
    if now.record is None:
        return _met(deps, now.decision, checked) if now.decision.result == "none" else None
    members = now.record.member_ids
    owners = [owner for item in checked for owner in item.owners.known if owner.customer_id in members]
    # it goes to the record that the browser is known by, as before the sign-in: what is sent again meets it there
    home = Home(now.decision, now.record.at(owners[0].customer_id) if owners else now.record)
    home.made = [changes.seen(owner, deps.now()) for owner in owners]
    if caller.customer_id and checked and not owners:
        home.made = _keep_browser(deps, visit, checked[0], now.record)
        home.changed = [now.record.home.profile] if home.made else []
    return home


def find_record(deps: Deps, caller: Caller, browser: str | None) -> Record | None:
    """Whose it is, if that is known; makes nothing. One query for the browser, and one for the record."""
    return _weigh(deps, caller, _who_has(deps, browser)).record


def _weigh(deps: Deps, caller: Caller, checked: list[Checked]) -> Situation:
    evidence = [*sign_in.signed_in(caller), *(item.evidence for item in checked)]
    try:
        return weighing.weigh(deps, evidence, [], {})
    except NotFound as error:
        raise Forbidden("token: there is no such customer") from error


def _who_has(deps: Deps, browser: str | None) -> list[Checked]:
    if browser is None:
        return []
    identifier = read_identifier(deps, _named(browser), "token")
    return check(deps, [Claim(identifier)] if identifier else [])


def _named(browser: str) -> IdentifierGiven:
    return IdentifierGiven(type=IdentifierType.VISITOR, value=browser)


def _visit(deps: Deps, caller: Caller, browser: str | None) -> Contact:
    """The visit as a contact, as what is known of sign-ins wants it. It is none, and never written.

    It has the same id whenever the same person is signed in on the same browser: that counts once.
    """
    return Contact(
        contact_id=keys.derived_id("visit", browser or "", caller.customer_id or ""),
        sender=_named(browser).model_dump() if browser else None,
        started_at=deps.now(),
    )


def _met(deps: Deps, decision: Decision, checked: list[Checked]) -> Home:
    profile = new_profile(deps)
    bound = binding.bind(profile, checked, deps.now(), how="came_from")
    record = Record(CustomerHead(profile, store.no_facts(profile.customer_id)))
    return Home(decision, record, [*bound, changes.add(profile)], new=True)


def _keep_browser(deps: Deps, visit: Contact, browser: Checked, record: Record) -> list[Change]:
    """Gives the browser to who is signed in on it, or notes that it is shared: once."""
    if any(visit.contact_id in one.contact_ids for one in browser.owners.candidates):
        return []
    made = sign_in.keep_browser(deps, visit, browser, record)
    profile = record.home.profile
    profile.identifiers = [
        one | {"contact_id": None} if one.get("contact_id") == visit.contact_id else one
        for one in profile.identifiers
    ]
    return made
