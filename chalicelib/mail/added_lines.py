"""Tells the lines that a program or a legal department added from what somebody said."""

import re

from chalicelib.mail.added_phrases import DISCLAIMERS, EXCUSES, PRODUCTS, SENT_FROM, SENT_LAST, SHORTCOMINGS
from chalicelib.mail.phrases import any_of

LONGEST_DEVICE_LINE = 160
_DASH = r"\-–—"
_PRODUCT = rf"(?<!\w)(?:{any_of(PRODUCTS)})(?:['’\-]?\w{{0,12}}|\])(?![\w'])"
_WORDS = r"(?:(?!i\b|is\b|are\b|was\b|were\b|because\b|on\s|the\b|our\b|your\b|his\b|her\b)\S+\s+)"
_EXCUSE = rf"(?:{any_of(EXCUSES)})\b.{{0,40}}?(?:{any_of(SHORTCOMINGS)}).{{0,30}}"
_LINES = (
    rf"(?:{any_of(SENT_FROM)})\s+(?:my\s+)?{_WORDS}{{0,3}}?\[?{_PRODUCT}(?:\s+on\s+\w+)?(?:\s+{_WORDS}{{0,5}}\S+)?",
    r"sent\s+from\s+my(?:\s+(?!i\b|is\b)[\w-]+){1,4}",
    r"(?:someone\s+)?from\s+(?:my\s+)?(?:i-?phone|i-?pad|android|blackberry|samsung|galaxy|mobile)(?:\s\d\w*)?",
    rf"{_WORDS}{{0,3}}\S*(?:{any_of(PRODUCTS)})\S*?\s*(?:\w+\s+){{0,2}}(?:{any_of(SENT_LAST)})",
    _EXCUSE,
)
_DEVICE = re.compile(
    rf"[<(\[*_\s{_DASH}]*(?:{'|'.join(_LINES)})(?:[\s.,;{_DASH}]+{_EXCUSE})?[>)\]*_\s.!]*$", re.IGNORECASE
)
_LINK = re.compile(r"[<(]?https?:[^\s)>\]]*[>)]?", re.IGNORECASE)
_LEGAL = re.compile(rf"[\s*_=\-]*(?:{any_of(DISCLAIMERS)})", re.IGNORECASE)


def is_device_line(line: str) -> bool:
    """Whether it is the like of "Sent from my iPhone"; never a sentence that only begins so."""
    return len(line) <= LONGEST_DEVICE_LINE and _DEVICE.match(_LINK.sub("", line)) is not None


def opens_disclaimer(line: str) -> bool:
    return _LEGAL.match(line) is not None
