"""Section `[vault]` of the settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VaultSettings:
    """What the operator promises about keys.

    Left out, reports of destroyed keys say that nobody knows when they become
    irrecoverable. Declare it only where something enforces it."""

    key_backups_expire_days: int | None = None  # after so many days no backup of key_dir exists
