"""The inbox: the keys of what was archived and waits to be processed, in SQS."""

import json
from dataclasses import dataclass

from chalicelib.models.aws import client, translated


@dataclass(frozen=True)
class Inbox:
    """The queue. Raises `Unavailable` where SQS does not answer."""

    url: str
    region: str

    def send(self, key: str) -> None:
        with translated("SendMessage"):
            client("sqs", self.region).send_message(QueueUrl=self.url, MessageBody=json.dumps({"key": key}))


def key_in(message: str) -> str:
    """The key in the body of a message."""
    return str(json.loads(message)["key"])
