"""Where everything lies below the ledger's directory, and how names become paths."""

import re
from pathlib import Path

from curtilage.core.words import say
from curtilage.ledger.errors import LedgerTampered, RecordRefused
from curtilage.ledger.record import NAME

SEGMENT_NAME = re.compile(r"(\d{20})\.log")


def check_name(name: str, what: str) -> str:
    """`name`, if it can be a folder and a part of an origin."""
    if not NAME.fullmatch(name):
        raise RecordRefused(f"A {what} must be 1 to 64 letters, digits, hyphens or underscores.")
    return name


def log_directory(ledger: Path, writer: str) -> Path:
    return ledger / "log" / writer


def tree_directory(ledger: Path, writer: str, tenant: str) -> Path:
    return ledger / "tree" / writer / tenant


def head_directory(ledger: Path) -> Path:
    return ledger / "head"


def segment_path(directory: Path, first: int) -> Path:
    return directory / f"{first:020d}.log"


def box_path(directory: Path, first: int) -> Path:
    return directory / f"{first:020d}.box"


def mark_path(directory: Path) -> Path:
    return directory / "durable"


def find_segments(directory: Path) -> list[int]:
    """The first record of each segment, in order."""
    if not directory.is_dir():
        return []
    found = [SEGMENT_NAME.fullmatch(path.name) for path in directory.iterdir()]
    return sorted(int(match[1]) for match in found if match)


def find_folders(directory: Path) -> list[str]:
    """The names of the folders inside, sorted; none where it does not exist."""
    if not directory.is_dir():
        return []
    names = sorted(path.name for path in directory.iterdir() if path.is_dir())
    for name in names:
        if not NAME.fullmatch(name):
            raise LedgerTampered(
                say("A folder of the ledger has a name that the ledger never gives.")
            )
    return names


def find_writers(ledger: Path) -> list[str]:
    return find_folders(ledger / "log")
