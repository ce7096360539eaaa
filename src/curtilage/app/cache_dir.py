"""Where compiled patterns are kept: with an installation, else in the user's own cache.

They say nothing of any text; but whoever can write them says what is found. So a
folder that is another's, or that others may write to, is not used.
"""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

NAME = "curtilage"


def find_cache_dir(data_dir: Path, env: Mapping[str, str]) -> Path | None:
    """The folder for compiled patterns, where there is a data directory or not; None: nowhere.

    Looking for something makes no data directory: that is an installation's."""
    return data_dir / "cache" if data_dir.is_dir() else make_user_cache(env)


def make_user_cache(env: Mapping[str, str]) -> Path | None:
    """The user's cache for this program, made if it is not there; None where it is not safe.

    `$XDG_CACHE_HOME` is meant only if it is an absolute path (XDG Base Directory §3)."""
    home, named = Path(env.get("HOME", "")), Path(env.get("XDG_CACHE_HOME", ""))
    folder = named if named.is_absolute() else home / ".cache"
    if not folder.is_absolute():
        return None
    ours = folder / NAME
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ours.mkdir(mode=0o700, exist_ok=True)
        return ours if _is_safe(ours) else None
    return None


def _is_safe(folder: Path) -> bool:
    """Whether it is a folder of this user's that no other may write to."""
    found = folder.lstat()
    is_ours = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    return stat.S_ISDIR(found.st_mode) and is_ours and not found.st_mode & 0o022
