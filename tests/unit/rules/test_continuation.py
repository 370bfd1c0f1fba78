"""Codes: what one looks like, which are given out, and how far counts go."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.rules.continuation import (
    DIGITS,
    LIVE_OF_NUMBER,
    MOST_OPEN,
    TOKEN_LENGTH,
    Counted,
    Form,
    derive,
    forms_for,
    hashed,
    read_code,
    without_code,
)
from chalicelib.rules.windows import windows

LINK = "https://www.example.com/continue#"
TOKEN = "MZXW6YTBOI2DGNBVGY3TQOJQGE"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("482913", (Form.BOUND, "482913")),
        (" 482 913#", (Form.BOUND, "482913")),
        ("482-913-570", (Form.OPEN, "482913570")),
        ("4829.1357.0012", (Form.CROWDED, "482913570012")),
        (TOKEN, (Form.LINK, TOKEN)),
        (f"{TOKEN.lower()}\n", (Form.LINK, TOKEN)),
        (f"see {LINK}{TOKEN}.", (Form.LINK, TOKEN)),
        (f"Re: [#{TOKEN}] our chat", (Form.LINK, TOKEN)),
        (f"{LINK}{TOKEN}X", None),
        (f"see {TOKEN}", None),
        ("48291", None),
        ("my code is 482913", None),
        ("٤٨٢٩١٣", None),
        ("", None),
    ],
)
def test_what_looks_like_a_code(written: str, code: tuple[Form, str] | None) -> None:
    assert read_code(written, LINK) == code


def test_without_a_page_for_links_their_token_counts_alone() -> None:
    assert read_code(f"{LINK}{TOKEN}", "") is None
    assert read_code(TOKEN, "") == (Form.LINK, TOKEN)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("482 913", "…"),
        ("482913", "…"),
        (f"see {LINK}{TOKEN.lower()} please", f"see {LINK}… please"),
        ("nothing of it", "nothing of it"),
    ],
)
def test_a_code_is_taken_out_of_what_was_written(written: str, left: str) -> None:
    assert without_code(written, LINK) == left


@pytest.mark.parametrize("form", DIGITS)
def test_the_same_parts_give_the_same_code_of_its_length(form: Form) -> None:
    codes = {derive("secret", form, "contact", str(n)) for n in range(200)}
    assert {len(code) for code in codes} == {DIGITS[form]}
    assert all(code.isdigit() for code in codes)
    assert len(codes) > 195
    assert derive("secret", form, "contact", "0") == derive("secret", form, "contact", "0")
    assert derive("another", form, "contact", "0") != derive("secret", form, "contact", "0")


def test_codes_and_hashes_stay_what_they_were() -> None:
    """Codes that were given out are live, and kept under their hashes, when another release takes over."""
    assert derive("secret", Form.BOUND, "contact", "1") == "520000"
    assert derive("secret", Form.LINK, "contact", "1") == "ELVUZ5D56JARC2A5VGOZEVD6EK"
    assert hashed("secret", "code", "482913") == "BQPS7JNQ6OKIYAMVLFKRJG5SFW"


def test_a_token_is_told_as_one() -> None:
    token = derive("secret", Form.LINK, "contact")
    assert len(token) == TOKEN_LENGTH
    assert read_code(token, LINK) == (Form.LINK, token)


def test_a_hash_is_keyed_and_its_parts_do_not_run_together() -> None:
    assert hashed("secret", "a", "bc") != hashed("secret", "ab", "c")
    assert hashed("secret", "a") != hashed("another", "a")
    assert hashed("secret", "a") != derive("secret", Form.LINK, "a")


@pytest.mark.parametrize(
    ("announced", "of_number", "open_codes", "forms"),
    [
        (True, 0, 0, [Form.BOUND, Form.OPEN, Form.CROWDED]),
        (True, LIVE_OF_NUMBER, 0, [Form.OPEN, Form.CROWDED]),
        (False, 0, MOST_OPEN - 1, [Form.OPEN, Form.CROWDED]),
        (False, 0, MOST_OPEN, [Form.CROWDED]),
        (True, 0, MOST_OPEN, [Form.BOUND, Form.CROWDED]),
    ],
)
def test_which_codes_may_be_given_out(
    *, announced: bool, of_number: int, open_codes: int, forms: list[Form]
) -> None:
    assert forms_for(announced=announced, of_number=of_number, open_codes=open_codes) == forms


def test_a_life_lies_within_two_windows() -> None:
    at, life = datetime(2026, 11, 22, 9, 7, 31, tzinfo=UTC), timedelta(minutes=15)
    this, before = windows(at, life)
    assert this == datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    assert before == this - life
    assert windows(at + life, life)[1] == this


def test_the_room_left_is_what_the_window_before_left() -> None:
    assert Counted(now=1, before=3).both == 4
    assert Counted(now=1, before=3).room(5) == 2
    assert Counted().room(5) == 5
