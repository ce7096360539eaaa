"""The reference page of settings, from the dataclasses that hold them.

The comment at the end of a field's line, or the lines of comment right above it, is
its explanation.
"""

import ast
import inspect
import re
import textwrap
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from curtilage.app.settings import TAKEN_OVER, ServerSettings, StoreSettings, TelemetrySettings
from curtilage.detect.settings import DetectSettings
from curtilage.gateway.prices import PriceSettings
from curtilage.gateway.settings import (
    BUILT_IN_ROUTES,
    BUILT_IN_UPSTREAMS,
    GatewaySettings,
    RouteSettings,
    UpstreamSettings,
)
from curtilage.identity.providers.settings import ProviderSettings
from curtilage.identity.reveal.settings import ConsoleSettings
from curtilage.identity.settings import IdentitySettings
from curtilage.ledger.settings import LedgerSettings
from curtilage.vault.settings import VaultSettings

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs" / "reference" / "settings.md"
SECTIONS: dict[str, type[Any]] = {
    "[server]": ServerSettings,
    "[store]": StoreSettings,
    "[identity]": IdentitySettings,
    "[identity.providers.NAME]": ProviderSettings,
    "[console]": ConsoleSettings,
    "[gateway]": GatewaySettings,
    "[detect]": DetectSettings,
    "[ledger]": LedgerSettings,
    "[vault]": VaultSettings,
    "[telemetry]": TelemetrySettings,
    "[upstreams.NAME]": UpstreamSettings,
    "[[routes]]": RouteSettings,
    "[[prices]]": PriceSettings,
}
INTRODUCTION = """\
# Settings

One TOML file (`--config`), then variables `CURTILAGE__SECTION__KEY`, then flags; the later wins.
`curtilage config show` prints each value and where it came from. A key that is not on this page, or
a value of the wrong type, is refused with the setting's name. Secrets are never settings: a setting
names the variable that holds one.

A path in the file is meant from the folder that the file is in; one in a variable, a flag or a
default from where the command runs.

*This page is written by `make generate` from the source.*
"""


def render() -> str:
    """The whole page."""
    sections = "".join(_section(name, kind) for name, kind in SECTIONS.items())
    return INTRODUCTION + _taken_over() + sections + POLICY + _built_in()


def _taken_over() -> str:
    names = ", ".join(f"`{name}`" for name in sorted(TAKEN_OVER))
    words = (
        "A changed file is taken over while the service runs, or refused whole. Taken over are "
        f"{names}, `[upstreams.NAME]`, `[[routes]]` and `[[prices]]`, and the files of your policies. A change "
        "of any other setting needs a restart: until then the file is refused, and all stays as it was."
    )
    return "\n" + textwrap.fill(words, 100, break_on_hyphens=False) + "\n"


def _section(name: str, kind: type[Any]) -> str:
    said = notes(kind)
    lines = ["", f"## {name}", "", inspect.cleandoc(kind.__doc__ or ""), ""]
    lines += ["| setting | type | default | |", "|---|---|---|---|"]
    for field in fields(kind):
        note = said[field.name].replace("|", r"\|")
        lines.append(f"| `{field.name}` | {_type(field)} | {_default(field)} | {note} |")
    return "\n".join(lines) + "\n"


def _type(field: "Field[Any]") -> str:
    spelled = field.type if isinstance(field.type, str) else inspect.formatannotation(field.type)
    plain = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false"}
    plain |= {
        "Path": "path",
        "tuple[str, ...]": "list of text",
        "tuple[Path, ...]": "list of paths",
    }
    plain |= {
        "tuple[int, ...]": "list of whole numbers",
        "str | Mapping[str, str]": "text or table",
    }
    base = re.sub(r"\b(?:\w+\.)+", "", spelled.removesuffix(" | None"))
    return plain.get(base, f"`{base}`")


def _default(field: "Field[Any]") -> str:
    if field.default is MISSING:
        return "*required*"
    if field.default in ("", (), None):
        return "*none*"
    if isinstance(field.default, tuple):
        return ", ".join(f"`{each}`" for each in field.default)
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    return f"`{field.default}`"


def notes(kind: type[Any]) -> dict[str, str]:
    """What is said of each field: the comment lines right above it, or at the end of its line."""
    source = inspect.getsource(kind)
    lines = source.splitlines()
    body = ast.parse(inspect.cleandoc(source)).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            line = lines[(node.end_lineno or node.lineno) - 1][node.end_col_offset :]
            above = _comment_above(lines, node.lineno - 1)
            found[node.target.id] = line.partition("# ")[2].strip() or above
    return found


def _comment_above(lines: list[str], index: int) -> str:
    said: list[str] = []
    while (line := lines[index - 1].strip()).startswith("# "):
        said.insert(0, line.removeprefix("# "))
        index -= 1
    return " ".join(said)


POLICY = """
## [policy]

Policies of your own.

| setting | type | default | |
|---|---|---|---|
| `dir` | path | *none* | a folder of `NAME.toml` files, read beside the shipped ones |
"""


def _built_in() -> str:
    lines = ["", "## What is there without a file", ""]
    lines += ["| upstream | protocol | address | key from |", "|---|---|---|---|"]
    for name, upstream in BUILT_IN_UPSTREAMS.items():
        address = f"`{upstream.base_url}`" if upstream.base_url else "inside the service"
        key = f"`{upstream.api_key_env}`" if upstream.api_key_env else "*none*"
        lines.append(f"| `{name}` | {upstream.protocol} | {address} | {key} |")
    lines += ["", "| model | upstream |", "|---|---|"]
    lines += [f"| `{route.model}` | `{route.upstream}` |" for route in BUILT_IN_ROUTES]
    return "\n".join(lines) + "\n"
