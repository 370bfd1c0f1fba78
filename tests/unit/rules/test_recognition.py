"""Whether what somebody says of themselves is enough to know who it is."""

from itertools import combinations

import pytest

from chalicelib.rules.contradiction import Fit
from chalicelib.rules.recognition import can_recognise, keys_of, recognises

SAME, NEAR, OTHER = Fit
ALL = {"date_of_birth": "1990-01-31", "name": "Ada Lovelace", "postcode": "SW1A 1AA"}


def test_two_of_three_are_enough_to_look_for_somebody() -> None:
    assert can_recognise(ALL)
    for first, second in combinations(ALL, 2):
        assert can_recognise({first: "x", second: "y"})
    for only in ALL:
        assert not can_recognise({only: "x", "product": "fibre", "email": "ada@example.com"})
    assert not can_recognise({})


@pytest.mark.parametrize(
    ("born", "called", "lives", "recognised"),
    [
        # the birthday and the name, or the birthday and the address, or nearly
        (SAME, SAME, None, True),
        (SAME, SAME, OTHER, True),
        (SAME, None, SAME, True),
        (SAME, None, NEAR, True),
        (SAME, NEAR, SAME, True),
        (SAME, NEAR, NEAR, True),
        # a twin
        (SAME, OTHER, SAME, False),
        (SAME, OTHER, NEAR, False),
        # one alone
        (SAME, None, None, False),
        (SAME, NEAR, None, False),
        (SAME, NEAR, OTHER, False),
        (SAME, None, OTHER, False),
        # without the birthday the name and the address, exactly
        (None, SAME, SAME, True),
        (NEAR, SAME, SAME, True),
        (NEAR, SAME, NEAR, False),
        (NEAR, NEAR, SAME, False),
        (None, SAME, None, False),
        (None, None, SAME, False),
        # father and son
        (OTHER, SAME, SAME, False),
        (None, None, None, False),
    ],
)
def test_who_is_recognised(
    born: Fit | None,
    called: Fit | None,
    lives: Fit | None,
    recognised: bool,  # noqa: FBT001
) -> None:
    assert recognises({"date_of_birth": born, "name": called, "postcode": lives}) is recognised


def test_what_was_not_said_fits_nobody() -> None:
    assert not recognises({})
    assert recognises({"date_of_birth": SAME, "name": SAME})


@pytest.mark.parametrize(
    ("told", "keys"),
    [
        (ALL, [("date_of_birth", "1990-01-31"), ("postcode", "SW1A1AA", "l")]),
        ({"date_of_birth": "1990-01-31"}, [("date_of_birth", "1990-01-31")]),
        # an address alone is shared by a street, a name by many
        ({"postcode": "SW1A 1AA"}, []),
        ({"name": "Ada Lovelace"}, []),
        ({"postcode": "SW1A 1AA", "name": " "}, []),
        # the surname's initial, however it is written and whatever stands before it
        ({"postcode": "SW1A 1AA", "name": "ADA KING LOVELACE"}, [("postcode", "SW1A1AA", "l")]),
        ({"postcode": "SW1A 1AA", "name": "Ada"}, [("postcode", "SW1A1AA", "a")]),
        ({"product": "fibre"}, []),
        ({}, []),
    ],
)
def test_under_what_somebody_is_found_again(told: dict[str, str], keys: list[tuple[str, ...]]) -> None:
    assert keys_of(told) == keys
