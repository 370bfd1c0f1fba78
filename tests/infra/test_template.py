"""What the template that is deployed must say, read from the package itself."""

import json
from pathlib import Path
from typing import Any

import pytest
from pynamodb.attributes import TTLAttribute

from chalicelib.models.items import Item
from infra.dependencies import target_of_this_machine
from infra.gateway_responses import gateway_responses
from infra.package import make
from infra.template import finish, functions, with_code

Json = dict[str, Any]

AUDIT_ROLES = {"AuditStreamRole", "AuditForwarderRole"}


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """The template as it is packaged from this working tree."""
    package = make(target_of_this_machine(), tmp_path_factory.mktemp("package") / "build")
    packaged: Json = json.loads(package.template.read_text())
    return packaged


def test_the_table_is_the_one_that_the_models_declare(template: Json) -> None:
    """Given PynamoDB's declaration, when the template's table is held against it, then they agree."""
    table = template["Resources"]["Table"]["Properties"]
    names = {attribute.attr_name: attribute for attribute in Item.get_attributes().values()}
    keys = {
        "HASH": next(name for name, attribute in names.items() if attribute.is_hash_key),
        "RANGE": next(name for name, attribute in names.items() if attribute.is_range_key),
    }
    assert {key["KeyType"]: key["AttributeName"] for key in table["KeySchema"]} == keys
    assert {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]} == {
        name: names[name].attr_type for name in keys.values()
    }
    assert table["BillingMode"] == Item.Meta.billing_mode
    assert table["StreamSpecification"]["StreamViewType"] == Item.Meta.stream_view_type
    (time_to_live,) = (attribute for attribute in names.values() if isinstance(attribute, TTLAttribute))
    assert table["TimeToLiveSpecification"] == {"AttributeName": time_to_live.attr_name, "Enabled": True}


