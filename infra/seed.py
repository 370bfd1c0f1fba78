"""Posts the demo customers through the API of a running stack. Once; what was interrupted is taken up again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from tqdm import tqdm

from infra.demo import DemoCustomer, demo_customers
from infra.local.issuer import Issuer
from infra.patience import ComingAgain

# An identifier that the last customer gets when all is done: it lives and goes with the data.
DONE = {"type": "other", "scope": "throughline-demo", "value": "seeded-1"}
AT_A_TIME = 4
TIMEOUT_SECONDS = 60.0

Json = dict[str, Any]


class CannotSeed(Exception):
    """The API refused a demo customer or did not answer; the message says which, in one line."""


def seed(description: Json, issuer: Issuer) -> bool:
    """Seeds the stack that `description` describes, unless it has been. Says whether it did.

    `issuer` is the stack's: some of the customers are signed in on its site.
    """
    with _client(description, "ivr") as ivr, _client(description, "agent") as desk:
        if _find(desk, DONE):
            return False
        customers = demo_customers(datetime.now(UTC))
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            site = (issuer, str(description["publishable_key"]))
            work = pool.map(lambda customer: _post(ivr, desk, site, customer), customers)
            ids = list(tqdm(work, "  seeding demo customers", len(customers), unit=" customers", disable=None))
        _call(desk, "POST", f"/customers/{ids[-1]}/identifiers", DONE)
    return True


def _post(ivr: httpx.Client, desk: httpx.Client, site: tuple[Issuer, str], demo: DemoCustomer) -> str:
    """One customer with everything that happened to it. Answers its id."""
    found = _find(desk, {"type": "account", "value": demo.account})
    customer_id: str = found or _call(desk, "POST", "/customers", demo.customer)["customer_id"]
    case_id = _case(desk, customer_id, demo)
    about = {"customer_id": customer_id} | ({"case_id": case_id} if case_id else {})
    for interaction in demo.interactions:
        _call(desk, "POST", "/interactions", interaction | about)
    if demo.journey:
        issuer, key = site
        token = issuer.token("visitor", f"visitor-demo-{demo.number}", customer_id)
        _call(desk, "POST", "/journeys/events", demo.journey | {"key": key}, token=token)
    if demo.call:
        contact_id = _call(ivr, "POST", "/contacts", demo.call)["contact_id"]
        _call(ivr, "PATCH", f"/contacts/{contact_id}/facts", {"facts": demo.call_facts})
        _call(
            desk, "POST", f"/contacts/{contact_id}/end", demo.call_end | ({"case_id": case_id} if case_id else {})
        )
    return customer_id


def _case(desk: httpx.Client, customer_id: str, demo: DemoCustomer) -> str | None:
    """The case of the story. Opening one is not idempotent, so an earlier attempt's is looked for."""
    if demo.case is None:
        return None
    for case in _call(desk, "GET", f"/customers/{customer_id}/cases")["items"]:
        if case["subject"] == demo.case["subject"]:
            return str(case["case_id"])
    return str(_call(desk, "POST", f"/customers/{customer_id}/cases", demo.case)["case_id"])


def _find(desk: httpx.Client, identifier: dict[str, str]) -> str | None:
    query = {"identifier_type": identifier["type"], "identifier": identifier["value"]}
    query |= {"scope": identifier["scope"]} if "scope" in identifier else {}
    items = _call(desk, "GET", "/customers", query=query)["items"]
    return items[0]["customer_id"] if items else None


def _call(
    client: httpx.Client,
    method: str,
    path: str,
    body: Json | None = None,
    query: Json | None = None,
    *,
    token: str | None = None,
) -> Json:
    once = {"Idempotency-Key": uuid4().hex}
    once |= {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer: httpx.Response = client.request(method, path, json=body, params=query, headers=once)
    except httpx.TransportError as error:
        raise CannotSeed(
            f"{method} {path} was not answered ({type(error).__name__}); try again: make run"
        ) from error
    if answer.is_error:
        raise CannotSeed(f"{method} {path} was answered with {answer.status_code}: {answer.text}")
    result: Json = answer.json()
    return result


def _client(description: Json, role: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {description['tokens'][role]}"}
    return httpx.Client(
        base_url=description["api_url"], headers=headers, timeout=TIMEOUT_SECONDS, transport=ComingAgain()
    )
