"""What an evaluation is, how they are found, and how one is run: predictions always, scores where truth is."""

import gzip
import importlib
import json
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.evaluate import evaluations
from infra.evaluate.product import Product, product

Row = dict[str, Any]
Predictions = dict[str, list[Row]]
"""By file, without its ending: what the product decided."""
Fresh = Callable[..., AbstractContextManager[Product]]
"""Makes a product with nothing in it; by name, settings that it needs beside the usual."""


@dataclass(frozen=True)
class Table:
    """Scores, ready to be shown."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]

    def __str__(self) -> str:
        cells = [self.columns, *([_shown(cell) for cell in row] for row in self.rows)]
        widths = [max(len(line[n]) for line in cells) for n in range(len(self.columns))]
        lines = [
            "  ".join(cell.rjust(width) if n else cell.ljust(width) for n, (cell, width) in enumerate(pairs))
            for pairs in (list(zip(line, widths, strict=True)) for line in cells)
        ]
        return "\n  ".join([self.title, *lines])


@dataclass(frozen=True)
class Evaluation:
    """One evaluation.

    `inputs` are patterns below the data folder: each must be there, or with `any_of` at least one.
    `predict` gives what a fresh product decided as (file, line). `score` holds that against the truth, or
    gives None where there is none.
    """

    name: str
    inputs: tuple[str, ...]
    predict: Callable[[Path, Fresh], Iterator[tuple[str, Row]]]
    score: Callable[[Path, Predictions], Table | None] = lambda _data, _made: None
    any_of: bool = False

    def missing(self, data: Path) -> list[str]:
        """The inputs that are not there, if it cannot do without them."""
        absent = [pattern for pattern in self.inputs if not any(data.glob(pattern))]
        return [] if self.any_of and len(absent) < len(self.inputs) else absent


def find_evaluations() -> list[Evaluation]:
    """All that there are, by name."""
    modules = (
        importlib.import_module(f"{evaluations.__name__}.{found.name}")
        for found in pkgutil.iter_modules(evaluations.__path__)
    )
    found = (getattr(module, "EVALUATION", None) for module in modules)
    return sorted((one for one in found if one is not None), key=lambda one: one.name)


def run(
    chosen: Iterable[Evaluation], data: Path, out: Path, say: Callable[[str], None], fresh: Fresh = product
) -> None:
    """Runs what can be run and says how it went: a score table, or one line for what could not be."""
    out.mkdir(parents=True, exist_ok=True)
    for evaluation in chosen:
        if missing := evaluation.missing(data):
            say(f"{evaluation.name}: not run, there is no {', '.join(missing)}")
            continue
        made: Predictions = {}
        for file, row in evaluation.predict(data, fresh):
            made.setdefault(file, []).append(row)
        for file, rows in made.items():
            write_lines(out / f"{file}.jsonl", rows)
        written = ", ".join(f"{len(rows)} lines in {file}.jsonl" for file, rows in made.items())
        say(f"{evaluation.name}: {written or 'nothing decided'}")
        table = evaluation.score(data, made)
        say(f"\n{table}\n" if table else f"{evaluation.name}: no truth, no score")


def read_lines(path: Path) -> list[Row]:
    """JSON Lines, gzipped or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def find_lines(folder: Path, name: str) -> list[Row] | None:
    """The lines of a file by its name, gzipped or not; None where there is no such file."""
    path = next((path for path in (folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz") if path.exists()), None)
    return read_lines(path) if path else None


def write_lines(path: Path, rows: Iterable[Row]) -> None:
    """All or nothing: a run that is interrupted leaves the file of the run before."""
    scratch = path.with_suffix(".part")
    scratch.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    scratch.replace(path)


def _shown(cell: object) -> str:
    return f"{cell:.3f}" if isinstance(cell, float) else str(cell)
