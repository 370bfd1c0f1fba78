"""What numbers in free text are called: a card's, a social security number, or something else's."""

import re

CARD, SSN, OTHER = "card", "ssn", "other"

NAMES = {
    CARD: r"(?:credit|debit|bank|visa|master)?\s?cards?|credit|debit|visa|mastercard|maestro|amex|american express"
    r"|cc|tarjeta|kreditkarte|karte|carte|cart[aã]o|carta|kaart|kort",
    SSN: r"r?ssn|social(?: security)?",
    OTHER: r"(?:sim|gift|loyalty|id|identity|member(?:ship)?|health|library|travel|store) cards?|accounts?|acct?"
    r"|a/?c|iban|routing|sort code|orders?|bookings?|confirmation|reservation|policy|claim|invoice|tracking|parcel"
    r"|shipment|reference|ref|ticket|case|phone|mobile|telephone|tel|cell|fax|ph|whatsapp|imei|iccid|sim|serial"
    r"|meter|customer|member(?:ship)?|id|sku|item|isbn|ean|gtin|vin|passport|licen[cs]e|zip(?:code)?|postcode|date"
    r"|transaction|device|contract|voucher",
}
LETTER = r"A-Za-z0-9\["
"""Beside a name there is none of these: `[card number]` is a mask of ours, and no name."""
NAME = re.compile(
    "|".join(rf"(?P<{kind}>(?<![{LETTER}])(?:{words})(?![{LETTER}]))" for kind, words in NAMES.items()),
    re.IGNORECASE,
)
NUMBER_WORD = r"numbers?|no|num|nr|nbr|code|id"
BETWEEN = rf"(?:[^\w]|_|\b(?:{NUMBER_WORD}|is|are|was|it|its|s|the|my|your|new|full|complete|here|as|of|for)\b)*"
"""What may stand between a name and the number that it names."""
UP_TO_THE_NUMBER = re.compile(BETWEEN, re.IGNORECASE)
ASKS_FOR_IT = re.compile(rf"\W*(?:{NUMBER_WORD})\b", re.IGNORECASE)
NAMED_AFTERWARDS = re.compile(r"\W*(?:(?:this|that|it)\W+)?(?:is|was|as)\W+(?:(?:my|the|our)\W+)?", re.IGNORECASE)
"""A number, and then what it is: 078-05-1120 is my social."""
AT_ONCE = re.compile(r"\W*")


def kinds_named(words: str) -> set[str]:
    """Of which kinds of numbers somebody speaks."""
    return {str(name.lastgroup) for name in NAME.finditer(words)}


def kind_asked_for(words: str) -> str | None:
    """The kind whose number is spoken of last, as in: and your order number."""
    asked = [name.lastgroup for name in NAME.finditer(words) if ASKS_FOR_IT.match(words, name.end())]
    return asked[-1] if asked else None


def named_before(words: str) -> str | None:
    """The kind of the number that these words lead up to."""
    names = (name for name in NAME.finditer(words) if UP_TO_THE_NUMBER.fullmatch(words, name.end()))
    return next((name.lastgroup for name in names), None)


def named_after(words: str, *, leads_on: bool) -> str | None:
    """The kind of the number that these words follow; `leads_on`: to another number, which they may name too."""
    said = NAMED_AFTERWARDS.match(words) or (None if leads_on else AT_ONCE.match(words))
    name = NAME.match(words, said.end()) if said else None
    return name.lastgroup if name else None
