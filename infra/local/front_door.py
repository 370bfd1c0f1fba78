"""What stands before the emulated AWS: the API at /v1, the issuer's documents, a queue for bursts, trouble."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.trouble import Trouble

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# Each call at a time costs a process of its own, as on AWS. Measured on two cores: with 8 a first burst of
# 32 takes 13 s, with 4 it takes 3.
CALLS_AT_A_TIME = max(4, os.cpu_count() or 1)
# No function of the socket runs longer; the emulator itself may wait for a peer that is gone.
LONGEST_CALL_SECONDS = 20.0
TABLE_READS = (b".GetItem", b".BatchGetItem", b".TransactGetItems", b".Query", b".Scan", b".DescribeTable")
TABLE_API = b"DynamoDB_20120810."
# The emulator's switches to wipe or reconfigure it: no web page open in a browser may press them.
FORBIDDEN = ("/_ministack/reset", "/_ministack/config")
NO_TROUBLE = Trouble(Path(os.devnull))
REFUSAL = {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "trouble, as told"}


@dataclass
class FrontDoor:
    """An ASGI application around the emulator's. `route` is where API Gateway serves our API."""

    emulator: Application
    documents: dict[str, Any]
    route: str = ""
    written: bool = False  # an item of a table, since the last snapshot
    reconfigured: bool = False  # anything else
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CALLS_AT_A_TIME))
    trouble: Trouble = NO_TROUBLE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.emulator(scope, receive, send)
            return
        path: str = scope["path"]
        if path in self.documents:
            await _answer(send, 200, self.documents[path])
        elif path.startswith(FORBIDDEN):
            await _answer(send, 404, {"message": "not here"})
        elif path == "/v1" or path.startswith("/v1/"):
            await self._api(scope, receive, send)
        elif _is_invocation(scope):
            async with self.turns:
                await self.emulator(scope, receive, send)
        elif _header(scope, b"x-amz-target").startswith(TABLE_API) and await self.trouble.is_refused():
            await _answer(send, 500, REFUSAL)
        else:
            self._note_change(scope)
            await self.emulator(scope, receive, send)

    def _note_change(self, scope: Scope) -> None:
        """Remembers that the emulator's state may differ after this request."""
        target = _header(scope, b"x-amz-target")
        if target.startswith(TABLE_API):
            self.written = self.written or not target.endswith(TABLE_READS)
        elif scope["method"] not in ("GET", "HEAD"):
            self.reconfigured = True

    async def _api(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.route:
            await _answer(send, 503, {"title": "The local stack is still starting", "status": 503})
            return
        moved = {
            **scope,
            "path": self.route + scope["path"],
            "raw_path": self.route.encode() + scope["raw_path"],
        }
        async with self.turns:
            await self.emulator(moved, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A socket that stays open; each frame is a call, until it is answered or the next one is asked for.

        Sending may take for ever, where the other end is gone: nobody else is to wait for that.
        """
        turn = _Turn(self.turns)

        async def receive_in_turn() -> MutableMapping[str, Any]:
            turn.give_back()
            message = await receive()
            await turn.take()
            return message

        async def send_out_of_turn(message: MutableMapping[str, Any]) -> None:
            turn.give_back()
            await send(message)

        try:
            await self.emulator(scope, receive_in_turn, send_out_of_turn)
        finally:
            turn.give_back()


@dataclass
class _Turn:
    """One of the calls that are served at a time, while it is held."""

    turns: asyncio.Semaphore
    watchdog: asyncio.TimerHandle | None = None

    async def take(self) -> None:
        await self.turns.acquire()
        self.watchdog = asyncio.get_running_loop().call_later(LONGEST_CALL_SECONDS, self.give_back)

    def give_back(self) -> None:
        if self.watchdog:
            self.watchdog.cancel()
            self.watchdog = None
            self.turns.release()


def _header(scope: Scope, name: bytes) -> bytes:
    values = (value for key, value in scope["headers"] if key.lower() == name)
    return next(values, b"")


def _is_invocation(scope: Scope) -> bool:
    """A Lambda invocation from outside: one that a function makes must not wait for its own caller's turn."""
    return scope["path"].endswith("/invocations") and not _header(scope, b"x-ministack-invoke-depth")


async def _answer(send: Send, status: int, body: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json"), (b"access-control-allow-origin", b"*")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
