"""Chats with card and other numbers, made up."""

from pathlib import Path

from infra.evaluate.evaluations import masking
from infra.evaluate.frame import Row, find_lines, write_lines
from tests.unit.evaluate.running import run_all


def test_masking(tmp_path: Path) -> None:
    # Given chats: one with a card, a social security number and other numbers, one with none
    card, ssn, ends = ["card_number", "4242 4242 4242 4241"], ["ssn", "123-45-6789"], ["ssn", "6789"]

    def turn(n: int, text: str, *slots: list[str]) -> Row:
        return {"n": n, "k": 0, "x": text, "slots": list(slots)}

    with_numbers = [
        turn(0, "my card is 4242 4242 4242 4241", card),
        turn(2, "123-45-6789 and 6789", ssn, ends),
        turn(4, "order 4242 4242 4242 4241", card, ["order_number", "order 4242 4242 4242 4241"]),
    ]
    chats = [{"id": "a", "turns": with_numbers}, {"id": "b", "turns": [turn(1, "hi, Ada", ["name", "Ada"])]}]
    (tmp_path / "multidogo").mkdir()
    write_lines(tmp_path / "multidogo" / "customer_turns.jsonl", chats)
    # When they are fed
    said = run_all(tmp_path, tmp_path / "out", masking.EVALUATION)
    # Then each message is there as it is stored
    assert find_lines(tmp_path / "out", "masking") == [
        {"id": "a", "turn": 0, "k": 0, "text": "my card is [card number]"},
        {"id": "a", "turn": 2, "k": 0, "text": "[social security number] and 6789"},
        {"id": "a", "turn": 4, "k": 0, "text": "order 4242 4242 4242 4241"},
        {"id": "b", "turn": 1, "k": 0, "text": "hi, Ada"},
    ]
    # and scored, where it is known what is what
    assert [line.split()[-3:] for line in said[1].strip().splitlines()[2:]] == [
        ["2", "1", "0.500"],
        ["1", "1", "1.000"],
        ["3", "3", "1.000"],
        ["3", "2", "0.667"],
    ]
    for row in with_numbers:
        del row["slots"]
    write_lines(tmp_path / "multidogo" / "customer_turns.jsonl", chats[:1])
    assert run_all(tmp_path, tmp_path / "out", masking.EVALUATION)[1] == "masking: no truth, no score"
