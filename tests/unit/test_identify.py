"""Who is it? What an identifier that is presented says, who is known by it, and what of that is kept."""

from typing import Any

import pytest

from chalicelib.errors import BadInput
from chalicelib.models import changes, keys
from chalicelib.models.changes import commit
from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import Contact, IdentifierCandidate, IdentifierHead, IdentifierOwner
from chalicelib.models.requests.contacts import StartContact
from chalicelib.models.requests.identifiers import IdentifierGiven
from chalicelib.models.store import Owners, find_owners
from chalicelib.rules.matching import Evidence, Owner
from chalicelib.services.deps import Deps
from chalicelib.services.identity.identify import (
    Checked,
    Claim,
    check,
    customers_end,
    from_stored,
    is_our_end,
    new_in,
    own_end,
    read_identifier,
    to_stored,
)
from tests.settings import NOW, SETTINGS

DEPS = Deps(SETTINGS, now=lambda: NOW)
NUMBER = Identifier("phone", "", "+447700900123", "07700 900123")


def given(type_: str, value: str, scope: str = "") -> IdentifierGiven:
    return IdentifierGiven(type=type_, value=value, scope=scope)


def a_start(**changed: Any) -> StartContact:
    return StartContact.model_validate(
        {"channel": "voice", "provider": "demo", "provider_contact_id": "1"} | changed, strict=False
    )


def test_what_an_identifier_says_of_who_it_is() -> None:
    owners = [
        IdentifierOwner(customer_id=name, verified=verified) for name, verified in (("A", True), ("B", False))
    ]
    met = [
        IdentifierCandidate(customer_id=name, rejected=rejected) for name, rejected in (("C", False), ("D", True))
    ]
    found = Owners(NUMBER, IdentifierHead(version=1, owners=5), owners, met)
    owners_found = (Owner("A", verified=True), Owner("B", verified=False))
    claim = Claim(NUMBER, typed=True, verified=True)
    assert Checked(claim, found, shared=True).evidence == Evidence(
        "phone", owners_found, typed=True, verified=True, more=3, candidates=("C",), shared=True
    )
    assert Checked(Claim(NUMBER), Owners(NUMBER, None, [])).evidence == Evidence("phone", ())


def test_who_has_the_number_on_another_channel_is_known_by_it_where_nobody_else_is() -> None:
    mine = [IdentifierOwner(customer_id="A", verified=True)]
    elsewhere = Owners(
        NUMBER, IdentifierHead(version=1, owners=4), [IdentifierOwner(customer_id="B", verified=False)]
    )
    found = Owners(NUMBER, IdentifierHead(version=1, owners=1), mine, same_number=elsewhere)
    assert Checked(Claim(NUMBER), found).evidence == Evidence("phone", (Owner("A", verified=True),))
    free = Owners(NUMBER, None, [], same_number=elsewhere)
    assert Checked(Claim(NUMBER), free).evidence == Evidence("phone", (Owner("B", verified=False),), more=3)


def test_who_has_another_form_of_the_number_may_be_meant() -> None:
    # Given that C and D were met beside it, of whom D was said not to be meant, and three have another form of it
    met = [
        IdentifierCandidate(customer_id=name, rejected=rejected) for name, rejected in (("C", False), ("D", True))
    ]
    variants = [IdentifierOwner(customer_id=name, verified=True) for name in ("D", "E", "C")]
    evidence = Checked(Claim(NUMBER), Owners(NUMBER, None, [], met, variants=variants)).evidence
    assert (evidence.owners, evidence.candidates, evidence.variants) == ((), ("C", "E"), ("E", "C"))


def test_evidence_is_read_as_it_was_kept() -> None:
    owner, other = Owner("A", verified=True), Owner("B", verified=False)
    evidence = [
        Evidence(
            "phone",
            (owner, other),
            typed=True,
            verified=False,
            more=3,
            candidates=("C", "D"),
            shared=True,
            variants=("D",),
        ),
        Evidence("account", (), typed=False, verified=True),
    ]
    assert from_stored(to_stored(evidence)) == evidence
    # what was kept before candidates and sharing were known of is read as if there had been none
    old = [
        {k: v for k, v in one.items() if k not in ("candidates", "shared", "variants")}
        for one in to_stored(evidence)
    ]
    assert [(one.candidates, one.shared, one.variants) for one in from_stored(old)] == [((), False, ())] * 2


