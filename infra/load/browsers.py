"""Who is signed in on a site tries to do something there, in vain: told in batches, late, twice, from two tabs."""

import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from locust import task
from locust.exception import RescheduleTask

from chalicelib.rules.journey_words import spoken
from infra.load.journeys import Player
from infra.load.ledger import Json
from infra.load.people import Person

PATH = "/journeys/events"
TIMES = {1: "once", 2: "twice", 3: "3 times"}
APART = timedelta(seconds=5)


class Browser(Player):
    """Has two tabs open, and a form that fails."""

    weight = 2

    @task
    def try_in_vain(self) -> None:
        """What it comes to is known: no batch may be lost, and none may count twice."""
        person, visit = self.centre.dice.choice(self.centre.known), self.centre.new_id()
        failures = self.centre.dice.randint(1, 3)
        events = _events(visit, failures)
        half = self.centre.dice.randint(0, len(events))
        token = self._token(person)
        batches = [
            self._batch(token, tab, told) for tab, told in enumerate((events[:half], events[half:])) if told
        ]
        sent = [one for one in batches for _ in range(self.centre.dice.choice((1, 1, 2)))]
        self.centre.dice.shuffle(sent)
        if not all(self._send(one) for one in sent):
            raise RescheduleTask  # it was counted as an error
        said = f"tried to {spoken(visit)}, failed {TIMES[failures]} at the postcode, gave up, on a desktop"
        self.centre.ledger.accounts[person.phone].journeys.add(said)

    def _token(self, person: Person) -> str:
        account = {"type": "account", "value": person.account}
        found = self.ask("portal", "POST", "/lookup", {"identifiers": [account]})
        self.centre.ledger.belongs(person.phone, found["customer_id"])
        return self.centre.issuer.token("visitor", f"browser-of-{person.account}", found["customer_id"])

    def _batch(self, token: str, tab: int, events: list[Json]) -> Json:
        return {
            "key": self.centre.stack["publishable_key"],
            "token": token,
            "channel": "portal",
            "screen": {"id": f"tab-{tab}", "device": "desktop"},
            "consent": {"journeys": True},
            "sent_at": datetime.now(UTC).isoformat(),
            "events": events,
        }

    def _send(self, batch: Json) -> bool:
        """As a beacon does: text, and no header that says who it is."""
        headers = {"Content-Type": "text/plain"}
        with self.client.request(
            "POST", PATH, name=PATH, data=json.dumps(batch), headers=headers, catch_response=True
        ) as response:
            taken = bool(response.status_code == HTTPStatus.ACCEPTED)
            if not taken:
                response.failure(f"answered with {response.status_code}")
            return taken


def _events(visit: str, failures: int) -> list[dict[str, Any]]:
    """One visit: it begins, fails so many times, and is given up now."""
    kinds = ["step", *["form_error"] * failures, "give_up"]
    first = datetime.now(UTC) - APART * len(kinds)
    return [
        {
            "id": f"{visit}-{number}",
            "type": kind,
            "at": (first + APART * number).isoformat(),
            "task": visit,
            "field": "postcode",
        }
        for number, kind in enumerate(kinds)
    ]
