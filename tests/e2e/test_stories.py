"""Start anywhere, carry on anywhere, ask nothing twice: stories on the running stack, in what providers send.

Each is told twice: as it happens, and with each event delivered twice and out of order, as providers may.
"""

import json
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.channels import twilio
from tests.channels.email import a_mail
from tests.e2e.browser import batch, beacon, failing
from tests.e2e.chatting import Enter, Street, somebody
from tests.e2e.connect import LASTS, Connect, a_leg, a_record, all_over, connected, found, handed_on
from tests.e2e.delivering import Deliver, ago, in_order, twice_in_disorder
from tests.e2e.launching import Description
from tests.e2e.sent import SENT
from tests.e2e.test_channels import eventually, items
from tests.e2e.test_continuation import a_code
from tests.e2e.test_main_job import a_call, a_number

Role = Callable[[str], httpx.Client]
Json = dict[str, Any]


@pytest.fixture(params=[in_order, twice_in_disorder])
def deliver(request: pytest.FixtureRequest) -> Deliver:
    """`deliver(first, second, …)`: things that happened, told in that order or in none."""
    chosen: Deliver = request.param
    return chosen


@pytest.fixture
def post(stack: Description, aws: Callable[[str], Any]) -> Callable[[bytes], None]:
    """`post(raw)` puts a mail into the bucket, as SES would; the same mail is the same object."""

    def put(raw: bytes) -> None:
        SENT.note(raw.decode().splitlines()[-1])
        aws("s3").put_object(Bucket=stack["buckets"]["mail"], Key=f"ses-{sha256(raw).hexdigest()}", Body=raw)

    return put


@pytest.fixture
def connect(stack: Description, aws: Callable[[str], Any]) -> Connect:
    return Connect(stack, aws)


def a_customer(agent: httpx.Client, name: str, *identifiers: tuple[str, str]) -> str:
    given = [{"type": type_, "value": value} for type_, value in identifiers]
    reply = agent.post("/customers", json={"name": name, "identifiers": given})
    assert reply.status_code == 201, reply.text
    return str(reply.json()["customer_id"])


def cases_of(agent: httpx.Client, customer_id: str) -> list[Json]:
    return items(agent, f"/customers/{customer_id}/cases")


def channels(agent: httpx.Client, customer_id: str) -> list[str]:
    """On which channel each entry of a timeline came."""
    return [entry["channel"] for entry in items(agent, f"/customers/{customer_id}/timeline")]


def test_a_form_fails_and_the_customer_rings_up(
    stack: Description, api: Role, visitor: str, connect: Connect, deliver: Deliver
) -> None:
    """An address change fails on the portal; the code is keyed into the IVR; the agent sees what was tried."""
    # Given Ada, of whom only her number is known, in a browser that nobody knows, where a form fails
    agent, number, call = api("agent"), a_number(), str(uuid4())
    ada = a_customer(agent, "Ada Lovelace", ("phone", number))
    sent = [batch(stack, visitor, one) for one in failing()]
    deliver(*(partial(beacon, stack, one) for one in sent[:2]))
    # When the page gives her a code for the number that she will call from, and she keys it in
    her = api("visitor")
    her.headers["Authorization"] = f"Bearer {visitor}"
    visit = her.post("/contacts", json=a_call(None, channel="portal", to=None)).json()
    code = a_code(her, visit["contact_id"], number)["code"]
    deliver(
        partial(beacon, stack, sent[2]),  # as she leaves the page
        partial(connect.tell, call, "INITIATED", ago(seconds=9)),
        partial(connect.flow, "connect_lookup", call, number, need="postcode"),
        partial(connect.flow, "connect_save_facts", call, number, need="postcode", continuation_code=code),
        partial(connect.tell, call, "CONNECTED_TO_AGENT", ago(seconds=1)),
    )
    # Then her agent reads what she tried, and asks for nothing that she typed
    pop = eventually(lambda: connected(agent, call))
    assert (pop["customer"]["customer_id"], pop["contact"]["continues"]["channel"]) == (ada, "portal")
    (journey,) = pop["recent_journey"]
    assert "tried to change address, failed twice at the postcode, gave up" in journey["sentence"]
    assert (pop["facts"]["postcode"]["value"], pop["ask"]) == ("LS1 4AQ", [])


