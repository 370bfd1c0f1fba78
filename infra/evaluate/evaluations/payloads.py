"""Real payloads of providers: which does the product take in, and what does it make of them?"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from chalicelib.channels.registry import find_channel
from chalicelib.errors import BadInput, NotFound, ThroughlineError
from chalicelib.models import store
from chalicelib.models.inbound import JSON, RawRequest
from chalicelib.models.requests.contacts import ReportContact
from chalicelib.rules.access import Caller, Role
from chalicelib.runtime import get_deps
from chalicelib.services.contacts.capture import interaction_id_for
from chalicelib.services.contacts.contacts import contact_id_for
from chalicelib.services.inbound import inbox
from chalicelib.services.inbound.arrivals import arrivals
from infra.evaluate.envelopes import flow_event
from infra.evaluate.frame import Evaluation, Fresh, Predictions, Row, Table
from infra.evaluate.product import Json, Product

FOLDERS = ("aws_events", "connect_docs", "connect_flows", "whatsapp", "line")
ACCEPTED, IGNORED, REJECTED, UNSUPPORTED = "accepted", "ignored", "rejected", "unsupported"
CONNECT = "amazon_connect"
STANDING_IN = {"outcome": "interaction", "from": "ada@example.com", "text": "Where is it?", "date": None}
CALLER, CALLED = "+441632960111", "+441632960000"


@dataclass(frozen=True)
class Result:
    """What became of a payload; `channel` and the counts are of what it made."""

    outcome: str
    channel: str | None = None
    interactions: int = 0
    contacts: int = 0


@dataclass(frozen=True)
class Source:
    """One kind of payload that the product has a way in for: how to tell it, and how to hand it over."""

    is_one: Callable[[Any], bool]
    feed: Callable[[Product, str, Any], Result]


def predict(data: Path, fresh: Fresh) -> Iterator[tuple[str, Row]]:
    """Hands each file over as its provider would, in the order of their names."""
    paths = sorted(path for folder in FOLDERS for path in (data / folder).rglob("*.json"))
    with fresh() as running:
        for path in tqdm(paths, "  feeding payloads", disable=None):
            name = path.relative_to(data).as_posix()
            made = _feed(running, name, path)
            yield (
                "payloads",
                {
                    "path": name,
                    "outcome": made.outcome,
                    "channel": made.channel,
                    "interactions": made.interactions,
                    "contacts": made.contacts,
                },
            )


def _feed(running: Product, name: str, path: Path) -> Result:
    try:
        payload = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return Result(REJECTED)
    source = next((source for source in SOURCES if source.is_one(payload)), None)
    return source.feed(running, name, payload) if source else Result(UNSUPPORTED)


def _is_flow_event(payload: Any) -> bool:
    """An Amazon Connect flow's call of a Lambda function."""
    return isinstance(payload, dict) and isinstance(payload.get("Details"), dict)


def _feed_flow_event(running: Product, _name: str, event: Any) -> Result:
    answers = [running.invoke(function, event) for function in ("connect_lookup", "connect_save_facts")]
    return _result(answers)


def _is_flow(payload: Any) -> bool:
    """An exported flow, in the older format or in the flow language."""
    return isinstance(payload, dict) and ("modules" in payload or "Actions" in payload)


def _feed_flow(running: Product, name: str, flow: Any) -> Result:
    """One call runs through the flow and meets each of its Lambda blocks."""
    calls = [flow_event(name, CALLER, CALLED, parameters) for parameters in _lambda_blocks(flow)]
    if not calls:
        return Result(IGNORED)  # it never calls us: there is nothing to take in
    return _result([running.invoke("connect_lookup", event) for event in calls])


def _lambda_blocks(flow: Json) -> Iterator[dict[str, str]]:
    """What each block that calls a Lambda function passes to it."""
    for module in flow.get("modules", []):
        if module.get("type") == "InvokeExternalResource" and module.get("target") == "Lambda":
            given = (one for one in module.get("parameters", []) if one.get("name") == "Parameter")
            yield {one["key"]: str(one.get("value", "")) for one in given}
    for action in flow.get("Actions", []):
        if action.get("Type") == "InvokeLambdaFunction":
            yield dict(action.get("Parameters", {}).get("LambdaInvocationAttributes", {}))


