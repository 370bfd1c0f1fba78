"""The whole local stack, for real: HTTP, functions as processes, IAM enforced."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from tests.e2e.launching import Description, shared_stack

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is in this folder, so that `-m "not e2e"` leaves the stack out."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def stack_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the shared stack lives in."""
    own = tmp_path_factory.getbasetemp()
    # Under xdist each worker has a folder of its own in that of the run.
    run = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return run / "stack"


@pytest.fixture(scope="session")
def stack(stack_folder: Path) -> Iterator[Description]:
    """What stack.json says of a stack without demo customers, fresh for this test run."""
    with shared_stack(stack_folder) as description:
        yield description


@pytest.fixture
def api(stack: Description) -> Iterator[Callable[[str], httpx.Client]]:
    """`api("ivr")` is a client with that role's token, for paths below /v1."""
    with ExitStack() as clients:
        yield lambda role: clients.enter_context(client_for(stack, role))


@pytest.fixture
def aws(stack: Description) -> Callable[[str], Any]:
    """`aws("lambda")` is a client of that service with the developer's credentials."""
    return lambda service: aws_client(stack, service, **stack["credentials"])


def client_for(stack: Description, role: str) -> httpx.Client:
    """A client with that role's token, for paths below /v1."""
    headers = {"Authorization": f"Bearer {stack['tokens'][role]}"}
    return httpx.Client(base_url=stack["api_url"], headers=headers, timeout=60)


def aws_client(
    stack: Description, service: str, access_key_id: str, secret_access_key: str, token: str | None = None
) -> Any:
    """A client of the emulated AWS with the given credentials."""
    return boto3.client(
        service,
        endpoint_url=stack["endpoint_url"],
        region_name=stack["region"],
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        aws_session_token=token,
    )
