"""Card and social security numbers, taken out of free text before it is stored anywhere.

A number is judged by how it is written, by what it is called beside it, and by what was asked for before it:

- a card number has 13 to 19 digits (ISO/IEC 7812-1) and passes Luhn, or stands where a card is spoken of;
- a social security number has nine digits written 3-2-4, or stands where one is asked for.

What is called something else (an order, a phone, an account) is left as it is, whatever its digits: a tenth
of all random ids pass Luhn. One-time codes have no form to be told by: a fact's kind tells them.
"""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from chalicelib.rules.number_names import CARD, OTHER, SSN, kind_asked_for, kinds_named, named_after, named_before

UNHEARD = "unheard"
"""Beside what was asked for: nobody knows what else was, because the asking side is not heard here."""
MASKS = {CARD: "[card number]", SSN: "[social security number]"}

CARD_DIGITS = range(13, 20)
GROUPED_LIKE_CARDS = frozenset({(4, 6, 5), (4, 6, 4)})
"""Beside fours, and digits one by one: American Express, Diners Club."""
EVEN_GROUPS = frozenset({1, 4})
SSN_GROUPS, SSN_DIGITS, SSN_END = (3, 2, 4), 9, 4
NO_SSN = re.compile(r"000|666|9|\d{3}00|\d{5}0000")
"""What no social security number begins with (SSA, POMS RM 10201.030); 9 is for taxpayers of another kind."""
PHONE_DIGITS = 8

DIGITS = r"(?<![A-Za-z_])\d+(?![A-Za-z_\d])"
BETWEEN = r"(?: ?[-\u2010-\u2015.] ?|[ \u00a0\u00ad\u2000-\u200f\u202f\u205f-\u2064\u3000\ufeff])"
"""A hyphen, or a space of any width, of none too."""
NUMBER = re.compile(rf"(?<![A-Za-z0-9_/@])(?<![A-Za-z_][-.])\+?{DIGITS}(?:{BETWEEN}{DIGITS})*(?!@)")
"""Digits in groups, as people write them; not what is a part of a word, a path or an address."""
GROUP = re.compile(r"\d+")


KEYED_IN = frozenset({UNHEARD, OTHER})
"""What was keyed in or typed as an answer, nobody knows to what; nine digits of it are any number."""
KEYS = re.compile(r"digits|dtmf|keyed|pressed|input", re.IGNORECASE)
WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])|[_-]")

Hidden = tuple[str, int, int]
"""A kind, and the first and last of the groups of digits that are one."""


@dataclass(frozen=True, slots=True)
class Masked:
    """Text without such numbers, and what may be expected to come next."""

    text: str
    asked: frozenset[str]


def mask(text: str, asked: AbstractSet[str] = frozenset()) -> Masked:
    """Replaces card and social security numbers.

    `asked` is what was asked for or spoken of before: the `asked` of the text that came before this one.
    """
    numbers = list(NUMBER.finditer(text))
    edges = [0, *(edge for number in numbers for edge in number.span()), len(text)]
    words = [text[start:stop] for start, stop in zip(edges[::2], edges[1::2], strict=True)]
    alone = len(numbers) == 1 and not any(char.isalnum() for char in "".join(words))
    expected = set(asked)
    kept, end = [], 0
    for at, number in enumerate(numbers):
        expected |= kinds_named(words[at])
        called = named_before(words[at]) or named_after(words[at + 1], leads_on=at + 1 < len(numbers))
        wanted = {called} if called else expected
        groups = _groups(number)
        for kind, first, last in _hidden([group.group() for group in groups], wanted, alone=alone):
            kept += [text[end : groups[first].start()], MASKS[kind]]
            end = groups[last].end()
            expected.add(kind)
        if sum(len(group.group()) for group in groups) in {SSN_DIGITS, SSN_END}:
            expected.discard(SSN)  # all of it, or its end as is usual: that was the answer
    return Masked("".join([*kept, text[end:]]), frozenset(_still_asked(words[-1], expected)))


def _still_asked(last_words: str, expected: set[str]) -> set[str]:
    """What may come next, once these were the last words."""
    spoken_of = expected | kinds_named(last_words)
    return spoken_of - {CARD, SSN} if kind_asked_for(last_words) == OTHER else spoken_of


