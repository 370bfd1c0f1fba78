"""What somebody did by themselves not long ago, as it is shown: journeys, and single entries of such channels."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.models.items import Interaction, Profile
from chalicelib.rules.consent import hides_journeys
from chalicelib.rules.journey_words import Outcome, ago, ended_at, outcome, sentence, told
from chalicelib.rules.journeys import Journey, join_near
from chalicelib.rules.survivorship import Entries
from chalicelib.services.journeys.journey_acts import milliseconds, moment

CHANNELS = frozenset({"portal", "mobile", "knowledge_base"})
SPAN = timedelta(days=1)
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry in words; `journey` is what it is made from, with the parts of it that other records have."""

    entry: Interaction
    at: datetime
    sentence: str
    journey: Journey | None = None
    outcome: Outcome | None = None


def permitted(timeline: list[Interaction], profile: Profile) -> list[Interaction]:
    """The timeline as far as the customer lets it be shown."""
    return [entry for entry in timeline if entry.journey is None] if hides_journeys(profile.consent) else timeline


def recent(timeline: list[Interaction], now: datetime, carried: Iterable[Interaction] = ()) -> list[Shown]:
    """What was done within a day, and what the contact `carried` along, the newest first.

    Parts of one journey that several records have are one.
    """
    along = {entry.interaction_id: entry for entry in carried}
    entries = along | {entry.interaction_id: entry for entry in timeline if entry.channel in CHANNELS}
    by_first = {entry.journey["first"][1]: entry for entry in entries.values() if entry.journey}
    journeys = join_near(Journey(**entry.journey) for entry in by_first.values())
    shown = [_journey(by_first[one.first[1]], one, now) for one in journeys]
    shown += [_single(entry, now) for entry in entries.values() if not entry.journey]
    shown = [one for one in shown if one.at > now - SPAN or one.entry.interaction_id in along]
    return sorted(shown, key=lambda one: (one.at, one.entry.interaction_id), reverse=True)[:SHOWN]


def filled_in(shown: Iterable[Shown], entries: Entries) -> Entries:
    """What is known of the forms that were filled in on these journeys, and of nothing else."""
    names = {name for one in shown if one.journey for name in one.journey.facts}
    typed = {name: [entry for entry in entries.get(name, []) if entry["contact_id"] is None] for name in names}
    return {name: kept for name, kept in typed.items() if kept}


def _journey(entry: Interaction, journey: Journey, now: datetime) -> Shown:
    at = milliseconds(now)
    return Shown(entry, moment(ended_at(journey)), sentence(journey, at), journey, outcome(journey, at))


def _single(entry: Interaction, now: datetime) -> Shown:
    said = told(entry.event_kind, entry.subject or entry.body, entry.attributes.get("helped"))
    when = ago(milliseconds(entry.occurred_at), milliseconds(now))
    return Shown(entry, entry.occurred_at, f"{said}, {when}")
