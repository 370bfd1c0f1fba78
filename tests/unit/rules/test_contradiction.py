"""What is said against who a number says it is: when it is somebody else, and when it is only misheard."""

import pytest

from chalicelib.rules.contradiction import contradicting

ADA = {"date_of_birth": ["1990-01-31"], "name": ["Ada Lovelace"], "postcode": ["SW1A 1AA"]}
STRANGER = {"date_of_birth": "1964-07-02", "name": "Bob Miller", "postcode": "LS2 9JT"}
SAID_BY_ADA = {"date_of_birth": "1990-01-31", "name": "Ada Lovelace", "postcode": "SW1A 1AA"}


@pytest.mark.parametrize(
    ("said", "against"),
    [
        (STRANGER, ["date_of_birth", "name", "postcode"]),
        ({"name": "Bob Miller", "postcode": "LS2 9JT"}, ["name", "postcode"]),
        ({"date_of_birth": "1964-07-02", "name": "Bob Miller"}, ["date_of_birth", "name"]),
        ({"date_of_birth": "1964-07-02", "postcode": "LS2 9JT"}, ["date_of_birth", "postcode"]),
        # a relative has the surname and the postcode, and another first name and birthday
        (SAID_BY_ADA | {"date_of_birth": "1964-07-02", "name": "George Lovelace"}, ["date_of_birth", "name"]),
        # a neighbour of them: another postcode, though nearly the same
        (STRANGER | {"postcode": "SW1A 1AE"}, ["date_of_birth", "name", "postcode"]),
        # a date that was misheard is not held against anybody
        (STRANGER | {"date_of_birth": "1990-01-30"}, ["name", "postcode"]),
    ],
)
def test_somebody_else(said: dict[str, str], against: list[str]) -> None:
    assert contradicting(ADA, said) == against


@pytest.mark.parametrize(
    "said",
    [
        SAID_BY_ADA,
        {},
        # one fact is never enough: a wrong guess must not be told from a right one
        {"date_of_birth": "1964-07-02"},
        {"name": "Bob Miller"},
        {"postcode": "LS2 9JT"},
        # the date agrees, so the rest was misheard, or she has moved and married
        STRANGER | {"date_of_birth": "1990-01-31"},
        # the name agrees, so the date was misheard
        STRANGER | {"name": "Ada Lovelace"},
        {"date_of_birth": "1964-07-02", "name": "Ada Lovelace"},
        # the postcode agrees, or nearly
        {"name": "Bob Miller", "postcode": "SW1A 1AA"},
        {"name": "Bob Miller", "postcode": "SW1A 1AE"},
        {"date_of_birth": "1964-07-02", "postcode": "SW1A 1AA"},
        # nearly right is misheard: two parts of three, a digit, day and month swapped
        {"date_of_birth": "1990-01-30", "name": "Ida Loveless"},
        {"date_of_birth": "1990-01-30", "postcode": "LS2 9JT"},
        {"date_of_birth": "1980-01-31", "name": "A Lovelace"},
        {"date_of_birth": "1990-02-28", "name": "Ada Lovelace"},
        {"name": "Eida Lovlace", "postcode": "LS2 9JT"},
        {"name": "Mary Lovelace", "postcode": "LS2 9JT"},
        {"reason": "billing", "language": "fr"},
    ],
)
def test_the_same_person_as_far_as_can_be_told(said: dict[str, str]) -> None:
    assert contradicting(ADA, said) == []


@pytest.mark.parametrize(
    ("said", "against"),
    [
        ({"name": "Bob Miller"}, ["name"]),
        ({"name": "Bob Miller", "postcode": "SW1A 1AA"}, ["name"]),
        # half a name may have been misheard, and the right date outweighs any name
        ({"name": "Mary Lovelace"}, []),
        ({"name": "Ada Lovelace"}, []),
        ({"date_of_birth": "1990-01-31", "name": "Bob Miller"}, []),
        ({"postcode": "LS2 9JT"}, []),
    ],
)
def test_of_whom_only_what_was_typed_tells_another_name_is_somebody_else(
    said: dict[str, str], against: list[str]
) -> None:
    assert contradicting(ADA, said, typed=True) == against


def test_any_value_that_was_known_before_counts() -> None:
    known = {"date_of_birth": ["1991-12-24", "1990-01-31"], "name": ["Bea Wilson", "Ada Lovelace"]}
    assert contradicting(known, {"date_of_birth": "1990-01-31", "name": "Bob Miller"}) == []


def test_what_is_not_known_contradicts_nothing() -> None:
    assert contradicting({"name": ["Ada"]}, STRANGER) == []
    assert contradicting({}, STRANGER) == []
    # what is known of her is enough
    assert contradicting(ADA | {"postcode": []}, STRANGER) == ["date_of_birth", "name"]


