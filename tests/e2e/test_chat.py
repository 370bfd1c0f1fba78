"""A visitor and an agent chat over the socket of the running stack."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from infra.chat_client import Line, Refused
from tests.e2e.chatting import Enter, Street, somebody
from tests.e2e.launching import Description
from tests.e2e.sent import SENT

Role = Callable[[str], httpx.Client]
MARKUP = "<script>alert(document.cookie)</script>\"'><img src=x onerror=alert(1)>"


def test_they_chat_and_the_record_has_it(street: Street, api: Role) -> None:
    """Given a visitor and an agent, when they write, then each has it at once, and the timeline has it."""
    hello = f"Where is my order {uuid4().hex}? {MARKUP}"
    SENT.note([hello])

    async def story(enter: Enter) -> str:
        visitor, agent = await enter("visitor", somebody("visitor")), await enter("agent", somebody("agent"))
        started = await visitor.line.ask("start", name="Ada Byron")
        contact_id: str = started["contact_id"]
        await agent.line.ask("take", contact_id=contact_id, name="Amara")
        ack = await visitor.line.ask("send", id="m1", contact_id=contact_id, text=hello)
        assert await agent.until(lambda end: end.messages) == [(1, hello)]
        await agent.line.tell("typing", contact_id=contact_id)
        await agent.line.ask("send", id="m1", contact_id=contact_id, text="On its way.")
        assert await visitor.until(lambda end: end.messages) == [(2, "On its way.")]
        again = await visitor.line.ask("send", id="m1", contact_id=contact_id, text=hello, times=2)
        assert again == ack
        kinds = [one["type"] for one in visitor.pushes if one["type"] in {"typing", "message"}]
        assert kinds == ["typing", "message"]
        assert agent.messages == [(1, hello)]
        return contact_id

    contact_id: str = street.play(story)
    pop = api("agent").get(f"/contacts/{contact_id}/screen-pop").json()
    assert [one["body"] for one in pop["timeline"]] == ["On its way.", hello]


def test_a_line_that_was_cut_loses_nothing(street: Street) -> None:
    """Given messages while a line is cut, when the visitor is back, then they come once, in order."""

    async def story(enter: Enter) -> None:
        who = somebody("visitor")
        visitor, agent = await enter("visitor", who), await enter("agent", somebody("agent"))
        contact_id = (await visitor.line.ask("start"))["contact_id"]
        await agent.line.ask("take", contact_id=contact_id)
        await agent.line.ask("send", id="0", contact_id=contact_id, text="0")
        await visitor.until(lambda end: end.messages)
        visitor.line.cut()
        for number in range(1, 5):
            await agent.line.ask("send", id=f"{number}", contact_id=contact_id, text=f"{number}")
        gone = await agent.until(lambda end: [one for one in end.pushes if one.get("status") == "offline"])
        assert gone[0]["side"] == "customer"
        back = await enter("visitor", who)
        assert (await back.line.ask("start"))["contact_id"] == contact_id
        missed = await back.line.ask("resume", contact_id=contact_id, after=1)
        assert [(one["cursor"], one["text"]) for one in missed["messages"]] == [
            (number + 1, f"{number}") for number in range(1, 5)
        ]
        await agent.line.ask("send", id="5", contact_id=contact_id, text="5")
        assert await back.until(lambda end: end.messages) == [(6, "5")]

    street.play(story)


def test_a_token_opens_its_own_only(stack: Description, street: Street) -> None:
    """Given another's chat, a token that is none, and a role that does not chat: nothing opens."""

    async def story(enter: Enter) -> None:
        visitor, stranger = (
            await enter("visitor", somebody("visitor")),
            await enter("visitor", somebody("visitor")),
        )
        contact_id = (await visitor.line.ask("start"))["contact_id"]
        for action, more in (("send", {"text": "hi"}), ("resume", {}), ("end", {}), ("read", {"up_to": 1})):
            with pytest.raises(Refused) as refused:
                await stranger.line.ask(action, id="x", contact_id=contact_id, **more)
            assert refused.value.args[0]["code"] == "not_found"
        for token in ("", "nonsense", stack["tokens"]["ivr"], stack["tokens"]["visitor"][:-8] + "AAAAAAAA"):
            with pytest.raises(InvalidStatus) as turned_away:
                await Line.open(stack["ws_url"], token, lambda _frame: None)
            assert turned_away.value.response.status_code in {401, 403}

    street.play(story)


