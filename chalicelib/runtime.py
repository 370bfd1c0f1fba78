"""What every handler shares: who calls, what came in, one shape of answer and of error, one log line."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from http import HTTPStatus
from time import perf_counter
from typing import Any
from urllib.parse import unquote

from chalice.app import Blueprint, Request, Response
from pydantic import BaseModel, ValidationError

from chalicelib.authentication import authenticate
from chalicelib.errors import (
    BadInput,
    FieldError,
    Forbidden,
    Malformed,
    NotFound,
    ThroughlineError,
    TooLarge,
    Unavailable,
)
from chalicelib.models.connection import deadline
from chalicelib.models.items import Item
from chalicelib.models.requests import NoParameters
from chalicelib.observability import count, log_crash, log_done, logger, pseudonym
from chalicelib.rules.access import Caller
from chalicelib.services.deps import Deps
from chalicelib.settings import get_settings

BUDGET_SECONDS = 10.0
"""After it no call to DynamoDB begins: a clear 503 comes before the function is stopped at 29 s."""
MAX_BODY_BYTES = 1024 * 1024
CORRELATION_HEADER = "X-Correlation-Id"
CORRELATION = re.compile(r"[A-Za-z0-9._-]{8,128}")
RECORD_ID = re.compile(r"[0-9A-Z]{26}")
JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Call:
    """One request that is allowed and valid; `body` and `query` are what the endpoint declared."""

    deps: Deps
    caller: Caller
    correlation_id: str
    headers: Mapping[str, str]
    body: Any = None
    query: Any = None


@dataclass(frozen=True)
class Answer:
    """What a handler gives back: a view or plain JSON data."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint:
    """One declaration that routes, authorises and validates."""

    method: str
    path: str
    action: str
    body: type[BaseModel] | None
    query: type[BaseModel]
    handler: Callable[..., Answer]


ENDPOINTS: list[Endpoint] = []
"""Every endpoint there is, in the order of declaration."""

Handler = Callable[..., Answer]


def endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    action: str,
    *,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] = NoParameters,
) -> Callable[[Handler], Handler]:
    """Declares an endpoint: what it is called by, what the caller must be allowed, what comes in.

    The handler is called with a `Call` and the path's parameters, and returns an `Answer`.
    """

    def declare(handler: Handler) -> Handler:
        declared = Endpoint(method, path, action, body, query, handler)
        ENDPOINTS.append(declared)

        @wraps(handler)
        def view(**_path: str) -> Response:
            return _serve(declared, blueprint.current_request)

        # Any content type: what counts is whether the body is JSON, and that is said with a problem.
        blueprint.route(path, methods=[method], content_types=["*/*"], name=handler.__name__)(view)
        return handler

    return declare


_process: dict[str, Deps] = {}


def get_deps() -> Deps:
    """The dependencies of this process, built once."""
    if "deps" not in _process:
        override(Deps(get_settings()))
    return _process["deps"]


def override(deps: Deps) -> None:
    """Makes these the dependencies of this process, and binds the items to their table."""
    Item.bind(deps.settings.table_name, deps.settings.region, deps.settings.dynamodb_endpoint)
    _process["deps"] = deps


def correlation_id_from(given: str | None, deps: Deps) -> str:
    """The caller's correlation id if it is one, else a new one."""
    return given if given and CORRELATION.fullmatch(given) else deps.new_id()


def _serve(declared: Endpoint, request: Request) -> Response:
    began = perf_counter()
    deps = get_deps()
    correlation_id = correlation_id_from(request.headers.get(CORRELATION_HEADER), deps)
    logger.set_correlation_id(correlation_id)
    caller: Caller | None = None
    try:
        caller = _authorised(declared, authenticate(deps.settings, request.headers))
        with deadline(BUDGET_SECONDS):
            answer = _handle(declared, request, deps, caller, correlation_id)
    except ThroughlineError as error:
        answer = problem(error, correlation_id)
    except Exception as error:  # noqa: BLE001 - the last resort of every route: a clear 500, and nothing of the input logged
        log_crash(error)
        answer = problem(ThroughlineError(), correlation_id)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        count("Errors")
    log_done(
        f"{declared.method} {declared.path}",
        status=answer.status,
        ms=round((perf_counter() - began) * 1000, 1),
        role=caller and str(caller.role),
        caller=caller and pseudonym(caller.subject),
    )
    return _respond(answer, correlation_id)


def _authorised(declared: Endpoint, caller: Caller) -> Caller:
    if caller.scope(declared.action) is None:
        raise Forbidden(f"the role {caller.role} may not do {declared.action}")
    return caller


def _handle(declared: Endpoint, request: Request, deps: Deps, caller: Caller, correlation_id: str) -> Answer:
    path = {name: _record_id(value) for name, value in (request.uri_params or {}).items()}
    call = Call(
        deps=deps,
        caller=caller,
        correlation_id=correlation_id,
        headers=request.headers,
        body=_read_body(declared.body, request) if declared.body else None,
        query=_validated(declared.query.model_validate, dict(request.query_params or {})),
    )
    return declared.handler(call, **path)


def _record_id(value: str) -> str:
    """API Gateway hands path parameters over as they were sent, escapes and all."""
    record_id = unquote(value)
    if not RECORD_ID.fullmatch(record_id):
        raise NotFound("there is no record by that id")
    return record_id


def _read_body(model: type[BaseModel], request: Request) -> BaseModel:
    raw = request.raw_body or b""
    if len(raw) > MAX_BODY_BYTES:
        raise TooLarge.at("body", f"has at most {MAX_BODY_BYTES} bytes")
    return _validated(model.model_validate_json, raw)


def _validated(validate: Callable[[Any], BaseModel], data: Any) -> BaseModel:
    try:
        return validate(data)
    except ValidationError as error:
        details = error.errors(include_input=False, include_context=False, include_url=False)
        if any(detail["type"] == "json_invalid" for detail in details):
            raise Malformed.at("body", "is not valid JSON (RFC 8259)") from error
        raise BadInput(*(_field_error(detail) for detail in details)) from error


def _field_error(detail: Any) -> FieldError:
    place = ".".join(str(part) for part in detail["loc"] if part != "[key]") or "body"
    return FieldError(place, detail["msg"].removeprefix("Value error, "))


def problem(error: ThroughlineError, correlation_id: str) -> Answer:
    """An error as RFC 9457 `application/problem+json`."""
    body: dict[str, Any] = {
        "type": f"urn:throughline:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": str(error) or error.title,
        "code": error.code,
        "correlation_id": correlation_id,
    }
    headers = {"Content-Type": PROBLEM}
    if isinstance(error, BadInput):
        body["errors"] = [{"field": e.field, "message": e.message} for e in error.fields]
    if isinstance(error, Unavailable):
        headers["Retry-After"] = "1"
        body["detail"] = error.title
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Answer(body, error.status, headers)


def _respond(answer: Answer, correlation_id: str) -> Response:
    body = (
        answer.body.model_dump_json(by_alias=True)
        if isinstance(answer.body, BaseModel)
        else json.dumps(answer.body)
    )
    headers: dict[str, str | list[str]] = {
        "Content-Type": JSON,
        "Cache-Control": "no-store",
        CORRELATION_HEADER: correlation_id,
    }
    headers.update(answer.headers)
    return Response(body=body, status_code=answer.status, headers=headers)
