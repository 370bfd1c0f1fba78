"""What lets a page of an allowed origin call the API (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol).

No cookies are used, so credentials are not allowed. What a visitor's token may call, a browser may.
"""

from collections.abc import Iterable, Mapping

from chalicelib.rules.access import GRANTS, Role
from chalicelib.settings import Settings

KEPT_SECONDS = 7200
"""For how long a browser may remember what it was allowed: the longest that all of them keep it."""
SENT = ("Authorization", "Content-Type", "Idempotency-Key", "X-Correlation-Id", "X-Purpose")
READ = ("Location", "Retry-After", "X-Correlation-Id")


def is_for_browsers(action: str) -> bool:
    """Whether pages may call what does this."""
    return Role.VISITOR in GRANTS.get(action, {})


def headers_for(settings: Settings, headers: Mapping[str, str]) -> dict[str, str]:
    """What an answer needs so that the page that asked may read it; nothing where its origin is not allowed."""
    origin = headers.get("origin")
    if not origin or not settings.allows_origin(origin):
        return {"Vary": "Origin"}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": ", ".join(READ),
        "Vary": "Origin",
    }


def preflight_for(settings: Settings, headers: Mapping[str, str], methods: Iterable[str]) -> dict[str, str]:
    """The answer to a browser that asks before it sends."""
    allowed = headers_for(settings, headers)
    if "Access-Control-Allow-Origin" not in allowed:
        return allowed
    return allowed | {
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": ", ".join(SENT),
        "Access-Control-Max-Age": str(KEPT_SECONDS),
    }
