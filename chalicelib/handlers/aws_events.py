"""Events of AWS's own services: EventBridge, SNS and Kinesis hand over what Amazon Connect tells, S3 files."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from chalice.app import Blueprint

from chalicelib.errors import BadInput
from chalicelib.observability import count, log_done, logger
from chalicelib.runtime import get_deps
from chalicelib.services.deps import Deps
from chalicelib.services.inbound import inbox
from chalicelib.services.inbound.analyses import read_analysis
from chalicelib.services.inbound.arrivals import arrivals
from chalicelib.services.inbound.mails import read_mail

blueprint = Blueprint(__name__)


@blueprint.lambda_function(name="take_in_connect")
def take_in_connect(event: dict[str, Any], context: Any) -> None:
    """Keeps and queues each of them. Raises where one could not be kept: it is handed over again."""
    logger.set_correlation_id(getattr(context, "aws_request_id", None))
    deps, kept, refused = get_deps(), 0, 0
    for url, content in _told(deps, event):
        try:
            inbox.take_event(deps, "amazon_connect", content, url)
            kept += 1
        except BadInput:  # it will never be one: handing it over again would hold up the others
            refused += 1
    count("ChannelRequests", kept)
    if refused:
        count("ChannelRefusals", refused)
    log_done("take_in_connect", kept=kept, refused=refused)


@blueprint.lambda_function(name="take_in_mail")
def take_in_mail(event: dict[str, Any], context: Any) -> None:
    """Takes in the mail that SES put into the bucket. Raises where it could not be kept: it comes again."""
    logger.set_correlation_id(getattr(context, "aws_request_id", None))
    deps, kept = get_deps(), 0
    for bucket, key in arrivals(event, deps.settings.mail_bucket):
        inbox.take_event(deps, "email", read_mail(deps, bucket, key), f"s3://{bucket}/{key}")
        kept += 1
    count("ChannelRequests", kept)
    log_done("take_in_mail", kept=kept)


def _told(deps: Deps, event: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """What Connect tells, and where it is from: the files that the event names; where it names none, itself.

    Beside what Contact Lens finds lie recordings out of which it took who somebody is: these are not read.
    """
    files = list(arrivals(event))
    for bucket, key in files:
        if key.endswith(".json"):
            yield f"s3://{bucket}/{key}", read_analysis(deps, bucket, key)
    if not files:
        yield from (("aws:", content) for content in _contents(event))


def _decoded(data: str) -> bytes:
    """What is no Base64 is handed on as it is, to be refused by itself: it must not hold up its whole batch."""
    try:
        return base64.b64decode(data)
    except ValueError:
        return data.encode()


def _contents(event: dict[str, Any]) -> Iterator[bytes]:
    """What was handed over: in an envelope of SNS or Kinesis, several at a time, or as it is."""
    if "Records" not in event:
        yield json.dumps(event).encode()
    for record in event.get("Records", []):
        if "kinesis" in record:
            yield _decoded(record["kinesis"]["data"])
        elif "Sns" in record:
            yield record["Sns"]["Message"].encode()