def test_the_call_drops_and_the_customer_rings_back(api: Role, connect: Connect, deliver: Deliver) -> None:
    """Within ten minutes from the same number: straight back into the case, whenever the end is told."""
    agent, number, first, again = api("agent"), a_number(), str(uuid4()), str(uuid4())
    ada = a_customer(agent, "Ada Lovelace", ("phone", number))
    case = agent.post(f"/customers/{ada}/cases", json={"subject": "Late sofa"}).json()
    # Given a call in which Ada keys in her case and says why she rings, and the line goes dead
    need = "reason,product"
    said = {"case_number": case["number"], "reason": "late delivery", "product": "Sofa"}
    connect.flow("connect_save_facts", first, number, **said)
    # When she rings back, and Connect tells of the end of the one and of the beginning of the other
    deliver(
        partial(connect.record, first, number, ago(minutes=2)),
        partial(connect.tell, again, "INITIATED", ago(seconds=2)),
        partial(connect.flow, "connect_lookup", again, number, need=need),
        partial(connect.tell, again, "CONNECTED_TO_AGENT", ago(seconds=1)),
    )
    # Then she goes on where she was, and is asked nothing again
    pop = eventually(lambda: (now := connected(agent, again)) and now["contact"]["continues"] and now)
    assert pop["contact"]["continues"]["via"] == "ring_back"
    assert pop["contact"]["continues"]["contact_id"] == found(agent, first)["contact"]["contact_id"]
    assert pop["contact"]["case_id"] == case["case_id"]
    assert pop["ask"] == []
    # and when that call is over, too, there still is this one case
    deliver(partial(connect.record, again, number, ago(seconds=50)))
    eventually(lambda: found(agent, again)["contact"]["status"] == "ended")
    assert [one["case_id"] for one in cases_of(agent, ada)] == [case["case_id"]]


@pytest.mark.parametrize("known_by_it", ["both", "she alone"])
def test_a_spouse_on_the_same_landline(api: Role, connect: Connect, deliver: Deliver, known_by_it: str) -> None:
    """Minutes after Ada's call was cut, her husband rings from the same line: nothing of hers reaches him.

    Where the line is only known as hers, it is her who rings until he says who he is.
    """
    agent, landline = api("agent"), a_number()
    her_account, his_account = f"A{uuid4().hex[:10]}", f"B{uuid4().hex[:10]}"
    SENT.note([her_account, his_account])
    line = ("phone", landline)
    ada = a_customer(agent, "Ada Lovelace", line, ("account", her_account))
    bob = a_customer(agent, "Bob Lovelace", ("account", his_account), *([line] if known_by_it == "both" else []))
    # Given Ada, who says what she rings about, and whose call is cut
    hers, his = str(uuid4()), str(uuid4())
    secret = {"reason": "a surprise party", "product": "Fireworks", "order_number": "AB-10023"}
    connect.flow("connect_save_facts", hers, landline, account_number=her_account, **secret)
    # When Bob rings from there, the flow asks who it is, and he keys in his account
    need = "account_number,reason,product,order_number"
    asked = connect.flow("connect_lookup", his, landline, need=need)
    deliver(
        partial(connect.record, hers, landline, ago(minutes=2)),
        partial(connect.tell, his, "INITIATED", ago(seconds=3)),
        partial(connect.flow, "connect_save_facts", his, landline, need=need, account_number=his_account),
        partial(connect.tell, his, "CONNECTED_TO_AGENT", ago(seconds=1)),
    )
    her_case = eventually(lambda: cases_of(agent, ada))[0]["case_id"]
    pop = eventually(lambda: connected(agent, his))
    # Then it is him, and nothing of hers is told to the flow or shown to his agent
    if known_by_it == "both":
        assert (asked["matched"], asked["ask"].split(",")[0]) == ("many", "account_number")
        assert not [name for name in asked if name.startswith("known_")]
    assert (pop["customer"]["customer_id"], pop["contact"]["continues"]) == (bob, None)
    told = json.dumps([pop, agent.get(f"/customers/{bob}/facts").json()])
    her_call = found(agent, hers)["contact"]["contact_id"]
    assert not [one for one in (*secret.values(), her_account, her_call, her_case) if one in told]
    assert set(pop["ask"]) == {"reason", "product", "order_number"}
    # and nothing of his is hers
    assert cases_of(agent, bob) == []
    assert pop["contact"]["contact_id"] not in json.dumps(agent.get(f"/customers/{ada}/timeline").json())


