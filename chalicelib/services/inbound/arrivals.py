"""Which mails and files AWS tells of: S3 that one was put into the bucket, or SES that it received one."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

Arrival = tuple[str, str]
"""Bucket and key of a raw mail, or of another file."""
NO_MAIL = "AMAZON_SES_SETUP_NOTIFICATION"
"""What SES calls the file by which it tries whether it may write, when a rule is made; a prefix may precede it."""


def arrivals(told: Any, mail_bucket: str = "") -> Iterator[Arrival]:
    """The mails, or other files, in an event of S3 or SES, by itself or in an envelope of EventBridge, SNS or SQS.

    SES names no bucket where it calls a function: its message id is then the key in `mail_bucket`, as its
    S3 action puts it. What tells of no new mail has none.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
    """
    if not isinstance(told, dict):
        return
    if told.get("detail-type") == "Object Created":
        yield from _put(told["detail"]["bucket"], told["detail"]["object"]["key"])
    elif "receipt" in told and "mail" in told:
        yield _received(told, mail_bucket)
    elif isinstance(told.get("Message"), str):  # SNS's envelope in a message of SQS
        yield from arrivals(_opened(told["Message"]), mail_bucket)
    for record in told.get("Records") or []:
        yield from _of_record(record, mail_bucket)


def _of_record(record: dict[str, Any], mail_bucket: str) -> Iterator[Arrival]:
    if "s3" in record and str(record.get("eventName")).startswith("ObjectCreated:"):
        yield from _put(record["s3"]["bucket"], unquote_plus(record["s3"]["object"]["key"]))
    elif "ses" in record:
        yield from arrivals(record["ses"], mail_bucket)
    elif "Sns" in record:
        yield from arrivals(_opened(record["Sns"]["Message"]), mail_bucket)
    elif isinstance(record.get("body"), str):
        yield from arrivals(_opened(record["body"]), mail_bucket)


def _put(bucket: dict[str, Any], key: str) -> Iterator[Arrival]:
    if not key.endswith(NO_MAIL):
        yield bucket["name"], key


def _received(told: dict[str, Any], mail_bucket: str) -> Arrival:
    action = told["receipt"].get("action", {})
    if "objectKey" in action:
        return action["bucketName"], action["objectKey"]
    return mail_bucket, told["mail"]["messageId"]


def _opened(envelope: str) -> Any:
    try:
        return json.loads(envelope)
    except (ValueError, RecursionError):  # it is no envelope: whoever reads what is in it says what is wrong
        return None
