"""What the example site has to know: the stack that it talks to, and a token for each of so many visitors."""

from pathlib import Path
from typing import Any

from infra.local.issuer import Issuer
from infra.local.place import write_for_owner

VISITORS = 200


def prepare(file: Path, issuer: Issuer, description: dict[str, Any]) -> None:
    """Leaves it in `file`, for infra/local/playground.py."""
    client = {
        "url": description["api_url"],
        "key": description["publishable_key"],
        "socket": description["ws_url"],
    }
    visitors = [issuer.token("visitor", f"playground-{number}") for number in range(VISITORS)]
    write_for_owner(file, {"origin": description["endpoint_url"], "client": client, "visitors": visitors})
