"""Tokens of a visitor, and of who is signed in, open nothing of another's: over every route and socket action."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from chalice.test import Client

import app
from chalicelib import runtime
from chalicelib.models.items import Item
from chalicelib.rules.access import Role
from chalicelib.runtime import ENDPOINTS
from chalicelib.services.deps import Deps
from chalicelib.settings import Settings
from chalicelib.socket_runtime import ACTIONS
from tests.conftest import Api, Reply
from tests.contract.test_access import ALLOWED, OPEN
from tests.factories import a_contact, an_interaction, facts
from tests.provider import open_inbox
from tests.sockets import Frame, Sockets
from tests.unit.test_authentication import configured, token
from tests.unit.test_journeys import a_batch, an_event

__all__ = ["configured"]
SECRET = "the-secret-of-bob"
PICTURE = {"name": f"{SECRET}.png", "type": "image/png", "size": 10}

STRANGERS = ("visitor", "signed in", "portal")


@dataclass
class Bob:
    """What is there of somebody, by the names that paths and frames have for it, and how it is found."""

    ids: dict[str, str]
    account: str
    visitor: str
    code: str

    def at(self, path: str) -> str:
        for name, id_ in self.ids.items():
            path = path.replace("{" + name + "}", id_)
        return path


@dataclass
class World:
    bob: Bob
    apis: dict[str, Api]
    sockets: Sockets
    ann: str


@pytest.fixture
def world(client: Client, deps: Deps, configured: Settings) -> World:
    issuer = {name: getattr(configured, name) for name in ("jwt_issuer", "jwt_audience", "jwt_jwks_url")}
    runtime.override(replace(deps, settings=replace(deps.settings, **issuer)))
    open_inbox()
    sockets = Sockets(client)

    def api(role: str, subject: str, customer_id: str | None = None) -> Api:
        value = token(configured, role=role, sub=subject, customer_id=customer_id)
        return Api(client, role, {"X-API-Key": "", "Authorization": f"Bearer {value}"})

    agent = Api(client, "agent")
    ann = agent.post("/customers", {"name": "Ann", "identifiers": [{"type": "account", "value": "A1"}]}).json
    bob = _bob(agent, api("visitor", "v-bob"), sockets)
    apis = {
        "visitor": api("visitor", "v-ann"),
        "signed in": api("visitor", "v-ann", ann["customer_id"]),
        "portal": api("portal", "web-portal", ann["customer_id"]),
    }
    return World(bob, apis, sockets, ann["customer_id"])


def _bob(agent: Api, visitor: Api, sockets: Sockets) -> Bob:
    named = {"name": SECRET, "identifiers": [{"type": "account", "value": "B2", "verified": True}]}
    known = agent.post("/customers", named | facts(verified=True, postcode="SW1A 1AA", free_text=SECRET)).json
    agent.post(f"/customers/{known['customer_id']}/identifiers", {"type": "visitor", "value": "v-bob"})
    told = an_event("give_up", 1, task=SECRET)
    assert visitor.post("/journeys/events", a_batch(told)).status == 202
    socket = sockets.open(Role.VISITOR, "v-bob")
    contact_id = socket.say("start", id="s")["contact_id"]
    socket.say("send", id="m", contact_id=contact_id, text=SECRET)
    place = socket.say("upload", id="u", contact_id=contact_id, **PICTURE)
    case = agent.post(f"/customers/{known['customer_id']}/cases", {"subject": SECRET}).json
    code = visitor.post(f"/contacts/{contact_id}/continuation", {"to": "chat"}).json
    entries = agent.get(f"/customers/{known['customer_id']}/timeline").json["items"]
    ids = {
        "contact_id": contact_id,
        "customer_id": known["customer_id"],
        "interaction_id": next(one["interaction_id"] for one in entries if one["kind"] == "journey"),
        "attachment_id": place["attachment_id"],
        "case_id": case["case_id"],
    } | dict.fromkeys(("other_id", "merge_id", "transfer_id", "follow_up_id"), known["customer_id"])
    return Bob(ids, "B2", "v-bob", code["link"].rpartition("#")[2])


def bodies(bob: Bob) -> dict[str, Any]:
    """What is right to say on the routes that a browser may call, about Bob."""
    own_end = {"from": {"type": "account", "value": bob.account}}
    on_contact = an_interaction(contact_id=bob.ids["contact_id"])
    return {
        "POST /contacts": a_contact(None, channel="chat", provider="web", to=None, need=["postcode"], **own_end),
        "PATCH /contacts/{contact_id}/facts": facts(reason="mine now"),
        "POST /contacts/{contact_id}/verify": {"facts": {"postcode": {"value": "SW1A 1AA"}}},
        "POST /contacts/{contact_id}/continuation": {"to": "voice"},
        "POST /continuations/{code}/redeem": {"contact_id": bob.ids["contact_id"]},
        "POST /contacts/{contact_id}/feedback": {"score": 1},
        "POST /lookup": {"identifiers": [{"type": "account", "value": bob.account}], "need": ["postcode"]},
        "POST /interactions": {name: value for name, value in on_contact.items() if name != "from"},
    }


def table() -> list[Any]:
    return sorted((item.to_simple_dict() for item in Item.scan()), key=lambda one: (one["PK"], one["SK"]))


def shut(reply: Reply) -> bool:
    """Refused, and a contact that is named in a body is none, as it would be if it were not there."""
    named = [error["field"] for error in reply.json.get("errors", [])]
    return reply.status in {403, 404} or (reply.status == 422 and named == ["contact_id"])


ROUTES = sorted(
    f"{one.method} {one.path}"
    for one in ENDPOINTS
    if f"{one.method} {one.path}" not in OPEN | {"POST /journeys/events"}
)


def test_there_are_all_routes() -> None:
    assert app.app.routes
    assert set(ROUTES) == ALLOWED.keys() - {"POST /journeys/events"}


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_route_opens_what_is_another_s(world: World, stranger: str) -> None:
    api, said, before = world.apis[stranger], bodies(world.bob), table()
    opened = []
    for route in ROUTES:
        method, _, path = route.partition(" ")
        path = world.bob.at(path).replace("{code}", world.bob.code)
        query = "?provider=chat&provider_contact_id=x" if route == "GET /screen-pop" else ""
        query = "?identifier_type=account&identifier=B2" if route == "GET /customers" else query
        headers = {"If-Match": '"1"'} if method in {"PATCH", "PUT"} else {}
        reply = api.call(method, path + query, said.get(route, {}), **headers)
        if not shut(reply) or SECRET in str(reply.json):
            opened.append((route, reply.status, reply.json))
    assert opened == []
    assert table() == before


@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_socket_action_opens_what_is_another_s(world: World, stranger: str) -> None:
    role = Role.PORTAL if stranger == "portal" else Role.VISITOR
    socket = world.sockets.open(role, "v-ann", None if stranger == "visitor" else world.ann)
    contact, before = {"contact_id": world.bob.ids["contact_id"]}, table()
    attachment_id = {"attachment_id": world.bob.ids["attachment_id"]}
    frames: dict[str, Frame] = {
        "send": contact | {"text": "hello"},
        "resume": contact,
        "catch_up": {},
        "typing": contact,
        "read": contact | {"up_to": 1},
        "upload": contact | PICTURE,
        "download": contact | attachment_id,
        "end": contact,
        "presence": {"status": "available"},
        "take": contact,
        "leave": contact,
    }
    assert frames.keys() == ACTIONS.keys() - {"start", "ping"}
    for action, said in frames.items():
        answer = socket.say(action, id="x", **said)
        assert answer["type"] == "error", action
        assert answer["problem"]["status"] in {403, 404}, answer
        assert SECRET not in str(answer)
    sent = socket.say("send", id="y", **contact, attachment=PICTURE | attachment_id)
    assert (sent["type"], sent["problem"]["status"]) == ("error", 422), "whether it is there is not told either"
    assert table() == before
    # what it begins is its own, whatever it calls itself
    begun = socket.say("start", id="s", name="Ann")
    assert begun["contact_id"] != contact["contact_id"]
    link = socket.say("download", id="d", contact_id=begun["contact_id"], **attachment_id)["url"]
    assert begun["contact_id"] in link, "what lies there is its own, which is nothing"
    assert contact["contact_id"] not in link


@pytest.mark.parametrize("stranger", STRANGERS)
def test_the_names_of_anothers_things_are_ones_own(world: World, stranger: str) -> None:
    """Who uses another's screen, event ids or visitor id has its own journey, and adds to nobody else's."""
    api = world.apis[stranger]
    body = a_batch(an_event("give_up", 1, task=SECRET))
    assert api.post("/journeys/events", body | {"visitor_token": "x.y.z"}).status == 401
    assert api.post("/journeys/events", body).json["accepted"] == 1
    agent = Api(api.client, "agent")
    mine = agent.get(f"/customers/{world.bob.ids['customer_id']}/timeline").json["items"]
    assert len([one for one in mine if one["kind"] == "journey"]) == 1
    if stranger != "portal":
        other = a_contact(None, channel="chat", provider="web", to=None)
        other["from"] = {"type": "visitor", "value": world.bob.visitor}
        begun = api.post("/contacts", other).json
        assert begun["customer_id"] != world.bob.ids["customer_id"]


def test_a_portals_token_does_what_is_its_customers(world: World) -> None:
    portal = world.apis["portal"]
    account = {"from": {"type": "account", "value": "A1"}}
    begun = portal.post("/contacts", a_contact(None, channel="chat", provider="web", to=None, **account)).json
    assert begun["customer_id"] == world.ann
    on_it = f"/contacts/{begun['contact_id']}"
    assert portal.patch(f"{on_it}/facts", facts(reason="my bill")).status == 200
    # nor does it name somebody else there, whatever it vouches for
    named = portal.patch(f"{on_it}/facts", facts(account_number="B2", verified=True))
    assert (named.json["customer_id"], SECRET in str(named.json)) == (world.ann, False)
    assert portal.post("/lookup", {"identifiers": [account["from"]]}).json["customer_id"] == world.ann
    nobody = {"identifiers": [{"type": "account", "value": "Z9"}]}
    assert (
        portal.post("/lookup", nobody).json["detail"]
        == portal.post("/lookup", {"identifiers": [{"type": "account", "value": "B2"}]}).json["detail"]
    )
