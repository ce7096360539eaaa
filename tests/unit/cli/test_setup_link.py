"""The set-up link is shown to a person at a terminal and to no log."""

from pathlib import Path

import pytest

from curtilage.app.settings import read_settings
from curtilage.cli.setup_link import show_setup_link


def shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    show_setup_link(read_settings(None, {}, {"server.data_dir": folder}))
    return capsys.readouterr().err


def test_where_nobody_watches_only_its_place_is_told(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data_dir / "set-up-link").write_text("http://localhost:8787/setup/one-use\n")
    text = shown(data_dir, capsys)
    assert "set-up-link" in text
    assert "one-use is" not in text
    assert "setup/one-use" not in text


def test_once_somebody_is_enrolled_the_console_is_named(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "http://localhost:8787/console/live" in shown(data_dir, capsys)
