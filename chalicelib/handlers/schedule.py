"""What is done every few minutes, without anybody asking."""

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.models.connection import deadline
from chalicelib.observability import count, log_done, logger
from chalicelib.runtime import get_deps
from chalicelib.services.cases import case_queue
from chalicelib.services.contacts import silence

blueprint = Blueprint(__name__)

BUDGET_SECONDS = 45.0
"""After it no call to DynamoDB begins: what is left is done by the next run."""


@blueprint.schedule("rate(5 minutes)", name="end_silent")
def end_silent(event: CloudWatchEvent) -> None:
    """Ends the contacts whose end nobody told, and marks the cases that are about to be late.

    Raises where one could not be ended or marked: the next run tries again.
    """
    logger.set_correlation_id(getattr(event.context, "aws_request_id", None))
    with deadline(BUDGET_SECONDS):
        try:
            late = case_queue.warn_late(get_deps())
        finally:
            ended = silence.end_silent(get_deps())
    count("EndedSilent", ended)
    count("CasesAboutToBeLate", late)
    log_done("end_silent", ended=ended, late=late)
