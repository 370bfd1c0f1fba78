"""moto does the same in half the time, for the tests wait for little else.

- It holds each answer against the API's model and looks for each of its members under eight names; an item has
  the names and the form of the wire already.
- To undo a transaction it keeps a copy of the whole table for each of the transaction's items, where one does.
"""

import json
from base64 import b64encode
from copy import deepcopy
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

Json = dict[str, Any]

OF_ITEMS = frozenset(
    {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"}
)

_held_against_the_model = DynamoHandler.serialized
_transact = DynamoDBBackend.transact_write_items
_copies: dict[int, Table] | None = None
"""Of the tables in the transaction that goes on, if one does."""


def hurry() -> None:
    DynamoHandler.serialized = _serialized  # type: ignore[method-assign,assignment]
    DynamoDBBackend.transact_write_items = _transact_with_one_copy  # type: ignore[method-assign,assignment]
    Table.__deepcopy__ = _copy_once  # type: ignore[attr-defined]


def _serialized(handler: DynamoHandler, answer: ActionResult) -> tuple[int, Any, Any]:
    if isinstance(answer.result, Exception) or handler._get_action() not in OF_ITEMS:  # noqa: SLF001 - moto's own name
        return _held_against_the_model(handler, answer)
    headers = {"Content-Type": "application/x-amz-json-1.0", **handler.response_headers}
    return 200, headers, json.dumps(answer.result, default=_base64)


def _base64(value: bytes) -> str:
    return b64encode(value).decode()


def _transact_with_one_copy(backend: DynamoDBBackend, items: list[Json]) -> None:
    global _copies  # noqa: PLW0603 - moto copies where it is not told for what
    _copies = {}
    try:
        _transact(backend, items)
    finally:
        _copies = None


def _copy_once(table: Table, memo: dict[int, Any]) -> Table:
    if _copies and id(table) in _copies:
        return _copies[id(table)]
    copy = object.__new__(type(table))
    copy.__dict__ = deepcopy(table.__dict__, memo)
    if _copies is not None:
        _copies[id(table)] = copy
    return copy
