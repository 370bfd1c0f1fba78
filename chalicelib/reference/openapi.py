"""The API document (OpenAPI 3.1), made from the declarations that route, validate and authorise.

Nothing here is imported before somebody asks for the document: a cold start pays nothing for it.
https://spec.openapis.org/oas/v3.1.1.html
"""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from chalicelib.errors import BadInput, ThroughlineError
from chalicelib.models.requests.values import FACT_NAMES
from chalicelib.models.views.problems import Problem
from chalicelib.reference.examples import ANSWERS, BODIES, CORRELATION_ID
from chalicelib.rules.access import PUBLIC, Role, scope_of
from chalicelib.runtime import (
    CORRELATION_HEADER,
    ENDPOINTS,
    JSON,
    PATH_FORMS,
    PROBLEM,
    PURPOSE,
    PURPOSE_HEADER,
    RECORD_ID,
    Endpoint,
    Html,
    problem,
)
from chalicelib.services.once import HEADER as IDEMPOTENCY_HEADER

Json = dict[str, Any]

VERSION = "0.1.0"
SERVER = "../v1"
"""Relative to where the document is served, so true behind any host, stage and custom domain."""
CREDENTIALS: list[Json] = [{"bearer": []}, {"apiKey": []}]
GATEWAY = {
    429: ("too_many_requests", "Too many requests; try again later"),
    504: ("unavailable", "No answer in time; try again"),
}
"""What API Gateway may answer by itself in front of any route."""
INTRODUCTION = """\
One customer record for every channel: who is it, what is known, what is still to ask.

Send `Authorization: Bearer <JWT>` of the configured issuer; machines may send `X-API-Key` instead.
The token's role decides what a caller may do and see; each operation names its roles.

Everything is JSON. Times are RFC 3339 and in UTC on the way out; ids of records are 26 digits and
capital letters. Lists have `items` and `next`: send `next` as `cursor` to get the page after it.

What cannot be done is said as a problem (RFC 9457) with a stable `code`; bad input also with `errors`,
one for each field that is wrong. Every answer carries `X-Correlation-Id`: the one that was sent, or a
new one. A 503 may be sent again as it was: contacts and interactions are known by their provider's id.
"""


