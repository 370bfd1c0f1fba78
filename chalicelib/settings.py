"""The only reader of the environment."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

LOCAL_STAGE = "local"
SILENT_HOURS: dict[str, float] = {"voice": 4, "video": 4, "other": 24}
"""Nobody talks for four hours; whoever writes may sleep over it."""


@dataclass(frozen=True)
class ApiKey:
    """What a machine's key stands for. Only the key's SHA-256 is ever configured."""

    name: str
    role: str


@dataclass(frozen=True)
class Site:
    """A web site or app that sends journeys by its publishable key; `*` in an origin stands for any text.

    https://www.rfc-editor.org/rfc/rfc6454#section-7
    """

    name: str
    origins: tuple[str, ...] = ()
    events_per_minute: int = 60_000
    """Of all who send with its key: a key is public, and what comes with it is written down."""

    def __post_init__(self) -> None:
        if self.events_per_minute < 1:
            raise ValueError(f"events_per_minute of {self.name!r} must be 1 or more")

    def allows(self, origin: str) -> bool:
        """Whether a page of this origin may send. An app has no origin, and is not asked."""
        return any(re.fullmatch(re.escape(one).replace(r"\*", "[^/@]*"), origin) for one in self.origins)


@dataclass(frozen=True)
class Settings:
    """Typed environment. URLs of the token issuer must be https outside the local stage."""

    table_name: str
    stage: str = ""
    region: str = "eu-west-1"
    dynamodb_endpoint: str | None = None
    jwt_issuer: str = ""
    jwt_audience: str = ""
    jwt_jwks_url: str = ""
    jwt_role_claim: str = "role"
    api_keys: Mapping[str, ApiKey] = field(default_factory=dict)
    default_region: str | None = None
    shared_after: int = 3
    """Contacts of strangers after which an identifier that was verified is shared and decides nothing alone."""

    archive_bucket: str = ""
    """Where what providers send is kept (S3)."""
    inbox_url: str = ""
    """The queue (SQS) of what is kept and waits to be processed."""
    mail_bucket: str = ""
    """Where SES puts raw mail (S3)."""
    mail_addresses: frozenset[str] = frozenset()
    """The addresses at which the business receives mail, in lower case."""
    silent_hours: Mapping[str, float] = field(default_factory=dict)
    """Hours of silence, by channel, after which a contact is over; `other` stands for those not named."""
    public_url: str = ""
    """Where providers reach the API, without `/v1`, if it is not where API Gateway itself is."""
    continuation_secret: str = ""
    """What continuation codes are made from and kept under; without it none are given out."""
    continue_url: str = ""
    """The page of the business at which a contact is carried on; the token of a link follows as its fragment."""
    code_minutes: int = 15
    """How long a code that is keyed in lives. What may be tried is counted over as long."""
    link_hours: int = 72
    """How long a link lives."""
    socket_url: str = ""
    """Where what is pushed to a connection is posted to (API Gateway)."""
    channels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The settings of each channel, by its name."""

    sites: Mapping[str, Site] = field(default_factory=dict)
    """Who may send journeys, by publishable key."""
    journey_retention_days: float = 30

    def __post_init__(self) -> None:
        for name in ("jwt_issuer", "jwt_jwks_url", "continue_url"):
            url = getattr(self, name)
            if url and urlsplit(url).scheme != "https" and self.stage != LOCAL_STAGE:
                raise ValueError(f"{name.upper()} must be https in stage {self.stage!r}")

    @property
    def code_life(self) -> timedelta:
        return timedelta(minutes=self.code_minutes)

    @property
    def link_life(self) -> timedelta:
        return timedelta(hours=self.link_hours)

    @property
    def link_prefix(self) -> str:
        """What precedes the token of a link; nothing where there is no page for links."""
        return f"{self.continue_url}#" if self.continue_url else ""

    def allows_origin(self, origin: str) -> bool:
        """Whether a page of this origin may call what browsers may."""
        return any(site.allows(origin) for site in self.sites.values())

    def silence(self, channel: str) -> timedelta:
        """After how long a silence a contact on this channel is taken to be over."""
        hours = {**SILENT_HOURS, **self.silent_hours}
        return timedelta(hours=hours.get(channel, hours["other"]))

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        keys: dict[str, dict[str, str]] = json.loads(environ.get("API_KEYS") or "{}")
        channels: dict[str, dict[str, str]] = json.loads(environ.get("CHANNELS") or "{}")
        sites: dict[str, Any] = json.loads(environ.get("PUBLISHABLE_KEYS") or "{}")
        return cls(
            table_name=environ["TABLE_NAME"],
            stage=environ.get("STAGE", ""),
            region=environ.get("AWS_REGION") or "eu-west-1",
            dynamodb_endpoint=environ.get("DYNAMODB_ENDPOINT") or environ.get("AWS_ENDPOINT_URL") or None,
            jwt_issuer=environ.get("JWT_ISSUER", ""),
            jwt_audience=environ.get("JWT_AUDIENCE", ""),
            jwt_jwks_url=environ.get("JWT_JWKS_URL", ""),
            jwt_role_claim=environ.get("JWT_ROLE_CLAIM") or "role",
            api_keys={digest: ApiKey(**key) for digest, key in keys.items()},
            default_region=environ.get("DEFAULT_REGION") or None,
            shared_after=int(environ.get("SHARED_AFTER") or cls.shared_after),
            archive_bucket=environ.get("ARCHIVE_BUCKET", ""),
            inbox_url=environ.get("INBOX_URL", ""),
            mail_bucket=environ.get("MAIL_BUCKET", ""),
            mail_addresses=frozenset(environ.get("MAIL_ADDRESSES", "").lower().split()),
            silent_hours=json.loads(environ.get("SILENT_HOURS") or "{}"),
            public_url=environ.get("PUBLIC_URL", "").rstrip("/"),
            continuation_secret=environ.get("CONTINUATION_SECRET", ""),
            continue_url=environ.get("CONTINUE_URL", ""),
            code_minutes=int(environ.get("CODE_MINUTES") or cls.code_minutes),
            link_hours=int(environ.get("LINK_HOURS") or cls.link_hours),
            socket_url=environ.get("SOCKET_URL", ""),
            channels=channels,
            sites={key: Site(**site | {"origins": tuple(site["origins"])}) for key, site in sites.items()},
            journey_retention_days=float(environ.get("JOURNEY_RETENTION_DAYS") or cls.journey_retention_days),
        )


@cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings.from_environment(os.environ)
