"""How a contact goes on, as its provider tells: it begins, moves forward and ends, in whatever order."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.models import keys, store
from chalicelib.models.items import Contact
from chalicelib.models.requests.contacts import ReportContact
from chalicelib.rules.access import Caller, Role
from chalicelib.services.contacts.progress import report_contact
from chalicelib.services.deps import Deps
from tests.conftest import Api, Spy
from tests.factories import a_contact, phone
from tests.settings import NOW

TWILIO = Caller(Role.IVR, "twilio")
OURS = {"type": "phone", "value": "+441632960000"}


def at(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


class Line:
    """A call, and what its provider tells of it."""

    def __init__(self, deps: Deps, number: str | None = None) -> None:
        self.deps, self.calls = deps, {"provider": "twilio", "provider_contact_id": "CA1"}
        self.ends = {"from": {"type": "phone", "value": number or phone()}, "to": OURS}

    def tells(self, phase: str | None, seconds: int, **more: Any) -> Contact:
        body = {"channel": "voice", "at": at(seconds), "phase": phase} | self.calls | self.ends | more
        request = ReportContact.model_validate(body, strict=False)
        return report_contact(self.deps, TWILIO, request, "r", archive_key=f"KEY{seconds}")


@pytest.fixture
def line(deps: Deps) -> Line:
    return Line(deps)


def head_of(contact: Contact) -> Any:
    return store.get_head(contact.customer_id)


def timeline(agent: Api, contact: Contact) -> list[Any]:
    items: list[Any] = agent.get(f"/customers/{contact.customer_id}/timeline").json["items"]
    return items


def test_the_first_report_begins_a_contact(line: Line) -> None:
    line.tells("ringing", 5, started_at=at(0), attributes={"trunk": "1"})
    contact = store.get_contact(line.tells("ringing", 5).contact_id)
    assert (contact.channel, contact.direction, contact.status, contact.phase) == (
        "voice",
        "inbound",
        "live",
        "ringing",
    )
    assert (contact.provider, contact.provider_contact_id) == ("twilio", "CA1")
    assert (contact.sender["value"], contact.recipient["value"]) == (line.ends["from"]["value"], OURS["value"])
    assert (contact.started_at, contact.attributes, contact.archive_key) == (at(0), {"trunk": "1"}, "KEY5")
    assert contact.correlation_id == "r"
    assert contact.need == []
    # and the customer sees it among the live ones
    assert [one.started_at for one in head_of(contact).contacts] == [at(0)]


def test_of_a_call_out_the_customer_is_the_one_called(line: Line) -> None:
    line.ends = {"from": line.ends["to"], "to": line.ends["from"]}
    contact = line.tells("ringing", 0, direction="outbound")
    assert contact.direction == "outbound"
    assert head_of(contact).profile.identifiers[0]["value"] == line.ends["to"]["value"]


def test_it_goes_forward_and_what_is_told_late_or_twice_changes_nothing(line: Line, spy: Spy) -> None:
    line.tells("ringing", 0, attributes={"trunk": "1"})
    spy.reset()
    assert line.tells("connected", 2, attributes={"agent": "7"}).phase == "connected"
    assert spy.operations == ["GetItem", "Query", "TransactWriteItems"]
    spy.reset()
    assert line.tells("ringing", 1, attributes={"trunk": "0"}).phase == "connected"
    assert line.tells("connected", 2).phase == "connected"
    # a report of a moment after the last that names nothing new is none
    assert line.tells(None, 3).phase == "connected"
    assert "TransactWriteItems" in spy.operations  # the trunk, which was told later than the first time
    contact = store.get_contact(line.tells("connected", 2).contact_id)
    assert contact.attributes == {"trunk": "0", "agent": "7"}
    assert contact.archive_key == "KEY0"


def test_a_call_that_is_over_is_on_the_timeline_and_stays_so(line: Line, agent: Api) -> None:
    line.tells("ringing", 0)
    contact = line.tells("ended", 60)
    assert (contact.status, contact.ended_at) == ("ended", at(60))
    assert head_of(contact).contacts == []
    assert head_of(contact).profile.live_contacts == 0
    (entry,) = timeline(agent, contact)
    assert (entry["kind"], entry["subject"], entry["occurred_at"]) == ("contact", None, "2026-11-22T09:00:00Z")
    kept = store.get_event(entry["interaction_id"])
    assert (kept.archive_key, kept.correlation_id) == ("KEY0", "r")
    # what is told late changes neither that it is over nor when
    assert line.tells("connected", 90).phase == "ended"
    assert store.get_contact(contact.contact_id).ended_at == at(60)


def test_a_call_that_nobody_answered_says_so(line: Line, agent: Api) -> None:
    contact = line.tells("missed", 30, started_at=at(0))
    (entry,) = timeline(agent, contact)
    assert (entry["subject"], entry["occurred_at"]) == ("missed", "2026-11-22T09:00:00Z")
    assert entry["attributes"] == {"ended_at": "2026-11-22T09:00:30.000000Z"}


def test_where_its_beginning_is_told_last_it_stands_where_it_began(line: Line, agent: Api) -> None:
    contact = line.tells("abandoned", 60)
    assert (contact.started_at, contact.ended_at) == (at(60), at(60))
    # When an earlier moment is told
    contact = line.tells("ringing", 0)
    # Then it is filed under that, once, and is no live one
    assert (contact.started_at, contact.ended_at, contact.phase) == (at(0), at(60), "abandoned")
    (entry,) = timeline(agent, contact)
    assert (entry["occurred_at"], entry["subject"]) == ("2026-11-22T09:00:00Z", "abandoned")
    past = store.list_band(keys.customer(contact.customer_id), keys.PAST_CONTACTS, limit=9).items
    assert [one.started_at for one in past] == [at(0)]
    assert head_of(contact).contacts == []
    # and an end that is told earlier is the end, though never before it began
    assert line.tells("missed", 59, started_at=at(0)).ended_at == at(60)


def test_a_live_call_that_began_earlier_is_shown_once(line: Line) -> None:
    line.tells("connected", 60)
    contact = line.tells("ringing", 0)
    assert [one.started_at for one in head_of(contact).contacts] == [at(0)]
    assert head_of(contact).profile.live_contacts == 1


@pytest.mark.parametrize("phase", ["connected", "ended"])
def test_one_of_many_that_began_earlier_is_filed_once(line: Line, phase: str) -> None:
    # Given more live calls than are shown
    for number in range(6):
        line.calls = line.calls | {"provider_contact_id": f"CA{number}"}
        line.tells("ringing", number)
    # When of one that is not shown it is told that it began earlier
    line.calls = line.calls | {"provider_contact_id": "CA0"}
    contact = line.tells(phase, 60, started_at=at(-5))
    # Then it is filed as begun then, once, and the others are shown
    past = store.list_band(keys.customer(contact.customer_id), keys.PAST_CONTACTS, limit=9).items
    status = "live" if phase == "connected" else "ended"
    assert [(one.contact_id, one.started_at, one.status) for one in past] == [(contact.contact_id, at(-5), status)]
    assert [one.started_at for one in head_of(contact).contacts] == [at(number) for number in (5, 4, 3, 2, 1)]


def test_its_end_may_tell_that_it_began_earlier(line: Line, agent: Api) -> None:
    # Given a call that is known since a minute after it began
    line.tells("connected", 60)
    # When its end is told with when it began
    contact = line.tells("ended", 90, started_at=at(0))
    # Then it began then, wherever it is shown, and is shown there once
    assert (contact.started_at, contact.ended_at) == (at(0), at(90))
    (entry,) = timeline(agent, contact)
    assert entry["occurred_at"] == "2026-11-22T09:00:00Z"
    past = store.list_band(keys.customer(contact.customer_id), keys.PAST_CONTACTS, limit=9).items
    assert [one.started_at for one in past] == [at(0)]
    assert head_of(contact).contacts == []


def test_a_call_from_nobody_ends(line: Line) -> None:
    line.ends = {"from": {"type": "phone", "value": "anonymous"}, "to": OURS}
    line.tells("ringing", 0)
    contact = line.tells("ended", 9)
    assert (contact.customer_id, contact.status, contact.ended_at) == (None, "ended", at(9))
    assert line.tells("ringing", -9).started_at == at(-9)


def test_a_contact_that_a_flow_began_is_the_same(line: Line, ivr: Api) -> None:
    body = a_contact(line.ends["from"]["value"], provider="twilio", provider_contact_id="CA1")
    begun = ivr.post("/contacts", body | {"attributes": {"menu": "2"}}).json["contact_id"]
    contact = line.tells("connected", 1, attributes={"agent": "7"})
    assert contact.contact_id == begun
    assert store.get_contact(begun).attributes == {"menu": "2", "agent": "7"}


@pytest.mark.parametrize("told", [["from"], ["to"], ["from", "to"]])
def test_between_whom_it_is_may_be_told_later(line: Line, spy: Spy, told: list[str]) -> None:
    # Given a call of which its provider told first that there is one
    ends, line.ends = line.ends, {}
    assert line.tells("ringing", 0, attributes={"trunk": "1"}).customer_id is None
    # When it tells between whom
    line.ends = {end: ends[end] for end in told}
    contact = store.get_contact(line.tells("connected", 1).contact_id)
    # Then the contact has that, and all that was told before
    assert [contact.sender is not None, contact.recipient is not None] == ["from" in told, "to" in told]
    assert (contact.customer_id is not None) == ("from" in told)
    assert (contact.phase, contact.attributes, contact.started_at) == ("connected", {"trunk": "1"}, at(0))
    # and once it is known, another says nothing new
    line.ends = {end: {"type": "phone", "value": phone()} for end in ends}
    spy.reset()
    again = store.get_contact(line.tells("on_hold", 2).contact_id)
    assert spy.operations.count("TransactWriteItems") == 1
    assert (again.sender, again.recipient, again.customer_id) == (
        contact.sender,
        contact.recipient,
        contact.customer_id,
    )


def test_its_channel_may_be_told_later(line: Line) -> None:
    line.tells(None, 5, channel="other")
    assert line.tells(None, 5).channel == "voice"
    # and once it is known it stays, whoever does not know it or knows another
    assert line.tells("connected", 6, channel="other").channel == "voice"
    assert line.tells("ended", 7, channel="chat").channel == "voice"


def test_an_end_that_is_told_counts_before_one_that_was_only_supposed(line: Line) -> None:
    # Given a call that was taken to be over, as nothing was heard of it
    contact = store.get_contact(line.tells("ringing", 0).contact_id)
    contact.status, contact.ended_at, contact.ended_by = "ended", at(5), "schedule"
    contact.save()
    # When its provider tells its end
    line.tells("ended", 60)
    # Then that is when it was over
    ended = store.get_contact(contact.contact_id)
    assert (ended.ended_at, ended.ended_by, ended.status) == (at(60), None, "ended")


@pytest.mark.parametrize("end", ["previous_provider_contact_id", "initial_provider_contact_id"])
def test_what_it_goes_on_from_may_be_told_later(line: Line, spy: Spy, end: str) -> None:
    # Given a call, and the leg of it that came after, of which its provider told first that there is one
    before = line.tells("transferred", 0).contact_id
    line.calls = line.calls | {"provider_contact_id": "CA2"}
    line.tells("ringing", 1, previous_provider_contact_id="CA2", initial_provider_contact_id="CA2")
    after = store.get_contact(line.tells("ringing", 1).contact_id)
    assert after.previous_contact_id is None
    # When it tells from which call it goes on
    line.tells("connected", 2, **{end: "CA1"})
    # Then it does, and that is news once
    assert store.get_contact(after.contact_id).previous_contact_id == before
    spy.reset()
    line.tells("connected", 2, **{end: "CA1"})
    assert spy.operations == ["GetItem"]
    # and of what is known already, the first of all says nothing new
    line.tells("connected", 2, initial_provider_contact_id="CA0")
    assert store.get_contact(after.contact_id).previous_contact_id == before


def test_the_summary_that_its_provider_hands_over_stands_until_an_agent_writes_one(line: Line, agent: Api) -> None:
    # Given a call of which its provider hands a summary over
    contact = line.tells("ended", 60, attributes={"summary": "She asked for a refund"})
    assert store.get_contact(contact.contact_id).summary == "She asked for a refund"
    assert timeline(agent, contact)[0]["body"] == "She asked for a refund"
    # When an agent writes another
    agent.post(f"/contacts/{contact.contact_id}/end", {"summary": "Refunded"})
    # Then that stands, whatever the provider tells
    line.tells("ended", 61, attributes={"summary": "She asked for a refund, twice"})
    assert store.get_contact(contact.contact_id).summary == "Refunded"
    assert timeline(agent, contact)[0]["body"] == "Refunded"
