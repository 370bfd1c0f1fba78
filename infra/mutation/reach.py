"""Which tests come past the line that a mutant changes: only these can notice it."""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from coverage import Coverage

REACH = Path("reach.json")
MUTANT = re.compile(r"(?P<function>.+__mutmut_)\d+")


class Reach:
    """While all tests run once, without a mutant: writes down by mutant which of them come past its line."""

    def __init__(self, sources: Sequence[Path]) -> None:
        self._sources = sources
        self._coverage = Coverage(data_file=None, config_file=False, include=[str(one) for one in sources])
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._coverage.switch_context(item.nodeid)
        return (yield)

    def write(self) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        reach = {}
        for source in self._sources:
            passed = data.contexts_by_lineno(str(source))
            module = ".".join(source.relative_to(Path.cwd()).with_suffix("").parts)
            for mutant, lines in statements(source.read_text()).items():
                reach[f"{module}.{mutant}"] = sorted({test for line in lines for test in passed.get(line, ())})
        REACH.write_text(json.dumps(reach))


def passing(mutant: str) -> frozenset[str] | None:
    """The tests that come past a mutant's line; None where nobody looked."""
    return frozenset(json.loads(REACH.read_text()).get(mutant, ())) if REACH.exists() else None


def statements(source: str) -> dict[str, range]:
    """By mutant in a module as mutmut wrote it: the lines of the statement that it changes, in the original."""
    lines = source.splitlines()
    functions = {node.name: node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}
    found = {}
    for name, node in functions.items():
        if (match := MUTANT.fullmatch(name)) and (original := functions.get(f"{match['function']}orig")):
            changed = original.lineno + _first_difference(_text(lines, original), _text(lines, node))
            found[name] = _around(original, changed)
    return found


def _text(lines: list[str], function: ast.FunctionDef) -> list[str]:
    first, *others = lines[function.lineno - 1 : function.end_lineno]
    return [first.replace(function.name, ""), *others]


def _first_difference(one: list[str], other: list[str]) -> int:
    """How many lines are the same before one differs."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)) - 1)


def _around(function: ast.FunctionDef, line: int) -> range:
    """The lines of the innermost statement at a line; of one that has others within, those before them."""
    within = [node for node in ast.walk(function) if isinstance(node, ast.stmt) and node.lineno <= line]
    node = max(within, key=lambda one: one.lineno)
    last = node.end_lineno or node.lineno
    if node is function:  # its signature runs when the module is imported, but tells in all that it does
        return range(node.lineno, last + 1)
    inner = [one.lineno for one in ast.walk(node) if isinstance(one, ast.stmt) and one.lineno > node.lineno]
    return range(node.lineno, max(min(inner, default=last + 1), line + 1))
