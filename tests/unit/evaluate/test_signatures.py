"""Signatures of providers, made here."""

from pathlib import Path

from infra.evaluate.evaluations import signatures
from infra.evaluate.frame import find_lines, write_lines
from tests.unit.evaluate.running import run_all

# made by openssl dgst -hmac s, over "b", "v0:100:b" and "https://example.com/A1B2B3"
LINE_SIGNATURE = "J+avdKBhpfQNbQF2N2rjM3aOR3/fHR11aCiq8Rkv1mQ="
SLACK_SIGNATURE = "v0=bda362b5e6e07ca4e1dc0fdb4405610e931ff183b2af4100c7b42c2760689b2a"
TWILIO_SIGNATURE = "0lL68h9m6Vtkka/GRSlWfKdiCho="


def test_signatures(tmp_path: Path) -> None:
    # Given a valid signature of each provider, a wrong one, and one of a provider that is not known
    line = {"provider": "line", "secret": "s", "body": "b", "signature": LINE_SIGNATURE, "valid": True}
    slack = {"provider": "slack", "secret": "s", "timestamp": "100", "now": 200, "body": "b"}
    vectors = [
        line | {"id": "line"},
        line | {"id": "wrong", "body": "c", "valid": False},
        slack | {"id": "slack", "signature": SLACK_SIGNATURE, "valid": True},
        slack | {"id": "stale", "signature": SLACK_SIGNATURE, "now": 500, "valid": False},
        {"id": "unknown", "provider": "nobody", "valid": False},
        {"provider": "twilio", "token": "s", "url": "https://example.com/", "params": {"A": "1", "B": ["2", "3"]}}
        | {"id": "twilio", "signature": TWILIO_SIGNATURE, "valid": True},
    ]
    (tmp_path / "webhook_signatures").mkdir()
    write_lines(tmp_path / "webhook_signatures" / "vectors.jsonl", vectors)
    # When they are judged, then it is as it was stated
    said = run_all(tmp_path, tmp_path / "out", signatures.EVALUATION)
    judged = {row["id"]: row["valid"] for row in find_lines(tmp_path / "out", "signatures") or []}
    assert judged == {row["id"]: row["valid"] for row in vectors}
    assert [row.split() for row in said[1].strip().splitlines()[2:]] == [
        ["line", "2", "2"],
        ["nobody", "1", "1"],
        ["slack", "2", "2"],
        ["twilio", "1", "1"],
    ]
    # and without what they state there is no score
    for row in vectors:
        del row["valid"]
    write_lines(tmp_path / "webhook_signatures" / "vectors.jsonl", vectors)
    assert run_all(tmp_path, tmp_path / "out", signatures.EVALUATION)[1] == "signatures: no truth, no score"
