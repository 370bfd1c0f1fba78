"""Our own token: what we put into the address or the subject of a mail that we send comes back in the reply."""

import re
from collections.abc import Iterable

from chalicelib.mail.message import Address

_ULID = r"[0-7][0-9A-HJKMNP-TV-Z]{25}"
_IN_ADDRESS = re.compile(rf"\+(?P<token>{_ULID})@", re.IGNORECASE)
_IN_SUBJECT = re.compile(rf"\[#(?P<token>{_ULID})\]", re.IGNORECASE)


def token_of(recipients: Iterable[Address], subject: str) -> str | None:
    """The ULID in `support+<ULID>@…` of a recipient, else in `[#<ULID>]` of the subject; upper case."""
    for recipient in recipients:
        if found := _IN_ADDRESS.search(recipient.address):
            return found["token"].upper()
    inside = _IN_SUBJECT.search(subject)
    return inside["token"].upper() if inside else None
