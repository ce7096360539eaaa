"""Section `[vault]` of the settings."""

from dataclasses import dataclass, field

SQLITE = "sqlite"


@dataclass(frozen=True, slots=True)
class VaultSettings:
    """Where the key table is, and what the operator promises about keys.

    Without the promise, reports of destroyed keys say that nobody knows when they become
    irrecoverable. Declare it only where something enforces it."""

    # `sqlite`, the file `keys.db` in key_dir; or the `postgresql://` address of a database that
    # nodes share, never that of store.url
    url: str = field(default=SQLITE, repr=False)
    # the promise: after so many days no backup of the keys exists any more
    key_backups_expire_days: int | None = None

    @property
    def is_shared(self) -> bool:
        """Whether nodes share the table, each with a copy of the root key."""
        return self.url != SQLITE
