"""The reference page of problem codes, from the error classes themselves."""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

from curtilage.core.errors import CurtilageError

REPOSITORY = Path(__file__).resolve().parent.parent
SOURCE = REPOSITORY / "src"
PAGE = REPOSITORY / "docs" / "reference" / "problems.md"
INTRODUCTION = """\
# Problems

Every error that Curtilage tells a caller about has a code, and each code has a heading here. The
management API sends it as an RFC 9457 problem document whose `type` is `/problems/<code>`; the
gateway puts it in the error shape of the protocol that the caller speaks; the command line prints
it with its hint and leaves with the exit code. A detail never repeats a value from the input.

*This page is written by `make generate` from the classes in the `errors.py` of each slice.*
"""


def error_classes() -> list[type[CurtilageError]]:
    """Every error class that an `errors.py` defines, by code."""
    return sorted(set(_classes()), key=lambda kind: (kind.code, kind.__name__))


def _classes() -> Iterator[type[CurtilageError]]:
    for path in sorted((SOURCE / "curtilage").rglob("errors.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        module = importlib.import_module(name)
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, CurtilageError) and kind.__module__ == name:
                yield kind


def render() -> str:
    """The whole page."""
    return INTRODUCTION + "".join(_section(kind) for kind in error_classes())


def _section(kind: type[CurtilageError]) -> str:
    lines = ["", f"## {kind.code}", "", f"{kind.title}.", ""]
    about = inspect.cleandoc(kind.__doc__) if "__doc__" in vars(kind) and kind.__doc__ else ""
    if about:
        lines += [about, ""]
    lines.append(f"HTTP status {kind.status} · exit code {kind.exit_code}")
    if kind.hint:
        lines += ["", f"*What to do:* {kind.hint}"]
    return "\n".join(lines) + "\n"
