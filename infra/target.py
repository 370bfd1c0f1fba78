"""Which deployment a command works on: the local stack that runs, or one on AWS by its stack's name."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3


class NoTarget(Exception):
    """There is no such deployment; the message says what to do."""


@dataclass(frozen=True)
class Target:
    """Where the archive and the queues of a deployment are, and how to reach them."""

    session: boto3.Session
    endpoint_url: str | None
    archive: str
    inbox: str
    dead_letters: str

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.endpoint_url)


def find_target(stack: str | None, folder: Path) -> Target:
    """The stack of this name on AWS or, without one, the local stack of this folder. Raises `NoTarget`."""
    return _on_aws(stack) if stack else _here(folder)


def _here(folder: Path) -> Target:
    try:
        description = json.loads((folder / "stack.json").read_text())
    except FileNotFoundError as error:
        raise NoTarget("the local stack is not running; start it with: make run") from error
    session = boto3.Session(
        region_name=description["region"],
        aws_access_key_id=description["credentials"]["access_key_id"],
        aws_secret_access_key=description["credentials"]["secret_access_key"],
    )
    queues = description["queues"]
    archive = description["buckets"]["archive"]
    return Target(session, description["endpoint_url"], archive, queues["inbox"], queues["inbox_dead_letters"])


def _on_aws(stack: str) -> Target:
    session = boto3.Session()
    described = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    try:
        return Target(session, None, outputs["ArchiveBucket"], outputs["InboxUrl"], outputs["InboxDeadLettersUrl"])
    except KeyError as error:
        raise NoTarget(f"the stack {stack} has no output {error}: deploy it anew") from error
