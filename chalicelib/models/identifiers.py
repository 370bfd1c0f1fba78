"""Identifiers: what customers are known by, brought to one form so that equal ones are equal."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.errors import BadInput
from chalicelib.models import keys
from chalicelib.models.phone_numbers import named_in, read_phone
from chalicelib.models.variants import Key, family_of, is_number

MAX_LENGTH = 254  # the longest email address (RFC 5321, 4.5.3.1.3); nothing else is longer

# What carriers and platforms put where a number was withheld. The digits are what the word spells
# on a keypad: https://help.twilio.com/articles/223179988
WITHHELD_DIGITS = frozenset({"266696687", "7378742833", "2562533", "8566696", "8656696", "86282452253", "-1"})
WITHHELD = frozenset({"anonymous", "unknown", "restricted", "private", "withheld", "unavailable", "blocked"})
WITHHELD_PHRASES = frozenset({"no caller id", "not available", "null", "none", "coolline"})
BESIDE_WITHHELD = frozenset({"caller", "number", "id", "user", "name"})
"""Words that say nothing more beside one that says withheld."""

GLOBAL = frozenset({"phone", "email"})
"""Of these there is one in the world, whoever names it."""
NUMBERED = frozenset({"phone", "whatsapp", "email"})
"""Of these there is something to withhold."""

SCOPED = {
    "messenger": "the page whose users it counts",
    "whatsapp": "the business portfolio that it was given to, since it is no phone number",
    "other": "of what kind it is",
}
"""Ids that say nothing without whose they are, and what their scope names."""

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
    def key(self) -> Key:
        return (self.type, self.scope, self.value)

    @property
    def partition(self) -> str:
        """Where it is kept, together with its variants."""
        return keys.identifier(*family_of(*self.key))

    @property
    def prefix(self) -> str:
        """What its sort keys begin with there: nothing, if it is the form that all variants share."""
        return "" if self.key == family_of(*self.key) else keys.variant(self.type, self.value)

    @property
    def same_number(self) -> "Identifier | None":
        """The same number on the other channel: a phone, or a WhatsApp account."""
        other = {"phone": "whatsapp", "whatsapp": "phone"}.get(self.type)
        return replace(self, type=other) if other and is_number(*self.key[::2]) else None


def is_withheld(value: str) -> bool:
    """Whether this stands for a number that the caller withheld (it identifies nobody)."""
    bare = named_in(value).casefold().removesuffix("@anonymous.invalid").removeprefix("+")
    words = set(re.split(r"[\s_-]+", bare)) - BESIDE_WITHHELD
    plain = " ".join(re.split(r"[\s_-]+", bare)).strip()
    if not plain or plain in WITHHELD_PHRASES or bare in WITHHELD_DIGITS or set(plain) == {"0"}:
        return True
    return bool(words) and words <= WITHHELD


def normalise(type_: str, value: str, scope: str = "", region: str | None = None) -> Identifier:
    """Brings an identifier to its one form.

    `region` is the ISO country in which a national phone number is read.
    Raises `BadInput` at `value` (or `scope`) where it cannot be one.
    """
    if len(value) > MAX_LENGTH:
        raise BadInput.at("value", f"is longer than {MAX_LENGTH} characters")
    if not value.strip():
        raise BadInput.at("value", "is empty")
    if type_ in NUMBERED and is_withheld(value):
        raise BadInput.at("value", "stands for a number that was withheld: it identifies nobody")
    normal = NORMALISERS[type_](value, region)
    unscoped = type_ in GLOBAL or is_number(type_, normal)
    if scope and unscoped:
        raise BadInput.at("scope", f"this {type_} is the same everywhere: it has no scope")
    if type_ in SCOPED and not (scope or unscoped):
        raise BadInput.at("scope", f"is needed with this {type_} identifier: {SCOPED[type_]}")
    return Identifier(type_, scope, normal, value)


def _email(value: str, _region: str | None) -> str:
    """A bare address, lower case: no provider in use tells letters apart by case."""
    from email_validator import EmailNotValidError, validate_email

    try:
        # test_environment allows the .test domain, which never resolves but is what demos are made of
        address = validate_email(value.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise BadInput.at("value", f"is not an email address: {error}") from error
    return address.normalized.lower()  # casefold() would make one of strasse and straße


def _whatsapp(value: str, region: str | None) -> str:
    """A phone number, or the business-scoped user id that replaces it where a number is not shown."""
    bare = value.strip().removeprefix("whatsapp:")
    if re.fullmatch(r"\+?[\d ()-]+", bare):
        return read_phone(bare if bare.startswith("+") else "+" + bare, region)
    return _opaque(bare, region)


def _handle(value: str, _region: str | None) -> str:
    return _printable(value.strip().removeprefix("@")).casefold()


def _business_id(value: str, _region: str | None) -> str:
    """An id that people read out and key in: spaces do not count, nor does case."""
    return re.sub(r"\s", "", _printable(value)).upper()


def _opaque(value: str, _region: str | None) -> str:
    return _printable(value)


def _printable(value: str) -> str:
    normal = unicodedata.normalize("NFKC", value).strip()
    if not normal or not normal.isprintable():
        raise BadInput.at("value", "is empty or has characters that nobody sees")
    return normal


NORMALISERS: dict[str, Callable[[str, str | None], str]] = {
    "phone": read_phone,
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
