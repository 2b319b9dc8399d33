"""Imports point one way, and what is heavy is loaded late."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "reuse"
# Lower ones know nothing of higher ones.
LAYERS = (
    {"model", "settings", "printable", "language", "languages", "dates"},
    {"rows", "readers", "engines"},
    {"store"},
    {"comparing"},
    {"pipeline", "tracing", "checking"},
    {"api"},
    {"cli", "report", "export", "__init__"},
)
STAGES = 1


def modules() -> dict[str, set[str]]:
    """Each top-level module or package of ours -> those of ours that it imports."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).with_suffix("").parts[0]
        imported = found.setdefault(name, set())
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "reuse":
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("reuse."):
                imported.add((node.module or "").split(".")[1])
            elif isinstance(node, ast.Import):
                imported |= {
                    alias.name.split(".")[1]
                    for alias in node.names
                    if alias.name.startswith("reuse.")
                }
    return {name: imported - {name} for name, imported in found.items()}


def layer(module: str) -> int:
    return next((n for n, names in enumerate(LAYERS) if module in names), STAGES)


def test_no_module_imports_one_above_it() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, imported in modules().items()
        for other in imported
        if name != "__main__" and layer(other) > layer(name)
    ]
    assert wrong == []


def test_no_two_modules_import_each_other() -> None:
    found = modules()
    seen: dict[str, int] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert seen.get(name) != 1, " -> ".join((*path, name))
        if seen.get(name) == 2 or name not in found:
            return
        seen[name] = 1
        for other in sorted(found[name]):
            visit(other, (*path, name))
        seen[name] = 2

    for name in found:
        visit(name, ())


@pytest.mark.parametrize("name", ["readers", "store", "engines"])
def test_what_stands_around_the_pipeline_knows_no_stage(name: str) -> None:
    around = {"__version__", "model", "settings", "printable", "language", "dates", "rows"}
    assert modules()[name] <= around


def test_the_pages_know_only_the_database() -> None:
    assert modules()["browse"] == set()


@pytest.mark.parametrize(
    ("library", "only"),
    [("datasette", {"browse"}), ("pyspark", {"engines/spark.py"})],
)
def test_a_library_that_few_need_is_imported_in_one_place(library: str, only: set[str]) -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and any(
            (name or "").split(".")[0] == library
            for name in (
                [node.module]
                if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names]
            )
        )
    }
    assert users
    assert {user for user in users if not any(user.startswith(place) for place in only)} == set()


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from reuse.cli import main;"
        "CliRunner().invoke(main, ['--help']);"
        "print(sorted({'numpy', 'scipy', 'datasketch', 'trafilatura', 'datasette', 'wordfreq',"
        " 'pyspark', 'pyarrow'}"
        " & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
