"""One end of many chats that keeps on: it connects again, sends again, and shows each message once, in order."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from websockets.exceptions import WebSocketException

from infra.chat_client import Frame, Line, Refused

BACK_AFTER_SECONDS = 0.5
PATIENCE_SECONDS = 300.0
"""A small machine answers hundreds at once in turn; whoever asks again meanwhile makes the others wait longer."""
REFUSED_FOR_GOOD = range(400, 500)
BROKEN = (ConnectionError, OSError, TimeoutError, WebSocketException)
_numbers = count(1)

Shown = list[tuple[str, str]]


@dataclass
class Party:
    """A visitor with one chat, or an agent with many: `shown` is each chat as it is on the screen."""

    url: str
    token: str
    shown: dict[str, Shown] = field(default_factory=lambda: defaultdict(list))
    line: Line | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    gaps: set[str] = field(default_factory=set)
    _connecting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def ask(self, action: str, **fields: Any) -> Frame:
        """Asks until there is an answer, over as many connections as it takes. Raises `Refused` of a 4xx."""
        asked = fields.pop("id", None) or f"p{next(_numbers)}"
        while True:
            line = await self._connected()
            try:
                return await line.ask(action, id=asked, within=PATIENCE_SECONDS, **fields)
            except Refused as refused:
                if refused.args[0]["status"] in REFUSED_FOR_GOOD:
                    raise
            except BROKEN:
                if self.line is line:
                    self.line = None
            await asyncio.sleep(BACK_AFTER_SECONDS)

    async def say(self, contact_id: str, text: str, *, times: int = 1) -> None:
        """Sends a message, each time that it is sent as often as told, and shows it in its place."""
        ack = await self.ask("send", id=f"m{next(_numbers)}", contact_id=contact_id, text=text, times=times)
        self._show(ack | {"text": text})

    async def catch_up(self, contact_id: str) -> None:
        """Asks for what is missing, until nothing is."""
        more = True
        while more:
            after = len(self.shown[contact_id])
            answer = await self.ask("resume", contact_id=contact_id, after=after)
            for message in answer["messages"]:
                self._show(message)
            more = answer["more"]
        self.gaps.discard(contact_id)

    def cut(self) -> None:
        """Breaks the line; whoever listens on it is back with the next question."""
        line, self.line = self.line, None
        if line:
            line.cut()
            self.gaps.update(self.shown)

    async def close(self) -> None:
        if self.line:
            await self.line.close()

    async def _connected(self) -> Line:
        async with self._connecting:
            while self.line is None:
                try:
                    self.line = await Line.open(self.url, self.token, self._heard)
                except BROKEN:
                    await asyncio.sleep(BACK_AFTER_SECONDS)
            return self.line

    def _heard(self, frame: Frame) -> None:
        if frame["type"] == "message":
            self._show(frame)

    def _show(self, message: Frame) -> None:
        contact_id, place = message["contact_id"], message["cursor"]
        shown = self.shown[contact_id]
        if place == len(shown) + 1:
            shown.append((message["message_id"], message["text"]))
            self.arrived.set()
        elif place > len(shown) + 1:
            self.gaps.add(contact_id)
            self.arrived.set()
