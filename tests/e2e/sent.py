"""What the end-to-end tests send, and whether any of it is in a log of the stack."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import phonenumbers

HARMLESS = frozenset(
    {
        # the API's own words
        *("by", "channel", "direction", "identifier_type", "kind", "language", "may_be_told", "need", "priority"),
        *("disposition", "pending_on", "provider", "relation", "source", "status", "type", "verified"),
        # ids and positions: logs name records
        *("case_id", "contact_id", "cursor", "customer_id", "limit", "provider_contact_id"),
        *("not_customer_id", "other_customer_id", "other_case_id", "interaction_ids"),
        # who works on what: the audit names its agents
        *("owner", "team", "agent_id", "queue"),
        # times: of events, not of people
        *("collected_at", "occurred_at", "since", "started_at", "until", "at", "sent_at", "given_at"),
        # what a browser says of itself, and of its form
        *("device", "field", "key", "role", "size"),
        # what Amazon Connect's event says of itself
        *("Channel", "ContactId", "InitialContactId", "InitiationMethod", "InstanceARN", "LanguageCode"),
        *("MediaStreams", "Name", "PreviousContactId", "Type", "initiationMethod"),
        # and EventBridge's
        *("ARN", "account", "agentArn", "instanceArn", "queueArn", "region"),
    }
)
"""Fields whose values are nobody's: not looked for."""

SHORTEST = 4
"""Shorter values are in every log by chance."""
WORD = 6
"""Characters: what is shorter is looked for as a word, for ids have all sorts of beginnings in them."""
RANDOM_ID = re.compile(r"\b(?:[0-9a-f]{32}|[0-9a-z]{26}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")
"""Ids that are made up: among thousands, one has the digits of somebody's birthday in it."""
BEGINNING = 30
"""Of a long text: a log that cuts it off leaks all the same."""
DIGITS_OF_A_PHONE = 7

Json = dict[str, Any]


class Sent:
    """Collects values while tests run; one for each of pytest's workers."""

    def __init__(self) -> None:
        self.values: set[str] = set()

    def note(self, content: Any) -> None:
        """Remembers every text in some JSON, but for the harmless ones."""
        self.values.update(value for value in _texts(content) if len(value.strip()) >= SHORTEST)

    def note_request(self, request: httpx.Request) -> None:
        """An httpx event hook."""
        self.note(dict(request.url.params))
        try:
            self.note(json.loads(request.content or b"null"))
        except ValueError:
            self.note(request.content.decode(errors="replace"))

    def note_invocation(self, params: Json, **_more: Any) -> None:
        """A botocore event hook."""
        self.note(json.loads(params["Payload"]))

    def note_secrets(self, description: Json) -> None:
        """What lets somebody in."""
        self.note([description["tokens"], description["credentials"]["secret_access_key"]])

    def save(self, file: Path) -> None:
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(sorted(self.values)))


SENT = Sent()
"""Everything that this process has sent."""


def leaks(logs: Path, values: Iterable[str]) -> list[str]:
    """Where one of the values is in a log, in whatever form: "file: value"."""
    found = []
    for log in sorted(path for path in logs.rglob("*") if path.is_file()):
        text = RANDOM_ID.sub(" ", log.read_text(errors="replace").lower())
        squeezed = re.sub(r"[\s().-]", "", text)
        found += [f"{log.name}: {value}" for value in sorted(values) if _is_in(text, squeezed, value)]
    return found


def _is_in(text: str, squeezed: str, value: str) -> bool:
    code = (
        value.isdigit() and len(value) < DIGITS_OF_A_PHONE
    )  # the milliseconds of a day have its digits somewhere
    if len(value.strip()) < WORD or code:
        return bool(re.search(rf"(?<!\w){re.escape(value.strip().lower())}(?!\w)", text))
    number = _national_number(value)
    return any(form in text for form in _spellings(value)) or bool(number and number in squeezed)


def _spellings(value: str) -> set[str]:
    """As it is, as JSON writes it, as a form would, and how a long one begins."""
    plain = value.strip().lower()
    escaped = json.dumps(plain)[1:-1]
    return {plain, escaped, plain[:BEGINNING], escaped[:BEGINNING], plain.replace("-", "").replace(" ", "")}


def _national_number(value: str) -> str:
    """The digits that every way to write a telephone number has, or nothing."""
    if not re.fullmatch(r"\+?[\d\s().-]+", value) or sum(map(str.isdigit, value)) < DIGITS_OF_A_PHONE:
        return ""
    try:
        number = str(phonenumbers.parse(value, "GB").national_number)
    except phonenumbers.NumberParseException:
        return ""
    return number if len(number) >= DIGITS_OF_A_PHONE else ""


def _texts(content: Any, field: str = "") -> Iterator[str]:
    if field in HARMLESS:
        return
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _texts(value, name)
    elif isinstance(content, (list, tuple, set)):
        for value in content:
            yield from _texts(value, field)
    elif isinstance(content, str):
        yield content
