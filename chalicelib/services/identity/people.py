"""Who evidence names: several records may be one person's, and some were said not to be meant."""

from dataclasses import replace

from chalicelib.models.store import CustomerHead
from chalicelib.rules.matching import Evidence, Owner
from chalicelib.services.customers import records

People = dict[str, CustomerHead]
"""The id that was named -> the person whom it stands for, with profile and facts."""


def without(item: Evidence, rejected: list[str]) -> Evidence:
    """The evidence without whom somebody said that it is not."""
    owners = tuple(owner for owner in item.owners if owner.customer_id not in rejected)
    candidates = tuple(one for one in item.candidates if one not in rejected)
    variants = tuple(one for one in item.variants if one not in rejected)
    return replace(item, owners=owners, candidates=candidates, variants=variants)


def read_people(evidence: list[Evidence]) -> People:
    """Who the evidence names, where it names several: some of them may be one person."""
    owners = list(dict.fromkeys(owner.customer_id for item in evidence for owner in item.owners))
    if owners:
        return records.list_people(owners) if len(owners) > 1 or _undecided(evidence) else {}
    return records.list_people(one for item in evidence for one in item.candidates)


def _undecided(evidence: list[Evidence]) -> bool:
    return any(item.shared or item.more for item in evidence)


def as_persons(item: Evidence, people: People) -> Evidence:
    """The evidence with each person once, by the id of the surviving record."""
    owners: dict[str, Owner] = {}
    for owner in item.owners:
        person = _person(owner.customer_id, people)
        owners[person] = Owner(person, owner.verified or (person in owners and owners[person].verified))
    candidates = dict.fromkeys(_person(one, people) for one in item.candidates)
    return replace(item, owners=tuple(owners.values()), candidates=tuple(candidates))


def _person(customer_id: str, people: People) -> str:
    return people[customer_id].customer_id if customer_id in people else customer_id


def home_of(customer_id: str, evidence: list[Evidence], people: People) -> str:
    """The member of a person's records that the strongest evidence names: what is new goes there."""
    for item in sorted(evidence, key=lambda item: -item.strength):
        for owner in item.owners:
            if _person(owner.customer_id, people) == customer_id:
                return owner.customer_id
    return customer_id
