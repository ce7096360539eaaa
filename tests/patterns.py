"""Compiled patterns for every service of a test run.

Compiling takes seconds of a core, and each service of a test has a data
directory of its own. So they are compiled once and lent out as files, which is
what the second start of an installation finds.
"""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from curtilage.detect.engine import build_engine


def lend_patterns(data_dir: Path) -> None:
    """Put the compiled patterns where a service looks for them."""
    data_dir.mkdir(parents=True, exist_ok=True)
    shutil.copytree(_compiled(), data_dir / "cache", dirs_exist_ok=True)


@cache
def _compiled() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="curtilage-patterns-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    build_engine(cache_dir=folder)
    return folder
