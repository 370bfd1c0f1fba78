"""Start anywhere, continue anywhere, on the running stack, through what providers send where they do."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.channels import twilio
from tests.channels.email import a_mail
from tests.e2e.connect import Connect
from tests.e2e.launching import Description
from tests.e2e.sent import SENT
from tests.e2e.test_channels import eventually
from tests.e2e.test_main_job import a_call, a_number

Role = Callable[[str], httpx.Client]
Json = dict[str, Any]


def a_visit(visitor: httpx.Client, channel: str = "portal", **changed: Any) -> Json:
    """A contact of a browser that nobody knows."""
    browser = {"type": "visitor", "value": uuid4().hex}
    reply = visitor.post("/contacts", json=a_call(None, channel=channel, to=None, **{"from": browser}) | changed)
    assert reply.status_code == 201, reply.text
    begun: Json = reply.json()
    return begun


def tried(visitor: httpx.Client, contact_id: str) -> None:
    """A change of address that failed at the postcode."""
    facts = {"reason": {"value": "a change of address"}, "order_number": {"value": "7781"}}
    assert visitor.patch(f"/contacts/{contact_id}/facts", json={"facts": facts}).status_code == 200
    step = {
        "channel": "portal",
        "contact_id": contact_id,
        "occurred_at": "2026-11-26T08:00:00Z",
        "source": "e2e",
        "source_event_id": uuid4().hex,
        "kind": "step",
        "body": "Gave up at the postcode",
    }
    assert visitor.post("/interactions", json=step).status_code == 201


def a_code(client: httpx.Client, contact_id: str, number: str | None = None) -> Json:
    body = {"from": {"type": "phone", "value": number}} if number else {}
    reply = client.post(f"/contacts/{contact_id}/continuation", json=body)
    assert reply.status_code == 201, reply.text
    issued: Json = reply.json()
    SENT.note([issued["code"], token_of(issued)])
    return issued


def token_of(issued: Json) -> str:
    return str(issued["link"].partition("#")[2])


def pop_of(agent: httpx.Client, contact_id: str) -> Json:
    pop: Json = agent.get(f"/contacts/{contact_id}/screen-pop").json()
    return pop


def test_portal_to_phone_through_amazon_connect(stack: Description, api: Role, aws: Callable[[str], Any]) -> None:
    """An address change fails on the portal; the customer keys the code into the IVR; the agent sees it all."""
    # Given a visit on which it failed, and the number that the customer says they will call from
    visitor, agent, number = api("visitor"), api("agent"), a_number()
    ada = agent.post(
        "/customers", json={"name": "Ada Lovelace", "identifiers": [{"type": "phone", "value": number}]}
    ).json()
    visit = a_visit(visitor)
    tried(visitor, visit["contact_id"])
    issued = a_code(visitor, visit["contact_id"], number)
    assert len(issued["code"]) == 6
    connect, call_id = Connect(stack, aws), str(uuid4())
    # When the call arrives, and the code is keyed in, twice as Connect repeats what is slow
    connect.flow("connect_lookup", call_id, number, need="reason,order_number")
    keyed_in = {"continuation_code": issued["code"]}
    told = [connect.flow("connect_save_facts", call_id, number, **keyed_in) for _ in range(2)]
    # Then the flow asks nothing of it again
    assert [one["continuation"] for one in told] == ["accepted", "accepted"]
    assert told[1]["continues_contact_id"] == visit["contact_id"]
    assert (told[1]["known_order_number"], told[1]["ask"]) == ("7781", "")
    # and the agent's screen shows who it is, what was tried, and what was filled in
    pop = pop_of(agent, told[1]["contact_id"])
    assert pop["customer"]["customer_id"] == ada["customer_id"]
    assert pop["contact"]["continues"]["channel"] == "portal"
    assert pop["assurance"] >= 2
    assert "Gave up at the postcode" in [step["body"] for step in pop["recent_journey"]]
    assert pop["facts"]["reason"]["value"] == "a change of address"


def test_portal_to_phone_through_any_ivr(api: Role) -> None:
    visitor, ivr, number = api("visitor"), api("ivr"), a_number()
    visit = a_visit(visitor)
    tried(visitor, visit["contact_id"])
    code = a_code(visitor, visit["contact_id"])["code"]
    # When a call from a withheld number redeems it, and another tries to
    call = ivr.post("/contacts", json=a_call("anonymous")).json()["contact_id"]
    other = ivr.post("/contacts", json=a_call(number)).json()["contact_id"]
    replies = [
        ivr.post(f"/continuations/{code}/redeem", json={"contact_id": contact_id})
        for contact_id in (call, call, other)
    ]
    assert [reply.status_code for reply in replies] == [200, 200, 409]
    assert replies[0].json() == replies[1].json()
    assert replies[0].json()["customer_id"] == visit["customer_id"]
    # and what is no code is unknown, whatever it is
    assert ivr.post("/continuations/000000/redeem", json={"contact_id": other}).status_code == 404


def test_phone_to_whatsapp_through_twilio(api: Role, send: Callable[..., httpx.Response]) -> None:
    """The caller texts the six digits that they were told, from the phone that they called with."""
    ivr, agent, number = api("ivr"), api("agent"), a_number()
    call = ivr.post("/contacts", json=a_call(number)).json()
    ivr.patch(f"/contacts/{call['contact_id']}/facts", json={"facts": {"reason": {"value": "a late sofa"}}})
    code = a_code(ivr, call["contact_id"], number)["code"]
    sid = f"SM{uuid4().hex}"
    message = twilio.WHATSAPP | {"MessageSid": sid, "From": f"whatsapp:{number}", "Body": code}
    assert [send(message).status_code for _ in range(2)] == [200, 200]

    def arrived() -> Any:
        found = agent.get("/screen-pop", params={"provider": "twilio", "provider_contact_id": sid})
        return found.status_code == 200 and found.json()

    pop = eventually(arrived)
    assert pop["contact"]["continues"]["contact_id"] == call["contact_id"]
    assert pop["customer"]["customer_id"] == call["customer_id"]
    assert pop["facts"]["reason"]["value"] == "a late sofa"


def test_phone_to_sms_to_chat_by_the_link(api: Role) -> None:
    """The agent sends a link by SMS; it is opened in a browser that nobody knows, and a chat begins."""
    ivr, agent, visitor, number = api("ivr"), api("agent"), api("visitor"), a_number()
    call = ivr.post("/contacts", json=a_call(number)).json()
    case = agent.post(f"/customers/{call['customer_id']}/cases", json={"subject": "A late sofa"}).json()
    agent.post(f"/contacts/{call['contact_id']}/end", json={"case_id": case["case_id"], "summary": "Sent a link"})
    token = token_of(a_code(agent, call["contact_id"]))
    chat = a_visit(visitor, "chat", continuation_code=token)
    assert (chat["continuation"], chat["customer_id"]) == ("accepted", call["customer_id"])
    pop = pop_of(agent, chat["contact_id"])
    assert pop["contact"]["case_id"] == case["case_id"]
    assert "sms" not in pop["contact"]["continues"]["channel"]


def test_chat_to_video(api: Role) -> None:
    visitor, agent = api("visitor"), api("agent")
    chat = a_visit(visitor, "chat")
    visitor.patch(
        f"/contacts/{chat['contact_id']}/facts", json={"facts": {"product": {"value": "Washing machine"}}}
    )
    token = token_of(a_code(agent, chat["contact_id"]))
    video = a_visit(visitor, "video", continuation_code=token, need=["product"])
    assert video["ask"] == []
    pop = pop_of(agent, video["contact_id"])
    assert (pop["contact"]["channel"], pop["contact"]["continues"]["channel"]) == ("video", "chat")
    assert pop["facts"]["product"]["value"] == "Washing machine"


def test_email_to_portal(api: Role, aws: Callable[[str], Any], stack: Description) -> None:
    """A desk that answers a mail puts the link into it; the customer goes on in the portal, signed in."""
    agent, portal, address = api("agent"), api("portal"), f"{uuid4().hex[:12]}@example.com"
    raw = a_mail("Where is the sofa?", message_id=f"{uuid4().hex}@example.com", address=address)
    SENT.note([address, "Where is the sofa?"])
    aws("s3").put_object(Bucket=stack["buckets"]["mail"], Key=f"ses-{uuid4().hex}", Body=raw)
    query = {"identifier_type": "email", "identifier": address}
    (writer,) = eventually(lambda: agent.get("/customers", params=query).json().get("items"))
    written = a_call(None, channel="email", to=None, **{"from": {"type": "email", "value": address}})
    mail = agent.post("/contacts", json=written).json()
    assert mail["customer_id"] == writer["customer_id"]
    token = token_of(a_code(agent, mail["contact_id"]))
    browser = {"type": "visitor", "value": uuid4().hex}
    visit = portal.post(
        "/contacts", json=a_call(None, channel="portal", to=None, continuation_code=token, **{"from": browser})
    )
    assert visit.json()["continues"]["contact_id"] == mail["contact_id"]
    assert visit.json()["customer_id"] == writer["customer_id"]
    assert visit.json()["assurance"] >= 2


def test_by_the_subject_of_a_mail(api: Role, aws: Callable[[str], Any], stack: Description) -> None:
    visitor, agent, key = api("visitor"), api("agent"), f"ses-{uuid4().hex}"
    chat = a_visit(visitor, "chat")
    token = token_of(a_code(agent, chat["contact_id"]))
    address = f"{uuid4().hex[:12]}@example.com"
    SENT.note([address])
    mail = a_mail(
        "Here is the receipt.",
        message_id=f"{uuid4().hex}@example.com",
        subject=f"Our chat [#{token}]",
        address=address,
    )
    aws("s3").put_object(Bucket=stack["buckets"]["mail"], Key=key, Body=mail)

    def arrived() -> Any:
        found = agent.get("/screen-pop", params={"provider": "email", "provider_contact_id": key})
        return found.status_code == 200 and found.json()

    assert eventually(arrived)["contact"]["continues"]["contact_id"] == chat["contact_id"]


@pytest.mark.parametrize("form", ["six", "nine"])
def test_guessing_is_over_after_five_tries(api: Role, form: str) -> None:
    visitor, ivr, number = api("visitor"), api("ivr"), a_number()
    visit = a_visit(visitor)
    issued = a_code(visitor, visit["contact_id"], number if form == "six" else None)
    call = ivr.post("/contacts", json=a_call(number)).json()["contact_id"]
    wrong = str((int(issued["code"]) + 1) % 10 ** len(issued["code"])).zfill(len(issued["code"]))
    tried = [ivr.post(f"/continuations/{wrong}/redeem", json={"contact_id": call}).status_code for _ in range(6)]
    assert tried == [404] * 5 + [429]
