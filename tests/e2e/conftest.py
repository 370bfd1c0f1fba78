"""The whole local stack, for real: HTTP, functions as processes, IAM enforced."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import boto3
import httpx
import pytest

from chalicelib.reference.examples import BODIES
from infra.local.issuer import Issuer
from infra.patience import ComingAgain
from tests.channels import twilio
from tests.e2e.chatting import Street
from tests.e2e.launching import Description, shared_stack
from tests.e2e.sent import SENT, leaks

HERE = Path(__file__).parent
FORM = {"content-type": "application/x-www-form-urlencoded"}


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
    """What stack.json says of a stack without demo customers, fresh for this test run.

    When the last test of the last worker is over, none of what any of them sent may be in its logs.
    """
    sent = stack_folder / "sent"
    with shared_stack(stack_folder, lambda: _insist_on_privacy(stack_folder / "logs", sent)) as description:
        yield description
        SENT.note_secrets(description)
        SENT.note(BODIES)  # Schemathesis sends the document's examples
        SENT.save(sent / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.json")


def _insist_on_privacy(logs: Path, sent: Path) -> None:
    values = {value for file in sent.iterdir() for value in json.loads(file.read_text())}
    found = leaks(logs, values)
    assert not found, f"{len(found)} of {len(values)} values that tests sent are in the logs: {found[:20]}"


@pytest.fixture
def api(stack: Description) -> Iterator[Callable[[str], httpx.Client]]:
    """`api("ivr")` is a client with that role's token, for paths below /v1."""
    with ExitStack() as clients:
        yield lambda role: clients.enter_context(client_for(stack, role))


@pytest.fixture
def issuer(stack: Description, stack_folder: Path) -> Issuer:
    return Issuer(stack_folder, stack["endpoint_url"])


@pytest.fixture
def visitor(issuer: Issuer) -> str:
    """The token of a browser that nobody has seen before."""
    return issuer.token("visitor", f"visitor-{uuid4().hex}")


@pytest.fixture
def street(stack: Description, issuer: Issuer) -> Street:
    """Where people come from who chat."""
    return Street(stack["ws_url"], issuer)


@pytest.fixture
def aws(stack: Description) -> Callable[[str], Any]:
    """`aws("lambda")` is a client of that service with the developer's credentials."""
    return lambda service: aws_client(stack, service, **stack["credentials"])


@pytest.fixture
def send(stack: Description) -> Callable[..., httpx.Response]:
    """`send(form)` posts it as Twilio would."""

    def post(form: dict[str, str], token: str | None = None) -> httpx.Response:
        SENT.note([form["From"], form.get("Body", "")])
        url = f"{stack['api_url']}/channels/twilio/inbound"
        token = token or stack["channels"]["twilio"]["auth_token"]
        headers = twilio.sign(url, FORM, b"form", form, token)
        return httpx.post(url, content=urlencode(form).encode(), headers=headers, timeout=60)

    return post


def client_for(stack: Description, role: str, transport: httpx.HTTPTransport | None = None) -> httpx.Client:
    """A client with that role's token, for paths below /v1; if nothing else is said, it comes again as told."""
    headers = {"Authorization": f"Bearer {stack['tokens'][role]}"}
    return httpx.Client(
        base_url=stack["api_url"],
        headers=headers,
        timeout=60,
        event_hooks={"request": [SENT.note_request]},
        transport=transport or ComingAgain(),
    )


def aws_client(
    stack: Description, service: str, access_key_id: str, secret_access_key: str, token: str | None = None
) -> Any:
    """A client of the emulated AWS with the given credentials."""
    client = boto3.client(
        service,
        endpoint_url=stack["endpoint_url"],
        region_name=stack["region"],
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        aws_session_token=token,
    )
    client.meta.events.register("provide-client-params.lambda.Invoke", SENT.note_invocation)
    return client
