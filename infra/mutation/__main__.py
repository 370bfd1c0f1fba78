"""`python -m infra.mutation [--again] [module,module]`: of these, below chalicelib, or of all that are listed."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from infra.mutation import lately, mutants, reasons
from infra.mutation.copy import prepare
from infra.mutation.mutants import Broken, Mutant

LAST = 19
"""A machine's other work goes first: this takes long, and nobody waits for it."""


def check(module: str, said: reasons.Reasons, *, again: bool) -> bool:
    """Tells what goes unnoticed in a module, and whether that is none but what has a reason."""
    began = time.monotonic()
    names = lately.unnoticed(module) if again else None
    if names == []:
        print(f"{module}: nothing went unnoticed the last time", flush=True)
        return True
    made, left = _tried(module, said.tests_of(module), names or ())
    lately.note(module, left)
    verdict = reasons.judge(left.values(), said.unnoticeable, f"chalicelib.{module.replace('/', '.')}")
    for mutant in verdict.unnoticed:
        print(f"  no test notices {mutant}")
    for mutant in verdict.unneeded:
        print(f"  {reasons.FILE.name} excuses what does not survive: {mutant}")
    excused = len(left) - len(verdict.unnoticed)
    took = time.monotonic() - began
    print(f"{module}: {made} mutants, {made - len(left)} killed, {excused} excused, {took:.0f} s", flush=True)
    return verdict.passed


def _tried(module: str, tests: list[str], names: Sequence[str]) -> tuple[int, dict[str, Mutant]]:
    """As `mutants.run`. A module's own tests, which come first, notice most: what is left is tried by all."""
    made, left = _tried_by(tests[:1], module, names)
    if left and tests[1:]:
        _, left = _tried_by(tests, module, list(left))
    return made, left


def _tried_by(tests: list[str], module: str, names: Sequence[str]) -> tuple[int, dict[str, Mutant]]:
    with tempfile.TemporaryDirectory() as place:
        prepare(Path(place), module, tests)
        return mutants.run(Path(place), names)


def main() -> int:
    os.nice(LAST)
    parser = argparse.ArgumentParser(prog="python -m infra.mutation", description=__doc__)
    parser.add_argument("--again", action="store_true", help="try only what went unnoticed the last time")
    parser.add_argument("modules", nargs="?", default="", help="modules below chalicelib, with commas between")
    asked = parser.parse_args()
    try:
        said = reasons.read()
        named = asked.modules.split(",") if asked.modules else []
        modules = [module for name in named for module in reasons.modules_of(name)] or said.checked
        passed = [check(module, said, again=asked.again) for module in modules]
    except Broken as error:
        print(error)
        return 1
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
