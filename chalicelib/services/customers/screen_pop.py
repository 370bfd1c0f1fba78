"""What the agent sees when the contact arrives: the contact, and one query of the customer."""

from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.models import store
from chalicelib.models.items import Contact, Interaction
from chalicelib.services.continuation import carried
from chalicelib.services.customers import records, situation
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from chalicelib.services.journeys import journeys_shown
from chalicelib.services.journeys.journeys_shown import Shown


@dataclass(slots=True)
class Pop:
    """A contact, where things stand with it, and what happened before."""

    contact: Contact
    situation: Situation
    timeline: list[Interaction]
    as_of: datetime
    recent_journey: list[Shown] = field(default_factory=list)


def get_screen_pop(deps: Deps, contact_id: str) -> Pop:
    """Two reads: the contact, then its customer (or the candidates); a round trip more where that is merged."""
    contact, timeline = store.get_contact_with_timeline(contact_id)
    now = Situation(situation.recorded(contact), contact.need, situation.said_on(deps, contact), contact=contact)
    if contact.customer_id:
        now.record = records.read_customer(contact.customer_id)
        whole = now.record.whole
        timeline = journeys_shown.permitted(whole.timeline, whole.profile)
    else:
        now.candidates = situation.candidates_of(contact)
    at = deps.now()
    return Pop(contact, now, timeline, at, journeys_shown.recent(timeline, at, carried.journey(contact)))
