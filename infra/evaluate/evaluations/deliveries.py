"""People over all channels by their providers' envelopes: the same as by the API, and doubled and shuffled too?"""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from random import Random

from tqdm import tqdm

from infra.evaluate.deliveries import Delivery, Way, by_api, enveloped
from infra.evaluate.evaluations.multichannel import FOLDER, Replay, decided, import_customer
from infra.evaluate.frame import Evaluation, Fresh, Predictions, Row, Table, find_lines
from infra.evaluate.product import Json, Product, Refused
from infra.evaluate.providers import providers

NAME = "deliveries"
PART = 1 if os.environ.get("WHOLE") else 40
"""One in so many, and all whom they share an identifier with: enough to see, and a minute."""
OF_INTERACTION = ("direction", "kind", "subject", "body", "attributes", "occurred_at", "in_reply_to")
OF_CONTACT = ("direction", "status", "phase", "started_at", "ended_at", "attributes", "need")
DECISION, CONTENT = ("whose", "match", "assurance", "case"), ("entry", "record")
"""What was decided when it came, and what is there at the end: the entry, and its customer's whole record."""

Order = Callable[[list[Delivery]], Iterable[Delivery]]


def in_time(deliveries: list[Delivery]) -> Iterable[Delivery]:
    """As things happen."""
    return sorted(deliveries, key=lambda one: one.at)


def doubled_and_shuffled(deliveries: list[Delivery]) -> Iterable[Delivery]:
    """Each twice; all of an hour come at its end, in any order."""
    dice = Random(0)  # noqa: S311 - chance, not a secret
    for hour, happened in groupby(in_time(deliveries), key=lambda one: one.at.replace(minute=0, second=0)):
        twice = [Delivery(hour + timedelta(hours=1), one.hand_over) for one in happened] * 2
        dice.shuffle(twice)
        yield from twice


RUNS: dict[str, tuple[Way, Order]] = {
    "api": (by_api, in_time),
    "envelopes": (enveloped, in_time),
    "again": (enveloped, doubled_and_shuffled),
}
COMPARED = {"envelopes": ("api", DECISION), "again": ("envelopes", (*DECISION, *CONTENT))}
"""Each run with which it is compared, and in what."""


def predict(data: Path, fresh: Fresh) -> Iterator[tuple[str, Row]]:
    """Everything once in each way, and whatever is not the same."""
    crm, happened = sample(
        find_lines(data / FOLDER, "crm_seed") or [], find_lines(data / FOLDER, "interactions") or []
    )
    ends = {name: run(data, fresh, crm, happened, how) for name, how in RUNS.items()}
    for name, (other, facets) in COMPARED.items():
        for row in happened:
            here, there = ends[name][row["id"]], ends[other][row["id"]]
            differs = {facet: [there[facet], here[facet]] for facet in facets if there[facet] != here[facet]}
            yield NAME, {"id": row["id"], "channel": row["channel"], "run": name, "differs": differs}


def sample(crm: list[Row], interactions: list[Row]) -> tuple[list[Row], list[Row]]:
    """Every so many rows, and whatever shares an identifier with one of them; the interactions in time order."""
    rows = [*crm, *interactions]
    known = [_identifiers(row) or {str(n)} for n, row in enumerate(rows)]
    chosen = _connected(known, set().union(*known[::PART]))
    kept = [bool(ids & chosen) for ids in known]
    people = [row for row, keep in zip(crm, kept, strict=False) if keep]
    happened = [row for row, keep in zip(interactions, kept[len(crm) :], strict=True) if keep]
    return people, sorted(happened, key=lambda row: (row["ts"], row["id"]))


def _identifiers(row: Row) -> set[str]:
    named = row | row.get("form", {})
    fields = ("phone", "email", "from", "caller_number", "message_id", "in_reply_to")
    return {str(named[field]).strip().lower() for field in fields if named.get(field)}


def _connected(known: Sequence[set[str]], chosen: set[str]) -> set[str]:
    while (wider := chosen.union(*(ids for ids in known if ids & chosen))) != chosen:
        chosen = wider
    return chosen


