"""What people write is text, whatever the script; control characters are not."""

import pytest

from chalicelib.rules.text import is_one_line, is_readable, readable

WRITTEN = [
    "क्\u200dष",  # half of a Hindi letter, by the joiner
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f",
    "山田\u3000太郎",
    "12\u00a0000\u202f€",
    "\u200fabc\u2069",
    "soft\u00adhyphen\ufeff",
    "\U0001fae9\U0001fadc \ue000",  # newer than the tables, and nobody's
]


@pytest.mark.parametrize("text", WRITTEN)
def test_what_people_write_is_text(text: str) -> None:
    assert is_readable(text)
    assert is_one_line(text)
    assert readable(text) == text


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9f", "\ud800"])
def test_control_characters_are_none(control: str) -> None:
    text = f"a{control}b"
    assert not is_readable(text)
    assert not is_one_line(text)
    assert readable(text) == "a b"


@pytest.mark.parametrize("line_break", ["\n", "\r", "\t", "\u2028", "\u2029"])
def test_lines_are_text_and_more_than_one(line_break: str) -> None:
    text = f"a{line_break}b"
    assert is_readable(text)
    assert not is_one_line(text)
    assert readable(text) == text
