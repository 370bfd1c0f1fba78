"""All scenarios: those of `scenarios.py`, and of each file `scenarios_<area>.py` beside it."""

import importlib
import pkgutil

from tests import faults
from tests.faults.scenarios import SCENARIOS

for _module in pkgutil.iter_modules(faults.__path__):
    if _module.name.startswith("scenarios_"):
        importlib.import_module(f"{faults.__name__}.{_module.name}")

__all__ = ["SCENARIOS"]
