"""What providers send: a request as it came, and what is made of it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import ValidationError

from chalicelib.errors import Malformed
from chalicelib.models.requests.contacts import ReportContact
from chalicelib.models.requests.interactions import CaptureInteraction, ReceiveMail, ReportDelivery
from chalicelib.models.requests.values import AHEAD, EARLIEST
from chalicelib.rules import text

Inbound = CaptureInteraction | ReceiveMail | ReportContact | ReportDelivery
"""One thing that happened, as the services take it in."""

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
MOST_FIELDS = 1_000
MOST_TEXT, MOST_LINE = 60_000, 1_000
"""Of a body, and of a line in an attribute. Whatever is longer stays whole in the archive."""


@dataclass(frozen=True)
class RawRequest:
    """A provider's request: `url` is the public one that it called, names of headers are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def text(self) -> str:
        """The body as text. Raises `Malformed`."""
        try:
            return self.body.decode()
        except UnicodeDecodeError as error:
            raise Malformed.at("body", "is not UTF-8") from error

    def form(self) -> dict[str, list[str]]:
        """The fields of a form, of the body or, without one, of the query. Raises `Malformed`."""
        encoded = self.text() if self.body else urlsplit(self.url).query
        try:
            return parse_qs(encoded, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        except ValueError as error:
            raise Malformed.at("body", "is not a form") from error

    def json(self) -> Any:
        """The body as JSON data. Raises `Malformed`, also where it is called a form: it would be kept as one."""
        if self.content_type == FORM:
            raise Malformed.at("body", "is a form, not JSON")
        try:
            return json.loads(self.text())
        except (ValueError, RecursionError) as error:
            raise Malformed.at("body", "is not valid JSON (RFC 8259)") from error


@dataclass(frozen=True)
class Archived:
    """A request as it is kept: verified, and without the numbers that are never kept.

    `caller` is who made it, by role and subject, where that is somebody whom the API knows.
    """

    channel: str
    method: str
    url: str
    content_type: str
    body: bytes
    received_at: datetime
    caller: Mapping[str, str] | None = None

    def request(self) -> RawRequest:
        headers = {"content-type": self.content_type}
        return RawRequest(self.method, self.url, headers, self.body, self.received_at)

    def dump(self) -> bytes:
        content: dict[str, Any] = {
            "channel": self.channel,
            "received_at": self.received_at.isoformat(),
            "method": self.method,
            "url": self.url,
            "content_type": self.content_type,
        }
        if self.caller:
            content["caller"] = dict(self.caller)
        try:
            content["body"] = self.body.decode()
        except UnicodeDecodeError:
            content["base64"] = base64.b64encode(self.body).decode()
        return json.dumps(content, ensure_ascii=False).encode()

    @classmethod
    def load(cls, content: bytes) -> "Archived":
        kept = json.loads(content)
        body = base64.b64decode(kept["base64"]) if "base64" in kept else kept["body"].encode()
        received_at = datetime.fromisoformat(kept["received_at"])
        request = (kept["channel"], kept["method"], kept["url"], kept["content_type"])
        return cls(*request, body, received_at, kept.get("caller"))


@dataclass(frozen=True)
class Reply:
    """What a provider is answered once its request is taken in."""

    body: str = "{}"
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


Happened = TypeVar("Happened", CaptureInteraction, ReceiveMail, ReportContact, ReportDelivery)


def read(kind: type[Happened], content: Mapping[str, Any]) -> Happened:
    """What happened, from its fields. Raises `Malformed` where one cannot be one, by its name."""
    try:
        return kind.model_validate({name: value for name, value in content.items() if value is not None})
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_context=False, include_url=False)[0]
        raise Malformed.at(".".join(map(str, wrong["loc"])) or "body", wrong["msg"]) from error


def moment(given: datetime, received_at: datetime) -> datetime:
    """When it happened, by the provider's clock where that can be; else when it came."""
    return given if EARLIEST <= given <= received_at + AHEAD else received_at


def readable(given: str, most: int = MOST_TEXT) -> str:
    """Text as an interaction holds it: without control characters, and not longer."""
    return text.readable(given)[:most]


def printable(given: str, most: int = MOST_LINE) -> str:
    """The same on one line."""
    return " ".join(readable(given).split())[:most]
