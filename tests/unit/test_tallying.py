"""Counting off the stream: what is told again, late, or takes something back comes to the same."""

from datetime import timedelta
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.models import keys, tallies
from chalicelib.models.items import AskTally, Case, Contact, Counted, EffortTally, Event
from chalicelib.services.wrap_up import tallying
from tests.settings import NOW

TODAY = NOW.date()
CALL = {"contact_id": "CALL", "status": "taken"}
pytestmark = pytest.mark.usefixtures("deps")


def a_contact(contact_id: str = "CALL", **given: Any) -> Contact:
    """A contact of the case, as it is stored."""
    fields: dict[str, Any] = {
        "channel": "voice",
        "direction": "inbound",
        "status": "ended",
        "provider": "test",
        "provider_contact_id": contact_id,
        "started_at": NOW,
        "received_at": NOW,
        "case_id": "CASE",
        "match": {"result": "none", "confidence": 0.0, "reasons": []},
        "assurance": 0,
        "correlation_id": "test",
    }
    contact = Contact(PK=keys.contact(contact_id), SK=keys.CONTACT, contact_id=contact_id, **(fields | given))
    contact.save()
    return contact


def a_case(case_id: str = "CASE", **given: Any) -> Case:
    fields: dict[str, Any] = {
        "customer_id": "A",
        "subject": "Late parcel",
        "status": "resolved",
        "status_at": NOW,
        "priority": "normal",
        "opened_at": NOW,
        "opened_by": {"role": "agent", "subject": "agent-1"},
        "closed_at": NOW,
        "last_channel": "voice",
        "updated_at": NOW,
    }
    case = Case(PK=keys.case(case_id), SK=keys.CASE, case_id=case_id, **(fields | given))
    case.save()
    return case


def asks(by: str) -> dict[str, list[tuple[int, int]]]:
    """By value: how often it was asked for and was known, on each day."""
    found = tallies.read(AskTally, by, TODAY, TODAY.replace(day=30))
    return {value: [(int(one.asked_for), int(one.repeated)) for one in each] for value, each in found.items()}


def effort() -> dict[str, tuple[int, int, int]]:
    """By channel: cases, contacts and hops."""
    found = tallies.read(EffortTally, "channel", TODAY.replace(day=1), TODAY)
    names = ("cases", "contacts", "hops")
    return {
        value: tuple(sum(int(getattr(one, name)) for one in each) for name in names)  # type: ignore[misc]
        for value, each in found.items()
    }


def question(*, repeated: bool = False, team: str | None = None, day: int = 22) -> dict[str, Any]:
    return {"at": f"2026-11-{day}T09:00:00.000000Z", "team": team, "repeated": repeated}


# What was asked for


def test_each_question_is_counted_by_fact_team_and_channel_on_its_day() -> None:
    a_contact(
        asked={
            "ivr:name": question(),
            "agent:name": question(repeated=True, team="billing"),
            "agent:reason": question(repeated=True, team="billing", day=23),
        }
    )
    assert tallying.count_asks("CALL") == 3
    assert asks("fact") == {"name": [(2, 1)], "reason": [(1, 1)]}
    assert asks("team") == {"none": [(1, 0)], "billing": [(1, 1), (1, 1)]}
    assert asks("channel") == {"voice": [(2, 1), (1, 1)]}
    (today,) = tallies.read(AskTally, "channel", TODAY, TODAY)["voice"]
    assert (today.asked_for, today.repeated) == (2, 1)


def test_what_is_told_again_counts_what_is_new() -> None:
    before = {"ivr:name": question()}
    a_contact(asked=before)
    assert [tallying.count_asks("CALL") for _ in range(2)] == [1, 0]
    a_contact(asked=before | {"agent:name": question(repeated=True)})
    assert [tallying.count_asks("CALL") for _ in range(2)] == [1, 0]
    assert asks("fact") == {"name": [(2, 1)]}
    assert asks("channel") == {"voice": [(2, 1)]}


def test_a_contact_that_is_gone_or_asked_nothing_counts_nothing() -> None:
    assert tallying.count_asks("CALL") == 0
    a_contact()
    assert tallying.count_asks("CALL") == 0
    assert [*Counted.scan()] == []


# What a case cost


def test_nothing_is_counted_of_a_case_until_it_is_resolved() -> None:
    a_contact()
    assert tallying.count_effort("CASE", "CALL") is False
    a_case(closed_at=None)
    assert [tallying.count_effort("CASE", "CALL") for _ in range(2)] == [True, False]
    assert effort() == {}
    # When it is resolved, what was told before counts
    a_case()
    assert [tallying.count_effort("CASE") for _ in range(2)] == [True, False]
    assert effort() == {"voice": (1, 1, 0)}


def test_what_is_opened_again_is_taken_back_and_counted_where_it_is_resolved_at_last() -> None:
    a_case()
    a_contact(transfers=[CALL])
    tallying.count_effort("CASE", "CALL")
    assert effort() == {"voice": (1, 1, 1)}
    a_case(closed_at=None)
    assert tallying.count_effort("CASE") is True
    assert effort() == {"voice": (0, 0, 0)}
    a_case(last_channel=None)
    a_contact("MAIL")
    assert tallying.count_effort("CASE", "MAIL") is True
    assert effort() == {"voice": (0, 0, 0), "none": (1, 2, 1)}


