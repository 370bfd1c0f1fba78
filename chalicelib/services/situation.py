"""Where things stand with a contact or a lookup: who it is, what is known, who else it may be."""

from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.models import keys
from chalicelib.models.identifiers import EXCLUSIVE
from chalicelib.models.items import Contact, KnownFacts, Profile
from chalicelib.models.store import CustomerHead
from chalicelib.rules import contradiction, questions, survivorship
from chalicelib.rules.contradiction import Fit
from chalicelib.rules.matching import ATTRIBUTED, Assurance, Decision, Evidence, Owner, decide
from chalicelib.rules.recognition import TELLING, can_recognise, recognises
from chalicelib.rules.survivorship import Entry
from chalicelib.services import recognition, records
from chalicelib.services.deps import Deps
from chalicelib.services.records import Record

Candidate = tuple[Profile, KnownFacts]

NAMED = {"account": "account_number", "email": "email", "phone": "phone"}
"""The facts that are identifiers, by the identifier's type."""
OWN = EXCLUSIVE | {ATTRIBUTED}
"""Evidence that only the customer has."""
DOUBTED, RECOGNISED = 0.2, 0.8
"""The confidence in a candidate whom what was said contradicts, and in whoever it names by itself."""


@dataclass(slots=True)
class Situation:
    """What an answer is made from; `own_facts` are those that this contact itself said.

    `record` is the customer's, if it is decided who that is. `doubted`: what was said contradicts whom
    the identifiers name, who is a mere candidate then. `recognised`: what was said names the customer.
    """

    decision: Decision
    need: list[str]
    own_facts: dict[str, Entry]
    record: Record | None = None
    candidates: list[Candidate] = field(default_factory=list)
    contact: Contact | None = None
    doubted: bool = False
    recognised: bool = False

    @property
    def said(self) -> dict[str, str]:
        """What this contact itself said, by fact."""
        return {name: entry["value"] for name, entry in self.own_facts.items()}

    @property
    def head(self) -> CustomerHead | None:
        """The customer as it is read: all records of the person as one."""
        return self.record.whole if self.record else None

    def known(self, now: str) -> dict[str, Entry]:
        """What is known, by fact: of the customer, else what this contact itself said."""
        own = {name: [entry] for name, entry in self.own_facts.items()}
        known = survivorship.current(own, now)
        if head := self.head:
            known |= survivorship.current(head.facts.entries, now)
        return known

    def first_question(self, now: str) -> str | None:
        """The question that tells the candidates apart."""
        if self.decision.result != "many":
            return None
        return questions.best_question([_telling(candidate, now) for candidate in self.candidates])


def weigh(
    deps: Deps,
    evidence: list[Evidence],
    need: list[str],
    own_facts: dict[str, Entry],
    contact: Contact | None = None,
    *,
    may_recognise: bool = True,
) -> Situation:
    """Decides on the evidence and reads what the answer needs: at most the customer, or the candidates.

    `contact` is the one that is weighed anew, if it is one that began before. `may_recognise`: whether
    what was said may name somebody whom the evidence does not.
    """
    evidence = [_without(item, contact.rejected if contact else []) for item in evidence]
    people = _read_people(evidence)
    persons = [_as_persons(item, people) for item in evidence]
    situation = Situation(decide(persons), need, own_facts)
    now = keys.instant(deps.now())
    if situation.decision.result == "many":
        _tell_apart(situation, people, now)
        if not any(item.owners for item in evidence):
            _drop_contradicted(situation, contact, now)
    if situation.decision.customer_id:
        situation.record = records.read_head(_home_of(situation.decision.customer_id, evidence, people))
        situation.decision = replace(situation.decision, customer_id=situation.record.customer_id)
    if not (contact and contact.checked) and _may_be_borrowed(situation.decision, evidence):
        _doubt(situation, contact, now, typed=all(item.typed for item in evidence if item.owners))
        if may_recognise:
            _recognise(situation, contact, now)
    return situation


