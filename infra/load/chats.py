"""Many chats at once on the running local stack, for a bounded time: `python -m infra.load.chats --chats 500`.

Each visitor writes now and then, an agent answers, lines are cut and frames sent twice. Then everything that was
acknowledged must be there once, in order, on both screens and in the record.
"""

import argparse
import asyncio
import json
import random
import secrets
import sys
import time
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from infra.load.party import Party
from infra.local.issuer import Issuer

CHATS_OF_AN_AGENT = 50
AT_A_TIME = 16
"""Chats that are begun side by side: each costs the stack a second of work."""
CUT, TWICE = 0.05, 0.2
"""The shares of messages after which the line is cut, and that are sent twice."""
LETTERS = 16
SHOWN = 10


@dataclass
class Chat:
    visitor: Party
    agent: Party
    contact_id: str
    said: list[str] = field(default_factory=list)


async def play(
    stack: dict[str, Any], issuer: Issuer, chats: int, seconds: float, chance: random.Random
) -> list[Chat]:
    """Begins the chats, lets them go on for so long, and gives what was said in each."""
    run = secrets.token_hex(4)

    def party(role: str, number: int) -> Party:
        return Party(stack["ws_url"], issuer.token(role, f"{role}-{run}-{number}"))

    agents = [party("agent", number) for number in range(-(-chats // CHATS_OF_AN_AGENT))]
    began = time.monotonic()
    visitors = [party("visitor", number) for number in range(chats)]
    pairs = [(visitor, agents[number % len(agents)]) for number, visitor in enumerate(visitors)]
    begun = await side_by_side([_begin(visitor, agent) for visitor, agent in pairs])
    print(f"  {chats} chats are open after {time.monotonic() - began:.0f} s", flush=True)
    until = time.monotonic() + seconds
    await asyncio.gather(*(_talk(chat, until, chance) for chat in begun))
    print(f"  {sum(len(chat.said) for chat in begun)} messages in {seconds:.0f} s", flush=True)
    return begun


async def side_by_side(things: Iterable[Awaitable[Any]]) -> list[Any]:
    turns = asyncio.Semaphore(AT_A_TIME)

    async def in_turn(thing: Awaitable[Any]) -> Any:
        async with turns:
            return await thing

    return await asyncio.gather(*(in_turn(thing) for thing in things))


async def _begin(visitor: Party, agent: Party) -> Chat:
    contact_id = (await visitor.ask("start"))["contact_id"]
    await agent.ask("take", contact_id=contact_id, name="Amara")
    return Chat(visitor, agent, contact_id)


async def _talk(chat: Chat, until: float, chance: random.Random) -> None:
    """Question and answer, with pauses as people make them, until the time is over."""
    await asyncio.sleep(chance.random() * (until - time.monotonic()) / 2)
    while not chat.said or time.monotonic() < until:
        for end in (chat.visitor, chat.agent):
            text = something_new(len(chat.said), chance)
            await end.say(chat.contact_id, text, times=2 if chance.random() < TWICE else 1)
            chat.said.append(text)
            if chance.random() < CUT:
                end.cut()
        await asyncio.sleep(5 + 10 * chance.random())


def something_new(number: int, chance: random.Random) -> str:
    """What nobody said before, in letters: some runs of digits are a card's number to the product, and masked."""
    return f"{number} {''.join(chance.choices(ascii_lowercase, k=LETTERS))}"


async def check(chats: list[Chat]) -> list[str]:
    """What is lost, doubled or out of order: on a screen that has caught up, or in the record read anew."""
    found: list[list[str]] = await side_by_side([_check(chat) for chat in chats])
    return [line for lines in found for line in lines]


async def _check(chat: Chat) -> list[str]:
    wrong = []
    for name, end in (("visitor", chat.visitor), ("agent", chat.agent)):
        await end.catch_up(chat.contact_id)
        seen = [text for _, text in end.shown[chat.contact_id]]
        if seen != chat.said:
            wrong.append(f"{chat.contact_id}: the {name} sees {difference(seen, chat.said)}")
    stranger = Party(chat.visitor.url, chat.visitor.token)
    await stranger.catch_up(chat.contact_id)
    if stranger.shown[chat.contact_id] != chat.agent.shown[chat.contact_id]:
        wrong.append(f"{chat.contact_id}: the record differs from what was shown")
    await stranger.close()
    return wrong


def difference(seen: list[str], said: list[str]) -> str:
    """Where what is seen first is not what was said."""
    pairs = enumerate(zip_longest(seen, said), start=1)
    first = next((f", and at {place} {one!r} for {other!r}" for place, (one, other) in pairs if one != other), "")
    return f"{len(seen)} of {len(said)}{first}"


async def _whole(stack: dict[str, Any], folder: Path, chosen: argparse.Namespace) -> int:
    issuer = Issuer(folder, stack["endpoint_url"])
    chance = random.Random(chosen.seed)  # noqa: S311 - of a load
    chats = await play(stack, issuer, chosen.chats, chosen.seconds, chance)
    wrong = await check(chats)
    for party in {id(end): end for chat in chats for end in (chat.visitor, chat.agent)}.values():
        await party.close()
    print(f"  {len(wrong)} WRONG" if wrong else "  nothing lost, nothing doubled, all in order")
    for line in wrong[:SHOWN]:
        print("   ", line)
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Play many chats at once against the running local stack.")
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60, help="how long they talk, once all are open")
    parser.add_argument("--seed", type=int, default=1, help="of what is left to chance")
    parser.add_argument("--folder", type=Path, default=Path(".local"), help="of the running stack")
    chosen = parser.parse_args()
    try:
        stack = json.loads((chosen.folder / "stack.json").read_text())
    except FileNotFoundError:
        print("the local stack is not running; start it with: make run", file=sys.stderr)
        return 1
    return asyncio.run(_whole(stack, chosen.folder, chosen))


if __name__ == "__main__":
    sys.exit(main())
