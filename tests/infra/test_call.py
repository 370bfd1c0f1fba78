"""Commands that are pasted one after the other: what their placeholders stand for."""

from typing import Any

from infra.call import filled, remembered

ADA, BOB = {"customer_id": "A"}, {"customer_id": "B"}


def test_a_placeholder_stands_for_what_was_answered_last() -> None:
    ids = remembered(remembered({}, {"contact_id": "1", "customer_id": None}), {"contact_id": "2"})
    assert filled("/contacts/{contact_id}/end", ids) == "/contacts/2/end"
    assert filled("/merges/{merge_id}", ids) == "/merges/"


def test_something_new_is_new_each_time() -> None:
    assert filled("{new}", {}) != filled("{new}", {})


def test_the_other_customer_is_the_one_before() -> None:
    ids = remembered(remembered(remembered({}, ADA), BOB), BOB | {"contact_id": "1"})
    assert filled("{customer_id} {other_customer_id}", ids) == "B A"


def test_a_merge_says_itself_who_is_who() -> None:
    ids = remembered(remembered(remembered({}, ADA), BOB), {**ADA, "other_customer_id": "B", "merge_id": "M"})
    assert filled("{customer_id} {other_customer_id} {merge_id}", ids) == "A B M"


def test_what_is_no_record_is_about_nobody() -> None:
    answers: list[Any] = [[], "text", None, {"items": []}, {"customer_id": ""}]
    for answer in answers:
        assert remembered(ADA, answer) == ADA
