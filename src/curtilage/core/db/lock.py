"""A lock that processes on one machine share, held on a directory."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def directory_lock(directory: Path) -> Iterator[None]:
    """Hold `directory` alone, against every process that asks the same way.

    Blocks the thread until it is free: hold it for moments, at start-up. The
    lock is on the directory itself (flock(2)), so that no file is left behind
    and the kernel lets go of it when the process dies.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
