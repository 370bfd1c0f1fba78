"""A contact comes to a customer, or leaves one: it is listed where it is, and what it said is known there."""

from typing import Any

import pytest

from chalicelib.models import changes, keys, store
from chalicelib.models.changes import commit
from chalicelib.models.items import Case, Contact
from chalicelib.models.store import CustomerHead
from chalicelib.services.cases import moving
from chalicelib.services.customers.records import read_head
from chalicelib.services.deps import Deps
from chalicelib.services.identity import joining
from tests.settings import NOW
from tests.unit.test_records import a_profile
from tests.unit.test_situation import said


def a_contact(status: str = "live", *, customer_id: str | None = None, contact_id: str = "CALL") -> Contact:
    fields: dict[str, Any] = {"channel": "voice", "direction": "inbound", "started_at": NOW, "case_id": "CASE"}
    fields |= {"case_found": {"by": "words"}, "earlier_cases": [{"case_id": "EARLIER"}]}
    return Contact(
        PK=keys.contact(contact_id),
        SK=keys.CONTACT,
        contact_id=contact_id,
        status=status,
        customer_id=customer_id,
        **fields,
    )


def a_customer(deps: Deps, contact: Contact | None = None, **known: Any) -> CustomerHead:
    """A customer of whom this is known, and with whom the contact is."""
    assert deps
    live = 1 if contact and contact.status == "live" else 0
    head = CustomerHead(a_profile("A", [], live_contacts=live), store.no_facts("A"))
    head.profile.save()
    if known:
        commit(joining.remember(head, {name: [entry] for name, entry in known.items()}))
    if contact:
        contact.customer_id = "A"
        commit(joining.place(contact, head))
    return read_head("A").whole


def listed(band: str) -> list[str]:
    return [str(one.contact_id) for one in store.list_band(keys.customer("A"), band, limit=10).items]


def values(head: CustomerHead) -> dict[str, list[str]]:
    return {name: [entry["value"] for entry in kept] for name, kept in head.facts.entries.items()}


def test_a_live_contact_is_among_the_live_and_another_among_the_past(deps: Deps) -> None:
    a_customer(deps, a_contact())
    assert (listed(keys.LIVE_CONTACTS), listed(keys.PAST_CONTACTS)) == (["CALL"], [])
    a_customer(deps, a_contact("ended", contact_id="MAIL"))
    assert (listed(keys.LIVE_CONTACTS), listed(keys.PAST_CONTACTS)) == (["CALL"], ["MAIL"])


def test_what_was_said_is_known_beside_what_was_known(deps: Deps) -> None:
    head = a_customer(deps, name=said("Ada", "OLD"))
    assert joining.remember(head, {}) == []
    commit(joining.remember(head, {"name": [said("Bob")], "reason": [said("a parcel")]}))
    assert {name: sorted(kept) for name, kept in values(read_head("A").whole).items()} == {
        "name": ["Ada", "Bob"],
        "reason": ["a parcel"],
    }


@pytest.mark.parametrize("status", ["live", "ended"])
@pytest.mark.parametrize("content", [True, False])
def test_a_contact_leaves_with_what_it_said(deps: Deps, status: str, *, content: bool) -> None:
    # Given a contact that said a name beside one that was known
    contact = a_contact(status)
    head = a_customer(deps, contact, name=said("Ada", "OLD"), reason=said("a parcel"))
    version, head.profile.name = head.profile.version, "Ada"
    # When it leaves
    commit(joining.leave(contact, head, content=content))
    # Then neither it nor what it said is the customer's, and what else was known is
    assert (contact.customer_id, contact.case_id, contact.case_found) == (None, None, None)
    assert contact.earlier_cases == []
    assert (listed(keys.LIVE_CONTACTS), listed(keys.PAST_CONTACTS)) == ([], [])
    after = read_head("A").whole
    assert values(after) == {"name": ["Ada"]}
    assert after.profile.live_contacts == 0
    # and the profile is written where it has changed
    assert after.profile.version == version + content
    assert after.profile.name == ("Ada" if content else None)


def test_of_whom_nothing_is_known_nothing_is_forgotten(deps: Deps) -> None:
    contact = a_contact("ended")
    head = a_customer(deps, contact)
    assert len(joining.leave(contact, head)) == 1
    assert read_head("A").whole.facts.version == 0


@pytest.mark.parametrize(("rung_back", "kept"), [("CALL", None), ("ANOTHER", {"contact_id": "ANOTHER"})])
@pytest.mark.parametrize("status", ["live", "ended"])
def test_whom_it_was_may_not_ring_back_to_it_any_more(
    deps: Deps, rung_back: str, kept: dict[str, str] | None, status: str
) -> None:
    # Given a call after which the customer may ring back: this one, or another
    contact = a_contact(status)
    profile = a_customer(deps, contact).profile
    profile.dropped_call = {"contact_id": rung_back}
    profile.save()
    # When it turns out to be somebody else's
    commit(joining.leave(contact, read_head("A").whole))
    # Then who rings back goes on with the other only
    after = read_head("A").whole.profile
    assert (after.dropped_call, after.live_contacts, after.version) == (kept, 0, profile.version)


@pytest.mark.parametrize("status", ["live", "ended"])
@pytest.mark.parametrize("rung_back", ["CALL", "ANOTHER"])
def test_its_case_goes_along(deps: Deps, status: str, rung_back: str) -> None:
    # Given a contact with the only open case of a customer, who may ring back to it or to another
    contact = a_contact(status)
    profile = a_customer(deps, contact).profile
    fields: dict[str, Any] = {"subject": "A parcel", "status": "open", "opened_at": NOW, "updated_at": NOW}
    case = Case(PK=keys.case("CASE"), SK=keys.CASE, case_id="CASE", customer_id="A", **fields)
    commit([changes.file_case(case), changes.show_case(case)])
    profile.dropped_call, profile.open_cases = {"contact_id": rung_back}, 1
    profile.save()
    # When it leaves with its case
    head = read_head("A").whole
    commit(joining.leave(contact, head, case=moving.take_away(head, case)))
    # Then the customer has neither, and rings back to the other only
    after = read_head("A").whole
    assert (after.profile.live_contacts, after.profile.open_cases, after.cases) == (0, 0, [])
    assert store.list_band(keys.customer("A"), keys.ALL_CASES, limit=10).items == []
    assert after.profile.dropped_call == (None if rung_back == "CALL" else {"contact_id": rung_back})


def test_so_many_live_contacts_are_shown_and_older_ones_are_among_the_past(deps: Deps) -> None:
    a_customer(deps)
    calls = [f"CALL-{number}" for number in range(joining.LIVE_SHOWN + 1)]
    for contact_id in calls:
        commit(joining.place(a_contact(customer_id="A", contact_id=contact_id), read_head("A").whole))
    assert (listed(keys.LIVE_CONTACTS), listed(keys.PAST_CONTACTS)) == (calls[:0:-1], calls[:1])
