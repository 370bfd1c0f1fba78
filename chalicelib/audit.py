"""The audit log: who saw or changed which record, and what for.

One structured line for each call, on a stream of its own (service `throughline-audit`). It is written
as log lines are, so it costs no request; what keeps it apart from them is told in docs/adr/0008. It
names callers, records and fields, never a value.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import uuid4

from aws_lambda_powertools import Logger

from chalicelib.observability import pseudonym
from chalicelib.rules.access import Caller, Role

# A level of its own: whoever turns the logs down (LOG_LEVEL) must not turn off the audit.
log = Logger(service="throughline-audit", level="INFO", location=None, log_uncaught_exceptions=False)

RECORDS = ("customer_id", "contact_id", "interaction_id", "attachment_id", "case_id")
OTHERS = {"other_id": "customer_id", "other_customer_id": "customer_id"}
"""What a second record is called in a path or an answer, and what it is."""
PARTS = ("contact", "customer")
"""Where a screen pop keeps whose it is."""


def audit(
    caller: Caller,
    action: str,
    *,
    purpose: str | None,
    outcome: int,
    correlation_id: str,
    path: Mapping[str, str],
    answer: Any,
    changed: Iterable[str] = (),
) -> None:
    """Writes one audit event.

    `outcome` is the HTTP status; `path` and `answer` are searched for the ids of records; `changed`
    names the fields that were sent. A visitor stands for a customer's browser and goes by a pseudonym.
    An event is delivered at least once on its way to where it is kept: `audit_id` tells it from another.
    """
    log.info(
        action,
        audit_id=uuid4().hex,
        who=pseudonym(caller.subject) if caller.role is Role.VISITOR else caller.subject,
        role=str(caller.role),
        purpose=purpose or action,
        outcome=outcome,
        correlation_id=correlation_id,
        records=_records(path, answer),
        changed=sorted(changed),
    )


def fields_of(body: Any) -> list[str]:
    """The names of the fields that a request body sends, facts by their names."""
    if body is None:
        return []
    sent: set[str] = body.model_fields_set
    facts = [f"facts.{name}" for name in getattr(body, "facts", {})]
    return [*sorted(sent - {"facts"}), *facts]


def _records(path: Mapping[str, str], answer: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for called, record_id in [*path.items(), *_ids(answer)]:
        name = OTHERS.get(called, called)
        if name in RECORDS and record_id not in found.setdefault(name, []):
            found[name].append(record_id)
    return found


def _ids(answer: Any) -> Iterator[tuple[str, str]]:
    """The ids at the top of a view, in its parts, and of each item of a list."""
    items = _get(answer, "items") or []
    for holder in (answer, *(_get(answer, part) for part in PARTS), *items):
        for name in (*RECORDS, *OTHERS):
            if record_id := _get(holder, name):
                yield name, record_id


def _get(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, dict) else getattr(holder, name, None)
