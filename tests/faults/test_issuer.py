"""The token issuer fails: who calls is not refused, but told to try again; the keys that are kept still do."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from chalice.test import Client
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib import runtime
from chalicelib.services.deps import Deps
from tests.conftest import Api
from tests.settings import SETTINGS

KEY = ec.generate_private_key(ec.SECP256R1())
JWK = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "1", "use": "sig", "alg": "ES256"}
KEYS = json.dumps({"keys": [JWK]}).encode()


def http(status: str, body: bytes, *, length: int | None = None) -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), length or len(body), body)


class Issuer:
    """Answers each connection with the bytes that it is told, then hangs up; None: never answers."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.says: bytes | None = b""
        self.waiting: list[socket.socket] = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            if self.says is None:
                self.waiting.append(connection)
                continue
            with connection:
                connection.recv(65536)
                connection.sendall(self.says)

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()
        for connection in self.waiting:
            connection.close()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    issuer = Issuer()
    yield issuer
    issuer.close()


@pytest.fixture
def ask(client: Client, deps: Deps, issuer: Issuer) -> Callable[[], tuple[int, Any, dict[str, Any]]]:
    """Calls the API with a good token of the issuer."""
    settings = replace(SETTINGS, jwt_issuer=issuer.url, jwt_audience="throughline", jwt_jwks_url=issuer.url)
    runtime.override(replace(deps, settings=settings))
    claims = {
        "iss": issuer.url,
        "aud": "throughline",
        "sub": "someone",
        "role": "agent",
        "exp": datetime.now(UTC) + timedelta(minutes=5),
    }
    token = jwt.encode(claims, KEY, algorithm="ES256", headers={"kid": "1"})
    api = Api(client, headers={"X-API-Key": "", "Authorization": f"Bearer {token}"})

    def call() -> tuple[int, Any, dict[str, Any]]:
        reply = api.get("/customers?identifier_type=account&identifier=A1")
        return reply.status, reply.json, reply.headers

    return call


@pytest.mark.parametrize(
    "says",
    [
        pytest.param(b"", id="hangs up"),
        pytest.param(None, id="never answers"),
        pytest.param(http("500 Internal Server Error", b"oops"), id="breaks"),
        pytest.param(http("404 Not Found", b""), id="has moved"),
        pytest.param(http("200 OK", b"<html>Back soon</html>"), id="is being mended"),
        pytest.param(http("200 OK", KEYS[:40], length=len(KEYS)), id="is cut off"),
        pytest.param(http("200 OK", b"[]"), id="says something else"),
        pytest.param(http("200 OK", b'{"keys": []}'), id="has no keys"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n", id="is another server"),
    ],
)
def test_an_issuer_that_fails(ask: Callable[[], Any], issuer: Issuer, says: bytes | None) -> None:
    # Given an issuer that does not give its keys
    issuer.says = says
    # When somebody calls with a good token, then they are to try again
    status, body, headers = ask()
    assert (status, body["code"], headers["Retry-After"]) == (503, "unavailable", "1")
    # and once the issuer is back, they are let in, and are even while it is away
    issuer.says = http("200 OK", KEYS)
    assert ask()[0] == 200
    issuer.says = says
    assert ask()[0] == 200
