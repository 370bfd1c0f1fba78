"""A portal's token acts for who is signed in alone; a contact of nobody's is its own where its portal began it."""

import pytest

from chalicelib.errors import Forbidden
from chalicelib.models import keys, store
from chalicelib.models.items import Contact
from chalicelib.models.store import CustomerHead
from chalicelib.rules.access import Caller, Role
from chalicelib.services.customers.records import Record
from chalicelib.services.identity import acting
from tests.conftest import Spy
from tests.settings import NOW
from tests.unit.test_records import a_profile

ANN = Caller(Role.PORTAL, "web-portal", "ANN")
SIGNED_OUT = Caller(Role.PORTAL, "web-portal")
ANOTHER_PORTAL = Caller(Role.PORTAL, "app", "ANN")
MERGED = [{"merge_id": "M", "kept": "FIRST", "joined": "ANN", "at": NOW.isoformat()}]


def a_contact(customer_id: str | None = None, started_by: Caller = SIGNED_OUT) -> Contact:
    return Contact(
        PK=keys.contact("CHAT"),
        SK=keys.CONTACT,
        contact_id="CHAT",
        customer_id=customer_id,
        started_by=started_by.named,
    )


def a_record(customer_id: str, *, merged: bool = False) -> Record:
    profile = a_profile(customer_id, MERGED if merged else [])
    return Record(CustomerHead(profile, store.no_facts(customer_id)))


def test_a_bound_token_acts_for_its_customer_by_any_of_their_records() -> None:
    acting.require_customer(ANN, a_record("ANN"))
    acting.require_customer(ANN, a_record("FIRST", merged=True))
    acting.require_customer(SIGNED_OUT, a_record("BOB"))


def test_somebody_else_and_nobody_are_refused_alike() -> None:
    for record in (a_record("BOB"), None):
        with pytest.raises(Forbidden, match="acts for the customer that it names, and for nobody else"):
            acting.require_customer(ANN, record)


def test_a_contact_of_nobodys_is_touched_by_the_portal_that_began_it(spy: Spy) -> None:
    assert acting.may_touch(ANN, a_contact())
    assert not acting.may_touch(ANOTHER_PORTAL, a_contact())
    assert spy.operations == []


def test_a_contact_of_somebodys_is_touched_by_their_token_alone(spy: Spy) -> None:
    # Given Ann, whose record was merged into her first, and Bob
    for record in (a_record("ANN", merged=True), a_record("FIRST", merged=True), a_record("BOB")):
        record.home.profile.save()
    spy.reset()
    # Then what is with the record that her token names is hers without a read, whoever began it
    assert acting.may_touch(ANN, a_contact("ANN", started_by=ANOTHER_PORTAL))
    assert spy.operations == []
    # and with one read what is with another record of hers, and nothing of Bob's, though her portal began it
    assert acting.may_touch(ANN, a_contact("FIRST", started_by=ANOTHER_PORTAL))
    assert not acting.may_touch(ANN, a_contact("BOB"))
    assert spy.operations == ["GetItem", "GetItem"]
    # and a token that is bound to nobody may touch any
    assert acting.may_touch(SIGNED_OUT, a_contact("BOB", started_by=ANOTHER_PORTAL))
