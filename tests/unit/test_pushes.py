"""Off the stream, who is on a contact is told what changed; who was away gets it later."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import runtime
from chalicelib.errors import WriteConflict
from chalicelib.models import chats, keys, store
from chalicelib.models.connection import StoreConnection
from chalicelib.models.items import ChatMessage
from chalicelib.services.chat import pushes
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock, Spy, put_under
from tests.factories import a_contact, facts
from tests.sockets import Frame, Sockets
from tests.unit.test_stream import Image, Stream, a_record, keyed_in, raw


@pytest.fixture
def stream(client: Client) -> Stream:
    return Stream(client)


def contact_record(contact_id: str, change: Callable[[], Any], *, new: bool = False) -> dict[str, Any]:
    before = None if new else Stream.image(contact_id)
    change()
    return a_record(before, Stream.image(contact_id), "INSERT" if new else "MODIFY")


def message_image(contact_id: str, place: int) -> Image:
    return raw(keys.dialogue(contact_id), keys.place(place))


def without_id(frames: list[Frame]) -> list[Frame]:
    return [{name: value for name, value in frame.items() if name != "push_id"} for frame in frames]


def test_an_agent_is_told_of_the_contact_that_is_theirs(
    sockets: Sockets, stream: Stream, ivr: Api, agent: Api, clock: Clock
) -> None:
    # Given a call that an agent took, and who has it on two screens
    contact_id = str(ivr.post("/contacts", a_contact()).json["contact_id"])
    screens = [sockets.agent(), sockets.agent()]
    records = [contact_record(contact_id, lambda: screens[0].say("take", contact_id=contact_id))]
    # When the caller keys something in, and the call ends
    keyed = facts(reason="a bill")
    records.append(contact_record(contact_id, lambda: ivr.patch(f"/contacts/{contact_id}/facts", keyed)))
    records.append(contact_record(contact_id, lambda: agent.post(f"/contacts/{contact_id}/end", {})))
    assert stream.deliver(records) == []
    # Then both screens are told, without a value
    told = [
        {"type": "assigned", "contact_id": contact_id},
        {"type": "facts_saved", "contact_id": contact_id, "facts": ["reason"]},
    ]
    for screen in screens:
        pushed = without_id(screen.pushed)
        assert [one for one in pushed if one["type"] not in {"ended", "joined"}] == told
    # and a record that comes again is known by its id
    for record in records[:2]:
        clock.forward(seconds=1)
        assert stream.deliver([record]) == []
    again = screens[0].say("catch_up")
    assert sorted(one["type"] for one in again["pushes"]) == ["assigned", "facts_saved"]
    assert {one["push_id"] for one in again["pushes"]} == {
        one["push_id"] for one in screens[0].pushed if "push_id" in one
    }


def test_a_connection_that_is_still_opening_stays(
    sockets: Sockets, stream: Stream, ivr: Api, clock: Clock
) -> None:
    # Given an agent whose second connection is let in, but not there yet for API Gateway
    contact_id = str(ivr.post("/contacts", a_contact()).json["contact_id"])
    first, second = sockets.agent(), sockets.agent()
    there = sockets.gateway.open.pop(second.connection_id)
    # When they are told something at that moment, then the connection is good once it is there, and has it all
    assert stream.deliver([contact_record(contact_id, lambda: first.say("take", contact_id=contact_id))]) == []
    sockets.gateway.open[second.connection_id] = there
    assert [one["type"] for one in second.say("catch_up")["pushes"]] == ["assigned"]
    # and where it is gone later, it is taken off
    second.cut()
    clock.forward(seconds=11)
    keyed = facts(reason="a bill")
    record = contact_record(contact_id, lambda: ivr.patch(f"/contacts/{contact_id}/facts", keyed))
    assert stream.deliver([record]) == []
    assert chats.find_connection(second.connection_id) is None


def test_a_case_that_changes_is_told_while_its_customer_is_there(
    sockets: Sockets, stream: Stream, ivr: Api, agent: Api
) -> None:
    # Given a customer on two calls at once, each with an agent
    contact_ids = [str(ivr.post("/contacts", a_contact()).json["contact_id"]) for _ in range(2)]
    screens = [sockets.agent(), sockets.agent("agent-2")]
    for screen, contact_id in zip(screens, contact_ids, strict=True):
        screen.say("take", contact_id=contact_id)
    customer_id = store.get_contact(contact_ids[0]).customer_id
    case_id = agent.post(f"/customers/{customer_id}/cases", {"subject": "A bill"}).json["case_id"]
    opened = raw(keys.case(case_id), keys.CASE)
    # When a case of theirs opens, then both are told, once
    assert stream.deliver([a_record(None, opened, "INSERT"), a_record(opened, opened)]) == []
    told = {"type": "case_changed", "case_id": case_id, "status": "open"}
    for screen, contact_id in zip(screens, contact_ids, strict=True):
        assert without_id(screen.pushed) == [told | {"contact_id": contact_id}]
    # and when what is shown of it changes, but for nothing else
    case = {"kind": "case", "case_id": case_id, "customer_id": customer_id, "status": "open"}
    for name in ("status", "subject", "priority", "owner", "updated_at"):
        pushes.tell(runtime.get_deps(), case | {name: "before"}, case, f"{name} changes")
    assert len(screens[0].pushed) == 4


def test_an_agent_on_two_contacts_is_told_of_each(sockets: Sockets, stream: Stream, ivr: Api, agent: Api) -> None:
    # Given a customer whose two calls one agent has
    contact_ids = [str(ivr.post("/contacts", a_contact()).json["contact_id"]) for _ in range(2)]
    screen = sockets.agent()
    for contact_id in contact_ids:
        screen.say("take", contact_id=contact_id)
    customer_id = store.get_contact(contact_ids[0]).customer_id
    case_id = agent.post(f"/customers/{customer_id}/cases", {"subject": "A bill"}).json["case_id"]
    # When a case changes, then that is one push for each call, and both are kept
    assert stream.deliver([a_record(None, raw(keys.case(case_id), keys.CASE), "INSERT")]) == []
    kept = screen.say("catch_up")["pushes"]
    assert {one["contact_id"] for one in kept} == set(contact_ids)
    assert len({one["push_id"] for one in kept}) == 2


def test_both_ends_are_told_who_joins_and_leaves_and_of_the_end(sockets: Sockets, stream: Stream) -> None:
    visitor, agent, second = sockets.visitor(), sockets.agent(), sockets.agent("agent-2")
    contact_id = visitor.say("start")["contact_id"]
    said = {"contact_id": contact_id}
    records = [
        contact_record(contact_id, lambda: agent.say("take", name="Amara", **said)),
        contact_record(contact_id, lambda: second.say("take", **said)),
        contact_record(contact_id, lambda: agent.say("leave", **said)),
        contact_record(contact_id, lambda: visitor.say("end", **said)),
    ]
    assert stream.deliver(records) == []
    amara = {"side": "agent", "name": "Amara"}
    told = [
        said | {"type": "joined", "from": amara},
        said | {"type": "joined", "from": {"side": "agent"}},
        said | {"type": "left", "from": amara},
        said | {"type": "ended", "by": "customer"},
    ]
    assert [one for one in visitor.pushed if one["type"] != "presence"] == told
    # each agent is told alone that it is theirs
    assigned = [said | {"type": "assigned"}]
    assert [one for one in without_id(second.pushed) if one["type"] == "assigned"] == assigned
    assert [one for one in without_id(agent.pushed) if one["type"] == "assigned"] == assigned


@pytest.mark.parametrize(
    ("stored", "by"), [({}, "agent"), ({"ended_by": {"S": "schedule"}}, "schedule")], ids=["agent", "schedule"]
)
def test_by_whom_a_call_ended(sockets: Sockets, stream: Stream, ivr: Api, stored: Image, by: str) -> None:
    # Given a call that an agent took, when somebody ends it
    contact_id = str(ivr.post("/contacts", a_contact()).json["contact_id"])
    screen = sockets.agent()
    screen.say("take", contact_id=contact_id)
    record = contact_record(contact_id, lambda: ivr.post(f"/contacts/{contact_id}/end", {}))
    record["dynamodb"]["NewImage"] |= stored
    # Then whoever is on it is told, once
    after = record["dynamodb"]["NewImage"]
    assert stream.deliver([record, a_record(after, after)]) == []
    assert screen.pushed == [{"type": "ended", "contact_id": contact_id, "by": by}]


def test_a_call_that_no_agent_took_costs_nothing(sockets: Sockets, spy: Spy) -> None:
    call = {"kind": "contact", "contact_id": "A", "provider": "amazon-connect", "status": "live"}
    spy.reset()
    pushes.tell(runtime.get_deps(), {}, call, "begins")
    pushes.tell(runtime.get_deps(), call, call | {"status": "ended", "facts": '{"reason": []}'}, "ends")
    pushes.tell(runtime.get_deps(), {}, {"kind": "event"}, "something else")
    assert (spy.operations, sockets.gateway.posted) == ([], 0)


def test_whose_contact_it_is_turns_out(sockets: Sockets, stream: Stream, ivr: Api, agent: Api) -> None:
    # Given a call with an agent, which turns out to be another customer's
    contact_id = str(ivr.post("/contacts", a_contact()).json["contact_id"])
    screen = sockets.agent()
    screen.say("take", contact_id=contact_id)
    other = agent.post("/customers", {"name": "Bob"}).json["customer_id"]
    moved = contact_record(
        contact_id, lambda: agent.post(f"/contacts/{contact_id}/attribution", {"customer_id": other})
    )
    # Then their screen pop shows something new
    assert stream.deliver([moved]) == []
    assert without_id(screen.pushed) == [{"type": "pop_ready", "contact_id": contact_id}]


def test_what_is_keyed_in_is_told_by_name(sockets: Sockets, stream: Stream, ivr: Api) -> None:
    # Given a call with an agent, on which something is known
    contact_id = str(ivr.post("/contacts", a_contact()).json["contact_id"])
    path = f"/contacts/{contact_id}/facts"
    screen = sockets.agent()
    screen.say("take", contact_id=contact_id)
    ivr.patch(path, facts(reason="a bill"))
    # When more is keyed in, then that is told, in order, and nothing of what was known
    record = contact_record(contact_id, lambda: ivr.patch(path, facts(postcode="LS1 4AP", name="Ada")))
    assert stream.deliver([record]) == []
    told = {"type": "facts_saved", "contact_id": contact_id, "facts": ["name", "postcode"]}
    assert without_id(screen.pushed) == [told]


def test_all_that_is_told_has_an_id_of_its_own(sockets: Sockets, stream: Stream, ivr: Api, agent: Api) -> None:
    # Given a call with an agent, on which twice a fact is keyed in that tells whose it is
    for account in ("A-1", "B-2"):
        agent.post("/customers", {"name": "Ada", "identifiers": [{"type": "account", "value": account}]})
    contact_id = str(ivr.post("/contacts", a_contact()).json["contact_id"])
    screen = sockets.agent()
    screen.say("take", contact_id=contact_id)
    records = [contact_record(contact_id, keyed_in(ivr, contact_id, account)) for account in ("A-1", "B-2")]
    # When that is told, then each of it is known by itself
    assert stream.deliver(records) == []
    pushed = screen.pushed
    assert sorted(one["type"] for one in pushed) == ["facts_saved", "facts_saved", "pop_ready", "pop_ready"]
    assert len({one["push_id"] for one in pushed}) == 4
    # also to whoever was away
    assert {one["push_id"] for one in screen.say("catch_up")["pushes"]} == {one["push_id"] for one in pushed}


def test_who_is_available_is_told_that_a_chat_waits(sockets: Sockets, stream: Stream, ivr: Api) -> None:
    here, away = sockets.agent("agent-1"), sockets.agent("agent-2")
    for screen in (here, away):
        assert screen.say("presence", id="p", status="available") == {"id": "p", "type": "ok"}
    away.say("presence", status="away")
    contact_id = sockets.visitor().say("start")["contact_id"]
    image = Stream.image(contact_id)
    inserted = a_record(None, image, "INSERT")
    assert stream.deliver([inserted]) == []
    (waiting,) = pushed = here.pushed
    assert without_id(pushed) == [{"type": "pop_ready", "contact_id": contact_id}]
    assert away.pushed == []
    # told again it is known by its id, and another is another
    assert stream.deliver([inserted, a_record(None, image, "INSERT")]) == []
    assert [one["push_id"] == waiting["push_id"] for one in here.pushed] == [True, False]
    # a chat that changes does not wait, nor does one that is over, nor what is no chat
    call = Stream.image(str(ivr.post("/contacts", a_contact()).json["contact_id"]))
    over = image | {"status": {"S": "ended"}}
    records = [a_record(image, image), a_record(None, over, "INSERT"), a_record(None, call, "INSERT")]
    assert stream.deliver(records) == []
    assert here.pushed == []
    here.close()
    assert chats.list_listeners(keys.AVAILABLE) == []


def test_a_message_whose_push_failed_is_pushed_off_the_stream(sockets: Sockets, stream: Stream) -> None:
    # Given a message that was taken in while nothing could be pushed
    visitor, agent = sockets.visitor(), sockets.agent()
    contact_id = visitor.say("start")["contact_id"]
    agent.say("take", contact_id=contact_id)
    agent.pushed  # noqa: B018 - read off
    sockets.gateway.refuses = True
    assert visitor.say("send", id="1", contact_id=contact_id, text="hello")["type"] == "ack"
    sockets.gateway.refuses = False
    # When the stream tells of it, twice, then the agent has it, once
    inserted = a_record(None, message_image(contact_id, 1), "INSERT")
    assert stream.deliver([inserted]) == []
    assert stream.deliver([inserted]) == []
    assert [one["text"] for one in agent.pushed if one["type"] == "message"] == ["hello"]


def test_the_stream_waits_for_who_pushes(sockets: Sockets, stream: Stream) -> None:
    # Given a message of which it is not noted that it was pushed
    visitor, agent = sockets.visitor(), sockets.agent()
    contact_id = visitor.say("start")["contact_id"]
    agent.say("take", contact_id=contact_id)
    sockets.gateway.refuses = True
    visitor.say("send", id="1", contact_id=contact_id, text="hello")
    sockets.gateway.refuses = False
    inserted = a_record(None, message_image(contact_id, 1), "INSERT")
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == noted_after:
            message = chats.find_message(contact_id, 1)
            assert message
            chats.note_pushed(message, [])

    runtime.override(replace(runtime.get_deps(), pause=pause))
    # When that is noted within some ms, then the stream leaves it at that
    noted_after = 2
    assert stream.deliver([inserted]) == []
    assert waited == [0.05, 0.1]
    assert agent.pushed == []
    # and else it pushes the message itself
    waited.clear()
    noted_after = -1
    message = chats.find_message(contact_id, 1)
    assert message
    message.update(actions=[ChatMessage.pushed.set(False)])
    assert stream.deliver([inserted]) == []
    assert waited == [0.05, 0.1, 0.2, 0.0]
    assert [one["text"] for one in agent.pushed] == ["hello"]


def test_a_message_that_is_kept_no_longer_is_not_pushed(sockets: Sockets, stream: Stream) -> None:
    visitor = sockets.visitor()
    contact_id = visitor.say("start")["contact_id"]
    visitor.say("send", id="1", contact_id=contact_id, text="hello")
    image = message_image(contact_id, 1)
    found = chats.find_message(contact_id, 1)
    assert found
    found.delete()
    assert stream.deliver([a_record(None, image, "INSERT")]) == []
    assert visitor.pushed == []


def test_an_agent_who_was_away_learns_where_something_was_said(
    sockets: Sockets, stream: Stream, clock: Clock
) -> None:
    # Given an agent whose line is cut, when the visitor writes
    visitor, agent = sockets.visitor(), sockets.agent()
    contact_id = visitor.say("start")["contact_id"]
    agent.say("take", contact_id=contact_id)
    agent.cut()
    visitor.say("send", id="1", contact_id=contact_id, text="hello?")
    after = message_image(contact_id, 1)
    before = {name: value for name, value in after.items() if name not in {"pushed", "missed_by"}}
    assert stream.deliver([a_record(None, before, "INSERT"), a_record(before, after)]) == []
    # Then they find it when they are back, for a day
    back = sockets.agent()
    assert len(back.say("catch_up")["pushes"]) == 1
    # and what is noted of it later is no news
    assert stream.deliver([a_record(after, after)]) == []
    caught_up = back.say("catch_up", id="c")
    assert without_id(caught_up["pushes"]) == [{"type": "missed", "contact_id": contact_id, "cursor": 1}]
    assert back.say("resume", contact_id=contact_id)["messages"][0]["text"] == "hello?"
    clock.forward(seconds=11)
    later = back.say("catch_up", after=caught_up["cursor"])  # the cursor stays a little behind
    assert len(later["pushes"]) == 1
    assert back.say("catch_up", after=back.say("catch_up")["cursor"])["pushes"] == []
    clock.forward(days=1)
    assert back.say("catch_up")["pushes"] == []


class Meets(StoreConnection):
    """A store on which so many transactions meet another."""

    left: int = 0

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        if operation_name == "TransactWriteItems" and self.left:
            self.left -= 1
            raise WriteConflict(operation_name)
        return super()._make_api_call(operation_name, operation_kwargs)


def test_a_push_is_kept_where_two_writers_met(sockets: Sockets, deps: Deps) -> None:
    """Given a write that comes to nothing because of another, then it is tried again, and kept once."""
    screen = sockets.agent()
    put_under(Meets, deps).left = 1
    pushes.tell_agents(runtime.get_deps(), ["agent-1"], {"type": "assigned", "contact_id": "A"}, "event")
    assert [one["type"] for one in screen.say("catch_up")["pushes"]] == ["assigned"]


@pytest.mark.parametrize(("email", "goes_on_by"), [("ada@example.com", "email"), (None, "code")])
def test_a_chat_that_nobody_answered_goes_on_elsewhere(
    sockets: Sockets, stream: Stream, agent: Api, email: str | None, goes_on_by: str
) -> None:
    # Given a chat with a message that nobody answered, when it ends
    visitor = sockets.visitor()
    contact_id = visitor.say("start", facts={"email": email} if email else {})["contact_id"]
    visitor.say("send", id="1", contact_id=contact_id, text="Anybody?")
    record = contact_record(contact_id, lambda: visitor.say("end", contact_id=contact_id))
    # Then it is left to a team, once
    for _ in range(2):
        assert stream.deliver([record]) == []
    pop = agent.get(f"/contacts/{contact_id}/screen-pop").json
    left = [one for one in pop["timeline"] if one["kind"] == "follow_up"]
    assert [one["attributes"] for one in left] == [{"goes_on_by": goes_on_by}]


def test_a_chat_that_was_answered_or_in_which_nothing_was_said_is_over(
    sockets: Sockets, stream: Stream, agent: Api
) -> None:
    silent, visitor, desk = sockets.visitor("silent"), sockets.visitor("answered"), sockets.agent()
    contact_ids = [end.say("start")["contact_id"] for end in (silent, visitor)]
    desk.say("take", contact_id=contact_ids[1])
    visitor.say("send", id="1", contact_id=contact_ids[1], text="Anybody?")
    desk.say("send", id="1", contact_id=contact_ids[1], text="Me.")
    records = [
        contact_record(contact_ids[0], lambda: silent.say("end", contact_id=contact_ids[0])),
        contact_record(contact_ids[1], lambda: visitor.say("end", contact_id=contact_ids[1])),
    ]
    # When they end, then nothing is left to anybody
    assert stream.deliver(records) == []
    for contact_id in contact_ids:
        pop = agent.get(f"/contacts/{contact_id}/screen-pop").json
        assert "follow_up" not in [one["kind"] for one in pop["timeline"]]


def test_a_screen_that_nobody_is_at_costs_nothing_more(sockets: Sockets, stream: Stream, ivr: Api) -> None:
    contact_id = str(ivr.post("/contacts", a_contact()).json["contact_id"])
    before = sockets.gateway.posted
    keyed = facts(reason="a bill")
    record = contact_record(contact_id, lambda: ivr.patch(f"/contacts/{contact_id}/facts", keyed))
    assert stream.deliver([record]) == []
    assert sockets.gateway.posted == before