def test_the_table_is_safe(template: Json) -> None:
    """Given customers' records, then they are encrypted, can be restored, and outlive the stack."""
    table = template["Resources"]["Table"]
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["Properties"]["SSESpecification"] == {"SSEEnabled": True}
    assert table["DeletionPolicy"] == "RetainExceptOnCreate"
    assert table["Properties"]["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}


def test_every_function_has_its_furniture(template: Json) -> None:
    """Given any function, then its logs expire, it raises alarms, and it runs where its wheels were built for."""
    assert set(functions(template)) == {
        *(
            "APIHandler",
            "ConnectLookup",
            "ConnectSaveFacts",
            "EndSilent",
            "FollowContact",
            "ProcessInbox",
            "TakeInConnect",
            "TakeInMail",
            "WebsocketConnect",
            "WebsocketDisconnect",
            "WebsocketMessage",
        ),
    }
    resources = template["Resources"]
    for name in functions(template):
        properties = resources[name]["Properties"]
        assert properties["Runtime"] == "python3.11"
        assert properties["Architectures"] == ["x86_64"]
        assert properties["LoggingConfig"] == {"LogGroup": {"Ref": f"{name}Logs"}}
        assert resources[f"{name}Logs"]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
        assert resources[f"{name}Audit"]["Properties"]["LogGroupName"] == {"Ref": f"{name}Logs"}
        alarms = {
            resources[f"{name}{what}"]["Properties"]["MetricName"]
            for what in ("Fails", "Throttled", "Slow", "AuditStuck")
        }
        assert alarms == {"Errors", "Throttles", "Duration", "DeliveryErrors"}


def test_the_socket_answers_and_follows_its_routes(template: Json) -> None:
    """Given a socket, then what its function returns goes back, and a stage needs no deployment of its own."""
    resources = template["Resources"]
    assert not [one for one in resources.values() if one["Type"] == "AWS::ApiGatewayV2::Deployment"]
    assert resources["WebsocketAPIStage"]["Properties"]["AutoDeploy"] is True
    route = resources["WebsocketMessageRoute"]["Properties"]
    assert (route["RouteKey"], route["RouteResponseSelectionExpression"]) == ("$default", "$default")
    assert resources["WebsocketMessageAnswer"]["Properties"]["RouteId"] == {"Ref": "WebsocketMessageRoute"}


def test_permissions_are_the_least(template: Json) -> None:
    """Given the functions' roles, then none has a wildcard, a managed policy or a Scan."""
    roles = _roles(template)
    assert len(roles) == len(functions(template)) + len(AUDIT_ROLES)
    for role in roles.values():
        assert "ManagedPolicyArns" not in role
        for statement in _statements(role):
            assert statement["Resource"] != "*"
            assert not [action for action in _actions(statement) if "*" in action or action.endswith(":Scan")]


def test_the_audit_log_is_kept_apart(template: Json) -> None:
    """Given audit events, then they go on from every function's logs to a store with a retention of its own."""
    resources = template["Resources"]
    filters = [resources[f"{name}Audit"]["Properties"] for name in functions(template)]
    assert {forward["FilterPattern"] for forward in filters} == {'{ $.service = "throughline-audit" }'}
    assert all(forward["DestinationArn"] == {"Fn::GetAtt": ["AuditStream", "Arn"]} for forward in filters)
    kept = resources["AuditStream"]["Properties"]["ExtendedS3DestinationConfiguration"]
    assert kept["BucketARN"] == {"Fn::GetAtt": ["AuditLog", "Arn"]}
    steps = [step["Type"] for step in kept["ProcessingConfiguration"]["Processors"]]
    assert steps == ["Decompression", "CloudWatchLogProcessing", "AppendDelimiterToRecord"]
    (rule,) = resources["AuditLog"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == {"Ref": "AuditRetentionDays"}


def test_nobody_can_take_an_event_off_the_audit_log(template: Json) -> None:
    """Given an event that is kept, then nobody may delete it, it outlives the stack, and writing over it shows."""
    resources = template["Resources"]
    bucket = resources["AuditLog"]
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
    assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    denied = resources["AuditLogPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert {(statement["Effect"], statement["Principal"]) for statement in denied} == {("Deny", "*")}
    assert ["s3:DeleteObject", "s3:DeleteObjectVersion"] in [statement["Action"] for statement in denied]


def test_no_function_can_reach_the_audit_log(template: Json) -> None:
    """Given the functions, then the log lines that they print are their only way to it."""
    for name, role in _roles(template).items():
        reached = [
            json.dumps(statement["Resource"])
            for statement in _statements(role)
            if {action.split(":")[0] for action in _actions(statement)} & {"s3", "firehose"}
        ]
        assert any("udit" in resource for resource in reached) == (name in AUDIT_ROLES), name


def test_the_archive_is_written_by_the_api_and_read_by_the_consumer(template: Json) -> None:
    """Given what was sent, then a function can either keep or read it, and no other can do anything.

    The API hands out what is attached, and the stream keeps what came by the API: nothing else.
    """
    on_archive = {
        name: {
            action
            for statement in _statements(role)
            if "Archive" in json.dumps(statement["Resource"])
            for action in _actions(statement)
        }
        for name, role in _roles(template).items()
    }
    used = {name: actions for name, actions in on_archive.items() if actions}
    assert used == {
        "ApiHandlerRole": {"s3:PutObject", "s3:GetObject", "s3:ListBucket"},
        "FollowContactRole": {"s3:PutObject"},
        "TakeInConnectRole": {"s3:PutObject"},
        "TakeInMailRole": {"s3:PutObject"},
        "ProcessInboxRole": {"s3:GetObject"},
        "WebsocketMessageRole": {"s3:PutObject", "s3:GetObject", "s3:ListBucket"},
    }
    roles = _roles(template)
    assert _where(roles["ApiHandlerRole"], "s3:PutObject") == {"inbound/*"}
    assert _where(roles["ApiHandlerRole"], "s3:GetObject") == {"attachments/*"}
    assert _where(roles["FollowContactRole"], "s3:PutObject") == {"inbound/api/*"}
    assert _where(roles["WebsocketMessageRole"], "s3:PutObject") == {"attachments/webchat/*"}
    assert _where(roles["WebsocketMessageRole"], "s3:GetObject") == {"attachments/webchat/*"}
    (listing,) = (one for one in _statements(roles["ApiHandlerRole"]) if "s3:ListBucket" in _actions(one))
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "attachments/*"}}


def _where(role: Json, action: str) -> set[str]:
    """Below which keys of a bucket a role may do it."""
    found = (one["Resource"]["Fn::Sub"] for one in _statements(role) if action in _actions(one))
    return {resource.partition("/")[2] for resource in found}


def test_of_connects_own_bucket_only_what_contact_lens_finds_is_read(template: Json) -> None:
    """Given the bucket, then one function is told of files below Analysis/, and may read only these."""
    events = template["Resources"]["TakeInConnect"]["Properties"]["Events"]
    assert events["AnalysisFiles"]["Properties"]["Pattern"]["detail"] == {
        "bucket": {"name": [{"Ref": "ConnectAnalysisBucket"}]},
        "object": {"key": [{"prefix": "Analysis/"}]},
    }
    reading = {
        name: statement["Resource"]["Fn::If"][1]
        for name, role in _roles(template).items()
        for statement in _statements(role)
        if "ConnectAnalysisBucket" in json.dumps(statement)
    }
    files = {"Fn::Sub": "arn:${AWS::Partition}:s3:::${ConnectAnalysisBucket}/Analysis/*"}
    assert reading == {"TakeInConnectRole": files}


def test_what_cannot_be_processed_is_set_aside(template: Json) -> None:
    """Given a message that fails, then only it comes again, some times, and is then set aside."""
    (source,) = template["Resources"]["ProcessInbox"]["Properties"]["Events"].values()
    assert source["Properties"]["Queue"] == {"Fn::GetAtt": ["Inbox", "Arn"]}
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    queue = template["Resources"]["Inbox"]["Properties"]
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": ["InboxDeadLetters", "Arn"]}
    assert queue["VisibilityTimeout"] >= 6 * template["Resources"]["ProcessInbox"]["Properties"]["Timeout"]


def test_the_stream_is_read_carefully(template: Json) -> None:
    """Given a record that cannot be processed, then only it is tried again, not for ever, and is set aside."""
    (source,) = template["Resources"]["FollowContact"]["Properties"]["Events"].values()
    assert source["Properties"]["Stream"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["Properties"]["BisectBatchOnFunctionError"]
    assert source["Properties"]["MaximumRetryAttempts"] < 10
    assert "OnFailure" in source["Properties"]["DestinationConfig"]


def test_connect_functions_answer_within_its_eight_seconds(template: Json) -> None:
    """Given that Connect waits for 8 s, then no function of a flow runs longer, and only Connect may call it."""
    for name in ("ConnectLookup", "ConnectSaveFacts"):
        assert template["Resources"][name]["Properties"]["Timeout"] <= 8
        permission = template["Resources"][f"{name}Permission"]
        assert permission["Condition"] == "HasConnect"
        assert permission["Properties"]["SourceArn"] == {"Ref": "ConnectInstanceArn"}


def test_no_secret_and_no_local_issuer_is_built_in(template: Json) -> None:
    """Given the package, then issuer and keys are parameters without a default, keys hidden and hashed."""
    parameters = template["Parameters"]
    assert not [name for name in ("JwtIssuer", "JwtAudience", "JwtJwksUrl") if "Default" in parameters[name]]
    assert parameters["ApiKeys"]["NoEcho"] is True
    assert parameters["ApiKeys"]["Default"] == "{}"


def test_gateway_errors_are_problems(template: Json) -> None:
    """Given an error that API Gateway itself answers, then its body is a problem with its own status."""
    responses = template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    assert responses == gateway_responses()
    for kind, response in responses.items():
        problem = json.loads(response["ResponseTemplates"]["application/json"])
        assert problem["status"] == response["StatusCode"], kind
        assert problem["correlation_id"] == "$context.requestId"
        assert response["ResponseParameters"]["Headers"]["Content-Type"] == "'application/problem+json'"


def test_finishing_leaves_its_input_alone() -> None:
    """Given a template, when it is finished or its code is placed, then the original is as it was."""
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Timeout": 10}}
    template = {"Resources": {"SomeHTTPThing": function}}
    finished = finish(template)
    placed = with_code(finished, "bucket", "key")
    assert template == {"Resources": {"SomeHTTPThing": {**function, "Properties": {"Timeout": 10}}}}
    assert finished["Resources"]["SomeHTTPThing"]["Properties"]["FunctionName"] == {
        "Fn::Sub": "${AWS::StackName}-some-http-thing"
    }
    assert finished["Resources"]["SomeHTTPThingSlow"]["Properties"]["Threshold"] == 8000
    assert placed["Resources"]["SomeHTTPThing"]["Properties"]["CodeUri"] == {"Bucket": "bucket", "Key": "key"}


def test_policies_name_only_what_the_template_has(template: Json) -> None:
    """Given the policy files, then each resource that they refer to exists."""
    for file in Path(".chalice").glob("policy-*.json"):
        for statement in json.loads(file.read_text())["Statement"]:
            if "Fn::GetAtt" in statement["Resource"]:
                assert statement["Resource"]["Fn::GetAtt"][0] in template["Resources"], file


def _roles(template: Json) -> dict[str, Json]:
    roles = {name: r["Properties"] for name, r in template["Resources"].items() if r["Type"] == "AWS::IAM::Role"}
    assert roles.keys() >= AUDIT_ROLES
    return roles


def _actions(statement: Json) -> list[str]:
    actions: str | list[str] = statement["Action"]
    return actions if isinstance(actions, list) else [actions]


def _statements(role: Json) -> list[Json]:
    return [statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]]
