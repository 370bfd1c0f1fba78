"""What the API accepted during the hour, person by person: what its record must hold afterwards."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from chalicelib.models import keys

Json = dict[str, Any]


@dataclass
class Account:
    """What was accepted of one person; what was `sent` may be there, too, though its answer was not heard."""

    customer_ids: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    interactions: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    cases: set[str] = field(default_factory=set)
    journeys: set[str] = field(default_factory=set)
    facts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


@dataclass
class Ledger:
    """Everything of one run. `run` names it: it is the source of its interactions."""

    run: str
    accounts: dict[str, Account] = field(default_factory=lambda: defaultdict(Account))
    answers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def belongs(self, phone: str, customer_id: str | None) -> None:
        """The API said whose a number is; that it could not say is an answer as well, and a wrong one."""
        self.accounts[phone].customer_ids.add(customer_id or "nobody")

    def sends(self, phone: str, event_id: str) -> None:
        """An interaction is on its way; its id follows from what the sender calls it."""
        self.accounts[phone].sent.add(keys.derived_id("event", self.run, event_id))

    def captured(self, phone: str, event_id: str, answer: Json) -> None:
        """An interaction was accepted; each delivery of one event must be given the same id."""
        self.answers[event_id].add(answer["interaction_id"])
        self.accounts[phone].interactions.add(answer["interaction_id"])

    def told(self, phone: str, facts: dict[str, str]) -> None:
        for name, value in facts.items():
            self.accounts[phone].facts[name].add(value)

    @property
    def interactions(self) -> int:
        return sum(len(account.interactions) for account in self.accounts.values())

    @property
    def facts(self) -> int:
        return sum(len(values) for account in self.accounts.values() for values in account.facts.values())
