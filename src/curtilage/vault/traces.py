"""Looks for pieces of a destroyed key in the files of the key directory.

SQLite with secure_delete overwrites the row that is deleted, but a copy that
was left in a page's free space when rows moved between pages stays (seen with
SQLite 3.40: about one key in four thousand after random inserts and deletes).
"""

import mmap
from collections.abc import Iterator
from pathlib import Path

PIECE = 16  # half of a wrapped key's 32 secret bytes: less leaves 2^128 guesses
STRIDE = 8  # every run of 23 bytes holds a whole piece


def find_traces(directory: Path, secret: bytes) -> list[str]:
    """Names of the files in which a piece of `secret` lies."""
    pieces = [secret[at : at + PIECE] for at in range(0, len(secret) - PIECE + 1, STRIDE)]
    return [path.name for path in _files(directory) if _holds(path, pieces)]


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in sorted(directory.rglob("*")) if path.is_file())


def _holds(path: Path, pieces: list[bytes]) -> bool:
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            return any(view.find(piece) >= 0 for piece in pieces)
    except (ValueError, FileNotFoundError):  # empty, which cannot be mapped; removed meanwhile
        return False
