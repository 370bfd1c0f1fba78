"""Journeys in words."""

from typing import Any

import pytest

from chalicelib.rules.journey_words import ago, ended_at, outcome, sentence, spoken, told
from chalicelib.rules.journeys import Journey, fold
from tests.unit.rules.test_journeys import MINUTE, act, at, of_task

ON_PHONE = "on a phone"


def said(*acts: dict[str, Any], now: float | None = 10) -> list[str]:
    return [sentence(one, None if now is None else at(now)) for one in fold(acts)]


def failing(*fields: str) -> list[dict[str, Any]]:
    return [of_task(f"f{n}", 1 - 1 / (n + 2), "form_error", field=field) for n, field in enumerate(fields)]


@pytest.mark.parametrize(
    ("acts", "words"),
    [
        ([of_task("a", 8)], "tried to pay, was still at it 2 minutes ago, on a phone"),
        ([of_task("a", 8), of_task("b", 9, "give_up")], "tried to pay, gave up a minute ago, on a phone"),
        ([of_task("a", 8), of_task("b", 9, "complete")], "tried to pay, succeeded a minute ago, on a phone"),
        ([of_task("a", -25)], "tried to pay, stopped 35 minutes ago, on a phone"),
        ([act("a", 8, "give_up")], "Gave up 2 minutes ago, on a phone"),
        ([act("a", 8, "page", page="/a")], "Looked at /a, 2 minutes ago, on a phone"),
        ([act("a", 8, "page")], "2 minutes ago, on a phone"),
        ([of_task("a", 8, "page", page="/a")], "tried to pay, was still at it 2 minutes ago, on a phone"),
        ([of_task("a", 8, task="move_to-us")], "tried to move to us, was still at it 2 minutes ago, on a phone"),
        (
            [of_task("a", 8), of_task("b", 9, "rage_click")],
            "tried to pay, clicked again and again in vain, was still at it a minute ago, on a phone",
        ),
    ],
)  # fmt: skip
def test_what_was_tried_and_where_it_ended(acts: list[dict[str, Any]], words: str) -> None:
    assert said(*acts) == [words]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (["post_code"], "failed once at the post code"),
        (["a", "a"], "failed twice at the a"),
        (["a"] * 3, "failed 3 times at the a"),
        (["a", "a", "b"], "failed twice at the a and once at the b"),
        (["a", "b", "b"], "failed twice at the b and once at the a"),
        (["a", "b", "c", "c"], "failed twice at the c, once at the b and elsewhere"),
        (["b", "a"], "failed once at the a and once at the b"),
    ],
)
def test_where_it_failed_most(fields: list[str], words: str) -> None:
    assert said(*failing(*fields)) == [f"tried to pay, {words}, was still at it 9 minutes ago, on a phone"]


def test_the_place_of_failures_at_once_is_told_in_one_order() -> None:
    told_at_once = [of_task(f"f{at}", 0, "form_error", field=at, error=error) for at, error in ("b1", "a2")]
    assert said(*told_at_once, now=None) == ["tried to pay, failed once at the a and once at the b, on a phone"]


def test_where_help_was_looked_for() -> None:
    searched = of_task("s", 7, "search", query="old"), of_task("t", 8, "search", query="how to")
    assert said(*searched) == ["tried to pay, searched for “how to”, 2 minutes ago, on a phone"]
    read = act("r", 8, "article", article="Paying", page="/kb")
    assert said(read) == ["Read “Paying”, 2 minutes ago, on a phone"]
    assert said(act("s", 8, "search", query="q", page="/kb")) == ["Searched for “q”, 2 minutes ago, on a phone"]
    for helped, words in ((True, ", which helped"), (False, ", which did not help")):
        assert said(read | {"helped": helped}) == [f"Read “Paying”{words}, 2 minutes ago, on a phone"]


def test_without_a_now_it_says_all_but_how_long_ago() -> None:
    assert said(of_task("a", 8), now=None) == ["tried to pay, on a phone"]
    assert said(of_task("a", 8), of_task("b", 9, "give_up"), now=None) == ["tried to pay, gave up, on a phone"]
    assert said(of_task("a", 8), of_task("b", 9, "complete"), now=None) == ["tried to pay, succeeded, on a phone"]
    assert said(act("a", 8, "page", page="/a"), now=None) == ["Looked at /a, on a phone"]


