"""Cursors: a list goes on where it was left, and no cursor leads out of it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.errors import BadInput
from chalicelib.services.paging import cursor_key, to_cursor

PRINTABLE = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=40)


@given(PRINTABLE)
@example("W")
@example("")
@example("1")
def test_a_list_goes_on_where_it_was_left(rest: str) -> None:
    cursor = to_cursor(f"I#{rest}")
    assert cursor is not None
    assert cursor.isascii()
    assert "=" not in cursor
    assert cursor_key(cursor, "I#", "I#\U0010ffff") == f"I#{rest}"


def test_the_first_and_the_last_page_have_no_cursor() -> None:
    assert cursor_key(None, "I#") is None
    assert to_cursor(None) is None


@pytest.mark.parametrize("sort_key", ["I#2026", "I#2027", "I#2028"])
def test_within_its_list(sort_key: str) -> None:
    assert cursor_key(to_cursor(sort_key), "I#") == sort_key
    assert cursor_key(to_cursor(sort_key), "I#2026", "I#2028") == sort_key


@pytest.mark.parametrize(
    "cursor",
    [to_cursor("H#2027"), to_cursor("Z#PROFILE"), to_cursor("I#2025"), to_cursor("I#2029"), to_cursor("I#2027\n")],
)
def test_a_cursor_of_another_list_leads_nowhere(cursor: str) -> None:
    with pytest.raises(BadInput, match="of this list") as wrong:
        cursor_key(cursor, "I#2026", "I#2028")
    assert [one.field for one in wrong.value.fields] == ["cursor"]


@pytest.mark.parametrize("cursor", ["x", "/w", "\u00e9\u00e9\u00e9\u00e9", "gICA"])
def test_what_is_no_cursor(cursor: str) -> None:
    with pytest.raises(BadInput, match="gave out") as wrong:
        cursor_key(cursor, "I#")
    assert [one.field for one in wrong.value.fields] == ["cursor"]
