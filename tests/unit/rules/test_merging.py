"""What counts where several records are one person's, and by which rule: the surviving record comes first."""

import pytest

from chalicelib.rules.merging import Part, Survivor, surviving_facts, survivors
from chalicelib.rules.survivorship import Entries

MERGED = "2026-11-22T09:00:00.000000Z"
BEFORE, AFTER, LATER = (f"2026-11-{day}T09:00:00.000000Z" for day in (21, 23, 24))


def part(
    name: str | None = None,
    language: str | None = None,
    attributes: dict[str, str] | None = None,
    consent: dict[str, bool] | None = None,
    at: str | None = None,
) -> Part:
    """A record; `at` is when all of its consent was given."""
    consent = consent or {}
    given_at = dict.fromkeys(consent, at) if at else {}
    return Part({"name": name, "language": language}, attributes or {}, consent, given_at)


def one(*parts: Part) -> Survivor:
    (only,) = survivors(parts, MERGED)
    return only


def test_nothing_survives_where_nothing_is_known() -> None:
    assert survivors([part(), part()], MERGED) == []
    assert survivors([Part({}, {}, {})], MERGED) == []


def test_the_surviving_records_value_counts() -> None:
    both = one(part("Ada Lovelace"), part("A. Lovelace"))
    assert both == Survivor("name", "Ada Lovelace", ("A. Lovelace",), "surviving_record")
    # what another has as well is not dropped, and what two others have is dropped once
    assert one(part("Ada"), part("Ada")) == Survivor("name", "Ada", (), "surviving_record")
    three = one(part("Ada"), part("Bea"), part("Cat"), part("Bea"))
    assert three.dropped == ("Bea", "Cat")


def test_what_the_surviving_record_lacks_is_the_first_others() -> None:
    found = one(part(), part(language="fr"), part(language="de"))
    assert found == Survivor("language", "fr", ("de",), "only_value")


def test_fields_that_a_tenant_added_are_each_by_themselves() -> None:
    found = survivors([part(attributes={"tier": "gold"}), part(attributes={"tier": "tin", "plan": "S"})], MERGED)
    assert found == [
        Survivor("attributes.tier", "gold", ("tin",), "surviving_record"),
        Survivor("attributes.plan", "S", (), "only_value"),
    ]


def test_all_that_any_record_has_is_listed_in_one_order() -> None:
    found = survivors(
        [
            part(language="en", consent={"sms": True}),
            part("Ada", attributes={"tier": "gold"}, consent={"email": True}),
        ],
        MERGED,
    )
    assert [each.field for each in found] == [
        "name",
        "language",
        "attributes.tier",
        "consent.sms",
        "consent.email",
    ]


@pytest.mark.parametrize("at", [None, BEFORE, MERGED])
def test_of_what_was_said_before_the_merge_no_counts(at: str | None) -> None:
    yes, no = (part(consent={"sms": value}, at=at) for value in (True, False))
    # no beats yes, whoever said it
    refused = Survivor("consent.sms", kept=False, dropped=(True,), rule="stricter")
    assert one(yes, no) == one(no, yes) == refused
    # and where all say the same it is the surviving record's
    assert one(yes, yes) == Survivor("consent.sms", kept=True, dropped=(), rule="surviving_record")
    assert one(no, no) == Survivor("consent.sms", kept=False, dropped=(), rule="surviving_record")


@pytest.mark.parametrize("value", [True, False])
def test_consent_that_one_record_alone_has(value: bool) -> None:  # noqa: FBT001
    assert one(part(consent={"sms": value}), part()) == Survivor("consent.sms", value, (), "only_value")
    assert one(part(), part(consent={"sms": value}, at=BEFORE)).kept is value


@pytest.mark.parametrize("value", [True, False])
def test_what_was_said_since_the_merge_counts_for_the_person(value: bool) -> None:  # noqa: FBT001
    old, new = part(consent={"sms": not value}, at=BEFORE), part(consent={"sms": value}, at=AFTER)
    said = Survivor("consent.sms", value, (not value,), "given_since_the_merge")
    assert one(old, new) == one(new, old) == said
    # the last word is the last
    last = part(consent={"sms": not value}, at=LATER)
    assert one(new, last).kept is one(last, new).kept is not value
    # and where all say the same nothing is dropped
    assert one(new, new) == Survivor("consent.sms", value, (), "given_since_the_merge")


def test_of_two_words_at_the_same_moment_no_counts() -> None:
    yes, no = (part(consent={"sms": value}, at=AFTER) for value in (True, False))
    refused = Survivor("consent.sms", kept=False, dropped=(True,), rule="given_since_the_merge")
    assert one(yes, no) == one(no, yes) == refused


def test_a_word_without_a_time_is_older_than_any_with_one() -> None:
    refused, agreed = part(consent={"sms": False}), part(consent={"sms": True}, at=AFTER)
    assert one(refused, agreed).kept is one(agreed, refused).kept is True


def test_purposes_do_not_mix() -> None:
    found = survivors([part(consent={"sms": True, "email": False}), part(consent={"email": True})], MERGED)
    assert [(each.field, each.kept, each.rule) for each in found] == [
        ("consent.sms", True, "only_value"),
        ("consent.email", False, "stricter"),
    ]


def known(value: str, day: int, *, verified: bool = False, expires: str | None = None) -> Entries:
    entry = {
        "value": value,
        "source": "ivr",
        "collected_at": f"2026-11-{day}T09:00:00.000000Z",
        "verified": verified,
        "contact_id": value,
        "expires_at": expires,
    }
    return {"postcode": [entry]}


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        # a newer value counts before an older one, whichever record survives
        ([known("A", 20), known("B", 21)], ("B", ("A",), "verified_then_newest")),
        # and a verified one before both
        (
            [known("A", 20, verified=True), known("B", 21), known("C", 19)],
            ("A", ("B", "C"), "verified_then_newest"),
        ),
        # the same on both sides contradicts nothing
        ([known("A", 20), known("A", 21)], ("A", (), "verified_then_newest")),
        # what only one knows counts
        ([{}, known("B", 21)], ("B", (), "only_value")),
        # what has expired is not known
        ([known("A", 20), known("B", 21, expires=MERGED)], ("A", (), "only_value")),
    ],
)
def test_of_facts_the_verified_and_newest_counts(
    each: list[Entries], expected: tuple[str, tuple[str, ...], str]
) -> None:
    assert surviving_facts(each, MERGED) == [Survivor("facts.postcode", *expected)]


def test_where_no_fact_is_known_none_survives() -> None:
    assert surviving_facts([{}, {}], MERGED) == []
