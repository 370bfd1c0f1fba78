"""Text that people write, in any script: what in it is a control character, and what is not.

Joiners, marks of direction and spaces of all widths belong to how Persian, Hindi and Japanese are written, and a
family of emoji (Unicode, 23.2); and people write letters that are newer than Python's tables. `str.isprintable`
refuses all of these.
"""

import re

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters but for line breaks and tabs, and halves of a letter."""
BREAK = re.compile(r"[\t\n\r\u2028\u2029]")


def is_readable(text: str) -> bool:
    """Whether there are no control characters in it other than line breaks and tabs."""
    return not CONTROL.search(text)


def is_one_line(text: str) -> bool:
    """Whether there are no control characters in it at all, and it is one line."""
    return is_readable(text) and not BREAK.search(text)


def readable(text: str) -> str:
    """The text with a space for each control character."""
    return CONTROL.sub(" ", text)
