"""The evaluation against a peer's rules, on rules made up here: what is compared, and what it is called."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.evaluate.evaluations import chatwoot_identity
from infra.evaluate.frame import Row, find_lines, run
from tests.unit.evaluate.running import fresh

ADA = {"id": "E", "name": "Ada Lovelace", "email": "ada@example.com"}
BROWSER = {"id": "C", "custom": {"plan": "old", "since": "1840"}}


def identified(params: Row, expected: Any, *existing: Row, **options: Any) -> Row:
    return {"contact": BROWSER, "existing": existing, "params": params, "expected": expected, "options": options}


def compared(tmp_path: Path, rule: Row) -> dict[str, str]:
    """What of the rule was compared, and whether it agrees."""
    (tmp_path / "chatwoot_identity").mkdir()
    (tmp_path / "chatwoot_identity" / "rules.jsonl").write_text(json.dumps({"id": "rule"} | rule))
    run([chatwoot_identity.EVALUATION], tmp_path, tmp_path / "out", lambda _line: None, fresh)
    made = {"chatwoot_identity": find_lines(tmp_path / "out", "chatwoot_identity") or []}
    table = chatwoot_identity.score(tmp_path, made)
    return {str(row[1]): str(row[-1]) for row in table.rows} if table else {}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            identified(
                {"name": "Ada", "identifier": "Crm-1", "custom": {"plan": "new"}, "additional": {"town": "Ely"}},
                {
                    "same_contact": True,
                    "name": "Ada",
                    "identifier": "Crm-1",
                    "custom": {"plan": "new", "since": "1840"},
                    "additional": {"town": "Ely"},
                },
            ),
            dict.fromkeys(("same_contact", "name", "identifier", "custom", "additional"), "agree"),
        ),
        (
            identified(
                {"email": "ada@example.com", "name": "Ada"}, {"result": "E", "name": "Ada", "C": "gone"}, ADA
            ),
            {"result": "agree", "name": "differ", "C": "differ"},
        ),
        (
            identified({"email": "bob@example.com"}, {"result_is_not": "E", "phone": None}, ADA),
            {"result_is_not": "agree", "phone": "agree"},
        ),
        (identified({"email": "nonsense", "name": "Ada"}, "error invalid"), {"outcome": "agree"}),
        (
            identified(
                {"phone": "nonsense", "name": "Ada"}, {"name": "Ada", "phone": None}, discard_invalid_attrs=True
            ),
            {"name": "agree", "phone": "agree"},
        ),
        ({"base": {"id": "B"}, "mergee": {"id": "B"}, "expected": "not deleted"}, {"outcome": "agree"}),
        (
            {"base": {"id": "B"}, "mergee": {"id": "M", "account": "other"}, "expected": "error not of it"},
            {"outcome": "agree"},
        ),
        (
            {
                "base": {"id": "B", "email": "old@example.com", "custom": {"tier": "gold"}},
                "mergee": {"id": "M", "phone": "+447700900123", "custom": {"tier": "tin", "since": "1840"}},
                "expected": {
                    "email": "old@example.com",
                    "phone": "+447700900123",
                    "custom": {"tier": "gold", "since": "1840"},
                    "M": "gone",
                },
            },
            {"email": "agree", "phone": "agree", "custom": "agree", "M": "differ"},
        ),
        ({"base": {"id": "B"}, "mergee": {"id": "M"}}, {}),
    ],
)
def test_a_rule(tmp_path: Path, rule: Row, expected: dict[str, str]) -> None:
    assert compared(tmp_path, rule) == expected
