"""What a customer's browser sends while they try something on the site."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.launching import Description
from tests.e2e.sent import SENT

PAGE = "http://localhost:5173"
ADDRESS = "change_address"


def event(type_: str, minutes: float, **more: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    return {"id": uuid4().hex, "type": type_, "at": at.isoformat(), "task": ADDRESS} | more


def batch(stack: Description, whose: str, *events: dict[str, Any], **more: Any) -> bytes:
    """As a browser sends it."""
    body = {
        "key": stack["publishable_key"],
        "token": whose,
        "channel": "portal",
        "screen": {"id": uuid4().hex, "device": "phone", "size": "390x844"},
        "consent": {"journeys": True},
        "sent_at": datetime.now(UTC).isoformat(),
        "events": list(events),
    }
    return json.dumps(body | more).encode()


def beacon(stack: Description, content: bytes, origin: str = PAGE) -> httpx.Response:
    """What `navigator.sendBeacon` sends: text, no header of ours, and the page's origin."""
    SENT.note(json.loads(content))
    headers = {"Content-Type": "text/plain;charset=UTF-8", "Origin": origin}
    return httpx.post(f"{stack['api_url']}/journeys/events", content=content, headers=headers, timeout=60)


def failing() -> list[dict[str, Any]]:
    return [
        event("form_error", 7.5, field="postcode", error="is not a postcode"),
        event("form_error", 6.5, field="postcode", error="is not a postcode", facts={"postcode": "LS1 4AQ"}),
        event("give_up", 4.5),
    ]


FAILED = "tried to change address, failed twice at the postcode, gave up 4 minutes ago, on a phone"
