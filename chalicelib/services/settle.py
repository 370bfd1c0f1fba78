"""Trying again when two writers met: each try reads anew and decides anew."""

from collections.abc import Callable
from typing import TypeVar

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from chalicelib.errors import WriteConflict

Answer = TypeVar("Answer")

TRIES = 12
"""32 first contacts at once settle within it; who still loses gets a 503 and tries again."""

settled: Callable[[Callable[..., Answer]], Callable[..., Answer]] = retry(
    retry=retry_if_exception_type(WriteConflict),
    stop=stop_after_attempt(TRIES),
    wait=wait_random_exponential(multiplier=0.01, max=0.4),
    reraise=True,
)
"""Decorates a function that reads, decides and commits, and may be run again from its start."""
