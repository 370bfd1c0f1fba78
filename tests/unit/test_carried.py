"""What a contact has from the one that it carries on, as long as nobody says that it is somebody else's."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.models import keys
from chalicelib.models.items import Contact, Interaction
from chalicelib.services.continuation import carried
from tests.settings import NOW
from tests.unit.test_records import a_head
from tests.unit.test_situation import said

WHOM = {"customer_id": "C", "name": "Cy"}
REASON = {"reason": [said("a bill", "CHAT")]}


def a_contact(**given: Any) -> Contact:
    continues = {"contact_id": "CHAT", "via": "code", "customer_id": "C", "suggests": WHOM}
    fields: dict[str, Any] = {"continues": continues, "carried": REASON}
    return Contact(PK=keys.contact("CALL"), SK=keys.CONTACT, contact_id="CALL", **(fields | given))


def a_step(number: int, minutes_ago: int, **given: Any) -> Interaction:
    fields: dict[str, Any] = {
        "interaction_id": f"I{number}",
        "channel": "portal",
        "direction": "inbound",
        "event_kind": "step",
        "occurred_at": NOW - timedelta(minutes=minutes_ago),
        "source": "portal",
        "subject": "Opened a page",
        "body": "Tariffs",
        "attributes": {"page": "/tariffs"},
        "contact_id": "CHAT",
        "case_id": "CASE",
    }
    return Interaction(PK="C#C", SK=f"I#{number}", **(fields | given))


NOTHING = [None, a_contact(continues=None), a_contact(rejected=["C"])]


@pytest.mark.parametrize("contact", NOTHING, ids=["no contact", "it carries nothing on", "it is somebody else's"])
def test_who_carries_nothing_on_has_nothing(contact: Contact | None) -> None:
    if contact:
        contact.carried_journey = carried.kept_journey([a_step(1, 1)])
    assert carried.suggested(contact, None) is None
    assert (carried.holds(contact), carried.facts(contact), carried.journey(contact)) == (False, {}, [])


def test_what_was_said_there_is_known_here() -> None:
    contact = a_contact(rejected=["B"])
    assert carried.holds(contact)
    assert carried.facts(contact) == REASON
    # and what is made of it changes nothing on the contact
    carried.facts(contact).clear()
    assert contact.carried == REASON


def test_whom_it_may_be_with_instead_is_suggested_unless_that_is_whom_it_is_with() -> None:
    contact = a_contact()
    merges = [{"merge_id": "M", "kept": "A", "joined": "C"}]
    assert carried.suggested(contact, a_head("A", [])) == carried.suggested(contact, None) == WHOM
    assert carried.suggested(contact, a_head("C", [])) is None
    # nor where it is a record of the same person, whichever was kept
    assert carried.suggested(contact, a_head("A", merges)) is None
    assert carried.suggested(contact, a_head("A", [{"merge_id": "M", "kept": "C", "joined": "A"}])) is None
    assert carried.suggested(contact, a_head("A", [{"merge_id": "M", "kept": "A", "joined": "B"}])) == WHOM
    nobody = a_contact(continues=contact.continues | {"suggests": None})
    assert carried.suggested(nobody, a_head("A", [])) is None


def test_the_last_steps_are_kept_newest_first_without_what_links_to_somebody_else() -> None:
    # Given seven steps, one told twice, in no order
    steps = [a_step(number, minutes_ago=number) for number in (3, 1, 7, 2, 5, 4, 6, 1)]
    # When they are kept and read again
    contact = a_contact(carried_journey=carried.kept_journey(steps))
    read = carried.journey(contact)
    # Then there are the newest five, each once
    assert [step.interaction_id for step in read] == ["I1", "I2", "I3", "I4", "I5"]
    first = read[0]
    assert (first.channel, first.direction, first.event_kind, first.source) == (
        "portal",
        "inbound",
        "step",
        "portal",
    )
    assert (first.subject, first.body, first.attributes) == ("Opened a page", "Tariffs", {"page": "/tariffs"})
    assert (first.occurred_at, first.journey) == (NOW - timedelta(minutes=1), None)
    assert isinstance(first.occurred_at, datetime)
    # and no link to that contact and its case
    assert not {"contact_id", "case_id"} & set(contact.carried_journey[0])


def test_a_journey_is_kept_whole() -> None:
    journey = {"task": "pay"}
    (kept,) = carried.kept_journey([a_step(1, 1, journey=journey)])
    assert kept["journey"] == journey
    assert kept["occurred_at"] == keys.instant(NOW - timedelta(minutes=1))
