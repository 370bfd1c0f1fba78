"""A client of the socket (docs/chat.md), for tests, load and benchmarks."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Frame = dict[str, Any]
ANSWER_SECONDS = 30.0
_numbers = count(1)


class Refused(Exception):
    """The server answered with a problem; `args[0]` is it."""


class Line:
    """One connection: asks, and is told what is pushed."""

    def __init__(self, websocket: ClientConnection, pushed: Callable[[Frame], None]) -> None:
        self._websocket = websocket
        self._pushed = pushed
        self._waiting: dict[str, asyncio.Future[Frame]] = {}
        self._news = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, url: str, token: str, pushed: Callable[[Frame], None]) -> "Line":
        return cls(await connect(f"{url}?token={quote(token)}", open_timeout=ANSWER_SECONDS), pushed)

    async def ask(
        self,
        action: str,
        *,
        id: str | None = None,  # noqa: A002 - the frame's own word
        times: int = 1,
        within: float = ANSWER_SECONDS,
        **fields: Any,
    ) -> Frame:
        """Says a frame, maybe several times, and gives the answer. Raises `Refused`, `ConnectionClosed`."""
        asked = id or f"q{next(_numbers)}"
        answer = self._waiting.setdefault(asked, asyncio.get_running_loop().create_future())
        try:
            for _ in range(times):
                await self.tell(action, id=asked, **fields)
            if self._reader.done():
                raise ConnectionError("the line was cut")
            frame = await asyncio.wait_for(asyncio.shield(answer), within)
        finally:
            self._waiting.pop(asked, None)
            if answer.done():
                answer.exception()  # the line may have been cut before it was waited for: that is no surprise
        if frame["type"] == "error":
            raise Refused(frame["problem"])
        return frame

    async def tell(self, action: str, **fields: Any) -> None:
        """Says a frame that has no answer."""
        await self._websocket.send(json.dumps({"action": action, **fields}, ensure_ascii=False))

    async def news(self) -> None:
        """Waits until something is pushed, or the line is cut."""
        async with self._news:
            await self._news.wait()

    async def close(self) -> None:
        await self._websocket.close()
        await self._reader

    def cut(self) -> None:
        """Breaks the line without a word."""
        self._websocket.transport.abort()

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self._websocket:
                await self._take(json.loads(text))
        await self._tell_news()
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the line was cut"))

    async def _take(self, frame: Frame) -> None:
        answer = self._waiting.get(frame.get("id") or "")
        if answer and not answer.done():
            answer.set_result(frame)
        elif "id" not in frame:
            self._pushed(frame)
            await self._tell_news()

    async def _tell_news(self) -> None:
        async with self._news:
            self._news.notify_all()
