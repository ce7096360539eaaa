"""Options that every command has: which file, which folders, what wins."""

import re
from pathlib import Path

import pytest

from curtilage.cli.options import find_config, find_settings, make_flags
from curtilage.core.errors import SetupError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_usual_file_is_read_where_it_is_there(folder: Path) -> None:
    assert find_config(None) is None
    (folder / "curtilage.toml").write_text("[server]\nport = 8911\n")
    assert find_settings(None, None).server.port == 8911


@pytest.mark.parametrize("given", ["gone.toml", "/nonexist", "some/where/else.toml"])
def test_a_file_that_was_named_and_is_not_there_is_refused_as_it_was_named(given: str) -> None:
    with pytest.raises(SetupError, match=rf" {re.escape(given)} is not there"):
        find_settings(Path(given), None)


def test_a_data_directory_that_was_named_has_its_keys_beside_it() -> None:
    found = find_settings(None, Path("here/data")).server
    assert (found.data_dir, found.key_dir) == (Path("here/data"), Path("here/data-keys"))


def test_keys_stay_where_a_flag_puts_them() -> None:
    flags = make_flags(Path("data"), {"server__key_dir": Path("elsewhere")})
    assert flags["server.key_dir"] == Path("elsewhere")


def test_a_flag_that_was_not_given_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CURTILAGE__SERVER__PORT", "8912")
    assert find_settings(None, None, server__port=None).server.port == 8912
    assert find_settings(None, None, server__port=8913).server.port == 8913
