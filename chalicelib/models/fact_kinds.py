"""The kinds of facts: a new one is one more line in `FACT_KINDS`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chalicelib.errors import BadInput
from chalicelib.models import identifiers
from chalicelib.rules.masking import KEYED_IN, mask
from chalicelib.rules.text import is_one_line

MAX_LENGTH = 1_000
REGION_LETTERS = 2


@dataclass(frozen=True, slots=True)
class FactKind:
    """How facts of one name are read, kept and shown.

    `identifies` is the type of identifier that the value is, if any. `speak_at` is the assurance
    (0-3) from which a flow may be given the value; below it, it learns only that it is known.
    `lifetime` is how long a value stays true; None means until a newer one comes. After `fresh_for`, where it was
    verified, or `claimed_fresh_for`, where it was not, it is to be confirmed: people move, and change their
    numbers. `free_text` may hold anything, so card and social security numbers are masked in it; what is not
    `kept` is taken in, and forgotten at once.
    """

    name: str
    normalise: Callable[[str, str | None], str]
    sensitivity: str
    speak_at: int
    lifetime: timedelta | None = None
    fresh_for: timedelta | None = None
    claimed_fresh_for: timedelta | None = None
    identifies: str | None = None
    free_text: bool = False
    kept: bool = True

    def receive(self, value: str) -> str:
        """The value as it was received, as far as that may be kept."""
        return mask(" ".join(value.split()), KEYED_IN).text if self.free_text else value

    def read(self, value: str, region: str | None) -> str:
        """The value in its one form. Raises `BadInput` at `value`."""
        if not value.strip():
            raise BadInput.at("value", "is empty")
        if len(value) > MAX_LENGTH:
            raise BadInput.at("value", f"is longer than {MAX_LENGTH} characters")
        return self.normalise(value, region)

    def due(self, collected_at: datetime, *, verified: bool) -> datetime | None:
        """When the value is to be confirmed; None: as long as it is known."""
        fresh_for = self.fresh_for if verified else self.claimed_fresh_for
        return collected_at + fresh_for if fresh_for else None

    def expires(self, collected_at: datetime) -> datetime | None:
        return collected_at + self.lifetime if self.lifetime else None


def _identifier(type_: str) -> Callable[[str, str | None], str]:
    def read(value: str, region: str | None) -> str:
        return identifiers.normalise(type_, value, region=region).value

    return read


def _text(longest: int) -> Callable[[str, str | None], str]:
    def read(value: str, _region: str | None) -> str:
        text = " ".join(value.split())
        if len(text) > longest:
            raise BadInput.at("value", f"is longer than {longest} characters")
        if not is_one_line(text):
            raise BadInput.at("value", "has control characters")
        return text

    return read


def _number(value: str, region: str | None) -> str:
    return _text(64)(value, region).replace(" ", "").upper()


def _date_of_birth(value: str, _region: str | None) -> str:
    """ISO 8601, with or without hyphens (what an IVR keys); nobody is unborn or over 130."""
    try:
        born = date.fromisoformat(value.strip())
    except ValueError as error:
        raise BadInput.at("value", "is not a date: write it as YYYY-MM-DD") from error
    today = datetime.now(UTC).date()
    if not date(today.year - 130, 1, 1) <= born <= today:
        raise BadInput.at("value", "is not a plausible date of birth")
    return born.isoformat()


def _postcode(value: str, _region: str | None) -> str:
    """Upper case, with the space where a British, Canadian or Dutch one has it: a keypad sends none."""
    code = " ".join(value.upper().split())
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9 -]{1,11}", code):
        raise BadInput.at("value", "is not a postcode: letters, digits, spaces and hyphens, 2 to 12 of them")
    squeezed = code.replace(" ", "").replace("-", "")
    parts = next((match for form in SPACED if (match := form.fullmatch(squeezed))), None)
    return " ".join(parts.groups()) if parts else code


def _language(value: str, _region: str | None) -> str:
    """A BCP 47 tag with its customary case: language, then an optional region or script."""
    tag = value.strip().replace("_", "-")
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", tag):
        raise BadInput.at("value", "is not a language tag such as en or pt-BR")
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(part.upper() if len(part) == REGION_LETTERS else part for part in rest)])


DAY = timedelta(days=1)
YEAR = 365 * DAY
# Postcodes that are written with a space in one place: British, Canadian, Dutch.
SPACED = (
    re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})"),
    re.compile(r"([A-Z][0-9][A-Z])([0-9][A-Z][0-9])"),
    re.compile(r"([0-9]{4})([A-Z]{2})"),
)

FACT_KINDS: dict[str, FactKind] = {
    kind.name: kind
    for kind in (
        FactKind("account_number", _identifier("account"), "personal", 1, identifies="account"),
        FactKind("date_of_birth", _date_of_birth, "secret", 3),
        FactKind("postcode", _postcode, "personal", 2, fresh_for=2 * YEAR, claimed_fresh_for=YEAR),
        FactKind("name", _text(200), "personal", 1),
        FactKind(
            "email",
            _identifier("email"),
            "personal",
            2,
            identifies="email",
            fresh_for=2 * YEAR,
            claimed_fresh_for=YEAR,
        ),
        FactKind(
            "phone",
            _identifier("phone"),
            "personal",
            2,
            identifies="phone",
            fresh_for=2 * YEAR,
            claimed_fresh_for=YEAR,
        ),
        FactKind("order_number", _number, "internal", 1, 90 * DAY),
        FactKind("case_number", _number, "internal", 1, 90 * DAY),
        FactKind("reason", _text(200), "internal", 1, DAY, free_text=True),
        FactKind("product", _text(200), "internal", 1, 30 * DAY, free_text=True),
        FactKind("language", _language, "internal", 0),
        FactKind("free_text", _text(MAX_LENGTH), "personal", 2, DAY, free_text=True),
        FactKind("card_number", _text(64), "secret", 3, kept=False),
        FactKind("one_time_code", _text(64), "secret", 3, kept=False),
    )
}
