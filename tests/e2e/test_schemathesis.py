"""Schemathesis against the running stack: whatever is sent, no 5xx and nothing that the document does not say.

It makes requests from the document, valid ones and ones that are wrong in one place, and follows the
links from what was made. The time is bounded; what is sent is the same at every run.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.document import operations
from tests.e2e.launching import Description

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


@pytest.mark.parametrize(("role", "seconds"), [("admin", 60), ("ivr", 15), ("visitor", 15), ("marketing", 15)])
def test_the_stack_does_what_the_document_says(
    stack: Description, tmp_path: Path, role: str, seconds: int
) -> None:
    # When Schemathesis calls the API with the token of this role
    command = [str(Path(sys.executable).with_name("schemathesis")), "run", f"{stack['api_url']}/openapi.json"]
    command += ["--header", f"Authorization: Bearer {stack['tokens'][role]}", "--checks", ",".join(CHECKS)]
    command += ["--max-time", str(seconds), "--max-examples", "15", "--request-timeout", "30"]
    command += ["--generation-deterministic", "--continue-on-failure", "--no-color"]
    answer = subprocess.run(  # noqa: S603 - a command of our own
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=seconds + 120
    )
    # Then nothing it was answered contradicts the document, and who may do all of it got to all of it
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert role != "admin" or f"Tested: {len(operations())}" in answer.stdout, answer.stdout
