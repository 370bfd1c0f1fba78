"""Forms of one number that name one person often, and not always.

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


def without_extension(number: str) -> str:
    """The E.164 of a phone number in its one form."""
    return number.partition(";")[0]


def of_phone(number: str) -> str:
    """The form that all variants of a number share."""
    e164 = without_extension(number)
    shared = next((match.expand(form) for pattern, form in PHONES if (match := pattern.fullmatch(e164))), None)
    return shared or e164
