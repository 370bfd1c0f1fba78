"""Journeys over HTTP: browsers and apps tell what people do, in batches."""

from chalice.app import Blueprint

from chalicelib.errors import TooManyRequests
from chalicelib.models.requests.journeys import SendJourneyEvents
from chalicelib.models.views.journeys import JourneyEventsTaken
from chalicelib.observability import count
from chalicelib.runtime import Answer, Call, endpoint
from chalicelib.services.journeys import journey_limits, journeys

blueprint = Blueprint(__name__)


@endpoint(
    blueprint,
    "POST",
    "/journeys/events",
    "journeys:send",
    body=SendJourneyEvents,
    answers={202: JourneyEventsTaken},
    beacon=True,
    problems=(TooManyRequests,),
)
def send_journey_events(call: Call) -> Answer:
    """Tell what somebody did on a page or in an app, in batches; what comes twice counts once.

    As `navigator.sendBeacon` sends it: any content type, and the token in the body where no header has it. The
    publishable `key` says which pages may send. Without consent nothing is kept.
    """
    journey_limits.require_site(call.deps, call.body.key, call.origin)
    counts = journeys.take_in_events(call.deps, call.caller, call.visitor, call.body, call.correlation_id)
    count("JourneyEvents", counts.accepted)
    return Answer(JourneyEventsTaken.model_validate(counts), 202)
