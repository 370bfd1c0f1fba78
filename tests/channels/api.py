"""What the API keeps of its own interactions: nobody sends it, it is read out of the archive again."""

from typing import Any

from tests.channels.sample import Sample

SETTINGS: dict[str, str] = {}
SAID: dict[str, Any] = {
    "channel": "portal",
    "direction": "inbound",
    "from": {"type": "phone", "value": "+447700900123", "scope": ""},
    "occurred_at": "2026-11-22T08:00:00+00:00",
    "source": "portal",
    "source_event_id": "event-1",
    "kind": "message",
    "body": "Where is my order?",
    "attributes": {"page": "orders"},
}


SAMPLES = {"an interaction": Sample.of_json(SAID)}
WITH_MORE: dict[str, tuple[Sample, Sample]] = {}
"""Only what we wrote ourselves is read."""
IGNORED: dict[str, Sample] = {}
GARBAGE = {
    "a list": Sample.of_json([SAID]),
    "no moment": Sample.of_json({"channel": "portal"}),
    "no such moment": Sample.of_json(SAID | {"occurred_at": "yesterday"}),
    "no such channel": Sample.of_json(SAID | {"channel": "pigeon"}),
    "not JSON": Sample(b"{", {"content-type": "application/json"}),
}
STALE: dict[str, Sample] = {}
