"""Amazon Connect flows: look the caller up, save what they keyed in.

A flow waits in silence and must go on whatever happens, so nothing here raises: on any trouble the
answer says `matched=none` and why. Connect repeats a call that fails, so both are idempotent.
https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from chalice.app import Blueprint

from chalicelib.audit import audit
from chalicelib.errors import ThroughlineError
from chalicelib.models.connection import deadline
from chalicelib.observability import count, log_crash, log_done, logger
from chalicelib.runtime import correlation_id_from, get_deps
from chalicelib.services.contacts import connect_flows
from chalicelib.services.contacts.connect_flows import FlowAnswer, FlowEvent
from chalicelib.services.deps import Deps

blueprint = Blueprint(__name__)

BUDGET_SECONDS = 1.0
"""After it no call to DynamoDB begins; with one under way the answer is there in 3.6 s at the worst.
Connect allows 8 s."""

Service = Callable[[Deps, FlowEvent, str], FlowAnswer]


@blueprint.lambda_function(name="connect_lookup")
def connect_lookup(event: dict[str, Any], _context: object) -> FlowAnswer:
    """Who is calling, what is known and what is still to ask."""
    return _fail_open("connect_lookup", connect_flows.look_up, event)


@blueprint.lambda_function(name="connect_save_facts")
def connect_save_facts(event: dict[str, Any], _context: object) -> FlowAnswer:
    """Save the facts among the parameters, and match anew."""
    return _fail_open("connect_save_facts", connect_flows.save, event)


def _fail_open(name: str, service: Service, event: Any) -> FlowAnswer:
    flow = FlowEvent.read(event)
    correlation_id = flow.contact_id
    try:
        deps = get_deps()
        correlation_id = correlation_id_from(flow.contact_id, deps)
        logger.set_correlation_id(correlation_id)
        with deadline(BUDGET_SECONDS):
            answer = service(deps, flow, correlation_id)
    except ThroughlineError as error:
        answer = connect_flows.nobody(flow, error.code)
    except Exception as error:  # noqa: BLE001 - the caller hears silence until this returns
        log_crash(error)
        answer = connect_flows.nobody(flow, "internal_error")
    audit(
        flow.caller,
        name,
        purpose=None,
        outcome=HTTPStatus.OK,
        correlation_id=correlation_id,
        path={},
        answer={key: value for key, value in answer.items() if value},
        changed=[f"facts.{fact}" for fact in flow.facts],
    )
    count(f"Lookups{answer['matched'].title()}")
    if answer["matched"] == "none" and answer["reason"] in {"unavailable", "internal_error"}:
        count("Errors")
    log_done(name, matched=answer["matched"], reason=answer["reason"])
    return answer
