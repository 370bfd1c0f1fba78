"""The runtime requirements as one zip: right for the machine they run on, lean, with bytecode.

Cached under .venv by a hash of what it is made from, so that packaging again needs no network.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

CACHE = Path(".venv/lambda")
REQUIREMENTS = Path("requirements.txt")

# python3.11 on Lambda is Amazon Linux 2, glibc 2.26: newer manylinux tags do not load there.
LAMBDA_PLATFORM = ["--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_17_x86_64"]
LAMBDA_WHEELS = [*LAMBDA_PLATFORM, "--implementation", "cp", "--python-version", "3.11", "--only-binary=:all:"]
LAMBDA_PYTHON = (3, 11)
LAMBDA_MACHINE = ("Linux", "x86_64")

# Chalice puts its own two run-time files into the package; its CLI and what that needs stay at home.
NOT_SHIPPED = ("chalice",)
# botocore describes every AWS service: 28 MB of JSON, of which the functions read this much.
BOTOCORE_DATA = (
    *("dynamodb", "s3", "sqs"),
    *("endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json"),
)
# (a folder anywhere in the tree, a suffix anywhere) that no import ever asks for
DEAD_FOLDERS = frozenset({"tests", "testing", "__pycache__", "bin"})
DEAD_SUFFIXES = (
    ".pyi",
    ".pyx",
    ".pxd",
    ".h",
    ".c",
    ".dist-info/RECORD",
    ".dist-info/INSTALLER",
    ".dist-info/WHEEL",
)

EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip's earliest date: the same input gives the same bytes


class CannotPackage(Exception):
    """The package cannot be made here; the message says what to do."""


def target_of_this_machine() -> str:
    """`lambda` where Lambda's own wheels run, so that what is tested is what ships; else `native`."""
    return "lambda" if (platform.system(), platform.machine()) == LAMBDA_MACHINE else "native"


def insist_on_python(version: tuple[int, ...]) -> None:
    """Raises `CannotPackage` unless it is Lambda's: the package holds bytecode, the emulated Lambda's too."""
    if version[:2] != LAMBDA_PYTHON:
        raise CannotPackage(
            f"the package needs Python 3.11, as on Lambda, and this is {version[0]}.{version[1]}:"
            " remove .venv and name another one: make PYTHON=/path/to/python3.11 ..."
        )


def dependencies(target: str) -> Path:
    """The zip of the requirements for a target, made at the first call."""
    archive = CACHE / f"{target}-{_fingerprint(target)}.zip"
    if not archive.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            tree = Path(scratch) / "tree"
            print("  fetching the requirements that ship (once, needs a network) …", flush=True)
            _install(tree, Path(scratch) / "requirements.txt", target)
            installed = _size(tree)
            trim(tree)
            compile_tree(tree, sources=False)
            finished = Path(scratch) / "finished.zip"
            write_zip(tree, finished)
            sizes = f"{installed} installed, {_size(tree)} trimmed, {_size(finished)} zipped"
            print(f"  they take {sizes}", flush=True)
            finished.replace(archive)
    return archive


def trim(tree: Path) -> None:
    """Removes what no import asks for. Package metadata stays: some packages read their own version."""
    for path in sorted(tree.rglob("*")):
        if path.is_dir() and path.name in DEAD_FOLDERS:
            shutil.rmtree(path)
        elif path.is_file() and path.as_posix().endswith(DEAD_SUFFIXES):
            path.unlink()
    data = tree / "botocore" / "data"
    for path in data.iterdir() if data.is_dir() else ():
        if path.name not in BOTOCORE_DATA:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def compile_tree(tree: Path, *, sources: bool = True) -> None:
    """Bytecode that Lambda trusts without a look at the source's date, which a zip does not keep.

    Without sources it takes their place: half as many files to unpack at a cold start, and a traceback
    still names file and line.
    """
    options = ["-q", "--invalidation-mode", "unchecked-hash"] + ([] if sources else ["-b"])
    # The paths in tracebacks are Lambda's; a fixed seed gives the sets in code a fixed order.
    subprocess.run(  # noqa: S603 - a command of our own
        [sys.executable, "-m", "compileall", *options, "-s", str(tree), "-p", "/var/task", str(tree)],
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "0"},
    )
    for source in tree.rglob("*.py") if not sources else ():
        source.unlink()


def write_zip(tree: Path, archive: Path, *, mode: str = "w") -> None:
    """The tree as a zip with sorted names and one date; mode "a" adds it to a zip that exists."""
    with zipfile.ZipFile(archive, "a" if mode == "a" else "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in _files(tree):
            entry = zipfile.ZipInfo(path.relative_to(tree).as_posix(), EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(entry, path.read_bytes())


def _files(tree: Path) -> Iterator[Path]:
    return (path for path in sorted(tree.rglob("*")) if path.is_file())


def _size(path: Path) -> str:
    """Of a file, or of all files of a tree."""
    files = _files(path) if path.is_dir() else [path]
    return f"{sum(file.stat().st_size for file in files) / 1e6:.1f} MB"


def _fingerprint(target: str) -> str:
    made_from = [target, sys.version, platform.machine(), REQUIREMENTS.read_text(), Path(__file__).read_text()]
    return hashlib.sha256("\0".join(made_from).encode()).hexdigest()[:16]


def _install(tree: Path, requirements: Path, target: str) -> None:
    requirements.write_text("\n".join(_shipped(REQUIREMENTS.read_text())))
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-compile"]
    wheels = LAMBDA_WHEELS if target == "lambda" else []
    answer = subprocess.run(  # noqa: S603 - a command of our own
        [*pip, "--target", str(tree), *wheels, "-r", str(requirements)], check=False
    )
    if answer.returncode:
        raise CannotPackage("pip could not fetch the runtime requirements (the first packaging needs a network)")


def _shipped(requirements: str) -> list[str]:
    """The lines of requirements.txt that ship."""
    return [line for line in requirements.splitlines() if line.split("==")[0].strip().lower() not in NOT_SHIPPED]
