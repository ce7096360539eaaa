"""The file with the set-up link."""

from pathlib import Path

import pytest

from curtilage.identity.adapters.setup_file import DataDirSetupFile
from curtilage.identity.errors import SetupFileUnwritable


def test_a_link_is_written_for_its_owner_alone_and_read_back(tmp_path: Path) -> None:
    file = DataDirSetupFile(tmp_path / "data")
    assert file.read() == ""
    file.write("http://localhost:8787/setup/one")
    file.write("http://localhost:8787/setup/two")
    assert file.read() == "http://localhost:8787/setup/two"
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.data_dir.iterdir()] == ["set-up-link"]
    file.remove()
    file.remove()
    assert file.read() == ""


def test_a_file_left_half_written_is_replaced(tmp_path: Path) -> None:
    (tmp_path / ".set-up-link.new").write_text("half")
    file = DataDirSetupFile(tmp_path)
    file.write("whole")
    assert file.read() == "whole"


def test_a_link_planted_by_others_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("untouched")
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    (data_dir / "set-up-link").symlink_to(target)
    (data_dir / ".set-up-link.new").symlink_to(target)
    file = DataDirSetupFile(data_dir)
    assert file.read() == ""
    file.write("link")
    assert target.read_text() == "untouched"
    assert file.read() == "link"


def test_a_file_that_is_no_text_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "set-up-link").write_bytes(b"\xff\xfe")
    assert DataDirSetupFile(tmp_path).read() == ""


def test_a_directory_that_cannot_be_written_is_a_set_up_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = DataDirSetupFile(tmp_path / "file")
    with pytest.raises(SetupFileUnwritable) as refused:
        file.write("link")
    assert "link" not in refused.value.detail.replace("set-up link", "")
    blocked = DataDirSetupFile(tmp_path / "blocked")
    (tmp_path / "blocked" / "set-up-link" / "x").mkdir(parents=True)
    with pytest.raises(SetupFileUnwritable):
        blocked.remove()
