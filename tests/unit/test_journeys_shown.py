"""What somebody did by themselves of late, as it is shown: within a day, the newest first, each once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.models.items import Interaction, Profile
from chalicelib.rules.journeys import Journey
from chalicelib.services.journeys.journey_acts import milliseconds
from chalicelib.services.journeys.journeys_shown import SHOWN, SPAN, Shown, filled_in, permitted, recent
from tests.settings import NOW

Entry = dict[str, Any]
MINUTE = timedelta(minutes=1)


def an_entry(entry_id: str, occurred_at: datetime = NOW - MINUTE, **given: Any) -> Interaction:
    """An entry that was sent by itself."""
    fields = {"channel": "portal", "event_kind": "page_viewed", "attributes": {}}
    return Interaction(interaction_id=entry_id, occurred_at=occurred_at, **(fields | given))


def a_journey(
    first: str, began: datetime = NOW - 5 * MINUTE, lasted: timedelta = MINUTE, **given: Any
) -> Interaction:
    """A journey on a task, of which that of the entry's id is the first act."""
    begin, end = milliseconds(began), milliseconds(began + lasted)
    fields: dict[str, Any] = {
        "first": [begin, first],
        "last": end,
        "since": begin,
        "until": end,
        "channel": [begin, "portal"],
        "task": "change_address",
        "tried": end,
        "screens": {"tab": [begin, "phone"]},
    }
    return an_entry(f"entry-{first}", began, event_kind="journey", journey=fields | given)


def ids(shown: list[Shown]) -> list[str]:
    return [one.entry.interaction_id for one in shown]


def test_a_journey_in_words() -> None:
    entry = a_journey("a")
    (one,) = recent([entry], NOW)
    assert one == Shown(
        entry,
        NOW - 4 * MINUTE,
        "tried to change address, was still at it 4 minutes ago, on a phone",
        Journey(**entry.journey),
        "trying",
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Page viewed"),
        ({"body": "Opened the door"}, "Opened the door"),
        ({"subject": "The door", "body": "Opened it"}, "The door"),
        (
            {"event_kind": "article", "subject": "Moving", "attributes": {"helped": "yes"}},
            "Read “Moving”, which helped",
        ),
    ],
)
def test_an_entry_in_words(given: Entry, said: str) -> None:
    entry = an_entry("a", NOW - 3 * MINUTE, **given)
    assert recent([entry], NOW) == [Shown(entry, NOW - 3 * MINUTE, f"{said}, 3 minutes ago")]


def test_of_which_channels() -> None:
    channels = ("portal", "mobile", "knowledge_base", "sms", "voice", "chat")
    shown = recent([an_entry(one, channel=one) for one in channels], NOW)
    assert set(ids(shown)) == {"portal", "mobile", "knowledge_base"}


@pytest.mark.parametrize("made", [an_entry, lambda id_, at: a_journey(id_, at, timedelta())])
def test_within_a_day(made: Callable[[str, datetime], Interaction]) -> None:
    entries = [made(f"{n}", NOW - SPAN + n * timedelta(milliseconds=1)) for n in (1, 0)]
    assert [one.at for one in recent(entries, NOW)] == [NOW - SPAN + timedelta(milliseconds=1)]


def test_what_the_contact_carried_along_however_old_and_of_which_channel() -> None:
    old = a_journey("old", NOW - 30 * SPAN)
    sent = an_entry("sent", NOW - 30 * SPAN, channel="sms")
    shown = recent([a_journey("new"), an_entry("gone", NOW - 2 * SPAN)], NOW, [old, sent])
    assert ids(shown) == ["entry-new", "entry-old", "sent"]


def test_what_is_on_the_timeline_and_carried_along_is_once_and_as_it_is_now() -> None:
    before, now = an_entry("a", body="before"), an_entry("a", body="now")
    (one,) = recent([now], NOW, [before])
    assert one.entry is now


def test_the_newest_first_and_so_many() -> None:
    entries = [an_entry(f"{n}", NOW - (SHOWN + 2 - n) * MINUTE) for n in range(SHOWN + 2)]
    assert ids(recent(entries, NOW)) == [f"{n}" for n in range(SHOWN + 1, 1, -1)]
    # what was at one moment is always in the same order
    assert ids(recent([an_entry(one) for one in "bca"], NOW)) == ["c", "b", "a"]
    # and a journey by when it ended
    long = a_journey("long", NOW - 20 * MINUTE, 18 * MINUTE)
    assert ids(recent([long, an_entry("between", NOW - 10 * MINUTE)], NOW)) == ["entry-long", "between"]


def test_parts_of_one_journey_that_several_records_have_are_one() -> None:
    begun = a_journey("a", NOW - 20 * MINUTE, facts={"name": [1]})
    went_on = a_journey("b", NOW - 10 * MINUTE, facts={"postcode": [2]})
    (one,) = recent([went_on, begun], NOW)
    assert one.entry is begun
    assert one.journey
    assert (one.at, set(one.journey.facts)) == (NOW - 9 * MINUTE, {"name", "postcode"})


def test_consent_that_is_withdrawn_hides_journeys_and_nothing_else() -> None:
    timeline = [a_journey("a"), an_entry("b")]
    assert permitted(timeline, Profile(consent={"journeys": False})) == timeline[1:]
    for consent in ({}, {"journeys": True}, {"marketing": False}):
        assert permitted(timeline, Profile(consent=consent)) == timeline


def test_what_was_filled_in_on_the_journeys_that_are_shown() -> None:
    def known(value: str, contact_id: str | None = None) -> dict[str, Any]:
        return {"value": value, "contact_id": contact_id}

    shown = recent([a_journey("a", facts={"postcode": [1], "name": [1], "email": [1]}), an_entry("b")], NOW)
    entries: dict[str, Any] = {
        "postcode": [known("AB1 2CD", "call-1"), known("LS1 4AP")],
        "name": [known("Ada", "call-1")],
        "language": [known("en")],
    }
    assert filled_in(shown, entries) == {"postcode": [known("LS1 4AP")]}
