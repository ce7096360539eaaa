"""What doctor says of the keys."""

from pathlib import Path

from curtilage.vault.build import open_vault
from curtilage.vault.checks import check_keys
from curtilage.vault.settings import VaultSettings
from tests.fakes import FixedClock, FixedEntropy

DECLARED = VaultSettings(key_backups_expire_days=14)


async def keys_in(path: Path) -> Path:
    await (await open_vault(path, clock=FixedClock(), entropy=FixedEntropy())).close()
    return path


def codes(key_dir: Path, data_dir: Path, settings: VaultSettings = DECLARED) -> list[str]:
    return [seen.code for seen in check_keys(key_dir, data_dir, settings)]


async def test_keys_apart_and_private_leave_one_note_about_the_disk(
    tmp_path: Path, data_dir: Path
) -> None:
    keys = await keys_in(tmp_path / "keys")
    assert codes(keys, data_dir) == ["vault.one-filesystem"]
    assert codes(keys, tmp_path / "absent") == []


async def test_every_file_that_others_may_read_is_named_with_its_mend(
    tmp_path: Path, data_dir: Path
) -> None:
    keys = await keys_in(tmp_path / "keys")
    for name, mode in {"root.key": 0o644, "keys.db": 0o640, ".": 0o755}.items():
        (keys / name).chmod(mode)
    seen = [each for each in check_keys(keys, data_dir, DECLARED) if each.severity == "error"]
    assert [each.mend for each in seen] == [
        "chmod 700 keys",
        "chmod 600 root.key",
        "chmod 600 keys.db",
    ]
    assert "0644" in seen[1].detail


async def test_keys_that_lie_with_the_data_are_an_error(data_dir: Path, tmp_path: Path) -> None:
    keys = await keys_in(data_dir / "keys")
    assert codes(keys, data_dir) == ["vault.keys-with-data"]
    assert codes(tmp_path, data_dir)[-1] == "vault.keys-with-data"


async def test_an_unfinished_rotation_and_undeclared_backups_are_said(
    tmp_path: Path, data_dir: Path
) -> None:
    keys = await keys_in(tmp_path / "keys")
    (keys / "root.key.next").touch(mode=0o600)
    assert codes(keys, data_dir, VaultSettings()) == [
        "vault.one-filesystem",
        "vault.rotation-unfinished",
        "vault.backups-undeclared",
    ]


def test_a_key_directory_that_is_not_there_yet_is_no_fault(tmp_path: Path) -> None:
    (seen,) = check_keys(tmp_path / "keys", tmp_path, DECLARED)
    assert seen.severity == "note"
