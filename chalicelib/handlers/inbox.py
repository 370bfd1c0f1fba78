"""The inbox's consumer: each message names something archived that is to be processed."""

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, SQSEvent

from chalicelib.models.connection import deadline
from chalicelib.models.inbox import key_in
from chalicelib.observability import count, log_crash, log_done, logger
from chalicelib.runtime import get_deps
from chalicelib.services.inbound import inbox

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

blueprint = Blueprint(__name__)

QUEUE_ARN = "set-by-the-template"
BUDGET_SECONDS = 15.0
"""For one message: after it no call to DynamoDB begins, and the message comes again."""


@blueprint.on_sqs_message(queue_arn=QUEUE_ARN, name="process_inbox")
def process_inbox(event: SQSEvent) -> dict[str, Any]:
    """Processes each message of the batch; those that fail come again, and at last are set aside."""
    # Powertools' batch support is a sixth of the application's cold start, and the API never needs it.
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    get_deps()
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer = dict(process_partial_response(event.to_dict(), record_handler=_process, processor=processor))
    for _kind, error, _trace in processor.exceptions:
        if isinstance(error, Exception):
            log_crash(error)
    if processor.exceptions:
        count("Errors", len(processor.exceptions))
        log_done("process_inbox", failed=len(processor.exceptions))
    return answer


def _process(record: "SQSRecord") -> None:
    logger.set_correlation_id(record.message_id)
    with deadline(BUDGET_SECONDS):
        happened = inbox.process(get_deps(), key_in(record.body), record.message_id)
    count("Processed", happened)
    log_done("process_inbox", happened=happened)
