"""Chats of both sides through the socket: on made-up people."""

from pathlib import Path

import pytest

from infra.evaluate.evaluations import star
from infra.evaluate.frame import Row, find_lines, write_lines
from tests.unit.evaluate.running import run_all


def a_chat(number: int, person: str, *said: str) -> Row:
    turns = [
        {"s": ("customer", "agent")[place % 2], "t": 1_700_000_000 + number * 1000 + place, "x": text}
        for place, text in enumerate(said)
    ]
    return {"id": number, "person": person, "agent": "agent-1", "turns": turns}


CHATS = [
    a_chat(1, "ada", "My card is lost", "Which one?", "4111 1111 1111 1111", "", "thanks"),
    a_chat(2, "ada", "It is lost again", "Really?"),
    a_chat(3, "bob", "Hello", "Hello", "Who are you?", "Amara", "Fine", "Bye"),
]


def test_star(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given chats in which lines are cut often
    monkeypatch.setattr(star, "CUT", 0.4)
    monkeypatch.setenv("WHOLE", "1")
    folder = tmp_path / "data" / "star"
    folder.mkdir(parents=True)
    write_lines(folder / "chats.jsonl", CHATS)
    # When they go through the socket
    said = run_all(tmp_path / "data", tmp_path / "out", star.EVALUATION)
    # Then each message is everywhere once, in order, and the chats are their people's
    rows = find_lines(tmp_path / "out", "star") or []
    assert {row["chat"]: row["timeline"] for row in rows} == {1: [*range(4)], 2: [0, 1], 3: [*range(6)]}
    assert [line.split()[:3] for line in said[1].strip().splitlines()[2:]] == [
        ["customer_saw", "3", "3"],
        ["agent_saw", "3", "3"],
        ["timeline", "3", "3"],
        ["right", "customer", "3"],
    ]


def test_a_sample_has_a_person_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(star, "PART", 2)
    assert [chat["id"] for chat in star.sample([a_chat(0, "eve"), *CHATS])] == [1, 2, 3]
    monkeypatch.setattr(star, "PART", 3)
    assert [chat["id"] for chat in star.sample(CHATS)] == [1, 2]
