"""Lines with quote marks, and how far a quote goes."""

import re
from collections.abc import Sequence

_QUOTED = re.compile(r"\s{0,3}[>＞]")
_MARKS = re.compile(r"^[\s>＞]+")
_WRAPPED = re.compile(r"\s*(?:[a-zà-ÿ(<]|https?:)")


def is_quoted(lines: Sequence[str], at: int) -> bool:
    return at < len(lines) and _QUOTED.match(lines[at]) is not None


def without_marks(line: str) -> str:
    return _MARKS.sub("", line)


def next_with_text(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip():
        at += 1
    return at


def end_of_quote(lines: Sequence[str], at: int) -> int:
    """The line after the quote: blank lines inside belong to it, and what a program wrapped out of its prefix."""
    end = at
    while at < len(lines):
        if is_quoted(lines, at):
            end = at + 1
        elif lines[at].strip() and not _wrapped_out(lines, at):
            break
        at += 1
    return end


def _wrapped_out(lines: Sequence[str], at: int) -> bool:
    marked_around = is_quoted(lines, at - 1) and is_quoted(lines, at + 1)
    return marked_around and _WRAPPED.match(lines[at]) is not None
