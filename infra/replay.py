"""Rebuilds what was made of what providers sent: `python -m infra.replay [--channel NAME] [--since YYYY-MM-DD]`.

Queues every key of the archive, oldest first in each channel, for the deployed code to process again. What is
there already stays as it is, so it may be done at any time, and again where it was interrupted.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from tqdm import tqdm

from infra.target import NoTarget, Target, find_target

BATCH = 10
PREFIX = "inbound/"
LOOK_AGAIN_SECONDS = 1.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--channel", help="only what came by this channel")
    parser.add_argument("--since", type=date.fromisoformat, help="only what came on this day (UTC) or later")
    parser.add_argument("--stack", help="a CloudFormation stack on AWS; else the local one")
    parser.add_argument("--folder", type=Path, default=Path(".local"), help="of the local stack that runs")
    chosen = parser.parse_args()
    try:
        target = find_target(chosen.stack, chosen.folder)
        queued = replay(target, chosen.channel, chosen.since)
        wait(target)
    except (NoTarget, BotoCoreError, ClientError) as reason:
        print(reason, file=sys.stderr)
        return 1
    print(f"{queued} processed again; what failed is listed by: python -m infra.inbox list")
    return 0


def replay(target: Target, channel: str | None, since: date | None) -> int:
    """Queues what is archived: how much that is."""
    queue, queued = target.client("sqs"), 0
    for keys in _batches(tqdm(keys_of(target, channel, since), "  queueing", unit=" requests", disable=None)):
        entries = [{"Id": str(n), "MessageBody": json.dumps({"key": key})} for n, key in enumerate(keys)]
        answer = queue.send_message_batch(QueueUrl=target.inbox, Entries=entries)
        if failed := answer.get("Failed"):
            raise NoTarget(f"SQS did not take {len(failed)} of a batch: do it again")
        queued += len(keys)
    return queued


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while batch := list(islice(rest, BATCH)):
        yield batch


def keys_of(target: Target, channel: str | None, since: date | None) -> Iterator[str]:
    pages = target.client("s3").get_paginator("list_objects_v2")
    prefix = f"{PREFIX}{channel}/" if channel else PREFIX
    for page in pages.paginate(Bucket=target.archive, Prefix=prefix):
        for item in page.get("Contents", []):
            if since is None or day_of(item["Key"]) >= since:
                yield item["Key"]


def day_of(key: str) -> date:
    """The day on which it came, which is in its key."""
    return datetime.strptime("/".join(key.split("/")[2:5]) + " +0000", "%Y/%m/%d %z").date()


def wait(target: Target) -> None:
    """Until nothing waits in the inbox and nothing is being processed."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    queue = target.client("sqs")
    left = most = _left(queue, target.inbox, names)
    with tqdm(total=most, desc="  processing", unit=" requests", disable=None) as bar:
        while left:
            time.sleep(LOOK_AGAIN_SECONDS)
            left = _left(queue, target.inbox, names)
            bar.update(max(most - left - bar.n, 0))


def _left(queue: Any, url: str, names: list[str]) -> int:
    attributes = queue.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(attributes[name]) for name in names)


if __name__ == "__main__":
    sys.exit(main())
