"""What people do in the hour: one class for each kind of them, one task for each thing they do."""

from datetime import UTC, datetime
from typing import Any

import gevent
from locust import FastHttpUser, task
from locust.exception import RescheduleTask

from infra.connect_event import connect_event
from infra.load.centre import Centre
from infra.load.ledger import Json
from infra.load.people import MESSAGES, PAGES, REASONS, Person

PAUSE_SECONDS = 1.5
"""Between two things that one user does, on average; exponential, so that things happen as calls arrive."""
ACCEPTED = (200, 201)


class Player(FastHttpUser):
    """Base of all who play a part."""

    abstract = True
    centre: Centre
    network_timeout = connection_timeout = 30.0

    def wait_time(self) -> float:
        return self.centre.dice.expovariate(1 / PAUSE_SECONDS)

    def ask(self, role: str, method: str, path: str, body: Json | None = None, **options: Any) -> Json:
        """A call that the journey cannot go on without."""
        answer = self.attempt(role, method, path, body, **options)
        if answer is None:
            raise RescheduleTask  # it was counted as an error
        return answer

    def attempt(
        self, role: str, method: str, path: str, body: Json | None = None, *, route: str = "", key: str = ""
    ) -> Json | None:
        """A call; None where it was not accepted. `route` is what the report calls it, `key` makes it once."""
        headers = {"Authorization": f"Bearer {self.centre.stack['tokens'][role]}"}
        headers |= {"Idempotency-Key": key} if key else {}
        with self.client.request(
            method, path, name=route or path, json=body, headers=headers, catch_response=True
        ) as response:
            if response.status_code not in ACCEPTED:
                response.failure(f"answered with {response.status_code}")
                return None
            answer: Json = response.json()
            return answer

    def begin(self, person: Person, *, withheld: bool = False) -> Json:
        """A call begins; now and then the flow sends it twice."""
        body = {
            "channel": "voice",
            "provider": "load",
            "provider_contact_id": self.centre.new_id(),
            "from": {"type": "phone", "value": "anonymous" if withheld else person.phone},
            "to": {"type": "phone", "value": "+441632960000"},
            "need": ["account_number", "postcode", "reason"],
        }
        answers = self.deliver("ivr", "/contacts", body)
        for answer in answers if not withheld else []:
            self.centre.ledger.belongs(person.phone, answer["customer_id"])
        return answers[0]

    def save(self, person: Person, contact_id: str, facts: dict[str, str]) -> None:
        body = {"facts": {name: {"value": value, "source": "ivr"} for name, value in facts.items()}}
        path, route = f"/contacts/{contact_id}/facts", "/contacts/{id}/facts"
        answer = self.ask("ivr", "PATCH", path, body, route=route)
        self.centre.ledger.belongs(person.phone, answer["customer_id"])
        self.centre.ledger.told(person.phone, facts)

    def pop_and_end(self, person: Person, contact_id: str, **end: Any) -> None:
        """It is on the agent's screen, who then wraps it up."""
        pop = self.ask("agent", "GET", f"/contacts/{contact_id}/screen-pop", route="/contacts/{id}/screen-pop")
        self.centre.ledger.belongs(person.phone, pop["customer"]["customer_id"])
        body = {"disposition": "answered", "summary": "Told what was found out; will ring back."} | end
        self.ask("agent", "POST", f"/contacts/{contact_id}/end", body, route="/contacts/{id}/end")
        self.centre.ledger.accounts[person.phone].ended.add(contact_id)

    def capture(self, role: str, person: Person, about: Json) -> None:
        """Something happened, and is delivered once or more."""
        event = {
            "occurred_at": datetime.now(UTC).isoformat(),
            "source": self.centre.ledger.run,
            "source_event_id": self.centre.new_id(),
        }
        self.centre.ledger.sends(person.phone, event["source_event_id"])
        for answer in self.deliver(role, "/interactions", event | about):
            self.centre.ledger.captured(person.phone, event["source_event_id"], answer)
            if "contact_id" not in about:
                self.centre.ledger.belongs(person.phone, answer["customer_id"])

    def deliver(self, role: str, path: str, body: Json) -> list[Json]:
        """Most things are sent once, some again, some at the same time: answers of all that were accepted."""
        times = self.centre.dice.choices((1, 2, 3), (70, 20, 10))[0]
        if self.centre.heads():
            sent = [gevent.spawn(self.attempt, role, "POST", path, body) for _ in range(times)]
            answers = [one.get() for one in sent]
        else:
            answers = [self.attempt(role, "POST", path, body) for _ in range(times)]
        accepted = [answer for answer in answers if answer is not None]
        if not accepted:
            raise RescheduleTask
        return accepted