def test_it_counts_on_the_day_on_which_it_was_resolved() -> None:
    for day in (20, 21):
        a_case(closed_at=NOW.replace(day=day))
        tallying.count_effort("CASE")
    found = tallies.read(EffortTally, "channel", TODAY.replace(day=21), TODAY.replace(day=21))
    assert [int(one.cases) for one in found["voice"]] == [1]
    assert effort() == {"voice": (1, 0, 0)}


@pytest.mark.parametrize(
    ("transfers", "hops"),
    [
        ([], 0),
        ([CALL, CALL | {"status": "accepted"}], 2),
        ([CALL | {"status": status} for status in ("offered", "declined", "withdrawn")], 0),
        # those of the contact that it goes on from are its own
        ([CALL | {"contact_id": "LEG-1"}], 0),
    ],
)
def test_a_contact_hops_as_often_as_it_was_taken(transfers: list[Any], hops: int) -> None:
    a_case()
    a_contact(transfers=transfers)
    tallying.count_effort("CASE", "CALL")
    assert effort() == {"voice": (1, 1, hops)}


@pytest.mark.parametrize(("taken", "legs", "hops"), [(1, 1, 1), (2, 1, 2), (0, 2, 2)])
def test_a_leg_that_its_provider_made_of_a_transfer_is_the_same_hop(taken: int, legs: int, hops: int) -> None:
    a_case()
    a_contact(transfers=[CALL] * taken)
    for number in range(legs):
        a_contact(f"LEG-{number}", previous_contact_id="CALL")
    for contact_id in ("CALL", *(f"LEG-{number}" for number in range(legs))):
        tallying.count_effort("CASE", contact_id)
    assert effort() == {"voice": (1, 1 + legs, hops)}


@pytest.mark.parametrize("moved", [None, "OTHER"])
def test_a_contact_of_another_case_is_counted_no_more(moved: str | None) -> None:
    a_case()
    for contact_id in ("CALL", "MAIL"):
        a_contact(contact_id)
        tallying.count_effort("CASE", contact_id)
    a_contact(case_id=moved)
    assert [tallying.count_effort("CASE", "CALL") for _ in range(2)] == [True, False]
    # and one that was never there is no more than none
    assert tallying.count_effort("CASE", "NONE") is False
    assert effort() == {"voice": (1, 1, 0)}


def counted_before(**what: Any) -> None:
    """What of the case is counted already."""
    Counted(PK=keys.case("CASE"), SK=keys.COUNTED, what=what | {"tallied": None}, version=1).save()


def test_of_a_case_of_very_many_contacts_the_first_ones_count() -> None:
    a_case(closed_at=None)
    counted_before(contacts={f"CALL-{n}": [0, 0] for n in range(tallying.MOST_CONTACTS - 1)})
    for contact_id in ("LAST", "ONE-MORE"):
        a_contact(contact_id)
        assert tallying.count_effort("CASE", contact_id) is (contact_id == "LAST")
    # what is among them is still told anew
    a_contact("LAST", previous_contact_id="CALL-0")
    assert tallying.count_effort("CASE", "LAST") is True


def a_message(message_id: str, **given: Any) -> Event:
    """A message of the case that is on no contact, as it is stored."""
    fields: dict[str, Any] = {
        "channel": "email",
        "direction": "inbound",
        "event_kind": "message",
        "occurred_at": NOW,
        "source": "test",
        "source_event_id": message_id,
        "received_at": NOW,
        "case_id": "CASE",
        "match": {"result": "none", "confidence": 0.0, "reasons": []},
        "assurance": 0,
        "captured_by": {"role": "ivr", "subject": "ivr-1"},
        "correlation_id": "test",
    }
    event = Event(PK=keys.event(message_id), SK=keys.EVENT, interaction_id=message_id, **(fields | given))
    event.save()
    return event


def test_what_was_written_outside_of_a_contact_is_a_contact_for_each_day_and_channel() -> None:
    # Given a case about which the customer rang once, and wrote two mails of a day, one the day after, and an SMS
    a_contact()
    a_case()
    a_message("M1")
    a_message("M2")
    a_message("M3", occurred_at=NOW + timedelta(days=1))
    sms = a_message("M4", channel="sms")
    tallying.count_effort("CASE", "CALL")
    # When they are told, twice and in any order
    for message_id in ("M4", "M2", "M3", "M1", "M2"):
        tallying.count_effort("CASE", message_id=message_id)
    # Then that were four contacts
    assert effort() == {"voice": (1, 4, 0)}
    # and one that is of another case by now is taken back
    sms.update(actions=[Event.case_id.set("OTHER")])
    assert [tallying.count_effort("CASE", message_id="M4") for _ in range(2)] == [True, False]
    assert effort() == {"voice": (1, 3, 0)}


