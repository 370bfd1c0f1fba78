"""Events as a browser tells them become acts as they are folded, at the moments at which they happened."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.errors import BadInput
from chalicelib.models import keys
from chalicelib.models.fact_kinds import FACT_KINDS
from chalicelib.models.requests.journeys import JourneyEvent, SendJourneyEvents
from chalicelib.rules.journeys import Act
from chalicelib.rules.survivorship import Entry
from chalicelib.services.deps import Deps

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
TRUSTED_WITHIN = timedelta(minutes=1)
"""A clock that is no more wrong is taken as it is: what comes twice is then the same moment."""
SAFE = frozenset({"internal", "personal"})
"""Sensitivities of facts that are taken from a form that was never sent."""
MOST_TEXT = 120
ID_LENGTH, SCREEN_LENGTH = 16, 8


@dataclass(frozen=True, slots=True)
class Told:
    """One act, and the facts that were filled in with it."""

    act: Act
    facts: dict[str, Entry]


def moment(milliseconds: int) -> datetime:
    return EPOCH + milliseconds * MILLISECOND


def milliseconds(at: datetime) -> int:
    """Since 1970."""
    return (at - EPOCH) // MILLISECOND


def read(deps: Deps, request: SendJourneyEvents) -> list[Told]:
    """What a batch tells, without what is older than journeys are kept."""
    now = deps.now()
    oldest = now - timedelta(days=deps.settings.journey_retention_days)
    wrong = now - request.sent_at
    put_right = wrong if abs(wrong) > TRUSTED_WITHIN else timedelta(0)
    happened = [(event, min(event.at + put_right, now)) for event in request.events]
    return [_told(deps, request, event, at) for event, at in happened if at > oldest]


def _told(deps: Deps, request: SendJourneyEvents, event: JourneyEvent, at: datetime) -> Told:
    facts = _safe_facts(deps, request.channel, event, at)
    optional = {
        name: getattr(event, name) for name in ("page", "task", "step", "field", "error", "query", "article")
    }
    act: dict[str, Any] = {
        "id": keys.derived_id("act", request.screen.id, event.id)[:ID_LENGTH],
        "at": milliseconds(at),
        "type": event.type,
        "channel": request.channel,
        "screen": keys.derived_id("screen", request.screen.id)[:SCREEN_LENGTH],
        "device": request.screen.device,
        **{name: text[:MOST_TEXT] for name, text in optional.items() if text},
    }
    if event.helped is not None:
        act["helped"] = event.helped
    if facts:
        act["facts"] = sorted(facts)
    return Told(act, facts)


def _safe_facts(deps: Deps, channel: str, event: JourneyEvent, at: datetime) -> dict[str, Entry]:
    """The facts among what was filled in: fields that are none, secrets and what is half a word are left out."""
    found: dict[str, Entry] = {}
    for name, given in event.facts.items():
        kind = FACT_KINDS.get(name)
        if kind is None or not kind.kept or kind.sensitivity not in SAFE:
            continue
        received = kind.receive(given)
        try:
            value = kind.read(received, deps.settings.default_region)
        except BadInput:
            continue
        expires_at = kind.expires(at)
        found[name] = {
            "value": value,
            "received": received,
            "source": channel,
            "collected_at": keys.instant(at),
            "verified": False,
            "expires_at": keys.instant(expires_at) if expires_at else None,
            "contact_id": None,
        }
    return found
