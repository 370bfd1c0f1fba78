"""`python -m infra.mutation [module,module]`: of these, below chalicelib, or of all that are listed."""

import os
import sys
import tempfile
import time
from pathlib import Path

from infra.mutation import mutants, reasons
from infra.mutation.copy import prepare
from infra.mutation.mutants import Broken

LAST = 19
"""A machine's other work goes first: this takes long, and nobody waits for it."""


def check(module: str, said: reasons.Reasons) -> bool:
    """Tells what goes unnoticed in a module, and whether that is none but what has a reason."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        prepare(Path(place), module, said.tests_of(module))
        made, left = mutants.run(Path(place))
    verdict = reasons.judge(left, said.unnoticeable, f"chalicelib.{module.replace('/', '.')}")
    for mutant in verdict.unnoticed:
        print(f"  no test notices {mutant}")
    for mutant in verdict.unneeded:
        print(f"  {reasons.FILE.name} excuses what does not survive: {mutant}")
    excused = len(left) - len(verdict.unnoticed)
    took = time.monotonic() - began
    print(f"{module}: {made} mutants, {made - len(left)} killed, {excused} excused, {took:.0f} s", flush=True)
    return verdict.passed


def main() -> int:
    os.nice(LAST)
    try:
        said = reasons.read()
        modules = sys.argv[1].split(",") if sys.argv[1:] else said.checked
        passed = [check(module, said) for module in modules]
    except Broken as error:
        print(error)
        return 1
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
