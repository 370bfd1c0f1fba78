"""Who may send journeys, and how much in a minute.

What is new is counted where it is written anyway: of a person on the item of their acts, of a publishable key on
one item more in the same transaction. Whoever finds room may send a whole batch: none is too large for ever.
"""

from datetime import timedelta

from chalicelib.errors import Forbidden, TooManyRequests
from chalicelib.models import journeys
from chalicelib.models.changes import Change
from chalicelib.models.items import JourneyActs
from chalicelib.models.journeys import Part
from chalicelib.rules.windows import seconds_left, windows
from chalicelib.services.deps import Deps

MINUTE = timedelta(minutes=1)
MOST_OF_A_PERSON = 600
"""New events of one person in a minute: ten a second, and more than a browser keeps while it has no network."""


def require_site(deps: Deps, key: str, origin: str | None) -> None:
    """Raises `Forbidden` where the publishable key is none of ours, or not for pages of this origin."""
    site = deps.settings.sites.get(key)
    if site is None:
        raise Forbidden("key: is not known")
    if origin and not site.allows(origin):
        raise Forbidden("key: does not allow this origin")


def part_of(deps: Deps, key: str, batch: str) -> Part:
    """Where a batch that is sent with this key is counted now."""
    minute, _ = windows(deps.now(), MINUTE)
    return journeys.part_of(key, deps.settings.sites[key].events_per_minute, batch, minute)


def require_room(deps: Deps, acts: JourneyActs, part: Part, counted: int) -> None:
    """Raises `TooManyRequests` where as much was sent in this minute as may be; `counted` is of the part."""
    of_person = acts.in_minute if acts.minute == part.minute else 0
    if of_person < MOST_OF_A_PERSON and counted < part.room:
        return
    whose = "of this visitor" if of_person >= MOST_OF_A_PERSON else "with this key"
    raise TooManyRequests(f"too many events {whose} in a minute", seconds_left(deps.now(), MINUTE))


def count(acts: JourneyActs, part: Part, events: int) -> Change:
    """Counts what is new, on the acts for the caller to write, and of the key."""
    acts.in_minute = events + (acts.in_minute if acts.minute == part.minute else 0)
    acts.minute = part.minute
    return journeys.count(part, events)
