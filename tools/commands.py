"""The reference page of the command line, from the commands themselves."""

import importlib
import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs" / "reference" / "commands.md"
INTRODUCTION = """\
# Commands

Exit codes: **0** fine · **1** something was found, a check or proof failed · **2** wrong use or
input, not found, denied · **3** set-up · **4** the other side unreachable, failing or limiting ·
**5** incomplete, some input could not be examined · **70** a bug. `--debug` shows where an error
came from.

*This page is written by `make generate` from the commands.*
"""


def render() -> str:
    """The whole page."""
    return INTRODUCTION + "".join(_section(path, command) for path, command in walk())


def walk() -> Iterator[tuple[str, Any]]:
    """Every command with the words that call it."""
    app = importlib.import_module("curtilage.cli.commands").build_app()
    yield from _walk("curtilage", get_command(app) if isinstance(app, typer.Typer) else app)


def _walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Every command that does something, by the words that call it."""
    inner = getattr(command, "commands", None)
    if not inner:
        yield path, command
        return
    if command.invoke_without_command:
        yield path, command
    for name in sorted(inner):
        if not inner[name].hidden:
            yield from _walk(f"{path} {name}", inner[name])


def _section(path: str, command: Any) -> str:
    lines = ["", f"## {path}", "", inspect.cleandoc(command.help or "").replace("\b\n", ""), ""]
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and not one.hidden]
    usage = " ".join([path, *(["[OPTIONS]"] if options else []), *map(_metavar, arguments)])
    lines += ["```text", usage, "```", ""]
    if options:
        lines += ["| option | |", "|---|---|"]
        lines += [f"| `{_names(one)}` | {_cell(_explain(one))} |" for one in options]
    return "\n".join(lines).rstrip() + "\n"


def _metavar(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper()
    if name.startswith("["):
        return name
    name = f"{name}…" if argument.nargs == -1 or argument.multiple else name
    return name if argument.required else f"[{name}]"


def _explain(option: Any) -> str:
    """What an option does, and what it may be where that is a choice."""
    kind, said = option.type_descriptor.annotation, option.help or ""
    is_choice = isinstance(kind, type) and issubclass(kind, Enum)
    choices = [f"`{one.value}`" for one in kind] if is_choice else []
    return f"{said.removesuffix('.')}: {', '.join(choices)}." if choices else said


def _names(option: Any) -> str:
    return ", ".join([*option.opts, *option.secondary_opts])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
