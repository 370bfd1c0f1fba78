"""What is said on a contact is heard with what was said before it."""

from typing import Any

import pytest

from chalicelib.errors import WriteConflict
from chalicelib.models import keys, store
from chalicelib.models.changes import commit
from chalicelib.models.items import Contact, Event
from chalicelib.rules.masking import UNHEARD
from chalicelib.rules.number_names import CARD, OTHER
from chalicelib.services.identity.hearing import hear, hear_on
from tests.conftest import Api
from tests.factories import a_contact

NOT_LUHN, HIDDEN = "4242 4242 4242 4241", "[card number]"


def said(body: str | None, direction: str = "inbound", subject: str | None = None) -> Event:
    return Event(PK=keys.event("E"), SK=keys.EVENT, direction=direction, body=body, subject=subject)


def on(asked_for: list[str] | None) -> Contact:
    """A contact on which these may be expected."""
    return Contact(PK=keys.contact("CALL"), SK=keys.CONTACT, contact_id="CALL", asked_for=asked_for)


@pytest.mark.parametrize(
    ("direction", "body", "expected"),
    [
        # of what a customer says alone nobody heard what was asked before; what we say, we know
        ("inbound", "hello", {UNHEARD}),
        ("outbound", "hello", set()),
        ("outbound", "what is your card number?", {CARD}),
        ("inbound", "my phone is broken", {UNHEARD, OTHER}),
    ],
)
def test_what_may_be_expected_next(direction: str, body: str, expected: Any) -> None:
    assert hear(said(body, direction)) == expected


def test_subject_and_body_are_heard_in_turn() -> None:
    event = said(f"it is {NOT_LUHN}", "outbound", subject="My card")
    assert hear(event) == {CARD}
    assert (event.subject, event.body) == ("My card", f"it is {HIDDEN}")
    event = said(None, "outbound", subject=f"Card {NOT_LUHN}")
    hear(event)
    assert (event.subject, event.body) == (f"Card {HIDDEN}", None)


def test_what_was_asked_for_on_the_contact_is_heard_in_the_answer() -> None:
    answer = said(NOT_LUHN)
    assert hear(answer, on([CARD])) == {CARD}
    assert answer.body == HIDDEN
    # and where all is heard that was asked, and no number was, there is nothing to hide
    answer = said(NOT_LUHN)
    assert hear(answer, on([])) == set()
    assert answer.body == NOT_LUHN


@pytest.mark.parametrize(
    ("asked_for", "event", "news"),
    [
        (None, said("hello"), None),
        (None, said("my card"), [CARD, UNHEARD]),
        (None, said("hello", "outbound"), []),
        ([CARD], said("hello"), None),
        ([], said("hello"), None),
        ([UNHEARD, CARD], said("hello"), None),
    ],
)
def test_it_is_remembered_on_the_contact_where_it_is_news(
    ivr: Api, asked_for: list[str] | None, event: Event, news: list[str] | None
) -> None:
    contact = store.get_contact(ivr.post("/contacts", a_contact()).json["contact_id"])
    contact.asked_for = asked_for
    commit([hear_on(contact, event)])
    assert store.get_contact(contact.contact_id).asked_for == news


def test_what_is_said_on_a_contact_that_has_changed_hands_is_heard_again(ivr: Api) -> None:
    contact = store.get_contact(ivr.post("/contacts", a_contact()).json["contact_id"])
    contact.customer_id = "SOMEBODY"
    for body in ("hello", "my card"):
        with pytest.raises(WriteConflict):
            commit([hear_on(contact, said(body))])


def test_what_the_contact_is_about_is_remembered(ivr: Api) -> None:
    # Given a contact on which a mail came about an order
    contact_id = ivr.post("/contacts", a_contact()).json["contact_id"]
    commit([hear_on(store.get_contact(contact_id), said("The invoice of AB-10023", subject="Order W4435622"))])
    # When more is said, partly the same
    commit([hear_on(store.get_contact(contact_id), said("W4435622: a broken lamp", subject="Order"))])
    # Then it is about all of that, each once
    contact = store.get_contact(contact_id)
    assert contact.gist == "order invoic broken lamp"
    assert contact.references == ["W4435622", "AB10023"]


def test_so_many_numbers_are_remembered_the_first_ones(ivr: Api) -> None:
    contact = store.get_contact(ivr.post("/contacts", a_contact()).json["contact_id"])
    commit([hear_on(contact, said(" ".join(f"#{10_000 + n}" for n in range(21))))])
    assert store.get_contact(contact.contact_id).references == [str(10_000 + n) for n in range(20)]
