"""MiniStack behind our front door: `python -m infra.local.emulator`, in the stack's own environment.

Runs as a child of infra/local/child.py and is configured by its environment. Standard input is the
line to the parent: each line is the route of the API in the emulator; its end means that the parent
is gone, however it went, and that the child is to stop as well.
"""

import asyncio
import json
import os
import signal
import sys
import threading
from pathlib import Path

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app

from infra.local import patches
from infra.local.front_door import FrontDoor
from infra.local.playground import Playground
from infra.local.snapshots import snapshot_regularly
from infra.local.trouble import Trouble


def main() -> None:
    patches.apply(Path(os.environ["LOG_FOLDER"]))
    documents = json.loads(Path(os.environ["ISSUER_DOCUMENTS"]).read_text())
    trouble = Trouble(Path(os.environ["TABLE_TROUBLE"]))
    asyncio.run(_serve(FrontDoor(app, documents, trouble=trouble)))


async def _serve(door: FrontDoor) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for received in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(received, stop.set)
    threading.Thread(target=_listen_to_parent, args=(door, loop, stop), daemon=True).start()
    config = Config()
    config.bind = [f"127.0.0.1:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    snapshots = asyncio.create_task(snapshot_regularly(door, Path(os.environ["STATE_DIR"])))
    site = Playground(Path(os.environ["PLAYGROUND"]), door)
    await serve(site, config, shutdown_trigger=stop.wait)  # MiniStack saves its state on its way out
    snapshots.cancel()


def _listen_to_parent(door: FrontDoor, loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    for line in sys.stdin:
        door.route = line.strip()
    loop.call_soon_threadsafe(stop.set)


if __name__ == "__main__":
    main()
