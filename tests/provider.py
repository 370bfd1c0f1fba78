"""A provider that calls the webhook, and the consumer run on what waits in the queue."""

from dataclasses import dataclass
from typing import Any

from chalice.test import Client, HTTPResponse

from chalicelib.models import aws
from chalicelib.models.archive import Archive
from chalicelib.models.items import Event, Item
from tests.channels.sample import Sample
from tests.settings import SETTINGS


@dataclass
class Provider:
    """Sends to the webhook, and runs the consumer on what waits in the queue."""

    client: Client

    def send(self, sample: Sample, channel: str = "twilio", **headers: str) -> HTTPResponse:
        raw = sample.request(channel)
        path = f"/v1/channels/{channel}/inbound"
        return self.client.http.post(path, headers={**raw.headers, **headers}, body=sample.body)

    def waiting(self) -> list[str]:
        """Takes what waits: the bodies of the messages."""
        queue = aws.client("sqs", SETTINGS.region)
        found: list[str] = []
        while messages := queue.receive_message(QueueUrl=SETTINGS.inbox_url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                found.append(message["Body"])
                queue.delete_message(QueueUrl=SETTINGS.inbox_url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def process(self, *messages: str) -> list[str]:
        """Hands these to the consumer, or what waits: the messages that failed."""
        records = [
            {"messageId": f"m-{n}", "body": body, "eventSource": "aws:sqs"}
            for n, body in enumerate(messages or self.waiting())
        ]
        answer: Any = self.client.lambda_.invoke("process_inbox", {"Records": records}).payload
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def open_inbox() -> None:
    """Makes the bucket and the queue."""
    aws.client("s3", SETTINGS.region).create_bucket(
        Bucket=SETTINGS.archive_bucket, CreateBucketConfiguration={"LocationConstraint": SETTINGS.region}
    )
    aws.client("sqs", SETTINGS.region).create_queue(QueueName="inbox-test")


def archive() -> Archive:
    return Archive(SETTINGS.archive_bucket, SETTINGS.region)


def events() -> list[Any]:
    return [item for item in Item.scan() if isinstance(item, Event)]
