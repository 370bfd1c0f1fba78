"""Lines that say what comes below: an original message, a forwarded one, or what a ticket system sent."""

import re

from chalicelib.mail.marker_phrases import FORWARDED_BY, MARKERS, REPLY_ABOVE

LONGEST = 200
_DASHES = r"[-_=*—–~#]{2,}"
_LINE = re.compile(rf"[\s>]*(?:{_DASHES}\s*)?(?P<words>\S.*?)\s*(?:{_DASHES}|[:：]|\.{{3}})?[\s*_]*$")
_BETWEEN_DASHES = re.compile(rf"\s*{_DASHES}\s*\S.*{_DASHES}\s*$")
_SPACE = re.compile(r"\s+")
_KNOWN = frozenset(MARKERS)


def is_marker(line: str) -> bool:
    """Whether the line announces the original or a forwarded message."""
    if len(line) > LONGEST or not (match := _LINE.match(line)):
        return False
    words = _SPACE.sub(" ", match["words"]).strip(" *_>-").casefold()
    if words not in _KNOWN and not words.startswith(FORWARDED_BY):
        return False
    return line.rstrip(" *_").endswith((":", "：")) or _BETWEEN_DASHES.match(line) is not None


def is_reply_above(line: str) -> bool:
    """Whether it is the line above which a ticket system asks to reply."""
    words = line[:LONGEST].casefold()
    return any(note in words for note in REPLY_ABOVE)
