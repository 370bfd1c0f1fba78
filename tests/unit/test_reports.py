"""What the tallies of some days come to: rates and costs, and which comes first."""

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.models import tallies
from chalicelib.models.changes import commit
from chalicelib.models.items import AskTally, EffortTally
from chalicelib.models.requests.reports import ReportOn, ReportOnAsks
from chalicelib.services.deps import Deps
from chalicelib.services.wrap_up.reports import report_effort, report_repeat_asks
from tests.conftest import Clock, Spy

DAY = "2026-11-21"


def asked(
    value: str, asked_for: int, repeated: int, *, by: str = "fact", day: str = DAY, of: str = "CALL"
) -> None:
    commit([tallies.add(AskTally, of, by, day, value, asked_for=asked_for, repeated=repeated)])


def cost(channel: str, cases: int, contacts: int, hops: int, *, day: str = DAY, of: str = "CASE") -> None:
    commit([tallies.add(EffortTally, of, "channel", day, channel, cases=cases, contacts=contacts, hops=hops)])


def test_what_is_asked_again_most_comes_first(deps: Deps) -> None:
    # Given what was asked for, of which some was known; and of two as often, asked for as often
    for value, asked_for, repeated in (("name", 4, 0), ("postcode", 3, 1), ("reason", 6, 2), ("email", 4, 0)):
        asked(value, asked_for, repeated)
    asked("account_number", 2, 2)
    # Then the rates are told to four digits, the highest first, of several the one that was asked for most
    told = report_repeat_asks(deps, ReportOnAsks())
    assert [(one.value, one.asked, one.repeated, one.rate) for one in told.items] == [
        ("account_number", 2, 2, 1.0),
        ("reason", 6, 2, 0.3333),
        ("postcode", 3, 1, 0.3333),
        ("email", 4, 0, 0.0),
        ("name", 4, 0, 0.0),
    ]
    assert told.total.model_dump() == {"asked": 19, "repeated": 5, "rate": 0.2632}
    assert (told.by, told.since, told.until) == ("fact", date(2026, 11, 16), date(2026, 11, 22))


def test_several_days_and_contacts_are_added_up_of_what_was_asked_of_only(deps: Deps) -> None:
    for of, day in (("CALL", DAY), ("CHAT", DAY), ("CALL", "2026-10-31")):
        asked("postcode", 2, 1, day=day, of=of)
    asked("billing", 1, 1, by="team")
    by_fact = ReportOnAsks(since=date(2026, 10, 31), until=date(2026, 11, 21))
    assert [(one.value, one.asked) for one in report_repeat_asks(deps, by_fact).items] == [("postcode", 6)]
    by_team = report_repeat_asks(deps, ReportOnAsks(by="team"))
    assert (by_team.by, [one.value for one in by_team.items], by_team.total.asked) == ("team", ["billing"], 1)


@pytest.mark.parametrize(
    ("since", "until", "counted"),
    [
        (date(2026, 11, 21), date(2026, 11, 21), 1),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (None, None, 1),
    ],
)
def test_both_days_are_among_them(deps: Deps, since: date | None, until: date | None, counted: int) -> None:
    asked("postcode", 1, 0)
    cost("voice", 1, 2, 1)
    assert report_repeat_asks(deps, ReportOnAsks(since=since, until=until)).total.asked == counted
    assert report_effort(deps, ReportOn(since=since, until=until)).total.cases == counted


def test_of_nothing_there_is_no_rate(deps: Deps) -> None:
    assert report_repeat_asks(deps, ReportOnAsks()).total.model_dump() == {"asked": 0, "repeated": 0, "rate": 0.0}
    total = report_effort(deps, ReportOn()).total
    assert (total.cases, total.contacts_per_case, total.hops_per_case) == (0, 0.0, 0.0)


def test_what_resolved_cases_cost_by_channel(deps: Deps, clock: Clock, spy: Spy) -> None:
    # Given cases that were resolved, one of which was opened again since
    cost("voice", 2, 5, 1)
    cost("voice", 1, 1, 0, of="OTHER")
    cost("email", 1, 1, 0)
    cost("chat", 1, 4, 2)
    cost("chat", -1, -4, -2)
    # When a week has begun since
    clock.forward(days=1)
    spy.reset()
    told = report_effort(deps, ReportOn())
    # Then each channel on which any is resolved is told, in order, and all together
    each: list[dict[str, Any]] = [one.model_dump() for one in told.items]
    assert each == [
        {"channel": "email", "cases": 1, "contacts": 1, "hops": 0, "contacts_per_case": 1, "hops_per_case": 0},
        {
            "channel": "voice",
            "cases": 3,
            "contacts": 6,
            "hops": 1,
            "contacts_per_case": 2,
            "hops_per_case": 0.3333,
        },
    ]
    assert told.total.model_dump() == {
        "cases": 4,
        "contacts": 7,
        "hops": 1,
        "contacts_per_case": 1.75,
        "hops_per_case": 0.25,
    }
    today = clock.at.date()
    assert (told.since, told.until) == (today - timedelta(days=6), today)
    # with a query for each shard of the month
    assert spy.operations == ["Query"] * 4
