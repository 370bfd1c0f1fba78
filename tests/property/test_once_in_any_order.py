"""Events come twice, late and in any order: the record ends up the same (arrival times and made-up ids aside)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.models import keys, store
from chalicelib.models.identifiers import normalise
from chalicelib.models.items import Item
from chalicelib.models.requests.contacts import StartContact
from chalicelib.models.requests.facts import SaveFacts
from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.rules.access import Caller, Role
from chalicelib.services.contacts import answers, capture, contacts
from chalicelib.services.deps import Deps
from chalicelib.services.facts import facts
from tests.factories import a_contact
from tests.fast_moto import create_table

IVR = Caller(Role.IVR, "ivr-1")
BEGAN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PHONES = ["+447700900001", "+447700900002", "+447700900003"]

Timelines = dict[str, list[dict[str, Any]]]

few = settings(max_examples=6, suppress_health_check=list(HealthCheck))


def empty_the_table() -> None:
    """A table like new: moto copies a whole table for each transaction."""
    create_table()


def at(minute: int) -> datetime:
    return BEGAN + timedelta(minutes=minute)


def an_interaction(number: int, phone: str, minute: int, channel: str, reply_to: int | None) -> CaptureInteraction:
    """An interaction whose content follows from its number, so that repeating it repeats its content."""
    return CaptureInteraction.model_validate(
        {
            "channel": channel,
            "from": {"type": "phone", "value": phone},
            "occurred_at": at(minute),
            "source": "test",
            "source_event_id": f"event-{number}",
            "kind": "message",
            "subject": f"No. {number}",
            "body": f"{number} " * 150,
            "attributes": {"page": str(number)},
            "in_reply_to": None if reply_to is None else f"event-{reply_to}",
        }
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[CaptureInteraction], list[CaptureInteraction]]:
    """What two or three people did, and the same with some of it repeated and in another order."""
    phones = PHONES[: draw(st.integers(2, 3))]
    happened = [
        an_interaction(
            number,
            draw(st.sampled_from(phones)),
            draw(st.integers(0, 4)),
            draw(st.sampled_from(["sms", "portal", "email"])),
            draw(st.none() | st.integers(0, 6)),
        )
        for number in range(draw(st.integers(1, 6)))
    ]
    repeated = draw(st.lists(st.sampled_from(happened), max_size=3))
    return happened, draw(st.permutations([*happened, *repeated]))


def timelines_after(deps: Deps, requests: list[CaptureInteraction]) -> Timelines:
    """Everybody's timeline and the whole of each entry, once all that has been captured."""
    empty_the_table()
    for request in requests:
        capture.capture(deps, IVR, request, "correlation")
    return {phone: _timeline_of(phone) for phone in PHONES}


def _timeline_of(phone: str) -> list[dict[str, Any]]:
    owners = store.find_owners(normalise("phone", phone))
    if owners.head is None:
        return []
    (owner,) = owners.owners  # whoever wrote, and however often, is one customer
    assert (owners.head.owners, owners.head.version) == (1, 1)
    entries = store.get_customer(owner.customer_id).timeline
    whole = [store.get_event(entry.interaction_id) for entry in entries]
    assert {event.customer_id for event in whole} == {owner.customer_id}
    return [
        {"preview": _content(entry), "whole": _content(event)} for entry, event in zip(entries, whole, strict=True)
    ]


MADE_UP = {"PK", "customer_id", "received_at", "match", "assurance", "case_id", "case_found"}
"""Keys and ids that are made up, and what was known of the sender and their cases when it came in."""


def _content(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.attribute_values.items() if name not in MADE_UP}


@few
@given(history=histories())
def test_timelines_do_not_depend_on_order_or_repetition(
    deps: Deps,
    history: tuple[list[CaptureInteraction], list[CaptureInteraction]],
) -> None:
    happened, arrived = history
    timelines = timelines_after(deps, happened)
    assert timelines_after(deps, arrived) == timelines
    # and nothing is missing or in the wrong place
    assert sum(len(entries) for entries in timelines.values()) == len(happened)
    for entries in timelines.values():
        keys_ = [entry["preview"]["SK"] for entry in entries]
        assert keys_ == sorted(keys_, reverse=True)


VALUES = {
    "product": ["Fibre 50", "Fibre 100", "Fibre 200"],
    "postcode": ["M1 1AE", "SW1A 1AA"],
    "name": ["Ada", "Ada Lovelace"],
}
"""Facts that do not identify anybody."""


@st.composite
def sayings(draw: st.DrawFn) -> tuple[list[SaveFacts], list[SaveFacts]]:
    """What was said on a contact and when, and the same with some of it repeated and in another order."""
    said = [
        SaveFacts.model_validate(
            {
                "facts": {
                    name: {
                        "value": draw(st.sampled_from(VALUES[name])),
                        "source": draw(st.sampled_from(["ivr", "portal"])),
                        "verified": draw(st.booleans()),
                        "collected_at": at(draw(st.integers(0, 3))),
                    }
                    for name in draw(st.sets(st.sampled_from(sorted(VALUES)), min_size=1))
                }
            }
        )
        for _ in range(draw(st.integers(1, 6)))
    ]
    repeated = draw(st.lists(st.sampled_from(said), max_size=2))
    return said, draw(st.permutations([*said, *repeated]))


def known_after(deps: Deps, requests: list[SaveFacts]) -> dict[str, Any]:
    """What is known of the customer, with the values before, once all that has been saved on one contact."""
    empty_the_table()
    begun, _ = contacts.start_contact(deps, IVR, StartContact.model_validate(CALL), "correlation")
    assert begun.contact
    assert begun.head
    for request in requests:
        facts.save_facts(deps, IVR, begun.contact.contact_id, request)
    entries = store.get_head(begun.head.customer_id).facts.entries
    views = answers.facts(entries, keys.instant(deps.now()))
    return {name: view.model_dump() for name, view in views.items()}


CALL = a_contact(channel="voice") | {"channel": "voice", "from": {"type": "phone", "value": PHONES[0]}}


@few
@given(told=sayings())
def test_facts_do_not_depend_on_order_or_repetition(
    deps: Deps, told: tuple[list[SaveFacts], list[SaveFacts]]
) -> None:
    said, arrived = told
    known = known_after(deps, said)
    assert known_after(deps, arrived) == known
    # and all that was said is known by some value
    assert known.keys() == {name for request in said for name in request.facts}
