"""Finding customers again by what they say of themselves: an index off the stream, and the look into it."""

from collections.abc import Mapping

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import KnownFacts, Profile, SaidBy
from chalicelib.rules import survivorship
from chalicelib.rules.contradiction import fitting
from chalicelib.rules.recognition import TELLING, keys_of, recognises
from chalicelib.services.deps import Deps
from chalicelib.services.settle import settled


@settled
def index_customer(deps: Deps, customer_id: str) -> bool:
    """Writes under what a customer is found, as the record stands now: whether anything changed.

    However often and in whatever order the record's changes come off the stream, the last one that is
    looked at writes what is true then. Two reads, and one transaction where something changed.
    """
    now = keys.instant(deps.now())
    told = next((_told(profile, facts, now) for profile, facts in store.list_heads([customer_id])), {})
    written = store.find_recognised(customer_id)
    if written.told == told:
        return False
    before, after = _partitions(written.told), _partitions(told)
    gone: list[Change] = [changes.remove(_said_by(one, customer_id, told)) for one in before if one not in after]
    there: list[Change] = [changes.put(_said_by(one, customer_id, told)) for one in after]
    written.told = told
    commit([changes.replace(written), *gone, *there])
    return True


def find_by_what_was_said(said: Mapping[str, str]) -> list[str]:
    """The customers whom this fits: at most two queries, side by side.

    The index follows the record within seconds, so whoever is found must be compared with the record.
    """
    partitions = _partitions(said)
    if not partitions:
        return []
    found = [one for page in store.side_by_side(store.list_said_by, partitions) for one in page]
    fits = {one.customer_id: fitting({name: [value] for name, value in one.told.items()}, said) for one in found}
    return [customer_id for customer_id, fit in fits.items() if recognises(fit)]


def _told(profile: Profile, facts: KnownFacts, now: str) -> dict[str, str]:
    said = survivorship.current(facts.entries, now)
    told = {name: said[name]["value"] for name in TELLING if name in said}
    return told | ({"name": profile.name} if profile.name else {})


def _partitions(told: Mapping[str, str]) -> list[str]:
    return [keys.said(*key) for key in keys_of(told)]


def _said_by(partition: str, customer_id: str, told: dict[str, str]) -> SaidBy:
    return SaidBy(PK=partition, SK=keys.owner(customer_id), customer_id=customer_id, told=told)
