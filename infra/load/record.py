"""What the API and its table say of one person, once the hour is over."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import httpx

from chalicelib.models import keys
from infra.load.ledger import Json
from infra.patience import ComingAgain

PAGE = 100


@dataclass
class Record:
    """Of one person. `counters`: what each counter of the table says, and what there is to count."""

    customer_ids: list[str]
    interactions: Counter[str]
    ended: Counter[str]
    facts: dict[str, set[str]]
    cases: Counter[str]
    journeys: Counter[str]
    counters: dict[str, tuple[int, int]]


class Reader:
    """Reads records as an agent, and counters as the developer."""

    def __init__(self, stack: Json, run: str) -> None:
        headers = {"Authorization": f"Bearer {stack['tokens']['agent']}"}
        self._desk = httpx.Client(base_url=stack["api_url"], headers=headers, timeout=60, transport=ComingAgain())
        self._run = run
        self._table = boto3.resource(
            "dynamodb",
            endpoint_url=stack["endpoint_url"],
            region_name=stack["region"],
            aws_access_key_id=stack["credentials"]["access_key_id"],
            aws_secret_access_key=stack["credentials"]["secret_access_key"],
        ).Table(stack["table"])

    def read(self, phone: str) -> Record:
        """All of the customers who are known by this number, which should be one."""
        found = self._get("/customers", identifier_type="phone", identifier=phone)["items"]
        ids = [customer["customer_id"] for customer in found]
        entries = [entry for one in ids for entry in self._all(f"/customers/{one}/timeline")]
        return Record(
            customer_ids=ids,
            interactions=Counter(entry["interaction_id"] for entry in entries if entry["source"] == self._run),
            ended=Counter(entry["contact_id"] for entry in entries if entry["kind"] == "contact"),
            facts=self._facts(ids),
            cases=Counter(case["case_id"] for one in ids for case in self._all(f"/customers/{one}/cases")),
            journeys=Counter(entry["body"] for entry in entries if entry["kind"] == "journey"),
            counters=self._counters(phone, ids),
        )

    def _facts(self, ids: list[str]) -> dict[str, set[str]]:
        facts: dict[str, set[str]] = {}
        for one in ids:
            for name, fact in self._get(f"/customers/{one}/facts")["facts"].items():
                facts.setdefault(name, set()).update(entry["value"] for entry in (fact, *fact["earlier"]))
        return facts

    def _counters(self, phone: str, ids: list[str]) -> dict[str, tuple[int, int]]:
        owners = {item["SK"]: item for item in self._collection(keys.identifier("phone", "", phone))}
        head = owners.pop(keys.IDENTIFIER_HEAD, {"owners": 0})
        counters = {"owners": (int(head["owners"]), len(owners))}
        for one in ids:
            items = self._collection(keys.customer(one))
            profile = next(item for item in items if item["SK"] == keys.PROFILE)
            live = _statuses(items, keys.LIVE_CONTACTS, keys.PAST_CONTACTS)["live"]
            opened = _statuses(items, keys.ALL_CASES)["open"]
            counters |= {
                f"live_contacts of {one}": (int(profile["live_contacts"]), live),
                f"open_cases of {one}": (int(profile["open_cases"]), opened),
            }
        return counters

    def _collection(self, key: str) -> list[Json]:
        """Everything below one partition key, strongly consistent."""
        items: list[Json] = []
        more: Json = {}
        while True:
            page = self._table.query(
                KeyConditionExpression="PK = :key",
                ExpressionAttributeValues={":key": key},
                ConsistentRead=True,
                **more,
            )
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                return items
            more = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _all(self, path: str) -> Iterator[Json]:
        query: dict[str, Any] = {"limit": PAGE}
        while True:
            page = self._get(path, **query)
            yield from page["items"]
            if page["next"] is None:
                return
            query["cursor"] = page["next"]

    def _get(self, path: str, **query: Any) -> Json:
        answer: Json = self._desk.get(path, params=query).raise_for_status().json()
        return answer


def _statuses(items: list[Json], *bands: str) -> Counter[str]:
    """How many items of these bands there are in each status."""
    return Counter(item["status"] for item in items if item["SK"].startswith(bands))
