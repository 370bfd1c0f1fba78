"""Many at once: a new number makes one customer, an event is one interaction."""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

from chalicelib.models import store
from chalicelib.models.connection import StoreConnection
from chalicelib.models.identifiers import normalise
from chalicelib.models.items import Merge
from chalicelib.models.requests.contacts import StartContact
from chalicelib.models.requests.customers import MergeCustomers, NewCustomer
from chalicelib.models.requests.interactions import CaptureInteraction
from chalicelib.rules.access import Caller, Role
from chalicelib.services.contacts import capture, contacts
from chalicelib.services.customers import customers, records
from chalicelib.services.deps import Deps
from chalicelib.services.identity import merges
from tests.conftest import put_under
from tests.factories import a_contact, an_interaction

IVR, AGENT = Caller(Role.IVR, "ivr-1"), Caller(Role.AGENT, "agent-1")


class OneAtATime(StoreConnection):
    """Moto is not made for threads: calls follow each other, but tries still meet between the calls."""

    lock = Lock()

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            return super()._make_api_call(operation_name, operation_kwargs)


def at_once(times: int, action: Any) -> list[Any]:
    with ThreadPoolExecutor(max_workers=times) as pool:
        return list(pool.map(action, range(times)))


def test_many_first_contacts_from_one_number_make_one_customer(deps: Deps) -> None:
    put_under(OneAtATime, deps)
    requests = [StartContact.model_validate_json(_json(a_contact())) for _ in range(16)]
    made = at_once(16, lambda n: contacts.start_contact(deps, IVR, requests[n], "c"))
    assert all(created for _, created in made)
    (customer_id,) = {situation.contact.customer_id for situation, _ in made}
    owners = store.find_owners(normalise("phone", "+447700900123"))
    assert owners.head
    assert (owners.head.owners, [owner.customer_id for owner in owners.owners]) == (1, [customer_id])
    assert store.get_head(customer_id).profile.live_contacts == 16


def test_the_same_event_many_times_at_once_is_one_interaction(deps: Deps) -> None:
    put_under(OneAtATime, deps)
    request = CaptureInteraction.model_validate_json(_json(an_interaction()))
    made = at_once(10, lambda _: capture.capture(deps, IVR, request, "c"))
    assert sum(created for _, created in made) == 1
    assert len({event.interaction_id for event, _ in made}) == 1
    assert len({event.customer_id for event, _ in made}) == 1
    assert len(store.get_customer(made[0][0].customer_id).timeline) == 1


def test_many_merges_and_undos_at_once(deps: Deps) -> None:
    # Given six records
    put_under(OneAtATime, deps)
    people = [
        customers.create_customer(deps, AGENT, NewCustomer.model_validate_json(_json({"name": f"Ada {n}"})))[0]
        for n in range(6)
    ]
    ids = [person.customer_id for person in people]

    def merged(number: int) -> Merge:
        request = MergeCustomers.model_validate_json(_json({"other_customer_id": ids[number + 1]}))
        return merges.merge(deps, AGENT, ids[number], request)[0]

    # When each is merged into the one before, all at the same time
    made = at_once(5, merged)
    # Then they are one person, and every record says so
    groups = {records.read_members(one) for one in ids}
    assert groups == {tuple(ids)}
    # and when all of it is undone at the same time, each is alone
    at_once(5, lambda n: merges.undo(deps, AGENT, made[n].merge_id))
    assert [records.read_members(one) for one in ids] == [(one,) for one in ids]


def _json(body: Any) -> bytes:
    import json

    return json.dumps(body).encode()
