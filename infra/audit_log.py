"""How an audit event is told from the other lines that a function prints (docs/adr/0008)."""

import json

SERVICE = "throughline-audit"
"""What chalicelib/audit.py writes into each event as its service."""

FILTER_PATTERN = f'{{ $.service = "{SERVICE}" }}'
"""The same as CloudWatch Logs wants it: only lines that are JSON and have this at their top match.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""


def is_audit(line: str) -> bool:
    """Whether a printed line is an audit event, as `FILTER_PATTERN` decides it on AWS."""
    if SERVICE not in line:
        return False
    try:
        said = json.loads(line)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("service") == SERVICE
