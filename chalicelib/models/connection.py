"""The one seam to DynamoDB: short timeouts, a deadline, and errors in the product's own words."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any

from botocore.exceptions import BotoCoreError
from botocore.session import Session
from pynamodb.connection import TableConnection
from pynamodb.connection.base import Connection
from pynamodb.exceptions import VerboseClientError

from chalicelib.errors import Unavailable, WriteConflict
from chalicelib.models import aws

# A caller is waiting: DynamoDB answers in milliseconds or is not going to.
CONNECT_TIMEOUT_SECONDS = 0.5
READ_TIMEOUT_SECONDS = 0.8
RETRIES = 1

CONFLICTS = frozenset({"ConditionalCheckFailed", "TransactionConflict"})

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """No DynamoDB call begins later than this many seconds from now: it raises `Unavailable`.

    A call that has begun ends within its own timeouts, so the whole takes at most
    `seconds` + (1 + RETRIES) x READ_TIMEOUT_SECONDS and the pauses between.
    """
    token = _deadline.set(monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def time_left() -> float | None:
    """The seconds until the deadline, None where there is none."""
    limit = _deadline.get()
    return None if limit is None else limit - monotonic()


class StoreConnection(Connection):
    """PynamoDB's connection with the product's errors; every request of the product passes here."""

    @property
    def session(self) -> Session:
        return aws.session()

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        left = time_left()
        if left is not None and left <= 0:
            raise Unavailable("out of time before " + operation_name)
        try:
            answer: dict[str, Any] = super()._make_api_call(operation_name, operation_kwargs)
        except VerboseClientError as error:
            raise _translated(error, operation_name) from error
        except BotoCoreError as error:  # timeouts and refused connections
            raise Unavailable(f"{operation_name}: {type(error).__name__}") from error
        return answer


def _translated(error: VerboseClientError, operation: str) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    reasons = {reason.code for reason in error.cancellation_reasons if reason}
    if code == "TransactionCanceledException" and reasons <= CONFLICTS:
        return WriteConflict(operation)
    if code in {"ConditionalCheckFailedException", "TransactionInProgressException"}:
        return WriteConflict(operation)
    if "ValidationError" in reasons or code in {
        "ValidationException",
        "AccessDeniedException",
        "ResourceNotFoundException",
    }:
        return error  # a mistake of ours or of the deployment: waiting will not mend it
    return Unavailable(f"{operation}: {code}")


def connect(table: TableConnection, region: str, endpoint: str | None) -> TableConnection:
    """Puts the seam under a table's connection. Nothing is opened until the first call."""
    seam = StoreConnection(
        region=region,
        host=endpoint,
        connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=READ_TIMEOUT_SECONDS,
        max_retry_attempts=RETRIES,
    )
    seam.add_meta_table(table.get_meta_table())
    table.connection = seam
    return table
