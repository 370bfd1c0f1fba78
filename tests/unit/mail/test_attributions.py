"""The line that says who wrote what is quoted below it, taken alone."""

import pytest

from chalicelib.mail.attributions import attribution_at, is_attribution


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("On 1 May 2024, Ada wrote:", True),
        ("Ada <ada@example.com> sent:", True),
        ("---- Ada wrote ----", True),
        ("2016-03-03 17:21 GMT+01:00 Ada", True),
        ("Mensaje de Ada (ada@example.com), 1 May 2024:", True),
        ("---- Ada ----", False),
        ("On 1 May 2024, Ada sang:", False),
        ("On 1 May 2024 I wrote to help@example.com", False),
        ("1 May 2024 Ada <ada@example.com>", True),
        ("On Monday, ada@example.com", False),
        ("On 1 May 2024 I wrote:", False),
        ("On 1 May 2024 Ada wrote the longest letter that anybody here had ever seen:", False),
        ("", False),
        ("On 1 May 2024, " + "A" * 400 + " wrote:", False),
    ],
)
def test_an_attribution_is_told(line: str, is_one: bool) -> None:  # noqa: FBT001
    assert is_attribution(line) is is_one


def test_it_is_as_long_as_its_lines() -> None:
    lines = ["On 1 May 2024, Ada", "<ada@example.com>", "wrote:", "> x"]
    assert attribution_at(lines, 0) == 3
    assert attribution_at(lines, 3) == 0
    assert attribution_at(["On 1 May", "a", "b", "c", "Ada wrote:"], 0) == 0
