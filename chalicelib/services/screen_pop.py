"""What the agent sees when the contact arrives: the contact, and one query of the customer."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.models import store
from chalicelib.models.items import Contact, Interaction
from chalicelib.services import carried, records, situation
from chalicelib.services.deps import Deps
from chalicelib.services.situation import Situation

JOURNEY_CHANNELS = frozenset({"portal", "mobile", "knowledge_base"})
JOURNEY_SPAN = timedelta(days=1)
JOURNEY_SHOWN = 5


@dataclass(slots=True)
class Pop:
    """A contact, where things stand with it, and what happened before."""

    contact: Contact
    situation: Situation
    timeline: list[Interaction]
    as_of: datetime
    recent_journey: list[Interaction] = field(default_factory=list)


def get_screen_pop(deps: Deps, contact_id: str) -> Pop:
    """Two reads: the contact, then its customer (or the candidates); a round trip more where that is merged."""
    contact, timeline = store.get_contact_with_timeline(contact_id)
    now = Situation(situation.recorded(contact), contact.need, situation.said_on(deps, contact), contact=contact)
    if contact.customer_id:
        now.record = records.read_customer(contact.customer_id)
        timeline = now.record.whole.timeline
    else:
        now.candidates = situation.candidates_of(contact)
    at = deps.now()
    steps = [*recent_journey(timeline, at), *carried.journey(contact)]
    newest = sorted({step.interaction_id: step for step in steps}.values(), key=lambda step: step.occurred_at)
    return Pop(contact, now, timeline, at, newest[: -JOURNEY_SHOWN - 1 : -1])


def recent_journey(timeline: list[Interaction], now: datetime) -> list[Interaction]:
    """What the customer did by themselves, on the web site or in the app, not long ago."""
    steps = [
        entry for entry in timeline if entry.channel in JOURNEY_CHANNELS and entry.occurred_at > now - JOURNEY_SPAN
    ]
    return steps[:JOURNEY_SHOWN]
