"""What went unnoticed the last time: after tests were written for it, nothing else has to be tried."""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from infra.mutation.copy import ROOT, sources_of

FOLDER = ROOT / "build" / "mutation"


def unnoticed(module: str) -> Sequence[str] | None:
    """Their names in mutmut; None where the module has never been tried, or has changed since."""
    file = _file(module)
    known = json.loads(file.read_text()) if file.is_file() else {}
    return known["names"] if known.get("source") == _source(module) else None


def note(module: str, names: Iterable[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    _file(module).write_text(json.dumps({"source": _source(module), "names": list(names)}))


def _file(module: str) -> Path:
    return FOLDER / f"{module.replace('/', '.')}.json"


def _source(module: str) -> str:
    return sha256(b"".join(file.read_bytes() for file in sources_of(ROOT, module))).hexdigest()
