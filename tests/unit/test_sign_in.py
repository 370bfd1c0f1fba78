"""Who browsed without a name signs in: the visits before are theirs, and a shared browser is nobody's."""

from typing import Any

import pytest

from chalicelib.models.requests.contacts import StartContact
from chalicelib.rules.access import Caller, Role
from chalicelib.services.contacts.contacts import start_contact
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from tests.conftest import Api, Spy
from tests.factories import a_contact, an_interaction, facts

BROWSER = {"type": "visitor", "value": "visitor-1"}


@pytest.fixture
def visitor(ivr: Api) -> Api:
    return ivr.as_("visitor")


@pytest.fixture
def portal(ivr: Api) -> Api:
    return ivr.as_("portal")


def a_customer(agent: Api, name: str, account: str, **more: Any) -> str:
    body = {"name": name, "identifiers": [{"type": "account", "value": account, "verified": True}]}
    return str(agent.post("/customers", body | more).json["customer_id"])


def visit(visitor: Api, body: str) -> Any:
    """A page that was looked at, as the browser tells it."""
    return visitor.post(
        "/interactions", an_interaction(channel="portal", kind="step", body=body, **{"from": BROWSER})
    ).json


def a_chat(visitor: Api) -> str:
    body = a_contact(None, channel="chat", provider="web", to=None)
    return str(visitor.post("/contacts", body).json["contact_id"])


def sign_in(portal: Api, contact_id: str, account: str) -> Any:
    """The portal says who is signed in on a contact that the browser began."""
    return portal.patch(
        f"/contacts/{contact_id}/facts", facts("portal", account_number=account, verified=True)
    ).json


def with_token(deps: Deps, customer_id: str, browser: dict[str, str] = BROWSER, **more: Any) -> Situation:
    """The portal begins a contact with the token of who is signed in."""
    body = a_contact(None, channel="chat", provider="web", to=None, **{"from": browser}) | more
    request = StartContact.model_validate(body, strict=False)
    return start_contact(deps, Caller(Role.PORTAL, "web-portal", customer_id), request, "c")[0]


def said_on(agent: Api, customer_id: str) -> list[str]:
    return [entry["body"] for entry in agent.get(f"/customers/{customer_id}/timeline").json["items"]]


def decided_on(agent: Api, customer_id: str) -> list[tuple[str, str | None]]:
    """What was decided and why, newest first; a merge is in the ledgers of both, which are read as one."""
    items = agent.get(f"/customers/{customer_id}/decisions").json["items"]
    distinct = {one["merge_id"] or one["decision_id"]: one for one in items}
    return [(one["decided"], one["reason"]) for one in distinct.values()]


def test_the_visits_before_a_sign_in_are_the_customers(visitor: Api, portal: Api, agent: Api) -> None:
    # Given Ann, and somebody who looked at pages and began a chat
    ann = a_customer(agent, "Ann", "A1")
    before = visit(visitor, "Looked at tariffs")["customer_id"]
    contact_id = a_chat(visitor)
    # When the portal says that Ann is signed in on it
    signed_in = sign_in(portal, contact_id, "A1")
    # Then the contact is hers, and so are the visits before it and after it
    assert (signed_in["customer_id"], signed_in["match"]["result"], signed_in["assurance"]) == (ann, "one", 3)
    assert visit(visitor, "Gave up at the postcode")["match"]["result"] == "one"
    assert sorted(said_on(agent, ann)) == ["Gave up at the postcode", "Looked at tariffs"]
    assert agent.get(f"/customers/{before}").json["customer_id"] == ann
    # and the record says why, and can take it back
    assert decided_on(agent, ann) == [("merged", "sign-in")]
    merge_id = agent.get(f"/customers/{ann}/decisions").json["items"][0]["merge_id"]
    assert agent.delete(f"/merges/{merge_id}").status == 200
    assert agent.get(f"/customers/{before}").json["customer_id"] == before
    # which is remembered: the next sign-in there merges nothing, and asks from then on
    again = sign_in(portal, a_chat(visitor), "A1")
    assert again["customer_id"] == ann
    assert decided_on(agent, ann)[0][0] == "candidate_noted"
    assert agent.get(f"/customers/{before}").json["customer_id"] == before


