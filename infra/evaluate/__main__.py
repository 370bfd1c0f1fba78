"""`python -m infra.evaluate --data … --out …`; what make check-data calls."""

import argparse
import sys
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
    try:
        run((found[name] for name in chosen.only), chosen.data, chosen.out, print)
    except (NoEngine, Refused) as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
