"""The package: what is in the zip, and that the same input gives the same bytes."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra import dependencies, package
from infra.dependencies import (
    CannotPackage,
    compile_tree,
    insist_on_python,
    target_of_this_machine,
    trim,
    write_zip,
)


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> package.Package:
    return package.make(target_of_this_machine(), tmp_path_factory.mktemp("package") / "build")


def test_the_zip_has_bytecode_and_no_ballast(packaged: package.Package) -> None:
    """Given the zip, then each module has bytecode, and what no function reads is not there."""
    names = set(zipfile.ZipFile(packaged.code).namelist())
    assert "app.py" in names
    assert "chalicelib/settings.py" in names
    tag = sys.implementation.cache_tag
    assert f"__pycache__/app.{tag}.pyc" in names
    assert "pydantic/main.pyc" in names
    assert "pydantic/main.py" not in names
    services = {name.split("/")[2] for name in names if name.startswith("botocore/data/")}
    assert services == set(dependencies.BOTOCORE_DATA)
    assert not [name for name in names if name.startswith(("boto3/", "pip/", "infra/", "tests/", "chalice/cli"))]


def test_the_package_runs_by_itself(packaged: package.Package, tmp_path: Path) -> None:
    """Given the unpacked zip and nothing else, when the application is imported, then it is whole."""
    zipfile.ZipFile(packaged.code).extractall(tmp_path)
    code = "import sys; sys.path.insert(0, '.'); import app; print(sorted(app.app.routes)[0])"
    # -S and -I: neither this environment's packages nor this folder's
    ended = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-S", "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("/v1/")


def test_packaging_again_changes_nothing(packaged: package.Package, tmp_path: Path) -> None:
    """Given the same sources, when they are packaged elsewhere, then the bytes are the same."""
    again = package.make(target_of_this_machine(), tmp_path / "build")
    assert again.code.read_bytes() == packaged.code.read_bytes()
    assert json.loads(again.template.read_text()) == json.loads(packaged.template.read_text())


def test_an_unchanged_package_is_not_made_again(packaged: package.Package) -> None:
    """Given a package that is up to date, when it is asked for, then the one that is there is the answer."""
    made_at = packaged.code.stat().st_mtime_ns
    package.make(target_of_this_machine(), packaged.code.parent)
    assert packaged.code.stat().st_mtime_ns == made_at


def test_another_python_is_refused_in_one_line() -> None:
    """Given a Python that Lambda does not run, when it is to package, then one line says which one is needed."""
    with pytest.raises(CannotPackage) as refusal:
        insist_on_python((3, 13, 1))
    (line,) = str(refusal.value).splitlines()
    assert "needs Python 3.11" in line
    assert "this is 3.13" in line
    insist_on_python((3, 11, 9))


def test_trimming_keeps_what_is_imported(tmp_path: Path) -> None:
    """Given a tree of packages, when it is trimmed, then tests, stubs and unused services go, metadata stays."""
    kept = ["a/__init__.py", "a-1.0.dist-info/METADATA", "botocore/data/dynamodb/service.json.gz"]
    gone = [
        "a/tests/test_a.py",
        "a/py.pyi",
        "bin/a",
        "a-1.0.dist-info/RECORD",
        "botocore/data/ec2/service.json.gz",
    ]
    for name in kept + gone:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    trim(tmp_path)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == sorted(
        kept
    )


def test_bytecode_without_sources_names_the_place_on_lambda(tmp_path: Path) -> None:
    """Given a module, when it is compiled without its source, then it imports and tracebacks say /var/task."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "fails.py").write_text("def fail():\n    raise ValueError\n")
    compile_tree(tree, sources=False)
    assert [path.name for path in tree.iterdir()] == ["fails.pyc"]
    ended = subprocess.run(
        [sys.executable, "-c", "import fails; fails.fail()"], cwd=tree, capture_output=True, text=True, check=False
    )
    assert "/var/task/fails.py" in ended.stderr


def test_a_zip_does_not_know_when_it_was_made(tmp_path: Path) -> None:
    """Given the same files with other dates, when they are zipped, then the bytes are the same."""
    zips = []
    for name in ("one", "two"):
        tree = tmp_path / name
        tree.mkdir()
        (tree / "b").write_text("b")
        (tree / "a").write_text("a")
        write_zip(tree, tmp_path / f"{name}.zip")
        zips.append((tmp_path / f"{name}.zip").read_bytes())
    assert zips[0] == zips[1]
