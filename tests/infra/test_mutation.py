"""What mutmut says, and what is made of it: nothing goes unnoticed without a reason, no reason is kept in vain."""

import tomllib
from typing import Any

import pytest

from infra.mutation import RESULT, ROOT, Broken, Mutant, Verdict, equivalents, judge, mutant_of

DIFF = """\
# chalicelib.rules.access.xǁCallerǁscope__mutmut_1: survived
--- chalicelib/rules/access.py
+++ chalicelib/rules/access.py
@@ -1,2 +1,2 @@
     def scope(self, action: str) -> Scope | None:
-        return scope_of(self.role, action)
+        return scope_of(None, action)
"""
MUTANT = Mutant(
    "chalicelib.rules.access.Caller.scope",
    "return scope_of(self.role, action)",
    "return scope_of(None, action)",
)
OTHER = Mutant("chalicelib.rules.matching._claimed", "a", "b")


@pytest.mark.parametrize(
    ("line", "function", "status"),
    [
        ("    chalicelib.rules.access.xǁCallerǁscope__mutmut_1: survived", "Callerǁscope", "survived"),
        ("    chalicelib.rules.matching.x__claimed__mutmut_12: no tests", "_claimed", "no tests"),
        ("    chalicelib.rules.matching.x_decide__mutmut_3: killed", "decide", "killed"),
    ],
)
def test_a_line_of_the_results(line: str, function: str, status: str) -> None:
    match = RESULT.match(line)
    assert match
    assert (match["function"], match["status"]) == (function, status)


def test_a_mutant_is_known_by_what_differs() -> None:
    match = RESULT.match("chalicelib.rules.access.xǁCallerǁscope__mutmut_1: survived")
    assert match
    assert mutant_of(match, DIFF) == MUTANT


def test_what_survives_needs_a_reason_and_a_reason_a_survivor() -> None:
    assert judge([MUTANT], {MUTANT}) == Verdict([], [])
    assert judge([], ()).passed
    assert judge([MUTANT, OTHER], {OTHER}) == Verdict([MUTANT], [])
    assert not judge([MUTANT], ()).passed
    assert judge([MUTANT], {MUTANT, OTHER}) == Verdict([], [OTHER])
    assert not judge([], {OTHER}).passed


def test_each_mutant_that_is_excused_has_a_reason() -> None:
    assert equivalents(tomllib.loads((ROOT / "pyproject.toml").read_text()))
    one: dict[str, Any] = {"function": "f", "was": "a", "became": "b", "reason": "none"}
    assert equivalents({"tool": {"throughline": {"equivalent-mutants": [one]}}}) == {Mutant("f", "a", "b")}
    with pytest.raises(Broken, match="of f has no reason"):
        equivalents({"tool": {"throughline": {"equivalent-mutants": [one | {"reason": ""}]}}})
