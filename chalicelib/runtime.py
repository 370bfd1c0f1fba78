"""What every handler shares: who calls, what came in, one shape of answer and of error, one log line."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from http import HTTPStatus
from time import perf_counter
from typing import Any
from urllib.parse import unquote

from chalice.app import Blueprint, Request, Response
from pydantic import BaseModel, ValidationError

from chalicelib.audit import audit, fields_of
from chalicelib.authentication import authenticate, authenticate_beacon
from chalicelib.cors import headers_for, is_for_browsers, preflight_for
from chalicelib.errors import (
    BadInput,
    FieldError,
    Forbidden,
    Malformed,
    NotFound,
    ThroughlineError,
    TooLarge,
    Unavailable,
    VersionRequired,
)
from chalicelib.models.connection import deadline
from chalicelib.models.items import Item
from chalicelib.models.requests.base import NoParameters
from chalicelib.observability import count, log_crash, log_done, logger, pseudonym
from chalicelib.rules.access import PUBLIC, Caller
from chalicelib.services.deps import Deps
from chalicelib.services.once import HEADER as IDEMPOTENCY_HEADER
from chalicelib.settings import get_settings

BUDGET_SECONDS = 10.0
"""After it no call to DynamoDB begins: a clear 503 comes before the function is stopped at 29 s."""
MAX_BODY_BYTES = 1024 * 1024
CORRELATION_HEADER = "X-Correlation-Id"
CORRELATION = re.compile(r"[A-Za-z0-9._-]{8,128}")
PURPOSE_HEADER = "X-Purpose"
PURPOSE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
RECORD_ID = re.compile(r"[0-9A-Z]{26}")
PATH_FORMS = {"code": re.compile(r"[0-9A-Za-z .-]{1,64}")}
"""What a parameter of a path looks like, by its name, where it is not the id of a record."""
VERSION = re.compile(r"[0-9]{1,12}")
JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Call:
    """One request that is allowed and valid; `body` and what follows are there where they are declared.

    `purpose` is what the caller says the call is for: it goes into the audit log. `address` is the internet
    address that the call came from, if the gateway tells it, `origin` the page's that calls. `visitor` is who the
    caller was before signing in, where a beacon shows that.
    """

    deps: Deps
    who: Caller | None
    correlation_id: str
    path: dict[str, str]
    purpose: str | None
    origin: str | None = None
    visitor: Caller | None = None
    body: Any = None
    query: Any = None
    version: int = 0
    idempotency_key: str | None = None
    address: str | None = None

    @property
    def caller(self) -> Caller:
        """Who calls. A public endpoint has nobody to ask about."""
        if self.who is None:
            raise LookupError("a public endpoint has no caller")
        return self.who


class Html(str):
    """A page for people, as the body of an answer."""

    __slots__ = ()
    content_type = "text/html; charset=utf-8"
    policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    """It has a style of its own, and nothing else."""


@dataclass(frozen=True)
class Answer:
    """What a handler gives back: a view, plain JSON data or a page."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_version(
        cls, body: Any, version: float, status: int = 200, headers: dict[str, str] | None = None
    ) -> "Answer":
        """With the ETag that a change is to name (If-Match)."""
        return cls(body, status, {"ETag": f'"{version}"'} | (headers or {}))


@dataclass(frozen=True)
class Endpoint:
    """One declaration that routes, authorises and validates, and that the API document is made from."""

    method: str
    path: str
    action: str
    answers: Mapping[int, type]
    body: type[BaseModel] | None
    body_optional: bool
    query: type[BaseModel]
    on_version: bool
    once: bool
    beacon: bool
    problems: tuple[type[ThroughlineError], ...]
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
    answers: Mapping[int, type],
    body: type[BaseModel] | None = None,
    body_optional: bool = False,
    query: type[BaseModel] = NoParameters,
    on_version: bool = False,
    once: bool = False,
    beacon: bool = False,
    problems: tuple[type[ThroughlineError], ...] = (),
) -> Callable[[Handler], Handler]:
    """Declares an endpoint: how it is called, what the caller must be allowed, what comes in and goes out.

    `answers` are the models by status; where 201 is among them, each has a Location. `body_optional`: no body
    is as good as an empty one. `on_version`: the
    caller must name the version that the change is made on (If-Match); `once`: it may send an
    Idempotency-Key; `beacon`: the token may be in the body; `problems`: those that do not follow from the rest.
    The handler's docstring is what the document says. It is called with a `Call` and the path's parameters.
    """

    def declare(handler: Handler) -> Handler:
        declared = Endpoint(
            method, path, action, answers, body, body_optional, query, on_version, once, beacon, problems, handler
        )
        if is_for_browsers(action) and not any(
            one.path == path and is_for_browsers(one.action) for one in ENDPOINTS
        ):
            _let_browsers_ask(blueprint, path, handler.__name__)
        ENDPOINTS.append(declared)

        @wraps(handler)
        def view(**_path: str) -> Response:
            return _serve(declared, blueprint.current_request)

        # Any content type: what counts is whether the body is JSON, and that is said with a problem.
        blueprint.route(path, methods=[method], content_types=["*/*"], name=handler.__name__)(view)
        return handler

    return declare


