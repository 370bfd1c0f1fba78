"""People over voice, email, SMS and chat: does each contact land on the right customer, and on no other?"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path

from tqdm import tqdm

from infra.evaluate import ivr
from infra.evaluate.frame import Evaluation, Fresh, Predictions, Row, Table, find_lines
from infra.evaluate.product import Json, Product, Refused

FOLDER = "multichannel"
SOURCE = "evaluation"
NEED = ["postcode", "name", "date_of_birth"]
LONGEST_BODY = 90_000
NO_MATCH: Json = {"result": "none", "confidence": 0.0, "reasons": []}


@dataclass
class Replay:
    """The product, what has been fed to it, and where what was made of each interaction can be read."""

    product: Product
    data: Path
    contacts: dict[str, str] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)


def predict(data: Path, fresh: Fresh) -> Iterator[tuple[str, Row]]:
    """Imports the CRM, feeds all interactions in time order, and only then reads what became of each."""
    interactions = sorted(find_lines(data / FOLDER, "interactions") or [], key=lambda row: (row["ts"], row["id"]))
    with fresh() as running:
        for row in tqdm(find_lines(data / FOLDER, "crm_seed") or [], "  importing the CRM", disable=None):
            import_customer(running, row)
        replay = Replay(running, data)
        for row in tqdm(interactions, "  feeding interactions", disable=None):
            running.clock.at = datetime.fromisoformat(row["ts"])
            feed(replay, row)
        crm_ids: dict[str, str | None] = {}
        for row in tqdm(interactions, "  reading them back", disable=None):
            yield FOLDER, decided(replay, row["id"], crm_ids)


def import_customer(running: Product, row: Row) -> None:
    """As an admin would: what the CRM holds about a customer, the business has verified."""
    ids = {"crm": row["customer_id"], "phone": row["phone"], "email": row["email"]}
    name = f"{row['name_first']} {row['name_last']}"
    told = {"date_of_birth": row["dob"], "postcode": row["postcode"], "name": name}
    customer = {
        "name": name,
        "identifiers": [{"type": type_, "value": id_, "verified": True} for type_, id_ in ids.items() if id_],
        "facts": {fact: _fact(value, "crm", verified=True) for fact, value in told.items() if value},
    }
    try:
        running.call("admin", "POST", "/customers", customer)
    except Refused as reason:
        tqdm.write(f"  imported without what it is known by: {reason}")
        known_by = [{"type": "crm", "value": row["customer_id"], "verified": True}]
        running.call("admin", "POST", "/customers", {"name": name, "identifiers": known_by})


def feed(replay: Replay, row: Row) -> None:
    """Hands an interaction over as its channel would; one that is refused stays without a customer."""
    try:
        CHANNELS[row["channel"]](replay, row)
    except Refused as reason:
        tqdm.write(f"  {row['id']}: {reason}")


def feed_voice(replay: Replay, row: Row) -> None:
    """The call arrives, the caller is asked, what was understood is saved, the call ends."""
    caller = row["caller_number"] or "anonymous"
    contact_id = _start(replay, "ivr", row, {"from": _phone(caller), "to": _phone(row["dialled"])})
    _save(replay, "ivr", contact_id, hear(row), "ivr")
    replay.product.call("ivr", "POST", f"/contacts/{contact_id}/end", {})


def hear(row: Row) -> dict[str, str | None]:
    """The facts that the IVR makes of what a caller said; None where it is not sure."""
    asked: dict[str, list[list[str]]] = defaultdict(list)
    for turn in row["spoken"]:
        asked[turn["asked"]].append(turn["nbest"])
    return {
        "postcode": ivr.read_postcode(asked["postcode"]),
        "name": ivr.read_name(asked["name"]),
        "date_of_birth": ivr.read_date(asked["dob"]),
    }


def feed_chat(replay: Replay, row: Row) -> None:
    """The visitor fills in the form, which proves nothing, and writes; each message is an interaction."""
    contact_id = _start(replay, "portal", row, {})
    form = row["form"]
    _save(replay, "portal", contact_id, {name: form.get(name) for name in ("email", "phone", "name")}, "web_form")
    for number, turn in enumerate(row["turns"]):
        message = {
            "contact_id": contact_id,
            "direction": "inbound" if turn["s"] == "customer" else "outbound",
            "source_event_id": f"{row['id']}-{number}",
            "body": turn["x"],
        }
        _capture(replay, row, message)
    replay.product.call("agent", "POST", f"/contacts/{contact_id}/end", {})


def feed_sms(replay: Replay, row: Row) -> None:
    message = {"from": _phone(row["from"]), "to": _phone(row["to"]), "body": row["body"]}
    replay.events[row["id"]] = _capture(replay, row, message | {"source_event_id": row["id"]})


def feed_email(replay: Replay, row: Row) -> None:
    message = {
        "from": {"type": "email", "value": parseaddr(row["from"])[1]},
        "to": {"type": "email", "value": parseaddr(row["to"])[1]},
        "source_event_id": row["message_id"],
        "subject": row["subject"],
        "body": _body(replay.data / row["body_file"]),
        "in_reply_to": row["in_reply_to"],
    }
    replay.events[row["id"]] = _capture(replay, row, {name: value for name, value in message.items() if value})


CHANNELS = {"voice": feed_voice, "chat": feed_chat, "sms": feed_sms, "email": feed_email}


def decided(replay: Replay, id_: str, crm_ids: dict[str, str | None]) -> Row:
    """What the store says of an interaction now."""
    call = replay.product.call
    case_id: str | None = None
    found: Json = {"customer_id": None, "match": NO_MATCH, "assurance": 0}
    if event_id := replay.events.get(id_):
        found = call("agent", "GET", f"/interactions/{event_id}")
        case_id = found["case_id"]
        replay.contacts.update({id_: found["contact_id"]} if found["contact_id"] else {})
    if contact_id := replay.contacts.get(id_):
        pop = call("agent", "GET", f"/contacts/{contact_id}/screen-pop")
        found = pop | {"customer_id": pop["contact"]["customer_id"]}
        case_id = case_id or pop["contact"]["case_id"]
    customer_id = found["customer_id"]
    return {
        "id": id_,
        "customer_id": customer_id,
        "crm_id": _crm_id(replay.product, customer_id, crm_ids) if customer_id else None,
        "match": found["match"],
        "assurance": found["assurance"],
        "case_id": case_id,
    }


def _crm_id(running: Product, customer_id: str, known: dict[str, str | None]) -> str | None:
    if customer_id not in known:
        listed = running.call("agent", "GET", f"/customers/{customer_id}/identifiers")["items"]
        known[customer_id] = next((one["received"] for one in listed if one["type"] == "crm"), None)
    return known[customer_id]


def _start(replay: Replay, role: str, row: Row, ends: Json) -> str:
    contact = {
        "channel": row["channel"],
        "provider": SOURCE,
        "provider_contact_id": row["id"],
        "started_at": row["ts"],
        "need": NEED,
    }
    contact_id = str(replay.product.call(role, "POST", "/contacts", contact | ends)["contact_id"])
    replay.contacts[row["id"]] = contact_id
    return contact_id


def _save(replay: Replay, role: str, contact_id: str, said: dict[str, str | None], source: str) -> None:
    """Saves what can be saved. A fact that is refused is left out, as a form or an IVR would leave it out."""
    facts = {name: _fact(value, source) for name, value in said.items() if value and value.strip()}
    path = f"/contacts/{contact_id}/facts"
    if not facts:
        return
    try:
        replay.product.call(role, "PATCH", path, {"facts": facts})
    except Refused:
        for name, fact in facts.items():
            _save_one(replay, role, path, {name: fact})


def _save_one(replay: Replay, role: str, path: str, fact: Json) -> None:
    try:
        replay.product.call(role, "PATCH", path, {"facts": fact})
    except Refused as reason:
        tqdm.write(f"  left out: {reason}")


def _capture(replay: Replay, row: Row, message: Json) -> str:
    whole = {"channel": row["channel"], "occurred_at": row["ts"], "source": SOURCE, "kind": "message"} | message
    return str(replay.product.call("portal", "POST", "/interactions", whole)["interaction_id"])


def _body(path: Path) -> str | None:
    """The mail's text as far as an interaction takes it: here only who wrote counts."""
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8", errors="replace")[:LONGEST_BODY]
    return "".join(char if char.isprintable() or char in "\n\t" else " " for char in text)


