"""Of several cases which one, and what is said of why: all that decides, one by one."""

from typing import Any

import pytest

from chalicelib.rules.case_finding import CONVERSATION, Finding, KnownCase, find_case, number_of, reasons_in
from chalicelib.rules.case_states import REOPENED_WITHIN, Status
from chalicelib.rules.topic import likeness
from tests.unit.rules.test_case_finding import DAY, HOUR, a_case, found, told

DELIVERY = frozenset({"delivery"})
ORDER = frozenset({"W4435622"})


def resolved(case_id: str, **more: Any) -> KnownCase:
    return a_case(case_id, Status.RESOLVED, more.pop("ago", DAY), **more)


@pytest.mark.parametrize(
    ("said", "cases", "finding"),
    [
        (told(case_numbers=frozenset({"1"})), [a_case()], Finding("1", "fact", "its number was given")),
        (
            told(references=ORDER),
            [resolved("1", references=ORDER)],
            Finding("1", "fact", "the same order or reference number was given"),
        ),
        (told(reasons=DELIVERY), [a_case(reasons=DELIVERY)], Finding("1", "reason", "the same reason")),
        (
            told(reasons=reasons_in("a, b")),
            [a_case(reasons=reasons_in("a, b, c, d"))],
            Finding("1", "reason", "most of the same reasons"),
        ),
        (
            told("parcel"),
            [a_case(words=frozenset({"parcel"}))],
            Finding("1", "words", "it is about the same, in its words"),
        ),
        (
            told("news"),
            [a_case("2"), a_case(ago=HOUR)],
            Finding("1", "conversation", "it goes on with what was just written"),
        ),
        (
            told("news"),
            [a_case()],
            Finding("1", "conversation", "the one open case, and it says nothing else"),
        ),
        (told(reasons=DELIVERY), [], Finding(None, "opened", "the first")),
        (
            told(reasons=DELIVERY),
            [a_case()],
            Finding(None, "opened", "about something else than the cases there are"),
        ),
        (
            told(reasons=DELIVERY),
            [a_case("1", reasons=DELIVERY), resolved("2", reasons=DELIVERY)],
            Finding("1", "reason", "the same reason, and it is open"),
        ),
        (
            told("lamp", reasons=DELIVERY),
            [a_case("1", reasons=DELIVERY, words=frozenset({"lamp"})), a_case("2", reasons=DELIVERY)],
            Finding("1", "reason", "the same reason, and the most alike in its words"),
        ),
        (
            told(reasons=DELIVERY),
            [resolved("1", reasons=DELIVERY), resolved("2", reasons=DELIVERY, ago=HOUR)],
            Finding("2", "reason", "the same reason, and the last that was worked on"),
        ),
        (
            told(reasons=DELIVERY),
            [a_case("2", reasons=DELIVERY), a_case("1", reasons=DELIVERY)],
            Finding(None, "asked", "the same reason as several cases", ("1", "2")),
        ),
    ],
)  # fmt: skip
def test_it_says_why(said: Any, cases: list[KnownCase], finding: Finding) -> None:
    assert find_case(said, cases) == finding


def test_of_two_whose_numbers_were_given_the_words_tell() -> None:
    sofa, lamp = (a_case(word, words=frozenset({word}), references=ORDER) for word in ("sofa", "lamp"))
    by_number = told("lamp", case_numbers=frozenset({"sofa", "lamp"}))
    assert found(find_case(by_number, [sofa, lamp])) == ("lamp", "fact")
    assert found(find_case(told("lamp", references=ORDER), [sofa, lamp])) == ("lamp", "fact")
    # of two as alike, nobody knows
    assert find_case(told("sofa", "lamp", references=ORDER), [sofa, lamp]).by == "asked"


def test_what_is_open_goes_before_what_was_resolved_though_that_is_more_alike() -> None:
    cases = [a_case(name, reasons=DELIVERY) for name in ("1", "2")]
    alike = resolved("3", reasons=DELIVERY, words=frozenset({"lamp"}))
    assert find_case(told("lamp", reasons=DELIVERY), [*cases, alike]).may_be == ("1", "2")


def test_of_what_was_resolved_at_one_moment_one_is_chosen_whatever_the_order() -> None:
    cases = [resolved(name, reasons=DELIVERY) for name in ("2", "3", "1")]
    assert find_case(told(reasons=DELIVERY), cases).case_id == "3"


