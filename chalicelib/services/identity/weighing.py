"""Weighing: from the evidence, and what was said, to where things stand with a contact or a lookup."""

from collections.abc import Collection
from dataclasses import replace

from chalicelib.models import keys
from chalicelib.models.identifiers import EXCLUSIVE, Identifier
from chalicelib.models.items import Contact
from chalicelib.models.store import CustomerHead
from chalicelib.rules import contradiction, questions, survivorship
from chalicelib.rules.matching import ATTRIBUTED, Assurance, Decision, Evidence, decide
from chalicelib.rules.recognition import recognises
from chalicelib.rules.survivorship import Entry
from chalicelib.services.customers import records
from chalicelib.services.customers.situation import NAMED, Candidate, Situation, ever_known, said_by, telling
from chalicelib.services.deps import Deps
from chalicelib.services.identity import people, recognising
from chalicelib.services.identity.identify import own_end
from chalicelib.services.identity.people import People

OWN = EXCLUSIVE | {ATTRIBUTED}
"""Evidence that only the customer has."""
DOUBTED = 0.2
"""The confidence in a candidate whom what was said contradicts."""


def weigh(
    deps: Deps,
    evidence: list[Evidence],
    need: list[str],
    own_facts: dict[str, Entry],
    contact: Contact | None = None,
    *,
    presented: Collection[Identifier] = (),
    may_recognise: bool = True,
) -> Situation:
    """Decides on the evidence and reads what the answer needs: at most the customer, or the candidates.

    `contact` is the one that is weighed anew, if it is one that began before. Where it came from, or what was
    `presented`, is nothing new when it is said again. `may_recognise`: whether
    what was said may name somebody whom the evidence does not.
    """
    evidence = [people.without(item, contact.rejected if contact else []) for item in evidence]
    named = people.read_people(evidence)
    persons = [people.as_persons(item, named) for item in evidence]
    situation = Situation(decide(persons), need, own_facts)
    now = keys.instant(deps.now())
    if situation.decision.result == "many":
        end = own_end(deps, contact) if contact else None
        old = {said for one in (*presented, end) if one for said in said_by(one)}
        _tell_apart(situation, named, now, old)
        if not any(item.owners for item in evidence):
            _drop_contradicted(situation, contact, now)
    if situation.decision.customer_id:
        situation.record = records.read_head(people.home_of(situation.decision.customer_id, evidence, named))
        situation.decision = replace(situation.decision, customer_id=situation.record.customer_id)
    if not (contact and contact.checked) and _may_be_borrowed(situation.decision, evidence):
        _doubt(situation, contact, now, typed=all(item.typed for item in evidence if item.owners))
        if may_recognise:
            recognising.recognise(situation, contact, now)
    return situation


def _may_be_borrowed(decision: Decision, evidence: list[Evidence]) -> bool:
    """Whether nothing speaks for the customer but what others may use too: a phone, an address."""
    own = any(item.type in OWN and item.owners for item in evidence)
    return decision.assurance <= Assurance.CLAIMED and not own


def _doubt(situation: Situation, contact: Contact | None, now: str, *, typed: bool) -> None:
    """Makes the customer a mere candidate where what was said is somebody else's."""
    head, decision = situation.head, situation.decision
    if head is None:
        return
    against = contradiction.contradicting(ever_known(head, contact, now), situation.said, typed=typed)
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
        if not contradiction.contradicting(ever_known(CustomerHead(profile, facts), contact, now), situation.said)
    ]
    if len(kept) == len(situation.candidates):
        return
    situation.candidates = kept
    left = tuple(profile.customer_id for profile, _ in kept)
    nobody = Decision("none", None, (), 0.0, Assurance.CLAIMED)
    situation.decision = replace(situation.decision, candidates=left) if kept else nobody


def _tell_apart(situation: Situation, named: People, now: str, old: set[tuple[str, str]]) -> None:
    """Lets a fact that was given decide between the candidates, unless it is `old`: it was presented already."""
    decision = situation.decision
    persons = {head.customer_id: (head.profile, head.facts) for head in named.values()}
    situation.candidates = [persons[candidate] for candidate in decision.candidates if candidate in persons]
    known = {profile.customer_id: telling((profile, facts), now) for profile, facts in situation.candidates}
    given = {name: value for name, value in situation.said.items() if (name, value) not in old}
    one = questions.told_apart(known, given)
    if one:
        agreeing = [name for name, value in given.items() if value in known[one].get(name, ())]
        verified = _verified(next(c for c in situation.candidates if c[0].customer_id == one), now)
        reasons = [*decision.reasons, *({"fact": name, "verified": name in verified} for name in agreeing)]
        # only what was verified when it was learned can vouch: anybody may have said the rest
        assurance = Assurance.CORROBORATED if verified & set(agreeing) else Assurance.CLAIMED
        situation.decision = Decision("one", one, (), 0.9, assurance, reasons)
        situation.candidates = []
        head = CustomerHead(*persons[one])
        situation.recognised = recognises(contradiction.fitting(ever_known(head, None, now), given))


def _verified(candidate: Candidate, now: str) -> set[str]:
    """The names of what is known of a candidate and was verified when it was learned."""
    profile, facts = candidate
    told = {NAMED[i["type"]] for i in profile.identifiers if i["type"] in NAMED and i["verified"]}
    current = survivorship.current(facts.entries, now)
    return told | {name for name, entry in current.items() if entry["verified"]}
