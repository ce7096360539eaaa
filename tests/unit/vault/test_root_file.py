"""The root key file: private, whole, and never made twice."""

import os
import stat
from pathlib import Path

import pytest

from curtilage.vault.adapters.root_file import RootKeyFile, SharedRootKeyFile
from curtilage.vault.errors import (
    KeyDirProblem,
    NothingToPrepare,
    RootKeyNotSpread,
    RootKeyProblem,
    RotationUnfinished,
)
from curtilage.vault.wrap import make_root_key

ONE, TWO = make_root_key(bytes(range(32))), make_root_key(bytes(range(1, 33)))


@pytest.fixture
def roots(key_dir: Path) -> RootKeyFile:
    made = RootKeyFile(key_dir)
    made.create(ONE)
    return made


def test_the_file_is_for_its_owner_alone(roots: RootKeyFile, key_dir: Path) -> None:
    assert stat.S_IMODE((key_dir / "root.key").stat().st_mode) == 0o600
    assert [path.name for path in key_dir.iterdir()] == ["root.key"]
    assert roots.current() == ONE


def test_a_root_key_that_is_there_is_left(roots: RootKeyFile) -> None:
    roots.create(TWO)
    assert roots.current() == ONE


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620, 0o601])
def test_a_file_that_others_may_use_is_refused(
    roots: RootKeyFile, key_dir: Path, mode: int
) -> None:
    (key_dir / "root.key").chmod(mode)
    with pytest.raises(RootKeyProblem, match=r"root\.key") as caught:
        roots.current()
    assert "chmod 600" in caught.value.advice


def test_a_file_for_reading_only_is_fine(roots: RootKeyFile, key_dir: Path) -> None:
    (key_dir / "root.key").chmod(0o400)
    assert roots.current() == ONE


def test_a_damaged_file_is_refused(roots: RootKeyFile, key_dir: Path) -> None:
    for raw in (b"", b"\xff\x00", b"x" * 10_000):
        (key_dir / "root.key").write_bytes(raw)
        with pytest.raises(RootKeyProblem):
            roots.current()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_another_user_is_refused(roots: RootKeyFile, key_dir: Path) -> None:
    (key_dir / "root.key").chmod(0o000)
    with pytest.raises(RootKeyProblem, match="cannot be read"):
        roots.current()


def test_a_directory_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(KeyDirProblem, match="cannot be written"):
        RootKeyFile(tmp_path / "absent").create(ONE)


def test_a_key_is_found_by_its_id_also_between_two_steps(roots: RootKeyFile) -> None:
    roots.choose_next(lambda: TWO)
    assert roots.load(ONE.id) == ONE
    assert roots.load(TWO.id) == TWO
    with pytest.raises(RootKeyProblem, match="not the one"):
        roots.load("another")


def test_a_proposal_does_not_replace_another(roots: RootKeyFile) -> None:
    roots.choose_next(lambda: TWO)
    with pytest.raises(RotationUnfinished):
        roots.choose_next(lambda: ONE)


def test_settling_keeps_the_key_that_the_table_names(roots: RootKeyFile, key_dir: Path) -> None:
    roots.settle(ONE.id)
    roots.choose_next(lambda: TWO)
    roots.settle(ONE.id)
    assert roots.current() == ONE
    roots.choose_next(lambda: TWO)
    roots.settle(TWO.id)
    assert roots.current() == TWO
    assert [path.name for path in key_dir.iterdir()] == ["root.key"]


def test_a_shared_root_key_is_prepared_once_and_waits_for_its_rotation(
    roots: RootKeyFile, key_dir: Path
) -> None:
    shared = SharedRootKeyFile(key_dir)
    with pytest.raises(RootKeyNotSpread):
        shared.choose_next(lambda: TWO)
    assert shared.prepare(lambda: TWO) == TWO
    assert shared.prepare(lambda: ONE) == TWO
    shared.settle(ONE.id)
    assert shared.choose_next(lambda: ONE) == TWO
    shared.settle(TWO.id)
    assert (shared.current(), (key_dir / "root.key.next").exists()) == (TWO, False)


def test_a_root_key_of_one_node_needs_no_preparing(roots: RootKeyFile) -> None:
    with pytest.raises(NothingToPrepare):
        roots.prepare(lambda: TWO)


def test_only_one_process_rotates(roots: RootKeyFile, key_dir: Path) -> None:
    with roots.alone(), pytest.raises(RotationUnfinished):
        RootKeyFile(key_dir).alone().__enter__()


def test_the_draft_of_a_crash_is_no_hindrance(key_dir: Path) -> None:
    (key_dir / f"root.key.{os.getpid()}.draft").write_text("half a k")
    RootKeyFile(key_dir).create(ONE)
    assert RootKeyFile(key_dir).current() == ONE


def test_the_id_of_a_root_key_gives_nothing_of_it_away() -> None:
    assert ONE.id != TWO.id
    assert ONE.id not in ONE.key.hex()
    assert ONE.key.hex() not in repr(ONE)
    assert repr(ONE.key) not in repr(ONE)
