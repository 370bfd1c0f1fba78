"""How the standard library is to hand over fields: as they were sent, and such that it does not fail on them."""

import re
from email.message import Message
from email.policy import Compat32
from email.utils import collapse_rfc2231_value

from chalicelib.mail.headers import LONGEST, unsurrogated

_EXTENDED = re.compile(r";\s*[\w-]+\*[^;]*")
"""Parameters in pieces or with a charset (RFC 2231)."""


class _Raw(Compat32):
    """Cuts fields where nobody reads on, and leaves decoding them to us."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        value = value[:LONGEST]
        return name, _sound(value) if name.lower().startswith("content-") else value

    def header_fetch_parse(self, _name: str, value: str) -> str:
        return value


def _sound(value: str) -> str:
    """A field with parameters that the standard library can take apart; it raises on some of them."""
    value = unsurrogated(value)
    probe = Message()
    probe["content-type"] = value
    try:
        for _, said in probe.get_params() or ():
            collapse_rfc2231_value(said)
    except (TypeError, ValueError, LookupError):
        return _EXTENDED.sub("", value)
    return value


RAW = _Raw()
