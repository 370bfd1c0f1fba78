"""What every frame shares: who says it, what it says, one shape of answer and of error, one log line."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from pydantic import BaseModel

from chalicelib.audit import audit, fields_of
from chalicelib.authentication import authenticate
from chalicelib.errors import BadInput, Forbidden, Malformed, TooLarge, Unauthenticated
from chalicelib.models.connection import deadline
from chalicelib.models.frames import MOST_BYTES, Frame
from chalicelib.observability import log_done, logger, pseudonym
from chalicelib.rules.access import Caller
from chalicelib.runtime import failure, get_deps, validated
from chalicelib.services.chat.chat import Here
from chalicelib.services.chat.connections import who_is_on
from chalicelib.services.deps import Deps

BUDGET_SECONDS = 8.0
"""After it no call to DynamoDB begins: an error comes before the function is stopped."""
CLIENT_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

Handler = Callable[[Deps, Here, Any], dict[str, Any] | None]
Event = Mapping[str, Any]


@dataclass(frozen=True)
class Action:
    """Something that a client may say: what it must be allowed, what it sends, who answers.

    `audited`: it shows or changes a record, and is no mere sign of life.
    """

    name: str
    grant: str
    frame: type[Frame]
    handler: Handler
    audited: bool


ACTIONS: dict[str, Action] = {}
"""Every action there is, by its name."""


def action(name: str, grant: str, frame: type[Frame], *, audited: bool = True) -> Callable[[Handler], Handler]:
    """Declares an action; its handler gives the answer without its `id`, or None where there is none."""

    def declare(handler: Handler) -> Handler:
        ACTIONS[name] = Action(name, grant, frame, handler, audited)
        return handler

    return declare


def admit(event: Event, connect: Callable[[Deps, Caller, str], None]) -> dict[str, Any]:
    """Lets a connection in; its token is in the query, as a browser sends no header. 200 alone lets in."""
    began = perf_counter()
    deps, correlation_id = _begin()
    caller: Caller | None = None
    try:
        with deadline(BUDGET_SECONDS):
            caller = _authenticated(deps, event)
            connect(deps, caller, event["requestContext"]["connectionId"])
        status = 200
    except Exception as error:  # noqa: BLE001 - the last resort of every connection
        status = failure(error, correlation_id).status
    _log("socket connect", status, began, caller)
    return {"statusCode": status}


def _authenticated(deps: Deps, event: Event) -> Caller:
    given = event.get("queryStringParameters") or {}
    if not given.get("token"):
        raise Unauthenticated("connect with ?token=<JWT>")
    return authenticate(deps.settings, {"authorization": f"Bearer {given['token']}"})


def serve(event: Event) -> dict[str, Any]:
    """Answers a frame."""
    began = perf_counter()
    deps, correlation_id = _begin()
    heard = _Heard()
    try:
        with deadline(BUDGET_SECONDS):
            answer = _answer(deps, event, heard, correlation_id)
        status = 200
    except Exception as error:  # noqa: BLE001 - the last resort of every frame
        problem = failure(error, correlation_id)
        status, answer = problem.status, {"type": "error", "problem": problem.body}
    _audit(heard, answer, status, correlation_id)
    _log(f"socket {heard.name}", status, began, heard.caller)
    if answer is None:
        return {"statusCode": 200}
    return {"statusCode": 200, "body": json.dumps({"id": heard.id} | answer, ensure_ascii=False)}


@dataclass
class _Heard:
    """What is known of a frame so far."""

    id: str | None = None
    action: Action | None = None
    caller: Caller | None = None
    said: BaseModel | None = None

    @property
    def name(self) -> str:
        return self.action.name if self.action else "unknown"


def _answer(deps: Deps, event: Event, heard: _Heard, correlation_id: str) -> dict[str, Any] | None:
    text = event.get("body") or ""
    frame = _object(text)
    given_id = frame.get("id")
    heard.id = given_id if isinstance(given_id, str) and CLIENT_ID.fullmatch(given_id) else None
    heard.action = declared = _declared(frame.get("action"))
    connection, heard.caller = who_is_on(event["requestContext"]["connectionId"])
    if heard.caller.scope(declared.grant) is None:
        raise Forbidden(f"the role {heard.caller.role} may not do {declared.name}")
    said = validated(declared.frame.model_validate_json, text)
    heard.said = said
    return declared.handler(deps, Here(heard.caller, connection, correlation_id), said)


def _object(text: str) -> dict[str, Any]:
    if len(text.encode(errors="surrogatepass")) > MOST_BYTES:
        raise TooLarge.at("frame", f"has at most {MOST_BYTES} bytes")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed.at("frame", "is not valid JSON (RFC 8259)") from error
    if not isinstance(frame, dict):
        raise Malformed.at("frame", "is not an object")
    return frame


def _declared(name: Any) -> Action:
    if not isinstance(name, str) or name not in ACTIONS:
        raise BadInput.at("action", "is not one of " + ", ".join(ACTIONS))
    return ACTIONS[name]


def _begin() -> tuple[Deps, str]:
    deps = get_deps()
    correlation_id = deps.new_id()
    logger.set_correlation_id(correlation_id)
    return deps, correlation_id


def _audit(heard: _Heard, answer: Any, status: int, correlation_id: str) -> None:
    if not (heard.caller and heard.action and heard.action.audited):
        return
    contact_id = getattr(heard.said, "contact_id", None)
    audit(
        heard.caller,
        f"chat:{heard.action.name}",
        purpose=None,
        outcome=status,
        correlation_id=correlation_id,
        path={"contact_id": contact_id} if contact_id else {},
        answer=answer,
        changed=fields_of(heard.said),
    )


def _log(what: str, status: int, began: float, caller: Caller | None) -> None:
    log_done(
        what,
        status=status,
        ms=round((perf_counter() - began) * 1000, 1),
        role=caller and str(caller.role),
        caller=caller and pseudonym(caller.subject),
    )
