"""Bodies of requests, valid unless a test says otherwise."""

from itertools import count
from typing import Any

_numbers = count(1)


def phone() -> str:
    """A number that nobody in this run has used (from the range that is kept free for drama)."""
    return f"+447700900{next(_numbers) % 1000:03d}"


def a_contact(caller: str | None = "+447700900123", **changed: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "channel": "voice",
        "provider": "amazon-connect",
        "provider_contact_id": f"call-{next(_numbers)}",
        "to": {"type": "phone", "value": "+441632960000"},
    }
    if caller is not None:
        body["from"] = {"type": "phone", "value": caller}
    return body | changed


def an_interaction(**changed: Any) -> dict[str, Any]:
    body = {
        "channel": "sms",
        "from": {"type": "phone", "value": "+447700900123"},
        "occurred_at": "2026-11-22T08:00:00Z",
        "source": "test",
        "source_event_id": f"event-{next(_numbers)}",
        "kind": "message",
        "body": "Where is my order?",
    }
    if "customer_id" in changed or "contact_id" in changed:
        body.pop("from")
    return body | changed


def facts(source: str = "ivr", *, verified: bool = False, **values: str) -> dict[str, Any]:
    given = {name: {"value": value, "source": source, "verified": verified} for name, value in values.items()}
    return {"facts": given}
