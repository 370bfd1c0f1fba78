"""Events as a browser tells them become acts: when they happened, what of them is kept, and which facts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.models.requests.journeys import SendJourneyEvents
from chalicelib.services.deps import Deps
from chalicelib.services.journeys.journey_acts import Told, milliseconds, moment, read
from tests.settings import NOW, SETTINGS
from tests.unit.test_journeys import a_batch, an_event, at

DEPS = Deps(SETTINGS, now=lambda: NOW)
NOW_MS = 1_795_338_000_000


def told(*events: dict[str, Any], **batch: Any) -> list[Told]:
    return read(DEPS, SendJourneyEvents.model_validate(a_batch(*events, **batch), strict=False))


def test_moments() -> None:
    assert milliseconds(NOW) == NOW_MS
    assert milliseconds(NOW + timedelta(microseconds=1_999)) == NOW_MS + 1
    assert moment(NOW_MS + 1) == NOW + timedelta(milliseconds=1)


def test_all_that_an_event_may_say() -> None:
    said = {
        "page": "/account/address",
        "task": "change_address",
        "step": "new_address",
        "field": "postcode",
        "error": "is not a postcode",
        "query": "proof of address",
        "article": "Moving",
        "helped": False,
    }
    (one,) = told(an_event("form_error", 1, **said), channel="mobile", device="tablet")
    act = one.act
    assert act == said | {
        "id": act["id"],
        "at": NOW_MS - 60_000,
        "type": "form_error",
        "channel": "mobile",
        "screen": act["screen"],
        "device": "tablet",
    }
    assert (len(act["id"]), len(act["screen"])) == (16, 8)
    assert one.facts == {}


def test_what_an_event_does_not_say_is_not_there() -> None:
    (one,) = told(an_event("page", 1))
    assert one.act.keys() == {"id", "at", "type", "channel", "screen", "device"}
    assert told(an_event("article", 1, article="Moving", helped=True))[0].act["helped"] is True


def test_what_is_said_is_cut_short() -> None:
    (one,) = told(an_event("search", 1, query="q" * 121, task="t" * 64))
    assert (one.act["query"], one.act["task"]) == ("q" * 120, "t" * 64)


def test_an_act_goes_by_its_screen_and_its_id() -> None:
    event = an_event("page", 1)
    ids = {
        (one.act["id"], one.act["screen"])
        for screen in ("tab-1", "tab-1", "tab-2")
        for one in told(event, an_event("page", 1) | {"id": "other"}, screen=screen)
    }
    assert len({id_ for id_, _ in ids}) == 4
    assert len({screen for _, screen in ids}) == 2


def test_facts_that_were_filled_in() -> None:
    (one,) = told(an_event("form", 2, facts={"postcode": "ls1 4ap", "name": " Ada  Byron "}))
    same = {
        "source": "portal",
        "collected_at": "2026-11-22T08:58:00.000000Z",
        "verified": False,
        "expires_at": None,
        "contact_id": None,
    }
    assert one.facts == {
        "postcode": same | {"value": "LS1 4AP", "received": "ls1 4ap"},
        "name": same | {"value": "Ada Byron", "received": " Ada  Byron "},
    }
    assert one.act["facts"] == ["name", "postcode"]


def test_a_number_is_read_as_where_the_business_is_has_it() -> None:
    (one,) = told(an_event("form", 2, facts={"phone": "07700 900123"}))
    assert one.facts["phone"]["value"] == "+447700900123"


def test_a_fact_that_is_true_for_a_while_only() -> None:
    (one,) = told(an_event("form", 2, facts={"reason": "a bill"}))
    assert one.facts["reason"]["expires_at"] == "2026-11-23T08:58:00.000000Z"


def test_what_is_no_fact_or_secret_or_half_a_word_is_left_out_and_the_rest_is_not() -> None:
    given = {"hat": "7", "date_of_birth": "1990-01-31", "card_number": "4111", "postcode": "?", "name": "Ada"}
    (one,) = told(an_event("form", 2, facts=given))
    assert list(one.facts) == one.act["facts"] == ["name"]


def test_a_clock_that_is_a_little_wrong_is_taken_as_it_is() -> None:
    # Given a browser that is wrong by what may be, and by more, either way
    moments = [
        milliseconds(NOW) - told(an_event("page", 10), sent_at=at(timedelta(seconds=late)))[0].act["at"]
        for late in (60, 60.001, -60, -60.001)
    ]
    minute = 60_000
    assert moments == [10 * minute, 9 * minute - 1, 10 * minute, 11 * minute + 1]


def test_what_is_as_old_as_journeys_are_kept_is_too_old() -> None:
    days = SETTINGS.journey_retention_days
    old, last = an_event("page", days * 24 * 60), an_event("page", days * 24 * 60 - 0.001)
    assert [one.act["at"] for one in told(old, last)] == [NOW_MS - int(days * 86_400_000) + 60]
    # which is a setting
    deps = replace(DEPS, settings=replace(SETTINGS, journey_retention_days=1 / 24))
    batch = a_batch(an_event("page", 61), an_event("page", 59))
    assert len(read(deps, SendJourneyEvents.model_validate(batch, strict=False))) == 1


def test_nothing_happened_later_than_it_came() -> None:
    assert [one.act["at"] for one in told(an_event("page", -1))] == [NOW_MS]