def _groups(number: re.Match[str]) -> list[re.Match[str]]:
    """The groups of digits, without those of an international phone number that they begin with."""
    groups = list(GROUP.finditer(number.string, *number.span()))
    if number.group().startswith("+"):
        phone = 0
        while groups and phone < PHONE_DIGITS:
            phone += len(groups.pop(0).group())
    return groups


def _hidden(groups: Sequence[str], wanted: AbstractSet[str], *, alone: bool) -> list[Hidden]:
    """What is to be hidden of one number."""
    if wanted == {OTHER}:
        return []
    cards = [
        (CARD, first, last)
        for first, last in _runs(groups, CARD_DIGITS)
        if _is_card(groups[first : last + 1], wanted)
    ]
    ssns = [
        (SSN, first, last)
        for first, last in _runs(groups, range(SSN_DIGITS, SSN_DIGITS + 1))
        if _is_ssn(groups[first : last + 1], wanted, alone=alone)
    ]
    return _joined(cards or ssns) or _named_in_odd_groups(groups, wanted)


def _named_in_odd_groups(groups: Sequence[str], wanted: AbstractSet[str]) -> list[Hidden]:
    """All of it, where it is called a card's, whatever the groups that it is written in."""
    is_one = wanted == {CARD} and len("".join(groups)) in CARD_DIGITS
    return [(CARD, 0, len(groups) - 1)] if is_one else []


def _runs(groups: Sequence[str], lengths: range) -> Iterator[tuple[int, int]]:
    """All neighbouring groups that have so many digits together: the first and the last."""
    for first in range(len(groups)):
        digits = 0
        for last in range(first, len(groups)):
            digits += len(groups[last])
            if digits >= lengths.stop:
                break
            if digits in lengths:
                yield first, last


def _joined(found: list[Hidden]) -> list[Hidden]:
    """Those that overlap as one: where it cannot be said which of them it is, all are hidden."""
    joined: list[Hidden] = []
    for kind, first, last in found:
        if joined and first <= joined[-1][2]:
            before, begin, end = joined.pop()
            joined.append((before, begin, max(last, end)))
        else:
            joined.append((kind, first, last))
    return joined


def _is_card(groups: Sequence[str], wanted: AbstractSet[str]) -> bool:
    digits = "".join(groups)
    if not _grouped_like_a_card(tuple(map(len, groups))):
        return False
    taken_for_one = UNHEARD in wanted and not digits.startswith("0")
    return CARD in wanted or taken_for_one or passes_luhn(digits)


def _grouped_like_a_card(sizes: tuple[int, ...]) -> bool:
    even = sizes[0] in EVEN_GROUPS and set(sizes[:-1]) == {sizes[0]} and sizes[-1] <= sizes[0]
    return len(sizes) == 1 or even or sizes in GROUPED_LIKE_CARDS


def _is_ssn(groups: Sequence[str], wanted: AbstractSet[str], *, alone: bool) -> bool:
    digits, sizes = "".join(groups), tuple(map(len, groups))
    taken_for_one = alone and sizes == (SSN_DIGITS,) and UNHEARD in wanted and OTHER not in wanted
    return SSN in wanted or ((taken_for_one or sizes == SSN_GROUPS) and not NO_SSN.match(digits))


def passes_luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    doubled = (divmod(int(digit) * (1 + place % 2), 10) for place, digit in enumerate(reversed(digits)))
    return sum(tens + ones for tens, ones in doubled) % 10 == 0


def mask_free_text(name: str, text: str) -> str:
    """Masks what somebody wrote, or keyed in, in a field by this name, where it is not heard what was asked."""
    return mask(text, KEYED_IN if KEYS.search(name) else {UNHEARD}).text


def mask_attribute(name: str, value: str) -> str:
    """Masks the value of a named field as far as it is prose, keyed in, or called one of these numbers.

    Any other bare value is an id, which is never touched.
    """
    spaced = WORD_BREAK.sub(" ", name)
    asked = (kinds_named(spaced) & MASKS.keys()) | (KEYED_IN if KEYS.search(spaced) else set())
    is_prose = " " in value and any(char.isalpha() for char in value)
    return mask(value, asked).text if asked or is_prose else value
