"""Deploying to AWS: what is refused before anything is touched."""

import json
from pathlib import Path

import pytest

from infra.deploy import CannotDeploy, parameters_of


def test_the_local_stage_is_never_deployed(tmp_path: Path) -> None:
    """Given the stage that trusts a development issuer, when it is to go to AWS, then it is refused."""
    (tmp_path / "local.json").write_text("{}")
    with pytest.raises(CannotDeploy, match="make run"):
        parameters_of("local", tmp_path)


@pytest.mark.parametrize("stage", ["", "Prod", "../prod", "x", "local2" * 5, "pro d"])
def test_an_odd_stage_is_refused(stage: str, tmp_path: Path) -> None:
    """Given a name that cannot be a stage, then the message says what a stage looks like."""
    with pytest.raises(CannotDeploy, match="STAGE=dev"):
        parameters_of(stage, tmp_path)


def test_a_stage_needs_its_file(tmp_path: Path) -> None:
    """Given no file of parameters, then the message says where to begin."""
    with pytest.raises(CannotDeploy, match=r"example\.json"):
        parameters_of("dev", tmp_path)


def test_the_file_cannot_name_another_stage(tmp_path: Path) -> None:
    """Given a file that says Stage=local, when dev is deployed, then the stage is dev."""
    (tmp_path / "dev.json").write_text(json.dumps({"Stage": "local", "JwtIssuer": "https://issuer.example.com/"}))
    assert parameters_of("dev", tmp_path) == {"Stage": "dev", "JwtIssuer": "https://issuer.example.com/"}
