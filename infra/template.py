"""What every function gets, whoever wrote it: a name, a log group that expires, an audit filter, alarms.

Done here and not in resources.yaml so that a function added later cannot be forgotten.
Pure functions from a template (a dict) to a template.
"""

import copy
import re
from typing import Any

from infra.audit_log import FILTER_PATTERN
from infra.gateway_responses import gateway_responses

Template = dict[str, Any]

FUNCTION = "AWS::Serverless::Function"
# A p99 this near to the timeout means that callers are about to be cut off.
DURATION_SHARE_OF_TIMEOUT = 0.8
AUDIT_FILTER = "audit"


def finish(template: Template) -> Template:
    """Chalice's template with the furniture of functions and the error bodies of the API."""
    finished = copy.deepcopy(template)
    resources = finished["Resources"]
    for logical_id in functions(finished):
        resources[logical_id]["Properties"] |= {
            "FunctionName": {"Fn::Sub": f"${{AWS::StackName}}-{_kebab(logical_id)}"},
            "LoggingConfig": {"LogGroup": {"Ref": f"{logical_id}Logs"}},
        }
        resources |= _log_group(logical_id) | _audit_filter(logical_id)
        resources |= _alarms(logical_id, resources[logical_id]["Properties"])
    _deploy_socket_by_itself(resources)
    if "RestAPI" in resources:
        resources["RestAPI"]["Properties"]["GatewayResponses"] = gateway_responses()
    return finished


def _deploy_socket_by_itself(resources: dict[str, Any]) -> None:
    """The socket's stage follows its routes: Chalice's one deployment is never made again for a new route."""
    if resources.pop("WebsocketAPIDeployment", None):
        stage = resources["WebsocketAPIStage"]["Properties"]
        del stage["DeploymentId"]
        stage["AutoDeploy"] = True
        # What the function returns goes back to the client, which API Gateway does for no route by itself.
        resources["WebsocketMessageRoute"]["Properties"]["RouteResponseSelectionExpression"] = "$default"


def functions(template: Template) -> list[str]:
    """Logical ids of the Lambda functions, in order."""
    return [name for name, resource in template["Resources"].items() if resource["Type"] == FUNCTION]


def with_code(template: Template, bucket: str, key: str) -> Template:
    """The template with every function's code at an object in S3."""
    placed = copy.deepcopy(template)
    for logical_id in functions(placed):
        placed["Resources"][logical_id]["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    return placed


def _kebab(logical_id: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", logical_id).lower()


def _log_group(logical_id: str) -> dict[str, Any]:
    # Made by the stack, before the function: one that Lambda makes by itself never expires.
    return {
        f"{logical_id}Logs": {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"/throughline/${{Stage}}/{_kebab(logical_id)}"},
                "RetentionInDays": {"Ref": "LogRetentionDays"},
            },
        }
    }


def _audit_filter(logical_id: str) -> dict[str, Any]:
    """Hands the function's audit events on to the audit log, out of its log group and without it."""
    return {
        f"{logical_id}Audit": {
            "Type": "AWS::Logs::SubscriptionFilter",
            "Properties": {
                "FilterName": AUDIT_FILTER,
                "FilterPattern": FILTER_PATTERN,
                "LogGroupName": {"Ref": f"{logical_id}Logs"},
                "DestinationArn": {"Fn::GetAtt": ["AuditStream", "Arn"]},
                "RoleArn": {"Fn::GetAtt": ["AuditForwarderRole", "Arn"]},
            },
        }
    }


def _alarms(logical_id: str, properties: dict[str, Any]) -> dict[str, Any]:
    milliseconds = int(properties["Timeout"] * 1000 * DURATION_SHARE_OF_TIMEOUT)
    handing_on = {"LogGroupName": {"Ref": f"{logical_id}Logs"}, "DestinationType": "Firehose"}
    return {
        f"{logical_id}Fails": _alarm(logical_id, "Errors", 0, "raises", Statistic="Sum"),
        f"{logical_id}Throttled": _alarm(logical_id, "Throttles", 0, "is throttled", Statistic="Sum"),
        f"{logical_id}Slow": _alarm(
            logical_id, "Duration", milliseconds, "nears its timeout", ExtendedStatistic="p99"
        ),
        f"{logical_id}AuditStuck": _alarm(
            logical_id,
            "DeliveryErrors",
            0,
            "cannot hand on its audit events",
            Statistic="Sum",
            Namespace="AWS/Logs",
            Dimensions=_dimensions(handing_on | {"FilterName": AUDIT_FILTER}),
        ),
    }


def _alarm(logical_id: str, metric: str, threshold: int, verb: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": f"{logical_id} {verb}.",
            "Namespace": "AWS/Lambda",
            "MetricName": metric,
            "Dimensions": _dimensions({"FunctionName": {"Ref": logical_id}}),
            "Period": 60,
            "EvaluationPeriods": 2,
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]},
            **more,
        },
    }


def _dimensions(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]
