"""Phone numbers through libphonenumber: as they are dialled, typed, or named in a URI."""

import re
import unicodedata
from typing import Any
from urllib.parse import unquote

from chalicelib.errors import BadInput
from chalicelib.models import variants

URI = re.compile(r"(?:.*<)?(?P<scheme>sips?|tel):(?P<rest>[^>]*)>?", re.IGNORECASE)
"""A SIP or tel URI, bare or after a display name (RFC 3261, 20.10)."""
EXTENSION = ";ext="
"""What precedes an extension in the one form of a number (RFC 3966, 3)."""

FORMAT = "Cf"
"""Marks of direction and the like, which come along when a number is copied out of a list of contacts."""
NO_COUNTRY = frozenset({"001", "ZZ"})
"""What libphonenumber calls the region of international services, and of calling codes that nobody has."""


def named_in(value: str) -> str:
    """Whom a SIP or tel URI names, without its parameters; anything else as it is."""
    return _uri_free(value).removeprefix("tel:").partition(";")[0].strip()


def _uri_free(value: str) -> str:
    """What libphonenumber reads: a tel URI whole, since its context is part of the number; a SIP URI's user.

    The user of a SIP URI may be a whole telephone subscriber, parameters and all (RFC 3261, 19.1.1).
    """
    letters = unicodedata.normalize("NFKC", value)
    seen = "".join(one for one in letters if unicodedata.category(one) != FORMAT).strip()
    uri = URI.fullmatch(seen)
    if not uri:
        return seen
    rest = uri["rest"] if uri["scheme"].lower() == "tel" else uri["rest"].partition("@")[0].partition(":")[0]
    return "tel:" + unquote(rest)


def read_phone(value: str, region: str | None) -> str:
    """E.164 of a *possible* number, since numbering plans change faster than the library, and its extension.

    Raises `BadInput` at `value`.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(_uri_free(value), region)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE and region is None:
            message = "is a national number: write it as +<country><number>, or name the number called in `to`"
        else:
            message = "is not a phone number"
        raise BadInput.at("value", message) from error
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not (phonenumbers.is_possible_number(number) or _was_possible(e164)):
        raise BadInput.at("value", "is not a possible phone number: its length fits no numbering plan")
    return f"{e164}{EXTENSION}{number.extension}" if number.extension else str(e164)


def _was_possible(e164: str) -> bool:
    """Whether it is a form that its country has given up, and others still send: Mexico's +52 1."""
    import phonenumbers

    now = variants.of_phone(e164)
    return now != e164 and phonenumbers.is_possible_number(phonenumbers.parse(now))


def region_of(number: str | None) -> str | None:
    """The ISO country of an international number, be it in use or not yet, or None."""
    import phonenumbers

    try:
        parsed: Any = phonenumbers.parse(number or "")
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(parsed)
    region = region or phonenumbers.region_code_for_country_code(parsed.country_code)
    return None if region in NO_COUNTRY else region
