"""Forms of one number or address that name one person often, and not always.

What came in is never rewritten: only the very form that somebody is known by decides who it is. Another
form of it makes them a candidate, who is asked about. So it does no harm that a form may be somebody
else's: without Brazil's ninth digit a mobile number may be a landline.
"""

import re

PHONES = (
    # Mobile numbers in Brazil gained a 9 after the area code in 2012-2016; WhatsApp ids lack it still.
    # https://www.gov.br/anatel/pt-br/regulado/numeracao/nono-digito
    (re.compile(r"\+55([1-9]\d)9?([6-9]\d{7})"), r"+55\1\2"),
    # Mexico dropped the 1 before mobile numbers in 2019; WhatsApp ids have it still.
    (re.compile(r"\+521?([1-9]\d{9})"), r"+52\1"),
    # Argentine mobile numbers have a 9 when they are called from abroad.
    (re.compile(r"\+549?([1-9]\d{9})"), r"+54\1"),
)
ONE_PROVIDER = {"googlemail.com": "gmail.com"}
"""Domains under which a provider delivers to the same mailbox."""
DOTS_DO_NOT_COUNT = frozenset({"gmail.com"})
"""https://support.google.com/mail/answer/7436150"""


Key = tuple[str, str, str]
"""`(type, scope, value)` of an identifier."""


def family_of(type_: str, scope: str, value: str) -> Key:
    """What all variants of an identifier have in common: they are kept together under it."""
    if type_ == "email":
        return (type_, scope, of_email(value))
    return ("phone", scope, of_phone(value)) if is_number(type_, value) else (type_, scope, value)


def is_number(type_: str, value: str) -> bool:
    """Whether it is a phone number, be it one that was called from or one that WhatsApp names."""
    return type_ == "phone" or (type_ == "whatsapp" and value.startswith("+"))


def without_extension(number: str) -> str:
    """The E.164 of a phone number in its one form."""
    return number.partition(";")[0]


def of_phone(number: str) -> str:
    """The form that all variants of a number share."""
    e164 = without_extension(number)
    shared = next((match.expand(form) for pattern, form in PHONES if (match := pattern.fullmatch(e164))), None)
    return shared or e164


def of_email(address: str) -> str:
    """The form that all variants of an address share: without its tag (RFC 5233), by its provider's rules."""
    local, _, domain = address.rpartition("@")
    domain = ONE_PROVIDER.get(domain, domain)
    untagged = local.partition("+")[0] or local
    mailbox = untagged.replace(".", "") if domain in DOTS_DO_NOT_COUNT else untagged
    return f"{mailbox or untagged}@{domain}"
