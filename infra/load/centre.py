"""What the people who play the hour have in common: who is around, what was accepted, how to reach the stack."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from random import Random

import boto3
from locust.env import Environment

from infra.load.ledger import Json, Ledger
from infra.load.people import Person, first_of
from infra.local.issuer import Issuer

# Of ten contacts: from customers that the business knows, from people who were in touch before, the rest is new.
KNOWN, RETURNING = 0.55, 0.80
FAILED_OPEN = frozenset({"unavailable", "internal_error"})


@dataclass
class Centre:
    """One contact centre for one run. Chance is seeded by the run's name, so a run can be told again."""

    stack: Json
    issuer: Issuer
    ledger: Ledger
    known: list[Person]
    unknown: Iterator[Person]
    met: list[Person] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.dice = Random(self.ledger.run)  # noqa: S311 - chance, not a secret
        key = self.stack["credentials"]
        self.functions = boto3.client(
            "lambda",
            endpoint_url=self.stack["endpoint_url"],
            region_name=self.stack["region"],
            aws_access_key_id=key["access_key_id"],
            aws_secret_access_key=key["secret_access_key"],
        )

    def new_id(self) -> str:
        """An id for a call, a message, a case: never used before, and it says which run it is of."""
        return f"{self.ledger.run}-{next(self.numbers)}"

    def heads(self) -> bool:
        """Tosses a coin."""
        return self.dice.choice((True, False))

    def somebody(self) -> Person:
        """Whoever gets in touch next."""
        chance = self.dice.random()
        if chance < KNOWN:
            return self.dice.choice(self.known)
        if chance < RETURNING and self.met:
            return self.dice.choice(self.met)
        self.met.append(next(self.unknown))
        return self.met[-1]

    def invoke(self, environment: Environment, function: str, event: Json) -> dict[str, str] | None:
        """Invokes a function as Amazon Connect does; what failed is None and counted as an error."""
        began = time.perf_counter()
        failure: Exception | None = None
        answer: dict[str, str] | None = None
        try:
            got = self.functions.invoke(
                FunctionName=self.stack["functions"][function], Payload=json.dumps(event).encode()
            )
            answer = json.loads(got["Payload"].read())
            if "FunctionError" in got or answer["reason"] in FAILED_OPEN:
                failure, answer = RuntimeError(got.get("FunctionError") or answer["reason"]), None
        except Exception as error:  # noqa: BLE001 - whatever it was, the report counts it
            failure = error
        environment.events.request.fire(  # type: ignore[no-untyped-call]
            request_type="LAMBDA",
            name=function,
            response_time=(time.perf_counter() - began) * 1000,
            response_length=0,
            exception=failure,
            context={},
        )
        return answer


def open_centre(stack: Json, issuer: Issuer, run: str, known: int) -> Centre:
    """A centre that knows this many of the run's people."""
    people = (Person(number) for number in count(first_of(run)))
    return Centre(stack, issuer, Ledger(run), list(islice(people, known)), people)
