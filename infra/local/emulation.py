"""The deployment into the emulator: the same as to AWS, then what MiniStack leaves out of a template."""

import json
from pathlib import Path
from typing import Any

import boto3

from infra.deploy import deploy
from infra.local.channels import Channels
from infra.local.issuer import AUDIENCE, Issuer
from infra.local.playground import START
from infra.package import Package

REGION = "eu-west-2"
STACK = "throughline-local"
API_STAGE = "api"
# MiniStack's own root key: for deploying only. Who uses the stack gets the developer's key below.
ROOT = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
DEVELOPER = "developer"
MAIL_ADDRESS = "help@throughline.test"
CONNECT_BUCKET = f"{STACK}-connect"
"""Stands for the one into which an Amazon Connect instance writes: on AWS it is there already."""
# No secret: it would be in the source of a page. Any page that this machine serves may send.
PUBLISHABLE_KEY = "pk_local"
LOCAL_ORIGINS = ["http://127.0.0.1:*", "http://localhost:*"]
QUEUES = ("InboxUrl", "InboxDeadLettersUrl")

Json = dict[str, Any]


class Emulation:
    """The emulated account at an endpoint, as its administrator sees it."""

    def __init__(self, endpoint_url: str) -> None:
        self._session = boto3.Session(region_name=REGION, **ROOT)
        self._endpoint_url = endpoint_url

    def deploy(self, package: Package, issuer: Issuer, channels: Channels, secret: str) -> dict[str, str]:
        """Deploys the package and answers the stack's outputs."""
        parameters = {
            "Stage": "local",
            "JwtIssuer": issuer.url,
            "JwtAudience": AUDIENCE,
            "JwtJwksUrl": issuer.jwks_url,
            "DefaultRegion": "GB",
            "Channels": json.dumps(channels),
            "PublicUrl": self._endpoint_url,
            "MailAddresses": MAIL_ADDRESS,
            "ConnectAnalysisBucket": CONNECT_BUCKET,
            "ContinuationSecret": secret,
            "PublishableKeys": json.dumps({PUBLISHABLE_KEY: {"name": "local", "origins": LOCAL_ORIGINS}}),
            "ContinueUrl": self._endpoint_url + START,
        }
        self._make_connect_bucket()
        outputs = deploy(self._session, package, STACK, parameters, endpoint_url=self._endpoint_url)
        self._fill_gaps(package.template, outputs)
        return outputs

    def developer_key(self, outputs: dict[str, str]) -> dict[str, str]:
        """A new key of a user who may call the functions, read table and archive, and work on the inbox."""
        iam = self._client("iam")
        if DEVELOPER not in [user["UserName"] for user in iam.list_users()["Users"]]:
            iam.create_user(UserName=DEVELOPER)
        iam.put_user_policy(
            UserName=DEVELOPER, PolicyName="use-the-stack", PolicyDocument=json.dumps(_policy(outputs))
        )
        for key in iam.list_access_keys(UserName=DEVELOPER)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=DEVELOPER, AccessKeyId=key["AccessKeyId"])
        made = iam.create_access_key(UserName=DEVELOPER)["AccessKey"]
        return {"access_key_id": made["AccessKeyId"], "secret_access_key": made["SecretAccessKey"]}

    def _make_connect_bucket(self) -> None:
        store = self._client("s3")
        if CONNECT_BUCKET not in [bucket["Name"] for bucket in store.list_buckets()["Buckets"]]:
            where = {"LocationConstraint": REGION}
            store.create_bucket(Bucket=CONNECT_BUCKET, CreateBucketConfiguration=where)
        told: Json = {"EventBridgeConfiguration": {}}
        store.put_bucket_notification_configuration(Bucket=CONNECT_BUCKET, NotificationConfiguration=told)

    def _fill_gaps(self, template: Path, outputs: dict[str, str]) -> None:
        """MiniStack reads neither the table's TTL nor the API's gateway responses from a template."""
        resources = json.loads(template.read_text())["Resources"]
        self._set_time_to_live(outputs["TableName"], resources["Table"]["Properties"])
        self._set_gateway_responses(outputs["RestAPIId"], resources["RestAPI"]["Properties"]["GatewayResponses"])

    def _set_time_to_live(self, table: str, properties: Json) -> None:
        tables = self._client("dynamodb")
        if tables.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"] != "ENABLED":
            tables.update_time_to_live(
                TableName=table, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
            )

    def _set_gateway_responses(self, api_id: str, responses: Json) -> None:
        gateway = self._client("apigateway")
        current = {item["responseType"]: item for item in gateway.get_gateway_responses(restApiId=api_id)["items"]}
        wanted = {kind: _gateway_response(response) for kind, response in responses.items()}
        if all(current[kind] | response == current[kind] for kind, response in wanted.items()):
            return
        for kind, response in wanted.items():
            gateway.put_gateway_response(restApiId=api_id, responseType=kind, **response)
        gateway.create_deployment(restApiId=api_id, stageName=API_STAGE)  # they count from the next deployment on

    def _client(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=self._endpoint_url)


def _gateway_response(response: Json) -> Json:
    """A serverless template's gateway response, as API Gateway's own API wants it."""
    headers = response["ResponseParameters"]["Headers"]
    return {
        "statusCode": str(response["StatusCode"]),
        "responseTemplates": response["ResponseTemplates"],
        "responseParameters": {f"gatewayresponse.header.{name}": value for name, value in headers.items()},
    }


def _policy(outputs: dict[str, str]) -> Json:
    functions = f"arn:aws:lambda:{REGION}:*:function:{STACK}-*"
    table = f"arn:aws:dynamodb:{REGION}:*:table/{outputs['TableName']}"
    archive = f"arn:aws:s3:::{outputs['ArchiveBucket']}"
    written = [f"arn:aws:s3:::{bucket}/*" for bucket in (outputs["MailBucket"], CONNECT_BUCKET)]
    queues = [f"arn:aws:sqs:{REGION}:*:{outputs[url].rpartition('/')[2]}" for url in QUEUES]
    on_queues = ["ReceiveMessage", "SendMessage", "DeleteMessage", "GetQueueAttributes"]
    on_queues.append("SendMessageBatch")  # for MiniStack; AWS asks for SendMessage
    reads = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan"]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": functions},
            {"Effect": "Allow", "Action": [*reads, "dynamodb:DescribeTable"], "Resource": table},
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:GetObject"],
                "Resource": [archive, f"{archive}/*"],
            },
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": written},
            {"Effect": "Allow", "Action": [f"sqs:{action}" for action in on_queues], "Resource": queues},
        ],
    }
