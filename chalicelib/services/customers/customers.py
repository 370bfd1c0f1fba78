"""Customers: made, changed, found, and what they are known by."""

from collections.abc import Mapping
from typing import Any, TypeVar

from chalicelib.errors import BadInput, FieldError, Forbidden, NotFound, VersionMismatch
from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.fact_kinds import FACT_KINDS
from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import IdentifierOwner, Profile
from chalicelib.models.requests.customers import ChangeCustomer, FindCustomers, NewCustomer
from chalicelib.models.requests.identifiers import IdentifierBound, IdentifierGiven
from chalicelib.models.store import CustomerHead
from chalicelib.rules import survivorship
from chalicelib.rules.access import Caller, Scope
from chalicelib.services.customers import records
from chalicelib.services.customers.customer_items import new_profile
from chalicelib.services.customers.situation import Candidate
from chalicelib.services.deps import Deps
from chalicelib.services.facts.fact_entries import read_facts
from chalicelib.services.identity import binding, ledger
from chalicelib.services.identity.identify import Claim, check, read_identifier
from chalicelib.services.once import Once
from chalicelib.services.settle import settled

Value = TypeVar("Value")

MOST_CONSENTS, MOST_ATTRIBUTES, MOST_ATTRIBUTE_BYTES = 20, 50, 16 * 1024
"""Of one customer: they are all in the profile, which every screen pop reads."""


@settled
def create_customer(
    deps: Deps, caller: Caller, request: NewCustomer, key: str | None = None
) -> tuple[CustomerHead, bool]:
    """Makes a customer, or gives the one that was made under the same key: (customer, made).

    A query for each identifier and one transaction; a read more with a key.
    Raises `Conflict` where the business gave an identifier to somebody else.
    """
    once = Once.read(deps, caller, key, request, "customer")
    if earlier := once.made_before():
        return records.read_head(earlier).whole, False
    profile = new_profile(deps, name=request.name, language=_language(request.language))
    profile.consent, profile.attributes = request.consent, request.attributes
    profile.consent_given_at = _given_at(deps, {}, request.consent)
    facts = store.no_facts(profile.customer_id)
    entries = read_facts(deps, caller, request.facts)
    facts.entries = survivorship.remember({}, entries)
    claims = _distinct([_claim(deps, given, f"identifiers.{i}") for i, given in enumerate(request.identifiers)])
    made: list[Change] = [
        *binding.bind(profile, check(deps, claims), deps.now(), how="given"),
        changes.add(profile),
    ]
    if entries:
        made.append(changes.replace(facts))
    commit([*made, *once.remember(profile.customer_id)])
    return CustomerHead(profile, facts), True


@settled
def change_customer(deps: Deps, customer_id: str, request: ChangeCustomer, version: int) -> CustomerHead:
    """Changes what is given, if the customer still is at the version that the caller read.

    What has been changed already is not refused: its answer was lost (RFC 9110, 13.1.1). Of a merged
    record it is the surviving one that is changed, so that the change counts.
    """
    record = records.read_head(customer_id)
    record = record.at(record.customer_id)
    current, profile = record.whole.profile.version, record.home.profile
    before = _content(profile)
    given = request.model_fields_set
    if "name" in given:
        profile.name = request.name
    if "language" in given:
        profile.language = _language(request.language)
    profile.consent = _merged("consent", profile.consent, request.consent, MOST_CONSENTS)
    profile.consent_given_at = _given_at(deps, profile.consent_given_at, request.consent)
    profile.attributes = _merged("attributes", profile.attributes, request.attributes, MOST_ATTRIBUTES)
    if sum(len(f"{key}{value}".encode()) for key, value in profile.attributes.items()) > MOST_ATTRIBUTE_BYTES:
        raise BadInput.at("attributes", f"must have at most {MOST_ATTRIBUTE_BYTES} bytes with those that are kept")
    if version < current and _content(profile) == before:
        return record.whole
    if current != version:
        raise VersionMismatch(f"the customer is at version {current}")
    _write_profile(deps, profile, [])
    return record.whole


@settled
def add_identifier(
    deps: Deps, caller: Caller, customer_id: str, given: IdentifierBound
) -> tuple[CustomerHead, bool]:
    """Makes the customer known by one more identifier, or by one that is verified now: (customer, added)."""
    record = records.read_head(customer_id)
    claim = Claim(_known_by(deps, given), verified=given.verified)
    added = not binding.owns(record.whole.profile, claim.identifier)
    record = record.at(binding.whose(record, claim.identifier))
    profile, before = record.home.profile, record.home.profile.identifiers
    made = binding.bind(profile, check(deps, [claim]), deps.now(), how="given")
    if profile.identifiers != before:
        decided = "identifier_given" if added else "identifier_verified"
        _write_profile(deps, profile, [*made, _explained(deps, profile, decided, claim.identifier, caller)])
    return record.whole, added


@settled
def remove_identifier(deps: Deps, caller: Caller, customer_id: str, given: IdentifierGiven) -> CustomerHead:
    """Takes an identifier from the customer. Raises `NotFound` where the customer has it not."""
    record = records.read_head(customer_id)
    identifier = _known_by(deps, given)
    record = record.at(binding.whose(record, identifier))
    profile = record.home.profile
    if not binding.owns(profile, identifier):
        raise NotFound("the customer has no such identifier")
    (checked,) = check(deps, [Claim(identifier)])
    gone = binding.unbind(profile, checked)
    _write_profile(deps, profile, [*gone, _explained(deps, profile, "identifier_removed", identifier, caller)])
    return record.whole


