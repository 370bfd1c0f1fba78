"""Finds the head of a quoted or forwarded message: From, Sent, To and Subject below each other."""

import re
from collections.abc import Sequence

from chalicelib.mail.quote_phrases import HEADER_LABELS

LONGEST_LABEL_LINE = 1_000
MOST_LINES = 14
MOST_CONTINUATIONS = 2
"""Lines without a label between two that have one: long lists of recipients are wrapped."""

ROLES = {label: role for role, labels in HEADER_LABELS.items() for label in labels}
_LABEL = re.compile(
    r"[\s*_>|•\u200e\u200f\u202a-\u202e\ufeff]*(?P<label>[^\d\W][^:：\n<@]{0,30}?)[\s*_]*[:：](?P<value>.*)$"
)
_LABEL_INSIDE = re.compile(r"\s([^\W\d]\w{0,20})\s?[:：]\s")


def is_header_block(lines: Sequence[str], at: int) -> bool:
    """Whether a quoted message's head begins at this line.

    It takes two different fields at least, and an address, or fields that nobody types: a traveller's
    "From: London", "To: Paris" and "Date: 1 May" are not a head.
    """
    first = _fields(lines[at])
    if not first or first[0][0] not in {"from", "sent", "date", "to", "subject"}:
        return False
    roles: dict[str, str] = {}
    without = blanks = 0
    for line in lines[at : at + MOST_LINES]:
        fields = _fields(line)
        if fields:
            if roles and fields[0][0] == first[0][0]:
                break  # the next message's head
            roles.update(fields)
            role = fields[-1][0]
            without = blanks = 0
        elif line.strip():
            without += 1
            roles[role] += line
        else:
            blanks += 1
        if without > MOST_CONTINUATIONS or blanks > 1:
            break
    return _is_head(roles)


def _is_head(roles: dict[str, str]) -> bool:
    names = roles.keys()
    if len(names & {"from", "sent", "date", "to", "subject"}) < 2:  # noqa: PLR2004
        return False
    addressed = any("@" in roles.get(role, "") for role in ("from", "to", "cc"))
    if "from" not in names:
        return addressed and bool(names & {"sent", "date"}) and "to" in names
    return addressed or "sent" in names or {"date", "to", "subject"} <= names


def _fields(line: str) -> list[tuple[str, str]]:
    """What a line holds as (role, value), if it begins with a label; some programs put several on it."""
    if len(line) > LONGEST_LABEL_LINE or not (match := _LABEL.match(line)) or not (role := _role(match["label"])):
        return []
    pieces = _LABEL_INSIDE.split(match["value"])
    found = [(role, pieces[0])]
    for label, value in zip(pieces[1::2], pieces[2::2], strict=True):
        if inner := _role(label):
            found.append((inner, value))
    return found


def _role(label: str) -> str | None:
    return ROLES.get(re.sub(r"\s+", " ", label).strip(" *_").casefold())
