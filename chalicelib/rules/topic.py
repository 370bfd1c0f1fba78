"""What something is about, in its words: simple enough to be explained, in any language that has spaces.

Words that everybody says to a business say nothing; of the others the first letters count, so that
"booking" and "booked" are one. What looks like a number of an order or a case is a reference.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from math import log

WORD = re.compile(r"[^\W\d_]{3,}")
TOKEN = re.compile(r"(#?)\b([A-Z0-9][A-Z0-9-]{4,23})\b")
QUESTION = re.compile("[?\uff1f\u061f\u055e\u1367]")
LETTERS = 6
MOST_LETTERS = 400
"""Of the words that are remembered of one thing."""
MOST_READ = 20_000
"""Characters of a text that are looked at: a matter is stated before that."""
SAID_BY_ALL = """
the and for you are was have has had with that this from your our can could would should will please thank thanks
hello hey good bye goodbye yes yeah okay sure need want like help know tell there here they them their what when
where which who how why not but any some get got just about also been were did does don doesn didn isn wasn let
him his she her its out into than then too very more most much one two all else name call may great awesome perfect
nice sorry maybe well right really anything something someone today tomorrow now time day morning evening afternoon
dear regards best kind cheers appreciate welcome understand question message
danke bitte hallo guten und der die das ist nicht ich sie wir mit für auf von
merci bonjour les des une est pas vous nous avec pour dans que qui
gracias hola por los las una para con
"""
COMMON = frozenset(SAID_BY_ALL.split())


def words_of(*texts: str | None) -> list[str]:
    """The beginnings of the words that say something, each once, in the order in which they were said."""
    said = (word for text in texts if text for word in WORD.findall(text[:MOST_READ].lower()))
    return list(dict.fromkeys(word[:LETTERS] for word in said if word not in COMMON))


def references_of(*texts: str | None) -> list[str]:
    """What looks like a number of an order, a booking or a case, each once: #W4435622, AB-10023, NO6JO3.

    Digits alone may be a date, a sum or a phone number, unless a # says that they are none.
    """
    found = (token for text in texts if text for token in TOKEN.findall(text[:MOST_READ]))
    return list(dict.fromkeys(as_reference(token) for mark, token in found if mark or _is_mixed(token)))


def _is_mixed(token: str) -> bool:
    return any(char.isdigit() for char in token) and any(char.isalpha() for char in token)


def is_question(text: str | None) -> bool:
    """Whether it has a question mark of any script."""
    return bool(text and QUESTION.search(text[:MOST_READ]))


def as_reference(number: str) -> str:
    """A number of an order or a case in the form in which they are compared."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def remember(gist: str, news: Iterable[str]) -> str:
    """The words of something with these added: as many as are kept."""
    kept = gist
    for word in dict.fromkeys(news):
        longer = f"{kept} {word}".strip()
        if len(longer) > MOST_LETTERS:
            break
        kept = kept if word in kept.split() else longer
    return kept


def likeness(said: Collection[str], about: Collection[str], others: Iterable[Collection[str]]) -> float:
    """The part, 0 to 1, of what was said that something is about: the fewer have a word, the more it counts.

    `others` are all things that it could be, this one among them.
    """
    listed = [frozenset(one) for one in others]
    having = Counter(word for one in listed for word in one)

    def weight(words: Collection[str]) -> float:
        return sum(log(1 + (len(listed) + 1) / max(having[word], 1)) for word in words)

    whole = weight(frozenset(said))
    return weight(frozenset(said) & frozenset(about)) / whole if whole else 0.0
