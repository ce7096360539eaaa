"""Compiled patterns as a folder keeps them: checked when read, removed when forgotten.

What a pattern compiles to is named by all that it depends on, so each version of the rules
and of the library leaves files of its own. A file that was read is dated; one that nobody
read for a month goes when a new one is written. Any number of processes share a folder.
"""

import hashlib
import os
import threading
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import Final

FORGOTTEN: Final = 30 * 24 * 3600  # seconds
MOST: Final = 1000  # files looked at for one that is written; the next one goes on


def name_compiled(key: str) -> str:
    """The name of the file with that key."""
    return f"patterns-{key}.hsdb"


def read_compiled(path: Path) -> bytes | None:
    """The file's content if its checksum holds; from now on it was used today."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    digest, blob = raw[:32], raw[32:]
    if hashlib.sha256(blob).digest() != digest:
        return None
    with suppress(OSError):  # another's, or nobody may write there: it is not ours to remove
        os.utime(path)
    return blob


def make_folder(cache_dir: Path) -> None:
    """Before anything is compiled: who removes the folder meanwhile does not find it again."""
    with suppress(OSError):
        for folder in (cache_dir.parent, cache_dir):  # `mode` is of the last one made
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def write_compiled(path: Path, blob: bytes) -> None:
    """Best effort: a cache that cannot be written costs time, not truth."""
    unfinished = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.part")
    try:
        unfinished.touch(mode=0o600)  # whoever can write it says what is found
        unfinished.write_bytes(hashlib.sha256(blob).digest() + blob)
        unfinished.replace(path)
        _remove_forgotten(path.parent, path.stat().st_mtime - FORGOTTEN)
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _remove_forgotten(folder: Path, before: float) -> None:
    """Remove what was last used before an instant of the folder's own clock.

    Who reads one meanwhile has it, or compiles it anew; who removes it too finds it gone."""
    ours = chain(folder.glob("patterns-*.hsdb"), folder.glob("patterns-*.part"))
    for path in islice(ours, MOST):
        with suppress(OSError):
            if path.stat().st_mtime < before:
                path.unlink()
