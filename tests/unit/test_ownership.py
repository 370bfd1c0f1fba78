"""Where a contact came from changes hands with it, if it is free; and changes back."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import commit
from chalicelib.models.identifiers import Identifier
from chalicelib.models.items import Contact, IdentifierCandidate
from chalicelib.models.store import CustomerHead, find_owners
from chalicelib.rules.matching import Evidence, Owner
from chalicelib.services.deps import Deps
from chalicelib.services.identity import binding, ownership
from chalicelib.services.identity.identify import Checked, Claim, check
from tests.settings import NOW
from tests.unit.test_records import a_profile

NUMBER = Identifier("phone", "", "+447700900123", "07700 900123")
OTHER = Identifier("phone", "", "+447700900124", "+447700900124")
WITH, WITHOUT = (Identifier("phone", "", value, value) for value in ("+5521987654321", "+552187654321"))
"""One Brazilian mobile number in its two forms."""
CALL = Contact(PK="CT#CALL", SK=keys.CONTACT, contact_id="CALL")
EARLIER = NOW - timedelta(days=3)


def a_customer(customer_id: str, *, owns: bool = False, verified: bool = False) -> CustomerHead:
    """A customer with a number of their own and, if so, the number that the call came from."""
    numbers = [OTHER, NUMBER] if owns else [OTHER]
    listed = [binding.on_profile(one, EARLIER, verified=verified, how="given", contact_id=None) for one in numbers]
    if owns:
        owner = changes.new_owner(NUMBER, customer_id, EARLIER, verified=verified)
        commit(changes.claim(find_owners(NUMBER), owner))
    return CustomerHead(a_profile(customer_id, [], identifiers=listed), store.no_facts(customer_id))


def met_beside(customer_id: str, *contact_ids: str, rejected: bool = False) -> None:
    IdentifierCandidate(
        PK=keys.identifier(*NUMBER.key),
        SK=keys.candidate(customer_id),
        customer_id=customer_id,
        contact_ids=list(contact_ids),
        rejected=rejected,
    ).save()


def end(deps: Deps) -> Checked:
    return check(deps, [Claim(NUMBER)])[0]


def listed(head: CustomerHead) -> list[Any]:
    return [one["value"] for one in head.profile.identifiers]


def standing() -> dict[str, Any]:
    """Who has the number now, who is said not to, and how many strangers used it."""
    owners = find_owners(NUMBER)
    return {
        "owners": [one.customer_id for one in owners.owners],
        "count": int(owners.head.owners) if owners.head else 0,
        "strangers": int(owners.head.strangers) if owners.head else 0,
        "rejected": [one.customer_id for one in owners.candidates if one.rejected],
        "met": {one.customer_id: one.contact_ids for one in owners.candidates},
    }


def moved(deps: Deps, source: CustomerHead | None, target: CustomerHead | None) -> ownership.Ownership:
    made = ownership.move(deps, end(deps), source, target, CALL)
    commit(made.made)
    return made


def given_back(deps: Deps, undo: Any, source: CustomerHead | None, target: CustomerHead | None) -> None:
    commit(ownership.give_back(deps, undo, source, target))


def test_what_nobody_verified_goes_from_hand_to_hand_and_back(deps: Deps) -> None:
    # Given a number of Ada's that nobody verified
    ada, bob = a_customer("A", owns=True), a_customer("B")
    before = ada.profile.identifiers
    # When a call from it turns out to be Bob's
    made = moved(deps, ada, bob)
    # Then it is Bob's, it is not Ada's any more, and that is remembered
    assert standing() == {"owners": ["B"], "count": 1, "strangers": 0, "rejected": ["A"], "met": {"A": []}}
    assert made.evidence == Evidence("phone", (Owner("B", verified=False),))
    assert listed(ada) == [OTHER.value]
    assert bob.profile.identifiers[0]["value"] == OTHER.value
    assert bob.profile.identifiers[1] == binding.on_profile(
        NUMBER, NOW, verified=False, how="attributed", contact_id="CALL"
    )
    (owner,) = find_owners(NUMBER).owners
    assert (owner.received, owner.verified, owner.first_seen_at) == ("07700 900123", False, NOW)
    # When that is undone, Then all is as it was
    given_back(deps, made.undo, bob, ada)
    assert standing() == {"owners": ["A"], "count": 1, "strangers": 0, "rejected": [], "met": {}}
    assert ada.profile.identifiers == before
    assert listed(bob) == [OTHER.value]


def test_what_was_verified_stays_and_was_used_by_a_stranger(deps: Deps) -> None:
    ada, bob = a_customer("A", owns=True, verified=True), a_customer("B")
    made = moved(deps, ada, bob)
    assert standing() == {"owners": ["A"], "count": 1, "strangers": 1, "rejected": [], "met": {}}
    assert made.evidence == Evidence("phone", (Owner("A", verified=True),))
    assert (listed(ada), listed(bob)) == ([OTHER.value, NUMBER.value], [OTHER.value])
    given_back(deps, made.undo, bob, ada)
    assert standing() == {"owners": ["A"], "count": 1, "strangers": 0, "rejected": [], "met": {}}
    assert (listed(ada), listed(bob)) == ([OTHER.value, NUMBER.value], [OTHER.value])


def test_what_was_verified_was_used_by_a_stranger_too_where_nobody_knows_whose_the_contact_is(deps: Deps) -> None:
    ada = a_customer("A", owns=True, verified=True)
    made = moved(deps, ada, None)
    assert standing() == {"owners": ["A"], "count": 1, "strangers": 1, "rejected": [], "met": {}}
    assert (made.evidence, listed(ada)) == (
        Evidence("phone", (Owner("A", verified=True),)),
        [OTHER.value, NUMBER.value],
    )
    given_back(deps, made.undo, None, ada)
    assert standing() == {"owners": ["A"], "count": 1, "strangers": 0, "rejected": [], "met": {}}


def test_what_a_third_has_is_given_to_nobody(deps: Deps) -> None:
    ada, bob = a_customer("A"), a_customer("B")
    a_customer("C", owns=True)
    made = moved(deps, ada, bob)
    assert standing() == {"owners": ["C"], "count": 1, "strangers": 1, "rejected": ["A"], "met": {"A": []}}
    assert made.evidence == Evidence("phone", (Owner("C", verified=False),))
    assert listed(bob) == [OTHER.value]
    given_back(deps, made.undo, bob, ada)
    assert standing() == {"owners": ["C"], "count": 1, "strangers": 0, "rejected": [], "met": {}}


def test_what_two_share_is_taken_from_the_one_and_is_the_others(deps: Deps) -> None:
    ada, bob = a_customer("A", owns=True), a_customer("B")
    a_customer("C", owns=True)
    made = moved(deps, ada, bob)
    # what was taken from one was used by no stranger: it was wrong that it was theirs
    assert standing() == {"owners": ["C"], "count": 1, "strangers": 0, "rejected": ["A"], "met": {"A": []}}
    assert (listed(ada), listed(bob)) == ([OTHER.value], [OTHER.value])
    given_back(deps, made.undo, bob, ada)
    assert standing()["owners"] == ["A", "C"]
    assert standing()["count"] == 2
    assert listed(ada) == [OTHER.value, NUMBER.value]


def test_who_has_it_already_keeps_it_and_is_no_stranger_to_it(deps: Deps) -> None:
    # Given a number that was shown to be both Ada's and Bob's
    ada, bob = a_customer("A", owns=True, verified=True), a_customer("B", owns=True, verified=True)
    # When a call from it that was taken for Ada's is Bob's, and when that is undone
    made = moved(deps, ada, bob)
    both = {"owners": ["A", "B"], "count": 2, "strangers": 0, "rejected": [], "met": {}}
    assert standing() == both
    given_back(deps, made.undo, bob, ada)
    # Then it is both's all the time
    assert standing() == both
    assert listed(ada) == listed(bob) == [OTHER.value, NUMBER.value]


def test_nor_is_who_has_it_on_another_of_their_records(deps: Deps) -> None:
    ada, bob = a_customer("A", owns=True, verified=True), a_customer("B")
    a_customer("D", owns=True)
    strangers = []
    for kept, joined in (("B", "C"), ("B", "D")):
        bob.profile.merges = [{"merge_id": "M", "kept": kept, "joined": joined, "at": NOW.isoformat()}]
        moved(deps, ada, bob)
        strangers.append(standing()["strangers"])
    assert strangers == [1, 1]


def test_what_nobody_has_becomes_theirs_and_is_given_up_again(deps: Deps) -> None:
    bob = a_customer("B")
    made = moved(deps, None, bob)
    assert standing() == {"owners": ["B"], "count": 1, "strangers": 0, "rejected": [], "met": {}}
    assert listed(bob) == [OTHER.value, NUMBER.value]
    given_back(deps, made.undo, bob, None)
    assert standing() == {"owners": [], "count": 0, "strangers": 0, "rejected": [], "met": {}}
    assert listed(bob) == [OTHER.value]


def test_who_has_as_many_as_there_may_be_is_not_given_one_more(deps: Deps) -> None:
    bob = a_customer("B")
    others = [Identifier("phone", "", f"+4477009{one:05d}", "") for one in range(binding.MOST_IDENTIFIERS)]
    entries = [binding.on_profile(one, NOW, verified=False, how="given", contact_id=None) for one in others]
    bob.profile.identifiers = entries
    made = moved(deps, None, bob)
    assert made.evidence == Evidence("phone", ())
    assert standing() == {"owners": [], "count": 0, "strangers": 0, "rejected": [], "met": {}}
    assert bob.profile.identifiers == entries
    given_back(deps, made.undo, bob, None)
    assert bob.profile.identifiers == entries


def test_of_whom_a_contact_is_not_it_is_only_taken_away(deps: Deps) -> None:
    ada = a_customer("A", owns=True)
    made = moved(deps, ada, None)
    assert standing() == {"owners": [], "count": 0, "strangers": 0, "rejected": ["A"], "met": {"A": []}}
    assert made.evidence == Evidence("phone", ())
    given_back(deps, made.undo, None, ada)
    assert standing() == {"owners": ["A"], "count": 1, "strangers": 0, "rejected": [], "met": {}}
    assert listed(ada) == [OTHER.value, NUMBER.value]


def test_a_candidate_who_gets_it_is_none_any_more(deps: Deps) -> None:
    bob = a_customer("B")
    met_beside("B", "MAIL")
    met_beside("C", "CHAT")
    moved(deps, None, bob)
    assert standing()["met"] == {"C": ["CHAT"]}


def test_a_candidate_who_is_rejected_is_one_again_when_that_is_undone(deps: Deps) -> None:
    ada, bob = a_customer("A"), a_customer("B")
    met_beside("A", "MAIL")
    met_beside("0", "CHAT", rejected=True)
    made = moved(deps, ada, bob)
    assert standing()["rejected"] == ["0", "A"]
    assert standing()["met"] == {"0": ["CHAT"], "A": ["MAIL"]}
    given_back(deps, made.undo, bob, ada)
    assert standing()["rejected"] == ["0"]
    assert standing()["met"] == {"0": ["CHAT"], "A": ["MAIL"]}


def test_who_was_only_proposed_is_proposed_no_more_until_that_is_undone(deps: Deps) -> None:
    # Given a number of Bob's, beside which Ada and Carol were met
    bob, carol = a_customer("B", owns=True), a_customer("C")
    met_beside("A", "MAIL")
    met_beside("C", "CHAT")
    # When a call from it is not Ada's
    made = ownership.reject(end(deps), "A")
    commit(made.made)
    # Then she is rejected there, and nothing else changes: not whose it is, nor how often strangers used it
    after = {"owners": ["B"], "count": 1, "strangers": 0, "met": {"A": ["MAIL"], "C": ["CHAT"]}}
    assert standing() == after | {"rejected": ["A"]}
    assert made.evidence is None
    # When that is undone, wherever the contact went meanwhile, Then she is proposed there again
    given_back(deps, made.undo, bob, carol)
    assert standing() == after | {"rejected": []}
    assert (listed(bob), listed(carol)) == ([OTHER.value, NUMBER.value], [OTHER.value])


def test_who_has_another_form_of_it_is_proposed_no_more(deps: Deps) -> None:
    commit(changes.claim(find_owners(WITH), changes.new_owner(WITH, "A", EARLIER, verified=False)))
    made = ownership.reject(check(deps, [Claim(WITHOUT)])[0], "A")
    commit(made.made)
    assert check(deps, [Claim(WITHOUT)])[0].evidence.candidates == ()
    given_back(deps, made.undo, None, None)
    assert check(deps, [Claim(WITHOUT)])[0].evidence.candidates == ("A",)


def test_who_is_not_proposed_there_is_not_remembered(deps: Deps) -> None:
    a_customer("B", owns=True)
    assert ownership.reject(end(deps), "A") == ownership.Ownership()
    assert ownership.reject(end(deps), "B") == ownership.Ownership()


@pytest.mark.parametrize("has", [True, False])
def test_what_was_changed_meanwhile_is_left_as_it_is(deps: Deps, *, has: bool) -> None:
    # Given a number that went from Ada to Bob, who gave it up since, or not
    ada, bob = a_customer("A", owns=True), a_customer("B")
    made = moved(deps, ada, bob)
    if not has:
        commit(binding.unbind(bob.profile, end(deps)))
    # and that Ada was given anew
    commit(binding.bind(ada.profile, [end(deps)], NOW, how="given"))
    # When it is undone, Then it is not taken from whom has it no more, nor given to whom has it
    given_back(deps, made.undo, bob, ada)
    assert standing()["owners"] == ["A"]
    assert standing()["count"] == 1
    assert listed(ada) == [OTHER.value, NUMBER.value]
    assert listed(bob) == [OTHER.value]
