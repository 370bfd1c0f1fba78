"""How API Gateway itself answers when no function is reached: the API's own shape of error.

RFC 9457 problems, like those of the handlers. A response type's template cannot see the status that
it is sent with, so each type names its own; the rest of the numbers are API Gateway's defaults, but
for an unknown path: AWS calls that 403 "Missing Authentication Token", which helps nobody.
"""

import json
from typing import Any

# API Gateway's type -> (status, code, title)
PROBLEMS = {
    "DEFAULT_4XX": (400, "bad_request", "The request cannot be served"),
    "DEFAULT_5XX": (500, "internal_error", "Internal error"),
    "BAD_REQUEST_BODY": (400, "malformed_request", "The request cannot be read"),
    "BAD_REQUEST_PARAMETERS": (400, "malformed_request", "The request cannot be read"),
    "UNAUTHORIZED": (401, "unauthenticated", "A valid bearer token or API key is needed"),
    "ACCESS_DENIED": (403, "forbidden", "This caller may not do that"),
    "EXPIRED_TOKEN": (403, "forbidden", "This caller may not do that"),
    "INVALID_API_KEY": (403, "forbidden", "This caller may not do that"),
    "INVALID_SIGNATURE": (403, "forbidden", "This caller may not do that"),
    "WAF_FILTERED": (403, "forbidden", "This caller may not do that"),
    "MISSING_AUTHENTICATION_TOKEN": (404, "no_such_route", "There is nothing at this method and path"),
    "RESOURCE_NOT_FOUND": (404, "no_such_route", "There is nothing at this method and path"),
    "REQUEST_TOO_LARGE": (413, "body_too_large", "The request body is too large"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "unsupported_media_type", "Send JSON"),
    "QUOTA_EXCEEDED": (429, "too_many_requests", "Too many requests; try again later"),
    "THROTTLED": (429, "too_many_requests", "Too many requests; try again later"),
    "API_CONFIGURATION_ERROR": (500, "internal_error", "Internal error"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, "internal_error", "Internal error"),
    "AUTHORIZER_FAILURE": (500, "internal_error", "Internal error"),
    "INTEGRATION_FAILURE": (504, "unavailable", "No answer in time; try again"),
    "INTEGRATION_TIMEOUT": (504, "unavailable", "No answer in time; try again"),
}

# Gateway errors bypass the functions, hence their CORS headers: without these a browser hides the problem.
HEADERS = {
    "Content-Type": "'application/problem+json'",
    "Access-Control-Allow-Origin": "'*'",
}


def gateway_responses() -> dict[str, Any]:
    """The `GatewayResponses` property of an AWS::Serverless::Api: one entry per response type."""
    return {kind: _response(*problem) for kind, problem in PROBLEMS.items()}


def _response(status: int, code: str, title: str) -> dict[str, Any]:
    problem = {
        "type": f"urn:throughline:problem:{code}",
        "title": title,
        "status": status,
        "detail": title,
        "code": code,
        "correlation_id": "$context.requestId",
    }
    return {
        "StatusCode": status,
        "ResponseTemplates": {"application/json": json.dumps(problem)},
        "ResponseParameters": {"Headers": dict(HEADERS)},
    }
