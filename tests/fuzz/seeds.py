"""What the fuzzer begins from, of what browsers send: batches of events, and frames of a chat."""

import json
from typing import Any

ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
TOLD: list[dict[str, Any]] = [
    {"type": "page", "page": "/account?id=7#top"},
    {"type": "step", "task": "change_address", "step": "new-address"},
    {"type": "form_error", "task": "change_address", "field": "postcode", "error": "is not a postcode"},
    {"type": "form", "task": "change_address", "facts": {"postcode": "LS1 4AP", "name": "Ada", "hat": "7"}},
    {"type": "rage_click", "step": "save", "page": "/account"},
    {"type": "search", "query": "proof of address"},
    {"type": "article", "article": "Changing your address", "helped": False},
    {"type": "give_up", "task": "change_address"},
    {"type": "complete", "task": "pay_bill"},
]
SAID: list[dict[str, Any]] = [
    {"action": "start", "name": "Ada", "subject": "My bill", "facts": {"postcode": "LS1 4AP"}, "visitor": "v-1"},
    {"action": "send", "id": "m-1", "contact_id": ID, "text": "hello\n\u00e9\u4e16"},
    {
        "action": "send",
        "id": "m-2",
        "contact_id": ID,
        "attachment": {"attachment_id": ID, "name": "bill.pdf", "type": "application/pdf", "size": 1024},
    },
    {"action": "resume", "contact_id": ID, "after": 12},
    {"action": "catch_up", "after": "2026-11-22T09:00:00.000000Z#ABC"},
    {"action": "read", "contact_id": ID, "up_to": 3},
    {"action": "typing", "contact_id": ID},
    {"action": "upload", "contact_id": ID, "name": "a.png", "type": "image/png", "size": 1},
    {"action": "download", "contact_id": ID, "attachment_id": ID},
    {"action": "presence", "status": "away"},
    {"action": "take", "contact_id": ID, "name": "Amara"},
    {"action": "ping"},
]


def _batch(events: list[dict[str, Any]], **more: Any) -> bytes:
    told = [
        {"id": f"e-{n}", "at": f"2026-11-22T08:{10 * (n % 6):02}:00.5+00:00"} | one for n, one in enumerate(events)
    ]
    screen = {"id": "tab-1", "device": "phone", "size": "390x844"}
    body = {"key": "pk_test", "token": "a.b.c", "channel": "portal", "screen": screen, "events": told}
    return json.dumps(
        body | {"consent": {"journeys": True}, "sent_at": "2026-11-22T09:00:00Z"} | more, separators=(",", ":")
    ).encode()


BATCHES = [
    _batch(TOLD),
    _batch(TOLD[5:7], channel="knowledge_base", sent_at="1999-01-01T00:00:00+14:00", visitor_token="x"),
    _batch(TOLD[:1], channel="mobile", consent={"journeys": False, "given_at": "2026-11-01T00:00:00Z"}),
]
FRAMES = [json.dumps(frame).encode() for frame in SAID]