@pytest.mark.parametrize(
    ("theirs", "ours", "value"),
    [
        # read in the country of the number at the other end
        (given("phone", "(202) 555-0143"), given("phone", "+12025550100"), "+12025550143"),
        # else in the default one: there is no other end, it is of no country, or it is no phone
        (given("phone", "07700 900123"), None, "+447700900123"),
        (given("phone", "07700 900123"), given("phone", "12345"), "+447700900123"),
        (given("phone", "07700 900123"), given("whatsapp", "+12025550100"), "+447700900123"),
    ],
)
def test_a_national_number_is_read_in_a_country(
    theirs: IdentifierGiven, ours: IdentifierGiven | None, value: str
) -> None:
    identifier = read_identifier(DEPS, theirs, "from", ours)
    assert identifier is not None
    assert (identifier.type, identifier.scope, identifier.value, identifier.received) == (
        "phone",
        "",
        value,
        theirs.value,
    )


def test_an_identifier_keeps_whose_id_it_is() -> None:
    identifier = read_identifier(DEPS, given("telegram", "Ada", "shop"), "from")
    assert identifier is not None
    assert identifier.scope == "shop"


def test_whom_a_page_counts_is_of_the_page_that_was_written_to() -> None:
    user, page = given("messenger", "123"), given("messenger", "PAGE")
    identifier = read_identifier(DEPS, user, "from", page)
    assert identifier is not None
    assert (identifier.scope, identifier.value) == ("PAGE", "123")
    # unless it is said of which page it is
    named = read_identifier(DEPS, given("messenger", "123", "OTHER"), "from", page)
    assert named is not None
    assert named.scope == "OTHER"
    # nothing but a page says so, and of nobody else's users
    for theirs, ours in ((user, None), (user, given("x", "PAGE"))):
        with pytest.raises(BadInput) as refused:
            read_identifier(DEPS, theirs, "from", ours)
        assert [error.field for error in refused.value.fields] == ["from.scope"]
    other = read_identifier(DEPS, given("x", "ada"), "from", page)
    assert other is not None
    assert other.scope == ""


@pytest.mark.parametrize("type_", ["phone", "whatsapp", "email"])
def test_what_was_withheld_identifies_nobody(type_: str) -> None:
    assert read_identifier(DEPS, given(type_, "anonymous"), "from") is None
    # but nothing at all is no word for withheld
    with pytest.raises(BadInput):
        read_identifier(DEPS, given(type_, " "), "from")


def test_only_what_has_something_to_withhold_can_be_withheld() -> None:
    identifier = read_identifier(DEPS, given("x", "anonymous"), "from")
    assert identifier is not None
    assert identifier.value == "anonymous"


def test_what_cannot_be_an_identifier_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        read_identifier(DEPS, given("phone", "12"), "from")
    assert [error.field for error in refused.value.fields] == ["from.value"]


def test_the_customers_end_is_where_it_came_from_or_where_it_goes() -> None:
    ends = {"from": {"type": "phone", "value": "+447700900123"}, "to": {"type": "phone", "value": "+441632960000"}}
    field, theirs, ours = customers_end(a_start(**ends))
    assert (field, theirs and theirs.value, ours and ours.value) == ("from", "+447700900123", "+441632960000")
    field, theirs, ours = customers_end(a_start(direction="outbound", **ends))
    assert (field, theirs and theirs.value, ours and ours.value) == ("to", "+441632960000", "+447700900123")
    # neither need be there
    assert customers_end(a_start()) == ("from", None, None)


@pytest.mark.parametrize(("direction", "field"), [("inbound", "to.value"), ("outbound", "from.value")])
def test_our_end_must_be_one(direction: str, field: str) -> None:
    wrong = {"type": "phone", "value": "?"}
    fine = {"type": "phone", "value": "+447700900123"}
    ends = {"from": fine, "to": wrong} if direction == "inbound" else {"from": wrong, "to": fine}
    with pytest.raises(BadInput) as refused:
        customers_end(a_start(direction=direction, **ends))
    (error,) = refused.value.fields
    assert error.field == field
    assert "is not a number" in error.message


