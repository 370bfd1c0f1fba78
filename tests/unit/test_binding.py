"""Whose an identifier is: it is given and listed, shown to be theirs, handed over and taken away."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import Conflict
from chalicelib.models.changes import commit
from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import Profile
from chalicelib.models.store import find_owners
from chalicelib.services.customers.records import Record
from chalicelib.services.deps import Deps
from chalicelib.services.identity import binding
from chalicelib.services.identity.identify import Checked, Claim, check
from tests.settings import NOW
from tests.unit.test_records import a_head, a_profile

NUMBER = Identifier("phone", "", "+447700900123", "07700 900123")
MAIL = Identifier("email", "", "ada@example.com", "Ada@Example.com")
ACCOUNT = Identifier("account", "", "A1", "a1")
LATER = NOW + timedelta(days=1)


def presented(deps: Deps, identifier: Identifier, *, verified: bool = False) -> Checked:
    return check(deps, [Claim(identifier, verified=verified)])[0]


def bind(deps: Deps, profile: Profile, *identifiers: Identifier, **given: Any) -> None:
    verified, how = given.pop("verified", False), given.pop("how", "given")
    at = given.pop("at", NOW)
    items = [presented(deps, one, verified=verified) for one in identifiers]
    commit(binding.bind(profile, items, at, how=how, **given))


def owners(identifier: Identifier) -> list[tuple[str, bool]]:
    return [(one.customer_id, one.verified) for one in find_owners(identifier).owners]


def as_listed(identifier: Identifier) -> dict[str, object]:
    return binding.on_profile(identifier, NOW, verified=False, how="given", contact_id=None)


def test_what_is_given_is_listed_with_where_it_comes_from(deps: Deps) -> None:
    ada = a_profile("A", [])
    bind(deps, ada, NUMBER, how="came_from", contact_id="CALL")
    bind(deps, ada, MAIL, verified=True, at=LATER)
    assert ada.identifiers == [
        {
            "type": "phone",
            "scope": "",
            "value": "+447700900123",
            "received": "07700 900123",
            "verified": False,
            "since": NOW.isoformat(),
            "how": "came_from",
            "contact_id": "CALL",
            "verified_at": None,
            "verified_how": None,
        },
        {
            "type": "email",
            "scope": "",
            "value": "ada@example.com",
            "received": "Ada@Example.com",
            "verified": True,
            "since": LATER.isoformat(),
            "how": "given",
            "contact_id": None,
            "verified_at": LATER.isoformat(),
            "verified_how": "given",
        },
    ]
    assert owners(NUMBER) == [("A", False)]
    assert owners(MAIL) == [("A", True)]
    (owner,) = find_owners(MAIL).owners
    assert (owner.received, owner.first_seen_at) == ("Ada@Example.com", LATER)


def test_what_is_there_is_not_given_again_but_may_be_shown_to_be_theirs(deps: Deps) -> None:
    ada = a_profile("A", [])
    bind(deps, ada, MAIL, NUMBER)
    before = ada.identifiers
    assert binding.bind(ada, [presented(deps, NUMBER)], LATER, how="confirmed") == []
    assert ada.identifiers == before
    # When somebody vouches for it
    bind(deps, ada, NUMBER, verified=True, at=LATER, how="confirmed")
    # Then it is verified from then on, and otherwise as it was
    now_verified = {"verified": True, "verified_at": LATER.isoformat(), "verified_how": "confirmed"}
    assert ada.identifiers == [before[0], before[1] | now_verified]
    assert owners(NUMBER) == [("A", True)]
    # and once is enough
    again = presented(deps, NUMBER, verified=True)
    assert binding.bind(ada, [again], LATER + timedelta(days=1), how="given") == []
    assert ada.identifiers[1] == before[1] | now_verified


def test_what_the_business_gives_out_is_one_customers_all_else_may_be_shared(deps: Deps) -> None:
    ada, bob = a_profile("A", []), a_profile("B", [])
    bind(deps, ada, ACCOUNT, NUMBER)
    bind(deps, bob, NUMBER)
    assert owners(NUMBER) == [("A", False), ("B", False)]
    with pytest.raises(Conflict, match="this account identifier belongs to another customer"):
        bind(deps, bob, ACCOUNT)
    assert owners(ACCOUNT) == [("A", False)]


def test_a_customer_has_at_most_forty(deps: Deps) -> None:
    numbers = [Identifier("phone", "", f"+4477009{number:05d}", "") for number in range(41)]
    ada = a_profile("A", [], identifiers=[as_listed(one) for one in numbers[:39]])
    assert binding.has_room(ada)
    binding.bind(ada, [presented(deps, numbers[39])], NOW, how="given")
    assert len(ada.identifiers) == 40
    assert not binding.has_room(ada)
    with pytest.raises(Conflict, match="at most 40"):
        binding.bind(ada, [presented(deps, numbers[40])], NOW, how="given")


def test_what_is_taken_away_is_nobodys_and_not_listed(deps: Deps) -> None:
    ada = a_profile("A", [])
    bind(deps, ada, NUMBER, MAIL)
    commit(binding.unbind(ada, presented(deps, NUMBER)))
    assert [one["value"] for one in ada.identifiers] == [MAIL.value]
    assert owners(NUMBER) == []
    assert find_owners(NUMBER).head is not None
    assert owners(MAIL) == [("A", False)]


def test_one_gives_it_to_another(deps: Deps) -> None:
    ada, bob = a_profile("A", []), a_profile("B", [])
    bind(deps, ada, NUMBER, MAIL)
    bind(deps, bob, ACCOUNT)
    commit(binding.hand_over(ada, bob, presented(deps, NUMBER), LATER, "CALL"))
    assert [one["value"] for one in ada.identifiers] == [MAIL.value]
    assert [one["value"] for one in bob.identifiers] == [ACCOUNT.value, NUMBER.value]
    assert bob.identifiers[1] == binding.on_profile(
        NUMBER, LATER, verified=False, how="confirmed", contact_id="CALL"
    )
    assert owners(NUMBER) == [("B", False)]
    (owner,) = find_owners(NUMBER).owners
    assert owner.first_seen_at == LATER


@pytest.mark.parametrize("giver", [None, a_profile("A", [])])
def test_what_nobody_gives_is_given_all_the_same(deps: Deps, giver: Profile | None) -> None:
    bob = a_profile("B", [])
    commit(binding.hand_over(giver, bob, presented(deps, NUMBER), LATER, "CALL"))
    assert bob.identifiers == [
        binding.on_profile(NUMBER, LATER, verified=False, how="confirmed", contact_id="CALL")
    ]
    assert owners(NUMBER) == [("B", False)]


@pytest.mark.parametrize("owned", [True, False])
def test_what_is_shown_to_be_theirs_is_handed_over_as_that(deps: Deps, *, owned: bool) -> None:
    ada, bob = a_profile("A", []), a_profile("B", [])
    if owned:
        bind(deps, ada, NUMBER)
    shown = presented(deps, NUMBER, verified=True)
    commit(binding.hand_over(ada, bob, shown, LATER, "CALL", how="checked"))
    assert ada.identifiers == []
    assert bob.identifiers == [binding.on_profile(NUMBER, LATER, verified=True, how="checked", contact_id="CALL")]
    assert owners(NUMBER) == [("B", True)]


def test_whose_it_is_among_a_persons_records(deps: Deps) -> None:
    first, second = a_head("A"), a_head("B")
    bind(deps, second.profile, NUMBER, MAIL)
    for record in (Record(first, [second]), Record(second, [first])):
        assert binding.whose(record, NUMBER) == "B"
        assert binding.whose(record, ACCOUNT) is None
    assert binding.owns(second.profile, NUMBER)
    assert not binding.owns(first.profile, NUMBER)
    assert binding.listed(second.profile, MAIL) == second.profile.identifiers[1]
    assert binding.listed(first.profile, MAIL) is None


def test_the_customer_among_the_owners_that_were_read(deps: Deps) -> None:
    ada, bob = a_profile("A", []), a_profile("B", [])
    bind(deps, ada, NUMBER)
    bind(deps, bob, NUMBER, verified=True)
    found = presented(deps, NUMBER)
    mine = binding.owner_among(found, "B")
    assert mine is not None
    assert (mine.customer_id, mine.verified) == ("B", True)
    assert binding.owner_among(found, "C") is None


def test_how_an_identifier_is_named() -> None:
    shop = Identifier("telegram", "shop", "ada", "@Ada")
    assert binding.named(shop) == {"type": "telegram", "scope": "shop", "value": "ada"}
    assert binding.key_of(as_listed(shop)) == ("telegram", "shop", "ada")
    assert binding.as_identifier(as_listed(shop)) == shop
    owner = binding.as_owner("A")
    assert (owner.customer_id, owner.verified) == ("A", False)