def test_of_a_case_of_very_many_messages_the_first_ones_count() -> None:
    a_case(closed_at=None)
    counted_before(messages={f"M-{n}": "email 2026-11-22" for n in range(tallying.MOST_CONTACTS - 1)})
    for message_id in ("LAST", "ONE-MORE"):
        a_message(message_id)
        assert tallying.count_effort("CASE", message_id=message_id) is (message_id == "LAST")
    # what is among them is still told anew
    a_message("LAST", channel="sms")
    assert tallying.count_effort("CASE", message_id="LAST") is True


def costs() -> dict[str, tuple[int, int, int]]:
    return {channel: cost for channel, cost in effort().items() if any(cost)}


@pytest.mark.parametrize("told", [("OTHER", "CASE"), ("CASE", "OTHER")])
def test_cases_that_are_one_count_as_one(told: tuple[str, str]) -> None:
    # Given a resolved case of two calls and a mail, into which another of a call and two mails was joined
    a_case()
    a_case("OTHER", joined_into="CASE")
    for contact_id, case_id in (("C1", "CASE"), ("C2", "CASE"), ("C3", "OTHER")):
        a_contact(contact_id, case_id=case_id, transfers=[CALL | {"contact_id": contact_id}])
    a_message("M1")
    a_message("M2", case_id="OTHER")
    a_message("M3", case_id="OTHER", occurred_at=NOW + timedelta(days=1))
    # When all of that is told, in any order, and again
    for _ in range(2):
        for case_id in told:
            for n in (1, 2, 3):
                tallying.count_effort(case_id, f"C{n}")
                tallying.count_effort(case_id, message_id=f"M{n}")
    # Then it is one case, of three calls and two days on which was written
    assert effort() == {"voice": (1, 5, 3)}
    # and where it was joined into a third, that
    a_case(joined_into="THIRD")
    a_case("THIRD", last_channel="email")
    tallying.count_effort("CASE")
    assert costs() == {"email": (1, 5, 3)}
    # to which comes what still is of the first
    a_message("M4", case_id="OTHER", channel="sms")
    tallying.count_effort("OTHER", message_id="M4")
    assert costs() == {"email": (1, 6, 3)}
    # and one that is not joined any more counts by itself, however often that is told
    a_case("OTHER", last_channel="sms")
    tallying.count_effort("OTHER")
    for _ in range(2):
        tallying.count_effort("CASE", part_id="OTHER")
        assert costs() == {"email": (1, 3, 2), "sms": (1, 4, 1)}


def test_of_very_many_cases_that_were_joined_into_one_the_first_ones_count() -> None:
    a_case(closed_at=None)
    nothing = {"contacts": 0, "noted": 0, "legs": 0, "written": []}
    counted_before(parts={f"PART-{n}": nothing for n in range(tallying.MOST_PARTS - 1)})
    for part_id in ("LAST", "ONE-MORE"):
        a_case(part_id, joined_into="CASE")
        assert tallying.count_effort("CASE", part_id=part_id) is (part_id == "LAST")
    # what becomes of one among them still counts
    a_message("M1", case_id="LAST")
    a_case()
    tallying.count_effort("LAST", message_id="M1")
    assert costs() == {"voice": (1, 1, 0)}


def test_the_stream_counts_what_was_written(client: Client) -> None:
    a_case()
    kinds: tuple[dict[str, str], ...] = (
        {},
        {"contact_id": "CALL"},
        {"direction": "outbound"},
        {"event_kind": "auto_reply"},
    )
    images = [a_message(f"M{n}", channel=f"c{n}", **kind).serialize() for n, kind in enumerate(kinds)]
    records = [
        {"eventID": str(n), "eventName": "INSERT", "dynamodb": {"SequenceNumber": str(n), "NewImage": image}}
        for n, image in enumerate(images * 2)
    ]
    client.lambda_.invoke("follow_contact", {"Records": records})
    assert effort() == {"voice": (1, 1, 0)}


def test_the_stream_counts_what_is_joined_and_what_is_no_more(client: Client) -> None:
    # Given two resolved cases of a call each
    a_case()
    alone = a_case("OTHER", last_channel="sms")
    for case_id in ("CASE", "OTHER"):
        a_contact(f"C-{case_id}", case_id=case_id)
        tallying.count_effort(case_id, f"C-{case_id}")
    assert costs() == {"voice": (1, 1, 0), "sms": (1, 1, 0)}
    # When the stream tells that one was joined into the other, and then that this was undone
    before = alone.serialize()
    for joined_into, expected in (("CASE", {"voice": (1, 2, 0)}), (None, {"voice": (1, 1, 0), "sms": (1, 1, 0)})):
        after = a_case("OTHER", last_channel="sms", joined_into=joined_into).serialize()
        told = {"SequenceNumber": "1", "OldImage": before, "NewImage": after}
        client.lambda_.invoke("follow_contact", {"Records": [{"eventID": "1", "dynamodb": told}] * 2})
        before = after
        # Then they count as one, and as two
        assert costs() == expected
