"""Where things stand with a contact or a lookup: who it is, what is known, who else it may be."""

from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.models import keys
from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import Contact, KnownFacts, Profile
from chalicelib.models.store import CustomerHead
from chalicelib.rules import legs, questions, survivorship
from chalicelib.rules.matching import Assurance, Decision
from chalicelib.rules.survivorship import Entry
from chalicelib.services.continuation import carried
from chalicelib.services.customers import records
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps

Candidate = tuple[Profile, KnownFacts]

NAMED = {"account": "account_number", "email": "email", "phone": "phone"}
"""The facts that are identifiers, by the identifier's type."""


@dataclass(slots=True)
class Situation:
    """What an answer is made from; `own_facts` are those that this contact itself said.

    `record` is the customer's, if it is decided who that is. `doubted`: what was said contradicts whom
    the identifiers name, who is a mere candidate then. `recognised`: what was said names the customer.
    `continuation`: what became of a continuation code that came with the request.
    """

    decision: Decision
    need: list[str]
    own_facts: dict[str, Entry]
    record: Record | None = None
    candidates: list[Candidate] = field(default_factory=list)
    contact: Contact | None = None
    doubted: bool = False
    recognised: bool = False
    continuation: str | None = None

    @property
    def said(self) -> dict[str, str]:
        """What this contact itself said, by fact."""
        return {name: entry["value"] for name, entry in self.own_facts.items()}

    @property
    def head(self) -> CustomerHead | None:
        """The customer as it is read: all records of the person as one."""
        return self.record.whole if self.record else None

    def known(self, now: str) -> dict[str, Entry]:
        """What is known, by fact: of the customer, else what this contact said, or the one that it carries on."""
        own = {name: [entry] for name, entry in self.own_facts.items()}
        known = survivorship.current(survivorship.merge(carried.facts(self.contact), own), now)
        if head := self.head:
            known |= survivorship.current(head.facts.entries, now)
        return known

    def first_question(self, now: str) -> str | None:
        """The question that tells the candidates apart."""
        if self.decision.result != "many":
            return None
        return questions.best_question([telling(candidate, now) for candidate in self.candidates])


def ever_known(head: CustomerHead, contact: Contact | None, now: str) -> dict[str, list[str]]:
    """All values of each fact that have not expired, but for what this very conversation said."""
    own = legs.said_on(contact.contact_id, contact.facts) if contact else ()
    entries = survivorship.forget_contact(head.facts.entries, *own)
    known = {
        name: [entry["value"] for entry in kept if survivorship.is_current(entry, now)]
        for name, kept in entries.items()
    }
    if head.profile.name:
        known.setdefault("name", []).append(head.profile.name)
    return known


def said_by(identifier: Identifier) -> set[tuple[str, str]]:
    """The facts that say no more than this identifier does."""
    same = [one for one in (identifier, identifier.same_number) if one]
    return {(NAMED[one.type], one.value) for one in same if one.type in NAMED}


def telling(candidate: Candidate, now: str) -> dict[str, frozenset[str]]:
    """What tells a candidate from others: the facts that count, and the profile's identifiers and name."""
    profile, facts = candidate
    told: dict[str, set[str]] = {}
    for identifier in profile.identifiers:
        if identifier["type"] in NAMED:
            told.setdefault(NAMED[identifier["type"]], set()).add(identifier["value"])
    for name, entry in survivorship.current(facts.entries, now).items():
        told.setdefault(name, set()).add(entry["value"])
    if profile.name:
        told.setdefault("name", {profile.name})
    return {name: frozenset(values) for name, values in told.items()}


def recorded(contact: Contact) -> Decision:
    """The decision as it was written on a contact."""
    match: dict[str, Any] = contact.match
    return Decision(
        match["result"],
        contact.customer_id,
        tuple(contact.candidates),
        match["confidence"],
        Assurance(int(contact.assurance)),
        match["reasons"],
    )


def with_check(decision: Decision, contact: Contact) -> Decision:
    """The decision, at least as sure as an identity check on the contact has made it."""
    return replace(decision, assurance=max(decision.assurance, Assurance(int(contact.checked))))


def write_decision(contact: Contact, decision: Decision) -> None:
    """Writes a decision on a contact; `recorded` reads it."""
    contact.match, contact.assurance = decision.match, decision.assurance
    contact.candidates = list(decision.candidates)


def said_on(deps: Deps, contact: Contact) -> dict[str, Entry]:
    """What the contact itself said, as it counts now."""
    return survivorship.current(contact.facts, keys.instant(deps.now()))


def of_contact(deps: Deps, contact: Contact) -> Situation:
    """Where things stand with a contact as it was last left: one read where it has a customer or candidates."""
    situation = Situation(recorded(contact), contact.need, said_on(deps, contact), contact=contact)
    if contact.customer_id:
        situation.record = records.read_head(contact.customer_id)
    else:
        situation.candidates = candidates_of(contact)
    return situation


def candidates_of(contact: Contact) -> list[Candidate]:
    """Who an undecided contact may be with, each person once."""
    people = records.list_people(contact.candidates)
    return list({head.customer_id: (head.profile, head.facts) for head in people.values()}.values())
