"""Imports point down, and nobody patches our code."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.tree import REPOSITORY, parsed, relative

SLICES_WITHOUT_ROOMS = {"core", "web", "app", "cli"}  # the ground and the roof
# Slices inside slices, with rooms of their own.
NESTED = {f"curtilage.identity.{name}" for name in ("management", "oauth", "providers", "reveal")}


def test_every_import_contract_holds() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contracts_name_every_slice_that_exists() -> None:
    options = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {one["id"]: one for one in options["tool"]["importlinter"]["contracts"]}
    folders = {path.parent.name for path in (REPOSITORY / "src/curtilage").glob("*/__init__.py")}
    slices = {f"curtilage.{name}" for name in folders - SLICES_WITHOUT_ROOMS}
    assert slices | NESTED == set(contracts["rooms"]["containers"])
    assert slices == set(contracts["shell"]["forbidden_modules"])


def test_no_test_patches_our_code() -> None:
    patching: list[str] = []
    for path in sorted((REPOSITORY / "tests").rglob("*.py")):
        if "node_modules" in path.parts:
            continue
        patching += [f"{relative(path)}:{line}" for line in _patches(parsed(path))]
    assert patching == [], "use a fake from tests/fakes; monkeypatch only setenv, delenv and chdir"


def _patches(tree: ast.Module) -> list[int]:
    found: list[int] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("unittest"):
            found += [node.lineno for name in node.names if name.name.startswith("mock")]
        elif isinstance(node, ast.Import):
            found += [node.lineno for name in node.names if name.name.startswith("unittest.mock")]
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "monkeypatch"
            and node.attr not in {"setenv", "delenv", "chdir"}
        ):
            found.append(node.lineno)
    return found
