"""From a real browser to the agent's screen, on the running stack: stories that web/test/stories plays."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.launching import Description
from tests.e2e.sent import SENT
from tests.e2e.test_main_job import a_number

WEB = Path(__file__).parents[2] / "web"
STORY_SECONDS = 120.0
SHOWN_SECONDS = 30.0

Role = Callable[[str], httpx.Client]

pytestmark = [
    pytest.mark.web,
    pytest.mark.skipif(
        not Path(os.environ.get("CHROMIUM", "/usr/bin/chromium")).exists(),
        reason="there is no Chromium here: make check-web installs one where it may",
    ),
]


def play(story: str, stack: Description, **given: Any) -> dict[str, Any]:
    """Plays a story in Chromium: what came of it."""
    SENT.note(given)
    node = shutil.which("node")
    assert node, "Node.js is needed to drive the browser"
    told = given | {"playground_url": stack["playground_url"], "ws_url": stack["ws_url"]}
    command = [node, f"build/stories/{story}.js", json.dumps(told)]
    ended = subprocess.run(  # noqa: S603 - our own
        command, cwd=WEB, capture_output=True, text=True, check=False, timeout=STORY_SECONDS
    )
    assert ended.returncode == 0, ended.stderr
    came: dict[str, Any] = json.loads(ended.stdout)
    return came


def test_a_form_that_failed_is_on_the_screen_of_who_answers_the_call(stack: Description, api: Role) -> None:
    # Given somebody who fails twice at the postcode, asks for a code and leaves
    ivr, agent = api("ivr"), api("agent")
    number, name, postcode, password = a_number(), "Adaeze Okonkwo-Bright", "QX9", uuid4().hex
    came = play("failed_form", stack, name=name, postcode=postcode, password=password, phone=number)
    # When they ring, and key it in
    call: dict[str, Any] = {"channel": "voice", "provider": "e2e", "provider_contact_id": str(uuid4())}
    call |= {"from": {"type": "phone", "value": number}, "continuation_code": came["code"]}
    begun = ivr.post("/contacts", json=call)
    assert begun.status_code == 201, begun.text
    # Then the agent's screen says in words what was tried, and has what they had filled in that is safe
    pop = _shown(agent, begun.json()["contact_id"], "gave up")
    sentences = json.dumps(pop["recent_journey"])
    assert "tried to change address, failed twice at the postcode" in sentences
    assert "on a desktop" in sentences
    assert pop["contact"]["continues"]["via"] == "code"
    whole = json.dumps(pop)
    assert name in whole
    assert postcode in whole
    assert password not in whole


def test_a_link_carries_on_what_failed_on_another_screen(stack: Description, api: Role) -> None:
    # Given somebody who fails at the postcode and asks for a link
    came = play("failed_form", stack, name="Adaeze", postcode="QX9", password=uuid4().hex, phone="")
    # When they tap it on another screen, where nobody knows who they are
    tapped = play("link", stack, link=came["link"])
    # Then that contact carries the first one on, and the token is in no address bar
    pop = _shown(api("agent"), tapped["contact_id"], "failed twice at the postcode")
    assert pop["contact"]["continues"]["via"] == "code"
    assert tapped["left"] == ""


def _shown(agent: httpx.Client, contact_id: str, words: str) -> dict[str, Any]:
    """The screen pop, once its journey has these words: what a page sends as it goes takes a moment."""
    deadline = time.monotonic() + SHOWN_SECONDS
    while True:
        pop: dict[str, Any] = agent.get(f"/contacts/{contact_id}/screen-pop").json()
        if words in json.dumps(pop["recent_journey"]):
            return pop
        assert time.monotonic() < deadline, pop["recent_journey"]
        time.sleep(0.2)


def test_a_chat_outlives_the_visitors_network(stack: Description, api: Role) -> None:
    # Given a visitor whose words are markup, and an agent's answer that is too
    attack = "<img src=x onerror='globalThis.ran = true'><script>globalThis.ran = true</script>"
    visitor, agent = [f"hello {attack}", "are you there?"], [f"good morning {attack}", "one moment"]
    # When the visitor attaches a file, the network goes while both go on writing, and comes back
    token, name, content = stack["tokens"]["agent"], f"bill-{uuid4().hex}.pdf", f"%PDF-1.7 {uuid4().hex}"
    came = play("chat", stack, agent_token=token, visitor=visitor, agent=agent, name=name, content=content)
    # Then each message is there once, in one order at both ends and on the timeline, and was never more than text
    names = [text.removeprefix("Amara: ") for text in came["shown"]]
    assert sorted(names) == sorted([*visitor, *agent, f"📎 {name}"])
    assert names == came["kept"]
    assert not came["ran"]
    assert came["fetched"] == content
    pop = api("agent").get(f"/contacts/{came['contact_id']}/screen-pop").json()
    assert pop["contact"]["channel"] == "chat"
