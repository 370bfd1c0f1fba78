"""The line to DynamoDB, on which any one call can be made to fail.

The failures come from below the product's seam, as botocore gives them once its own retries are
used up, so that the seam's translation is part of what is tested.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from chalicelib.models import connection
from chalicelib.models.connection import StoreConnection, time_left

URL = "https://dynamodb.eu-west-1.amazonaws.com/"
TRANSACTION, BATCH = frozenset({"TransactWriteItems"}), frozenset({"BatchGetItem"})


@dataclass
class Sent:
    """One call on its way: `go` really makes it."""

    operation: str
    asked: dict[str, Any]
    go: Callable[[], dict[str, Any]]


@dataclass(frozen=True)
class Fault:
    """A way in which a call fails, and the kinds of calls that can fail so (none: all)."""

    name: str
    strike: Callable[[Sent], dict[str, Any]]
    only: frozenset[str] = frozenset()

    def can_strike(self, operation: str) -> bool:
        return not self.only or operation in self.only


def _refused(code: str, *reasons: str) -> Callable[[Sent], dict[str, Any]]:
    def strike(sent: Sent) -> dict[str, Any]:
        answer: Any = {"Error": {"Code": code, "Message": "injected"}}
        if reasons:
            actions = len(sent.asked["TransactItems"])
            codes = [*reasons, *["None"] * actions][:actions]
            answer["CancellationReasons"] = [{"Code": reason} for reason in codes]
        raise ClientError(answer, sent.operation)

    return strike


def _never_arrived(_sent: Sent) -> dict[str, Any]:
    raise ReadTimeoutError(endpoint_url=URL)


def _no_connection(_sent: Sent) -> dict[str, Any]:
    raise EndpointConnectionError(endpoint_url=URL)


def _no_credentials(_sent: Sent) -> dict[str, Any]:
    raise NoCredentialsError


def _answer_lost(sent: Sent) -> dict[str, Any]:
    sent.go()
    raise ReadTimeoutError(endpoint_url=URL)


def _cut_off(sent: Sent) -> dict[str, Any]:
    sent.go()
    raise ConnectionClosedError(endpoint_url=URL)


def _slow(sent: Sent) -> dict[str, Any]:
    """The answer comes, and by then there is no time left for another call."""
    answer = sent.go()
    if time_left() is not None:
        connection._deadline.set(0.0)  # noqa: SLF001 - whoever set the deadline puts it back
    return answer


def _half_done(sent: Sent) -> dict[str, Any]:
    """DynamoDB gives what it has capacity for, and says what is left."""
    ((table, wanted),) = sent.asked["RequestItems"].items()
    keys = wanted["Keys"]
    sent.asked["RequestItems"] = {table: {**wanted, "Keys": keys[:1]}}
    return sent.go() | {"UnprocessedKeys": {table: {**wanted, "Keys": keys[1:]}}}


CANCELLED = "TransactionCanceledException"
FAULTS = {
    fault.name: fault
    for fault in (
        Fault("throttled", _refused("ThrottlingException")),
        Fault("conflict", _refused(CANCELLED, "TransactionConflict"), TRANSACTION),
        Fault("half-done", _half_done, BATCH),
        Fault("answer-lost", _answer_lost),
        Fault("slow", _slow),
    )
}
SAME = {
    Fault("throughput-exceeded", _refused("ProvisionedThroughputExceededException")): "throttled",
    Fault("request-limit", _refused("RequestLimitExceeded")): "throttled",
    Fault("internal-error", _refused("InternalServerError")): "throttled",
    Fault("service-unavailable", _refused("ServiceUnavailable")): "throttled",
    Fault("timeout-before", _never_arrived): "throttled",
    Fault("no-credentials", _no_credentials): "throttled",
    Fault("no-connection", _no_connection): "throttled",
    Fault("transaction-throttled", _refused(CANCELLED, "ThrottlingError"), TRANSACTION): "throttled",
    Fault("over-capacity", _refused(CANCELLED, "ProvisionedThroughputExceeded"), TRANSACTION): "throttled",
    Fault("conflict-and-throttled", _refused(CANCELLED, "TransactionConflict", "ThrottlingError"), TRANSACTION): (
        "throttled"
    ),
    Fault("in-progress", _refused("TransactionInProgressException"), TRANSACTION): "conflict",
    Fault("cut-off", _cut_off): "answer-lost",
}
"""The same failures by other names: the seam makes of each what it makes of the one that it is the same as."""


class Line(StoreConnection):
    """The real seam over a client that fails where it is told to, once or from there on."""

    calls: list[str]
    unhurried: list[str]
    fault: Fault | None = None
    at = 0
    from_there_on = False

    def reset(self, fault: Fault | None = None, at: int = 0, *, from_there_on: bool = False) -> None:
        """Forgets what was called; the call numbered `at` will fail."""
        self.calls, self.unhurried = [], []
        self.fault, self.at, self.from_there_on = fault, at, from_there_on

    @property
    def client(self) -> Any:
        return _Client(self, super().client)


@dataclass
class _Client:
    line: Line
    real: Any

    def _make_api_call(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        line = self.line
        number = len(line.calls)
        line.calls.append(operation)
        if time_left() is None:
            line.unhurried.append(operation)

        def go() -> dict[str, Any]:
            answer: dict[str, Any] = self.real._make_api_call(operation, asked)  # noqa: SLF001 - as PynamoDB does
            return answer

        struck = number >= line.at if line.from_there_on else number == line.at
        if line.fault and struck and line.fault.can_strike(operation):
            return line.fault.strike(Sent(operation, asked, go))
        return go()
