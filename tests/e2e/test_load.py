"""The load generator against the stack: what it was answered is what the record holds."""

import subprocess
import sys
from pathlib import Path

from infra.load.people import MESSAGES, PAGES, REASONS, Person, first_of
from tests.e2e.launching import Description
from tests.e2e.sent import SENT

COMMAND = [sys.executable, "-m", "infra.load"]
RUN = "load-end-to-end"
MOST_PEOPLE = 200


def test_nothing_is_lost_or_doubled_under_load(stack: Description, stack_folder: Path) -> None:
    # Given the stack, when a short hour is played against it
    assert stack["api_url"]
    ended = _play("--seconds", "6", "--folder", str(stack_folder), "--run", RUN)
    people = [Person(first_of(RUN) + number) for number in range(MOST_PEOPLE)]
    SENT.note([(one.name, one.phone, one.email, one.account, one.born, one.postcode) for one in people])
    SENT.note([*REASONS, *PAGES, *MESSAGES])
    # Then every route is in the report, nothing failed, and the record is whole
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "nothing lost, nothing doubled, counters right" in ended.stdout
    for route in ("POST /contacts", "POST /interactions", "LAMBDA connect_lookup", "POST /lookup"):
        assert route in ended.stdout, ended.stdout


def test_without_a_stack_it_says_so(tmp_path: Path) -> None:
    # Given no stack, when the hour is to be played, then one line says how to start one
    ended = _play("--folder", str(tmp_path))
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert "make run" in line


def _play(*options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=False, timeout=180)  # noqa: S603 - our own
