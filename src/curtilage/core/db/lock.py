"""A lock that processes on one machine share, held on a directory."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def directory_lock(directory: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold `directory` alone, against every process that asks the same way.

    Blocks the thread until it is free, so hold it for moments, at start-up;
    without `wait` it raises BlockingIOError where another has it. The
    lock is on the directory itself (flock(2)), so that no file is left behind
    and the kernel lets go of it when the process dies.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)
