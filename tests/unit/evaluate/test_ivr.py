"""What the small careful IVR makes of what its recogniser heard."""

import pytest

from infra.evaluate import ivr


@pytest.mark.parametrize(
    ("attempts", "understood"),
    [
        ([["s w 1 a 1 a a"]], "SW1A 1AA"),
        ([["Lima Sierra 2 9 Juliet Tango"]], "LS2 9JT"),
        ([["oh x 1 for a b"]], "OX1 4AB"),  # what sounds like a letter, and what like a digit
        ([["E C 1 X-ray 2 b b"]], "EC1X 2BB"),
        ([["m 6 o 2 y e"]], "M60 2YE"),  # a nought, by where it stands
        ([["rubbish", "M1 1AE"], ["M1 1AE"], ["n 1 1 A E"]], "M1 1AE"),
        ([["M1 1AE"], ["N1 1AE"]], None),  # one each: neither is sure
        ([["ask me later"], []], None),
    ],
)
def test_the_ivr_reads_postcodes(attempts: list[list[str]], understood: str | None) -> None:
    assert ivr.read_postcode(attempts) == understood


@pytest.mark.parametrize(
    ("heard", "understood"),
    [
        ("25th of August 1980", "1980-08-25"),
        ("the first of may 1990", "1990-05-01"),
        ("five January 1943", "1943-01-05"),
        ("2nd of July 1980 3", "1983-07-02"),
        ("25th of August 2000 and 9", "2009-08-25"),
        ("3rd of May 19 83", "1983-05-03"),
        ("31/12 1943", "1943-12-31"),
        ("2508 1980", "1980-08-25"),
        ("17th of the 6th 1999", "1999-06-17"),
        ("1 1 1943", "1943-01-01"),
        ("111 1943", None),  # the 11th of January or the 1st of November
        ("31st of February 1980", None),
        ("August 1980", None),
        ("25th of August 1980 33", None),
        ("1st of May 3000", None),
        ("no idea", None),
    ],
)
def test_the_ivr_reads_dates(heard: str, understood: str | None) -> None:
    assert ivr.read_date([[heard]]) == understood


def test_the_ivr_reads_names() -> None:
    assert ivr.read_name([["mm"], ["Ada Lovelace", "Aida Loveless"]]) == "Ada Lovelace"
    assert ivr.read_name([["a d a"], []]) is None
