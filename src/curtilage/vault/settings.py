"""Section `[vault]` of the settings."""

from dataclasses import dataclass, field

SQLITE = "sqlite"


@dataclass(frozen=True, slots=True)
class VaultSettings:
    """Where the key table is, and what the operator promises about keys.

    Without the promise, reports of destroyed keys say that nobody knows when they become
    irrecoverable. Declare it only where something enforces it."""

    url: str = field(default=SQLITE, repr=False)  # the key table; never the database of store.url
    key_backups_expire_days: int | None = None  # after so many days no backup of the keys exists

    @property
    def is_shared(self) -> bool:
        """Whether nodes share the table, each with a copy of the root key."""
        return self.url != SQLITE
