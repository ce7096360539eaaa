"""The set-up link in a file that only its owner can read."""

import os
from dataclasses import dataclass
from pathlib import Path

from curtilage.identity.errors import SetupFileUnwritable

NAME = "set-up-link"
LONGEST = 4096


@dataclass(frozen=True, slots=True)
class DataDirSetupFile:
    """`set-up-link` in the data directory, mode 0600."""

    data_dir: Path

    @property
    def path(self) -> Path:
        return self.data_dir / NAME

    def read(self) -> str:
        """The link, or "" where there is none that can be read."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "r", encoding="ascii") as file:
                return file.read(LONGEST).strip()
        except (OSError, UnicodeDecodeError):
            return ""

    def write(self, link: str) -> None:
        """Put the link there, whole or not at all. Raises `SetupFileUnwritable`."""
        fresh = self.data_dir / f".{NAME}.new"
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(fresh, flags, 0o600), "w", encoding="ascii") as file:
                file.write(f"{link}\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self.path)
        except OSError:
            raise SetupFileUnwritable from None

    def remove(self) -> None:
        """Take the file away; one that is not there is no error."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError:
            raise SetupFileUnwritable("The used set-up link could not be taken away.") from None
