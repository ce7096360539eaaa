"""The manifest of a backup: strict to read, and bound to the installation's keys."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson
import pytest

from curtilage.app.errors import BackupDamaged, BackupUnknown
from curtilage.app.manifest import (
    KeptFile,
    Manifest,
    encode_manifest,
    parse_manifest,
    sign_manifest,
    verify_manifest,
)

KEY = bytes(32)
MANIFEST = Manifest(
    kind="data",
    made_at=datetime(2026, 11, 23, 10, 20, 31, tzinfo=UTC),
    made_by="0.1.0",
    tenant="t-1",
    database="sqlite",
    records=12,
    files=(KeptFile("data/curtilage.db", 4096, "00" * 32),),
)
SIGNED = sign_manifest(MANIFEST, KEY)


def test_what_was_encoded_is_parsed_and_verified() -> None:
    parsed = parse_manifest(encode_manifest(SIGNED), expected_kind="data")
    assert verify_manifest(parsed, KEY) == SIGNED


@pytest.mark.parametrize(
    "change",
    [
        {"tenant": "t-2"},
        {"records": 11},
        {"database": "postgresql"},
        {"made_by": "0.0.9"},
        {"files": (KeptFile("data/curtilage.db", 4096, "01" * 32),)},
        {"files": ()},
        {"mac": "00" * 32},
        {"mac": ""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_manifest_is_not_of_these_keys(change: dict[str, object]) -> None:
    changed = replace(SIGNED, **change)  # type: ignore[arg-type]  # fields of the class
    with pytest.raises(BackupDamaged):
        verify_manifest(changed, KEY)


def test_another_key_verifies_nothing() -> None:
    with pytest.raises(BackupDamaged):
        verify_manifest(SIGNED, bytes(31) + b"\x01")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        encode_manifest(SIGNED)[:-2],
        encode_manifest(SIGNED) + b" ",
        encode_manifest(SIGNED).replace(b'"records":12', b'"records":"12"'),
        encode_manifest(SIGNED).replace(b'"records":12', b'"more":0,"records":12'),
        encode_manifest(SIGNED).replace(b'"bytes":4096', b'"bytes":4096,"mode":7'),
        encode_manifest(SIGNED).replace(b"10:20:31", b"25:20:31"),
    ],
)
def test_what_is_no_manifest_is_refused(raw: bytes) -> None:
    with pytest.raises(BackupDamaged):
        parse_manifest(raw, expected_kind="data")


@pytest.mark.parametrize("path", ["../x", "/etc/x", "data/../../x", "", ".."])
def test_a_path_that_leads_outside_is_refused(path: str) -> None:
    outside = replace(MANIFEST, files=(KeptFile(path, 1, "00" * 32),))
    with pytest.raises(BackupDamaged):
        parse_manifest(encode_manifest(sign_manifest(outside, KEY)), expected_kind="data")


def test_a_newer_version_and_another_kind_are_told_apart_from_damage() -> None:
    newer = orjson.loads(encode_manifest(SIGNED)) | {"v": 2}
    with pytest.raises(BackupUnknown, match="newer"):
        parse_manifest(orjson.dumps(newer), expected_kind="data")
    with pytest.raises(BackupUnknown, match="backup of data"):
        parse_manifest(encode_manifest(SIGNED), expected_kind="keys")