@pytest.mark.parametrize(
    ("type_", "value", "may"),
    [
        ("phone", "+441632960000", True),
        ("phone", " 60000 ", True),
        ("phone", "ACME-Shop (UK)", True),
        ("phone", "+", False),
        ("phone", "7", False),
        ("phone", "+441632960000; drop", False),
        ("phone", " ", False),
        ("email", "shop@example.com", True),
        ("x", "?", True),
        ("email", " ", False),
    ],
)
def test_what_our_end_may_be(type_: str, value: str, may: bool) -> None:  # noqa: FBT001 - a case of the table
    assert is_our_end(given(type_, value)) is may


@pytest.mark.parametrize(
    ("verified", "strangers", "shared"), [(False, 0, False), (False, 1, True), (True, 2, False), (True, 3, True)]
)
def test_strangers_who_use_it_make_it_shared_sooner_where_nobody_was_verified(
    deps: Deps, *, verified: bool, strangers: int, shared: bool
) -> None:
    # Given a number of which two customers are owners, the second verified or not, and so many strangers
    for number, customer_id in enumerate("AB"):
        owner = changes.new_owner(NUMBER, customer_id, NOW, verified=verified and number == 1)
        commit(changes.claim(find_owners(NUMBER), owner))
    if strangers:
        commit([changes.count_stranger(find_owners(NUMBER), strangers)])
    # Then it decides alone or not
    (checked,) = check(deps, [Claim(NUMBER)])
    assert (checked.shared, checked.claim) == (shared, Claim(NUMBER))
    assert [owner.customer_id for owner in checked.owners.owners] == ["A", "B"]
    assert checked.evidence.shared is shared


def test_what_nobody_ever_had_is_not_shared(deps: Deps) -> None:
    (checked,) = check(deps, [Claim(NUMBER)])
    assert not checked.shared
    assert checked.evidence.owners == ()


THEIRS, OURS = ({"type": "phone", "value": value, "scope": ""} for value in ("07700 900123", "+441632960000"))


def a_contact(sender: Any, recipient: Any, direction: str = "inbound") -> Contact:
    return Contact(PK="CT#C", SK=keys.CONTACT, direction=direction, sender=sender, recipient=recipient)


def test_the_customers_end_of_a_contact_is_whom_we_hear_or_whom_we_call() -> None:
    assert own_end(DEPS, a_contact(THEIRS, OURS)) == NUMBER
    assert own_end(DEPS, a_contact(OURS, THEIRS, "outbound")) == NUMBER
    assert own_end(DEPS, a_contact(THEIRS, None)) == NUMBER
    # read in the country of our own end
    american = a_contact(THEIRS | {"value": "(202) 555-0143"}, OURS | {"value": "+12025550100"})
    end = own_end(DEPS, american)
    assert end is not None
    assert end.value == "+12025550143"
    # or none, where there is none or it was withheld
    assert own_end(DEPS, a_contact(None, OURS)) is None
    assert own_end(DEPS, a_contact(THEIRS | {"value": "anonymous"}, OURS)) is None
    # and what cannot be read any more is named as what it was
    with pytest.raises(BadInput) as wrong:
        own_end(DEPS, a_contact(THEIRS | {"value": "12"}, OURS))
    assert [one.field for one in wrong.value.fields] == ["from.value"]


def test_who_says_where_they_come_from_says_nothing_new_unless_it_is_vouched_for() -> None:
    whatsapp = Identifier("whatsapp", "", NUMBER.value, NUMBER.value)
    mail = Identifier("email", "", "ada@example.com", "ada@example.com")
    again, same, other = (Claim(one, typed=True) for one in (NUMBER, whatsapp, mail))
    vouched = Claim(NUMBER, typed=True, verified=True)
    assert new_in([again, same, other, vouched], [NUMBER]) == [other, vouched]
    assert new_in([again, other], [mail]) == [again]
    assert new_in([again], []) == [again]
