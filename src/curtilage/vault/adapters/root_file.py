"""The root key in a file of its own, mode 0600, in the key directory."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from curtilage.core.db.lock import directory_lock
from curtilage.vault.errors import (
    KeyDirProblem,
    NothingToPrepare,
    RootKeyNotSpread,
    RootKeyProblem,
    RotationUnfinished,
)
from curtilage.vault.models import RootKey
from curtilage.vault.wire import LIMIT, encode_root_key, parse_root_key
from curtilage.vault.wrap import make_root_key

FILE_NAME = "root.key"
NEXT_NAME = "root.key.next"
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class RootKeyFile:
    """`root.key`, and during a rotation `root.key.next` beside it."""

    mend = "Put root.key and keys.db back from one and the same backup of key_dir."

    def __init__(self, key_dir: Path) -> None:
        self._dir = key_dir

    def exists(self) -> bool:
        return (self._dir / FILE_NAME).exists()

    def create(self, key: RootKey) -> None:
        """Write a first root key; leaves one that is there."""
        self._write(FILE_NAME, key)

    def current(self) -> RootKey:
        return self._read(FILE_NAME)

    def load(self, id: str) -> RootKey:
        """The key of this id. Looks at the next one too: a rotation may be between two steps."""
        for name in (FILE_NAME, NEXT_NAME):
            if name == FILE_NAME or (self._dir / NEXT_NAME).exists():
                with suppress(FileNotFoundError):
                    key = self._read(name)
                    if key.id == id:
                        return key
        raise RootKeyProblem(
            "The root key is not the one that the key table was made with.",
            hint=self.mend,
        )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Without waiting: a rotation that removed another's next key would lose every key."""
        try:
            with directory_lock(self._dir, wait=False):
                yield
        except BlockingIOError:
            raise RotationUnfinished from None

    def prepare(self, make: Callable[[], RootKey]) -> RootKey:
        raise NothingToPrepare

    def choose_next(self, make: Callable[[], RootKey]) -> RootKey:
        key = make()
        if not self._write(NEXT_NAME, key):
            raise RotationUnfinished
        return key

    def settle(self, id: str) -> None:
        path = self._dir / NEXT_NAME
        try:
            if self._read(NEXT_NAME).id == id:
                path.replace(self._dir / FILE_NAME)
            else:
                self._drop_next(path)
        except FileNotFoundError:
            return
        self._flush_directory()

    def _drop_next(self, path: Path) -> None:
        """Forget a next key that the table is not under: its rotation crashed before that."""
        path.unlink()

    def _read(self, name: str) -> RootKey:
        path = self._dir / name
        try:
            with path.open("rb") as file:
                mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
                if mode & OTHERS:
                    raise _too_open(name)
                raw = file.read(LIMIT)
        except PermissionError:
            raise RootKeyProblem(
                f"The file {name} cannot be read by this user.",
                hint="Give it to the user that the service runs as (chown), mode 0600.",
            ) from None
        return make_root_key(parse_root_key(raw.decode("ascii", "replace")))

    def _write(self, name: str, key: RootKey) -> bool:
        """Create the file with its whole content at once; False where it is there.

        Linked into place when it is complete and on disk: a crash leaves a root
        key or none, and of two starters one wins (link(2) never replaces)."""
        path, draft = self._dir / name, self._dir / f"{name}.{os.getpid()}.draft"
        try:
            with suppress(FileNotFoundError):
                draft.unlink()
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW
            with os.fdopen(os.open(draft, flags, 0o600), "w", encoding="ascii") as file:
                file.write(encode_root_key(key.key))
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
            self._flush_directory()
        except FileExistsError:
            return False
        except OSError:
            raise KeyDirProblem("The key directory cannot be written.") from None
        finally:
            with suppress(OSError):
                draft.unlink()
        return True

    def _flush_directory(self) -> None:
        descriptor = os.open(self._dir, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class SharedRootKeyFile(RootKeyFile):
    """The same root key on each of several nodes, brought there by whoever runs them.

    A rotation takes two steps: `root.key.next` is prepared on one node and copied to
    the others, which change nothing for it; then the table changes, and each node goes
    over to it by itself. So the next key outlives starts until the table is under it."""

    mend = "Copy root.key from a node that runs into this node's key_dir, with mode 0600."

    def prepare(self, make: Callable[[], RootKey]) -> RootKey:
        self._write(NEXT_NAME, make())
        return self._read(NEXT_NAME)

    def choose_next(self, make: Callable[[], RootKey]) -> RootKey:
        try:
            return self._read(NEXT_NAME)
        except FileNotFoundError:
            raise RootKeyNotSpread from None

    def _drop_next(self, path: Path) -> None:
        """Keep it: the rotation has not begun."""


def _too_open(name: str) -> RootKeyProblem:
    return RootKeyProblem(
        f"Others than its owner may read or change the file {name}.",
        hint=f"Run `chmod 600 {name}` in the key directory; "
        "if others could read it, rotate it with `curtilage vault rotate --root`.",
    )