@pytest.mark.parametrize("fit", ["one", "other"])
def test_of_two_that_share_as_many_reasons_the_last_that_was_worked_on(fit: str) -> None:
    cases = [
        a_case(name, reasons=reasons_in(f"a, b, {name}"), ago=HOUR if name == fit else DAY)
        for name in ("one", "other")
    ]
    assert find_case(told(reasons=reasons_in("a, b")), cases).case_id == fit


def test_the_least_likeness_that_counts() -> None:
    # Given a case that has one of the four words that were said, each of which counts the same
    said, case = ("a", "b", "c", "d"), a_case("1", words=frozenset({"a"}))
    assert likeness(said, case.words, [case.words]) == 0.25
    assert found(find_case(told(*said), [case])) == ("1", "words")
    one, other = (
        a_case(name, reasons=DELIVERY, words=frozenset(words)) for name, words in (("1", "a"), ("2", ""))
    )
    assert likeness(said, one.words, [one.words, other.words]) == 0.25
    assert found(find_case(told(*said, reasons=DELIVERY), [one, other])) == ("1", "reason")


def test_words_about_another_product_are_about_another_matter() -> None:
    fibre = a_case("fibre", words=frozenset({"slow", "line", "outage"}), product="Fibre 100")
    said = ("slow", "line", "outage")
    assert found(find_case(told(*said, product="Mobile"), [fibre])) == (None, "opened")
    assert found(find_case(told(*said, product="FIBRE 100"), [fibre])) == ("fibre", "words")
    # of which nothing was said, that says nothing against it
    assert found(find_case(told(*said), [fibre])) == ("fibre", "words")
    unnamed = a_case("unnamed", words=fibre.words)
    assert found(find_case(told(*said, product="Mobile"), [unnamed])) == ("unnamed", "words")


def test_a_day_after_it_was_written_about_it_still_goes_on() -> None:
    quiet = a_case("quiet", ago=3 * DAY)
    assert found(find_case(told("news"), [quiet, a_case(ago=CONVERSATION)])) == ("1", "conversation")
    assert find_case(told("news"), [quiet, a_case(ago=CONVERSATION + HOUR)]).by == "asked"


def test_of_two_that_were_just_written_about_it_is_asked() -> None:
    cases = [a_case("2", ago=HOUR), a_case("1", ago=HOUR)]
    asked = find_case(told("news"), cases)
    assert asked == Finding(None, "asked", "it goes on with what was just written as several cases", ("1", "2"))


ALL: dict[str, dict[str, Any]] = {
    "number": {"references": ORDER},
    "reason": {"reasons": DELIVERY},
    "words": {"words": frozenset({"sofa", "broken", "leg"})},
    "product": {"product": "Fibre 100"},
}
SAID: dict[str, Any] = {
    "number": told(references=frozenset({"X1"}), is_message=False),
    "case number": told(case_numbers=frozenset({"99999999"}), is_message=False),
    "reason": told(reasons=frozenset({"billing"}), is_message=False),
    "words": told("bill", "wrong", "sum", is_message=False),
    "product": told(product="fibre 100", is_message=False),
}
COMPARED = {
    ("number", "number"),
    ("case number", "number"),
    *((said, known) for said in ("reason", "words") for known in ("reason", "words")),
}


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("known", ALL)
def test_what_cannot_be_compared_belongs_to_the_one_open_case(said: str, known: str) -> None:
    case = a_case("1", **ALL[known])
    against = Finding(None, "opened", "about something else than the cases there are")
    goes_on = Finding("1", "conversation", "the one open case, and nothing that is known speaks against it")
    assert find_case(SAID[said], [case]) == (against if (said, known) in COMPARED else goes_on)


def test_as_long_as_it_was_written_about_lately() -> None:
    for ago, by in ((REOPENED_WITHIN, "conversation"), (REOPENED_WITHIN + HOUR, "opened")):
        assert find_case(SAID["reason"], [a_case(ago=ago, references=ORDER)]).by == by
    assert find_case(told(is_message=False), [a_case(references=ORDER)]).by == "none"


def test_of_two_with_as_many_of_the_reasons_and_as_many_words_the_last() -> None:
    cases = [a_case(name, ago=ago, reasons=reasons_in(f"a, b, {name}")) for name, ago in (("x", HOUR), ("y", DAY))]
    assert find_case(told(reasons=reasons_in("a, b")), cases).case_id == "x"


def test_a_number_that_is_no_cases_says_enough_to_open_one_on_a_contact() -> None:
    assert find_case(told(case_numbers=frozenset({"99999999"}), is_message=False), []).by == "opened"


def test_the_number_of_a_case_stays_what_it_was() -> None:
    """It was said and written to customers."""
    assert number_of("01M8CEWFF17GV7F07GKP2X59W5") == "67045853"
