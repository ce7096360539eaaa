"""Where published vectors and tables lie, for tests marked `shared`.

They are not ours to ship, so they lie in a folder named `shared` beside the
repository. Where that folder is absent the tests skip and say so.
"""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
ROOT = REPOSITORY.parent / "shared"
ABSENT = "the folder `shared` with published vectors is not beside the repository"


def shared_path(relative: str) -> Path:
    """The file or folder at `relative`; skips the test where it is absent."""
    path = ROOT / relative
    if not path.exists():
        pytest.skip(f"{ABSENT} (looked for shared/{relative})")
    return path


def shared_files(relative: str, pattern: str) -> list[Path]:
    """The files that match, sorted; empty where the folder is absent.

    For parametrizing at collection, where a skip would hide a whole module.
    """
    return sorted((ROOT / relative).rglob(pattern))