def _without(item: Evidence, rejected: list[str]) -> Evidence:
    """The evidence without whom somebody said that it is not."""
    owners = tuple(owner for owner in item.owners if owner.customer_id not in rejected)
    candidates = tuple(one for one in item.candidates if one not in rejected)
    return replace(item, owners=owners, candidates=candidates)


def _read_people(evidence: list[Evidence]) -> dict[str, CustomerHead]:
    """Who the evidence names, where it names several: some of them may be one person."""
    owners = list(dict.fromkeys(owner.customer_id for item in evidence for owner in item.owners))
    if owners:
        return records.list_people(owners) if len(owners) > 1 or _undecided(evidence) else {}
    candidates = [one for item in evidence for one in item.candidates]
    return records.list_people(candidates) if candidates else {}


def _undecided(evidence: list[Evidence]) -> bool:
    return any(item.shared or item.more for item in evidence)


def _as_persons(item: Evidence, people: dict[str, CustomerHead]) -> Evidence:
    """The evidence with each person once, by the id of the surviving record."""
    owners: dict[str, Owner] = {}
    for owner in item.owners:
        person = _person(owner.customer_id, people)
        owners[person] = Owner(person, owner.verified or (person in owners and owners[person].verified))
    candidates = dict.fromkeys(_person(one, people) for one in item.candidates)
    return replace(item, owners=tuple(owners.values()), candidates=tuple(candidates))


def _person(customer_id: str, people: dict[str, CustomerHead]) -> str:
    return people[customer_id].customer_id if customer_id in people else customer_id


def _home_of(customer_id: str, evidence: list[Evidence], people: dict[str, CustomerHead]) -> str:
    """The member of a person's records that the strongest evidence names: what is new goes there."""
    for item in sorted(evidence, key=lambda item: -item.strength):
        for owner in item.owners:
            if _person(owner.customer_id, people) == customer_id:
                return owner.customer_id
    return customer_id


def _may_be_borrowed(decision: Decision, evidence: list[Evidence]) -> bool:
    """Whether nothing speaks for the customer but what others may use too: a phone, an address."""
    own = any(item.type in OWN and item.owners for item in evidence)
    return decision.assurance <= Assurance.CLAIMED and not own


def _doubt(situation: Situation, contact: Contact | None, now: str, *, typed: bool) -> None:
    """Makes the customer a mere candidate where what was said is somebody else's."""
    head, decision = situation.head, situation.decision
    if head is None:
        return
    against = contradiction.contradicting(_ever_known(head, contact, now), situation.said, typed=typed)
    if not against:
        return
    reasons = [*decision.reasons, *({"fact": name, "conflicts": True} for name in against)]
    doubted = Decision("many", None, (head.customer_id,), DOUBTED, Assurance.CLAIMED, reasons)
    situation.decision, situation.candidates, situation.record = doubted, [(head.profile, head.facts)], None
    situation.doubted = True


def _drop_contradicted(situation: Situation, contact: Contact | None, now: str) -> None:
    """Leaves out whom nothing but an unconfirmed sighting speaks for, and what was said against."""
    kept = [
        (profile, facts)
        for profile, facts in situation.candidates
        if not contradiction.contradicting(_ever_known(CustomerHead(profile, facts), contact, now), situation.said)
    ]
    if len(kept) == len(situation.candidates):
        return
    situation.candidates = kept
    left = tuple(profile.customer_id for profile, _ in kept)
    nobody = Decision("none", None, (), 0.0, Assurance.CLAIMED)
    situation.decision = replace(situation.decision, candidates=left) if kept else nobody


def _recognise(situation: Situation, contact: Contact | None, now: str) -> None:
    """Lets what was said name who it is, where the evidence names nobody or somebody it says nothing of."""
    head, said = situation.head, situation.said
    if not can_recognise(said) or (head and _agrees(head, contact, said, now)):
        return
    rejected = contact.rejected if contact else []
    found = [one for one in recognition.find_by_what_was_said(said) if one not in rejected]
    heads = {one.customer_id: one for one in records.list_people(found).values()} if found else {}
    fitting = [
        one for one in heads.values() if recognises(contradiction.fitting(_ever_known(one, contact, now), said))
    ]
    if len(fitting) == 1:
        _is_recognised(situation, fitting[0].customer_id, now)
    elif fitting:
        _may_be_any(situation, fitting)


