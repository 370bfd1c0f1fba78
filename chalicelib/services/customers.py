"""Customers: made, changed, found, and what they are known by."""

from typing import TypeVar

from chalicelib.errors import BadInput, NotFound, VersionMismatch
from chalicelib.models import changes, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.fact_kinds import FACT_KINDS
from chalicelib.models.items import Profile
from chalicelib.models.requests import (
    ChangeCustomer,
    FindCustomers,
    IdentifierBound,
    IdentifierGiven,
    NewCustomer,
)
from chalicelib.models.store import CustomerHead
from chalicelib.rules import survivorship
from chalicelib.rules.access import Caller
from chalicelib.services import binding
from chalicelib.services.customer_items import new_profile
from chalicelib.services.deps import Deps
from chalicelib.services.fact_entries import read_facts
from chalicelib.services.identify import Claim, check, read_identifier
from chalicelib.services.settle import settled
from chalicelib.services.situation import Candidate

Value = TypeVar("Value")


@settled
def create_customer(deps: Deps, caller: Caller, request: NewCustomer) -> CustomerHead:
    """Makes a customer with identifiers and facts: a query for each identifier and one transaction.

    Raises `Conflict` where the business gave an identifier to somebody else.
    """
    profile = new_profile(deps, name=request.name, language=_language(request.language))
    profile.consent, profile.attributes = request.consent, request.attributes
    facts = store.no_facts(profile.customer_id)
    entries = read_facts(deps, caller, request.facts)
    facts.entries = survivorship.remember({}, entries)
    claims = _distinct([_claim(deps, given, f"identifiers.{i}") for i, given in enumerate(request.identifiers)])
    made: list[Change] = [*binding.bind(profile, check(claims), deps.now()), changes.add(profile)]
    if entries:
        made.append(changes.replace(facts))
    commit(made)
    return CustomerHead(profile, facts)


@settled
def change_customer(deps: Deps, customer_id: str, request: ChangeCustomer, version: int) -> Profile:
    """Changes what is given, if the customer still is at the version that the caller read."""
    profile = store.get_head(customer_id).profile
    if profile.version != version:
        raise VersionMismatch(f"the customer is at version {profile.version}")
    given = request.model_fields_set
    if "name" in given:
        profile.name = request.name
    if "language" in given:
        profile.language = _language(request.language)
    profile.consent = _merged(profile.consent, request.consent)
    profile.attributes = _merged(profile.attributes, request.attributes)
    _write_profile(deps, profile, [])
    return profile


@settled
def add_identifier(deps: Deps, customer_id: str, given: IdentifierBound) -> tuple[Profile, bool]:
    """Makes the customer known by one more identifier: (profile, added)."""
    profile = store.get_head(customer_id).profile
    claim = _claim(deps, given, "")
    before = profile.identifiers
    made = binding.bind(profile, check([claim]), deps.now())
    if profile.identifiers == before:
        return profile, False
    _write_profile(deps, profile, made)
    return profile, True


@settled
def remove_identifier(deps: Deps, customer_id: str, given: IdentifierGiven) -> Profile:
    """Takes an identifier from the customer. Raises `NotFound` where the customer has it not."""
    profile = store.get_head(customer_id).profile
    claim = _claim(deps, given, "")
    if not binding.owns(profile, claim.identifier):
        raise NotFound("the customer has no such identifier")
    (checked,) = check([claim])
    _write_profile(deps, profile, binding.unbind(profile, checked))
    return profile


def get_customer(customer_id: str) -> CustomerHead:
    """Raises `NotFound`."""
    return store.get_head(customer_id)


def find_customers(deps: Deps, request: FindCustomers) -> list[Candidate]:
    """The customers who are known by an identifier, at most ten. Two reads."""
    given = IdentifierGiven(type=request.identifier_type, value=request.identifier, scope=request.scope)
    identifier = read_identifier(deps, given, "identifier")
    if identifier is None:
        return []
    owners = store.find_owners(identifier).owners
    return store.list_heads(owner.customer_id for owner in owners)


def _write_profile(deps: Deps, profile: Profile, made: list[Change]) -> None:
    profile.updated_at = deps.now()
    commit([*made, changes.change_profile(profile, content=True)])
    profile.version += 1


def _claim(deps: Deps, given: IdentifierGiven, field: str) -> Claim:
    identifier = read_identifier(deps, given, field)
    if identifier is None:
        raise BadInput.at(f"{field}.value".lstrip("."), "stands for a withheld number: it identifies nobody")
    return Claim(identifier, verified=getattr(given, "verified", False))


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


def _merged(old: dict[str, Value], new: dict[str, Value | None]) -> dict[str, Value]:
    return {key: value for key, value in (old | new).items() if value is not None}
