"""A cache for everything that runs in tests, so that the user's own is left alone."""

import os
import tempfile
from pathlib import Path


def use_cache_home() -> None:
    """Let this process, and what it starts, keep there what is kept for the next process."""
    find_cache_home().mkdir(mode=0o700, exist_ok=True)
    os.environ["XDG_CACHE_HOME"] = str(find_cache_home())  # noqa: TID251  # before settings are read


def find_cache_home() -> Path:
    return Path(tempfile.gettempdir()) / f"curtilage-test-cache-{os.getuid()}"
