"""The providers and AWS around the product: what they hand over comes in by its own functions, to the table.

S3 and SQS are moto's, in this process; the table stays wherever it is, for moto only answers for AWS's own
addresses.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chalicelib.models import aws
from infra.engine import REGION
from infra.evaluate import envelopes
from infra.evaluate.frame import Fresh
from infra.evaluate.product import TRIES, Json, Product, Refused

PUBLIC_URL = "https://api.example.com"
ARCHIVE, MAIL = "archive-evaluation", "mail-evaluation"
QUEUE = "inbox-evaluation"


@dataclass(frozen=True)
class Providers:
    """Hands over and has what was queued processed. Raises `Refused` where the product does not take it."""

    product: Product
    token: str
    queue_url: str

    def post_form(self, fields: dict[str, str]) -> None:
        """Twilio's post."""
        path = "/channels/twilio/inbound"
        headers, body = envelopes.signed_form(f"{PUBLIC_URL}/v1{path}", self.token, fields)
        self.product.send("POST", path, headers, body)
        self._process()

    def run_flow(self, blocks: dict[str, Json]) -> None:
        """An Amazon Connect flow calls these functions, one after the other: it waits for each answer."""
        for function, event in blocks.items():
            answer = self.product.invoke(function, event)
            if answer["reason"] in {"internal_error", "unavailable"}:
                raise Refused(f"{function} answered {answer['reason']}")

    def tell(self, event: Json) -> None:
        """What AWS tells of Amazon Connect."""
        self.product.invoke("take_in_connect", event)
        self._process()

    def put_mail(self, key: str, raw: bytes) -> None:
        """What SES received, and S3 tells of."""
        aws.client("s3", REGION).put_object(Bucket=MAIL, Key=key, Body=raw)
        told = {"bucket": {"name": MAIL}, "object": {"key": key}}
        self.product.invoke("take_in_mail", {"detail-type": "Object Created", "detail": told})
        self._process()

    def _process(self) -> None:
        waiting = enumerate(self._take_waiting())
        records = [{"eventSource": "aws:sqs", "messageId": str(n), "body": body} for n, body in waiting]
        for _ in range(TRIES):
            answer = self.product.invoke("process_inbox", {"Records": records})
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
            records = [record for record in records if record["messageId"] in failed]
            if not records:
                return
        raise Refused("what was queued could not be processed: why is in the log")

    def _take_waiting(self) -> Iterator[str]:
        queue = aws.client("sqs", REGION)
        for message in queue.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages", []):
            queue.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
            yield message["Body"]


@contextmanager
def providers(fresh: Fresh, addresses: set[str]) -> Iterator[Providers]:
    """A fresh product that receives mail at these addresses, and all that stands around it."""
    from moto import mock_aws  # most evaluations need none

    token, queue_url = secrets.token_hex(16), f"https://sqs.{REGION}.amazonaws.com/123456789012/{QUEUE}"
    settings: dict[str, Any] = {
        "archive_bucket": ARCHIVE,
        "inbox_url": queue_url,
        "mail_addresses": frozenset(addresses),
        "public_url": PUBLIC_URL,
        "channels": {"twilio": {"auth_token": token}},
    }
    with fresh(**settings) as product, mock_aws():
        for bucket in (ARCHIVE, MAIL):
            where = {"LocationConstraint": REGION}
            aws.client("s3", REGION).create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
        aws.client("sqs", REGION).create_queue(QueueName=QUEUE)
        yield Providers(product, token, queue_url)
