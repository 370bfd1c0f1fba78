"""A journey in words that a human reads in three seconds; how long ago it was is said when it is read."""

from collections.abc import Iterable
from typing import Literal

from chalicelib.rules.journeys import GAP, Journey

Outcome = Literal["completed", "gave_up", "trying", "left"]
MOST_SAID = 60
"""Characters of a text that is quoted."""
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
TIMES = {1: "once", 2: "twice"}
HELPED, NO_HELP = ", which helped", ", which did not help"
ANSWERS = {"yes": HELPED, "true": HELPED, "no": NO_HELP, "false": NO_HELP}
"""What readers said of an article; whatever else is sent says nothing."""
DEVICES = {"phone": "on a phone", "tablet": "on a tablet", "desktop": "on a desktop"}


def outcome(journey: Journey, now: int) -> Outcome | None:
    """Where it ended: None where nothing was tried. Who only fell silent is still `trying` for half an hour."""
    ended = max(journey.gave_up, journey.completed)
    if not (journey.tried or ended):
        return None
    if ended >= journey.tried:
        return "completed" if ended == journey.completed else "gave_up"
    return "left" if now - journey.last >= GAP else "trying"


def ended_at(journey: Journey) -> int:
    """The moment that the sentence tells: of the end, or of what was done last."""
    return max(journey.tried, journey.gave_up, journey.completed) or journey.last


def sentence(journey: Journey, now: int | None) -> str:
    """What was tried, what went wrong, where it ended and on what; without `now`, not how long ago."""
    said = [*_task(journey), *_helped_oneself(journey), *_end(journey, now)]
    device = _device(journey)
    text = ", ".join([*said, device] if device else said)
    return text[:1].upper() + text[1:] if journey.task is None else text


def told(kind: str, what: str | None, helped: str | None) -> str:
    """An entry that was sent by itself, in words: a search or an article, else what it says."""
    words = spoken(kind)
    about = f"“{_short(' '.join(what.split()))}”" if what else ""
    if words.startswith("search"):
        return f"Searched for {about}".rstrip()
    if words.startswith("article"):
        return f"Read {about or 'an article'}{_answer(helped) if helped else ''}"
    return _short(" ".join(what.split())) if what else words[:1].upper() + words[1:]


def _answer(helped: str) -> str:
    return ANSWERS.get(helped.lower(), "")


def ago(moment: int, now: int) -> str:
    """How long ago, as it is said."""
    past = now - moment
    for unit, one, many in ((DAY, "a day", "days"), (HOUR, "an hour", "hours"), (MINUTE, "a minute", "minutes")):
        if past >= unit:
            return f"{one} ago" if past < 2 * unit else f"{past // unit} {many} ago"
    return "just now"


def spoken(name: str) -> str:
    """A name that programs use, as it is said: `change_address`, `change-address` -> change address."""
    return " ".join(name.replace("_", " ").replace("-", " ").split()) or name


def _task(journey: Journey) -> list[str]:
    said = [f"tried to {_short(spoken(journey.task))}"] if journey.task else []
    if journey.failed:
        most = sorted(journey.failed.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))
        places = [f"{_times(told[0])} at {_place(place)}" for place, told in most[:2]]
        elsewhere = " and elsewhere" if len(most) > len(places) else ""
        said.append("failed " + (", ".join(places) if elsewhere else " and ".join(places)) + elsewhere)
    return [*said, "clicked again and again in vain"] if journey.clicked else said


def _helped_oneself(journey: Journey) -> list[str]:
    said = []
    if journey.searched:
        said.append(f"searched for {_quoted(journey.searched)}")
    if journey.read:
        title = next(iter(journey.read))
        told = journey.helped.get(title)
        helped = "" if told is None else HELPED if told[1] else NO_HELP
        said.append(f"read {_quoted(journey.read)}{helped}")
    if not (said or journey.task) and journey.pages:
        said.append(f"looked at {_short(next(iter(journey.pages)))}")
    return said


def _end(journey: Journey, now: int | None) -> list[str]:
    came_to = outcome(journey, now or journey.last)
    if now is None:
        return {"completed": ["succeeded"], "gave_up": ["gave up"]}.get(str(came_to), [])
    when = ago(ended_at(journey), now)
    words = {"completed": "succeeded", "gave_up": "gave up", "left": "stopped", "trying": "was still at it"}
    return [f"{words[came_to]} {when}" if came_to else when]


def _device(journey: Journey) -> str:
    devices = list(dict.fromkeys(told[1] for told in journey.screens.values()))
    named = [DEVICES[one] if n == 0 else DEVICES[one][3:] for n, one in enumerate(devices)]
    where = ", ".join([*named[:-2], " and ".join(named[-2:])])
    return f"in the app {where}" if journey.channel[1] == "mobile" else where


def _times(count: int) -> str:
    return TIMES.get(count, f"{count} times")


def _place(name: str) -> str:
    return f"the {_short(spoken(name))}"


def _quoted(named: Iterable[str]) -> str:
    """The newest of them."""
    return f"“{_short(next(iter(named)))}”"


def _short(text: str) -> str:
    return text if len(text) <= MOST_SAID else text[: MOST_SAID - 1].rstrip() + "…"
