"""Looking somebody up: by what they are known by and what was said, without a contact."""

from typing import Any

import pytest

from chalicelib.errors import BadInput, Forbidden
from chalicelib.models.requests.contacts import LookUp
from chalicelib.rules.access import Caller, Role
from chalicelib.services.customers.lookup import look_up
from chalicelib.services.customers.situation import Situation
from chalicelib.services.deps import Deps
from tests.conftest import Api
from tests.factories import facts, phone

IVR = Caller(Role.IVR, "ivr-1")


def found(deps: Deps, *identifiers: str, need: Any = (), caller: Caller = IVR, **told: str) -> Situation:
    given = [{"type": "email" if "@" in value else "phone", "value": value} for value in identifiers]
    said = {name: {"value": value} for name, value in told.items()}
    body = {"identifiers": given, "facts": said, "need": list(need)}
    return look_up(deps, caller, LookUp.model_validate(body, strict=False))


def a_customer(agent: Api, name: str, known: Any = (), **identifiers: str) -> str:
    given = [{"type": type_, "value": value, "verified": True} for type_, value in identifiers.items()]
    body = {"name": name, "identifiers": given} | facts(**dict(known))
    return str(agent.post("/customers", body).json["customer_id"])


def test_who_is_known_by_an_identifier_and_what_is_to_be_asked(deps: Deps, agent: Api) -> None:
    number = phone()
    ada = a_customer(agent, "Ada", phone=number)
    now = found(deps, number, need=["reason"], postcode="ls14ap")
    assert (now.decision.customer_id, now.need, now.said) == (ada, ["reason"], {"postcode": "LS1 4AP"})
    assert now.decision.reasons == [{"identifier": "phone", "verified": True}]


def test_an_identifier_among_the_facts_counts_as_one_and_a_withheld_number_as_none(deps: Deps, agent: Api) -> None:
    ada = a_customer(agent, "Ada", account="A1")
    assert found(deps, "anonymous", account_number="a1").decision.customer_id == ada
    assert found(deps, "anonymous").decision.result == "none"


def test_what_was_presented_is_nothing_new_when_it_is_given_or_said_again(deps: Deps, agent: Api) -> None:
    number = phone()
    a_customer(agent, "Ada", phone=number)
    for now in (found(deps, number, f" {number} "), found(deps, number, phone=number)):
        assert now.decision.reasons == [{"identifier": "phone", "verified": True}]
    # nor does it tell two apart who share something else
    unknown, shared = phone(), "family@example.com"
    a_customer(agent, "Bob", {"phone": unknown}, email=shared)
    a_customer(agent, "Eve", {"phone": phone()}, email=shared)
    assert found(deps, shared, phone=unknown).decision.result == "one"
    assert found(deps, shared, unknown, phone=unknown).decision.result == "many"


def test_the_identifier_that_is_wrong_is_named(deps: Deps) -> None:
    with pytest.raises(BadInput) as wrong:
        found(deps, phone(), "12")
    assert [one.field for one in wrong.value.fields] == ["identifiers.1.value"]


def test_who_is_signed_in_on_a_portal_finds_themselves_and_nobody_else(deps: Deps, agent: Api) -> None:
    mine, theirs = phone(), phone()
    ada = a_customer(agent, "Ada", phone=mine)
    a_customer(agent, "Bob", phone=theirs)
    portal = Caller(Role.PORTAL, "portal-1", ada)
    assert found(deps, mine, caller=portal).decision.customer_id == ada
    for number in (theirs, phone()):
        with pytest.raises(Forbidden, match="acts for the customer that it names"):
            found(deps, number, caller=portal)
