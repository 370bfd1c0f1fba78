"""A contact whose end nobody tells ends once it was silent for long; who tells the end later is believed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from chalice.test import Client

from chalicelib.errors import Unavailable
from chalicelib.models import keys, store
from chalicelib.models.items import Item, Watch
from chalicelib.services.contacts import silence
from chalicelib.services.deps import Deps
from chalicelib.settings import Settings
from tests.conftest import Api, Clock, Spy, put_under
from tests.factories import a_contact, an_interaction, facts, phone
from tests.settings import NOW
from tests.unit.test_progress import Line, at
from tests.unit.test_stream import Faulty, Stream, a_record

Begin = Callable[..., str]
PARTITIONS = len([*keys.WATCHES, *keys.CASE_WATCHES])
"""Looked at in each run, those of cases before those of contacts."""
FOUR_HOURS = timedelta(hours=4)


@pytest.fixture
def stream(client: Client) -> Stream:
    return Stream(client)


@pytest.fixture
def begin(ivr: Api, stream: Stream) -> Begin:
    """`begin(caller)` begins a contact, and the stream tells."""

    def start(caller: str | None = None, **more: Any) -> str:
        contact_id = str(ivr.post("/contacts", a_contact(caller or phone(), **more)).json["contact_id"])
        assert stream.deliver([a_record(None, stream.image(contact_id), "INSERT")]) == []
        return contact_id

    return start


def run(client: Client) -> None:
    """What EventBridge does every few minutes."""
    event = {
        "version": "0",
        "account": "123456789012",
        "region": "eu-west-1",
        "detail": {},
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "time": "2026-11-22T13:00:00Z",
        "id": "d3a5c3f0-7f4b-4b1e-9c58-0d6c5d0b6a11",
        "resources": ["arn:aws:events:eu-west-1:123456789012:rule/end-silent"],
    }
    client.lambda_.invoke("end_silent", event)


def watched() -> list[tuple[str, str]]:
    """Who is watched, and by when to look."""
    return sorted(
        (item.contact_id, item.SK.split("#")[0]) for partition in keys.WATCHES for item in Watch.query(partition)
    )


def end_of(contact_id: str) -> tuple[str, datetime | None, str | None]:
    contact = store.get_contact(contact_id)
    return contact.status, contact.ended_at, contact.ended_by


def test_a_call_of_which_nothing_more_is_heard_ends(
    client: Client, agent: Api, clock: Clock, begin: Begin
) -> None:
    # Given a call, and four hours of nothing
    contact_id = begin()
    customer_id = store.get_contact(contact_id).customer_id
    clock.forward(hours=4, seconds=-1)
    run(client)
    assert end_of(contact_id) == ("live", None, None)
    clock.forward(seconds=1)
    # When the schedule runs
    run(client)
    # Then it has ended when it was last heard of, and nobody said how
    assert end_of(contact_id) == ("ended", NOW, "schedule")
    (entry,) = agent.get(f"/customers/{customer_id}/timeline").json["items"]
    assert (entry["kind"], entry["subject"]) == ("contact", None)
    assert entry["attributes"] == {"ended_at": keys.instant(NOW), "ended_by": "schedule"}
    pop = agent.get(f"/contacts/{contact_id}/screen-pop").json
    assert (pop["live_contacts"], pop["contact"]["ended_by"]) == ([], "schedule")
    assert store.get_profile(customer_id).live_contacts == 0
    # and is looked at no more
    assert watched() == []


def test_a_call_of_nobody_ends(client: Client, clock: Clock, begin: Begin) -> None:
    contact_id = begin("anonymous")
    clock.forward(hours=4)
    run(client)
    assert end_of(contact_id) == ("ended", NOW, "schedule")


def test_each_channel_has_its_silence(client: Client, clock: Clock, begin: Begin) -> None:
    call, chat = begin(), begin(channel="chat")
    clock.forward(hours=23)
    run(client)
    assert [end_of(one)[0] for one in (call, chat)] == ["ended", "live"]
    clock.forward(hours=1)
    run(client)
    assert end_of(chat) == ("ended", NOW, "schedule")


def test_the_silence_is_a_setting() -> None:
    settings = Settings.from_environment({"TABLE_NAME": "t", "SILENT_HOURS": '{"voice": 0.5, "other": 2}'})
    hours = {channel: settings.silence(channel) / timedelta(hours=1) for channel in ("voice", "video", "chat")}
    assert hours == {"voice": 0.5, "video": 4, "chat": 2}


def a_report(_ivr: Api, deps: Deps, contact_id: str, when: datetime) -> None:
    contact = store.get_contact(contact_id)
    line = Line(deps)
    line.calls = {"provider": contact.provider, "provider_contact_id": contact.provider_contact_id}
    line.tells("on_hold", int((when - NOW).total_seconds()))


def a_message(ivr: Api, _deps: Deps, contact_id: str, when: datetime) -> None:
    ivr.post("/interactions", an_interaction(contact_id=contact_id, occurred_at=when.isoformat()))


def a_fact(ivr: Api, _deps: Deps, contact_id: str, _when: datetime) -> None:
    ivr.patch(f"/contacts/{contact_id}/facts", facts(reason="billing"))


@pytest.mark.parametrize("heard", [a_report, a_message, a_fact])
@pytest.mark.parametrize("caller", [None, "anonymous"])
def test_what_is_heard_of_goes_on(  # noqa: PLR0917 - fixtures
    client: Client,
    ivr: Api,
    deps: Deps,
    clock: Clock,
    begin: Begin,
    heard: Callable[..., None],
    caller: str | None,
) -> None:
    # Given a call of which something is heard after an hour
    contact_id = begin(caller)
    clock.forward(hours=1)
    heard(ivr, deps, contact_id, clock())
    clock.forward(hours=3)
    # When it is looked at
    run(client)
    # Then it goes on, and is looked at again four hours after that
    assert end_of(contact_id)[0] == "live"
    assert watched() == [(contact_id, keys.instant(NOW + timedelta(hours=5)))]
    clock.forward(hours=1)
    run(client)
    assert end_of(contact_id) == ("ended", NOW + timedelta(hours=1), "schedule")


def test_what_is_heard_at_that_very_moment_goes_on(ivr: Api, deps: Deps, clock: Clock, begin: Begin) -> None:
    contact_id = begin()
    clock.forward(hours=4)
    a_report(ivr, deps, contact_id, clock())
    assert silence.end_silent(deps) == 0
    assert end_of(contact_id)[0] == "live"


def test_a_schedule_that_comes_late_ends_it_when_it_was_last_heard_of(
    ivr: Api, deps: Deps, clock: Clock, begin: Begin
) -> None:
    # Given a call on which something was said after an hour
    contact_id = begin()
    clock.forward(hours=1)
    a_message(ivr, deps, contact_id, clock())
    # When nobody looks for seven hours
    clock.forward(hours=6)
    # Then it is the one that ended, and ended then
    assert silence.end_silent(deps) == 1
    assert end_of(contact_id) == ("ended", NOW + timedelta(hours=1), "schedule")


def test_what_is_dated_in_the_future_is_not_heard_yet(
    client: Client, ivr: Api, deps: Deps, clock: Clock, begin: Begin
) -> None:
    contact_id = begin()
    a_report(ivr, deps, contact_id, NOW + timedelta(hours=20))
    clock.forward(hours=4)
    run(client)
    assert end_of(contact_id) == ("ended", NOW, "schedule")


def test_what_ends_is_watched_no_more(ivr: Api, stream: Stream, begin: Begin) -> None:
    # Given two calls
    contact_id, other = begin(), begin()
    assert len(watched()) == 2
    # When one ends, and the stream tells, twice
    stream.told(contact_id, lambda: ivr.post(f"/contacts/{contact_id}/end", {}))
    stream.deliver()
    stream.deliver()
    assert watched() == [(other, keys.instant(NOW + FOUR_HOURS))]


def test_what_was_over_before_it_is_looked_at_stays_as_it_is(
    deps: Deps, ivr: Api, clock: Clock, begin: Begin, spy: Spy
) -> None:
    contact_id = begin()
    ivr.post(f"/contacts/{contact_id}/end", {"disposition": "answered"})
    clock.forward(hours=4)
    spy.reset()
    assert silence.end_silent(deps) == 0
    assert (end_of(contact_id), watched()) == (("ended", NOW, None), [])
    assert spy.operations[: PARTITIONS + 2].count("TransactWriteItems") == 1


def test_the_provider_tells_the_end_after_all(
    client: Client, agent: Api, deps: Deps, clock: Clock, begin: Begin
) -> None:
    # Given a call that was ended for its silence
    contact_id = begin()
    clock.forward(hours=4)
    run(client)
    # When its provider tells that it ended
    contact = store.get_contact(contact_id)
    line = Line(deps)
    line.calls = {"provider": contact.provider, "provider_contact_id": contact.provider_contact_id}
    line.tells("connected", 30)
    assert end_of(contact_id) == ("ended", NOW, "schedule")
    line.tells("ended", 600)
    # Then it ended then, and that is what all tell of it, once
    assert end_of(contact_id) == ("ended", at(600), None)
    (entry,) = agent.get(f"/customers/{contact.customer_id}/timeline").json["items"]
    assert entry["attributes"] == {"ended_at": keys.instant(at(600))}
    assert store.get_profile(contact.customer_id).live_contacts == 0
    (past,) = store.list_band(keys.customer(contact.customer_id), keys.PAST_CONTACTS, limit=9).items
    assert (past.ended_at, past.ended_by) == (at(600), None)


def test_the_agent_ends_it_after_all(client: Client, agent: Api, clock: Clock, begin: Begin) -> None:
    contact_id = begin()
    clock.forward(hours=5)
    run(client)
    # When the agent ends the call, which was a long one
    ended = agent.post(f"/contacts/{contact_id}/end", {"disposition": "solved"})
    assert (ended.status, ended.json["disposition"], ended.json["ended_by"]) == (200, "solved", None)
    assert end_of(contact_id) == ("ended", NOW + timedelta(hours=5), None)
    # and that is the last word
    clock.forward(hours=1)
    agent.post(f"/contacts/{contact_id}/end", {"disposition": "lost"})
    assert store.get_contact(contact_id).disposition == "solved"
    assert end_of(contact_id)[1] == NOW + timedelta(hours=5)


def test_one_that_fails_does_not_keep_the_others(client: Client, deps: Deps, clock: Clock, begin: Begin) -> None:
    # Given three silent calls, one of which cannot be written
    calls = [begin() for _ in range(3)]
    clock.forward(hours=4)
    seam = put_under(Faulty, deps)
    seam.refuses = lambda operation, asked: operation == "TransactWriteItems" and calls[1] in asked
    # When the schedule runs, then it fails, and the others have ended
    with pytest.raises(Unavailable):
        run(client)
    assert [end_of(one)[0] for one in calls] == ["ended", "live", "ended"]
    # and the next run ends what is left
    seam.refuses = lambda _operation, _asked: False
    run(client)
    assert end_of(calls[1]) == ("ended", NOW, "schedule")


def test_a_run_is_bounded_and_the_next_goes_on(deps: Deps, clock: Clock, begin: Begin) -> None:
    shard = keys.watches(begin())
    calls = [begin() for _ in range(20)]
    alike = sum(keys.watches(one) == shard for one in calls) + 1
    clock.forward(hours=4)
    for left in range(alike - 1, -1, -1):
        silence.end_silent(deps, looked_at=1)
        assert len(list(Item.query(shard))) == left


def test_what_it_costs(client: Client, clock: Clock, begin: Begin, spy: Spy) -> None:
    begin()
    clock.forward(hours=4)
    spy.reset()
    run(client)
    assert spy.operations.count("Query") == PARTITIONS + 2  # what was said, and the head
    others = [operation for operation in spy.operations if operation != "Query"]
    assert others == ["GetItem", "TransactWriteItems"]
    assert all(asked["ConsistentRead"] for _, asked in spy.reads)


def test_a_run_with_nothing_due_reads_each_partition_once(client: Client, begin: Begin, spy: Spy) -> None:
    begin()
    spy.reset()
    run(client)
    assert spy.operations == ["Query"] * PARTITIONS