def _explained(deps: Deps, profile: Profile, decided: str, identifier: Identifier, caller: Caller) -> Change:
    named = binding.named(identifier)
    return ledger.note(deps, profile.customer_id, decided, by=caller, identifier=named)


def list_identifiers(customer_id: str) -> list[dict[str, Any]]:
    """What the customer is known by, and when each was first and last used: a query, and a batch get.

    Merged records are read as one, and each identifier is listed once. Raises `NotFound`.
    """
    record = records.read_head(customer_id)
    profiles = [head.profile for head in record.heads]
    has = [(binding.as_identifier(one), p.customer_id) for p in profiles for one in p.identifiers]
    used = store.list_owned(has)
    return [
        one | _seen(one, [owner for identifier, owner in used if identifier.key == binding.key_of(one)])
        for one in record.whole.profile.identifiers
    ]


def _seen(listed: dict[str, Any], owners: list[IdentifierOwner]) -> dict[str, str]:
    """When an identifier was used by any of the records that have it; it became known when it was listed."""
    first = min((keys.instant(owner.first_seen_at) for owner in owners), default=listed["since"])
    last = max((keys.instant(owner.last_seen_at) for owner in owners), default=listed["since"])
    return {"first_seen_at": first, "last_seen_at": last}


def read_customer(caller: Caller, customer_id: str) -> CustomerHead:
    """A customer that this caller may read. Raises `Forbidden`.

    Its own is, to a portal, the customer that its token is bound to; with a token that is bound to
    nobody, one with whom it has a live contact: who is signed in now.
    """
    record = records.read_head(customer_id)
    head = record.whole
    if caller.scope("customers:read") is Scope.OWN:
        bound = caller.customer_id
        if not (bound in record.member_ids or (bound is None and _live_with(caller, head))):
            raise Forbidden("this is not the customer that this caller acts for")
    return head


def _live_with(caller: Caller, head: CustomerHead) -> bool:
    """Whether the caller has a live contact with the customer."""
    return any(contact.started_by == caller.named for contact in head.contacts)


def get_customer(customer_id: str) -> CustomerHead:
    """Raises `NotFound`."""
    return records.read_head(customer_id).whole


def find_customers(deps: Deps, request: FindCustomers) -> list[Candidate]:
    """The customers who are known by an identifier, at most ten. Two reads."""
    given = IdentifierGiven(type=request.identifier_type, value=request.identifier, scope=request.scope)
    identifier = _read(deps, given, "identifier")
    if identifier is None:
        return []
    owners = store.find_owners(identifier).known
    people = records.list_people(owner.customer_id for owner in owners).values()
    return [(head.profile, head.facts) for head in {head.customer_id: head for head in people}.values()]


def _given_at(deps: Deps, before: dict[str, str], given: Mapping[str, bool | None]) -> dict[str, str]:
    """When each consent was last given or withdrawn."""
    now = keys.instant(deps.now())
    return {purpose: at for purpose, at in before.items() if purpose not in given} | {
        purpose: now for purpose, said in given.items() if said is not None
    }


def _content(profile: Profile) -> tuple[object, ...]:
    return (profile.name, profile.language, profile.consent, profile.attributes)


def _write_profile(deps: Deps, profile: Profile, made: list[Change]) -> None:
    profile.updated_at = deps.now()
    commit([*made, changes.change_profile(profile, content=True)])
    profile.version += 1


def _claim(deps: Deps, given: IdentifierBound, field: str) -> Claim:
    return Claim(_required(read_identifier(deps, given, field), f"{field}.value"), verified=given.verified)


def _known_by(deps: Deps, given: IdentifierGiven) -> Identifier:
    return _required(_read(deps, given, "value"), "value")


def _read(deps: Deps, given: IdentifierGiven, value: str) -> Identifier | None:
    """The identifier of a request that has its parts at the top, the value in the field of this name."""
    try:
        return read_identifier(deps, given, "")
    except BadInput as error:
        parts = ((one.field.removeprefix("."), one.message) for one in error.fields)
        raise BadInput(*(FieldError(value if part == "value" else part, said) for part, said in parts)) from error


def _required(identifier: Identifier | None, field: str) -> Identifier:
    if identifier is None:
        raise BadInput.at(field, "stands for a withheld number: it identifies nobody")
    return identifier


def _distinct(claims: list[Claim]) -> list[Claim]:
    """One claim for each identifier, verified if any of them is."""
    by_key: dict[tuple[str, str, str], Claim] = {}
    for claim in sorted(claims, key=lambda claim: not claim.verified):
        by_key.setdefault(claim.identifier.key, claim)
    return list(by_key.values())


def _language(tag: str | None) -> str | None:
    try:
        return FACT_KINDS["language"].read(tag, None) if tag is not None else None
    except BadInput as error:
        raise BadInput.at("language", error.fields[0].message) from error


def _merged(field: str, old: dict[str, Value], new: dict[str, Value | None], most: int) -> dict[str, Value]:
    merged = {key: value for key, value in (old | new).items() if value is not None}
    if len(merged) > most:
        raise BadInput.at(field, f"must have at most {most} keys with those that are kept")
    return merged
