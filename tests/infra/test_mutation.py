"""What mutmut says, and what is made of it: nothing goes unnoticed without a reason, no reason is kept in vain."""

import pytest

from infra.mutation import reasons
from infra.mutation.copy import ROOT
from infra.mutation.mutants import RESULT, Broken, Mutant, mutant_of
from infra.mutation.reach import statements
from infra.mutation.reasons import Verdict, judge
from infra.mutation.source import changeable, undecorated, unworded

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
RULES = "chalicelib.rules"


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
    assert judge([MUTANT], {MUTANT}, RULES) == Verdict([], [])
    assert judge([], (), RULES).passed
    assert judge([MUTANT, OTHER], {OTHER}, RULES) == Verdict([MUTANT], [])
    assert not judge([MUTANT], (), RULES).passed
    assert judge([MUTANT], {MUTANT, OTHER}, RULES) == Verdict([], [OTHER])
    assert not judge([], {OTHER}, RULES).passed


def test_of_one_module_only_its_own_reasons_are_judged() -> None:
    assert judge([MUTANT], {MUTANT, OTHER}, f"{RULES}.access").passed
    assert judge([], {OTHER}, f"{RULES}.match").passed
    assert judge([], {OTHER}, f"{RULES}.matching").unneeded == [OTHER]


def test_each_mutant_that_is_excused_has_a_reason() -> None:
    assert reasons.read().unnoticeable
    one = 'checked = []\n[tests]\n[[unnoticeable]]\nfunction = "f"\nwas = "a"\nbecame = "b"\nreason = "{}"\n'
    assert reasons.read(one.format("none")).unnoticeable == {Mutant("f", "a", "b")}
    with pytest.raises(Broken, match="of f has no reason"):
        reasons.read(one.format(""))


def test_each_module_has_tests_that_tell_what_it_does() -> None:
    said = reasons.read()
    for module in said.checked:
        assert all((ROOT / test).exists() for test in said.tests_of(module))
    assert said.tests_of("rules/matching") == said.tests_of("rules") == ["tests/unit/rules"]
    assert said.tests_of("services/customers/records") == ["tests/unit/test_records.py"]
    with pytest.raises(Broken, match="which tests tell what nothing/at_all does"):
        said.tests_of("nothing/at_all")


def test_of_packages_in_a_package_each_module_is_checked_by_itself() -> None:
    modules = reasons.read().checked
    assert modules[:2] == ["rules", "services/cases/case_changes"]
    assert {"services/once", "services/facts/facts"} <= set(modules)
    # but what does nothing
    assert not {"services/__init__", "services/facts/__init__", "services/settle"} & set(modules)
    assert reasons.modules_of("services/once") == ["services/once"]
    with pytest.raises(Broken, match="there is no module services/none below chalicelib"):
        reasons.modules_of("services/none")


DECORATED = """\
class Record:
    @property
    def whole(self):
        return self.home

    @classmethod
    def of(cls):
        return cls()


@settled
def merge(
    kept, joined
):
    return kept + joined


after = 1
"""
UNDECORATED = """\
class Record:
    def whole(self):
        return self.home
    whole = property(whole)

    @classmethod
    def of(cls):
        return cls()


def merge(
    kept, joined
):
    return kept + joined
merge = settled(merge)


after = 1
"""


def test_in_the_copy_decorated_functions_are_mutated_too() -> None:
    assert undecorated(DECORATED) == UNDECORATED
    assert undecorated(UNDECORATED) == UNDECORATED


WORDED = """\
SAID = "a constant"


def refuse(field, by="who ever"):
    \"""Raises what it says.\"""
    said = "naïve", "it is no field of this"
    raise Refused(f"{field} is wrong", field, " ")
"""
UNWORDED = """\
SAID = "a constant"


def refuse(field, by="who ever"):
    \"""Raises what it says.\"""
    said = "naïve", _text_0
    raise Refused(f"{field} is wrong", field, " ")
_text_0 = "it is no field of this"
"""


def test_in_the_copy_what_is_said_to_a_reader_is_not_mutated() -> None:
    assert unworded(WORDED) == UNWORDED


def test_of_each_service_there_is_such_a_copy() -> None:
    for source in (ROOT / "chalicelib" / "services").rglob("*.py"):
        compile(changeable(source.read_text()), source.name, "exec")


ORIGINAL = """\
def x_total__mutmut_orig(prices, tax=1):
    total = sum(
        prices,
        0,
    )
    if tax:
        total += tax
    return total
"""
MISTAKES = [("tax=1", "tax=2"), ("0,", "1,"), ("if tax", "if not tax"), ("+=", "-=")]
MUTATED = ORIGINAL + "".join(
    ORIGINAL.replace("orig", str(number)).replace(was, became) for number, (was, became) in enumerate(MISTAKES, 1)
)


def test_a_mistake_is_tried_by_the_tests_that_come_past_its_statement() -> None:
    # the signature tells in all of the function; a statement may take several lines, or have others within
    found = {name[-1]: lines for name, lines in statements(MUTATED).items()}
    assert found == {"1": range(1, 9), "2": range(2, 6), "3": range(6, 7), "4": range(7, 8)}