def _agrees(head: CustomerHead, contact: Contact | None, said: dict[str, str], now: str) -> bool:
    """Whether anything that was said is known of this customer from elsewhere."""
    fits = contradiction.fitting(_ever_known(head, contact, now), said)
    return any(fit in {Fit.SAME, Fit.NEAR} for fit in fits.values())


def _is_recognised(situation: Situation, customer_id: str, now: str) -> None:
    record = records.read_head(customer_id)
    known = survivorship.current(record.whole.facts.entries, now)
    reasons: list[dict[str, object]] = [
        {"fact": name, "verified": bool(name in known and known[name]["verified"])}
        for name in TELLING
        if name in situation.said
    ]
    others = [reason for reason in situation.decision.reasons if "identifier" in reason]
    reasons += [{**reason, "verified": False, "conflicts": True} for reason in others]
    situation.decision = Decision("one", customer_id, (), RECOGNISED, Assurance.CLAIMED, reasons)
    situation.record, situation.candidates, situation.doubted = record, [], False
    situation.recognised = True


def _may_be_any(situation: Situation, heads: list[CustomerHead]) -> None:
    candidates = tuple(head.customer_id for head in heads)
    confidence = round(1 / len(heads), 2)
    situation.decision = Decision(
        "many", None, candidates, confidence, Assurance.CLAIMED, situation.decision.reasons
    )
    situation.candidates, situation.record = [(head.profile, head.facts) for head in heads], None


def _ever_known(head: CustomerHead, contact: Contact | None, now: str) -> dict[str, list[str]]:
    """All values of each fact that have not expired, but for what this very contact said."""
    entries = survivorship.forget_contact(head.facts.entries, contact.contact_id if contact else "")
    known = {
        name: [entry["value"] for entry in kept if survivorship.is_current(entry, now)]
        for name, kept in entries.items()
    }
    if head.profile.name:
        known.setdefault("name", []).append(head.profile.name)
    return known


def _tell_apart(situation: Situation, people: dict[str, CustomerHead], now: str) -> None:
    """Lets a fact that was given decide between the candidates."""
    decision = situation.decision
    persons = {head.customer_id: (head.profile, head.facts) for head in people.values()}
    situation.candidates = [persons[candidate] for candidate in decision.candidates if candidate in persons]
    known = {profile.customer_id: _telling((profile, facts), now) for profile, facts in situation.candidates}
    given = situation.said
    one = questions.told_apart(known, given)
    if one:
        agreeing = [name for name, value in given.items() if known[one].get(name) == value]
        verified = _verified(next(c for c in situation.candidates if c[0].customer_id == one), now)
        reasons = [*decision.reasons, *({"fact": name, "verified": name in verified} for name in agreeing)]
        # only what was verified when it was learned can vouch: anybody may have said the rest
        assurance = Assurance.CORROBORATED if verified & set(agreeing) else Assurance.CLAIMED
        situation.decision = Decision("one", one, (), 0.9, assurance, reasons)
        situation.candidates = []
        head = CustomerHead(*persons[one])
        situation.recognised = recognises(contradiction.fitting(_ever_known(head, None, now), given))


def _verified(candidate: Candidate, now: str) -> set[str]:
    """The names of what is known of a candidate and was verified when it was learned."""
    profile, facts = candidate
    told = {NAMED[i["type"]] for i in profile.identifiers if i["type"] in NAMED and i["verified"]}
    current = survivorship.current(facts.entries, now)
    return told | {name for name, entry in current.items() if entry["verified"]}


def _telling(candidate: Candidate, now: str) -> dict[str, str]:
    """What tells a candidate from others: the facts that count, and the profile's identifiers and name."""
    profile, facts = candidate
    told = {NAMED[i["type"]]: i["value"] for i in profile.identifiers if i["type"] in NAMED}
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
    people = records.list_people(contact.candidates) if contact.candidates else {}
    return list({head.customer_id: (head.profile, head.facts) for head in people.values()}.values())