@pytest.mark.parametrize(
    ("known", "said", "is_another"),
    [
        ("1990-01-31", "1964-07-02", True),
        # one part of three agrees: too little to be misheard
        ("1990-01-31", "1990-07-02", True),
        ("1990-01-31", "1964-01-02", True),
        ("1990-01-31", "1964-07-31", True),
        # two do
        ("1990-01-31", "1990-01-02", False),
        ("1990-01-31", "1990-07-31", False),
        ("1990-01-31", "1964-01-31", False),
        # day and month are swapped, even in another year
        ("1990-03-05", "1990-05-03", False),
        ("1990-03-05", "1964-05-03", False),
    ],
)
def test_dates_that_are_another(known: str, said: str, is_another: bool) -> None:  # noqa: FBT001
    """A stranger's name contradicts with another date, and not with one that is nearly right."""
    against = contradicting({"date_of_birth": [known], "name": ["Ada"]}, {"date_of_birth": said, "name": "Bob"})
    assert against == (["date_of_birth", "name"] if is_another else [])


def test_a_date_that_is_not_in_its_one_form_is_an_error_and_nobody_else() -> None:
    with pytest.raises(ValueError, match="zip"):
        contradicting({"date_of_birth": ["1990-01-31"]}, {"date_of_birth": "1990-01"})


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("Ada Lovelace", "ada LOVELACE"),
        # misspelled, but alike
        ("Damian Marks", "Damien Marx"),
        # more than half of the letters in order are enough
        ("Jaspr Lovelace", "Jason Lovelace"),
        # an initial, of either
        ("Ada Lovelace", "A L"),
        ("A L", "Ada Lovelace"),
        # names in between do not count
        ("Ada Augusta Lovelace", "Ada King Lovelace"),
        ("Ada Lovelace", "Ada Augusta King Lovelace"),
        # one word is as good as any of the other's
        ("Lovelace", "Ada Lovelace"),
        ("Ada Lovelace", "Ada"),
        ("Ada", "Ada"),
        # however long
        ("x" + "ab" * 100, "y" + "ab" * 100),
    ],
)
def test_names_that_are_the_same(known: str, said: str) -> None:
    """The same name excuses another date of birth."""
    against = contradicting({"date_of_birth": ["1990-01-31"], "name": [known]}, STRANGER | {"name": said})
    assert against == []


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("Ada Lovelace", "George Lovelace"),
        ("Ada Lovelace", "Ada Miller"),
        ("Ada Augusta Lovelace", "Augusta Lovelace"),
        ("Ada Lovelace", "B Lovelace"),
    ],
)
def test_names_of_which_one_word_is_the_same(known: str, said: str) -> None:
    """Half a name is not enough to excuse another date, and too much for another postcode to count."""
    ada = {"date_of_birth": ["1990-01-31"], "name": [known], "postcode": ["SW1A 1AA"]}
    assert contradicting(ada, {"date_of_birth": "1964-07-02", "name": said}) == ["date_of_birth", "name"]
    assert contradicting(ada, {"name": said, "postcode": "LS2 9JT"}) == []


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("Ada Lovelace", "Bob Miller"),
        ("Lovelace", "Bob Miller"),
        ("Ada Lovelace", "Miller"),
        ("Ada", "Bob"),
        # an initial is the first letter, and two letters are none
        ("Ada Lovelace", "D O"),
        ("Abraham", "Al"),
        ("Al", "Abraham"),
        # half of the letters are too few
        ("Paula", "Susan"),
        # first and last name do not stand for each other
        ("Ada Lovelace", "Lovelace Ada"),
    ],
)
def test_names_that_are_another(known: str, said: str) -> None:
    ada = {"name": [known], "postcode": ["SW1A 1AA"]}
    assert contradicting(ada, {"name": said, "postcode": "LS2 9JT"}) == ["name", "postcode"]


@pytest.mark.parametrize(
    ("known", "said", "held_against"),
    [
        ("SW1A 1AA", "SW1A1AA", False),
        ("SW1A1AA", "SW1A 1AA", False),
        ("SW1A 1AA", "S W 1 A 1 A A", False),
        ("SW1A 1AA", "SW1A 1AE", True),
        ("SW1A 1AA", "LS2 9JT", True),
    ],
)
def test_postcodes_that_are_not_the_same(known: str, said: str, held_against: bool) -> None:  # noqa: FBT001
    """Of somebody with another name and date, whatever differs is named; spaces are no difference."""
    against = contradicting(ADA | {"postcode": [known]}, STRANGER | {"postcode": said})
    assert against == ["date_of_birth", "name", *(["postcode"] if held_against else [])]


@pytest.mark.parametrize(
    ("known", "said", "is_another"),
    [
        # one letter, two letters, two that were swapped, one too few or too many
        ("SW1A 1AA", "SW1A 1AE", False),
        ("SW1A 1AA", "SW1A 1EE", False),
        ("SW1A 1AA", "WS1A 1AA", False),
        ("SW1A 1AA", "SW1A 1A", False),
        ("SW1A 1AA", "SW11A 1AA", False),
        # three
        ("SW1A 1AA", "SW1A 2EE", True),
        ("SW1A 1AA", "SW1A", True),
        ("SW1A", "SW1A 1AA", True),
        # however long
        ("C" + "AB" * 100, "D" + "AB" * 100, False),
    ],
)
def test_postcodes_that_are_another(known: str, said: str, is_another: bool) -> None:  # noqa: FBT001
    """With another name, another postcode is somebody else; one that was misheard is not."""
    against = contradicting({"name": ["Ada"], "postcode": [known]}, {"name": "Bob", "postcode": said})
    assert against == (["name", "postcode"] if is_another else [])
