"""Reports: what the tallies of some days come to."""

from collections.abc import Iterable
from typing import Any

from chalicelib.models import tallies
from chalicelib.models.items import AskTally, EffortTally
from chalicelib.models.requests.reports import ReportOn, ReportOnAsks
from chalicelib.models.views.reports import Asks, AsksOf, Effort, EffortOn, EffortReport, RepeatAsks
from chalicelib.services.deps import Deps


def report_repeat_asks(deps: Deps, request: ReportOnAsks) -> RepeatAsks:
    """How often was asked for what was known: a query for each month and shard of the tallies."""
    since, until = request.days(deps.now().date())
    found = tallies.read(AskTally, request.by, since, until)
    items = [AsksOf(value=value, **_asks(each)) for value, each in found.items()]
    total = Asks(**_asks(one for each in found.values() for one in each))
    items.sort(key=lambda one: (-one.rate, -one.asked, one.value))
    return RepeatAsks(since=since, until=until, by=request.by, total=total, items=items)


def report_effort(deps: Deps, request: ReportOn) -> EffortReport:
    """What resolved cases cost: a query for each month and shard of the tallies."""
    since, until = request.days(deps.now().date())
    found = tallies.read(EffortTally, "channel", since, until)
    items = [EffortOn(channel=channel, **_effort(each)) for channel, each in sorted(found.items())]
    total = Effort(**_effort(one for each in found.values() for one in each))
    return EffortReport(since=since, until=until, total=total, items=[one for one in items if one.cases])


def _asks(found: Iterable[Any]) -> dict[str, Any]:
    each = list(found)
    asked, repeated = _sum(each, "asked_for"), _sum(each, "repeated")
    return {"asked": asked, "repeated": repeated, "rate": _ratio(repeated, asked)}


def _effort(found: Iterable[Any]) -> dict[str, Any]:
    each = list(found)
    cases, contacts, hops = (_sum(each, name) for name in ("cases", "contacts", "hops"))
    per_case = {"contacts_per_case": _ratio(contacts, cases), "hops_per_case": _ratio(hops, cases)}
    return {"cases": cases, "contacts": contacts, "hops": hops, **per_case}


def _sum(found: Iterable[Any], name: str) -> int:
    return sum(int(getattr(one, name) or 0) for one in found)


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
