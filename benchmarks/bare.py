"""A bare echo and bare relays on the same stack: what a socket and a function cost there, and what a write.

The relays post to another connection; some read and write a table first, as whatever keeps a message must.
"""

import io
import json
import zipfile
from contextlib import suppress
from typing import Any

import boto3

from infra.local.emulation import ROOT

ROLE = "bare"
TABLE = "bare"
CODE = """
import json, os, boto3
TABLE = os.environ["TABLE"]
POSTS = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["SOCKET_URL"])
TABLES = boto3.client("dynamodb")

def connect(event, context):
    return {"statusCode": 200}

def answer(event, context):
    asked = json.loads(event["body"])
    if asked["to"] is None:
        return {"statusCode": 200, "body": asked["text"] or event["requestContext"]["connectionId"]}
    if asked.get("read"):
        TABLES.query(TableName=TABLE, KeyConditionExpression="PK = :room", ConsistentRead=True,
                     ExpressionAttributeValues={":room": {"S": "room"}})
    items = [{"PK": {"S": f"{asked['text']}-{n}"}, "SK": {"S": "1"}} for n in range(asked.get("write", 0))]
    if items:
        TABLES.transact_write_items(TransactItems=[
            {"Put": {"TableName": TABLE, "Item": item, "ConditionExpression": "attribute_not_exists(PK)"}}
            for item in items
        ])
    POSTS.post_to_connection(ConnectionId=asked["to"], Data=asked["text"].encode())
    return {"statusCode": 200}
"""
"""`to`: the connection that `text` is posted to; null: it is the answer, and without a text one's own id is.
Before it posts it reads a room of three items, if `read`, and writes as many items as `write` says, at once."""


def deploy(stack: dict[str, Any]) -> str:
    """Puts it onto the emulated account of a running local stack, and gives the address of its socket."""
    session = boto3.Session(region_name=stack["region"], **ROOT)
    gateway, functions, iam = (
        session.client(service, endpoint_url=stack["endpoint_url"])
        for service in ("apigatewayv2", "lambda", "iam")
    )
    api = gateway.create_api(
        Name="bare", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )
    path = f"/_aws/execute-api/{api['ApiId']}/api"
    _make_table(session.client("dynamodb", endpoint_url=stack["endpoint_url"]))
    for route, handler in (("$connect", "connect"), ("$default", "answer")):
        arn = _function(
            functions,
            _role(iam),
            f"bare-{handler}-{api['ApiId']}",
            handler,
            stack["endpoint_url"] + path,
        )
        uri = f"arn:aws:apigateway:{stack['region']}:lambda:path/2015-03-31/functions/{arn}/invocations"
        made = gateway.create_integration(ApiId=api["ApiId"], IntegrationType="AWS_PROXY", IntegrationUri=uri)
        gateway.create_route(ApiId=api["ApiId"], RouteKey=route, Target=f"integrations/{made['IntegrationId']}")
    gateway.create_stage(ApiId=api["ApiId"], StageName="api", AutoDeploy=True)
    host = stack["endpoint_url"].removeprefix("http://")
    return f"ws://{host}{path}"


def _make_table(tables: Any) -> None:
    keys = {"PK": "HASH", "SK": "RANGE"}
    with suppress(tables.exceptions.ResourceInUseException):
        tables.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
            BillingMode="PAY_PER_REQUEST",
        )
    for number in range(3):
        tables.put_item(TableName=TABLE, Item={"PK": {"S": "room"}, "SK": {"S": f"{number}"}})


def _role(iam: Any) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    try:
        made = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    except iam.exceptions.EntityAlreadyExistsException:
        made = iam.get_role(RoleName=ROLE)
    may = {"Effect": "Allow", "Action": "execute-api:ManageConnections", "Resource": "*"}
    keeps = {"Effect": "Allow", "Action": ["dynamodb:Query", "dynamodb:PutItem"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may, keeps]})
    iam.put_role_policy(RoleName=ROLE, PolicyName="post", PolicyDocument=document)
    arn: str = made["Role"]["Arn"]
    return arn


def _function(functions: Any, role: str, name: str, handler: str, url: str) -> str:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        file.writestr("bare.py", CODE)
    made = functions.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role=role,
        Handler=f"bare.{handler}",
        Code={"ZipFile": zipped.getvalue()},
        Timeout=10,
        MemorySize=1024,
        Environment={"Variables": {"SOCKET_URL": url, "TABLE": TABLE}},
    )
    arn: str = made["FunctionArn"]
    return arn
