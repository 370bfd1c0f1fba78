"""What could not be processed of what providers sent: `python -m infra.inbox list|show KEY|redrive`.

Of the local stack (.local/stack.json) or, with --stack NAME, of one on AWS.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from tqdm import tqdm

from infra.target import NoTarget, Target, find_target

HIDDEN_SECONDS = 5
"""For so long is a message that was looked at not shown to another."""
BATCH = 10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["list", "show", "redrive"])
    parser.add_argument("key", nargs="?", help="of what is to be shown")
    parser.add_argument("--stack", help="a CloudFormation stack on AWS")
    parser.add_argument("--folder", type=Path, default=Path(".local"), help="of the local stack that runs")
    chosen = parser.parse_args()
    if chosen.command == "show" and not chosen.key:
        parser.error("say which: show KEY")
    try:
        target = find_target(chosen.stack, chosen.folder)
        COMMANDS[chosen.command](target, chosen.key)
    except (NoTarget, BotoCoreError, ClientError) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def show_list(target: Target, _key: str | None) -> None:
    """One line for each message that was set aside: how often it was tried, and what it names."""
    found = list(_set_aside(target))
    for message in found:
        print(f"{message['Attributes']['ApproximateReceiveCount']:>4}  {_key_of(message)}")
    print(f"{len(found)} set aside")


def show(target: Target, key: str | None) -> None:
    """What is archived under a key, as it was sent but for what is masked."""
    print(target.client("s3").get_object(Bucket=target.archive, Key=key)["Body"].read().decode())


def redrive(target: Target, _key: str | None) -> None:
    """Puts everything that was set aside back into the inbox, each before it is taken away."""
    queue = target.client("sqs")
    moved = 0
    for message in tqdm(_set_aside(target), "  putting back", disable=None):
        queue.send_message(QueueUrl=target.inbox, MessageBody=message["Body"])
        queue.delete_message(QueueUrl=target.dead_letters, ReceiptHandle=message["ReceiptHandle"])
        moved += 1
    print(f"{moved} put back")


def _set_aside(target: Target) -> Iterator[dict[str, Any]]:
    queue = target.client("sqs")
    seen: set[str] = set()
    while True:
        answer = queue.receive_message(
            QueueUrl=target.dead_letters,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=HIDDEN_SECONDS,
            AttributeNames=["ApproximateReceiveCount"],
        )
        fresh = [message for message in answer.get("Messages", []) if message["MessageId"] not in seen]
        if not fresh:
            return
        seen |= {message["MessageId"] for message in fresh}
        yield from fresh


def _key_of(message: dict[str, Any]) -> str:
    """What a message names; one that names nothing is shown by its id."""
    try:
        return str(json.loads(message["Body"])["key"])
    except (ValueError, KeyError, TypeError):
        return f"(not readable: {message['MessageId']})"


COMMANDS = {"list": show_list, "show": show, "redrive": redrive}


if __name__ == "__main__":
    sys.exit(main())