def _result(answers: list[Json]) -> Result:
    """Accepted unless a function failed; what was made is read from the store, not from the answers."""
    if any(answer["reason"] in {"internal_error", "unavailable"} for answer in answers):
        return Result(REJECTED)
    return _made({answer["contact_id"] for answer in answers if answer["contact_id"]})


def _made(ids: set[str]) -> Result:
    """What the store has of these contacts."""
    contacts = [contact for contact in map(store.find_contact, sorted(ids)) if contact]
    interactions = sum(_interactions(contact.customer_id, contact.contact_id) for contact in contacts)
    return Result(ACCEPTED, contacts[0].channel if contacts else None, interactions, len(contacts))


def _interactions(customer_id: str | None, contact_id: str) -> int:
    """How many entries a contact has, on its customer's timeline or on its own."""
    try:
        if customer_id:
            return sum(entry.contact_id == contact_id for entry in store.get_customer(customer_id).timeline)
        return len(store.get_contact_with_timeline(contact_id)[1])
    except NotFound:
        return 0


def _is_told_by_connect(payload: Any) -> bool:
    """Something of which Amazon Connect's channel makes something."""
    try:
        return bool(find_channel(CONNECT).parse(_raw("/some.json", payload)))
    except BadInput:
        return False


def _feed_connect(_running: Product, name: str, payload: Any) -> Result:
    """What AWS hands over, past archive and queue, of which there are none here."""
    deps, channel, raw = get_deps(), find_channel(CONNECT), _raw(name, payload)
    try:
        inbox.take_in(deps, channel, raw, name, f"evaluation/{name}")
    except ThroughlineError:
        return Result(REJECTED)
    told = [one for one in channel.parse(raw) if isinstance(one, ReportContact)]
    return _made({contact_id_for(one.provider, one.provider_contact_id) for one in told})


def _raw(name: str, payload: Any) -> RawRequest:
    """As it is handed over: Contact Lens names a file after its contact, of which some say nothing inside."""
    content, contact = json.dumps(payload).encode(), name.rpartition("/")[2].removesuffix(".json")
    url = f"aws:{CONNECT}/Analysis/{contact}_analysis_2026-11-22T09_00_00Z.json"
    return RawRequest("EVENT", url, {"content-type": JSON}, content, datetime.now(UTC))


def _tells_of_mail(payload: Any) -> bool:
    """What reaches the function that takes in mail: on AWS only the mail bucket's events do."""
    return bool(list(arrivals(payload, "mail")))


def _feed_mail(_running: Product, name: str, payload: Any) -> Result:
    """The mails themselves are not in what tells of them: one of ours stands in for each."""
    deps, channel = get_deps(), find_channel("email")
    found = 0
    for bucket, key in arrivals(payload, "mail"):
        content = json.dumps(STANDING_IN).encode()
        raw = RawRequest("EVENT", f"s3://{bucket}/{key}", {"content-type": JSON}, content, datetime.now(UTC))
        try:
            inbox.take_in(deps, channel, raw, name, f"evaluation/{name}")
        except ThroughlineError:
            return Result(REJECTED)
        made = interaction_id_for(Caller(Role.IVR, channel.name), channel.name, key.rpartition("/")[2])
        found += store.find_event(made) is not None
    return Result(ACCEPTED, channel.name, found)


SOURCES = (
    Source(_is_flow_event, _feed_flow_event),
    Source(_is_flow, _feed_flow),
    Source(_is_told_by_connect, _feed_connect),
    Source(_tells_of_mail, _feed_mail),
)
"""A channel that the product learns to speak adds its own here."""


def score(_data: Path, made: Predictions) -> Table:
    """The payloads are all valid, so how many are accepted needs no truth."""
    counts = Counter((row["path"].split("/")[0], row["outcome"]) for row in made["payloads"])
    outcomes = (ACCEPTED, IGNORED, UNSUPPORTED, REJECTED)
    folders = sorted({folder for folder, _ in counts})
    lines = [(folder, *(counts[folder, outcome] for outcome in outcomes)) for folder in folders]
    return Table("payloads: files by what became of them", ("folder", *outcomes), lines)


EVALUATION = Evaluation("payloads", FOLDERS, predict, score, any_of=True)
