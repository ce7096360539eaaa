"""A draft has its name whole or not at all."""

from hashlib import sha256
from pathlib import Path

import pytest

from curtilage.app.draft import drafting
from curtilage.app.errors import BackupUnwritable, PlaceTaken
from curtilage.app.manifest import KeptFile


def test_a_settled_draft_is_in_its_place_and_its_owners_alone(tmp_path: Path) -> None:
    target = tmp_path / "new" / "place"
    with drafting(target) as draft:
        kept = draft.write("data/a/b", [b"one ", b"two"])
        (draft.root / "data" / "c").write_bytes(b"three")
        noted = draft.note("data/c")
        draft.settle("data", target)
    assert kept == KeptFile("data/a/b", 7, sha256(b"one two").hexdigest())
    assert draft.files == [kept, noted]
    assert (target / "a" / "b").read_bytes() == b"one two"
    modes = [target, target / "a", target / "a" / "b"]
    assert [oct(path.stat().st_mode & 0o777) for path in modes] == ["0o700", "0o700", "0o600"]
    assert [path.name for path in target.parent.iterdir()] == ["place"]


def test_a_draft_that_was_not_settled_leaves_nothing(tmp_path: Path) -> None:
    def write_and_fail() -> None:
        with drafting(tmp_path / "place") as draft:
            draft.write("data/a", [b"one"])
            raise LookupError

    with pytest.raises(LookupError):
        write_and_fail()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / ".place.draft" / "data").mkdir(parents=True)
    (tmp_path / ".place.draft" / "data" / "a").write_bytes(b"half")
    with drafting(tmp_path / "place") as draft:
        draft.write("data/a", [b"whole"])
        draft.settle("data", tmp_path / "place")
    assert (tmp_path / "place" / "a").read_bytes() == b"whole"


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    for name in ("full", "file", "link"):
        target = tmp_path / name
        if name == "full":
            target.mkdir()
            (target / "kept").write_bytes(b"kept")
        elif name == "file":
            target.write_bytes(b"kept")
        else:
            target.symlink_to(tmp_path / "nowhere")
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(PlaceTaken), drafting(target):
            pass
        assert sorted(tmp_path.rglob("*")) == before


def test_what_appears_meanwhile_is_not_written_over_either(tmp_path: Path) -> None:
    target = tmp_path / "place"
    with drafting(target) as draft:
        draft.write("data/a", [b"one"])
        target.mkdir()
        (target / "kept").write_bytes(b"kept")
        with pytest.raises(PlaceTaken):
            draft.settle("data", target)
    assert [path.name for path in tmp_path.rglob("*")] == ["place", "kept"]


def test_an_empty_folder_may_be_there(tmp_path: Path) -> None:
    target = tmp_path / "place"
    target.mkdir()
    with drafting(target) as draft:
        draft.write("data/a", [b"one"])
        draft.settle("data", target)
    assert (target / "a").exists()


def test_two_do_not_write_one_draft(tmp_path: Path) -> None:
    with (
        drafting(tmp_path / "place") as draft,
        pytest.raises(BackupUnwritable, match="Another process"),
        drafting(tmp_path / "place"),
    ):
        pass
    assert not draft.root.exists()


def test_a_place_that_cannot_be_written_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BackupUnwritable), drafting(tmp_path / "file" / "place"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
