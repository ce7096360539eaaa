"""The settings that the options of a command lead to."""

import os
from pathlib import Path
from typing import Any

from curtilage.app.settings import Settings, read_settings
from curtilage.core.errors import SetupError
from curtilage.core.settings import environment

USUAL_FILE = Path("curtilage.toml")


def find_config(config: Path | None) -> Path | None:
    """The file that was named, else the usual one where it exists. Raises a SetupError."""
    if config is not None and not os.path.exists(config):  # noqa: PTH110  # False where it may not look
        raise SetupError(
            f"The configuration file {config} is not there.",
            hint="Give an existing file to --config, or leave the option out.",
        )
    return config or (USUAL_FILE if USUAL_FILE.exists() else None)


def find_settings(config: Path | None, data_dir: Path | None, **flags: Any) -> Settings:
    """The settings behind `--config`, `--data-dir` and other flags by dotted name."""
    return read_settings(find_config(config), environment(), make_flags(data_dir, flags))


def make_flags(data_dir: Path | None, flags: dict[str, Any]) -> dict[str, Any]:
    """Flags by dotted name. A data directory that was named has its keys beside it."""
    given = {name.replace("__", "."): value for name, value in flags.items()}
    if data_dir is not None:
        given["server.data_dir"] = data_dir
        given.setdefault("server.key_dir", data_dir.with_name(data_dir.name + "-keys"))
    return given