def _phone(value: str) -> Json:
    return {"type": "phone", "value": value}


def _fact(value: str, source: str, *, verified: bool = False) -> Json:
    return {"value": value, "source": source, "verified": verified}


def score(data: Path, made: Predictions) -> Table | None:
    """Right, wrong and apart for each kind of evidence and trap."""
    truth = find_lines(data / FOLDER, "truth")
    crm_truth = find_lines(data / FOLDER, "crm_truth")
    if truth is None or crm_truth is None:
        return None
    verdicts = judge(made[FOLDER], truth, {row["customer_id"]: row["person"] for row in crm_truth})
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in truth:
        key = ("+".join(row["evidence"]) or "none", row["trap"] or "")
        counts[key][verdicts[row["id"]]] += 1
    lines: list[tuple[object, ...]] = []
    for (evidence, trap), found in sorted(counts.items(), key=lambda item: (item[0][1], item[0][0])):
        total = sum(found.values())
        lines.append(
            (evidence, trap, total, found["right"], found["wrong"], found["apart"], found["right"] / total)
        )
    columns = ("evidence", "trap", "n", "right", "wrong", "apart", "right/n")
    return Table("multichannel: on whose record each interaction ended", columns, lines)


def judge(rows: list[Row], truth: list[Row], crm: dict[str, str]) -> dict[str, str]:
    """The verdict on each interaction, in the order of the rows, which is time order.

    Wrong: on a customer that is, or already holds, somebody else. Right: on the person's own CRM record,
    or with what the person said before, or, for who was never met, on a record of their own.
    """
    persons: dict[str, str] = {row["id"]: row["person"] for row in truth}
    imported = set(crm.values())
    holds: dict[str, set[str]] = defaultdict(set)
    met: set[str] = set()
    verdicts: dict[str, str] = {}
    for row in rows:
        person, customer_id = persons[row["id"]], row["customer_id"]
        if customer_id is None:
            verdicts[row["id"]] = "apart"
            continue
        others = holds[customer_id] | ({crm.get(row["crm_id"], "?")} if row["crm_id"] else set())
        if others - {person}:
            verdicts[row["id"]] = "wrong"
        elif others or (person not in met and person not in imported):
            verdicts[row["id"]] = "right"
        else:
            verdicts[row["id"]] = "apart"
        holds[customer_id].add(person)
        met.add(person)
    return verdicts


EVALUATION = Evaluation(FOLDER, (f"{FOLDER}/crm_seed.jsonl*", f"{FOLDER}/interactions.jsonl*"), predict, score)
