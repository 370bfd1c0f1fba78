"""Which case each replayed conversation ended with, on made-up chats."""

from pathlib import Path
from typing import Any

from infra.evaluate.evaluations import cases
from infra.evaluate.frame import Row, find_lines, write_lines
from tests.unit.evaluate.running import run_all

AT = 1_590_000_000


def a_chat(id_: int, person: str, task: str, *said: str, hours: int, tool: bool = True, **more: Any) -> Row:
    began = AT + 3600 * hours
    return {
        "id": id_,
        "person": person,
        "tasks": [task],
        "completion": "Complete",
        "turns": [{"s": "customer", "t": began + n, "x": text} for n, text in enumerate(said)],
        "lookups": [{"t": began, "api": task, "constraints": {}}] if tool and said else [],
    } | more


CHATS = [
    # out of order on purpose: they are replayed by time
    a_chat(3, "ada", "hotel", "I booked the hotel room", hours=2),
    a_chat(1, "ada", "hotel", "A hotel room, please", hours=0),
    a_chat(2, "ada", "taxi", "A taxi to the station", hours=1),
    a_chat(4, "ada", "taxi", "Where does my taxi to the station wait?", hours=3, tool=False),
    a_chat(5, "bob", "taxi", "Taxi!", hours=4),
    a_chat(6, "bob", "taxi", hours=5, completion="Incomplete"),
]
FLIGHT: Row = {"customer_id": "cy", "instruction": "Cancel NO6JO3"}
FLIGHTS: list[Row] = [
    {
        "id": f"flight:{n}",
        "turns": [
            {"s": "customer", "x": text},
            {"s": "agent", "x": "", "tool_calls": [{"name": "cancel", "args": '{"reservation_id": "NO6JO3"}'}]},
            {"s": "tool", "x": "done"},
        ],
    }
    | FLIGHT
    for n, text in enumerate(("My flight", "It again"))
]
TRANSCRIPT: Row = {"id": "shop:0", "customer_id": "di", "transcript": "user: A lamp\nassistant: None\ntool: {}\n"}


def write(data: Path) -> None:
    for folder in ("star", "tau"):
        (data / folder).mkdir(parents=True)
    write_lines(data / "star" / "chats.jsonl", CHATS)
    write_lines(data / "tau" / "simulated_chats_airline.jsonl", FLIGHTS)
    write_lines(data / "tau" / "simulated_chats_retail.jsonl", [TRANSCRIPT])


def test_a_conversation_finds_the_case_that_it_goes_on_with(tmp_path: Path) -> None:
    write(tmp_path)
    (written, table) = run_all(tmp_path, tmp_path / "out", cases.EVALUATION)
    assert written == "cases: 9 lines in cases.jsonl"
    found = {row["id"]: row["case_id"] for row in find_lines(tmp_path / "out", "cases") or []}
    # by the reason that the desktop recorded, by words, by the booking; else in one of its own
    assert found["1"] == found["3"] != found["2"] == found["4"]
    assert found["flight:0"] == found["flight:1"]
    assert len({found[one] for one in ("1", "2", "5", "flight:0")}) == 4
    # and nobody who said nothing has one
    assert found["6"] is None
    assert [line.split()[-3:] for line in table.strip().splitlines() if "all that" in line] == [
        ["5", "5", "1.000"],
        ["2", "2", "1.000"],
    ]


def test_without_the_truth_there_are_predictions_only(tmp_path: Path) -> None:
    write(tmp_path)
    write_lines(tmp_path / "star" / "chats.jsonl", [{n: v for n, v in CHATS[0].items() if n != "tasks"}])
    bare = [{name: value for name, value in row.items() if name != "instruction"} for row in FLIGHTS]
    write_lines(tmp_path / "tau" / "simulated_chats_airline.jsonl", bare)
    (written, said) = run_all(tmp_path, tmp_path / "out", cases.EVALUATION)
    assert (written, said) == ("cases: 4 lines in cases.jsonl", "cases: no truth, no score")