class Caller(Player):
    """Rings up: the flow asks, the agent answers."""

    weight = 4

    @task(5)
    def call(self) -> None:
        person = self.centre.somebody()
        contact_id = self.begin(person)["contact_id"]
        facts = {"postcode": person.postcode, "reason": self.centre.dice.choice(REASONS)}
        if person in self.centre.known:
            facts["account_number"] = person.account
        self.save(person, contact_id, facts)
        self.pop_and_end(person, contact_id)

    @task(1)
    def call_from_a_withheld_number(self) -> None:
        """What is said before anybody is known belongs to the customer that the account number names."""
        person = self.centre.dice.choice(self.centre.known)
        contact_id = self.begin(person, withheld=True)["contact_id"]
        said = {"channel": "voice", "contact_id": contact_id, "kind": "transcript", "body": "It is me again."}
        self.capture("ivr", person, said)
        self.save(person, contact_id, {"account_number": person.account, "date_of_birth": person.born})
        self.pop_and_end(person, contact_id)


class ConnectCaller(Player):
    """Rings up through Amazon Connect, whose flow invokes the two functions."""

    weight = 2

    @task
    def call(self) -> None:
        person, call = self.centre.somebody(), self.centre.new_id()
        self._invoke("connect_lookup", person, call, need="account_number,reason")
        reason = self.centre.dice.choice(REASONS)
        answer = self._invoke("connect_save_facts", person, call, reason=reason, postcode=person.postcode)
        self.centre.ledger.told(person.phone, {"reason": reason, "postcode": person.postcode})
        query = f"?provider=amazon-connect&provider_contact_id={call}"
        self.ask("agent", "GET", f"/screen-pop{query}", route="/screen-pop")
        self.pop_and_end(person, answer["contact_id"])

    def _invoke(self, function: str, person: Person, call: str, **parameters: str) -> dict[str, str]:
        answer = self.centre.invoke(self.environment, function, connect_event(call, person.phone, parameters))
        if answer is None:
            raise RescheduleTask
        self.centre.ledger.belongs(person.phone, answer["customer_id"])
        return answer


class Writer(Player):
    """Sends messages."""

    weight = 3

    @task(3)
    def text(self) -> None:
        person = self.centre.somebody()
        self._write(person, "sms", {"type": "phone", "value": person.phone})

    @task(1)
    def mail(self) -> None:
        person = self.centre.dice.choice(self.centre.known)
        self._write(person, "email", {"type": "email", "value": person.email})

    def _write(self, person: Person, channel: str, sender: Json) -> None:
        body = f"{self.centre.dice.choice(MESSAGES)} Yours, {person.name}"
        self.capture("portal", person, {"channel": channel, "kind": "message", "from": sender, "body": body})


class PortalUser(Player):
    """Tries to help themselves on the web site, signed in."""

    weight = 2

    @task
    def try_it_alone(self) -> None:
        person = self.centre.dice.choice(self.centre.known)
        account = {"type": "account", "value": person.account}
        for kind in ("page_viewed", "article_viewed", "self_service_failed")[: self.centre.dice.randint(1, 3)]:
            step = {"channel": "portal", "kind": kind, "from": account, "subject": self.centre.dice.choice(PAGES)}
            self.capture("portal", person, step)
        answer = self.ask("portal", "POST", "/lookup", {"identifiers": [account], "need": ["postcode", "reason"]})
        self.centre.ledger.belongs(person.phone, answer["customer_id"])


class Agent(Player):
    """Looks things up and works on cases."""

    weight = 2

    @task(3)
    def read(self) -> None:
        person = self.centre.dice.choice(self.centre.known)
        query = f"?identifier_type=phone&identifier=%2B{person.phone[1:]}"
        found = self.ask("agent", "GET", f"/customers{query}", route="/customers?identifier")["items"]
        for customer in found:
            self.centre.ledger.belongs(person.phone, customer["customer_id"])
            for part in ("timeline", "facts", "cases"):
                path, route = f"/customers/{customer['customer_id']}/{part}", f"/customers/{{id}}/{part}"
                self.ask("agent", "GET", path, route=route)

    @task(1)
    def work_on_a_case(self) -> None:
        """A case is opened, by a request that is sent again, and some are resolved by the next call."""
        person = self.centre.dice.choice(self.centre.known)
        contact = self.begin(person)
        path, body = f"/customers/{contact['customer_id']}/cases", {"subject": self.centre.dice.choice(REASONS)}
        key = self.centre.new_id()
        for _ in range(2):
            case = self.ask("agent", "POST", path, body, route="/customers/{id}/cases", key=key)
            self.centre.ledger.accounts[person.phone].cases.add(case["case_id"])
        resolved = self.centre.heads()
        self.pop_and_end(person, contact["contact_id"], case_id=case["case_id"], resolved=resolved)


PLAYERS: tuple[type[Player], ...] = (Caller, ConnectCaller, Writer, PortalUser, Agent)
