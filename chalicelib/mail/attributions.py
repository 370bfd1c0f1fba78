"""Finds the line that says who wrote what is quoted below it: "On 1 May 2024, Ada wrote:", in many languages.

No expression here backtracks over more than a line, and a line longer than `LONGEST` is never one.
"""

import re
from collections.abc import Sequence

from chalicelib.mail.phrases import any_of
from chalicelib.mail.quote_phrases import OPENERS, UNSPACED_OPENERS, UNSPACED_VERBS, VERBS

MOST_LINES = 4
"""Programs wrap it, seldom into more lines than these."""
LONGEST = 400
LONGEST_AUTHOR = 6
"""Words of a name that stands behind the verb without an address."""
COLONS = (":", "：")

_PART = r"[^\s<>()\[\]\"',;:@]"
_ADDRESS = re.compile(rf"{_PART}{{1,100}}@{_PART}")
_BRACKETED = re.compile(rf"[<(\[]{{1,2}}\s?(?:mailto:)?{_PART}{{1,100}}@{_PART}")
_TIME = re.compile(r"\d{1,2}\s?[:.h]\s?\d{2}")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_STARTS = re.compile(
    rf"[\s*_\-–—|]*(?:(?:{any_of(OPENERS)})\b[\s,]*\W?\w|[{UNSPACED_OPENERS}]|[^\W\d]{{2,12}}\.?,?\s+(?:den\s+)?\d|\d|[\"“'<]"
    rf"|{_PART}{{1,100}}@|[^\s\d][^\d\n<(\[]{{0,80}}{_BRACKETED.pattern})",
    re.IGNORECASE,
)
"""How one begins: with an opener, a date, or whom it is from."""
_TELLS = re.compile(r"[\d@]")
"""A date or an address: the first of several lines has one."""
_VERB = re.compile(rf"(?<!\w)(?:{any_of(VERBS)})\s")
_DATE_THEN_ZONE = re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}\s\d{1,2}:\d{2}(?::\d{2})?\s(?:GMT|UTC)\S*\s+\S")
_SPEAKER = re.compile(r"\b(?:i|we|ich|wir|je|nous|yo|ik|wij|jag|jeg|vi)$")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_EDGES = " *_[]"


def attribution_at(lines: Sequence[str], at: int) -> int:
    """How many lines from `at` on are one attribution; 0 if none begins there."""
    first = plain(lines[at])
    if not _STARTS.match(first) and not first.startswith("--"):
        return 0
    joined, length = "", 0
    for n, line in enumerate(lines[at : at + (MOST_LINES if _TELLS.search(first) else 1)], start=1):
        if len(joined) + len(line) > LONGEST or not (line.strip() or _goes_on(lines, at + n)):
            break
        joined = f"{joined} {plain(line)}".strip()
        if is_attribution(joined):
            length = n
            if joined.rstrip(_EDGES).endswith(COLONS):
                break  # else a verb may follow on the next line
    return length


def is_attribution(line: str) -> bool:
    """Whether it names an author, says that they wrote, and when or from which address."""
    line = plain(line).strip(_EDGES)
    if not 0 < len(line) <= LONGEST:
        return False
    lead = _before_last_verb(line)
    if not _STARTS.match(line):
        return lead is not None and line.startswith("--") and line.endswith("--")
    if lead is not None:
        return _is_of_somebody(lead, lead)
    if line.endswith(COLONS) and (inside := _around_verb(line)):
        return _is_of_somebody(inside[0], line) and _is_author(inside[1])
    return _DATE_THEN_ZONE.match(line) is not None or _is_dated_address(line)


def _is_dated_address(line: str) -> bool:
    """Without a verb that we know: a date, and an address in brackets before a colon, or at the end of both.

    Never with a bare address: "On 1 May 2024 I wrote to help@example.com" is what somebody says.
    """
    closed, said = line.endswith(COLONS), line.rstrip(": ：")
    if closed and said.endswith(" sent"):
        return _ADDRESS.search(line) is not None
    if not _BRACKETED.search(line) or not (_TIME.search(line) or _YEAR.search(line)):
        return False
    return closed or (line[0].isdigit() and said.endswith(">"))


def ends_like_attribution(line: str) -> bool:
    """A weaker sign, enough where a quote follows at once: "Ada wrote:", "Quoting Ada <ada@example.com>:"."""
    line = plain(line).strip(_EDGES)
    if not 0 < len(line) <= LONGEST or not line.endswith(COLONS):
        return False
    return bool(_before_last_verb(line) or _around_verb(line) or _BRACKETED.search(line))


def plain(line: str) -> str:
    """Without the invisible marks that set its direction, and without white space at its ends."""
    return (line if line.isascii() else _INVISIBLE.sub("", line)).strip()


def _before_last_verb(line: str) -> str | None:
    """What stands before the verb at the end, in lower case."""
    said = line.lower().rstrip(" *_:：.-")
    if not said.endswith(_ALL_VERBS):
        return None
    found = ((verb, said[: -len(verb)]) for verb in _ALL_VERBS if said.endswith(verb))
    return next((lead.rstrip() for verb, lead in found if verb in UNSPACED_VERBS or not lead[-1:].isalnum()), None)


def _around_verb(line: str) -> tuple[str, str] | None:
    """What stands before and behind a verb, in lower case."""
    low = line.lower()
    found = _VERB.search(low)
    return (low[: found.start()].rstrip(), low[found.end() :].strip(" :：")) if found else None


_ALL_VERBS = tuple(sorted((*VERBS, *UNSPACED_VERBS), key=len, reverse=True))


def _goes_on(lines: Sequence[str], at: int) -> bool:
    """Whether a blank line stands inside: some programs put the address below one."""
    return at < len(lines) and lines[at].lstrip().startswith("<")


def _is_of_somebody(lead: str, where: str) -> bool:
    """Whether it tells a time or an address, and the author is not the one who speaks: "On 1 May I wrote:"."""
    tells = _TELLS.search(where) or lead.endswith(" you")
    return bool(tells) and not _SPEAKER.search(lead)


def _is_author(tail: str) -> bool:
    return len(tail.split()) <= LONGEST_AUTHOR or bool(_ADDRESS.search(tail) or _TIME.search(tail))
