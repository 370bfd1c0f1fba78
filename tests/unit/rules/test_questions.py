"""What is asked next: what tells the candidates apart, then what is needed and not known."""

import pytest

from chalicelib.rules.questions import (
    LAST_RESORT,
    SHARED,
    TELLING,
    Facts,
    Known,
    best_question,
    to_ask,
    told_apart,
)

ADA: Facts = {"name": "Ada", "date_of_birth": "1990-01-31", "postcode": "EC1A 1BB"}
BOB: Facts = {"name": "Bob", "date_of_birth": "1985-06-30", "postcode": "EC1A 1BB"}


def known_of(facts: Facts) -> Known:
    return {name: frozenset({value}) for name, value in facts.items()}


def apart(candidates: dict[str, Facts], given: Facts) -> str | None:
    return told_apart({one: known_of(facts) for one, facts in candidates.items()}, given)


def test_what_tells_and_what_only_helps() -> None:
    assert TELLING == ("account_number", "date_of_birth", "postcode", "email", "phone")
    assert LAST_RESORT == "name"
    assert {"postcode", "phone"} == SHARED


@pytest.mark.parametrize(
    ("candidates", "asked"),
    [
        # what differs is asked, what all share is not
        ([ADA, BOB], "date_of_birth"),
        # the answer that splits them most, though an easier one would split them too
        ([{"date_of_birth": "1", "email": "a"}, {"date_of_birth": "1", "email": "b"}, {"email": "c"}], "email"),
        # of two that split equally the one that is easier to ask for
        ([{"phone": "1", "postcode": "a"}, {"phone": "2", "postcode": "b"}], "postcode"),
        ([{"phone": "1", "account_number": "a"}, {"phone": "2", "account_number": "b"}], "account_number"),
        # known of one only, it may still turn out to be that one
        ([{"postcode": "a"}, {}], "postcode"),
        ([{"postcode": "a", "name": "Ada"}, {"name": "Bob"}], "postcode"),
        # one alone is told from everybody else by whatever of their own is known, the surest first
        ([ADA], "date_of_birth"),
        ([{"phone": "1", "email": "a"}], "email"),
        ([{"name": "Ada"}], "name"),
        ([{"product": "a"}], None),
        ([{}], None),
        # a name is asked where nothing surer differs, and only if it does
        ([{"postcode": "a", "name": "Ada"}, {"postcode": "a", "name": "Bob"}], "name"),
        ([{"name": "Ada"}, {"name": "Bob"}, {"name": "Cid"}], "name"),
        ([{"name": "Ada"}, {"name": "Ada"}], None),
        ([{"name": "Ada"}, {}], None),
        # nothing else tells anybody apart
        ([{"product": "a"}, {"product": "b"}], None),
        ([{"postcode": "a"}, {"postcode": "a"}], None),
        ([{}, {}], None),
        ([], None),
    ],
)
def test_the_best_question(candidates: list[Facts], asked: str | None) -> None:
    assert best_question([known_of(facts) for facts in candidates]) == asked


@pytest.mark.parametrize(
    ("need", "known", "first", "asked"),
    [
        (["reason", "postcode"], [], None, ["reason", "postcode"]),
        (["reason", "postcode"], ["reason"], None, ["postcode"]),
        (["reason", "postcode"], ["reason", "postcode"], None, []),
        # what tells the candidates apart comes first, needed or not, and once
        (["reason"], [], "postcode", ["postcode", "reason"]),
        (["reason", "postcode"], [], "postcode", ["postcode", "reason"]),
        (["reason", "reason"], [], None, ["reason"]),
        # what is known is not asked again, not even first
        (["reason"], ["postcode"], "postcode", ["reason"]),
        ([], [], None, []),
    ],
)
def test_what_to_ask(need: list[str], known: list[str], first: str | None, asked: list[str]) -> None:
    assert to_ask(need, known, first) == asked


def test_nothing_comes_first_unless_it_is_said() -> None:
    assert to_ask(["reason"], []) == ["reason"]


@pytest.mark.parametrize(
    ("given", "who"),
    [
        ({"date_of_birth": "1990-01-31"}, "A"),
        ({"date_of_birth": "1985-06-30"}, "B"),
        # what both share decides with what they do not, and not alone
        ({"postcode": "EC1A 1BB", "date_of_birth": "1985-06-30"}, "B"),
        ({"postcode": "EC1A 1BB"}, None),
        # one that is another's spoils it
        ({"postcode": "N1 1AA", "date_of_birth": "1990-01-31"}, None),
        # what is not known of anybody contradicts nobody
        ({"date_of_birth": "1990-01-31", "email": "ada@example.com"}, "A"),
        ({"email": "ada@example.com"}, None),
        # a name never decides, nor does it contradict
        ({"name": "Ada"}, None),
        ({"name": "Bob", "date_of_birth": "1990-01-31"}, "A"),
        ({"product": "fibre"}, None),
        ({}, None),
    ],
)
def test_who_is_apart(given: Facts, who: str | None) -> None:
    assert apart({"A": ADA, "B": BOB}, given) == who


def test_who_is_silent_is_not_taken_for_who_agrees() -> None:
    # Given Ada's date of birth, and nothing of the other
    known: dict[str, Facts] = {"other": {}, "A": ADA}
    # Then a date decides for Ada only if it is hers
    assert apart(known, {"date_of_birth": "1990-01-31"}) == "A"
    assert apart(known, {"date_of_birth": "1985-06-30"}) is None


@pytest.mark.parametrize("shared", ["postcode", "phone"])
def test_what_a_household_shares_decides_only_where_everybodys_is_known(shared: str) -> None:
    one, other, silent = {shared: "1"}, {shared: "2"}, {"date_of_birth": "1985-06-30"}
    assert apart({"A": one, "B": other}, {shared: "1"}) == "A"
    # Given somebody of whom it is not known, Then it may well be theirs too
    assert apart({"A": one, "B": other, "C": silent}, {shared: "1"}) is None
    assert apart({"C": silent, "A": one}, {shared: "1"}) is None


@pytest.mark.parametrize("own", ["account_number", "date_of_birth", "email"])
def test_what_is_ones_own_decides_whoever_is_silent(own: str) -> None:
    assert apart({"A": {own: "1"}, "B": {"postcode": "EC1A 1BB"}}, {own: "1"}) == "A"


def test_nobody_is_told_apart_among_nobody() -> None:
    assert apart({}, {"date_of_birth": "1990-01-31"}) is None


def test_of_several_values_any_agrees_and_none_is_contradicted_by_another() -> None:
    # a family's address, beside one of his own
    bob = {"email": frozenset({"family@example.com", "bob@example.com"})}
    ada = {"email": frozenset({"family@example.com"})}
    assert told_apart({"A": ada, "B": bob}, {"email": "bob@example.com"}) == "B"
    assert told_apart({"A": ada, "B": bob}, {"email": "family@example.com"}) is None
    assert best_question([ada, bob]) == "email"
