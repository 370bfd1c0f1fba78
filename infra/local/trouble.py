"""Trouble with DynamoDB, by a file in the stack's folder: to see what becomes of callers, and what comes after."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

REFUSE, SLOW = "refuse", "slow"


@dataclass(frozen=True)
class Trouble:
    """What the file says now: `refuse`, or `slow` and the seconds that each request waits. No file, no trouble."""

    file: Path

    async def is_refused(self) -> bool:
        """Whether a request to DynamoDB is to be refused; one that is not may have waited here."""
        try:
            kind, _, seconds = self.file.read_text().strip().partition(" ")
        except FileNotFoundError:
            return False
        if kind == SLOW:
            await asyncio.sleep(float(seconds))
        return kind == REFUSE
