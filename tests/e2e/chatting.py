"""People who chat over the socket of the running stack."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from infra.chat_client import Frame, Line
from infra.local.issuer import Issuer

SOON_SECONDS = 20.0


class End:
    """One end of a chat, with all that it was pushed."""

    def __init__(self, line: Line, pushes: list[Frame]) -> None:
        self.line, self.pushes = line, pushes

    @property
    def messages(self) -> list[tuple[int, str]]:
        return [(one["cursor"], one["text"]) for one in self.pushes if one["type"] == "message"]

    async def until(self, found: Callable[["End"], Any]) -> Any:
        async with asyncio.timeout(SOON_SECONDS):
            while not (what := found(self)):
                await self.line.news()
        return what


Enter = Callable[..., Awaitable[End]]
"""`enter(role, subject, customer_id?)`"""


@dataclass
class Street:
    """Where people come from, and where they are sent home to when the story is over."""

    url: str
    issuer: Issuer
    lines: list[Line] = field(default_factory=list)

    async def enter(self, role: str, subject: str, customer_id: str | None = None) -> End:
        pushes: list[Frame] = []
        line = await Line.open(self.url, self.issuer.token(role, subject, customer_id), pushes.append)
        self.lines.append(line)
        return End(line, pushes)

    def play(self, story: Callable[[Enter], Awaitable[Any]]) -> Any:
        """Plays a story to its end; it is given the way in."""

        async def whole() -> Any:
            try:
                return await story(self.enter)
            finally:
                for line in self.lines:
                    await line.close()

        return asyncio.run(whole())


def somebody(who: str) -> str:
    return f"{who}-{uuid4().hex[:8]}"
