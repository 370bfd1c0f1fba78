"""Payloads as providers send them, made up."""

import json
from pathlib import Path
from typing import Any

from infra.evaluate.evaluations import payloads
from infra.evaluate.frame import find_lines
from tests.unit.evaluate.running import run_all


def test_payloads(tmp_path: Path) -> None:
    # Given a Connect event, flows that call Lambda functions or none, a webhook, and rubbish
    call = {"ContactData": {"ContactId": "c-1", "Channel": "VOICE"}, "Parameters": {}}
    block = {
        "type": "InvokeExternalResource",
        "target": "Lambda",
        "parameters": [{"name": "TimeLimit", "value": "8"}, {"name": "Parameter", "key": "need", "value": "name"}],
    }
    action = {"Type": "InvokeLambdaFunction", "Parameters": {"LambdaInvocationAttributes": {"a": "b"}}}
    files: dict[str, Any] = {
        "aws_events/connect.json": {"Name": "ContactFlowEvent", "Details": call},
        "aws_events/no-contact.json": {"Details": {"Parameters": {"phone": "x"}}},
        "aws_events/mail.json": {"Records": [{"ses": {"mail": {"messageId": "m-1"}, "receipt": {}}}]},
        "connect_flows/a/old.json": {"modules": [block, block, {"type": "PlayPrompt"}]},
        "connect_flows/a/new.json": {"Actions": [action]},
        "connect_flows/a/silent.json": {"modules": [{"type": "Disconnect"}]},
        "whatsapp/message.json": {"object": "whatsapp_business_account"},
        "line/rubbish.json": None,
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{" if content is None else json.dumps(content))
    # When they are fed
    said = run_all(tmp_path, tmp_path / "out", payloads.EVALUATION)
    # Then each has a line that says what became of it
    rows = {row.pop("path"): tuple(row.values()) for row in find_lines(tmp_path / "out", "payloads") or []}
    assert rows == {
        "aws_events/connect.json": ("accepted", "voice", 0, 1),
        "aws_events/no-contact.json": ("accepted", None, 0, 0),
        "aws_events/mail.json": ("accepted", "email", 1, 0),
        "connect_flows/a/old.json": ("accepted", "voice", 0, 1),
        "connect_flows/a/new.json": ("accepted", "voice", 0, 1),
        "connect_flows/a/silent.json": ("ignored", None, 0, 0),
        "whatsapp/message.json": ("unsupported", None, 0, 0),
        "line/rubbish.json": ("rejected", None, 0, 0),
    }
    assert "aws_events" in said[1]
