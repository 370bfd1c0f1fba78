"""Facts as given become entries as stored."""

from dataclasses import replace
from datetime import datetime

from chalicelib.errors import BadInput, FieldError, Forbidden
from chalicelib.models import keys
from chalicelib.models.fact_kinds import FACT_KINDS
from chalicelib.models.identifiers import normalise
from chalicelib.models.requests.facts import FactGiven
from chalicelib.rules.access import MAY_VERIFY, Caller
from chalicelib.rules.survivorship import Entry
from chalicelib.services.deps import Deps
from chalicelib.services.identity.identify import Claim


def read_facts(
    deps: Deps,
    caller: Caller,
    given: dict[str, FactGiven],
    *,
    contact_id: str | None = None,
    region: str | None = None,
) -> dict[str, Entry]:
    """The entries by fact name, of all that may be kept.

    Raises `BadInput` that names every fact that is not valid, `Forbidden` where the caller may not
    say that a fact is verified.
    """
    complaints: list[FieldError] = []
    entries: dict[str, Entry] = {}
    for name, fact in given.items():
        if fact.verified and caller.role not in MAY_VERIFY:
            raise Forbidden(f"facts.{name}.verified: this caller may not assert that")
        kind = FACT_KINDS[name]
        received = kind.receive(fact.value)
        try:
            value = kind.read(received, region or deps.settings.default_region)
        except BadInput as error:
            complaints.extend(error.under(f"facts.{name}").fields)
            continue
        if kind.kept:
            entry = _entry(fact, value, name, fact.source or str(caller.role), deps.now())
            entries[name] = entry | {"received": received, "contact_id": contact_id}
    if complaints:
        raise BadInput(*complaints)
    return entries


def _entry(fact: FactGiven, value: str, name: str, source: str, now: datetime) -> Entry:
    collected_at = fact.collected_at or now
    expires_at = FACT_KINDS[name].expires(collected_at)
    return {
        "value": value,
        "source": source,
        "collected_at": keys.instant(collected_at),
        "verified": fact.verified,
        "expires_at": keys.instant(expires_at) if expires_at else None,
    }


def claims_in(entries: dict[str, Entry]) -> list[Claim]:
    """The identifiers among facts."""
    return [
        Claim(
            replace(normalise(type_, entry["value"]), received=entry["received"]),
            typed=True,
            verified=entry["verified"],
        )
        for name, entry in entries.items()
        if (type_ := FACT_KINDS[name].identifies)
    ]
