"""What the product imports is what the project declares."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.house.tree import REPOSITORY, parsed, relative, source_files

# Parts of a declared package that its own interface hands out.
HANDED_OUT = {
    "asgiref": "django",
    "hpack": "h2",
    "click": "typer",
    "markupsafe": "jinja2",
    "numpy": "onnxruntime",
}


def _declared() -> set[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"]]
    wanted += [entry for extra in project["optional-dependencies"].values() for entry in extra]
    return {re.split(r"[\[<>=!~; ]", entry)[0].lower() for entry in wanted}


def _imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names - sys.stdlib_module_names - {"curtilage"}


def test_every_package_that_the_product_imports_is_declared() -> None:
    homes, declared = packages_distributions(), _declared() | set(HANDED_OUT)
    strangers = [
        f"{relative(path)}: {name}"
        for path in source_files()
        for name in sorted(_imported(parsed(path)))
        if not {home.lower().replace("_", "-") for home in homes.get(name, [name])} & declared
    ]
    assert strangers == []