def test_frames_that_are_none(street: Street) -> None:
    async def story(enter: Enter) -> None:
        visitor = await enter("visitor", somebody("visitor"))
        with pytest.raises(Refused) as refused:
            await visitor.line.ask("send", id="1", contact_id="'; DROP TABLE", text=MARKUP)
        assert refused.value.args[0]["errors"] == [
            {"field": "contact_id", "message": "String should match pattern '^[0-9A-Z]{26}$'"}
        ]
        assert json.dumps(refused.value.args[0]).count("script") == 0
        assert (await visitor.line.ask("ping"))["type"] == "pong"

    street.play(story)


def test_an_attachment_goes_round_the_functions(street: Street) -> None:
    """Given a picture that is put where it was said to, then the other end fetches it; nothing else goes there."""
    content = b"\x89PNG" + bytes(range(256))

    async def story(enter: Enter) -> None:
        visitor, agent = await enter("visitor", somebody("visitor")), await enter("agent", somebody("agent"))
        contact_id = (await visitor.line.ask("start"))["contact_id"]
        await agent.line.ask("take", contact_id=contact_id)
        picture: dict[str, Any] = {"name": "meter.png", "type": "image/png", "size": len(content)}
        place = await visitor.line.ask("upload", contact_id=contact_id, **picture)
        async with httpx.AsyncClient() as s3:
            larger = await s3.put(place["url"], content=content * 2, headers=place["headers"])
            assert larger.status_code == 403
            page = await s3.put(place["url"], content=content, headers={"Content-Type": "text/html"})
            assert page.status_code == 403
            (await s3.put(place["url"], content=content, headers=place["headers"])).raise_for_status()
            named = picture | {"attachment_id": place["attachment_id"]}
            await visitor.line.ask("send", id="1", contact_id=contact_id, attachment=named)
            (message,) = await agent.until(lambda end: [one for one in end.pushes if one["type"] == "message"])
            assert message["attachment"] == named
            link = await agent.line.ask("download", contact_id=contact_id, attachment_id=place["attachment_id"])
            fetched = await s3.get(link["url"])
        assert (fetched.content, fetched.headers["content-disposition"]) == (content, "attachment")

    street.play(story)


def test_an_agent_is_told_what_changes(street: Street, api: Role) -> None:
    """Given a call that an agent took, when facts are saved, then they are told off the stream, now and later."""

    async def story(enter: Enter) -> None:
        who = somebody("agent")
        agent = await enter("agent", who)
        call = {"channel": "voice", "provider": "e2e", "provider_contact_id": somebody("call")}
        contact_id = api("ivr").post("/contacts", json=call).json()["contact_id"]
        await agent.line.ask("take", contact_id=contact_id)
        await agent.until(lambda end: [one for one in end.pushes if one["type"] == "assigned"])
        facts = {"facts": {"reason": {"value": "a broken meter"}}}
        api("ivr").patch(f"/contacts/{contact_id}/facts", json=facts).raise_for_status()
        saved = await agent.until(lambda end: [one for one in end.pushes if one["type"] == "facts_saved"])
        assert saved[0]["facts"] == ["reason"]
        back = await enter("agent", who)
        caught_up = await back.line.ask("catch_up")
        assert {one["type"] for one in caught_up["pushes"]} >= {"assigned", "facts_saved"}

    street.play(story)
