"""Continuation codes: what one looks like, which kind is given out, and how often may be guessed.

A code is made from a secret and what it is for, so that whoever asks again is told the same; it is kept under
a keyed hash only, so that a table that was stolen gives none away. Why these figures: docs/adr/0024.
"""

import hmac
import json
import re
from base64 import b32encode
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """Bound to the number that was announced; open, good from anywhere; crowded, while many are open; a link."""

    BOUND = "bound"
    OPEN = "open"
    CROWDED = "crowded"
    LINK = "link"


DIGITS = {Form.BOUND: 6, Form.OPEN: 9, Form.CROWDED: 12}
TOKEN_LENGTH = 26
"""Letters and digits of a link's token: 130 bits."""

PER_SOURCE = 5
"""Failed tries of one source (a number, a visitor, an address) in two windows."""
OVERALL = 50
"""Failed tries of all sources together in two windows, in each way that is counted by itself."""
LIVE_OF_NUMBER = 1
"""Codes of six digits that may be live for one number; the next has nine."""
MOST_OPEN = 500
"""Codes of nine digits that may be live; the next has twelve."""
TRIED = 3
"""Codes that are tried where one is another contact's already, and that one contact may have at a time."""

SEPARATED = re.compile(r"[\s.\-#]+")
TOKEN = re.compile(rf"[A-Z2-7]{{{TOKEN_LENGTH}}}")
IN_SUBJECT = re.compile(rf"\[#({TOKEN.pattern})\]", re.IGNORECASE)


def derive(secret: str, form: Form, *of_what: str) -> str:
    """The code of this form that the same parts always give."""
    made = _keyed(secret, "code", form, *of_what)
    if form is Form.LINK:
        return b32encode(made).decode()[:TOKEN_LENGTH]
    digits = DIGITS[form]
    return str(int.from_bytes(made) % 10**digits).zfill(digits)


def hashed(secret: str, *what: str) -> str:
    """What a secret thing is kept under: without the secret nobody can try what gives it."""
    return b32encode(_keyed(secret, "key", *what)).decode()[:TOKEN_LENGTH]


def read_code(written: str, link: str) -> tuple[Form, str] | None:
    """The code that somebody keyed in, pasted or tapped, if it looks like one; spaces and hyphens do not count.

    The token of a link counts wherever it stands after `link`, which is what our links begin with (empty where
    there is no page for them), and as `[#token]`; any other code only alone.
    """
    bare = written.strip()
    marked = IN_SUBJECT.search(bare) or (
        re.search(rf"{re.escape(link)}({TOKEN.pattern})(?![\w-])", bare, re.IGNORECASE) if link else None
    )
    if marked:
        return Form.LINK, marked[1].upper()
    squeezed = SEPARATED.sub("", bare)
    if squeezed.isascii() and squeezed.isdigit():
        return next(((form, squeezed) for form, digits in DIGITS.items() if digits == len(squeezed)), None)
    return (Form.LINK, bare.upper()) if TOKEN.fullmatch(bare.upper()) else None


def without_code(written: str, link: str) -> str:
    """What was written, without the code in it: it is a secret until it has been redeemed."""
    found = read_code(written, link)
    if found is None:
        return written
    hidden = re.sub(found[1], "…", written, flags=re.IGNORECASE)
    return hidden if hidden != written else "…"


def forms_for(*, announced: bool, of_number: int, open_codes: int) -> list[Form]:
    """Which codes may be given out, the shortest first.

    `of_number` and `open_codes` were given out in this window and the one before: more than are live.
    """
    forms = [Form.CROWDED]
    if open_codes < MOST_OPEN:
        forms.insert(0, Form.OPEN)
    if announced and of_number < LIVE_OF_NUMBER:
        forms.insert(0, Form.BOUND)
    return forms


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in the window under way, and in the one before."""

    now: int = 0
    before: int = 0

    @property
    def both(self) -> int:
        return self.now + self.before

    def room(self, limit: int) -> int:
        """How far the count of the window under way may go: one that is there already may not be tried again."""
        return limit - self.before


def _keyed(secret: str, *parts: str) -> bytes:
    return hmac.digest(secret.encode(), json.dumps(parts).encode(), "sha256")
