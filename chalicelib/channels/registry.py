"""Finds channels: every module of this folder that has a `CHANNEL`."""

import importlib
import pkgutil

from chalicelib import channels
from chalicelib.channels.contract import Channel
from chalicelib.errors import NotFound


def find_channel(name: str) -> Channel:
    """The channel of this name; imports no other. Raises `NotFound`."""
    found = _load(name) if name in _modules() else None
    if found is None:
        raise NotFound("there is no such channel")
    return found


def list_channels() -> list[Channel]:
    """All that there are, by name."""
    return [channel for name in sorted(_modules()) if (channel := _load(name))]


def _modules() -> set[str]:
    return {module.name for module in pkgutil.iter_modules(channels.__path__)}


def _load(name: str) -> Channel | None:
    return getattr(importlib.import_module(f"{channels.__name__}.{name}"), "CHANNEL", None)
