"""The example site that a running stack serves: the pages of web/, as a business serves its own.

Its server part is what a business has to write: who this visitor is, and a token that says so. The parent
process has the issuer's key; it leaves tokens in a file (infra/local/visitors.py), one for each browser.
"""

import json
import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from infra.local.front_door import Application, Receive, Scope, Send

PATH = "/playground/"
START = PATH + "example/index.html"
WEB = Path(__file__).parents[2] / "web"
SERVED = (WEB / "example", WEB / "dist")
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"}
COOKIE = "visitor"

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes = b""
    headers: Headers = field(default_factory=list)


class Playground:
    """An ASGI application for what is below `PATH`; what is not goes to the one behind it."""

    def __init__(self, file: Path, behind: Application) -> None:
        self._file = file
        self._behind = behind
        self._next = secrets.randbelow(1_000)  # after a restart hardly anybody is to be who another was

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PATH):
            await self._behind(scope, receive, send)
            return
        cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
        answer = self.answer(scope["path"], cookies.decode("latin-1"))
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.content})

    def answer(self, path: str, cookies: str = "") -> Answer:
        if path == PATH + "client.json":
            return _json(self._known()["client"])
        if path == PATH + "token":
            return self._token(cookies)
        return self._page(path.removeprefix(PATH))

    def _token(self, cookies: str) -> Answer:
        """The token of the visitor that the cookie names; a browser without one is somebody new."""
        visitors = self._known()["visitors"]
        number = _visitor(cookies)
        if number is None:
            number, self._next = self._next, self._next + 1
        kept = f"{COOKIE}={number}; Path={PATH}; Max-Age=31536000; HttpOnly; SameSite=Strict"
        return _json({"token": visitors[number % len(visitors)]}, (b"set-cookie", kept.encode()))

    def _page(self, name: str) -> Answer:
        file = (WEB / name).resolve()
        if file.suffix not in TYPES or not file.is_file() or not any(map(file.is_relative_to, SERVED)):
            return Answer(404)
        origin: str = self._known()["origin"]
        connected = f"'self' {origin} {origin.replace('http', 'ws', 1)}"
        policy = f"default-src 'self'; img-src 'self' data:; connect-src {connected}; frame-ancestors 'none'"
        kind = (b"content-type", TYPES[file.suffix].encode())
        return Answer(200, file.read_bytes(), [kind, (b"content-security-policy", policy.encode())])

    def _known(self) -> dict[str, Any]:
        known: dict[str, Any] = json.loads(self._file.read_text())
        return known


def _visitor(cookies: str) -> int | None:
    try:
        given = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return None
    return int(given.value[:9]) if given and given.value.isdecimal() else None


def _json(content: dict[str, Any], *headers: tuple[bytes, bytes]) -> Answer:
    return Answer(200, json.dumps(content).encode(), [(b"content-type", b"application/json"), *headers])
