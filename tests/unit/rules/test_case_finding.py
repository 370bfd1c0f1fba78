"""Which case something belongs to: by a fact, its reason, its words; else one is opened, or it is asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.rules.case_finding import Finding, KnownCase, Told, find_case, number_of, reasons_in, shared
from chalicelib.rules.case_states import REOPENED_WITHIN, Status

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def a_case(case_id: str = "1", status: Status = Status.OPEN, ago: timedelta = 2 * DAY, **more: Any) -> KnownCase:
    given: dict[str, Any] = {"last_event_at": NOW - ago, "last_channel": "email"} | more
    return KnownCase(case_id, status, NOW - ago, **given)


def told(*words: str, **more: Any) -> Told:
    given: dict[str, Any] = {"channel": "email", "is_message": True} | more
    return Told(NOW, words=words, **given)


def found(finding: Finding) -> tuple[str | None, str]:
    return finding.case_id, finding.by


PARCEL = a_case("parcel", reasons=frozenset({"delivery"}), words=frozenset({"parcel", "late", "courie"}))
BILL = a_case("bill", reasons=frozenset({"billing"}), words=frozenset({"bill", "wrong", "sum"}))


def test_a_case_number_decides_before_all_else() -> None:
    numbers = frozenset({number_of("bill")})
    said = told("parcel", "late", case_numbers=numbers, reasons=frozenset({"delivery"}))
    assert found(find_case(said, [PARCEL, BILL])) == ("bill", "fact")
    # also one that was resolved long ago: who names it means it
    old = a_case("bill", Status.RESOLVED, 400 * DAY)
    assert found(find_case(said, [PARCEL, old])) == ("bill", "fact")


def test_a_number_of_nothing_that_is_known_says_nothing_against_the_rest() -> None:
    said = told(case_numbers=frozenset({"99999999"}), reasons=frozenset({"delivery"}))
    assert found(find_case(said, [PARCEL, BILL])) == ("parcel", "reason")


def test_an_order_number_decides_before_the_reason() -> None:
    order = a_case("order", references=frozenset({"W4435622"}))
    said = told(references=frozenset({"W4435622"}), reasons=frozenset({"delivery"}))
    assert found(find_case(said, [PARCEL, order])) == ("order", "fact")


def test_the_same_reason_within_the_window() -> None:
    said = told(reasons=frozenset({"delivery"}))
    assert found(find_case(said, [PARCEL, BILL])) == ("parcel", "reason")
    resolved = a_case("parcel", Status.RESOLVED, REOPENED_WITHIN, reasons=frozenset({"delivery"}))
    assert found(find_case(said, [resolved])) == ("parcel", "reason")
    over = a_case("parcel", Status.RESOLVED, REOPENED_WITHIN + HOUR, reasons=frozenset({"delivery"}))
    assert found(find_case(said, [over])) == (None, "opened")


def test_another_product_is_another_case() -> None:
    fibre = a_case("fibre", reasons=frozenset({"fault"}), product="Fibre 100")
    assert found(find_case(told(reasons=frozenset({"fault"}), product="fibre 100"), [fibre])) == (
        "fibre",
        "reason",
    )
    assert found(find_case(told(reasons=frozenset({"fault"}), product="Mobile"), [fibre])) == (None, "opened")


def test_of_several_with_the_reason_the_open_one() -> None:
    reasons = frozenset({"delivery"})
    cases = [a_case("old", Status.RESOLVED, DAY, reasons=reasons), a_case("new", ago=2 * DAY, reasons=reasons)]
    assert found(find_case(told(reasons=reasons), cases)) == ("new", "reason")


def test_of_several_open_ones_the_words_tell_else_it_is_asked() -> None:
    reasons = frozenset({"delivery"})
    one = a_case("one", reasons=reasons, words=frozenset({"sofa", "damage"}))
    other = a_case("other", reasons=reasons, words=frozenset({"lamp", "missin"}))
    assert found(find_case(told("lamp", "missin", reasons=reasons), [one, other])) == ("other", "reason")
    asked = find_case(told(reasons=reasons), [other, one])
    assert (found(asked), asked.may_be) == ((None, "asked"), ("one", "other"))


def test_the_words_tell_where_no_reason_is_known() -> None:
    assert found(find_case(told("courie", "parcel"), [PARCEL, BILL])) == ("parcel", "words")
    assert found(find_case(told("passwo", "locked", "portal"), [PARCEL, BILL])) == (None, "opened")


def test_two_different_reasons_are_not_made_one_by_words() -> None:
    said = told("parcel", "late", "courie", reasons=frozenset({"complaint"}))
    assert found(find_case(said, [PARCEL])) == (None, "opened")


def test_what_says_too_little_goes_on_with_the_conversation() -> None:
    # one open case, and a mere "any news?"
    assert found(find_case(told("news"), [a_case()])) == ("1", "conversation")
    # two: the one that was just written about on this channel
    lately = a_case("2", ago=HOUR)
    assert found(find_case(told("news"), [a_case(), lately])) == ("2", "conversation")
    # or it is asked
    asked = find_case(told("news"), [a_case(), a_case("2")])
    assert (asked.by, asked.may_be) == ("asked", ("1", "2"))
    # on a contact nothing is guessed
    assert found(find_case(told("news", is_message=False), [a_case()])) == (None, "opened")


def test_a_message_that_says_too_little_begins_nothing() -> None:
    assert find_case(told("way"), []).by == "none"
    assert find_case(told("order", is_question=True), []).by == "opened"
    assert find_case(told("order", references=frozenset({"W4435622"})), []).by == "opened"
    assert find_case(told("parcel", "late", "courie"), []).by == "opened"
    assert find_case(told("order", is_message=False), []).by == "opened"


def test_what_says_nothing_belongs_nowhere() -> None:
    assert find_case(told(), []).by == "none"
    assert find_case(told(), [a_case()]).by == "none"
    assert find_case(told(is_message=False), [a_case(ago=HOUR)]).by == "none"


@pytest.mark.parametrize(
    ("one", "other", "part"),
    [
        ("a", "a", 0.0),
        ("a, b", "a", 0.0),
        ("a, b", "b; A, c", 2 / 3),
        ("a, b", "b, c", 0.0),
        ("a, b", "b, a", 1.0),
    ],
)
def test_several_reasons(one: str, other: str, part: float) -> None:
    assert shared(reasons_in(one), reasons_in(other)) == part == shared(reasons_in(other), reasons_in(one))


def test_most_of_several_reasons() -> None:
    one = a_case("one", reasons=reasons_in("a, b, c"))
    other = a_case("other", reasons=reasons_in("a, b, c, d, e"))
    assert found(find_case(told(reasons=reasons_in("a, b")), [one, other])) == ("one", "reason")
    assert found(find_case(told(reasons=reasons_in("a, b, x")), [other])) == (None, "opened")


def test_the_reasons_in_a_text() -> None:
    assert reasons_in("Late  parcel; Refund + late parcel") == {"late parcel", "refund"}
    assert reasons_in(None) == reasons_in(" , ") == frozenset()


known = st.builds(
    a_case,
    st.uuids().map(str),
    st.sampled_from(Status),
    st.integers(0, 60).map(lambda days: days * DAY),
    reasons=st.frozensets(st.sampled_from(["delivery", "billing"]), max_size=2),
    words=st.frozensets(st.sampled_from(["parcel", "bill", "lamp"])),
)
sayings = st.builds(
    told,
    st.sampled_from(["parcel", "bill", "sofa"]),
    reasons=st.frozensets(st.sampled_from(["delivery", "billing"]), max_size=2),
    is_message=st.booleans(),
)


@given(told=sayings, cases=st.lists(known, max_size=5), data=st.data())
def test_a_decision_does_not_depend_on_the_order_of_the_cases(
    told: Told, cases: list[KnownCase], data: st.DataObject
) -> None:
    found = find_case(told, cases)
    assert find_case(told, data.draw(st.permutations(cases))) == found
    # and is one of the customer's cases, or between some of them
    assert {found.case_id, *found.may_be} - {None} <= {case.case_id for case in cases}
    assert (found.by == "asked") == bool(found.may_be)
    meant = next((case for case in cases if case.case_id == found.case_id), None)
    assert meant is None or meant.may_take(told.at)


NUMBER = a_case("number", references=frozenset({"W4435622"}))


def test_a_number_here_and_a_reason_there_are_the_one_open_case() -> None:
    # a chat left nothing but its order, a call tells nothing but why; and the other way round
    call = told("delive", is_message=False, reasons=frozenset({"delivery"}))
    assert found(find_case(call, [NUMBER])) == ("number", "conversation")
    number = told(references=frozenset({"W4435622"}))
    assert found(find_case(number, [PARCEL])) == ("parcel", "conversation")
    # of a product alone, the same
    assert found(find_case(told(is_message=False, product="Fibre"), [PARCEL])) == ("parcel", "conversation")


@pytest.mark.parametrize(
    "cases",
    [
        [NUMBER, a_case("other", references=frozenset({"X1"}))],
        [a_case("resolved", Status.RESOLVED, references=frozenset({"X1"}))],
        [a_case("old", ago=REOPENED_WITHIN + HOUR, references=frozenset({"X1"}))],
        [a_case("product", product="Mobile", references=frozenset({"X1"}))],
        [BILL],
        [a_case("wordless")],
    ],
    ids=["several", "none is open", "long ago", "another product", "another reason", "nothing is known of it"],
)
def test_what_cannot_be_compared_is_not_the_only_case(cases: list[KnownCase]) -> None:
    said = told("delive", is_message=False, reasons=frozenset({"delivery"}), product="Fibre")
    assert found(find_case(said, cases)) == (None, "opened")


def test_another_number_is_another_case() -> None:
    said = told(is_message=False, references=frozenset({"X1"}))
    assert found(find_case(said, [NUMBER])) == (None, "opened")


def test_of_several_with_as_many_of_the_reasons_the_most_alike() -> None:
    reasons = frozenset({"delivery", "refund"})
    others = [
        a_case("near", ago=3 * DAY, reasons=reasons | {"parcel"}, words=frozenset({"parcel"})),
        a_case("late", ago=DAY, reasons=reasons | {"complaint"}, words=frozenset({"angry"})),
    ]
    assert found(find_case(told("parcel", reasons=reasons), others)) == ("near", "reason")
