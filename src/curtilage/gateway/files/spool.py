"""Nameless files: an upload waits on disk, where nobody can open it.

A file without a name is gone with its process, however that ends (`O_TMPFILE`; elsewhere
the name is removed as soon as it is made). It costs no memory: what was rewritten is sent
from a mapping of it.
"""

import mmap
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from curtilage.gateway.errors import Busy, NoSpace
from curtilage.gateway.wire.body import Body

MOST_OPEN = 32  # of one worker; an upload has two, so sixteen uploads of the largest size
IN_MEMORY = 256 * 1024  # bytes: as much as is handed to the system at once


class Spool:
    """Bytes that are written once and then read."""

    def __init__(self, spools: "Spools") -> None:
        self._spools = spools
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=spools.folder)  # noqa: SIM115  # `close`
        self._view: mmap.mmap | None = None
        self.size = 0

    def write(self, data: bytes) -> None:
        """Add bytes at the end. Raises NoSpace where the disk has none."""
        with _room():
            self._file.write(data)
        self.size += len(data)

    def rewind(self) -> IO[bytes]:
        """The file at its beginning, to be read. Raises NoSpace: what waits is written first."""
        with _room():
            self._file.seek(0)
        return self._file

    def clear(self) -> None:
        """Forget what was written."""
        with _room():
            self._file.seek(0)
        self._file.truncate()
        self.size = 0

    def view(self) -> Body:
        """All of it, as something that can be sent. Raises NoSpace."""
        with _room():
            self._file.flush()
        file = self.rewind()
        if self.size <= IN_MEMORY:
            return file.read()
        self._view = self._view or mmap.mmap(file.fileno(), self.size, access=mmap.ACCESS_READ)
        return self._view

    def close(self) -> None:
        """Let go of it. What a full disk did not take is not missed."""
        if not self._file.closed:
            self._spools.open -= 1
            with suppress(OSError):  # closing writes what waits; the file is closed all the same
                self._file.close()
        if self._view is not None:
            self._view.close()
            self._view = None


@dataclass
class Spools:
    """Gives out a bounded number of spools. One per worker."""

    folder: Path | None = None  # None: where the system keeps such files
    open: int = field(default=0)

    def take(self) -> Spool:
        """A new spool. Raises Busy where as many as may be are open."""
        if self.open >= MOST_OPEN:
            raise Busy("As many uploads as this worker takes are under way.")
        spool = Spool(self)
        self.open += 1
        return spool


@contextmanager
def _room() -> Iterator[None]:
    """A full disk is told as one: it passes, and nothing of the upload has left."""
    try:
        yield
    except OSError:
        raise NoSpace from None
