"""Facts as given become entries as stored: read in their one form, dated, and named where they are wrong."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.errors import BadInput, Forbidden
from chalicelib.models import keys
from chalicelib.models.identifiers import Identifier
from chalicelib.models.requests.facts import FactGiven
from chalicelib.rules.access import Caller, Role
from chalicelib.services.deps import Deps
from chalicelib.services.facts.fact_entries import claims_in, read_facts
from tests.settings import NOW

IVR, AGENT, VISITOR = (Caller(role, f"{role}-1") for role in (Role.IVR, Role.AGENT, Role.VISITOR))
EARLIER = NOW - timedelta(hours=2)


def read(deps: Deps, caller: Caller = IVR, *, region: str | None = None, **given: Any) -> dict[str, Any]:
    facts = {
        name: FactGiven(**(fact if isinstance(fact, dict) else {"value": fact})) for name, fact in given.items()
    }
    return read_facts(deps, caller, facts, contact_id="CALL", region=region)


def test_an_entry_says_where_when_and_by_whom_it_was_said(deps: Deps) -> None:
    entries = read(
        deps,
        AGENT,
        postcode="ls14ap",
        reason={"value": "a  parcel", "source": "crm", "verified": True, "collected_at": EARLIER},
    )
    assert entries == {
        "postcode": {
            "value": "LS1 4AP",
            "received": "ls14ap",
            "source": "agent",
            "collected_at": keys.instant(NOW),
            "verified": False,
            "expires_at": None,
            "contact_id": "CALL",
        },
        "reason": {
            "value": "a parcel",
            "received": "a parcel",
            "source": "crm",
            "collected_at": keys.instant(EARLIER),
            "verified": True,
            "expires_at": keys.instant(EARLIER + timedelta(days=1)),
            "contact_id": "CALL",
        },
    }
    # what is said on no contact is of none
    assert read_facts(deps, IVR, {"name": FactGiven(value="Ada")})["name"]["contact_id"] is None


def test_a_number_is_read_in_the_country_of_the_contact_or_else_the_default_one(deps: Deps) -> None:
    assert read(deps, phone="07700 900123")["phone"]["value"] == "+447700900123"
    assert read(deps, phone="201-555-0123", region="US")["phone"]["value"] == "+12015550123"


def test_what_must_not_be_kept_is_not_but_is_read(deps: Deps) -> None:
    said = read(deps, one_time_code="123456", free_text="my card is 4242 4242 4242 4242", reason="billing")
    assert list(said) == ["free_text", "reason"]
    assert said["free_text"]["value"] == said["free_text"]["received"] == "my card is [card number]"
    with pytest.raises(BadInput) as wrong:
        read(deps, one_time_code=" ")
    assert [one.field for one in wrong.value.fields] == ["facts.one_time_code.value"]


def test_every_fact_that_is_wrong_is_named(deps: Deps) -> None:
    with pytest.raises(BadInput) as wrong:
        read(deps, date_of_birth="yesterday", name="Ada", postcode="?")
    assert [one.field for one in wrong.value.fields] == ["facts.date_of_birth.value", "facts.postcode.value"]


def test_only_who_is_trusted_may_say_that_a_fact_is_verified(deps: Deps) -> None:
    shown = {"value": "Ada", "verified": True}
    assert read(deps, AGENT, name=shown)["name"]["verified"]
    with pytest.raises(Forbidden, match=r"facts\.name\.verified"):
        read(deps, VISITOR, name=shown)
    assert not read(deps, VISITOR, name="Ada")["name"]["verified"]


def test_the_identifiers_among_facts_are_claims(deps: Deps) -> None:
    said = read(
        deps, AGENT, account_number="a 1", name="Ada", email={"value": "Ada@Example.com", "verified": True}
    )
    account, email = claims_in(said)
    assert account.identifier == Identifier("account", "", "A1", "a 1")
    assert (account.typed, account.verified) == (True, False)
    assert email.identifier == Identifier("email", "", "ada@example.com", "Ada@Example.com")
    assert (email.typed, email.verified) == (True, True)