def _let_browsers_ask(blueprint: Blueprint, path: str, name: str) -> None:
    """The preflight of a path. Chalice's own answers every page, or the pages of one origin."""

    def view(**_path: str) -> Response:
        methods = [one.method for one in ENDPOINTS if one.path == path and is_for_browsers(one.action)]
        headers: dict[str, str | list[str]] = {
            **preflight_for(get_deps().settings, blueprint.current_request.headers, methods)
        }
        return Response(body="", status_code=HTTPStatus.NO_CONTENT, headers=headers)

    blueprint.route(path, methods=["OPTIONS"], name=f"{name}_preflight")(view)


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
    visitor: Caller | None = None
    call: Call | None = None
    try:
        if declared.beacon:
            caller, visitor = authenticate_beacon(deps.settings, request.headers, _raw(request))
        elif declared.action != PUBLIC:
            caller = authenticate(deps.settings, request.headers)
        if caller:
            _authorise(declared, caller)
        call = _read(declared, request, deps, caller, correlation_id, visitor)
        with deadline(BUDGET_SECONDS):
            answer = declared.handler(call, **call.path)
    except Exception as error:  # noqa: BLE001 - the last resort of every route
        answer = failure(error, correlation_id)
    if caller:
        audit(
            caller,
            declared.action,
            purpose=call.purpose if call else None,
            outcome=answer.status,
            correlation_id=correlation_id,
            path=call.path if call else _ids_in_path(request),
            answer=answer.body,
            changed=fields_of(call.body) if call else (),
        )
    log_done(
        f"{declared.method} {declared.path}",
        status=answer.status,
        ms=round((perf_counter() - began) * 1000, 1),
        role=caller and str(caller.role),
        caller=caller and pseudonym(caller.subject),
    )
    if is_for_browsers(declared.action):
        answer = replace(answer, headers=headers_for(deps.settings, request.headers) | answer.headers)
    return respond(answer, correlation_id)


def _authorise(declared: Endpoint, caller: Caller) -> None:
    if caller.scope(declared.action) is None:
        raise Forbidden(f"the role {caller.role} may not do {declared.action}")


def _read(  # noqa: PLR0917 - one step of `_serve`
    declared: Endpoint,
    request: Request,
    deps: Deps,
    caller: Caller | None,
    correlation_id: str,
    visitor: Caller | None,
) -> Call:
    return Call(
        deps=deps,
        who=caller,
        correlation_id=correlation_id,
        path={name: _parameter(name, value) for name, value in (request.uri_params or {}).items()},
        purpose=_purpose(request.headers.get(PURPOSE_HEADER)),
        origin=request.headers.get("origin"),
        visitor=visitor,
        body=_read_body(declared, declared.body, request) if declared.body else None,
        query=validated(declared.query.model_validate, dict(request.query_params or {})),
        version=_version(request.headers.get("If-Match")) if declared.on_version else 0,
        idempotency_key=request.headers.get(IDEMPOTENCY_HEADER) if declared.once else None,
        address=(request.context.get("identity") or {}).get("sourceIp"),
    )


def _purpose(given: str | None) -> str | None:
    if given is not None and not PURPOSE.fullmatch(given):
        raise BadInput.at(PURPOSE_HEADER, "is not a word of a-z, 0-9, _ . - with at most 64 characters")
    return given


def _parameter(name: str, value: str) -> str:
    """API Gateway hands path parameters over as they were sent, escapes and all."""
    parameter = unquote(value)
    if not PATH_FORMS.get(name, RECORD_ID).fullmatch(parameter):
        raise NotFound("there is no record by that id")
    return parameter


def _ids_in_path(request: Request) -> dict[str, str]:
    """The records that a call was about which was refused before it was read; what is no id is left out."""
    named = {name: unquote(value) for name, value in (request.uri_params or {}).items()}
    return {name: record_id for name, record_id in named.items() if RECORD_ID.fullmatch(record_id)}


def _version(if_match: str | None) -> int:
    """The version in an ETag of ours (RFC 9110, 13.1.1)."""
    if not if_match:
        raise VersionRequired("send If-Match with the ETag of the record that was read")
    number = if_match.strip().removeprefix("W/").strip('"')
    if not VERSION.fullmatch(number):
        raise BadInput.at("If-Match", "is not an ETag that this record ever had")
    return int(number)


def _read_body(declared: Endpoint, model: type[BaseModel], request: Request) -> BaseModel:
    return validated(model.model_validate_json, _raw(request) or (b"{}" if declared.body_optional else b""))


def _raw(request: Request) -> bytes:
    raw = request.raw_body or b""
    if len(raw) > MAX_BODY_BYTES:
        raise TooLarge.at("body", f"has at most {MAX_BODY_BYTES} bytes")
    return raw.encode() if isinstance(raw, str) else raw


def validated(validate: Callable[[Any], BaseModel], data: Any) -> BaseModel:
    """What came in, as the model that it is to be. Raises `BadInput`, `Malformed` where it is no JSON."""
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
    """An error as RFC 9457 `application/problem+json`: the view `Problem`, but of whatever text was sent."""
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
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unavailable):
        body["detail"] = error.title
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Answer(body, error.status, headers)


def failure(error: Exception, correlation_id: str) -> Answer:
    """What is answered instead: the problem, or of a crash a clear 500, and nothing of the input logged."""
    if not isinstance(error, ThroughlineError):
        log_crash(error)
        error = ThroughlineError()
    answer = problem(error, correlation_id)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        count("Errors")
    return answer


def respond(answer: Answer, correlation_id: str) -> Response:
    headers: dict[str, str | list[str]] = {
        "Content-Type": Html.content_type if isinstance(answer.body, Html) else JSON,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",  # what people wrote is data, whatever it looks like
        CORRELATION_HEADER: correlation_id,
    }
    if isinstance(answer.body, Html):
        headers["Content-Security-Policy"] = Html.policy
    headers.update(answer.headers)
    return Response(body=_text(answer.body), status_code=answer.status, headers=headers)


def _text(body: Any) -> str:
    if isinstance(body, str):  # a page, or what a channel answers
        return body
    return body.model_dump_json(by_alias=True) if isinstance(body, BaseModel) else json.dumps(body)