def test_the_same_sign_in_again_merges_nothing_more(visitor: Api, portal: Api, agent: Api) -> None:
    ann = a_customer(agent, "Ann", "A1")
    contact_id = a_chat(visitor)
    first, again = sign_in(portal, contact_id, "A1"), sign_in(portal, contact_id, "A1")
    assert first["customer_id"] == again["customer_id"] == ann
    assert sign_in(portal, a_chat(visitor), "A1")["customer_id"] == ann
    assert decided_on(agent, ann) == [("merged", "sign-in")]


def test_who_signs_in_second_on_a_browser_is_not_the_first(visitor: Api, portal: Api, agent: Api) -> None:
    # Given Ann, who signed in on a browser, and Bob, who does so after her
    ann, bob = a_customer(agent, "Ann", "A1"), a_customer(agent, "Bob", "B2")
    visit(visitor, "Ann looked")
    sign_in(portal, a_chat(visitor), "A1")
    his = a_chat(visitor)
    assert sign_in(portal, his, "B2")["customer_id"] == bob
    # Then nothing is merged with him, and the browser is only noted with him
    assert agent.get(f"/customers/{bob}").json["customer_id"] == bob
    assert said_on(agent, bob) == []
    assert ("merged", "sign-in") not in decided_on(agent, bob)
    assert ("candidate_noted", None) in decided_on(agent, bob)
    # and from then on it decides nothing alone
    assert visit(visitor, "Who is it?")["match"]["result"] == "many"
    assert sign_in(portal, a_chat(visitor), "A1")["customer_id"] == ann


def test_a_second_account_on_a_browser_is_a_second_customer(visitor: Api, portal: Api, agent: Api) -> None:
    # Given accounts that nobody has been known by
    first = sign_in(portal, a_chat(visitor), "A1")["customer_id"]
    second = sign_in(portal, a_chat(visitor), "B2")["customer_id"]
    assert first != second
    assert [one["value"] for one in agent.get(f"/customers/{second}/identifiers").json["items"]] == ["B2"]


def test_an_established_customer_is_not_merged_by_a_sign_in(visitor: Api, portal: Api, agent: Api) -> None:
    # Given a browser that a desk gave to Cy
    ann = a_customer(agent, "Ann", "A1")
    cy = agent.post("/customers", {"name": "Cy", "identifiers": [BROWSER]}).json["customer_id"]
    # When Ann signs in on it
    assert sign_in(portal, a_chat(visitor), "A1")["customer_id"] == ann
    # Then both stay who they are, and what was seen is in the ledger
    assert agent.get(f"/customers/{cy}").json["customer_id"] == cy
    assert ("candidate_noted", None) in decided_on(agent, ann)


def test_a_browser_that_was_said_not_to_be_hers_is_not_merged(visitor: Api, portal: Api, agent: Api) -> None:
    # Given a sign-in as Ann on a browser, of which she says that it was not she
    ann = a_customer(agent, "Ann", "A1")
    first = a_chat(visitor)
    assert sign_in(portal, first, "A1")["customer_id"] == ann
    agent.post(f"/contacts/{first}/attribution", {"not_customer_id": ann, "reason": "Her account was stolen"})
    # When somebody comes from it again, and the same account signs in
    before = visit(visitor, "Looked at tariffs")["customer_id"]
    sign_in(portal, a_chat(visitor), "A1")
    # Then the visits stay apart
    assert before != ann
    assert agent.get(f"/customers/{before}").json["customer_id"] == before


