"""What the house tests look at: source files, parsed once, and tracked files."""

import ast
import subprocess
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SOURCE = REPOSITORY / "src" / "curtilage"
UNIT = REPOSITORY / "tests" / "unit"
MIGRATIONS = SOURCE / "app" / "migrations"


def source_files() -> list[Path]:
    """Every Python file of the product, migrations included."""
    return sorted(SOURCE.rglob("*.py"))


def rooms() -> list[Path]:
    """The product's modules without the migration scripts."""
    return [path for path in source_files() if MIGRATIONS not in path.parents]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def relative(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


@cache
def tracked_files() -> tuple[Path, ...]:
    """Files that git knows or would add, as a clone would hold them."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ()
    names = done.stdout.decode().split("\0")
    paths = (REPOSITORY / name for name in names if name)
    return tuple(path for path in paths if path.is_file())
