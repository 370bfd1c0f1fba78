"""Bearer tokens of any OIDC issuer, checked against the issuer's published keys."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.authentication import authenticate
from chalicelib.errors import Unauthenticated, Unavailable
from chalicelib.rules.access import Role
from chalicelib.settings import Settings
from tests.settings import SETTINGS

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())
JWK = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "1", "use": "sig", "alg": "ES256"}


class Jwks(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"keys": [JWK]}).encode())

    def log_message(self, *_: Any) -> None:
        """Tests need no access log."""


@pytest.fixture(scope="module")
def configured() -> Iterator[Settings]:
    server = HTTPServer(("127.0.0.1", 0), Jwks)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    yield replace(SETTINGS, jwt_issuer=url, jwt_audience="throughline", jwt_jwks_url=f"{url}/jwks")
    server.shutdown()
    server.server_close()


def token(settings: Settings, key: Any = KEY, algorithm: str = "ES256", kid: str = "1", **changed: Any) -> str:
    claims = {
        "iss": settings.jwt_issuer,
        "aud": "throughline",
        "sub": "someone",
        "role": "agent",
        "exp": datetime.now(UTC) + timedelta(minutes=5),
    } | changed
    left = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(left, key, algorithm=algorithm, headers={"kid": kid})


def bearer(value: str) -> dict[str, str]:
    return {"authorization": f"Bearer {value}"}


def test_a_good_token_says_who_and_which_role(configured: Settings) -> None:
    caller = authenticate(configured, bearer(token(configured)))
    assert (caller.role, caller.subject, caller.customer_id) == (Role.AGENT, "someone", None)


def test_a_list_of_roles_gives_the_first_that_is_one(configured: Settings) -> None:
    assert authenticate(configured, bearer(token(configured, role=["staff", "support"]))).role is Role.SUPPORT


def test_a_portals_token_may_be_bound_to_a_customer(configured: Settings) -> None:
    caller = authenticate(configured, bearer(token(configured, role="portal", customer_id="01X")))
    assert caller.customer_id == "01X"


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-api"},
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"exp": None},
        {"sub": None},
        {"role": "root"},
        {"role": None},
        {"role": []},
        {"role": {"agent": True}},
        {"nbf": datetime(2099, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_token_that_lacks_or_lies(configured: Settings, changed: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        authenticate(configured, bearer(token(configured, **changed)))


def test_a_token_of_another_key(configured: Settings) -> None:
    for key, kid in ((OTHER_KEY, "1"), (OTHER_KEY, "2")):
        with pytest.raises(Unauthenticated):
            authenticate(configured, bearer(token(configured, key=key, kid=kid)))


def test_a_token_without_a_signature_or_with_a_shared_secret(configured: Settings) -> None:
    for key, algorithm in (("", "none"), ("a-shared-secret-that-is-long-enough-for-it", "HS256")):
        with pytest.raises(Unauthenticated):
            authenticate(configured, bearer(token(configured, key=key, algorithm=algorithm)))


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": ""}, {"authorization": "Basic x"}, {"authorization": "Bearer"}, bearer("a.b.c")],
)
def test_no_token_at_all(configured: Settings, headers: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        authenticate(configured, headers)


def test_an_issuer_that_does_not_answer_is_no_refusal(configured: Settings) -> None:
    away = replace(configured, jwt_jwks_url="http://127.0.0.1:1/jwks")
    with pytest.raises(Unavailable):
        authenticate(away, bearer(token(configured)))


def test_without_an_issuer_nobody_gets_in(configured: Settings) -> None:
    with pytest.raises(Unauthenticated):
        authenticate(SETTINGS, bearer(token(configured)))


@pytest.mark.parametrize("stage", ["dev", "prod", ""])
@pytest.mark.parametrize("name", ["JWT_ISSUER", "JWT_JWKS_URL"])
def test_the_development_issuer_cannot_be_used_in_a_deployed_stage(stage: str, name: str) -> None:
    with pytest.raises(ValueError, match="must be https"):
        Settings.from_environment({"TABLE_NAME": "t", "STAGE": stage, name: "http://127.0.0.1:4510"})


def test_settings_come_from_the_environment() -> None:
    settings = Settings.from_environment(
        {
            "TABLE_NAME": "t",
            "STAGE": "prod",
            "JWT_ISSUER": "https://id.example",
            "API_KEYS": json.dumps({"ab": {"name": "ivr", "role": "ivr"}}),
        }
    )
    assert (settings.table_name, settings.stage, settings.jwt_role_claim) == ("t", "prod", "role")
    assert settings.api_keys["ab"].name == "ivr"
    assert settings.default_region is None
