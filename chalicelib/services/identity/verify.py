"""Checking who it is without telling what is known: facts are compared, and only counted."""

from datetime import datetime, timedelta

from chalicelib.errors import Conflict, TooManyTries
from chalicelib.models import changes, keys
from chalicelib.models.changes import Change, commit
from chalicelib.models.fact_kinds import FACT_KINDS
from chalicelib.models.items import Contact, Profile
from chalicelib.models.requests.facts import VerifyFacts
from chalicelib.models.store import CustomerHead
from chalicelib.rules import legs, survivorship, verification
from chalicelib.rules.access import DESK_ROLES, Caller
from chalicelib.rules.matching import Assurance
from chalicelib.rules.verification import Compared
from chalicelib.services.contacts import contacts
from chalicelib.services.customers import records
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.facts.fact_entries import read_facts
from chalicelib.services.identity import sighting
from chalicelib.services.identity.identify import from_stored, to_stored
from chalicelib.services.settle import settled

WINDOW = timedelta(days=1)
OF_IDENTIFIER = {kind.identifies: name for name, kind in FACT_KINDS.items() if kind.identifies}


@settled
def verify(deps: Deps, caller: Caller, contact_id: str, request: VerifyFacts) -> Compared:
    """Compares facts with what is known of the contact's customer, and raises its assurance.

    Two reads and one transaction; one or two more where it is authenticated on a contact from what is not
    known to be theirs: a candidate is confirmed by it.

    Raises `Conflict` where the contact has no customer to compare with, `TooManyTries` where too many
    failed, on this contact or (for flows) on this customer.
    """
    contact = contacts.get_own_contact(caller, contact_id, "facts:verify")
    if not contact.customer_id:
        raise Conflict("it is not decided whose contact this is: there is nobody to compare with")
    record = records.read_head(contact.customer_id)
    _require_tries_left(caller, contact, record, deps.now())
    region = contacts.region_for(contact)
    given = {
        name: entry["value"] for name, entry in read_facts(deps, caller, request.facts, region=region).items()
    }
    compared = verification.compare(given, _known(record.whole, contact, keys.instant(deps.now())))
    confirmed = _confirm(deps, contact, record) if compared.assurance == Assurance.AUTHENTICATED else []
    commit([*_outcome(contact, record.home.profile, compared, deps.now()), *confirmed])
    return Compared(compared.matched, compared.of, Assurance(int(contact.assurance)))


def _confirm(deps: Deps, contact: Contact, record: Record) -> list[Change]:
    """Gives the customer the number that they were only met beside."""
    seen = sighting.confirm(deps, contact, record)
    if seen.evidence is None:
        return []
    kept = [item for item in from_stored(contact.evidence) if item.typed or item.type != seen.evidence.type]
    contact.evidence = to_stored([*kept, seen.evidence])
    return seen.made


def _outcome(contact: Contact, profile: Profile, compared: Compared, at: datetime) -> list[Change]:
    contact.checked = max(contact.checked, compared.assurance)
    contact.assurance = max(contact.assurance, contact.checked)
    if not compared.failed:
        return [changes.replace(contact)]
    contact.failed_checks += 1
    return [changes.replace(contact), changes.note_failed_check(profile, at, WINDOW)]


def _require_tries_left(caller: Caller, contact: Contact, record: Record, now: datetime) -> None:
    if contact.failed_checks >= verification.TRIES_PER_CONTACT:
        raise TooManyTries("too many tries failed on this contact")
    # A desk sees the values anyway; the limit is there for whoever guesses through a flow, call by call.
    failed = sum(_failed_since(head.profile, now - WINDOW) for head in record.heads)
    if caller.role not in DESK_ROLES and failed >= verification.TRIES_PER_CUSTOMER:
        raise TooManyTries("too many tries failed on this customer today")


def _failed_since(profile: Profile, begin: datetime) -> int:
    """The tries that failed on one record, if its count is not over."""
    since = profile.failed_checks_since
    return int(profile.failed_checks) if since and since > begin else 0


def _known(head: CustomerHead, contact: Contact, now: str) -> verification.Known:
    """What can be compared with: not what this very conversation said, or it would vouch for itself."""
    said = survivorship.forget_contact(head.facts.entries, *legs.said_on(contact.contact_id, contact.facts))
    known = {name: {entry["value"]: entry["verified"]} for name, entry in survivorship.current(said, now).items()}
    for identifier in head.profile.identifiers:
        if name := OF_IDENTIFIER.get(identifier["type"]):
            known.setdefault(name, {})[identifier["value"]] = identifier["verified"]
    if head.profile.name:
        known.setdefault("name", {}).setdefault(head.profile.name, False)
    return known
