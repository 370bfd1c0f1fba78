"""Where things stand with a contact or a lookup: who it is, what is known, who else it may be."""

from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.models import keys, store
from chalicelib.models.items import Contact, KnownFacts, Profile
from chalicelib.models.store import CustomerHead
from chalicelib.rules import questions, survivorship
from chalicelib.rules.matching import Assurance, Decision, Evidence, decide
from chalicelib.rules.survivorship import Entry
from chalicelib.services.deps import Deps

Candidate = tuple[Profile, KnownFacts]


@dataclass(slots=True)
class Situation:
    """What an answer is made from; `own_facts` are those that this contact itself said."""

    decision: Decision
    need: list[str]
    own_facts: dict[str, Entry]
    head: CustomerHead | None = None
    candidates: list[Candidate] = field(default_factory=list)
    contact: Contact | None = None

    def known(self, now: str) -> dict[str, Entry]:
        """What is known, by fact: of the customer, else what this contact itself said."""
        own = {name: [entry] for name, entry in self.own_facts.items()}
        known = survivorship.current(own, now)
        if self.head:
            known |= survivorship.current(self.head.facts.entries, now)
        return known

    def first_question(self, now: str) -> str | None:
        """The question that tells the candidates apart."""
        if self.decision.result != "many":
            return None
        return questions.best_question([_telling(candidate, now) for candidate in self.candidates])


def weigh(deps: Deps, evidence: list[Evidence], need: list[str], own_facts: dict[str, Entry]) -> Situation:
    """Decides on the evidence and reads what the answer needs: at most the customer, or the candidates."""
    situation = Situation(decide(evidence), need, own_facts)
    if situation.decision.result == "many":
        _tell_apart(situation, keys.instant(deps.now()))
    if situation.decision.customer_id:
        situation.head = store.get_head(situation.decision.customer_id)
    return situation


def _tell_apart(situation: Situation, now: str) -> None:
    """Lets a fact that was given decide between the candidates."""
    decision = situation.decision
    situation.candidates = store.list_heads(decision.candidates)
    known = {profile.customer_id: _telling((profile, facts), now) for profile, facts in situation.candidates}
    given = {name: entry["value"] for name, entry in situation.own_facts.items()}
    one = questions.told_apart(known, given)
    if one:
        agreeing = [name for name, value in given.items() if known[one].get(name) == value]
        reasons = [*decision.reasons, *({"fact": name, "verified": False} for name in agreeing)]
        situation.decision = Decision("one", one, (), 0.9, Assurance.CORROBORATED, reasons)
        situation.candidates = []


def _telling(candidate: Candidate, now: str) -> dict[str, str]:
    """What tells a candidate from others: the facts that count, and the profile's identifiers and name."""
    profile, facts = candidate
    named = {"account": "account_number", "email": "email", "phone": "phone"}
    told = {named[i["type"]]: i["value"] for i in profile.identifiers if i["type"] in named}
    if profile.name:
        told["name"] = profile.name
    return told | {name: entry["value"] for name, entry in survivorship.current(facts.entries, now).items()}


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


def of_contact(contact: Contact) -> Situation:
    """Where things stand with a contact as it was last left: one read where it has a customer or candidates."""
    situation = Situation(recorded(contact), contact.need, contact.facts, contact=contact)
    if contact.customer_id:
        situation.head = store.get_head(contact.customer_id)
    elif contact.candidates:
        situation.candidates = store.list_heads(contact.candidates)
    return situation
