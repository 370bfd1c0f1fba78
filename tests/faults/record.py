"""The whole table as content: without arrival times, versions and the spelling of generated ids."""

import json
import re
from datetime import datetime
from typing import Any

from tests.settings import NOW

GENERATED = re.compile(r"NEW[0-9]{23}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\.[0-9]+)?(?:Z|\+00:?00)")
ASIDE = frozenset({"version", "as_of", "failed_checks", "failed_checks_since", "tries_failed", "number"})
"""Of two that guess the same one may not have heard the answer: each try counts. A case's number is its id's."""
Content = list[dict[str, Any]]


def record(raw: list[dict[str, Any]]) -> Content:
    """The items as DynamoDB has them, in a form that is equal where the content is."""
    items = [{name: _plain(value) for name, value in item.items()} for item in raw]
    return list(canonical(sorted(items, key=_without_when)))


def _without_when(item: dict[str, Any]) -> str:
    """What an item is sorted by: of two that were written at once, one may be written later after a failure."""
    return GENERATED.sub("NEW", MOMENT.sub(_when, json.dumps(item, sort_keys=True)))


def canonical(content: Any) -> Any:
    """Content with the times of arrival and the generated ids replaced, in the order of their appearance."""
    names: dict[str, str] = {}
    return _canonical(content, names)


def _canonical(content: Any, names: dict[str, str]) -> Any:
    if isinstance(content, dict):
        return {
            _canonical(key, names): _canonical(content[key], names) for key in sorted(content) if key not in ASIDE
        }
    if isinstance(content, list):
        return [_canonical(item, names) for item in content]
    if isinstance(content, str):
        timeless = MOMENT.sub(_when, content)
        return GENERATED.sub(lambda found: names.setdefault(found[0], f"<id {len(names) + 1}>"), timeless)
    return content


def _when(found: re.Match[str]) -> str:
    at = datetime.fromisoformat(re.sub(r"\+0000$", "+00:00", found[0]))
    return "<when it came>" if at >= NOW else found[0]


def _plain(value: dict[str, Any]) -> Any:
    ((kind, plain),) = value.items()
    if kind == "S" and plain[:1] in {"{", "["}:
        return json.loads(plain)
    if kind == "N" and float(plain) >= NOW.timestamp():
        return "<when it came>"
    return plain
