"""Makes build/deployment.zip and build/template.json: `python -m infra.package [--target lambda|native]`.

`chalice package` gives the template and the application's own files; the requirements are installed
beside it (infra/dependencies.py), because Chalice ships neither bytecode nor for other machines.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import yaml  # type: ignore[import-untyped]

from infra.dependencies import (
    REQUIREMENTS,
    CannotPackage,
    compile_tree,
    dependencies,
    insist_on_python,
    target_of_this_machine,
    write_zip,
)
from infra.template import finish

BUILD = Path("build")
MERGE = Path("infra/resources.yaml")
CONFIG = Path(".chalice")
APPLICATION = (Path("app.py"), Path("chalicelib"), CONFIG)
PACKAGING = tuple(
    Path("infra") / name
    for name in (
        *("resources.yaml", "package.py", "dependencies.py"),
        *("template.py", "audit_log.py", "gateway_responses.py"),
    )
)
STAGE = "release"  # of .chalice/config.json; the stage of a deployment is a parameter of the template


@dataclass(frozen=True)
class Package:
    """What is deployed, anywhere: a template and the one zip that all functions share."""

    template: Path
    code: Path


def make(target: str, build: Path = BUILD) -> Package:
    """Packages the working tree, or answers what is there when nothing has changed since."""
    insist_on_python(sys.version_info[:3])
    package = Package(build / "template.json", build / "deployment.zip")
    stamp, now = build / "made-from", f"{target} {_fingerprint()}"
    if not (stamp.exists() and stamp.read_text() == now and package.code.exists() and package.template.exists()):
        shutil.rmtree(build, ignore_errors=True)
        build.mkdir(parents=True)
        _run_chalice(build)
        _write_code(build, package.code, target)
        template = yaml.safe_load((build / "chalice" / "sam.yaml").read_text())
        package.template.write_text(json.dumps(finish(template), indent=1))
        stamp.write_text(now)
    return package


def _run_chalice(build: Path) -> None:
    """Chalice's own packaging, of a copy of the application without its requirements."""
    project = build / "project"
    for source in APPLICATION:
        copy = project / source
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", "deployments"))
        else:
            shutil.copy(source, copy)
    (project / "requirements.txt").write_text("")
    chalice = Path(sys.executable).with_name("chalice")
    command = [str(chalice), "--project-dir", str(project), "package", "--stage", STAGE]
    # Absolute paths: Chalice changes into the project before it reads them.
    command += ["--merge-template", str(MERGE.resolve()), str((build / "chalice").resolve())]
    # Chalice wants some region to be set, but writes none into the template.
    environment = os.environ | {"AWS_DEFAULT_REGION": "eu-west-1", "PYTHONDONTWRITEBYTECODE": "1"}
    answer = subprocess.run(  # noqa: S603 - a command of our own
        command, env=environment, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise CannotPackage(f"chalice package failed:\n{answer.stdout}{answer.stderr}")


def _write_code(build: Path, code: Path, target: str) -> None:
    """The application's files, with bytecode, added to the zip of the requirements."""
    tree = build / "application"
    with zipfile.ZipFile(build / "chalice" / "deployment.zip") as zipped:
        zipped.extractall(tree)
    compile_tree(tree)
    shutil.copy(dependencies(target), code)
    write_zip(tree, code, mode="a")


def _fingerprint() -> str:
    """A hash over the names and contents of everything the package is made from."""
    digest = hashlib.sha256(sys.version.encode())
    for source in (*APPLICATION, *PACKAGING, REQUIREMENTS):
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if path.is_file() and not {"__pycache__", "deployments"} & set(path.parts):
                digest.update(f"{path.as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"


def main() -> int:
    parser = argparse.ArgumentParser(description="Package Throughline for CloudFormation.")
    parser.add_argument("--target", choices=["lambda", "native"], default=target_of_this_machine())
    parser.add_argument("--build", type=Path, default=BUILD)
    chosen = parser.parse_args()
    try:
        package = make(chosen.target, chosen.build)
    except CannotPackage as reason:
        print(reason, file=sys.stderr)
        return 1
    print(f"{package.code} ({_megabytes(package.code)}) and {package.template} for {chosen.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
