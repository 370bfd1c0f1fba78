"""What is below or beside a message and is not said in it: delimited signatures, device lines, disclaimers.

A closing and a name ("Best regards, Ada", "-Ada") stay: they are the customer's own words, and tell an agent
who wrote. Why, and what that costs: docs/adr/0018-reading-email.md.
"""

import re
from collections.abc import Sequence

from chalicelib.mail.added_lines import is_device_line, opens_disclaimer

MOST_SIGNATURES = 3
"""Below each other: the writer's, the company's, the list's."""
MOST_LINES = 12
LONGEST_LINE = 90
_STANDARD = re.compile(r"\s*--\s*$")
_USUAL = re.compile(r"[\s*]*(?:—-?|––?|_{2,}|—{2,})[\s*]*$")
_RULE = re.compile(r"[\s*]*(?:[-_=—–‐~#*+]{2,}|—)[\s*]*$")
_SENTENCE = re.compile(r"(?:\w+\W{1,3}){7,}\w+[.!?]\s*$")
_CONTACT = re.compile(
    r"\S@\S|https?://|www\.|\+?\d[\d\s()./-]{6,}\d|\b(?:tel|fax|mob|phone|mobile)\b[.:]", re.IGNORECASE
)


def without_signature(lines: Sequence[str]) -> list[str]:
    """The lines that are said; blank lines at both ends go too."""
    kept = trimmed(_without_device_lines(_before_disclaimer(trimmed(lines))))
    for _ in range(MOST_SIGNATURES):
        kept = trimmed(kept[: _delimiter(kept)])
    end = len(kept)
    while end and (not kept[end - 1].strip() or _RULE.match(kept[end - 1])):
        end -= 1
    return kept[:end]


def trimmed(lines: Sequence[str]) -> list[str]:
    """Without blank lines at both ends."""
    first, last = 0, len(lines)
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    return list(lines[first:last])


def _without_device_lines(lines: Sequence[str]) -> list[str]:
    """They stand apart: below a blank line or each other, or at the end."""
    kept: list[str] = []
    last = len(lines)
    apart = True
    for n, line in enumerate(lines, start=1):
        if is_device_line(line) and (apart or n >= last):
            apart = True
            continue
        kept.append(line)
        apart = not line.strip()
    return kept


def _delimiter(lines: Sequence[str]) -> int | None:
    """Where the signature begins: at the standard delimiter, or at another one that a signature follows."""
    for at, line in enumerate(lines):
        if _STANDARD.match(line) or (_RULE.match(line) and _delimits(lines, at)):
            return at
    return None


def _delimits(lines: Sequence[str], at: int) -> bool:
    """A line of any signs is a heading's or a table's more often: below it must stand how to reach somebody."""
    apart = at == 0 or not lines[at - 1].strip()
    if not apart or len(lines) - at > MOST_LINES * 4:
        return False
    below = lines[at + 1 :]
    if not _reads_like_signature(below):
        return False
    return _USUAL.match(lines[at]) is not None or any(_CONTACT.search(line) for line in below)


def _reads_like_signature(lines: Sequence[str]) -> bool:
    said = [line for line in lines if line.strip()]
    return len(said) <= MOST_LINES and not any(len(line) > LONGEST_LINE or _SENTENCE.search(line) for line in said)


def _before_disclaimer(lines: Sequence[str]) -> Sequence[str]:
    """All above the paragraph that a legal department wrote; the whole where nothing is above it."""
    for at, line in enumerate(lines):
        if at and (not lines[at - 1].strip() or _RULE.match(lines[at - 1])) and opens_disclaimer(line):
            return lines[:at]
    return lines
