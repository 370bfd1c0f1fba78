"""What a number is called by the words after it, unless they lead on to another number."""

import pytest

from chalicelib.rules.number_names import named_after


@pytest.mark.parametrize(
    ("words", "last", "between"),
    [
        (" is my social", "ssn", "ssn"),
        (" was the order", "other", "other"),
        # named at once: where another number follows, it is that one's name
        (" card ", "card", None),
        (", thanks", None, None),
    ],
)
def test_what_words_after_a_number_call_it(words: str, last: str | None, between: str | None) -> None:
    assert named_after(words, leads_on=False) == last
    assert named_after(words, leads_on=True) == between
