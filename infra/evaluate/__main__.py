"""`python -m infra.evaluate --data … --out …`; what make check-data calls.

Each evaluation is a process of its own, as many at once as there are processors: what one of them fails
on is told at the end, and takes nothing from the others.
"""

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.engine import NoEngine
from infra.evaluate.frame import find_evaluations, run
from infra.evaluate.product import Refused


def main() -> int:
    found = {evaluation.name: evaluation for evaluation in find_evaluations()}
    parser = argparse.ArgumentParser(description="Write what the product decides on real inputs, and score it.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("build/predictions"))
    parser.add_argument("--only", choices=found, nargs="+", default=list(found), help="which evaluations")
    chosen = parser.parse_args()
    if not chosen.data.is_dir():
        print(f"there is no folder {chosen.data}: name one with DATA=<folder>", file=sys.stderr)
        return 1
    if len(chosen.only) > 1:
        return _run_each(chosen.only, chosen.data, chosen.out)
    try:
        run((found[name] for name in chosen.only), chosen.data, chosen.out, print)
    except (NoEngine, Refused) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _run_each(names: list[str], data: Path, out: Path) -> int:
    def run_one(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "infra.evaluate", "--data", str(data), "--out", str(out), "--only", name]
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 - our own

    failed = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, done in zip(names, pool.map(run_one, names), strict=True):
            print(done.stdout, end="", flush=True)
            failed += [name] if done.returncode else []
    if failed:
        print(f"failed: {', '.join(failed)}; why is said above", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