def test_transferred_twice_and_then_hung_up(api: Role, connect: Connect, deliver: Deliver) -> None:
    """A withheld call, known by what was keyed in, goes through three teams: one conversation, one case."""
    agent, account = api("agent"), f"A{uuid4().hex[:10]}"
    ada = a_customer(agent, "Ada Lovelace", ("account", account))
    SENT.note([account])
    first, second, third = (str(uuid4()) for _ in range(3))
    need = "account_number,reason"
    # Given a call that is handed on, and on again, each time with what was tried
    connect.flow("connect_save_facts", first, "anonymous", account_number=account, reason="charged twice")
    for here, there, team in ((first, second, "billing"), (second, third, "refunds")):
        packet = {"to_team": team, "reason": f"For {team}", "tried": "Explained it", "promised": "An answer today"}
        contact_id = found(agent, here)["contact"]["contact_id"]
        assert agent.post(f"/contacts/{contact_id}/transfer", json=packet).status_code == 201
        deliver(
            partial(connect.flow, "connect_lookup", there, "anonymous", here, first, need=need),
            partial(connect.tell, there, "INITIATED", ago(seconds=2), **a_leg(here, first)),
            partial(connect.tell, there, "CONNECTED_TO_AGENT", ago(seconds=1), **a_leg(here, first)),
        )
        # Then the next agent sees who it is, why, and what was tried; nothing is asked again
        pop = eventually(partial(handed_on, agent, there))
        assert (pop["customer"]["customer_id"], pop["ask"]) == (ada, [])
        assert {name: pop["transfer"][name] for name in packet} == packet
    assert [one["reason"] for one in pop["transfer"]["earlier"]] == ["For billing"]
    # When she hangs up, and Connect tells of all three
    began = ago(minutes=5)
    deliver(
        partial(connect.record, first, "anonymous", began, NextContactId=second),
        partial(connect.record, second, "anonymous", began + LASTS, **a_record(first, first), NextContactId=third),
        partial(connect.record, third, "anonymous", began + 2 * LASTS, **a_record(second, first)),
    )
    # Then each is over, is hers, and they are about one case
    over = eventually(lambda: all_over(agent, first, second, third))
    assert {one["customer_id"] for one in over} == {ada}
    assert [one["previous_contact_id"] for one in over] == [None, over[0]["contact_id"], over[1]["contact_id"]]
    (case,) = cases_of(agent, ada)
    assert {one["case_id"] for one in over} == {case["case_id"]}


def test_phone_whatsapp_email_phone(
    api: Role,
    connect: Connect,
    send: Callable[..., httpx.Response],
    post: Callable[[bytes], None],
    deliver: Deliver,
) -> None:
    """Four days, three channels, one matter: one case, one timeline, no question twice.

    Twilio tells no time of a message, so that is of when it came.
    """
    agent, number, address = api("agent"), a_number(), f"{uuid4().hex[:12]}@example.com"
    ada = a_customer(agent, "Ada Lovelace", ("phone", number), ("email", address))
    first, last = str(uuid4()), str(uuid4())
    need = "reason,order_number"
    message = twilio.WHATSAPP | {
        "MessageSid": f"SM{uuid4().hex}",
        "From": f"whatsapp:{number}",
        "Body": "Hello! Any news of order AB-10023?",
    }
    mail = a_mail(
        "My sofa, order AB-10023, still has not arrived.",
        address=address,
        message_id=f"{uuid4().hex}@example.com",
        subject="Where is it?",
        date=ago(days=1),
    )
    # Given Ada, who rang three days ago, then wrote, and wrote again
    connect.flow("connect_save_facts", first, number, reason="late delivery", order_number="AB-10023")
    deliver(
        partial(connect.record, first, number, ago(days=3)),
        partial(send, message),
        partial(post, mail),
    )
    eventually(lambda: len(channels(agent, ada)) == 3)
    # When she rings today
    answer = connect.flow("connect_lookup", last, number, need=need)
    # Then she is asked nothing, and her agent sees the one case, and all that came before
    (case,) = cases_of(agent, ada)
    assert (answer["ask"], answer["open_case_id"]) == ("", case["case_id"])
    pop = found(agent, last)
    assert {entry["case_id"] for entry in pop["timeline"]} == {case["case_id"]}
    assert [one["case_id"] for one in pop["open_cases"]] == [case["case_id"]]
    # and when it is resolved and the call is over, it is one timeline, and one case
    call = pop["contact"]["contact_id"]
    over = {"resolved": True, "case_id": case["case_id"], "summary": "It comes tomorrow"}
    assert agent.post(f"/contacts/{call}/end", json=over).status_code == 200
    deliver(partial(connect.record, last, number, ago(minutes=1)))
    assert sorted(channels(agent, ada)) == ["email", "voice", "voice", "whatsapp"]
    (case,) = cases_of(agent, ada)
    assert case["status"] == "resolved"