def run(data: Path, fresh: Fresh, crm: list[Row], happened: list[Row], how: tuple[Way, Order]) -> dict[str, Json]:
    """What became of each interaction, by its id, in words that two runs have in common."""
    way, order = how
    addresses = {row["to"].lower() for row in happened if row["channel"] == "email"}
    with providers(fresh, addresses) as world:
        running = world.product
        for row in tqdm(crm, "  importing the CRM", disable=None):
            import_customer(running, row)
        replay = Replay(running, data)
        deliveries = [one for row in happened for one in way(world, replay, row)]
        for delivery in tqdm(order(deliveries), "  delivering", len(deliveries), disable=None):
            running.clock.at = delivery.at
            try:
                delivery.hand_over()
            except Refused as reason:
                tqdm.write(f"  {reason}")
        return {row["id"]: row for row in _read_back(replay, happened)}


def _read_back(replay: Replay, happened: list[Row]) -> Iterator[Row]:
    crm_ids: dict[str, str | None] = {}
    names: dict[str, str] = {}
    records: dict[str, Json] = {}
    for row in happened:
        id_ = row["id"]
        try:
            found, entry = decided(replay, id_, crm_ids), _entry(replay, row)
        except Refused:  # nothing was made of it
            yield {"id": id_} | dict.fromkeys((*DECISION, *CONTENT))
            continue
        customer_id = found["customer_id"]
        if customer_id and customer_id not in records:
            names[customer_id] = found["crm_id"] or f"first met by {id_}"
            records[customer_id] = _record(replay.product, customer_id)
        yield {
            "id": id_,
            "whose": names.get(customer_id),
            "match": found["match"]["result"],
            "assurance": found["assurance"],
            "case": names.setdefault(found["case_id"], f"case of {id_}") if found["case_id"] else None,
            "entry": entry,
            "record": records.get(customer_id),
        }


def _entry(replay: Replay, row: Row) -> Json:
    call, id_ = replay.product.call, row["id"]
    if event_id := replay.events.get(id_):
        whole = call("agent", "GET", f"/interactions/{event_id}")
        wanted: Iterable[str] = OF_INTERACTION
        if row["channel"] == "sms":  # Twilio does not say when: it happened when it came first
            wanted = [name for name in wanted if name != "occurred_at"]
    elif contact_id := replay.contacts.get(id_):
        whole = call("agent", "GET", f"/contacts/{contact_id}/screen-pop")["contact"]
        # the API ends a chat when it is told to: it has no word for when that was
        wanted = [name for name in OF_CONTACT if row["channel"] != "chat" or name != "ended_at"]
    else:
        raise Refused(f"{id_} was not taken")
    return {name: whole[name] for name in wanted}


def _record(running: Product, customer_id: str) -> Json:
    """How much is on a customer's timeline, what is known of them, and by what they are known."""
    about = f"/customers/{customer_id}"
    facts = running.call("admin", "GET", f"{about}/facts")["facts"]
    known_by = running.call("admin", "GET", f"{about}/identifiers")["items"]
    timeline = running.call("admin", "GET", f"{about}/timeline?limit=100")["items"]
    return {
        "timeline": Counter(entry["channel"] for entry in timeline),
        "facts": {name: fact["value"] for name, fact in facts.items()},
        "known_by": sorted([one["type"], one["value"], one["verified"]] for one in known_by),
    }


def score(_data: Path, made: Predictions) -> Table:
    """How many of each channel are the same, and what is not: it needs no truth."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in made[NAME]:
        found = row["differs"].keys()
        counts[row["run"], row["channel"]].update(["n", *found, *([] if found else ["same"])])
    columns = ("n", "same", *DECISION, *CONTENT)
    lines = [
        (name, channel, *(found[column] for column in columns))
        for (name, channel), found in sorted(counts.items())
    ]
    return Table("deliveries: the same, and what differs", ("run", "channel", *columns), lines)


EVALUATION = Evaluation(NAME, (f"{FOLDER}/crm_seed.jsonl*", f"{FOLDER}/interactions.jsonl*"), predict, score)
