"""Who is calling: a bearer JWT of the configured issuer, or an API key of a machine.

RFC 6750 for the header, RFC 7519 for the claims, RFC 7517 for the issuer's keys.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Unauthenticated, Unavailable
from chalicelib.rules.access import Caller, Role
from chalicelib.settings import ApiKey, Settings

if TYPE_CHECKING:
    from jwt import PyJWKClient

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Only with a public key: a token signed with a shared secret is never accepted."""
REQUIRED_CLAIMS = ["exp", "iss", "aud", "sub"]
LEEWAY_SECONDS = 30
KEYS_KEPT_SECONDS = 600
KEYS_TIMEOUT_SECONDS = 2


def authenticate(settings: Settings, headers: Mapping[str, str]) -> Caller:
    """The caller of a request. Raises `Unauthenticated`, or `Unavailable` where the issuer does not answer."""
    if key := headers.get("x-api-key"):
        return _machine(settings, key)
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("send `Authorization: Bearer <JWT>` or `X-API-Key: <key>`")
    return _bearer(settings, token.strip())


def authenticate_beacon(
    settings: Settings, headers: Mapping[str, str], raw: bytes
) -> tuple[Caller, Caller | None]:
    """Who sends a beacon, and which visitor they were before they signed in, where the body shows that.

    A beacon has no headers of its own (`navigator.sendBeacon`), so its token may be in the body.
    """
    given = _tokens_in(raw)
    named = headers.get("authorization") or headers.get("x-api-key")
    caller = authenticate(settings, headers) if named else _bearer_in(settings, given.get("token"))
    before = given.get("visitor_token")
    return caller, None if before is None else _bearer_in(settings, before)


def _tokens_in(raw: bytes) -> dict[str, Any]:
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return given if isinstance(given, dict) else {}


def _bearer_in(settings: Settings, token: Any) -> Caller:
    if not isinstance(token, str) or not token.strip():
        raise Unauthenticated("send `Authorization: Bearer <JWT>`, or `token` in the body")
    return _bearer(settings, token.strip())


def _machine(settings: Settings, key: str) -> Caller:
    digest = hashlib.sha256(key.encode()).hexdigest()
    found: ApiKey | None = None
    for known, api_key in settings.api_keys.items():
        if hmac.compare_digest(known, digest):
            found = api_key
    if found is None:
        raise Unauthenticated("the API key is not known")
    return Caller(_role([found.role]), found.name)


def _bearer(settings: Settings, token: str) -> Caller:
    claims = _verified_claims(settings, token)
    roles = claims.get(settings.jwt_role_claim)
    customer_id = claims.get("customer_id")
    return Caller(
        _role(roles if isinstance(roles, list) else [roles]),
        str(claims["sub"]),
        customer_id if isinstance(customer_id, str) else None,
    )


def _verified_claims(settings: Settings, token: str) -> dict[str, Any]:
    import jwt

    if not (settings.jwt_jwks_url and settings.jwt_issuer and settings.jwt_audience):
        raise Unauthenticated("no token issuer is configured: set JWT_JWKS_URL, JWT_ISSUER and JWT_AUDIENCE")
    try:
        key = _issuer_keys(settings.jwt_jwks_url).get_signing_key_from_jwt(token)
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            issuer=settings.jwt_issuer,
            audience=settings.jwt_audience,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED_CLAIMS},
        )
    except jwt.PyJWKClientConnectionError as error:
        raise Unavailable("the token issuer's keys cannot be fetched") from error
    except jwt.PyJWTError as error:
        raise Unauthenticated(f"the token is not valid: {type(error).__name__}") from error
    return claims


@cache
def _issuer_keys(url: str) -> "PyJWKClient":
    from jwt import PyJWKClient, PyJWKClientConnectionError, PyJWTError

    class Keys(PyJWKClient):
        """Whatever else the issuer answers than its keys is its trouble, not the caller's."""

        def fetch_data(self) -> Any:
            try:
                return super().fetch_data()
            except (PyJWTError, OSError, ValueError) as error:
                raise PyJWKClientConnectionError("the issuer gives no keys") from error

    return Keys(url, lifespan=KEYS_KEPT_SECONDS, timeout=KEYS_TIMEOUT_SECONDS)


def _role(names: list[Any]) -> Role:
    """The first of the names that is a role."""
    for name in names:
        if isinstance(name, str) and name in set(Role):
            return Role(name)
    raise Unauthenticated("the token carries none of the roles " + ", ".join(Role))
