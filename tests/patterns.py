"""Compiled patterns for everything that scans in a test run.

Compiling takes many seconds of a core, and each service of a test has a data
directory of its own. So patterns are compiled once for all processes of all
runs, and services are shown where they lie: they find what the second start of
an installation finds. What a pattern compiles to is named by its content.
"""

import fcntl
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from curtilage.detect.hostile.assess import build_hostile
from curtilage.detect.scanner import build_scanner
from tests.cache_home import find_cache_home

WEEK = 7 * 24 * 3600


def lend_patterns(data_dir: Path) -> None:
    """Let a service that looks into this data directory find its patterns compiled."""
    folder = data_dir / "cache"
    for made in (data_dir, folder):
        made.mkdir(mode=0o700, parents=True, exist_ok=True)
    for compiled in compiled_patterns().glob("*.hsdb"):
        with suppress(FileExistsError):  # lent before, or its own
            (folder / compiled.name).symlink_to(compiled)


@cache
def compiled_patterns() -> Path:
    """The folder with all that is shipped, compiled; as `cache_dir` takes it."""
    folder = find_cache_home() / "curtilage"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second waits, and finds it done
        for old in folder.glob("*.hsdb"):  # of rules that are no more; what still is comes again
            if time.time() - old.stat().st_mtime > WEEK:
                old.unlink()
        build_scanner(folder, names=False)  # names leave nothing on disk
        build_hostile(worded=False, cache_dir=folder)
    return folder
