"""The example site: its pages, and who its visitors are."""

import asyncio
import json
from pathlib import Path
from typing import Any

import jwt
import pytest

from infra.local.issuer import Issuer
from infra.local.playground import PATH, START, Playground
from infra.local.visitors import prepare

URL = "http://127.0.0.1:4510"
STACK = {
    "api_url": URL + "/v1",
    "endpoint_url": URL,
    "ws_url": "ws://127.0.0.1:4510/socket",
    "publishable_key": "pk_local",
}


async def _nobody(_scope: Any, _receive: Any, _send: Any) -> None:
    raise AssertionError("this is for the site to answer")


@pytest.fixture
def site(tmp_path: Path) -> Playground:
    prepare(tmp_path / "playground.json", Issuer(tmp_path, URL), STACK)
    return Playground(tmp_path / "playground.json", _nobody)


def _subject(site: Playground, cookies: str = "") -> tuple[str, str]:
    """Who the token that is answered says one is, and the cookie beside it."""
    answer = site.answer(PATH + "token", cookies)
    token = json.loads(answer.content)["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["role"] == "visitor"
    return claims["sub"], dict(answer.headers)[b"set-cookie"].decode()


def test_each_browser_is_a_visitor_and_stays_it(site: Playground) -> None:
    """Given two browsers, then they are two visitors; each is the same again by its cookie."""
    first, cookie = _subject(site)
    second, _other = _subject(site)
    again, _cookie = _subject(site, cookie.partition(";")[0])
    assert first != second
    assert again == first


@pytest.mark.parametrize("cookies", ["visitor=-1", "visitor=a", "other=1", "visitor", "visitor=\x00"])
def test_an_odd_cookie_is_nobodys(site: Playground, cookies: str) -> None:
    assert _subject(site, cookies)[0].startswith("playground-")


def test_the_pages_run_no_script_but_their_own(site: Playground) -> None:
    """Given the start page, then it is served with a policy that names the stack, and so is the built client."""
    page = site.answer(START)
    assert page.status == 200
    policy = dict(page.headers)[b"content-security-policy"].decode()
    assert "default-src 'self'" in policy
    assert f"{URL} ws://127.0.0.1:4510" in policy
    assert site.answer(PATH + "dist/throughline.js").status == 200
    assert json.loads(site.answer(PATH + "client.json").content)["key"] == "pk_local"


@pytest.mark.parametrize("name", ["../README.md", "package.json", "example/../../app.py", "example", "no.html"])
def test_nothing_else_is_served(site: Playground, name: str) -> None:
    assert site.answer(PATH + name).status == 404


def test_what_is_not_below_its_path_goes_on(tmp_path: Path) -> None:
    """Given a socket and a call of the API, then they reach what is behind."""
    reached: list[str] = []

    async def behind(scope: Any, _receive: Any, _send: Any) -> None:
        reached.append(scope["path"])

    site = Playground(tmp_path / "playground.json", behind)
    for kind, path in (("websocket", PATH), ("http", "/v1/contacts")):
        asyncio.run(site({"type": kind, "path": path}, None, None))  # type: ignore[arg-type]
    assert reached == [PATH, "/v1/contacts"]
