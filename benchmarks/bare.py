"""A bare echo and a bare relay on the same stack: what a socket and a function cost by themselves."""

import io
import json
import zipfile
from typing import Any

import boto3

from infra.local.emulation import ROOT

ROLE = "bare"
CODE = """
import os, boto3
CLIENT = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["SOCKET_URL"])

def connect(event, context):
    return {"statusCode": 200}

def answer(event, context):
    to, _, text = event["body"].partition("|")
    if not to:
        return {"statusCode": 200, "body": text or event["requestContext"]["connectionId"]}
    CLIENT.post_to_connection(ConnectionId=to, Data=text.encode())
    return {"statusCode": 200}
"""
"""`|text` comes back as the answer, `<connection>|text` is posted to that connection, `|` answers one's own id."""


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


def _role(iam: Any) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    try:
        made = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    except iam.exceptions.EntityAlreadyExistsException:
        made = iam.get_role(RoleName=ROLE)
    may = {"Effect": "Allow", "Action": "execute-api:ManageConnections", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [may]})
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
        Environment={"Variables": {"SOCKET_URL": url}},
    )
    arn: str = made["FunctionArn"]
    return arn
