"""The people who get in touch, and what they say: invented, as many as are needed, each always the same.

Their telephone numbers are of the North American 555-01xx range, which is kept free for fiction.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

PEOPLE = 80_000
FIRST_NAMES = ("Aminata", "Bryn", "Chiara", "Dougal", "Elif", "Fintan", "Gwendolyn", "Hamza", "Ingrid", "Joaquim")
LAST_NAMES = ("Abernathy", "Bielawski", "Castellane", "Drummond", "Estrada", "Fitzwilliam", "Gunnarsson", "Hollis")
OLDEST = date(1941, 3, 2)
REASONS = (
    "slow broadband since Tuesday",
    "a bill charged twice",
    "parcel never arrived",
    "moving house in spring",
)
PAGES = ("Bills and payments", "Line test", "Moving home", "Order status")
MESSAGES = (
    "Is there any news about my parcel from last week?",
    "The line drops every evening around eight, please help.",
    "You have taken the money twice and nobody answers.",
)
PER_AREA = 100  # 555-0100 to 555-0199 in each area code
FIRST_AREA = 200


@dataclass(frozen=True)
class Person:
    """Somebody who may get in touch; `account` is what the business calls them, if it knows them."""

    number: int

    @property
    def name(self) -> str:
        first, last = FIRST_NAMES[self.number % len(FIRST_NAMES)], LAST_NAMES[self.number % len(LAST_NAMES)]
        return f"{first} {last}"

    @property
    def phone(self) -> str:
        area, line = divmod(self.number % PEOPLE, PER_AREA)
        return f"+1{FIRST_AREA + area}55501{line:02}"

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}.{self.number}@example.net"

    @property
    def account(self) -> str:
        return str(70_000_000 + self.number)

    @property
    def born(self) -> str:
        return (OLDEST + timedelta(days=self.number * 97 % 20_000)).isoformat()

    @property
    def postcode(self) -> str:
        return f"ZX{self.number % 90 + 1} {self.number // 90 % 10}QK"


def first_of(run: str) -> int:
    """The number of the first person of a run; the others follow. Another run has others, as far as they go."""
    return Random(run).randrange(PEOPLE)  # noqa: S311 - chance, not a secret
