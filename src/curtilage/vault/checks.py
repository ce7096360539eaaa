"""What is worth knowing about how the keys are kept."""

import stat
from pathlib import Path

from curtilage.core.models import Observation
from curtilage.vault.settings import VaultSettings

PRIVATE_FILES = ("root.key", "root.key.next", "keys.db")
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def check_keys(key_dir: Path, data_dir: Path, settings: VaultSettings) -> list[Observation]:
    """Look at the key directory from outside; opens nothing in it."""
    if not key_dir.is_dir():
        return [_absent()]
    found = [*_too_open(key_dir), *_same_place(key_dir, data_dir)]
    if (key_dir / "root.key.next").exists():
        found.append(_unfinished())
    if settings.key_backups_expire_days is None:
        found.append(_no_expiry())
    return found


def _absent() -> Observation:
    return Observation(
        code="vault.key-dir-absent",
        title="There is no key directory yet",
        detail="It is made at the first start, and its root key with it.",
        severity="note",
        mend="Nothing, or make it now: `curtilage init`.",
    )


def _too_open(key_dir: Path) -> list[Observation]:
    paths = [key_dir, *(key_dir / name for name in PRIVATE_FILES)]
    return [
        Observation(
            code="vault.keys-readable",
            title="Others may read or change keys",
            detail=f"The mode of {path.name} is {stat.S_IMODE(path.stat().st_mode):04o}; "
            "only its owner may have rights.",
            severity="error",
            mend=f"chmod {'700' if path.is_dir() else '600'} {path.name}",
        )
        for path in paths
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & OTHERS
    ]


def _same_place(key_dir: Path, data_dir: Path) -> list[Observation]:
    keys, data = key_dir.resolve(), data_dir.resolve()
    if keys == data or data in keys.parents or keys in data.parents:
        return [
            Observation(
                code="vault.keys-with-data",
                title="Keys lie with the data",
                detail="A copy of the data directory holds the keys that open it, so that "
                "destroying a key destroys nothing.",
                severity="error",
                mend="Move the key directory beside the data directory and set server.key_dir.",
            )
        ]
    if data.exists() and keys.stat().st_dev == data.stat().st_dev:
        return [
            Observation(
                code="vault.one-filesystem",
                title="Keys and data lie on one filesystem",
                detail="A snapshot or an image backup of it holds both, and keeps keys that "
                "were destroyed since.",
                severity="note",
                mend="Put server.key_dir on a filesystem whose backups expire within days.",
            )
        ]
    return []


def _unfinished() -> Observation:
    return Observation(
        code="vault.rotation-unfinished",
        title="A rotation of the root key did not end",
        detail="The file root.key.next is there. Nothing is lost.",
        severity="warning",
        mend="Restart the service, which settles it; keep both files until then.",
    )


def _no_expiry() -> Observation:
    return Observation(
        code="vault.backups-undeclared",
        title="Nobody has said when backups of keys expire",
        detail="Reports of erased people cannot say by when their data is irrecoverable.",
        severity="note",
        mend="Delete backups of the key directory after some days, and say after how many in "
        "vault.key_backups_expire_days.",
    )
