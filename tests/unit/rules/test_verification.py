"""How far agreeing facts raise the assurance, and that only verified ones do."""

import pytest

from chalicelib.rules.matching import Assurance
from chalicelib.rules.verification import (
    ENOUGH,
    TRIES_PER_CONTACT,
    TRIES_PER_CUSTOMER,
    Compared,
    Known,
    compare,
)

BORN = "1990-01-31"
ADA: Known = {
    "date_of_birth": {BORN: True},
    "postcode": {"EC1A 1BB": True, "N1 1AA": False},
    "email": {"ada@example.com": False},
    "phone": {"+447700900123": False},
    "account_number": {"A1": True},
    "name": {"Ada Weiß": True, "Countess": False},
}


@pytest.mark.parametrize(
    ("given", "matched", "assurance"),
    [
        ({}, 0, Assurance.NONE),
        # one verified fact corroborates, two or more authenticate
        ({"postcode": "EC1A 1BB"}, 1, Assurance.CORROBORATED),
        ({"postcode": "EC1A 1BB", "date_of_birth": BORN}, 2, Assurance.AUTHENTICATED),
        ({"postcode": "EC1A 1BB", "date_of_birth": BORN, "account_number": "A1"}, 3, Assurance.AUTHENTICATED),
        # what was never verified agrees, and vouches for nobody
        ({"email": "ada@example.com"}, 1, Assurance.NONE),
        ({"email": "ada@example.com", "phone": "+447700900123"}, 2, Assurance.NONE),
        ({"email": "ada@example.com", "postcode": "EC1A 1BB"}, 2, Assurance.CORROBORATED),
        # each value is verified or not by itself
        ({"postcode": "N1 1AA"}, 1, Assurance.NONE),
        # one against spoils all
        ({"postcode": "EC1A 1BB", "date_of_birth": "1990-01-30"}, 1, Assurance.NONE),
        ({"postcode": "EC1A 1BB", "date_of_birth": BORN, "account_number": "B2"}, 2, Assurance.NONE),
        # as does one that is not known
        ({"postcode": "EC1A 1BB", "date_of_birth": BORN, "product": "fibre"}, 2, Assurance.NONE),
        # names agree whatever their case, nothing else does
        ({"name": "ADA WEISS"}, 1, Assurance.CORROBORATED),
        ({"name": "countess"}, 1, Assurance.NONE),
        ({"name": "Ada"}, 0, Assurance.NONE),
        ({"postcode": "ec1a 1bb"}, 0, Assurance.NONE),
    ],
)
def test_what_agrees_raises_the_assurance(given: dict[str, str], matched: int, assurance: Assurance) -> None:
    assert compare(given, ADA) == Compared(matched, len(given), assurance)


def test_where_nothing_is_known_nothing_agrees() -> None:
    given = {"name": "Ada", "postcode": "EC1A 1BB"}
    assert compare(given, {}) == Compared(0, 2, Assurance.NONE)


@pytest.mark.parametrize(("matched", "of", "failed"), [(0, 0, False), (0, 1, True), (1, 2, True), (2, 2, False)])
def test_a_try_fails_if_anything_does_not_agree(matched: int, of: int, failed: bool) -> None:  # noqa: FBT001
    assert Compared(matched, of, Assurance.NONE).failed is failed


def test_the_limits() -> None:
    assert (ENOUGH, TRIES_PER_CONTACT, TRIES_PER_CUSTOMER) == (2, 3, 10)
