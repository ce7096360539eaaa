"""A folder that takes its name whole or not at all.

It is filled under another name beside its place, made to last, and then
renamed: a rename is one step for whoever looks, and for a crash (rename(2)).
What a killed process left under that other name, the next one removes.
"""

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from curtilage.app.errors import BackupUnwritable, PlaceTaken
from curtilage.app.manifest import KeptFile
from curtilage.core.db.lock import directory_lock
from curtilage.ledger.disk import make_directory, sync_directory

CHUNK = 1024 * 1024


@dataclass
class Draft:
    """What lies below `root`, as far as it was written or noted here."""

    root: Path
    files: list[KeptFile] = field(default_factory=list)

    def write(self, path: str, chunks: Iterable[bytes]) -> KeptFile:
        """Make a file of this user's at `path`, with these bytes, so that it lasts."""
        target = self.root / path
        make_directory(target.parent)
        digest, size = sha256(), 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(target, flags, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        return self._note(KeptFile(path, size, digest.hexdigest()))

    def note(self, path: str) -> KeptFile:
        """Take in a file that somebody else has written below `root`."""
        digest, size = sha256(), 0
        with (self.root / path).open("rb") as file:
            for chunk in iterate_chunks(file.fileno()):
                digest.update(chunk)
                size += len(chunk)
            os.fsync(file.fileno())
        return self._note(KeptFile(path, size, digest.hexdigest()))

    def _note(self, kept: KeptFile) -> KeptFile:
        self.files.append(kept)
        return kept

    def settle(self, part: str, target: Path) -> None:
        """Give `part` of it, or all of it, its place. Raises PlaceTaken.

        An empty folder may be there, but no mount: that is not to be replaced."""
        source = self.root / part
        for folder, _, _ in os.walk(source):
            sync_directory(Path(folder))
        try:
            source.rename(target)
        except OSError as problem:
            refuse_taken(target)
            raise unwritable(problem) from None
        sync_directory(target.parent)


def iterate_chunks(descriptor: int) -> Iterator[bytes]:
    while chunk := os.read(descriptor, CHUNK):
        yield chunk


@contextlib.contextmanager
def drafting(target: Path) -> Iterator[Draft]:
    """A draft beside `target`, gone after the block with what was not settled.

    Raises PlaceTaken, and BackupUnwritable for what the disk refuses inside."""
    refuse_taken(target)
    root = target.with_name(f".{target.name}.draft")
    try:
        make_directory(target.parent)
        root.mkdir(mode=0o700, exist_ok=True)
        with _alone(root):
            try:
                _clear(root)
                yield Draft(root)
            finally:
                _clear(root)
                with contextlib.suppress(FileNotFoundError):  # it has its own name by now
                    root.rmdir()
    except OSError as problem:
        raise unwritable(problem) from None


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(directory_lock(root, wait=False))
        except BlockingIOError:
            raise BackupUnwritable(f"Another process writes to {root} now.") from None
        yield


def _clear(root: Path) -> None:
    """Remove what is inside; the folder itself is what is locked."""
    if root.exists():
        for path in root.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def refuse_taken(target: Path) -> None:
    """Raise PlaceTaken unless nothing is there, or an empty folder."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise PlaceTaken(f"{target} is there already.")
    if target.is_dir() and any(target.iterdir()):
        raise PlaceTaken(f"{target} is not empty.")


def unwritable(problem: OSError) -> BackupUnwritable:
    return BackupUnwritable(f"The files could not be written: {problem.strerror}.")
