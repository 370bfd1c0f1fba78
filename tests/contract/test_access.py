"""Who may call what: the table of the API's contract, over every route and every role."""

import pytest

from chalicelib.errors import Forbidden
from chalicelib.models.requests.customers import FindCustomers
from chalicelib.models.requests.kinds import IdentifierType
from chalicelib.rules.access import GRANTS, PUBLIC, Caller, Role
from chalicelib.runtime import ENDPOINTS, Call, Endpoint
from chalicelib.services.deps import Deps
from tests.conftest import Api, Clock
from tests.factories import a_contact, an_interaction, facts

FLOWS = {"ivr", "portal"}
DESKS = {"agent", "support", "social", "admin"}

ALLOWED = {
    "POST /contacts": FLOWS | DESKS | {"visitor"},
    "PATCH /contacts/{contact_id}/facts": FLOWS | DESKS | {"visitor"},
    "POST /contacts/{contact_id}/end": DESKS | {"ivr"},
    "POST /contacts/{contact_id}/transfer": DESKS | {"ivr"},
    "GET /contacts/{contact_id}/transfers/{transfer_id}": DESKS | {"ivr"},
    "POST /contacts/{contact_id}/transfers/{transfer_id}/accept": DESKS | {"ivr"},
    "POST /contacts/{contact_id}/transfers/{transfer_id}/decline": DESKS | {"ivr"},
    "POST /contacts/{contact_id}/verify": FLOWS | DESKS,
    "POST /contacts/{contact_id}/continuation": FLOWS | DESKS | {"visitor"},
    "POST /continuations/{code}/redeem": FLOWS | DESKS | {"visitor"},
    "POST /lookup": FLOWS | DESKS,
    "GET /contacts/{contact_id}/screen-pop": DESKS | {"marketing"},
    "GET /screen-pop": DESKS | {"marketing"},
    "POST /journeys/events": {"visitor", "portal"},
    "POST /interactions": FLOWS | DESKS | {"visitor", "marketing"},
    "GET /customers/{customer_id}/follow-ups": DESKS,
    "GET /follow-ups": DESKS,
    "POST /follow-ups/{follow_up_id}/done": DESKS,
    "POST /contacts/{contact_id}/feedback": DESKS | FLOWS | {"visitor"},
    "GET /reports/repeat-asks": DESKS,
    "GET /reports/effort": DESKS,
    "GET /interactions/{interaction_id}": DESKS,
    "GET /interactions/{interaction_id}/attachments/{attachment_id}": DESKS,
    "POST /customers": DESKS,
    "GET /customers": FLOWS | DESKS | {"marketing"},
    "GET /customers/{customer_id}": FLOWS | DESKS | {"marketing"},
    "PATCH /customers/{customer_id}": DESKS,
    "GET /customers/{customer_id}/timeline": DESKS | {"marketing"},
    "GET /customers/{customer_id}/facts": DESKS,
    "GET /customers/{customer_id}/identifiers": DESKS | {"marketing"},
    "POST /customers/{customer_id}/identifiers": DESKS,
    "DELETE /customers/{customer_id}/identifiers": DESKS,
    "POST /customers/{customer_id}/cases": DESKS,
    "GET /customers/{customer_id}/cases": DESKS | {"marketing"},
    "GET /cases/{case_id}": DESKS | {"marketing"},
    "GET /cases": DESKS,
    "POST /cases/{case_id}/join": DESKS,
    "DELETE /cases/{case_id}/join": DESKS,
    "POST /cases/{case_id}/split": DESKS,
    "DELETE /cases/{case_id}/split": DESKS,
    "POST /cases/{case_id}/links": DESKS,
    "DELETE /cases/{case_id}/links/{other_id}": DESKS,
    "POST /contacts/{contact_id}/case": DESKS,
    "DELETE /contacts/{contact_id}/case": DESKS,
    "POST /interactions/{interaction_id}/case": DESKS,
    "DELETE /interactions/{interaction_id}/case": DESKS,
    "PATCH /cases/{case_id}": DESKS,
    "GET /cases/{case_id}/history": DESKS,
    "POST /contacts/{contact_id}/attribution": DESKS | {"ivr"},
    "DELETE /contacts/{contact_id}/attribution": DESKS | {"ivr"},
    "POST /customers/{customer_id}/merges": DESKS - {"social"},
    "GET /merges/{merge_id}": DESKS - {"social"},
    "DELETE /merges/{merge_id}": DESKS - {"social"},
    "GET /customers/{customer_id}/decisions": DESKS,
    "POST /customers/{customer_id}/relations": DESKS - {"social"},
    "GET /customers/{customer_id}/relations": DESKS,
    "DELETE /customers/{customer_id}/relations/{other_id}": DESKS - {"social"},
}
OPEN = {"GET /openapi.json", "GET /docs"}
"""Need no caller: they tell nothing but what is declared in the source."""
WEBHOOKS = {"GET /channels/{channel}/inbound", "POST /channels/{channel}/inbound"}
"""Called by providers only, who are known by their signatures; not a part of the API that clients are told of."""
PREFLIGHTS = {f"OPTIONS {route.partition(' ')[2]}" for route, roles in ALLOWED.items() if "visitor" in roles}
"""Asked by browsers, before they send what a visitor may."""
SOME_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def name(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def test_the_table_names_every_route() -> None:
    import app

    assert app.app.routes
    assert {name(endpoint) for endpoint in ENDPOINTS} == ALLOWED.keys() | OPEN
    assert {name(endpoint) for endpoint in ENDPOINTS if endpoint.action == PUBLIC} == OPEN
    assert PUBLIC not in GRANTS
    routed = {
        f"{method} {path.removeprefix('/v1')}" for path, methods in app.app.routes.items() for method in methods
    }
    assert routed == ALLOWED.keys() | OPEN | WEBHOOKS | PREFLIGHTS


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("route", sorted(ALLOWED))
def test_every_route_and_role(ivr: Api, route: str, role: Role) -> None:
    method, _, path = route.partition(" ")
    for parameter in ("contact_id", "customer_id", "case_id", "interaction_id", "transfer_id", "follow_up_id"):
        path = path.replace("{" + parameter + "}", SOME_ID)
    reply = ivr.as_(role).call(method, path, {})
    assert (reply.status != 403) == (role in ALLOWED[route]), reply
    assert reply.status in {400, 403, 404, 412, 422, 428} or (method == "GET" and reply.status == 200)


@pytest.mark.parametrize("route", sorted(ALLOWED))
def test_no_route_opens_without_a_caller(ivr: Api, route: str) -> None:
    method, _, path = route.partition(" ")
    for headers in ({"X-API-Key": ""}, {"X-API-Key": "wrong"}, {"X-API-Key": "", "Authorization": "Bearer x.y.z"}):
        reply = ivr.call(method, path.replace("{", "").replace("}", ""), {}, **headers)
        assert reply.status == 401
        assert reply.json["code"] == "unauthenticated"
        assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_a_visitor_sees_only_its_own_contacts(ivr: Api) -> None:
    # Given a contact that a flow started, and one that a visitor did
    theirs = ivr.post("/contacts", a_contact()).json["contact_id"]
    visitor = ivr.as_("visitor")
    own = visitor.post("/contacts", a_contact(None, channel="chat", provider="web", to=None))
    # Then the visitor may save facts on its own only, and the other does not exist for it
    assert own.status == 201
    assert visitor.patch(f"/contacts/{own.json['contact_id']}/facts", facts(reason="hi")).status == 200
    assert visitor.patch(f"/contacts/{theirs}/facts", facts(reason="hi")).status == 404
    assert visitor.post("/interactions", an_interaction(contact_id=theirs)).status == 422


def test_a_visitor_cannot_pose_as_somebody_else(ivr: Api) -> None:
    visitor = ivr.as_("visitor")
    assert visitor.post("/contacts", a_contact()).status == 403
    assert visitor.post("/interactions", an_interaction()).status == 403
    assert visitor.post("/interactions", an_interaction(customer_id=SOME_ID)).status == 403
    # nor by another's visitor id: what a visitor calls itself is its own only
    known = {"from": {"type": "visitor", "value": "v-1"}}
    theirs = ivr.post("/contacts", a_contact(None, **known)).json["customer_id"]
    mine = [visitor.post("/contacts", a_contact(None, provider="web", to=None, **known)) for _ in range(2)]
    assert [reply.status for reply in mine] == [201, 201]
    assert mine[0].json["customer_id"] == mine[1].json["customer_id"] != theirs
    # nor take a contact over, or take it beforehand, by its provider's id
    squatted = visitor.post("/contacts", a_contact(None, to=None, provider_contact_id="call-of-others"))
    real = ivr.post("/contacts", a_contact(provider_contact_id="call-of-others"))
    assert (squatted.status, real.status) == (201, 201)
    assert squatted.json["contact_id"] != real.json["contact_id"]


def test_what_is_typed_into_a_browser_finds_nobody_and_is_all_that_it_is_told(ivr: Api, agent: Api) -> None:
    # Given Ada, who is known by her account and email address
    listed = [{"type": "account", "value": "A1"}, {"type": "email", "value": "ada@example.com"}]
    known = facts(verified=True, date_of_birth="1990-01-31")
    ada = agent.post("/customers", {"name": "Ada", "identifiers": listed} | known).json["customer_id"]
    visitor = ivr.as_("visitor")
    contact_id = visitor.post("/contacts", a_contact(None, channel="chat", provider="web", to=None)).json[
        "contact_id"
    ]
    # When somebody types both into a chat
    typed = facts(account_number="A1", email="ada@example.com", name="Mallory")
    told = visitor.patch(f"/contacts/{contact_id}/facts", typed).json
    # Then that is not Ada, nothing of hers is told, and nothing of it is hers
    assert told["customer_id"] != ada
    assert told["assurance"] == 1
    assert set(told["known"]) == {"account_number", "email", "name"}
    assert agent.get(f"/customers/{ada}/facts").json["facts"].keys() == {"date_of_birth"}


def test_a_portal_reads_whom_it_has_a_live_contact_with(ivr: Api, agent: Api) -> None:
    portal = ivr.as_("portal")
    listed = [{"type": "account", "value": "A1"}]
    ada = agent.post("/customers", {"name": "Ada", "identifiers": listed}).json["customer_id"]
    assert portal.get(f"/customers/{ada}").status == 403
    assert portal.get("/customers?identifier_type=account&identifier=A1").status == 403
    portal.post("/contacts", a_contact(None, channel="portal", **{"from": listed[0]}))
    assert portal.get(f"/customers/{ada}").json["name"] == "Ada"


def test_marketing_sees_no_summary_and_no_description(ivr: Api, agent: Api) -> None:
    contact = ivr.post("/contacts", a_contact(attributes={"mood": "my secret"})).json
    case = agent.post(
        f"/customers/{contact['customer_id']}/cases", {"subject": "Bill", "description": "my secret"}
    ).json
    agent.post(f"/contacts/{contact['contact_id']}/end", {"summary": "my secret"})
    marketing = ivr.as_("marketing")
    seen = [
        marketing.get(f"/contacts/{contact['contact_id']}/screen-pop").json,
        marketing.get(f"/customers/{contact['customer_id']}/timeline").json,
        marketing.get(f"/cases/{case['case_id']}").json,
    ]
    assert "my secret" not in str(seen)
    assert marketing.post("/interactions", an_interaction(kind="campaigning-for-secrets")).status == 403


def test_a_flow_is_given_the_subject_of_a_case_from_its_level(ivr: Api, agent: Api) -> None:
    contact = ivr.post("/contacts", a_contact()).json
    for subject, level in (("Late parcel", 1), ("Treatment bill", 2)):
        body = {"subject": subject, "speak_at": level}
        agent.post(f"/customers/{contact['customer_id']}/cases", body)
    again = ivr.post("/contacts", a_contact()).json
    assert {case["subject"] for case in again["open_cases"]} == {"Late parcel", None}
    pop = agent.get(f"/contacts/{again['contact_id']}/screen-pop").json
    assert {case["subject"] for case in pop["open_cases"]} == {"Late parcel", "Treatment bill"}


def test_a_visitors_event_ids_are_its_own(ivr: Api) -> None:
    # Given an event id that a visitor used first
    blocked = an_interaction(source="web", source_event_id="1", **{"from": None})
    ours = ivr.as_("visitor").post("/interactions", blocked)
    # When a trusted source sends the same id
    theirs = ivr.post("/interactions", an_interaction(source="web", source_event_id="1"))
    # Then it is another interaction
    assert (ours.status, theirs.status) == (201, 201)
    assert ours.json["interaction_id"] != theirs.json["interaction_id"]


@pytest.mark.parametrize("role", ["visitor"])
def test_only_trusted_callers_may_say_verified(ivr: Api, role: str) -> None:
    visitor = ivr.as_(role)
    own = visitor.post("/contacts", a_contact(None, channel="chat", provider="web", to=None)).json
    reply = visitor.patch(f"/contacts/{own['contact_id']}/facts", facts(account_number="1", verified=True))
    assert reply.status == 403
    assert "facts.account_number.verified" in reply.json["detail"]


def test_each_role_sees_its_fields_of_a_customer(ivr: Api, agent: Api) -> None:
    made = agent.post(
        "/customers",
        {"name": "Ada", "language": "en", "consent": {"marketing": True}, "attributes": {"tier": "gold"}},
    ).json
    path = f"/customers/{made['customer_id']}"
    assert ivr.get(path).json.keys() == {"customer_id", "name", "language", "version"}
    assert "attributes" not in ivr.as_("marketing").get(path).json
    assert ivr.as_("marketing").get(path).json["consent"] == {"marketing": True}
    assert ivr.as_("support").get(path).json["attributes"] == {"tier": "gold"}


def test_marketing_sees_that_somebody_wrote_but_not_what(ivr: Api) -> None:
    wrote = ivr.post("/interactions", an_interaction(body="my secret")).json
    marketing = ivr.as_("marketing")
    campaign = an_interaction(kind="campaign.opened", body="Spring offer")
    assert marketing.post("/interactions", campaign).status == 201
    assert marketing.post("/interactions", an_interaction(kind="message")).status == 403
    entries = marketing.get(f"/customers/{wrote['customer_id']}/timeline").json["items"]
    assert {entry["kind"]: entry["body"] for entry in entries} == {
        "message": None,
        "campaign.opened": "Spring offer",
    }


def test_a_flow_is_told_values_as_far_as_assurance_allows(ivr: Api, clock: Clock) -> None:
    # Given a customer whose date of birth is known
    first = ivr.post("/contacts", a_contact()).json
    ivr.patch(f"/contacts/{first['contact_id']}/facts", facts(date_of_birth="1990-01-31", reason="billing"))
    # When somebody rings from their number, which can be forged
    again = ivr.post("/contacts", a_contact(need=["date_of_birth"])).json
    # Then the flow learns that the date is known, and what the reason was
    assert again["known"]["date_of_birth"]["value"] is None
    assert again["known"]["date_of_birth"]["withheld"] is True
    assert again["known"]["reason"]["value"] == "billing"
    assert again["ask"] == []
    # and a guess that is right looks like one that is wrong
    guess = ivr.patch(f"/contacts/{again['contact_id']}/facts", facts(date_of_birth="1991-02-01")).json
    clock.forward(seconds=5)
    right = ivr.patch(f"/contacts/{again['contact_id']}/facts", facts(date_of_birth="1990-01-31")).json
    assert guess["known"]["date_of_birth"]["value"] == "1991-02-01"
    assert right["known"]["date_of_birth"]["value"] == "1990-01-31"


def test_a_portals_token_that_is_bound_opens_its_customer_only(agent: Api, deps: Deps) -> None:
    from chalicelib.handlers import customers  # by now the front door has put the handlers in order

    # Given two customers, and the token of a portal in which the first is signed in
    mine, other = (agent.post("/customers", {"name": name}).json["customer_id"] for name in ("Ada", "Bob"))
    caller = Caller(Role.PORTAL, "web-portal", customer_id=mine)
    query = FindCustomers(identifier_type=IdentifierType.PHONE, identifier="+447700900123")
    call = Call(deps, caller, "correlation", path={}, purpose=None, query=query)
    # Then it opens that one, and finds no others
    assert customers.get_customer(call, mine).body["name"] == "Ada"
    with pytest.raises(Forbidden):
        customers.get_customer(call, other)
    with pytest.raises(Forbidden):
        customers.find_customers(call)
