"""Who may import whom: the folders are the dependency rule."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAY_IMPORT = {
    "rules": {"rules", "errors"},
    "mail": {"mail", "rules", "errors"},
    "models": {"models", "rules", "errors"},
    "services": {"services", "channels", "mail", "rules", "models", "errors", "settings"},
    "channels": {"channels", "rules", "models", "errors"},
    "handlers": {
        *("handlers", "reference", "services", "rules", "models", "errors"),
        *("runtime", "socket_runtime", "audit", "observability"),
    },
    "socket_runtime": {
        *("runtime", "services", "rules", "models", "errors"),
        *("authentication", "audit", "observability"),
    },
    "runtime": {
        *("services", "rules", "models", "errors", "settings", "authentication", "cors"),
        *("audit", "observability"),
    },
    "cors": {"rules", "settings"},
    "reference": {"reference", "runtime", "services", "rules", "models", "errors"},
    "authentication": {"rules", "errors", "settings"},
    "observability": set(),
    "audit": {"rules", "observability"},
    "settings": set(),
    "errors": set(),
}
ONLY_IN = {
    "chalice": {"handlers", "runtime"},
    "pynamodb": {"models"},
    "botocore": {"models"},
    "pydantic": {"models", "runtime", "socket_runtime", "reference"},
    "jwt": {"authentication"},
    "selectolax": {"mail"},
    "charset_normalizer": {"mail"},
    "aws_lambda_powertools": {"handlers", "audit", "observability"},
}


def modules() -> list[Path]:
    return [path for path in (ROOT / "chalicelib").rglob("*.py") if path.name != "__init__.py"]


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "chalicelib").parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "chalicelib":
            found |= {f"chalicelib.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_rooms_import_only_what_they_may() -> None:
    for path in modules():
        rooms = {name.split(".")[1] for name in imports_of(path) if name.startswith("chalicelib.")}
        assert rooms <= MAY_IMPORT[room_of(path)], path


def test_libraries_stay_where_they_belong() -> None:
    for path in modules():
        for library in {name.split(".")[0] for name in imports_of(path)} & set(ONLY_IN):
            assert room_of(path) in ONLY_IN[library], f"{path} imports {library}"


def test_rules_need_nothing_but_the_standard_library() -> None:
    import sys

    for path in modules():
        if room_of(path) == "rules":
            outside = {name.split(".")[0] for name in imports_of(path)} - {"chalicelib"}
            assert outside <= set(sys.stdlib_module_names), path


def test_only_the_front_door_imports_handlers() -> None:
    assert any(name.startswith("chalicelib.handlers") for name in imports_of(ROOT / "app.py"))
    for path in modules():
        if room_of(path) != "handlers":
            assert not any(name.startswith("chalicelib.handlers") for name in imports_of(path)), path


def test_only_settings_reads_the_environment() -> None:
    for path in modules():
        if room_of(path) != "settings":
            assert not imports_of(path) & {"os", "dotenv"}, path


def test_the_front_door_is_small() -> None:
    assert len((ROOT / "app.py").read_text().splitlines()) < 60


def test_nothing_is_patched_in_tests() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        assert not any("mock" in name and "moto" not in name for name in imports_of(path)), path


def test_functions_are_short() -> None:
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 50, f"{path}: {node.name}"
