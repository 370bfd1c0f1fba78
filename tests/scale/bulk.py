"""Very many items, written past PynamoDB and botocore: those would take minutes over it."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from infra.engine import REGION, TABLE

AT_ONCE = 25
"""Items that BatchWriteItem takes."""
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
    "X-Amz-Date": "20261122T090000Z",
    # the engine wants to see a signature, and checks none
    "Authorization": f"AWS4-HMAC-SHA256 Credential=local/20261122/{REGION}/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=0",
}

Stored = dict[str, Any]
"""An item as DynamoDB's JSON has it: {"PK": {"S": "…"}, …}."""


def write(endpoint_url: str, items: Iterable[Stored]) -> None:
    """Puts them all, in the order given, over one connection; the next request is made while one is answered."""
    connection = HTTPConnection(urlsplit(endpoint_url).netloc)
    left = iter(items)
    with ThreadPoolExecutor(max_workers=1) as sender:
        sent = sender.submit(lambda: None)
        while batch := list(islice(left, AT_ONCE)):
            puts = [{"PutRequest": {"Item": item}} for item in batch]
            body = json.dumps({"RequestItems": {TABLE: puts}})
            sent.result()
            sent = sender.submit(_send, connection, body)
        sent.result()
    connection.close()


def _send(connection: HTTPConnection, body: str) -> None:
    connection.request("POST", "/", body, HEADERS)
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status == HTTPStatus.OK, said
    assert not json.loads(said).get("UnprocessedItems"), said
