"""Lets a coverage-guided fuzzer (Atheris, on libFuzzer) loose on one reader of what strangers send, for a time.

    python -m tests.fuzz mail --seconds 60

What is found is in `.local/fuzz/<target>/`: `crash-…`, `timeout-…`, `oom-…`; hand such a file over in the place of
the options to see it again.
"""

import argparse
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["chalicelib", "email"]):
    from tests.fuzz.targets import TARGETS

FOLDER = Path(".local/fuzz")
LONGEST_BYTES = 64 * 1024
SLOWEST_SECONDS = 10
MOST_MEGABYTES = 1024


def main() -> None:
    """Does not come back: libFuzzer ends the process, with 0 where nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("files", nargs="*", type=Path, help="what was found, to be seen again")
    parser.add_argument("--seconds", type=int, default=60)
    chosen = parser.parse_args()
    target, folder = TARGETS[chosen.target], FOLDER / chosen.target
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    limits = [
        f"-max_total_time={chosen.seconds}",
        f"-max_len={LONGEST_BYTES}",
        f"-timeout={SLOWEST_SECONDS}",
        f"-rss_limit_mb={MOST_MEGABYTES}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    what = [str(file) for file in chosen.files] or [str(corpus)]
    atheris.Setup([sys.argv[0], *limits, *what], target.read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