class _Plain(GenerateJsonSchema):
    """Without the titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: FBT001 - the same
        """What is `NotRequired` may be missing, whatever the view that it is part of."""
        if field["type"] == "typed-dict-field":
            return bool(field.get("required", total))
        return super().field_is_required(field, total)


@cache
def document() -> Json:
    """The document of all endpoints there are, made once in a process."""
    return build(ENDPOINTS)


def build(endpoints: Sequence[Endpoint]) -> Json:
    """The OpenAPI document of these endpoints, as plain JSON data."""
    schemas, parameters = _schemas(endpoints)
    paths: dict[str, Json] = {}
    for endpoint in endpoints:
        path = paths.setdefault(endpoint.path, _path_parameters(endpoint.path))
        described = _operation(endpoint, parameters[endpoint.query])
        described["responses"] = _answers(endpoint, _links(endpoint, endpoints)) | _problems(endpoint)
        path[endpoint.method.lower()] = described
    return {
        "openapi": "3.1.1",
        "info": {"title": "Throughline", "version": VERSION, "description": INTRODUCTION},
        "servers": [{"url": SERVER}],
        "security": CREDENTIALS,
        "tags": list(_tags(endpoints)),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {_problem_name(status): _problem(status) for status in sorted(_kinds())},
            "headers": HEADERS,
            "parameters": REQUEST_HEADERS,
            "securitySchemes": SECURITY,
        },
    }


SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token of the configured issuer; one of its claims names the role.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "For machines; each key has one role.",
    },
}

HEADERS = {
    CORRELATION_HEADER: {
        "description": "Names this call in all logs.",
        "required": True,
        "schema": {"type": "string"},
        "example": CORRELATION_ID,
    },
    "ETag": {
        "description": "The version of the record; send it as `If-Match` to change it.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
        "example": '"3"',
    },
    "Location": {
        "description": "Where what was made can be found.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/v1/contacts/01J9Z3NDEKTSV4RRFFQ69G5FAV",
    },
    "Retry-After": {
        "description": "Seconds after which to try again.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
        "example": "1",
    },
    "WWW-Authenticate": {"schema": {"type": "string"}, "example": "Bearer"},
}
OF_PROBLEMS = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}

WRONG = {
    400: ("body", "is not valid JSON (RFC 8259)"),
    413: ("body", "has at most 1048576 bytes"),
    422: ("from.value", "is not a phone number"),
}
"""Examples of what may be wrong with the input."""

REQUEST_HEADERS = {
    CORRELATION_HEADER: {
        "name": CORRELATION_HEADER,
        "in": "header",
        "description": "8 to 128 letters, digits, `.`, `_` or `-`; anything else is replaced by a new one.",
        "schema": {"type": "string"},
    },
    PURPOSE_HEADER: {
        "name": PURPOSE_HEADER,
        "in": "header",
        "description": "What the call is for, in a word: it goes into the audit log beside who calls.",
        "schema": {"type": "string", "pattern": f"^{PURPOSE.pattern}$"},
        "example": "call-back",
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The `ETag` that the change was made on; 428 without it, 412 where it is an old one.",
        "schema": {"type": "string"},
        "example": '"3"',
    },
    IDEMPOTENCY_HEADER: {
        "name": IDEMPOTENCY_HEADER,
        "in": "header",
        "description": "1 to 255 printable characters; the same again within a day makes nothing new.",
        "schema": {"type": "string"},
    },
}


def _schemas(endpoints: Sequence[Endpoint]) -> tuple[Json, dict[type[BaseModel], list[Json]]]:
    """The schemas by name, and the query parameters of each query model."""
    queries = list(dict.fromkeys(endpoint.query for endpoint in endpoints))
    bodies = dict.fromkeys(endpoint.body for endpoint in endpoints if endpoint.body)
    answers = dict.fromkeys(model for endpoint in endpoints for model in endpoint.answers.values())
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "validation") for model in (*queries, *bodies)),
        *((model, "serialization") for model in (*answers, Problem) if issubclass(model, BaseModel)),
    ]
    _, made = models_json_schema(
        wanted, by_alias=True, ref_template="#/components/schemas/{model}", schema_generator=_Plain
    )
    made["$defs"] |= {"FactName": FACT_NAMES}
    named = {name: _by_name(schema, made["$defs"], whole=True) for name, schema in made["$defs"].items()}
    parameters = {query: _query_parameters(named.pop(query.__name__)) for query in queries}
    return dict(sorted(named.items())), parameters


def _by_name(node: Any, named: Json, *, whole: bool = False) -> Any:
    """The schema with a reference wherever it repeats one that has a name."""
    if isinstance(node, list):
        return [_by_name(inner, named) for inner in node]
    if not isinstance(node, dict):
        return node
    title = node.get("title")
    if not whole and isinstance(title, str) and named.get(title) == node:
        return {"$ref": f"#/components/schemas/{title}"}
    return {key: _by_name(inner, named) for key, inner in node.items()}


def _query_parameters(schema: Json) -> list[Json]:
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _without_null(field),
        }
        for name, field in schema.get("properties", {}).items()
    ]


def _without_null(field: Json) -> Json:
    """A query string has no null: what may be null may be left out."""
    kinds = [kind for kind in field.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return field
    rest = {key: value for key, value in field.items() if key not in {"anyOf", "default"}}
    only: Json = kinds[0]
    return rest | only


def _path_parameters(path: str) -> Json:
    names = re.findall(r"{(\w+)}", path)
    forms = {name: PATH_FORMS.get(name, RECORD_ID).pattern for name in names}
    made = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": f"^{form}$"}}
        for name, form in forms.items()
    ]
    return {"parameters": made} if made else {}


def _operation(endpoint: Endpoint, query: list[Json]) -> Json:
    summary, _, more = (inspect.getdoc(endpoint.handler) or "").partition("\n")
    described: Json = {
        "operationId": endpoint.handler.__name__,
        "tags": [_tag(endpoint)],
        "summary": summary.rstrip("."),
        **({"description": more.strip()} if more.strip() else {}),
        "parameters": [*query, *_request_headers(endpoint)],
    }
    if endpoint.body:
        described["requestBody"] = {
            "required": not endpoint.body_optional,
            "content": {JSON: _content(endpoint.body, BODIES)},
        }
    if endpoint.action == PUBLIC:
        return described | {"security": []}
    if endpoint.beacon:  # its token may be in the body
        described["security"] = [*CREDENTIALS, {}]
    return described | {"x-roles": _roles(endpoint.action)}


def _roles(action: str) -> dict[str, str]:
    """How far each role may go that may do it."""
    scopes = {role: scope_of(role, action) for role in Role}
    return {str(role): str(scope) for role, scope in scopes.items() if scope}


def _request_headers(endpoint: Endpoint) -> list[Json]:
    wanted = {
        CORRELATION_HEADER: True,
        PURPOSE_HEADER: endpoint.action != PUBLIC,
        "If-Match": endpoint.on_version,
        IDEMPOTENCY_HEADER: endpoint.once,
    }
    return [{"$ref": f"#/components/parameters/{name}"} for name, is_read in wanted.items() if is_read]


def _answers(endpoint: Endpoint, links: Json) -> Json:
    return {
        str(status): {
            "description": _said(status, endpoint),
            "headers": _headers(CORRELATION_HEADER, *_headers_of(endpoint, model)),
            "content": _answer_content(model),
            **({"links": links} if links else {}),
        }
        for status, model in endpoint.answers.items()
    }


def _links(endpoint: Endpoint, others: Sequence[Endpoint]) -> Json:
    """Where to go on with what was made: every operation on a record of its kind."""
    if HTTPStatus.CREATED not in endpoint.answers:
        return {}
    made = endpoint.path.rpartition("/")[2].removesuffix("s") + "_id"
    return {
        other.handler.__name__: {
            "operationId": other.handler.__name__,
            "parameters": {f"path.{made}": f"$response.body#/{made}"}
            | ({"header.If-Match": "$response.header.ETag"} if other.on_version else {}),
        }
        for other in others
        if f"{{{made}}}" in other.path
    }


def _said(status: int, endpoint: Endpoint) -> str:
    if status == HTTPStatus.CREATED:
        return "Made"
    return "There already: nothing was made" if HTTPStatus.CREATED in endpoint.answers else "Done"


def _headers_of(endpoint: Endpoint, model: type) -> Iterator[str]:
    """What is made, or was before, says where it is; what has a version says which."""
    if HTTPStatus.CREATED in endpoint.answers:
        yield "Location"
    if issubclass(model, BaseModel) and "version" in model.model_fields:
        yield "ETag"


def _answer_content(model: type) -> Json:
    if issubclass(model, Html):
        return {Html.content_type: {"schema": {"type": "string"}}}
    return {JSON: _content(model, ANSWERS)}


def _content(model: type, examples: Mapping[str, Any]) -> Json:
    example = examples.get(model.__name__)
    return {"schema": _ref("schemas", model.__name__)} | ({"example": example} if example else {})


def _problems(endpoint: Endpoint) -> Json:
    """Which problems can occur follows from the declaration; it names those that only its service knows."""
    statuses = {422, 500, *GATEWAY, *(kind.status for kind in endpoint.problems)}
    statuses |= {401, 403, 503} if endpoint.action != PUBLIC else set()
    statuses |= {404} if "{" in endpoint.path else set()
    statuses |= {400, 413} if endpoint.body else set()
    statuses |= {412, 428} if endpoint.on_version else set()
    return {str(status): _ref("responses", _problem_name(status)) for status in sorted(statuses)}


def _problem_name(status: int) -> str:
    return f"Problem{status}"


def _problem(status: int) -> Json:
    kinds = _kinds()[status]
    of_us = [error for error in _errors(ThroughlineError) if error.status == status]
    content: Json = {"schema": _ref("schemas", Problem.__name__)}
    if of_us:
        content["example"] = problem(_example_of(of_us[0]), CORRELATION_ID).body
    named = [OF_PROBLEMS[status]] if status in OF_PROBLEMS else []
    ours = [CORRELATION_HEADER] if of_us and status not in GATEWAY else []
    return {
        "description": "; ".join(f"`{code}`: {title}" for code, title in kinds.items()),
        "headers": _headers(*ours, *named),
        "content": {PROBLEM: content},
    }


def _kinds() -> dict[int, dict[str, str]]:
    """Every problem there is: status -> code -> title."""
    kinds: dict[int, dict[str, str]] = {}
    for error in _errors(ThroughlineError):
        kinds.setdefault(error.status, {})[error.code] = error.title
    for status, (code, title) in GATEWAY.items():
        kinds.setdefault(status, {})[code] = title
    return kinds


def _errors(kind: type[ThroughlineError]) -> Iterator[type[ThroughlineError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _errors(narrower)


def _example_of(kind: type[ThroughlineError]) -> ThroughlineError:
    return kind.at(*WRONG[kind.status]) if issubclass(kind, BadInput) else kind()


def _headers(*names: str) -> Json:
    return {name: _ref("headers", name) for name in names}


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def _tag(endpoint: Endpoint) -> str:
    return endpoint.handler.__module__.rpartition(".")[2]


def _tags(endpoints: Iterable[Endpoint]) -> Iterator[Json]:
    for name, module in {_tag(one): inspect.getmodule(one.handler) for one in endpoints}.items():
        yield {"name": name, "description": (inspect.getdoc(module) or "").partition("\n")[0]}
