"""Few words for writing files so that they last."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep

from curtilage.ledger.errors import SlotInUse

Sync = Callable[[int], None]
sync_data: Sync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync
NEW = ".new"  # what a crash left under this suffix is overwritten, and read by nobody
LOCK_TRIES, LOCK_PAUSE = 20, 0.05  # `verify` looks at a lock for an instant: wait that out


def write_all(fd: int, data: bytes, offset: int) -> None:
    """Write everything at `offset`, or raise OSError."""
    view = memoryview(data)
    while view:
        written = os.pwrite(fd, view, offset)
        view, offset = view[written:], offset + written


def sync_directory(path: Path) -> None:
    """Make names created, renamed or removed in `path` last."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` at `path`, whole or not at all, and make it last."""
    put_file(path, data)
    sync_directory(path.parent)


def put_file(path: Path, data: bytes) -> None:
    """As `replace_file`, but the new name lasts only once its folder is synced."""
    fresh = path.with_name(path.name + NEW)
    try:
        _write_new(fresh, data)
        fresh.replace(path)
    except BaseException:  # whatever ended it, no half of a file stays behind
        fresh.unlink(missing_ok=True)
        raise


def _write_new(path: Path, data: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        write_all(fd, data, 0)
        os.fsync(fd)
    finally:
        os.close(fd)


def make_directory(path: Path) -> None:
    """Create `path` with its parents, readable by its owner only, so that it lasts."""
    if path.is_dir():
        return
    make_directory(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_directory(path.parent)


def lock_file(path: Path) -> int:
    """Lock `path` until the returned descriptor is closed. Raises SlotInUse."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    for _ in range(LOCK_TRIES):
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
        sleep(LOCK_PAUSE)
    os.close(fd)
    raise SlotInUse("The ledger slot is locked by another process; expected a free one.")


def is_locked(path: Path) -> bool:
    """Does some process hold the lock now?"""
    if not path.exists():
        return False
    fd = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(fd)


@contextlib.contextmanager
def opened(path: Path, flags: int) -> Iterator[int]:
    """A descriptor that is closed in any case; a new file is its owner's alone."""
    fd = os.open(path, flags, 0o600)
    try:
        yield fd
    finally:
        os.close(fd)
