"""Browsers and apps tell what somebody does: it becomes journeys on their timeline, however often it is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.models import changes, keys
from chalicelib.models import journeys as stored_journeys
from chalicelib.models.changes import Change, commit
from chalicelib.models.items import Event
from chalicelib.models.requests.journeys import JourneyConsent, SendJourneyEvents
from chalicelib.models.requests.kinds import Direction
from chalicelib.rules import journey_window, survivorship
from chalicelib.rules.access import Caller
from chalicelib.rules.journey_window import Taken
from chalicelib.rules.journey_words import sentence, spoken
from chalicelib.rules.journeys import Journey, stored
from chalicelib.services.deps import Deps
from chalicelib.services.journeys import journey_acts, journey_consent, journey_limits
from chalicelib.services.journeys.journey_acts import Told, moment
from chalicelib.services.journeys.journey_home import Home, browser_of, find_home
from chalicelib.services.settle import settled

SOURCE = KIND = "journey"
MOST_CHANGED = 40
"""Journeys that one transaction writes: it has at most a hundred actions."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a batch: how many were new, had come before, and were not to be kept."""

    accepted: int = 0
    duplicates: int = 0
    ignored: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.accepted + other.accepted, self.duplicates + other.duplicates, self.ignored + other.ignored
        )


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, from which browser of which site, and what may be kept of it."""

    caller: Caller
    browser: str | None
    key: str
    correlation_id: str
    consent: JourneyConsent

    @property
    def scope(self) -> str:
        return keys.derived_id("scope", self.browser or "", self.caller.customer_id or "")


def take_in_events(
    deps: Deps, caller: Caller, visitor: Caller | None, request: SendJourneyEvents, correlation_id: str
) -> Counts:
    """Takes a batch in. `visitor` is who the caller was before signing in, where that was shown.

    Costs two reads of whose it is, one of what is remembered, and one transaction. Raises `TooManyRequests` where
    there is more than may be in a minute: what of the batch was taken in before counts once when it comes again.
    """
    browser = browser_of(caller, visitor)
    consent = request.consent
    if consent is None:
        return Counts(ignored=len(request.events))
    if not consent.journeys:
        journey_consent.withdraw(deps, caller, browser)
        return Counts(ignored=len(request.events))
    told = journey_acts.read(deps, request)
    too_old = Counts(ignored=len(request.events) - len(told))
    return too_old + _take_in(deps, Sender(caller, browser, request.key, correlation_id, consent), told)


def _take_in(deps: Deps, sender: Sender, told: Sequence[Told]) -> Counts:
    """All at once where that is few journeys, as it nearly always is; else in halves."""
    if not told:
        return Counts()
    counts = _fold_in(deps, sender, told)
    if counts is None:
        half = len(told) // 2
        return _take_in(deps, sender, told[:half]) + _take_in(deps, sender, told[half:])
    return counts


@settled
def _fold_in(deps: Deps, sender: Sender, told: Sequence[Told]) -> Counts | None:
    """Folds what was told into the journeys; None where so many change that one transaction cannot hold them."""
    home = find_home(deps, sender.caller, sender.browser)
    if home is None or not journey_consent.given(deps, home, sender.consent):
        return Counts(ignored=len(told))
    part = journey_limits.part_of(deps, sender.key, told[0].act["id"])
    acts, counted = stored_journeys.find(home.record.home.customer_id, sender.scope, part)
    before = journey_window.of_stored(acts.window)
    taken = journey_window.take_in(before, [one.act for one in told])
    counts = Counts(len(taken.new), taken.known, taken.late)
    if not taken.new:
        return counts
    journey_limits.require_room(deps, acts, part, counted)
    write = _writer(deps, sender, home, acts.scope)
    changed = _changed(write, before.journeys, taken.journeys)
    if len(changed) > 2 * MOST_CHANGED:  # one act alone changes a few: those that it is near to
        return None
    acts.window, acts.expires_at = taken.window.stored(), deps.now() + _retention(deps)
    limited = journey_limits.count(acts, part, len(taken.new))
    commit([*_of_home(home), limited, changes.replace(acts), *changed, *_facts(home, told, taken)])
    return counts


def _changed(write: Callable[[Journey], Event], before: list[Journey], after: list[Journey]) -> list[Change]:
    """Writes the journeys that are not as they were, and takes away those that became part of another."""
    known = {one.first[1]: one for one in before}
    left = {one.first[1] for one in after}
    gone = [write(one) for id_, one in known.items() if id_ not in left]
    news = [write(one) for one in after if known.get(one.first[1]) != one]
    return [
        *(change for event in gone for change in changes.forget_journey(event)),
        *(change for event in news for change in changes.record_journey(event)),
    ]


def _writer(deps: Deps, sender: Sender, home: Home, scope: str) -> Callable[[Journey], Event]:
    """Makes a journey an event of whose home it is; its id is that of its first act."""

    def write(journey: Journey) -> Event:
        interaction_id = keys.derived_id(KIND, scope, journey.first[1])
        return Event(
            PK=keys.event(interaction_id),
            SK=keys.EVENT,
            interaction_id=interaction_id,
            channel=journey.channel[1],
            direction=Direction.INBOUND,
            event_kind=KIND,
            occurred_at=moment(journey.first[0]),
            source=SOURCE,
            source_event_id=journey.first[1],
            subject=spoken(journey.task) if journey.task else None,
            body=sentence(journey, None),
            journey=stored(journey),
            received_at=deps.now(),
            customer_id=home.record.home.customer_id,
            match=home.decision.match,
            assurance=home.decision.assurance,
            captured_by=sender.caller.named,
            correlation_id=sender.correlation_id,
            expires_at=moment(journey.last) + _retention(deps),
        )

    return write


def _of_home(home: Home) -> list[Change]:
    """Whose it is, written where it is new or changed, else held."""
    profile = home.record.home.profile
    written = [changes.change_profile(one, content=True) for one in home.changed]
    held = (
        []
        if home.new or any(one is profile for one in home.changed)
        else [changes.require_customer(profile.customer_id)]
    )
    return [*home.made, *written, *held]


def _facts(home: Home, told: Sequence[Told], taken: Taken) -> list[Change]:
    """What was filled in is known from now on, unverified."""
    facts, new = home.record.home.facts, {act["id"] for act in taken.new}
    entries = facts.entries
    for one in told:
        if one.act["id"] in new:
            entries = survivorship.remember(entries, one.facts)
    if entries == facts.entries:
        return []
    facts.entries = entries
    return [changes.replace(facts)]


def _retention(deps: Deps) -> timedelta:
    return timedelta(days=deps.settings.journey_retention_days)
