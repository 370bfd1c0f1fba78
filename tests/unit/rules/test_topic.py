"""What something is about, in its words and in the numbers it names."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.topic import (
    MOST_LETTERS,
    MOST_READ,
    as_reference,
    is_question,
    likeness,
    references_of,
    remember,
    words_of,
)


def test_words_that_say_something() -> None:
    assert words_of("Hello, where is my Order?", "I ordered it. Danke!") == ["order", "ordere"]
    assert words_of("Thank you very much, have a nice day", None, "") == []
    assert words_of("Où est ma commande") == ["comman"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Return #W4435622, please", ["W4435622"]),
        ("Booking NO6JO3 and HKEG34", ["NO6JO3", "HKEG34"]),
        ("order AB-10023 or #12345", ["AB10023", "12345"]),
        ("call 07700900123 on 2024-05-20, 10000 in all", []),
        ("ASAP, URGENT", []),
    ],
)
def test_numbers_of_orders(text: str, numbers: list[str]) -> None:
    assert references_of(text) == numbers
    assert [as_reference(number.lower()) for number in numbers] == numbers


@pytest.mark.parametrize("text", ["when?", "¿cuándo?", "いつ\uff1f", "متى\u061f", "?" + "x" * MOST_READ])
def test_what_has_a_question_mark_of_any_script_is_a_question(text: str) -> None:
    assert is_question(text) is True


@pytest.mark.parametrize("text", [None, "", "when", "x" * MOST_READ + "?"])
def test_what_has_none_where_it_is_looked_at_is_none(text: str | None) -> None:
    assert is_question(text) is False


def test_what_few_are_about_counts_more() -> None:
    others = [{"order", "sofa"}, {"order", "lamp"}, {"order", "bill"}]
    sofa = likeness(["order", "sofa"], others[0], others)
    assert sofa == 1.0
    assert likeness(["order", "sofa"], others[1], others) < 0.5
    assert likeness([], others[0], others) == 0.0
    assert likeness(["order"], [], []) == 0.0


words = st.lists(st.text("abcdefgh", min_size=1, max_size=6))


@given(gist=words, news=words)
def test_a_gist_keeps_what_it_has_and_never_grows_beyond(gist: list[str], news: list[str]) -> None:
    kept = remember("", gist)
    more = remember(kept, news)
    assert more.startswith(kept)
    assert len(more) <= MOST_LETTERS
    assert len(set(more.split())) == len(more.split())
    assert remember(more, news) == more


@given(said=words, about=words, others=st.lists(words))
def test_likeness_is_a_part(said: list[str], about: list[str], others: list[list[str]]) -> None:
    assert 0.0 <= likeness(said, about, others) <= 1.0 + 1e-9


def test_what_is_remembered_is_each_word_once() -> None:
    assert remember("order", ["sofa", "order", "sofa", "lamp"]) == "order sofa lamp"
    assert remember("", []) == ""
    assert remember("an order", ["order", "or"]) == "an order or"


def test_as_many_words_are_remembered_as_fit() -> None:
    nearly = "x" * (MOST_LETTERS - 5)
    assert remember(nearly, ["sofa", "lamp"]) == f"{nearly} sofa"
    # the first that does not fit is the end
    assert remember(nearly, ["order", "sofa"]) == nearly


def test_how_much_a_word_counts() -> None:
    # Given a word of one of three things, a word of none, and one of all
    others = [{"sofa", "order"}, {"lamp", "order"}, {"order"}]
    assert likeness(["sofa", "order"], {"sofa"}, others) == pytest.approx(log(5) / (log(5) + log(7 / 3)))
    assert likeness(["sofa", "never"], {"sofa"}, others) == pytest.approx(1 / 2)