@pytest.mark.parametrize("verified", [False, True])
def test_what_contradicts_or_is_not_vouched_for_merges_nothing(
    visitor: Api, portal: Api, agent: Api, *, verified: bool
) -> None:
    # Given Ann, and a browser on which somebody typed who they are, or an account that nobody vouches for
    told = {"name": "Ann Ames", "date_of_birth": "1990-01-31", "postcode": "SW1A 1AA"}
    ann = a_customer(agent, "Ann Ames", "A1", **facts("crm", verified=True, **told))
    first = a_chat(visitor)
    if verified:
        typed = facts("form", name="Bob Miller", date_of_birth="1964-07-02", postcode="LS2 9JT")
        visitor.patch(f"/contacts/{first}/facts", typed)
    before = agent.get(f"/contacts/{first}/screen-pop").json["customer"]["customer_id"]
    contact_id = a_chat(visitor)
    body = facts("portal", account_number="A1", verified=verified)
    assert portal.patch(f"/contacts/{contact_id}/facts", body).json["customer_id"] == ann
    # Then the contact is hers, and the browser's record is left as it was
    assert agent.get(f"/customers/{before}").json["customer_id"] == before
    assert ("merged", "sign-in") not in decided_on(agent, ann)


# With the portal's token


def test_a_portals_token_gives_the_browser_to_who_is_signed_in(deps: Deps, visitor: Api, agent: Api) -> None:
    # Given Ann, and visits on a browser that nobody is known by
    ann = a_customer(agent, "Ann", "A1")
    visit(visitor, "Looked at tariffs")
    # When the portal begins a contact from it with her token
    now = with_token(deps, ann, need=["reason"])
    assert (now.need, now.said) == (["reason"], {})
    # Then it is hers, with the visits
    assert (now.decision.customer_id, now.decision.assurance) == (ann, 3)
    assert {"signed_in": True} in now.decision.reasons
    assert said_on(agent, ann) == ["Looked at tariffs"]
    # and so is a browser on which nobody was before, at once
    other = {"type": "device", "value": "phone-7"}
    assert with_token(deps, ann, other).decision.customer_id == ann
    listed = {one["type"]: one for one in agent.get(f"/customers/{ann}/identifiers").json["items"]}
    assert (listed["device"]["value"], listed["device"]["how"]) == ("phone-7", "signed_in")
    assert ivr_lookup(agent, other)["customer_id"] == ann


def test_a_portals_token_on_a_shared_browser(deps: Deps, visitor: Api, agent: Api) -> None:
    ann, bob = a_customer(agent, "Ann", "A1"), a_customer(agent, "Bob", "B2")
    visit(visitor, "Ann looked")
    with_token(deps, ann)
    assert with_token(deps, bob).decision.customer_id == bob
    assert said_on(agent, bob) == []
    assert ivr_lookup(agent, BROWSER)["match"]["result"] == "many"
    # the decision stays with the contact, whatever else is said on it
    now = with_token(deps, bob, provider_contact_id="again")
    saved = agent.patch(f"/contacts/{now.contact.contact_id if now.contact else ''}/facts", facts(reason="x")).json
    assert (saved["customer_id"], saved["assurance"]) == (bob, 3)


def test_a_customer_has_only_so_many_browsers(deps: Deps, agent: Api) -> None:
    ann = a_customer(agent, "Ann", "A1")
    for number in range(39):
        agent.post(f"/customers/{ann}/identifiers", {"type": "device", "value": f"d{number}"})
    now = with_token(deps, ann, {"type": "device", "value": "one more"})
    assert now.decision.customer_id == ann
    assert len(agent.get(f"/customers/{ann}/identifiers").json["items"]) == 40


def test_a_token_costs_nothing_where_it_says_what_is_known(deps: Deps, agent: Api, spy: Spy) -> None:
    ann = a_customer(agent, "Ann", "A1")
    with_token(deps, ann)
    spy.reset()
    with_token(deps, ann)
    assert spy.operations == ["Query", "Query", "TransactWriteItems"]


def ivr_lookup(agent: Api, given: dict[str, str]) -> Any:
    return agent.as_("ivr").post("/lookup", {"identifiers": [given]}).json
