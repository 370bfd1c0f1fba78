"""Calls the running local stack and prints what it answers.

    python -m infra.call POST /contacts '{"channel": "voice", …}' --as ivr
    python -m infra.call --lambda connect_lookup --from +447700900941 need=reason

`{new}` in a body stands for an id never used before; `{contact_id}`, `{customer_id}` and `{merge_id}` for
those that were answered last, and `{other_customer_id}` for the customer before, so that commands can be
pasted one after the other, and again.
"""

import argparse
import json
import sys
import uuid
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.exceptions import BotoCoreError

from infra.connect_event import connect_event

Json = dict[str, Any]
Ids = dict[str, str]

REMEMBERED = ("contact_id", "customer_id", "other_customer_id", "merge_id")


def main() -> int:
    chosen = _arguments()
    try:
        description: Json = json.loads((chosen.folder / "stack.json").read_text())
    except FileNotFoundError:
        print("the local stack is not running; start it with: make run", file=sys.stderr)
        return 1
    last = chosen.folder / "last-ids.json"
    ids: Ids = json.loads(last.read_text()) if last.exists() else {}
    try:
        ok, answer = _answered(description, chosen, ids)
    except (httpx.TransportError, BotoCoreError) as error:
        print(f"{description['endpoint_url']} does not answer: {error}", file=sys.stderr)
        return 1
    last.write_text(json.dumps(remembered(ids, answer)))  # first: who reads only its head goes on
    print(json.dumps(answer, indent=2, ensure_ascii=False))
    return 0 if ok else 1


def _answered(description: Json, chosen: argparse.Namespace, ids: Ids) -> tuple[bool, Any]:
    if chosen.function:
        return _invoke(description, chosen.function, _event(chosen, ids))
    return _request(description, chosen, ids)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("words", nargs="*", help="METHOD PATH [BODY], or the flow's parameters as name=value")
    parser.add_argument("--as", dest="role", default="agent", help="whose token to use (agent)")
    parser.add_argument("--lambda", dest="function", help="invoke this function as an Amazon Connect flow would")
    parser.add_argument("--from", dest="caller", default="", help="the number that calls, for --lambda")
    parser.add_argument("--contact", default="{new}", help="Connect's id of the call, for --lambda")
    parser.add_argument("--folder", type=Path, default=Path(".local"), help="of the running stack")
    return parser.parse_args()


def _request(description: Json, chosen: argparse.Namespace, ids: Ids) -> tuple[bool, Any]:
    method, path, *body = chosen.words
    answer = httpx.request(
        method,
        description["api_url"] + filled(path, ids),
        content=filled(body[0], ids) if body else None,
        headers={
            "Authorization": f"Bearer {description['tokens'][chosen.role]}",
            "Content-Type": "application/json",
        },
        timeout=60,
    )
    return answer.is_success, answer.json()


def _invoke(description: Json, function: str, event: Json) -> tuple[bool, Any]:
    client = boto3.client(
        "lambda",
        endpoint_url=description["endpoint_url"],
        region_name=description["region"],
        aws_access_key_id=description["credentials"]["access_key_id"],
        aws_secret_access_key=description["credentials"]["secret_access_key"],
    )
    answer = client.invoke(FunctionName=description["functions"][function], Payload=json.dumps(event).encode())
    return "FunctionError" not in answer, json.loads(answer["Payload"].read())


def _event(chosen: argparse.Namespace, ids: Ids) -> Json:
    parameters = dict(word.split("=", 1) for word in chosen.words)
    return connect_event(filled(chosen.contact, ids), chosen.caller, parameters)


def filled(text: str, ids: Ids) -> str:
    """The text with what its placeholders stand for; what was never answered stands for nothing."""
    known = {"new": str(uuid.uuid4())} | {name: ids.get(name, "") for name in REMEMBERED}
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def remembered(ids: Ids, answer: Any) -> Ids:
    """The ids that were answered last: those before, and those that this answer is about."""
    found = answer if isinstance(answer, dict) else {}
    new = {name: found[name] for name in REMEMBERED if isinstance(found.get(name), str) and found[name]}
    before = ids.get("customer_id", "")
    if new.get("customer_id", before) != before:
        new = {"other_customer_id": before} | new
    return ids | new


if __name__ == "__main__":
    sys.exit(main())
