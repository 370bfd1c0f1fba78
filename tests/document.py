"""Holds what the API takes and answers against its own document: on every call of every test."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from jsonschema_rs import Draft202012Validator

Json = dict[str, Any]


@dataclass(frozen=True)
class Exchange:
    """A call and its answer: `path` below /v1, `sent` and `answered` JSON data (or bytes, or other text)."""

    method: str
    path: str
    sent: Any
    status: int
    headers: Mapping[str, str]
    answered: Any


def hold(exchange: Exchange) -> None:
    """Raises `AssertionError` where it contradicts the document, or the document does not know it."""
    template, operation = _operation(exchange.method, exchange.path.partition("?")[0])
    where = f"{exchange.method} {template}"
    documented = operation["responses"].get(str(exchange.status))
    assert documented, f"{where} answers {exchange.status}, which is not documented"
    response = _resolved(documented)
    ((media, content),) = response["content"].items()
    assert exchange.headers["Content-Type"] == media, f"{where}: {exchange.headers['Content-Type']}"
    _require_headers(where, response.get("headers", {}), exchange.headers)
    _require_valid(where, content["schema"], exchange.answered)
    if exchange.status >= HTTPStatus.BAD_REQUEST:
        assert exchange.answered["detail"] != str(None), f"{where}: the problem does not say what is wrong"
    body = operation.get("requestBody", {})
    if exchange.status < HTTPStatus.MULTIPLE_CHOICES and body and (exchange.sent or body["required"]):
        # What was accepted is what the document says may be sent
        (accepted,) = body["content"].values()
        sent = json.loads(exchange.sent) if isinstance(exchange.sent, bytes) else exchange.sent
        _require_valid(f"{where} takes", accepted["schema"], sent)


@cache
def document() -> Json:
    import app
    from chalicelib.reference import openapi

    assert app.app.routes
    return openapi.document()


def operations() -> dict[str, Json]:
    """Every operation of the document, by method and path."""
    return {
        f"{method.upper()} {path}": operation
        for path, item in document()["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def _operation(method: str, path: str) -> tuple[str, Json]:
    for template, pattern in _templates():
        if pattern.fullmatch(path) and method.lower() in document()["paths"][template]:
            return template, document()["paths"][template][method.lower()]
    raise AssertionError(f"{method} {path} is not in the document")


@cache
def _templates() -> list[tuple[str, re.Pattern[str]]]:
    return [(template, re.compile(re.sub(r"{\w+}", "[^/]+", template))) for template in document()["paths"]]


def _require_headers(where: str, documented: Json, headers: Mapping[str, str]) -> None:
    for name, reference in documented.items():
        assert name in headers or not _resolved(reference).get("required"), f"{where} has no {name}"
    told = {name for name in document()["components"]["headers"] if name in headers}
    assert told <= documented.keys() | {"X-Correlation-Id"}, f"{where} has {told}, which is not documented"


def _require_valid(where: str, schema: Json, data: Any) -> None:
    wrong = [
        f"{error.instance_path}: {error.message}" for error in _validator(str(schema), schema).iter_errors(data)
    ]
    assert not wrong, f"{where}: {wrong}"


_validators: dict[str, Draft202012Validator] = {}


def _validator(key: str, schema: Json) -> Draft202012Validator:
    """Checks also that nothing is there that is not documented, which the document leaves open to clients."""
    if key not in _validators:
        whole = schema | {"components": {"schemas": _closed(document()["components"]["schemas"])}}
        _validators[key] = Draft202012Validator(whole, validate_formats=True)
    return _validators[key]


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(inner) for key, inner in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


def _resolved(node: Json) -> Json:
    if "$ref" not in node:
        return node
    _, _, kind, name = node["$ref"].split("/")
    found: Json = document()["components"][kind][name]
    return found


def references(node: Any) -> Iterator[str]:
    """Every `$ref` below a node."""
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        yield node["$ref"]
    for one in inner:
        yield from references(one)
