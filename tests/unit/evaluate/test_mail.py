"""Mails, made up."""

from pathlib import Path

from infra.evaluate.evaluations import mail
from infra.evaluate.frame import Row, find_lines, write_lines
from tests.unit.evaluate.running import run_all

MAIL = (
    b"From: Ada <ada@example.com>\r\nSubject: Late\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\n\r\nWhere is it?\r\n--b\r\nContent-Type: image/png; name=p.png\r\n\r\nx\r\n--b--\r\n"
)


def test_mails_are_parsed_and_held_against_what_their_source_states(tmp_path: Path) -> None:
    # Given one case of each kind, with what is stated of it
    quoted = "Yes\n\nOn 1 May 2024, Bob wrote:\n> Coming?\n"
    html = "<style>p {}</style><p>Yes</p><blockquote>Coming?</blockquote>"
    whole = {"expected_fragment_count": 1, "expected_signature": ""}
    contains = {"expected_contains": ["Yes"], "expected_not_contains": ["Coming"], "expected_fragment_count": 2}
    stated = {"expected_subject": "Late", "expected_from_email": "ada@example.com", "expected_attachment_count": 1}
    cases: dict[str, tuple[str, str | bytes, Row]] = {
        "whole": ("eml", MAIL, {**stated, "expected_text_body": "Where is\nit?"}),
        "text": (
            "text",
            quoted,
            {"expected_reply_text": "Yes", **contains, "expected_fragment_regex": {"0": ["^Y"]}},
        ),
        "wrong": ("text", quoted, {"expected_first_fragment": "No", "expected_fragment_regex": {"1": ["On"]}}),
        "html": ("html", html, {"expected_reply_html": "<style>p {}</style><p>Yes</p>"}),
        "fragments": ("text", "Yes", {"expected_fragments": {"0": "Yes"}, **whole}),
        "later": ("text", "Yes", {"expected_fragments": {"1": "On"}, "expected_signature": [False]}),
        "silent": ("text", "", {}),
    }
    folder = tmp_path / "mail"
    folder.mkdir()
    for name, (_, content, _) in cases.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    rows = [
        {"id": name, "source": "s", "kind": kind, "eml_path": name, **stated}
        for name, (kind, _, stated) in cases.items()
    ]
    write_lines(folder / "cases.jsonl", rows)
    # When they are parsed
    said = run_all(tmp_path, tmp_path / "out", mail.EVALUATION)
    # Then each has its line
    made = {row["id"]: row for row in find_lines(tmp_path / "out", "mail") or []}
    assert made["whole"] == {
        "id": "whole",
        "outcome": "interaction",
        "label": "message",
        "subject": "Late",
        "from": "ada@example.com",
        "text": "Where is it?",
        "reply_text": "Where is it?",
        "attachments": [{"name": "p.png", "type": "image/png", "size": 1}],
        "auto": "none",
    }
    assert (made["text"]["reply_text"], made["html"]["reply_text"]) == ("Yes", "Yes")
    # And each statement is counted once per case
    scores = {line.split()[1]: line.split()[-3:-1] for line in said[1].splitlines() if line.split()[:1] == ["s"]}
    assert {measure: figures for measure, figures in scores.items() if measure != "reply"} == {
        "read": ["7", "7"],
        "subject": ["1", "1"],
        "from": ["1", "1"],
        "charset": ["1", "1"],
        "attachments": ["1", "1"],
    }
    replies = [line.split()[1:5] for line in said[1].splitlines() if line.split()[:2] == ["s", "reply"]]
    assert replies == [["reply", "exact", "4", "3"], ["reply", "stated", "2", "2"]]
