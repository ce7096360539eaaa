"""Settings: one TOML file, then `CURTILAGE__SECTION__KEY`, then flags.

Each slice declares its section as a frozen dataclass; this module reads the
sources once, at the roof, and remembers where every value came from. Unknown
keys and wrong types are a `SetupError` with the setting's name.
"""

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from curtilage.core.errors import SetupError

PREFIX = "CURTILAGE__"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value came from: `default`, the file's name, the variable, or `flag`.

    `folder` is where the file lies: its paths are meant from there, those of a variable or
    a flag from where the program runs."""

    value: Any
    origin: str
    folder: Path | None = None

    def place(self, path: Path) -> Path:
        """A path of this source, as it is meant."""
        return path if self.folder is None else self.folder / path


def environment() -> Mapping[str, str]:
    """The process environment; the one place that reads it."""
    return os.environ


def tell_libraries(variables: Mapping[str, str]) -> None:
    """Set what a library reads from the environment once it is loaded, unless somebody did."""
    for name, value in variables.items():
        os.environ.setdefault(name, value)


def read_sources(
    path: Path | None,
    env: Mapping[str, str],
    flags: Mapping[str, Any],
    folder: Path | None = None,
) -> dict[str, Source]:
    """Every given setting by its dotted name, the strongest source last to win.

    `flags` maps dotted names to values; None means the flag was not given. `folder` is
    where the file lies, unless it is the copy at `path` of one that lies there.
    """
    found: dict[str, Source] = {}
    if path is not None:
        found = parse_sources(read_text(path), path.name, folder or path.parent)
    for name, raw in env.items():
        if name.startswith(PREFIX):
            dotted = name[len(PREFIX) :].lower().replace("__", ".")
            found[dotted] = Source(raw, name)
    for dotted, value in flags.items():
        if value is not None:
            found[dotted] = Source(value, "flag")
    return found


def read_text(path: Path) -> str:
    """The text of the configuration file. Raises a SetupError that names the file."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SetupError(
            f"The configuration file {path.name} is not there.",
            hint="Give an existing file to --config, or leave the flag out.",
        ) from None
    except (OSError, UnicodeDecodeError):
        raise SetupError(f"The configuration file {path.name} cannot be read.") from None


def parse_sources(text: str, name: str, folder: Path | None = None) -> dict[str, Source]:
    """Every setting in the text of the configuration file called `name`, in `folder`."""
    found: dict[str, Source] = {}
    try:
        _flatten(tomllib.loads(text), "", Source(None, name, folder), found)
    except (ValueError, RecursionError) as problem:  # tomllib's own, and what it lets through
        raise SetupError(
            f"The configuration file {name} is not valid TOML ({_place(problem)})."
        ) from None
    return found


def _place(problem: Exception) -> str:
    text = str(problem)
    return text[text.rfind("(at ") + 1 : -1] if "(at " in text else "unknown place"


def _flatten(table: Mapping[str, Any], prefix: str, source: Source, out: dict[str, Source]) -> None:
    for key, value in table.items():
        dotted = f"{prefix}{key}"
        if isinstance(value, Mapping):
            _flatten(value, f"{dotted}.", source, out)
        else:
            out[dotted] = replace(source, value=value)


def read_section(kind: type[T], name: str, sources: Mapping[str, Source]) -> T:
    """Build the frozen dataclass `kind` from the keys under `name.`."""
    assert is_dataclass(kind)
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for item in fields(kind):
        source = sources.get(f"{name}.{item.name}")
        if source is not None:
            value = _convert(source.value, hints[item.name], f"{name}.{item.name}")
            values[item.name] = _placed(value, source)
        elif item.default is MISSING and item.default_factory is MISSING:
            raise SetupError(f"The setting {name}.{item.name} is missing.")
    return kind(**values)


def refuse_unknown(
    sources: Mapping[str, Source], known: set[str], open_prefixes: tuple[str, ...]
) -> None:
    """Raise a SetupError for the first setting that nobody declared."""
    for dotted, source in sources.items():
        if dotted not in known and not dotted.startswith(open_prefixes):
            raise SetupError(
                f"The setting {dotted} (from {source.origin}) is not known.",
                hint="`curtilage config show` lists every setting.",
            )


def section_keys(kind: type[Any], name: str) -> set[str]:
    """The dotted names that a section understands."""
    return {f"{name}.{item.name}" for item in fields(kind)}


def _placed(value: Any, source: Source) -> Any:
    if isinstance(value, Path):
        return source.place(value)
    return tuple(_placed(each, source) for each in value) if isinstance(value, tuple) else value


def _convert(value: Any, hint: Any, name: str) -> Any:
    """Turn a TOML value or an environment string into what the field holds."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        inner = [arg for arg in get_args(hint) if arg is not type(None)]
        return None if value in (None, "") else _convert(value, inner[0], name)
    if origin is tuple:
        items = [item for item in value.split(",") if item] if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            raise _wrong(name, "a list")
        return tuple(
            _convert(item.strip() if isinstance(item, str) else item, get_args(hint)[0], name)
            for item in items
        )
    if hint is bool:
        return _boolean(value, name)
    if hint in (int, float):
        return _number(value, hint, name)
    if hint is Path and isinstance(value, str | Path):
        return Path(value)
    if hint is str and isinstance(value, str):
        return value
    raise _wrong(name, getattr(hint, "__name__", "another type"))


def _boolean(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return value
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise _wrong(name, "true or false")


def _number(value: Any, hint: type[Any], name: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _wrong(name, "a number")
    try:
        number = float(value) if hint is float else int(value)
    except (ValueError, OverflowError):
        raise _wrong(name, "a number") from None
    is_odd = hint is float and not math.isfinite(number)  # an integer may be past every float
    if is_odd or (isinstance(value, float) and number != value):
        raise _wrong(name, "a whole number" if hint is int else "a number")
    return number


def _wrong(name: str, expected: str) -> SetupError:
    return SetupError(f"The setting {name} does not have the right type; expected {expected}.")
