"""Finds the line that says who wrote what is quoted below it: "On 1 May 2024, Ada wrote:", in many languages."""

import re
from collections.abc import Sequence

from chalicelib.mail.phrases import any_of
from chalicelib.mail.quote_phrases import OPENERS, UNSPACED_VERBS, VERBS

MOST_LINES = 4
"""Programs wrap it, seldom into more lines than these."""
LONGEST = 400
LONGEST_AUTHOR = 6
"""Words of a name that stands behind the verb without an address."""

ADDRESS = r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+"
_ADDRESS = re.compile(ADDRESS)
_TIME = re.compile(r"\d{1,2}\s?[:.h]\s?\d{2}")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_VERB = rf"(?<!\w)(?:{any_of(VERBS)})(?!\w)"
_COLON = r"[:：]"
_END = rf"\s*(?:{_COLON}|\.{{3}}|-{{2,}})?[\s*_]*$"

_STARTS = re.compile(
    rf"[\s*_\-–—|]*(?:(?:{any_of(OPENERS)})\b[\s,]*\W?\w|[^\W\d]{{2,12}}\.?,?\s+(?:den\s+)?\d"
    rf"|\d|[\"“'<]|{ADDRESS}|[^\s\d][^\d\n]{{0,80}}<{ADDRESS}>)",
    re.IGNORECASE,
)
"""How one begins: with an opener, a date, or whom it is from."""
_VERB_LAST = re.compile(
    rf"(?P<lead>.*\S)(?:[\s,)\]>\"'，]*?{_VERB}|\s*(?:{any_of(UNSPACED_VERBS)})){_END}", re.IGNORECASE
)
_VERB_INSIDE = re.compile(rf"(?P<lead>.*?\S)\s*{_VERB}\s+(?P<tail>\S.*?)\s*{_COLON}\s*$", re.IGNORECASE)
_DASHED = re.compile(rf"\s*-{{2,}}\s*\S.*\s{_VERB}\s*-{{2,}}\s*$", re.IGNORECASE)
_DATE_THEN_ADDRESS = re.compile(
    rf"[\s*]*(?:[^\W\d]{{2,12}}\.?,?\s+){{0,2}}\d{{1,4}}[^@\n]*?\S.*{ADDRESS}(?:<mailto:[^>]*>)?[>)\]]*\s*"
    rf"(?P<colon>{_COLON})?\s*$",
    re.IGNORECASE,
)
_DATE_THEN_ZONE = re.compile(
    r"\s*\d{4}([-/.])\d{1,2}\1\d{1,2}\s+\d{1,2}:\d{2}(?::\d{2})?\s+(?:GMT|UTC)\S*\s+\S.*$"
)
_SPEAKER = re.compile(r"\b(?:I|we|ich|wir|je|nous|yo|ik|wij|jag|jeg|vi)$", re.IGNORECASE)
_YOU = re.compile(r"\byou$", re.IGNORECASE)


def attribution_at(lines: Sequence[str], at: int) -> int:
    """How many lines from `at` on are one attribution; 0 if none begins there."""
    if not _STARTS.match(lines[at]) and not _DASHED.match(lines[at][:LONGEST]):
        return 0
    joined = ""
    for n, line in enumerate(lines[at : at + MOST_LINES], start=1):
        if not line.strip() or len(joined) + len(line) > LONGEST:
            return 0
        joined = f"{joined} {line.strip()}".strip()
        if is_attribution(joined):
            return n
    return 0


def is_attribution(line: str) -> bool:
    """Whether it names an author, says that they wrote, and when or from which address."""
    if len(line) > LONGEST:
        return False
    if _DASHED.match(line) or _DATE_THEN_ZONE.match(line):
        return True
    if not _STARTS.match(line):
        return False
    if last := _VERB_LAST.match(line):
        return _is_of_somebody(last["lead"], last["lead"])
    if (inside := _VERB_INSIDE.match(line)) and _is_of_somebody(inside["lead"], line):
        return _is_author(inside["tail"])
    dated = _DATE_THEN_ADDRESS.match(line)
    return dated is not None and (dated["colon"] is not None or bool(_TIME.search(line) or _YEAR.search(line)))


def ends_like_attribution(line: str) -> bool:
    """A weaker sign, enough where a quote follows at once: any short line that ends with "wrote:"."""
    return len(line) <= LONGEST and line.rstrip(" *_").endswith((":", "：")) and _VERB_LAST.match(line) is not None


def _is_of_somebody(lead: str, where: str) -> bool:
    """Whether it tells a time or an address, and the author is not the one who speaks: "On 1 May I wrote:"."""
    tells = any(map(str.isdigit, where)) or _ADDRESS.search(where) or _YOU.search(lead)
    return bool(tells) and not _SPEAKER.search(lead)


def _is_author(tail: str) -> bool:
    return len(tail.split()) <= LONGEST_AUTHOR or bool(_ADDRESS.search(tail) or _TIME.search(tail))
