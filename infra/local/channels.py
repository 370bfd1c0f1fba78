"""What a local stack needs of secrets, made up once: what providers sign with, and what codes are made from."""

import json
import secrets
from pathlib import Path

from chalicelib.channels.registry import list_channels

Channels = dict[str, dict[str, str]]


def channel_settings(folder: Path) -> Channels:
    """A value for each setting of each channel, kept in the folder for its owner's eyes."""
    kept = folder / "channels.json"
    known: Channels = json.loads(kept.read_text()) if kept.exists() else {}
    wanted = {
        channel.name: {
            setting.name: known.get(channel.name, {}).get(setting.name) or secrets.token_hex(16)
            for setting in channel.settings
        }
        for channel in list_channels()
    }
    if wanted != known:
        kept.touch(0o600)
        kept.write_text(json.dumps(wanted, indent=2))
    return wanted


def continuation_secret(folder: Path) -> str:
    """What continuation codes are made from, kept in the folder for its owner's eyes."""
    kept = folder / "continuation.secret"
    if not kept.exists():
        kept.touch(0o600)
        kept.write_text(secrets.token_hex(32))
    return kept.read_text()
