"""The product on moto with a line that fails on demand, and its table put back as it was in no time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from chalice.test import Client
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib import runtime
from chalicelib.errors import Unavailable
from chalicelib.models import aws
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock, Reply, put_under
from tests.fast_moto import create_table
from tests.faults.line import Line
from tests.faults.record import Content, canonical, record
from tests.settings import NOW, SETTINGS

CORRELATION = {"X-Correlation-Id": "faults-0001"}


def _tables() -> dict[str, Any]:
    """Moto's own: nothing is called to read or put back a table."""
    tables: dict[str, Any] = dynamodb_backends[DEFAULT_ACCOUNT_ID][SETTINGS.region].tables
    return tables


@dataclass
class Ids:
    """Makes ids that can be told from all else, in the order of their making."""

    made: int = 0

    def __call__(self) -> str:
        self.made += 1
        return f"NEW{self.made:023d}"


@dataclass
class Anybody:
    """API Gateway, to which every connection is there, unless it is out of order."""

    refuses: bool = False

    def post(self, _url: str, _region: str, _connection_id: str, _frame: str) -> bool:
        if self.refuses:
            raise Unavailable("PostToConnection")
        return True


@dataclass(frozen=True)
class Outcome:
    """How an operation ended: done, or clearly to be tried again, or neither."""

    done: bool
    again: bool
    answer: Any

    @property
    def content(self) -> Any:
        return canonical(self.answer)


@dataclass
class World:
    """Everything that a scenario stands on."""

    clock: Clock = field(default_factory=Clock)
    ids: Ids = field(default_factory=Ids)
    gateway: Anybody = field(default_factory=Anybody)

    def __post_init__(self) -> None:
        self.deps = Deps(SETTINGS, now=self.clock, new_id=self.ids, post=self.gateway.post, pause=lambda _: None)

    def open(self, line: Line, client: Client) -> None:
        self.line, self.client = line, client
        line.reset()

    def as_(self, role: str) -> Api:
        return Api(self.client, role, CORRELATION)

    def now_and_then(self) -> Callable[[], None]:
        """Remembers the world as it is; what is given back makes it so again."""
        tables = _tables()
        kept, made = deepcopy(tables[SETTINGS.table_name]), self.ids.made

        def again() -> None:
            tables[SETTINGS.table_name] = deepcopy(kept)
            self.clock.at, self.ids.made = NOW, made

        return again

    def items(self) -> list[dict[str, Any]]:
        """The whole table as it is."""
        items = _tables()[SETTINGS.table_name].all_items()
        return [item.to_json()["Attributes"] for item in items]

    def record(self) -> Content:
        """The whole table as content."""
        return record(self.items())

    def http(self, reply: Reply) -> Outcome:
        """Done is 2xx; to be tried again is a 503 that says so in the problem's own form."""
        again = (
            reply.status == 503
            and reply.headers.get("Retry-After") == "1"
            and reply.headers.get("Content-Type") == "application/problem+json"
            and reply.json["code"] == "unavailable"
        )
        return Outcome(200 <= reply.status < 300, again, reply.json)

    def flow(self, function: str, event: Any) -> Outcome:
        """A flow is always answered: with what is known, or with nobody and why."""
        answer = self.client.lambda_.invoke(function, event).payload
        failed = answer["reason"] in {"unavailable", "internal_error"}
        again = answer["matched"] == "none" and answer["reason"] == "unavailable"
        return Outcome(not failed, again and all(isinstance(text, str) for text in answer.values()), answer)

    def stream(self, function: str, records: list[dict[str, Any]]) -> Outcome:
        """Done is a batch without failures; to be tried again is one that names what failed."""
        answer = self.client.lambda_.invoke(function, {"Records": records}).payload
        failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        known = {record["dynamodb"]["SequenceNumber"] for record in records}
        return Outcome(not failed, bool(failed) and failed <= known, answer)


@contextmanager
def a_world() -> Iterator[World]:
    """The product on an empty table, which is made once and put back for each case."""
    with mock_aws():
        from app import app

        world = World()
        runtime.override(world.deps)
        create_table()
        aws.client("s3", SETTINGS.region).create_bucket(
            Bucket=SETTINGS.archive_bucket, CreateBucketConfiguration={"LocationConstraint": SETTINGS.region}
        )
        aws.client("sqs", SETTINGS.region).create_queue(QueueName="inbox-test")
        with Client(app) as client:
            world.open(put_under(Line, world.deps), client)
            yield world
