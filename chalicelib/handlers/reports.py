"""Reports over HTTP."""

from chalice.app import Blueprint

from chalicelib.models.requests.reports import ReportOn, ReportOnAsks
from chalicelib.models.views.reports import EffortReport, RepeatAsks
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.wrap_up import reports

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "GET",
    "/reports/repeat-asks",
    "reports:read",
    query=ReportOnAsks,
    answers={200: RepeatAsks},
)
def report_repeat_asks(call: Call) -> Answer:
    """How often was asked for what was known, by team, channel or fact."""
    return Answer(reports.report_repeat_asks(call.deps, call.query))


@endpoint(blueprint, "GET", "/reports/effort", "reports:read", query=ReportOn, answers={200: EffortReport})
def report_effort(call: Call) -> Answer:
    """How many contacts a resolved case took, and how often these changed hands."""
    return Answer(reports.report_effort(call.deps, call.query))
