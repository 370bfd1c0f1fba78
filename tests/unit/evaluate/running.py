"""How an evaluation is run on made-up data."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from moto import mock_aws

from chalicelib.models.items import Item
from infra.engine import REGION, TABLE, create_table
from infra.evaluate.frame import Evaluation, run
from infra.evaluate.product import Product, product


@contextmanager
def on_moto() -> Iterator[None]:
    with mock_aws():
        Item.bind(TABLE, REGION, None)
        create_table()
        yield


def fresh(**more: Any) -> AbstractContextManager[Product]:
    return product(on_moto, **more)


def run_all(data: Path, out: Path, *evaluations: Evaluation) -> list[str]:
    said: list[str] = []
    run(evaluations, data, out, said.append, fresh)
    return said