def test_on_which_devices() -> None:
    laptop = {"screen": "s2", "device": "desktop"}
    assert said(of_task("a", 8), of_task("b", 9, **laptop), now=None) == ["tried to pay, on a desktop and a phone"]
    all_three = of_task("a", 8), of_task("b", 9, **laptop), of_task("c", 10, screen="s3", device="tablet")
    assert said(*all_three, now=None) == ["tried to pay, on a tablet, a desktop and a phone"]
    same = of_task("a", 8), of_task("b", 9, screen="s2")
    assert said(*same, now=None) == ["tried to pay, on a phone"]
    app = of_task("a", 8, channel="mobile", device="tablet")
    assert said(app, now=None) == ["tried to pay, in the app on a tablet"]
    assert sentence(Journey([at(0), "a"], at(0), at(0), at(0), [at(0), "portal"], "pay"), None) == "tried to pay"


def test_long_texts_are_cut() -> None:
    assert said(act("s", 8, "search", query="q" * 60), now=None) == [f"Searched for “{'q' * 60}”, on a phone"]
    assert said(act("s", 8, "search", query="q" * 61), now=None) == [f"Searched for “{'q' * 59}…”, on a phone"]
    assert said(act("s", 8, "search", query="q" * 58 + "   x"), now=None) == [
        f"Searched for “{'q' * 58}…”, on a phone"
    ]


def test_long_names_are_cut() -> None:
    names = {"task": "t" * 64, "field": "f" * 64}
    assert said(act("a", 8, "form_error", **names), now=None) == [
        f"tried to {'t' * 59}…, failed once at the {'f' * 59}…, on a phone"
    ]


def test_the_outcome_is_that_of_what_happened_last() -> None:
    def of(*acts: dict[str, Any], now: float = 10) -> str | None:
        return outcome(fold(acts)[0], at(now))

    step, give_up, complete = of_task("a", 1), of_task("b", 2, "give_up"), of_task("c", 3, "complete")
    assert of(step) == "trying"
    assert of(step, now=31) == "left"
    assert of(step, now=30.9) == "trying"
    assert of(step, give_up) == of(step, give_up, now=99) == "gave_up"
    assert of(step, give_up, complete) == "completed"
    assert of(complete, of_task("d", 4, "give_up")) == "gave_up"
    assert of(give_up, of_task("d", 4)) == "trying"
    assert of(give_up, of_task("d", 2)) == "gave_up"
    assert of(complete, of_task("d", 3, "give_up")) == "completed"
    assert of(give_up) == "gave_up"
    assert of(act("p", 1, "page")) is None


def test_when_it_ended() -> None:
    assert ended_at(fold([of_task("a", 1), of_task("b", 2, "give_up"), act("p", 3, "page")])[0]) == at(2)
    assert ended_at(fold([of_task("a", 1), of_task("b", 2, "complete")])[0]) == at(2)
    assert ended_at(fold([of_task("b", 2, "give_up"), of_task("a", 4)])[0]) == at(4)
    assert ended_at(fold([act("p", 3, "page")])[0]) == at(3)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-1, "just now"),
        (0.99, "just now"),
        (1, "a minute ago"),
        (1.99, "a minute ago"),
        (2, "2 minutes ago"),
        (59.9, "59 minutes ago"),
        (60, "an hour ago"),
        (119, "an hour ago"),
        (120, "2 hours ago"),
        (24 * 60, "a day ago"),
        (49 * 60, "2 days ago"),
    ],
)
def test_how_long_ago(minutes: float, words: str) -> None:
    assert ago(at(0), at(0) + int(minutes * MINUTE)) == words


def test_names_are_spoken() -> None:
    assert spoken("change_address") == spoken("change-address") == spoken(" change  address") == "change address"
    assert spoken("__") == "__"


@pytest.mark.parametrize(
    ("kind", "what", "helped", "words"),
    [
        ("search", "proof  of\naddress", None, "Searched for “proof of address”"),
        ("search_made", None, None, "Searched for"),
        ("article", "Moving", None, "Read “Moving”"),
        ("article_viewed", "Moving", "Yes", "Read “Moving”, which helped"),
        ("article", "Moving", "true", "Read “Moving”, which helped"),
        ("article", "Moving", "FALSE", "Read “Moving”, which did not help"),
        ("article", "Moving", "maybe", "Read “Moving”"),
        ("article", "Moving", "no", "Read “Moving”, which did not help"),
        ("article", None, "false", "Read an article, which did not help"),
        ("page_viewed", None, None, "Page viewed"),
        ("step", "Failed at\nthe postcode", None, "Failed at the postcode"),
        ("step", "x" * 61, None, "x" * 59 + "…"),
    ],
)
def test_what_was_sent_by_itself(kind: str, what: str | None, helped: str | None, words: str) -> None:
    assert told(kind, what, helped) == words
