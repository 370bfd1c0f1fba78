"""From the visitor's keystroke to the agent's socket: `python -m benchmarks.chat`.

Plays against the local stack that runs (`make run`), beside a bare echo and bare relays. They are measured in
turn, so that whatever else the machine does weighs on all of them.
"""

import argparse
import asyncio
import json
import secrets
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from benchmarks import bare
from infra.local.issuer import Issuer

WARMED_UP = 20
PAUSE_SECONDS = 0.3
"""Nobody types so fast that the stream's work on a message would still weigh on the next one."""


class Timed:
    """Durations in ms of one thing."""

    def __init__(self, name: str) -> None:
        self.name, self.took = name, list[float]()

    def at(self, percent: int) -> float:
        return quantiles(self.took[WARMED_UP:], n=100, method="inclusive")[percent - 1]

    def __str__(self) -> str:
        return f"  {self.name:38} p50 {self.at(50):7.1f} ms   p99 {self.at(99):7.1f} ms"


RELAYS: dict[str, dict[str, Any]] = {
    "bare relay to another socket": {},
    "bare relay after 1 write": {"write": 1},
    "bare relay after 1 query and 5 writes": {"read": True, "write": 5},  # what the product does, by AWS's SDK
}


async def measure(stack: dict[str, Any], folder: Path, rounds: int) -> list[Timed]:
    """A bare echo, bare relays to another socket, and a message of the product, in ms."""
    issuer, url = Issuer(folder, stack["endpoint_url"]), bare.deploy(stack)
    echo, chat, relays = Timed("bare echo"), Timed("visitor to agent"), {name: Timed(name) for name in RELAYS}
    async with (
        connect(url) as one,
        connect(url) as other,
        _line(stack, issuer.token("visitor", secrets.token_hex(8))) as visitor,
        _line(stack, issuer.token("agent", secrets.token_hex(8))) as agent,
    ):
        to = await _heard(other, to=None, text="")
        contact_id = (await _asked(visitor, action="start", id="start"))["contact_id"]
        await _asked(agent, action="take", id="take", contact_id=contact_id)
        for number in range(WARMED_UP + rounds):
            echo.took.append(await _timed(_heard(one, to=None, text=f"{number}")))
            for name, before in RELAYS.items():
                told = {"to": to, "text": f"{secrets.token_hex(4)}", **before}
                relays[name].took.append(await _timed(_relayed(one, other, told)))
            said = {"action": "send", "id": f"{number}", "contact_id": contact_id, "text": "Hello"}
            chat.took.append(await _timed(_said(visitor, agent, said)))
            await _until(visitor, "id", said["id"])
            await asyncio.sleep(PAUSE_SECONDS)
    return [echo, *relays.values(), chat]


def _line(stack: dict[str, Any], token: str) -> connect:
    """A connection to the product, by the same client as the bare ones."""
    return connect(f"{stack['ws_url']}?token={token}")


async def _asked(socket: ClientConnection, **frame: Any) -> Any:
    await socket.send(json.dumps(frame))
    return await _until(socket, "id", frame["id"])


async def _said(visitor: ClientConnection, agent: ClientConnection, frame: dict[str, Any]) -> None:
    await visitor.send(json.dumps(frame))
    await _until(agent, "client_id", frame["id"])


async def _until(socket: ClientConnection, name: str, value: str) -> Any:
    """The frame that says so."""
    while (frame := json.loads(await socket.recv())).get(name) != value:
        pass
    return frame


async def _heard(socket: ClientConnection, **told: Any) -> str:
    await socket.send(json.dumps(told))
    return str(await socket.recv())


async def _relayed(one: ClientConnection, other: ClientConnection, told: dict[str, Any]) -> str:
    await one.send(json.dumps(told))
    return str(await other.recv())


async def _timed(what: Any) -> float:
    began = perf_counter()
    await what
    return (perf_counter() - began) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description="From the visitor's keystroke to the agent's socket.")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--folder", type=Path, default=Path(".local"), help="of the running stack")
    chosen = parser.parse_args()
    stack = json.loads((chosen.folder / "stack.json").read_text())
    *bares, chat = asyncio.run(measure(stack, chosen.folder, chosen.rounds))
    for timed in (*bares, chat):
        print(timed)
    for than in bares:
        halfway, worst = (chat.at(percent) / than.at(percent) for percent in (50, 99))
        print(f"  {chat.name} / {than.name}: {halfway:.1f} at p50, {worst:.1f} at p99")


if __name__ == "__main__":
    main()
