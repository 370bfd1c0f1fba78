"""A peer's rules for identifying and merging people, played on ours, to see where they differ (docs/adr/0014)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.evaluate.frame import Evaluation, Fresh, Predictions, Row, Table, read_lines
from infra.evaluate.product import Json, Product, Refused

FILE = "chatwoot_identity/rules.jsonl"
ELSEWHERE = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
"""Of another business: one deployment serves one, so there is no such customer here."""
SAID = {"name": "name", "email": "email", "phone": "phone"}
KNOWN_BY = {"email": "email", "phone": "phone", "identifier": "crm"}


def predict(data: Path, fresh: Fresh) -> Iterator[tuple[str, Row]]:
    """Plays each rule on a product of its own."""
    for rule in read_lines(data / FILE):
        with fresh() as running:
            played = _merged(running, rule) if "mergee" in rule else _identified(running, rule)
        yield "chatwoot_identity", {"id": rule["id"], **played}


def _identified(running: Product, rule: Row) -> Row:
    """Somebody who is known by a browser only says who they are, to the business's own web site."""
    people = {one["id"]: _customer(running, one) for one in rule.get("existing", [])}
    chat = {"channel": "chat", "provider": "web", "provider_contact_id": "chat-1"}
    begun = running.call("visitor", "POST", "/contacts", chat)
    who = rule["contact"]["id"]
    people[who] = begun["customer_id"]
    _change(running, people[who], rule["contact"].get("custom", {}))
    error = _say(running, begun["contact_id"], rule)
    customer_id = _customer_of(running, begun["contact_id"])
    if customer_id and not error:
        _change(running, customer_id, {k: v for part in ("custom", "additional") for k, v in _told(rule, part)})
        if identifier := rule["params"].get("identifier"):
            path = f"/customers/{customer_id}/identifiers"
            running.call("agent", "POST", path, {"type": "crm", "value": identifier})
    return _seen(running, people, customer_id, who) | {"error": error}


def _say(running: Product, contact_id: str, rule: Row) -> str | None:
    """Hands over what was said, all of it or, where the rule drops what is wrong, one by one; what was refused."""
    said = {name: rule["params"][given] for name, given in SAID.items() if rule["params"].get(given)}
    one_by_one = rule.get("options", {}).get("discard_invalid_attrs")
    for facts in [{name: value} for name, value in said.items()] if one_by_one else [said]:
        body = {"facts": {name: {"value": value, "source": "portal"} for name, value in facts.items()}}
        error = _tried(running, "portal", "PATCH", f"/contacts/{contact_id}/facts", body) if facts else None
        if error and not one_by_one:
            return error
    return None


def _merged(running: Product, rule: Row) -> Row:
    """One record is merged into another; then it is asked for both."""
    base, mergee = rule["base"], rule["mergee"]
    people = {base["id"]: _customer(running, base)}
    if mergee["id"] not in people:
        people[mergee["id"]] = ELSEWHERE if "account" in mergee else _customer(running, mergee)
    body = {"other_customer_id": people[mergee["id"]]}
    error = _tried(running, "agent", "POST", f"/customers/{people[base['id']]}/merges", body)
    return _seen(running, people, people[base["id"]], base["id"]) | {"error": error}


def _seen(running: Product, people: dict[str, str], customer_id: str | None, who: str) -> Row:
    """What is known of whom it is, and which records cannot be read any more."""
    names = {id_: name for name, id_ in people.items()}
    gone = [name for name, id_ in people.items() if _tried(running, "agent", "GET", f"/customers/{id_}")]
    found = running.call("agent", "GET", f"/customers/{customer_id}") if customer_id else {}
    facts = running.call("agent", "GET", f"/customers/{customer_id}/facts")["facts"] if customer_id else {}
    known = {name: _value(found, facts, name) for name in KNOWN_BY}
    custom = found.get("attributes", {})
    return {"result": names.get(str(customer_id)), "asked": who, "gone": gone, "custom": custom, **known} | {
        "name": found.get("name")
    }


def _value(found: Json, facts: Json, name: str) -> str | None:
    """What the customer is known by or, where that is nothing, what was said."""
    listed = [one["received"] for one in found.get("identifiers", []) if one["type"] == KNOWN_BY[name]]
    said = facts[name]["value"] if name in facts else None
    return said or (listed[0] if listed else None)


def _customer(running: Product, given: Json) -> str:
    known_by = [{"type": type_, "value": given[name]} for name, type_ in KNOWN_BY.items() if given.get(name)]
    known_by.append({"type": "other", "scope": "chatwoot", "value": given["id"]})  # some have nothing else
    body = {"name": given.get("name"), "identifiers": known_by, "attributes": given.get("custom", {})}
    return str(running.call("agent", "POST", "/customers", body)["customer_id"])


def _customer_of(running: Product, contact_id: str) -> str | None:
    customer = running.call("agent", "GET", f"/contacts/{contact_id}/screen-pop")["customer"]
    return str(customer["customer_id"]) if customer else None


def _change(running: Product, customer_id: str, attributes: dict[str, Any]) -> None:
    if attributes:
        path = f"/customers/{customer_id}"
        version = running.call("agent", "GET", path)["version"]
        running.call("agent", "PATCH", path, {"attributes": attributes}, version=version)


def _told(rule: Row, part: str) -> list[tuple[str, Any]]:
    return list(rule["params"].get(part, {}).items())


def _tried(running: Product, role: str, method: str, path: str, body: Json | None = None) -> str | None:
    """None where it went well, else what was said against it."""
    try:
        running.call(role, method, path, body)
    except Refused as refused:
        return str(refused)
    return None


def score(data: Path, made: Predictions) -> Table | None:
    """Holds ours against the peer's, thing by thing."""
    rules = {rule["id"]: rule for rule in read_lines(data / FILE)}
    rows = [
        (one["id"], what, str(theirs), str(ours), "agree" if agree else "differ")
        for one in made.get("chatwoot_identity", [])
        for what, theirs, ours, agree in _compared(rules[one["id"]].get("expected"), one)
    ]
    return Table("chatwoot_identity", ("rule", "of", "theirs", "ours", ""), rows) if rows else None


def _compared(expected: Any, ours: Row) -> Iterator[tuple[str, Any, Any, bool]]:
    if isinstance(expected, str):
        refused = bool(ours["error"])
        yield "outcome", expected, "refused" if refused else "done", _as_expected(expected, ours)
        return
    for what, theirs in (expected or {}).items():
        if what == "same_contact":
            yield what, theirs, ours["result"] == ours["asked"], theirs == (ours["result"] == ours["asked"])
        elif what == "result_is_not":
            yield what, theirs, ours["result"], theirs != ours["result"]
        elif theirs == "gone":
            yield what, theirs, "gone" if what in ours["gone"] else "kept", what in ours["gone"]
        elif what in {"custom", "additional"}:
            kept = {name: ours["custom"].get(name) for name in theirs}
            yield what, theirs, kept, kept == theirs
        else:
            yield what, theirs, ours.get(what), ours.get(what) == theirs


def _as_expected(expected: str, ours: Row) -> bool:
    return bool(ours["error"]) if expected.startswith("error") else not ours["gone"]


EVALUATION = Evaluation("chatwoot_identity", (FILE,), predict, score)
