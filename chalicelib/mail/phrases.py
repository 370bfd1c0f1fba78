"""Phrases of mail programs as data: how a table of them is written, and how it becomes an expression."""

import re
from collections.abc import Iterable


def phrases(table: str) -> tuple[str, ...]:
    """The phrases of a table with one language a line: `fr: a écrit, écrivait`. The language is for the reader."""
    rows = (row.partition(": ")[2] for row in table.strip().splitlines())
    return tuple(dict.fromkeys(phrase.strip() for row in rows for phrase in row.split(",")))


def any_of(words: Iterable[str]) -> str:
    """An expression for any of the phrases, the longest first, with any white space inside."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
