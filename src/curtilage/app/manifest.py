"""What a backup says of itself: `manifest.json`, one object of canonical JSON.

    {"v": 1, "kind": "data", "made_at": …, "made_by": "0.1.0", "tenant": …,
     "database": "sqlite", "records": 12,
     "files": [{"path": …, "bytes": …, "sha256": …}, …], "mac": …}

`kind` is `data` or `keys`; of keys, `records` is 0. `mac` is
HMAC-SHA-256 over everything else, under a key from the installation's own
vault: whoever can write to a backup, and has not the keys, cannot change it
unseen.
"""

import hmac
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

import orjson

from curtilage.app.errors import BackupDamaged, BackupUnknown
from curtilage.core.canonical import Json, encode_canonical
from curtilage.core.clock import encode_instant, parse_instant

FORMAT = 1
NAME = "manifest.json"
MAC_KEY = "backups"  # the secret of the vault that the key of the mac is
KINDS = ("data", "keys")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One file of a backup, by its path inside."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything a backup holds. A database on `postgresql` is not in it."""

    kind: str
    made_at: datetime
    made_by: str
    tenant: str
    database: str
    records: int
    files: tuple[KeptFile, ...]
    mac: str = ""


def sign_manifest(manifest: Manifest, key: bytes) -> Manifest:
    return replace(manifest, mac=_mac(manifest, key))


def verify_manifest(manifest: Manifest, key: bytes) -> Manifest:
    """The same, if whoever holds these keys made it. Raises BackupDamaged."""
    if not hmac.compare_digest(manifest.mac, _mac(manifest, key)):
        raise BackupDamaged(
            "The manifest was changed, or these are not the keys that the backup was made with."
        )
    return manifest


def encode_manifest(manifest: Manifest) -> bytes:
    return encode_canonical({**_fields(manifest), "mac": manifest.mac}) + b"\n"


def parse_manifest(raw: bytes, *, expected_kind: str) -> Manifest:
    """Raises BackupUnknown for what is none, or not of the kind, and BackupDamaged."""
    try:
        fields = orjson.loads(raw)
        if fields["v"] != FORMAT:
            raise BackupUnknown("The backup was made by a newer version of Curtilage than this.")
        kind = fields["kind"]
        manifest = _parse(fields)
        if encode_manifest(manifest) != raw:
            raise ValueError("expected canonical JSON")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupDamaged("The manifest is damaged.") from None
    if kind != expected_kind:
        raise BackupUnknown(f"This is a backup of {kind}; expected one of {expected_kind}.")
    return manifest


def _parse(fields: dict[str, object]) -> Manifest:
    files, records = fields["files"], fields["records"]
    if not isinstance(files, list) or not isinstance(records, int):
        raise TypeError("expected a list and a count")
    kept = tuple(KeptFile(each["path"], each["bytes"], each["sha256"]) for each in files)
    for each in kept:
        _refuse_outside(each.path)
    texts = {name: str(fields[name]) for name in ("kind", "made_by", "tenant", "database", "mac")}
    return Manifest(
        made_at=parse_instant(str(fields["made_at"])),
        records=records,
        files=kept,
        **texts,
    )


def _refuse_outside(path: str) -> None:
    """A path that leads out of the backup is damage, and nothing is opened by it."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\0" in path:
        raise ValueError("expected a path inside")


def _fields(manifest: Manifest) -> dict[str, Json]:
    return {
        "v": FORMAT,
        "kind": manifest.kind,
        "made_at": encode_instant(manifest.made_at),
        "made_by": manifest.made_by,
        "tenant": manifest.tenant,
        "database": manifest.database,
        "records": manifest.records,
        "files": [asdict(each) for each in manifest.files],
    }


def _mac(manifest: Manifest, key: bytes) -> str:
    return hmac.digest(key, encode_canonical(_fields(manifest)), "sha256").hex()
