"""Identifiers: what customers are known by, brought to one form so that equal ones are equal."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.errors import BadInput

MAX_LENGTH = 254  # the longest email address (RFC 5321, 4.5.3.1.3); nothing else is longer

# What carriers and platforms put where a number was withheld. The digits are what the word spells
# on a keypad: https://help.twilio.com/articles/223179988
WITHHELD = frozenset(
    {
        *("anonymous", "unknown", "restricted", "private", "withheld", "unavailable", "blocked"),
        *("no caller id", "not available", "null", "none", "coolline", "anonymous@anonymous.invalid"),
        *("266696687", "7378742833", "2562533", "8566696", "8656696", "86282452253"),
    }
)

EXCLUSIVE = frozenset({"account", "crm"})
"""The business gives these out, so one belongs to one customer; all others may be shared."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """`(type, scope, value)` in normalised form, with the value as it was received."""

    type: str
    scope: str
    value: str
    received: str

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.type, self.scope, self.value)


def is_withheld(value: str) -> bool:
    """Whether this stands for a number that the caller withheld (it identifies nobody)."""
    bare = value.strip().lower().removeprefix("sip:").removeprefix("tel:").removeprefix("+")
    return not bare or bare in WITHHELD or set(bare) == {"0"}


def normalise(type_: str, value: str, scope: str = "", region: str | None = None) -> Identifier:
    """Brings an identifier to its one form.

    `region` is the ISO country in which a national phone number is read.
    Raises `BadInput` at `value` (or `scope`) where it cannot be one.
    """
    if len(value) > MAX_LENGTH:
        raise BadInput.at("value", f"is longer than {MAX_LENGTH} characters")
    if not value.strip():
        raise BadInput.at("value", "is empty")
    if type_ == "other" and not scope:
        raise BadInput.at("scope", "an identifier of type other needs a scope that says of what kind it is")
    normal = NORMALISERS[type_](value, region)
    return Identifier(type_, scope, normal, value)


def region_of(number: str | None) -> str | None:
    """The ISO country of an international number, or None."""
    import phonenumbers

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number or ""))
    except phonenumbers.NumberParseException:
        return None


def _phone(value: str, region: str | None) -> str:
    """E.164 of a *possible* number: numbering plans change faster than the library."""
    import phonenumbers

    try:
        number = phonenumbers.parse(value.strip().removeprefix("tel:"), region)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE and region is None:
            message = "is a national number: write it as +<country><number>, or name the number called in `to`"
        else:
            message = "is not a phone number"
        raise BadInput.at("value", message) from error
    if not phonenumbers.is_possible_number(number):
        raise BadInput.at("value", "is not a possible phone number: its length fits no numbering plan")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(value: str, _region: str | None) -> str:
    """A bare address, lower case: no provider in use tells letters apart by case."""
    from email_validator import EmailNotValidError, validate_email

    try:
        # test_environment allows the .test domain, which never resolves but is what demos are made of
        address = validate_email(value.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadInput.at("value", f"is not an email address: {error}") from error
    return address.normalized.casefold()


def _whatsapp(value: str, region: str | None) -> str:
    """A phone number, or the business-scoped user id that replaces it where a number is not shown."""
    bare = value.strip().removeprefix("whatsapp:")
    if re.fullmatch(r"\+?[\d ()-]+", bare):
        return _phone(bare if bare.startswith("+") else "+" + bare, region)
    return _opaque(bare, region)


def _handle(value: str, _region: str | None) -> str:
    return _printable(value).removeprefix("@").casefold()


def _business_id(value: str, _region: str | None) -> str:
    """An id that people read out and key in: spaces do not count, nor does case."""
    return re.sub(r"\s", "", _printable(value)).upper()


def _opaque(value: str, _region: str | None) -> str:
    return _printable(value)


def _printable(value: str) -> str:
    normal = unicodedata.normalize("NFKC", value).strip()
    if not normal or not normal.isprintable():
        raise BadInput.at("value", "is empty or has control characters")
    return normal


NORMALISERS: dict[str, Callable[[str, str | None], str]] = {
    "phone": _phone,
    "email": _email,
    "account": _business_id,
    "crm": _business_id,
    "visitor": _opaque,
    "device": _opaque,
    "whatsapp": _whatsapp,
    "messenger": _opaque,
    "instagram": _handle,
    "telegram": _handle,
    "line": _opaque,
    "x": _handle,
    "other": _opaque,
}
