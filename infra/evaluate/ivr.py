"""A careful IVR: what it makes of what a recogniser heard. It says nothing rather than guess.

Each question is asked several times; each time the recogniser gives its hypotheses, best first. An attempt
reads as the first hypothesis that makes sense; the answer is what most attempts read as, if one does.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime

Hypotheses = Sequence[str]
Reader = Callable[[str], str | None]

# Words that stand for one character: the NATO alphabet, and what recognisers write for a letter or a digit.
SPELLED = """
    A alpha alfa      B bravo be bee    C charlie see sea   D delta       E echo ee        F foxtrot
    G golf gee        H hotel           I india             J juliet juliett juliette jay  K kilo kay
    L lima            M mike            N november          O oscar oh    P papa pee       Q quebec queue cue
    R romeo are our   S sierra          T tango tea tee     U uniform you V victor         W whiskey whisky
    X xray ex         Y yankee why      Z zulu zed zee said
    0 zero nought     1 one won         2 two to too        3 three       4 four for       5 five
    6 six             7 seven           8 eight             9 nine
"""
POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")
OUTWARD_SHAPES = ("A9", "A99", "A9A", "AA9", "AA99", "AA9A")
INWARD_SHAPE = "9AA"
MONTHS = [date(2000, month, 1).strftime("%B").lower() for month in range(1, 13)]
COUNTED = "zero one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 - read as a line
ORDINALS = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split()  # noqa: SIM905 - the same
OLDEST_YEARS = 130


def _spelling(table: str) -> dict[str, str]:
    """Word -> the character that it stands for: in the table each character comes before its words."""
    spelling, char = {}, ""
    for word in table.split():
        if len(word) == 1:
            char = word
        else:
            spelling[word] = char
    return spelling


CHARACTERS = _spelling(SPELLED)


def read_postcode(attempts: Iterable[Hypotheses]) -> str | None:
    """A British postcode, spelled in letters, words of the NATO alphabet or both."""
    return _agreed(attempts, _postcode)


def read_date(attempts: Iterable[Hypotheses]) -> str | None:
    """A date of birth as YYYY-MM-DD; figures are read day first."""
    return _agreed(attempts, _date)


def read_name(attempts: Iterable[Hypotheses]) -> str | None:
    """A name as it was heard: at least two words. Which ones is the recogniser's best guess."""
    heard = (hypothesis for attempt in attempts for hypothesis in attempt[:1])
    return next((name for name in heard if re.fullmatch(r"[A-Za-z'-]{2,}( [A-Za-z'-]{2,}){1,3}", name)), None)


def _agreed(attempts: Iterable[Hypotheses], read: Reader) -> str | None:
    readings = Counter(
        reading
        for attempt in attempts
        if (reading := next((made for heard in attempt if (made := read(heard))), None))
    )
    best = readings.most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]


def _postcode(heard: str) -> str | None:
    words = re.findall(r"[a-z]+|[0-9]", re.sub(r"x[ -]ray", "xray", heard.lower()))
    spelled = "".join(CHARACTERS.get(word, word.upper()) for word in words)
    for shape in OUTWARD_SHAPES:
        if len(spelled) == len(shape) + len(INWARD_SHAPE):
            fitted = "".join(_fitted(char, kind) for char, kind in zip(spelled, shape + INWARD_SHAPE, strict=True))
            if whole := POSTCODE.fullmatch(fitted):
                return f"{whole[1]} {whole[2]}"
    return None


def _fitted(char: str, kind: str) -> str:
    """O and nought sound alike: where it stands says which it is."""
    if kind == "A":
        return "O" if char == "0" else char
    return "0" if char == "O" else char


def _date(heard: str) -> str | None:
    words = re.findall(r"[a-z]+|[0-9]+", re.sub(r"(?<=[0-9])(st|nd|rd|th)\b", " ", heard.lower()))
    figures = [figure for word in words if (figure := _figure(word)) is not None]
    month = next((MONTHS.index(word) + 1 for word in words if word in MONTHS), None)
    return _plausible(*_with_month_named(figures, month)) if month else _plausible(*_in_figures("".join(figures)))


def _figure(word: str) -> str | None:
    if word.isdigit():
        return word
    if word in ORDINALS:
        return str(ORDINALS.index(word))
    return str(COUNTED.index(word)) if word in COUNTED else None


def _with_month_named(figures: list[str], month: int) -> tuple[int, int, int]:
    """A day, then a year that may have come in pieces: 1980 3, 2000 12, 19 83."""
    if len(figures) < 2:  # noqa: PLR2004 - a day and a year
        return (0, month, 0)
    return (_year(figures[1:]), month, int(figures[0]))


def _year(pieces: list[str]) -> int:
    first, rest = pieces[0], "".join(pieces[1:])
    if len(first) == 4 and rest and len(rest) <= 2:  # noqa: PLR2004 - digits of a year, and of what is added to it
        return int(first) + int(rest) if int(first) % 10 ** len(rest) == 0 else 0
    whole = first + rest
    return int(whole) if len(whole) == 4 else 0  # noqa: PLR2004 - digits of a year


def _in_figures(digits: str) -> tuple[int, int, int]:
    """Day, month, year with nothing missing: 25081980, and 2581980 where it can be read in one way only."""
    ways = {
        (int(digits[-4:]), int(digits[cut:-4]), int(digits[:cut]))
        for cut in (1, 2)
        if 6 <= len(digits) <= 8 and 1 <= len(digits) - 4 - cut <= 2  # noqa: PLR2004 - digits of a date
    }
    plausible = [way for way in ways if _plausible(*way)]
    return plausible[0] if len(plausible) == 1 else (0, 0, 0)


def _plausible(year: int, month: int, day: int) -> str | None:
    try:
        born = date(year, month, day)
    except ValueError:
        return None
    today = datetime.now(UTC).date()
    return born.isoformat() if today.year - OLDEST_YEARS <= born.year and born <= today else None
