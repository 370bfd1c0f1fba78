"""Lines that say what comes below: an original message, a forwarded one, or what a ticket system sent."""

from chalicelib.mail.marker_phrases import FORWARDED_BY, MARKERS, REPLY_ABOVE

LONGEST = 200
_SIGNS = "-_=*—–‐‑−~# "
_DASHED = tuple(sign * 2 for sign in _SIGNS.strip())
_KNOWN = frozenset(MARKERS)


def is_marker(line: str) -> bool:
    """Whether the line announces the original or a forwarded message: between dashes, or before a colon."""
    if len(line) > LONGEST:
        return False
    line = line.strip("> \t")
    bare = line.strip(_SIGNS)
    words = " ".join(bare.strip(":：.>" + _SIGNS).split()).casefold()
    if words not in _KNOWN and not words.startswith(FORWARDED_BY):
        return False
    return bare.endswith((":", "：")) or (line.startswith(_DASHED) and line.endswith(_DASHED))


def is_reply_above(line: str) -> bool:
    """Whether it is the line above which a ticket system asks to reply."""
    words = line[:LONGEST].casefold()
    return any(note in words for note in REPLY_ABOVE)
