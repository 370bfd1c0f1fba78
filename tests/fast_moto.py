"""moto does the same in a third of the time, for the tests wait for little else.

- It holds each answer against the API's model and looks for each of its members under eight names; an item has
  the names and the form of the wire already.
- To undo a transaction it keeps a copy of the whole table for each of the transaction's items, where one does.
- Each test begins with an empty table and a new connection: a table that was made once is copied, and one client
  serves all.
"""

import json
from base64 import b64encode
from copy import deepcopy
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from chalicelib.models.connection import StoreConnection
from chalicelib.models.items import Item
from infra import engine

Json = dict[str, Any]

OF_ITEMS = frozenset(
    {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"}
)

_held_against_the_model = DynamoHandler.serialized
_transact = DynamoDBBackend.transact_write_items
_copies: dict[int, Table] | None = None
"""Of the tables in the transaction that goes on, if one does."""
_new_client = StoreConnection.client
_clients: dict[tuple[str | None, str | None], Any] = {}
_empty: dict[tuple[str, str], Table] = {}


def hurry() -> None:
    DynamoHandler.serialized = _serialized  # type: ignore[method-assign,assignment]
    DynamoDBBackend.transact_write_items = _transact_with_one_copy  # type: ignore[method-assign,assignment]
    Table.__deepcopy__ = _copy_once  # type: ignore[attr-defined]
    StoreConnection.client = property(_shared_client)  # type: ignore[method-assign,assignment]


def create_table() -> None:
    """The table that `Item` declares, empty, where `Item` is bound to."""
    place = (Item.Meta.region, Item.Meta.table_name)
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][Item.Meta.region].tables
    if place not in _empty:
        engine.create_table()
        _empty[place] = tables[Item.Meta.table_name]
    tables[Item.Meta.table_name] = deepcopy(_empty[place])


def _shared_client(connection: StoreConnection) -> Any:
    place = (connection.region, connection.host)
    if place not in _clients:
        _clients[place] = _new_client.__get__(connection)
    return _clients[place]


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
