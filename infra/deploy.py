"""Deploys build/ with CloudFormation: to AWS (`make deploy STAGE=…`) and, the same way, to the local stack."""

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from infra.dependencies import CannotPackage
from infra.package import Package, make
from infra.template import with_code

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]  # roles of our own; the serverless transform
WAIT = {"Delay": 1, "MaxAttempts": 1800}
NO_CHANGES = "No updates are to be performed"
STAGES = Path("infra/stages")
# The stage that trusts an issuer without https: for a developer's own machine, never for AWS.
LOCAL = "local"


class CannotDeploy(Exception):
    """The deployment is refused or failed; the message says why."""


def deploy(
    session: boto3.Session,
    package: Package,
    stack_name: str,
    parameters: Mapping[str, str],
    *,
    endpoint_url: str | None = None,
) -> dict[str, str]:
    """Creates the stack or updates it, and answers its outputs by name."""
    store = session.client("s3", endpoint_url=endpoint_url)
    formation = session.client("cloudformation", endpoint_url=endpoint_url)
    account = session.client("sts", endpoint_url=endpoint_url).get_caller_identity()["Account"]
    bucket = f"throughline-deploy-{account}-{session.region_name}"
    _ensure_bucket(store, bucket, session.region_name)
    code = _upload(store, bucket, package.code.read_bytes(), ".zip")
    template = with_code(json.loads(package.template.read_text()), bucket, code)
    key = _upload(store, bucket, json.dumps(template).encode(), ".json")
    url = store.generate_presigned_url("get_object", {"Bucket": bucket, "Key": key}).split("?")[0]
    _apply(formation, stack_name, url, parameters)
    stack = formation.describe_stacks(StackName=stack_name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _ensure_bucket(store: Any, bucket: str, region: str) -> None:
    """A private bucket for what is deployed; made once per account and region."""
    try:
        store.head_bucket(Bucket=bucket)
    except ClientError:
        where = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
        store.create_bucket(Bucket=bucket, **where)
        closed = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        )
        store.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=closed)


def _upload(store: Any, bucket: str, content: bytes, suffix: str) -> str:
    """Puts the content under its own hash: the same content is uploaded once, and never overwritten."""
    key = hashlib.sha256(content).hexdigest() + suffix
    try:
        store.head_object(Bucket=bucket, Key=key)
    except ClientError:
        store.put_object(Bucket=bucket, Key=key, Body=content)
    return key


def _apply(formation: Any, stack_name: str, url: str, parameters: Mapping[str, str]) -> None:
    request = {
        "StackName": stack_name,
        "TemplateURL": url,
        "Capabilities": CAPABILITIES,
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    }
    exists = _exists(formation, stack_name)
    try:
        (formation.update_stack if exists else formation.create_stack)(**request)
        waiter = formation.get_waiter("stack_update_complete" if exists else "stack_create_complete")
        waiter.wait(StackName=stack_name, WaiterConfig=WAIT)
    except ClientError as error:
        if NO_CHANGES not in str(error):
            raise CannotDeploy(str(error)) from error
    except WaiterError as error:
        raise CannotDeploy(_reasons(formation, stack_name)) from error


def _exists(formation: Any, stack_name: str) -> bool:
    try:
        formation.describe_stacks(StackName=stack_name)
    except ClientError:
        return False
    return True


def _reasons(formation: Any, stack_name: str) -> str:
    """What CloudFormation says went wrong, first cause first."""
    events = formation.describe_stack_events(StackName=stack_name)["StackEvents"]
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("FAILED")]
    return "\n".join(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed)


def parameters_of(stage: str, folder: Path = STAGES) -> dict[str, str]:
    """The template's parameters for a stage of AWS, from its file."""
    if stage == LOCAL:
        raise CannotDeploy("the stage local trusts a development issuer; it runs with `make run` and nowhere else")
    if not re.fullmatch(r"[a-z][a-z0-9]{1,15}", stage):
        raise CannotDeploy("say which stage, in lower-case letters and digits: make deploy STAGE=dev")
    file = folder / f"{stage}.json"
    if not file.exists():
        raise CannotDeploy(f"{file} is missing: copy {folder}/example.json and fill it in (docs/deploy-aws.md)")
    parameters: dict[str, str] = json.loads(file.read_text())
    return {**parameters, "Stage": stage}


def main() -> int:
    parser = argparse.ArgumentParser(description="Deploy Throughline to the AWS account of the environment.")
    parser.add_argument("--stage", required=True)
    stage: str = parser.parse_args().stage
    try:
        parameters = parameters_of(stage)
        outputs = deploy(boto3.Session(), make("lambda"), f"throughline-{stage}", parameters)
    except (CannotDeploy, CannotPackage, BotoCoreError, ClientError) as reason:
        print(reason, file=sys.stderr)
        return 1
    for name, value in sorted(outputs.items()):
        print(f"{name:24} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