def test_two_screens_at_once(api: Role, connect: Connect, street: Street, deliver: Deliver) -> None:
    """Signed in on the site, Ada chats, and rings up as she does: what is said on one is known on the other."""
    desk, number, call = api("agent"), a_number(), str(uuid4())
    ada = a_customer(desk, "Ada Lovelace", ("phone", number))
    times = 1 if deliver is in_order else 2
    late, tomorrow = "My sofa is late, order AB-10023", "It comes tomorrow."
    SENT.note([late, tomorrow])

    async def story(enter: Enter) -> None:
        # Given a chat in which she says which order it is about
        her, agent = await enter("visitor", somebody("ada"), ada), await enter("agent", somebody("agent"))
        chat = (await her.line.ask("start", facts={"order_number": "AB-10023"}, times=times))["contact_id"]
        await agent.line.ask("take", contact_id=chat, times=times)
        await her.line.ask("send", id="1", contact_id=chat, text=late, times=times)
        # When she rings up as well, and says on the phone why
        need = "order_number,reason"
        deliver(
            partial(connect.tell, call, "INITIATED", ago(seconds=5)),
            partial(connect.flow, "connect_lookup", call, number, need=need),
            partial(connect.flow, "connect_save_facts", call, number, need=need, reason="late delivery"),
            partial(connect.tell, call, "CONNECTED_TO_AGENT", ago(seconds=1)),
        )
        # Then neither agent asks for what she said to the other, and each sees both
        on_phone = eventually(lambda: connected(desk, call))
        in_chat = desk.get(f"/contacts/{chat}/screen-pop").json()
        for pop in (on_phone, in_chat):
            assert pop["customer"]["customer_id"] == ada
            said = {name: fact["value"] for name, fact in pop["facts"].items()}
            assert said == {"order_number": "AB-10023", "reason": "late delivery"}
            assert {one["channel"] for one in pop["live_contacts"]} == {"voice", "chat"}
            assert [one["body"] for one in pop["timeline"]] == [late]
        assert on_phone["ask"] == []
        # and what is written meanwhile is with her at once, and on the screen of the call
        await agent.line.ask("send", id="1", contact_id=chat, text=tomorrow, times=times)
        assert await her.until(lambda end: end.messages) == [(2, tomorrow)]
        assert [one["body"] for one in found(desk, call)["timeline"]] == [tomorrow, late]
        await agent.line.ask("end", contact_id=chat, times=times)
        wrapped_up = {"summary": "The sofa of the order comes tomorrow"}
        desk.post(f"/contacts/{on_phone['contact']['contact_id']}/end", json=wrapped_up).raise_for_status()

    street.play(story)
    # and when both are over, they were about one case
    deliver(partial(connect.record, call, number, ago(seconds=50)))
    (case,) = cases_of(desk, ada)
    over = [one for one in items(desk, f"/customers/{ada}/timeline") if one["kind"] == "contact"]
    assert [one["case_id"] for one in over] == [case["case_id"]] * 2
