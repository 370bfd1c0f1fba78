"""Fetching the engine: which package, and a clear word where it can not be had."""

from pathlib import Path

import pytest

from infra.engine import NoEngine, executable, package_for


@pytest.mark.parametrize(
    ("system", "machine", "package"),
    [
        ("Linux", "x86_64", "@dynoxide/linux-x64"),
        ("Linux", "aarch64", "@dynoxide/linux-arm64"),
        ("Darwin", "arm64", "@dynoxide/darwin-arm64"),
    ],
)
def test_each_machine_has_its_package(system: str, machine: str, package: str) -> None:
    assert package_for(system, machine) == package


@pytest.mark.parametrize(("system", "machine"), [("Windows", "AMD64"), ("Linux", "riscv64")])
def test_a_machine_without_one_is_told_so(system: str, machine: str) -> None:
    with pytest.raises(NoEngine, match="there is no engine for"):
        package_for(system, machine)


def test_without_npm_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoEngine, match=r"install Node\.js"):
        executable(tmp_path / "engine")
