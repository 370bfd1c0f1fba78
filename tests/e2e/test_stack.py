"""The local stack keeps its promises to the developer: see docs/local-stack.md."""

import json
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from botocore.exceptions import ClientError

from tests.e2e.conftest import aws_client, client_for
from tests.e2e.launching import COMMAND, Description, free_port, launch, stop_in

ROLES = {"ivr", "portal", "visitor", "agent", "support", "marketing", "social", "admin"}
AT_MOST_LOST_SECONDS = 5.0

Aws = Callable[[str], Any]


def test_the_description_has_what_is_promised(stack: Description, stack_folder: Path) -> None:
    """Given a stack that is up, its description names every role and function, for the owner's eyes only."""
    assert set(stack["tokens"]) == ROLES
    assert set(stack["functions"]) == {"connect_lookup", "connect_save_facts"}
    assert stack["api_url"] == stack["endpoint_url"] + "/v1"
    assert (stack_folder / "stack.json").stat().st_mode & 0o077 == 0


def test_a_second_stack_in_the_folder_is_refused(stack: Description, stack_folder: Path) -> None:
    """Given a stack that is up, when another is started in its folder, then one line says where the first is."""
    ended = _run(stack_folder, free_port())
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "already running" in line
    assert stack["api_url"] in line


def test_a_busy_port_is_named(tmp_path: Path) -> None:
    """Given a port that something listens on, when a stack is to use it, then one line says what to do."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = _run(tmp_path, port)
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert f"port {port} is busy" in line
    assert "PORT=" in line


def test_stopping_nothing_is_no_error(tmp_path: Path) -> None:
    """Given no stack, when it is stopped, then that is said and is fine."""
    assert stop_in(tmp_path).stdout.strip() == "nothing is running here"


def test_data_outlive_a_power_cut_and_a_stop(tmp_path: Path) -> None:
    """Given data that are five seconds old, when the stack is killed -9, then the next one has them.

    So it does after an orderly stop, which leaves no description behind; and no stack minds a stale one.
    """
    first = launch(tmp_path)
    time.sleep(AT_MOST_LOST_SECONDS)  # so that the deployment is kept for its own sake, not with a call's data
    _add_customer(first.description, "before-the-cut")
    time.sleep(AT_MOST_LOST_SECONDS)
    first.kill()
    assert (tmp_path / "stack.json").exists()

    second = launch(tmp_path)
    assert _customers(second.description, "before-the-cut") == 1
    _add_customer(second.description, "before-the-stop")
    assert second.stop() == 0
    assert not (tmp_path / "stack.json").exists()

    third = launch(tmp_path)
    assert _customers(third.description, "before-the-cut") == 1
    assert _customers(third.description, "before-the-stop") == 1
    assert third.stop() == 0


def test_tokens_verify_against_the_published_keys(stack: Description) -> None:
    """Given the issuer's documents, when a token is verified by them, then it says who and which role."""
    documents = httpx.get(stack["endpoint_url"] + "/.well-known/openid-configuration").json()
    for role, token in stack["tokens"].items():
        key = jwt.PyJWKClient(documents["jwks_uri"]).get_signing_key_from_jwt(token)
        claims = jwt.decode(token, key, algorithms=["RS256"], audience="throughline", issuer=documents["issuer"])
        assert claims["role"] == role


def test_an_unknown_route_is_a_problem_like_any_other(stack: Description) -> None:
    """Given a path that no function serves, when it is asked for, then API Gateway answers in our shape."""
    answer = httpx.get(stack["api_url"] + "/no/such/route")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "code", "correlation_id"}
    assert (problem["status"], problem["code"]) == (404, "no_such_route")
    assert problem["correlation_id"]


def test_only_this_machine_can_reach_it(stack: Description) -> None:
    """Given another address of this machine, when it is tried, then nothing listens there."""
    port = int(stack["endpoint_url"].rsplit(":", 1)[1])
    address = _address_on_the_network()
    if address is None:
        pytest.skip("this machine is on no network")
    with socket.socket() as probe:
        assert probe.connect_ex((address, port)) != 0


def test_no_web_page_can_wipe_it(stack: Description) -> None:
    """Given the emulator's switch to reset itself, when it is pressed from outside, then nothing happens."""
    assert httpx.post(stack["endpoint_url"] + "/_ministack/reset").status_code == 404


def test_functions_have_the_permissions_they_need_and_no_more(stack: Description) -> None:
    """Given a function's role, when it reads by key it may; when it scans or reads another table it may not."""
    tables = _as_function(stack, "connect_lookup", "dynamodb")
    key = {"PK": {"S": "nobody"}, "SK": {"S": "nothing"}}
    assert "Item" not in tables.get_item(TableName=stack["table"], Key=key)
    attempts: tuple[Callable[[], Any], ...] = (
        lambda: tables.scan(TableName=stack["table"]),
        lambda: tables.get_item(TableName="another", Key=key),
        lambda: tables.delete_table(TableName=stack["table"]),
    )
    for forbidden in attempts:
        with pytest.raises(ClientError, match="AccessDenied"):
            forbidden()


def test_the_developer_may_call_and_read(stack: Description, aws: Aws) -> None:
    """Given the developer's credentials, when they are used, then functions answer and the table can be read."""
    answer = aws("lambda").invoke(FunctionName=stack["functions"]["connect_lookup"], Payload=b"{}")
    assert json.loads(answer["Payload"].read())["matched"] == "none"
    assert aws("dynamodb").scan(TableName=stack["table"], Limit=1)["ResponseMetadata"]["HTTPStatusCode"] == 200
    with pytest.raises(ClientError, match="AccessDenied"):
        aws("dynamodb").delete_table(TableName=stack["table"])


def _run(folder: Path, port: int) -> "subprocess.CompletedProcess[str]":
    command = [*COMMAND, "run", "--no-seed", "--folder", str(folder), "--port", str(port)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - our own


def _add_customer(stack: Description, account: str) -> None:
    with client_for(stack, "agent") as desk:
        identifier = {"type": "account", "value": account}
        assert desk.post("/customers", json={"identifiers": [identifier]}).status_code == 201


def _customers(stack: Description, account: str) -> int:
    with client_for(stack, "agent") as desk:
        answer = desk.get("/customers", params={"identifier_type": "account", "identifier": account})
        return len(answer.json()["items"])


def _as_function(stack: Description, name: str, service: str) -> Any:
    """A client with the credentials of a function's role, as the emulator's root can get them."""
    root = {"access_key_id": "test", "secret_access_key": "test"}
    function = aws_client(stack, "lambda", **root).get_function_configuration(
        FunctionName=stack["functions"][name]
    )
    assumed = aws_client(stack, "sts", **root).assume_role(RoleArn=function["Role"], RoleSessionName="a-test")
    key = assumed["Credentials"]
    return aws_client(stack, service, key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])


def _address_on_the_network() -> str | None:
    """An address of this machine that is not the loopback; asking sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address: str = probe.getsockname()[0]
        return None if address.startswith("127.") else address
