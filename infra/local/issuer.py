"""A real OIDC issuer for one machine: a key pair, its public documents, and tokens for every role.

The functions verify these tokens exactly as they verify a production issuer's. Nothing of it ships.
"""

import base64
import hashlib
import os
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

AUDIENCE = "throughline"
LIFETIME_SECONDS = 30 * 24 * 3600  # new ones at each start, so this only has to outlast a long run
JWKS_PATH = "/.well-known/jwks.json"
DISCOVERY_PATH = "/.well-known/openid-configuration"

# Who each role's token says it is. A visitor's subject is the visitor id that the business's site gave out.
SUBJECTS = {
    "ivr": "ivr-flows",
    "portal": "web-portal",
    "visitor": "visitor-5d2c7a1e",
    "agent": "agent-amara",
    "support": "support-jonas",
    "marketing": "marketing-lucia",
    "social": "social-kofi",
    "admin": "admin-wen",
}


class Issuer:
    """Signs with the key in `folder`, which is made when it is not there."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self._key = _load_or_make(folder / "issuer-key.pem")
        self._key_id = hashlib.sha256(_integer(self._key.public_key().public_numbers().n).encode()).hexdigest()[
            :16
        ]

    @property
    def jwks_url(self) -> str:
        return self.url + JWKS_PATH

    def documents(self) -> dict[str, Any]:
        """What the issuer publishes: path -> JSON."""
        numbers = self._key.public_key().public_numbers()
        key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self._key_id}
        return {
            JWKS_PATH: {"keys": [key | {"n": _integer(numbers.n), "e": _integer(numbers.e)}]},
            DISCOVERY_PATH: {
                "issuer": self.url,
                "jwks_uri": self.jwks_url,
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["token"],
                "subject_types_supported": ["public"],
            },
        }

    def tokens(self) -> dict[str, str]:
        """A fresh token for every role: role -> JWT."""
        return {role: self.token(role, subject) for role, subject in SUBJECTS.items()}

    def token(self, role: str, subject: str, customer_id: str | None = None) -> str:
        """A JWT; with `customer_id` it says who is signed in."""
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.url, "aud": AUDIENCE, "sub": subject, "role": role}
        claims |= {"customer_id": customer_id} if customer_id else {}
        claims |= {"iat": now, "nbf": now, "exp": now + LIFETIME_SECONDS}
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})


def _load_or_make(path: Path) -> rsa.RSAPrivateKey:
    if not path.exists():
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with open(path, "wb", opener=_owner_only) as file:
            file.write(pem)
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} does not hold an RSA key: delete it and start again")
    return key


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _integer(number: int) -> str:
    """A big integer as JWK wants it: base64url of its big-endian bytes, unpadded (RFC 7518, 6.3)."""
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
